//! The folder of recordings, of which the oldest give way, but none whose call is under way.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::name;

/// Makes a new file that nobody else can read, and nobody removes here until it is closed.
pub(super) fn create(folder: &Path, name: &str) -> io::Result<File> {
    if !name::is_one(name) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NOCTTY)
        .open(folder.join(name))?;
    // Some file systems know no locks. There it can be removed, and then that is told.
    let _ = file.lock();
    Ok(file)
}

/// What is written to a file that was removed is nobody's.
///
/// # Errors
/// That it was.
pub(super) fn is_there(file: &File) -> io::Result<()> {
    match file.metadata()?.nlink() {
        0 => Err(io::Error::other("its file was removed during the call")),
        _ => Ok(()),
    }
}

/// Removes the oldest recordings, but not this one and none that is being written, until all have
/// `limit` bytes at most. Files of other names are nobody's recordings: they do not count, and
/// stay.
pub(super) fn make_room(folder: &Path, limit: u64, but: &str) -> io::Result<()> {
    let mut recordings: Vec<(String, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if !name::is_one(&name) {
            continue;
        }
        // Another call may have removed it in this moment.
        if let Ok(metadata) = entry.metadata()
            && metadata.is_file()
        {
            recordings.push((name, metadata.len(), entry.path()));
        }
    }
    recordings.sort();
    let mut total: u64 = recordings.iter().map(|(_, length, _)| length).sum();
    for (name, length, path) in recordings {
        if total <= limit {
            break;
        }
        if name == but || is_being_written(&path) {
            continue;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => total -= length,
        }
    }
    Ok(())
}

/// Whether a process holds this file as [`create`] made it. What cannot be opened is not known to
/// be held.
fn is_being_written(path: &Path) -> bool {
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NOCTTY | libc::O_NONBLOCK)
        .open(path);
    // Shared, for which NFS is content with a file that is open for reading, and others who make
    // room at the same time are not mistaken for whoever writes.
    opened.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// A voice is nobody else's.
const MODE: u32 = 0o600;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn recording(second: u32) -> String {
        name::file_name(&format!("2026-03-02T09:14:{second:02}Z"), "101", "SIP/x")
    }

    #[test]
    fn the_oldest_give_way_and_nothing_else() {
        let folder = Scratch::new("recordings-oldest");
        for second in 0..10 {
            fs::write(folder.join(recording(second)), [0; 100]).expect("it is written");
        }
        for other in ["notes.txt", "a.recording"] {
            fs::write(folder.join(other), [0; 1_000]).expect("it is written");
        }
        make_room(&folder, 350, &recording(0)).expect("there is room");
        let there = |second| folder.join(recording(second)).exists();
        let left: Vec<_> = (0..10).filter(|&second| there(second)).collect();
        assert_eq!(left, [0, 8, 9]);
        assert!(folder.join("notes.txt").exists() && folder.join("a.recording").exists());
    }

    #[test]
    fn what_is_being_written_stays_until_it_is_closed() {
        let folder = Scratch::new("recordings-written");
        let oldest = create(&folder, &recording(0)).expect("it is new");
        oldest.set_len(100).expect("it grows");
        for second in 1..4 {
            fs::write(folder.join(recording(second)), [0; 100]).expect("it is written");
        }
        let left = |limit| {
            make_room(&folder, limit, &recording(3)).expect("there is room");
            let there = |second| folder.join(recording(second)).exists();
            (0..4).filter(|&second| there(second)).collect::<Vec<_>>()
        };
        assert_eq!(left(300), [0, 2, 3]);
        assert_eq!(left(100), [0, 3]);
        drop(oldest);
        assert_eq!(left(100), [3]);
    }

    #[test]
    fn a_file_that_is_there_is_not_written_over() {
        let folder = Scratch::new("recordings-there");
        let (link, new) = (recording(1), recording(2));
        std::os::unix::fs::symlink("/dev/null", folder.join(&link)).expect("a link");
        assert!(create(&folder, &link).is_err());
        assert!(create(&folder, &new).is_ok());
        assert!(create(&folder, &new).is_err());
    }
}
