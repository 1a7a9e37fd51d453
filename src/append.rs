//! One line at the end of a file, into which many processes write at once.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, Write},
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
///
/// # Errors
/// When it cannot be written; nothing of it is left then, unless others have written behind it.
pub(crate) fn line(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = open(path)?;
    let written = file.write(line)?;
    if written < line.len() {
        // A disk that has just become full; whatever cannot be taken back stays.
        let _ = take_back(&mut file, written);
        return Err(io::ErrorKind::StorageFull.into());
    }
    Ok(())
}

/// Takes back the last bytes written, where they are still the file's last.
fn take_back(file: &mut File, written: usize) -> io::Result<()> {
    let end = file.stream_position()?;
    if file.metadata()?.len() == end {
        file.set_len(end - written as u64)?;
    }
    Ok(())
}

/// Who called whom is not for everybody: Asterisk writes, its group reads.
const MODE: u32 = 0o640;
