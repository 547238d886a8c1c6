//! Whether a directory is on another machine's disk. Such a disk may stop answering without an error, and a lock or a
//! socket in it means nothing elsewhere.

use rustix::fs::statfs;
use std::io;
use std::path::Path;

/// The file systems whose disks are elsewhere, or may be, by the number that Linux gives them (`man 2 statfs`, and the
/// sources of those that are not in there).
const NETWORK: [(u32, &str); 14] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x517b, "SMB"),
    (0x0102_1997, "9P"),
    (0x6573_5546, "FUSE"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x00c3_6400, "Ceph"),
    (0x7375_7245, "Coda"),
    (0x1983_0326, "BeeGFS"),
    (0xaad7_aaea, "PanFS"),
];

/// The name of the file system on a network in which `path` is; `None` for a disk of this machine.
pub fn network_name(path: &Path) -> io::Result<Option<&'static str>> {
    if cfg!(target_os = "linux") {
        let kind = statfs(path)?.f_type as u32;
        Ok(name_of(kind))
    } else {
        Ok(None)
    }
}

fn name_of(kind: u32) -> Option<&'static str> {
    NETWORK
        .iter()
        .find(|(number, _)| *number == kind)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_elsewhere_are_known_by_their_number() {
        assert_eq!(name_of(0x6969), Some("NFS"));
        assert_eq!(name_of(0xff53_4d42), Some("CIFS"));
        // ext4, tmpfs, btrfs, overlay.
        for ours in [0xef53, 0x0102_1994, 0x9123_683e, 0x794c_7630] {
            assert_eq!(name_of(ours), None);
        }
        assert_eq!(network_name(Path::new("/proc")).ok(), Some(None));
        assert!(network_name(Path::new("/no/such/place")).is_err());
    }
}
