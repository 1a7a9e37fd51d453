//! The folder of recordings, of which the oldest give way.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::name;

/// Makes a new file that nobody else can read.
pub(super) fn create(folder: &Path, name: &str) -> io::Result<File> {
    if !name::is_one(name) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NOCTTY)
        .open(folder.join(name))
}

/// Removes the oldest recordings, but not this one, until all have `limit` bytes at most. Files of
/// other names are nobody's recordings: they do not count, and stay.
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
        if name == but {
            continue;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => total -= length,
        }
    }
    Ok(())
}

/// A voice is nobody else's.
const MODE: u32 = 0o600;

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(test: &str) -> PathBuf {
        let name = format!("voiceagent-recordings-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a scratch folder");
        folder
    }

    fn recording(second: u32) -> String {
        name::file_name(&format!("2026-03-02T09:14:{second:02}Z"), "101", "SIP/x")
    }

    #[test]
    fn the_oldest_give_way_and_nothing_else() {
        let folder = folder("oldest");
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
        fs::remove_dir_all(folder).expect("the scratch folder goes");
    }

    #[test]
    fn a_file_that_is_there_is_not_written_over() {
        let folder = folder("there");
        let (link, new) = (recording(1), recording(2));
        std::os::unix::fs::symlink("/dev/null", folder.join(&link)).expect("a link");
        assert!(create(&folder, &link).is_err());
        assert!(create(&folder, &new).is_ok());
        assert!(create(&folder, &new).is_err());
        fs::remove_dir_all(folder).expect("the scratch folder goes");
    }
}
