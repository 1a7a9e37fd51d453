//! One line at the end of a file, into which many processes write at once.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Opens the file, which is made where it is missing.
///
/// Opened anew for each line, so that whoever rotates logs need not know of the calls under way.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(MODE)
        // No pipe without a reader, and no slow one, holds the call up.
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
}

/// Appends a whole line, by a single `write`: Linux does one after the other where they append.
pub(crate) fn line(path: &Path, line: &[u8]) -> io::Result<()> {
    let written = open(path)?.write(line)?;
    if written < line.len() {
        return Err(io::ErrorKind::WriteZero.into());
    }
    Ok(())
}

/// Who called whom is not for everybody: Asterisk writes, its group reads.
const MODE: u32 = 0o640;
