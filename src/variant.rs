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

/// Whether the VoiceMail with the name of the one for files is a variant that keeps its recordings
/// in a database or on a mail server. False as well when there is none to be read.
#[must_use]
pub fn is_elsewhere(modules: &Path) -> bool {
    File::open(modules.join(MODULE)).is_ok_and(|file| describes_another(file).unwrap_or(false))
}

/// Whether a module's bytes hold the description of a variant. In pieces, because a call has no
/// memory to spare for a whole module.
fn describes_another(mut module: impl Read) -> io::Result<bool> {
    let mut piece = [0; PIECE];
    // What the last piece ended with, lest a description be cut in two.
    let mut kept = 0;
    loop {
        let read = module.read(&mut piece[kept..])?;
        let filled = kept + read;
        if piece[..filled]
            .windows(ANOTHER.len())
            .any(|at| at == ANOTHER)
        {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        let overlap = filled.min(ANOTHER.len() - 1);
        piece.copy_within(filled - overlap..filled, 0);
        kept = overlap;
    }
}

const MODULE: &str = "app_voicemail.so";
/// Where the others' descriptions go on, `ODBC Storage` or `IMAP Storage`, that of files ends
/// (app_voicemail.c).
const ANOTHER: &[u8] = b"(Voicemail System) with ";
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
        for (description, elsewhere) in [
            ("Comedian Mail (Voicemail System)", false),
            ("Comedian Mail (Voicemail System) with ODBC Storage", true),
            ("Comedian Mail (Voicemail System) with IMAP Storage", true),
            ("with ODBC Storage", false),
        ] {
            let bytes = module(description);
            for at_once in [1, 7, 23, 24, 1000, PIECE - 20, usize::MAX] {
                assert_eq!(
                    describes_another(Slow(&bytes, at_once)).expect("memory can be read"),
                    elsewhere,
                    "{description:?}, {at_once} bytes at once"
                );
            }
        }
    }

    #[test]
    fn without_a_module_greetings_are_in_files() {
        assert!(!is_elsewhere(Path::new("/nowhere")));
    }
}
