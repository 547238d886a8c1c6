//! The name of one ssh destination: what may stand in it, and its user, address and port.
//!
//! Every layer may use it; it knows nothing of node sets, groups or ssh's configuration. A name that
//! exists has passed the rules here, so it can be shown on a terminal and handed to ssh as it is.

use std::borrow::Borrow;
use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

/// The longest name in bytes, user and port included: a file name (255 bytes) must hold it and an ending.
pub const MAX_NAME_BYTES: usize = 250;

/// One ssh destination: `web1`, `root@web1`, `web1:2222`, `2001:db8::1`, `root@[2001:db8::1]:2222`.
///
/// The text is the identity: `web1` and `web01` are two hosts, and so are `web1` and `web1:22`. Only
/// brackets that nothing needs are dropped: `[2001:db8::1]` is kept as `2001:db8::1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct HostName(Arc<str>);

impl HostName {
    /// Reads one name, as it would be given to ssh, with an optional `user@` before and `:port` behind.
    pub fn parse(text: &str) -> Result<Self, HostNameError> {
        if text.len() > MAX_NAME_BYTES {
            return Err(HostNameError::TooLong { bytes: text.len() });
        }
        let parts = Parts::split(text);
        parts.check()?;
        Ok(if parts.bracketed && parts.port.is_none() {
            Self(text.replace(['[', ']'], "").into())
        } else {
            Self(text.into())
        })
    }

    /// The whole name, user and port included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the last `@`, where ssh too divides.
    pub fn user(&self) -> Option<&str> {
        Parts::split(&self.0).user
    }

    /// The host itself, which may be an alias of ssh's configuration; an IPv6 address has no brackets.
    pub fn address(&self) -> &str {
        Parts::split(&self.0).address
    }

    /// The port, if the name gives one.
    pub fn port(&self) -> Option<u16> {
        Parts::split(&self.0).port.and_then(|port| port.parse().ok())
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for HostName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for HostName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for HostName {
    type Error = HostNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl Serialize for HostName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Why a text is not the name of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostNameError {
    /// Nothing where a user or a host should be named, as in `@web1` or `root@`.
    #[error("the {0} is missing")]
    Missing(NamePart),
    /// Longer than [`MAX_NAME_BYTES`].
    #[error("the name has {bytes} bytes; use at most {MAX_NAME_BYTES}")]
    TooLong {
        /// The length of the refused name.
        bytes: usize,
    },
    /// A first character that ssh would read as an option, or that makes no name.
    #[error("the {part} {text:?} begins with {first:?}; begin it with a letter or a digit")]
    BadStart {
        /// Where it stands.
        part: NamePart,
        /// The whole part.
        text: String,
        /// The character at fault.
        first: char,
    },
    /// A character that could confuse a terminal, a shell or ssh.
    #[error("{found:?} may not stand in a {part}; use letters, digits and . _ - + =")]
    BadCharacter {
        /// Where it stands.
        part: NamePart,
        /// The character at fault.
        found: char,
    },
    /// In brackets or with several colons, but not an address.
    #[error("{0:?} is not an IPv6 address; write for example 2001:db8::1 or [2001:db8::1]:22")]
    BadAddress(String),
    /// Not a number from 1 to 65535, or padded with zeros.
    #[error("{0:?} is not a port; write a number from 1 to 65535")]
    BadPort(String),
}

/// The part of a name that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePart {
    /// Before the `@`.
    User,
    /// The host itself.
    Host,
    /// The interface behind the `%` of an IPv6 address.
    Zone,
}

impl fmt::Display for NamePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "user name",
            Self::Host => "host name",
            Self::Zone => "zone of an address",
        })
    }
}

/// A name taken apart, not yet judged.
struct Parts<'a> {
    user: Option<&'a str>,
    address: &'a str,
    bracketed: bool,
    port: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Self {
        let (user, rest) = match text.rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, text),
        };
        // Several colons without a closed bracket before the last one are an address without a port.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if host.ends_with(']') || !host.contains([':', '[']) => (host, Some(port)),
            _ => (rest, None),
        };
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Self {
            user,
            address: inner.unwrap_or(host),
            bracketed: inner.is_some(),
            port,
        }
    }

    fn check(&self) -> Result<(), HostNameError> {
        // Directory services have users like `ann@example.org`.
        for word in self.user.iter().flat_map(|user| user.split('@')) {
            check_word(NamePart::User, word)?;
        }
        if self.bracketed || self.address.contains(':') {
            check_ipv6(self.address)?;
        } else {
            check_word(NamePart::Host, self.address)?;
        }
        match self.port {
            Some(port) if !is_port(port) => Err(HostNameError::BadPort(port.to_owned())),
            _ => Ok(()),
        }
    }
}

fn check_word(part: NamePart, text: &str) -> Result<(), HostNameError> {
    let first = text.chars().next().ok_or(HostNameError::Missing(part))?;
    if matches!(first, '-' | '.') {
        let text = text.to_owned();
        return Err(HostNameError::BadStart { part, text, first });
    }
    match text.chars().find(|&c| !may_stand_in_a_name(c)) {
        Some(found) => Err(HostNameError::BadCharacter { part, found }),
        None => Ok(()),
    }
}

fn may_stand_in_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '=')
}

fn check_ipv6(text: &str) -> Result<(), HostNameError> {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    if address.parse::<Ipv6Addr>().is_err() {
        return Err(HostNameError::BadAddress(text.to_owned()));
    }
    zone.map_or(Ok(()), |zone| check_word(NamePart::Zone, zone))
}

fn is_port(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    plain && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_apart() {
        for (text, user, address, port) in [
            ("web1", None, "web1", None),
            ("root@web1.example.org", Some("root"), "web1.example.org", None),
            ("web1:2222", None, "web1", Some(2222)),
            ("root@127.1.0.3:65535", Some("root"), "127.1.0.3", Some(65535)),
            ("ann@example.org@web1", Some("ann@example.org"), "web1", None),
            ("2001:db8::1", None, "2001:db8::1", None),
            ("::1", None, "::1", None),
            ("root@::1", Some("root"), "::1", None),
            ("fe80::1%eth0", None, "fe80::1%eth0", None),
            ("[fe80::1%eth0]:22", None, "fe80::1%eth0", Some(22)),
            ("u@[2001:db8::1]:2222", Some("u"), "2001:db8::1", Some(2222)),
            ("7", None, "7", None),
            ("größe_+=x-1", None, "größe_+=x-1", None),
        ] {
            let name = HostName::parse(text).expect(text);
            assert_eq!(name.as_str(), text);
            assert_eq!(name.to_string(), text);
            assert_eq!(
                (name.user(), name.address(), name.port()),
                (user, address, port),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_has_one_spelling_with_and_without_brackets() {
        for (text, kept) in [
            ("[2001:db8::1]", "2001:db8::1"),
            ("root@[2001:db8::1]", "root@2001:db8::1"),
        ] {
            let name = HostName::parse(text).expect(text);
            assert_eq!(name.as_str(), kept);
            assert_eq!(name.address(), "2001:db8::1");
            assert_eq!(HostName::parse(kept), Ok(name));
        }
    }

    #[test]
    fn refuses_what_could_hurt_and_says_why() {
        for (text, reason) in [
            ("", "the host name is missing"),
            ("root@", "the host name is missing"),
            (":22", "the host name is missing"),
            ("@web1", "the user name is missing"),
            ("root@@web1", "the user name is missing"),
            (
                "-oProxyCommand=x",
                "the host name \"-oProxyCommand=x\" begins with '-'; begin it with a letter or a digit",
            ),
            (
                "root@-x",
                "the host name \"-x\" begins with '-'; begin it with a letter or a digit",
            ),
            (
                "-l@web1",
                "the user name \"-l\" begins with '-'; begin it with a letter or a digit",
            ),
            (
                "..",
                "the host name \"..\" begins with '.'; begin it with a letter or a digit",
            ),
            (
                "web 1",
                "' ' may not stand in a host name; use letters, digits and . _ - + =",
            ),
            (
                "web\u{1b}[2J",
                "'\\u{1b}' may not stand in a host name; use letters, digits and . _ - + =",
            ),
            (
                "web\u{202e}1",
                "'\\u{202e}' may not stand in a host name; use letters, digits and . _ - + =",
            ),
            (
                "etc/passwd",
                "'/' may not stand in a host name; use letters, digits and . _ - + =",
            ),
            (
                "$(id)@web1",
                "'$' may not stand in a user name; use letters, digits and . _ - + =",
            ),
            (
                "web1%eth0",
                "'%' may not stand in a host name; use letters, digits and . _ - + =",
            ),
            ("fe80::1%", "the zone of an address is missing"),
            (
                "fe80::1%a;b",
                "';' may not stand in a zone of an address; use letters, digits and . _ - + =",
            ),
            (
                "a:b:c",
                "\"a:b:c\" is not an IPv6 address; write for example 2001:db8::1 or [2001:db8::1]:22",
            ),
            (
                "[web1]",
                "\"web1\" is not an IPv6 address; write for example 2001:db8::1 or [2001:db8::1]:22",
            ),
            (
                "[::1]x",
                "\"[::1]x\" is not an IPv6 address; write for example 2001:db8::1 or [2001:db8::1]:22",
            ),
            ("web1:", "\"\" is not a port; write a number from 1 to 65535"),
            ("web1:+22", "\"+22\" is not a port; write a number from 1 to 65535"),
            ("web1:022", "\"022\" is not a port; write a number from 1 to 65535"),
            ("web1:0", "\"0\" is not a port; write a number from 1 to 65535"),
            ("web1:65536", "\"65536\" is not a port; write a number from 1 to 65535"),
        ] {
            let refused = HostName::parse(text).expect_err(text);
            assert_eq!(refused.to_string(), reason, "{text:?}");
        }
        let refused = HostName::parse(&"a".repeat(251)).expect_err("too long");
        assert_eq!(refused.to_string(), "the name has 251 bytes; use at most 250");
        assert!(HostName::parse(&"a".repeat(250)).is_ok());
    }

    #[test]
    fn serde_writes_plain_text_and_judges_what_it_reads() {
        let name = HostName::parse("root@web1:22").expect("valid");
        let json = serde_json::to_string(&name).expect("serialises");
        assert_eq!(json, r#""root@web1:22""#);
        assert_eq!(serde_json::from_str::<HostName>(&json).expect("reads back"), name);
        let refused = serde_json::from_str::<HostName>(r#""-x""#).expect_err("an option");
        assert!(refused.to_string().contains("begins with '-'"), "{refused}");
    }
}
