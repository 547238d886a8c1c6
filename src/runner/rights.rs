//! As whom a host is looked at, and how a shell there gets those rights: nobody is asked for anything.

use super::secrets::random;
use super::setup::{Setup, Sudo};
use super::sudo_words::telling;
use crate::model::secret::Secret;
use crate::shim::{Elevation, Nonce};

/// As whom a host is looked at.
#[derive(Clone, Debug)]
pub(super) enum Rights {
    /// As whoever logs in.
    Own,
    /// As root, whose jobs are looked for; with the password, if one is known.
    Root(Option<Secret>),
}

impl Rights {
    /// Makes a shell that has answered root's, if it is to be; nobody is asked for anything.
    pub(super) async fn take(&self, setup: &mut Setup) -> Result<(), String> {
        let Self::Root(known) = self else { return Ok(()) };
        let nonce = random().map_err(|error| error.to_string())?;
        setup.elevate(&Elevation::new(&Nonce::new(nonce)));
        let mut known = known.as_ref();
        loop {
            match (setup.sudo().await, known.take()) {
                (Sudo::Root, _) => return Ok(()),
                (Sudo::Prompt, Some(secret)) => setup.answer(secret),
                (Sudo::Prompt, None) => {
                    return Err("sudo asks for a password there, and a look asks nobody; a retry does".to_owned());
                }
                (Sudo::Ended(words), _) => return Err(telling(&words)),
            }
        }
    }
}
