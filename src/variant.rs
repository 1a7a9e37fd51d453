//! Where the VoiceMail that is installed keeps its recordings.
//!
//! Current Asterisks have a module for each place: `app_voicemail.so` for files,
//! `app_voicemail_odbc.so`, `app_voicemail_imap.so`. Older ones are built for one of them, and
//! the module is `app_voicemail.so` whichever it is; so are the three that Debian 11 offers. Only
//! what the module says of itself tells them apart, the line that `module show` prints.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// A VoiceMail that is not the one for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// It keeps everything in a database.
    Database,
    /// It keeps messages on a mail server, and greetings there as well if voicemail.conf has
    /// `imapgreetings`; else they are files.
    Mail,
}

/// Which variant the VoiceMail with the name of the one for files is. `None` if it is the one for
/// files, and when there is none to be read.
#[must_use]
pub fn elsewhere(modules: &Path) -> Option<Elsewhere> {
    let file = File::open(modules.join(MODULE)).ok()?;
    described(file).ok()?
}

/// The variant whose description a module's bytes hold. In pieces, because a call has no memory to
/// spare for a whole module.
fn described(mut module: impl Read) -> io::Result<Option<Elsewhere>> {
    let mut piece = [0; PIECE];
    // What the last piece ended with, lest a description be cut in two.
    let mut kept = 0;
    loop {
        let read = module.read(&mut piece[kept..])?;
        let filled = kept + read;
        let mut windows = piece[..filled].windows(DESCRIPTION);
        let another = windows.find_map(|at| match at.strip_prefix(ANOTHER)? {
            b"ODBC" => Some(Elsewhere::Database),
            b"IMAP" => Some(Elsewhere::Mail),
            _ => None,
        });
        if another.is_some() || read == 0 {
            return Ok(another);
        }
        let overlap = filled.min(DESCRIPTION - 1);
        piece.copy_within(filled - overlap..filled, 0);
        kept = overlap;
    }
}

const MODULE: &str = "app_voicemail.so";
/// Where the others' descriptions go on, `ODBC Storage` or `IMAP Storage`, that of files ends
/// (app_voicemail.c).
const ANOTHER: &[u8] = b"(Voicemail System) with ";
/// So many bytes of a description tell the variant.
const DESCRIPTION: usize = ANOTHER.len() + 4;
/// Bytes read at once.
const PIECE: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes so many at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(into.len());
            self.0.read(&mut into[..length])
        }
    }

    fn module(description: &str) -> Vec<u8> {
        let mut bytes = vec![0x90; 3 * PIECE];
        bytes.extend(description.as_bytes());
        bytes.extend([0; 700]);
        bytes
    }

    #[test]
    fn the_variants_are_told_by_their_descriptions_however_they_are_read() {
        for (description, variant) in [
            ("Comedian Mail (Voicemail System)", None),
            (
                "Comedian Mail (Voicemail System) with ODBC Storage",
                Some(Elsewhere::Database),
            ),
            (
                "Comedian Mail (Voicemail System) with IMAP Storage",
                Some(Elsewhere::Mail),
            ),
            ("with ODBC Storage", None),
        ] {
            let bytes = module(description);
            for at_once in [1, 7, 27, 28, 1000, PIECE - 20, usize::MAX] {
                assert_eq!(
                    described(Slow(&bytes, at_once)).expect("memory can be read"),
                    variant,
                    "{description:?}, {at_once} bytes at once"
                );
            }
        }
    }

    #[test]
    fn without_a_module_greetings_are_in_files() {
        assert_eq!(elsewhere(Path::new("/nowhere")), None);
    }
}
