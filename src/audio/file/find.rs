//! Recordings in folders.

use std::{
    fs::{self, FileType},
    io,
    path::{Path, PathBuf},
};

use super::{
    FileError,
    ending::{format_of_ending, has_ending},
    error::Fault,
};

/// The recordings that `path` stands for: all in a folder and those below it, in the order of
/// their names; anything else stands for itself, and so does `-`, which is standard input.
///
/// In folders, files are known by their endings, and links to folders are not followed: they may
/// lead round.
pub(super) fn find(path: &Path) -> Vec<Result<PathBuf, FileError>> {
    if path.as_os_str() == "-" || !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let mut found = Vec::new();
    look_into(path, &mut found);
    if found.is_empty() {
        found.push(Err(FileError::new(&name(path), Fault::NoRecordings)));
    }
    found
}

fn look_into(folder: &Path, found: &mut Vec<Result<PathBuf, FileError>>) {
    let entries = match entries(folder) {
        Ok(entries) => entries,
        Err(error) => {
            return found.push(Err(FileError::new(&name(folder), Fault::Read(error))));
        }
    };
    for (path, kind) in entries {
        if kind.is_dir() {
            look_into(&path, found);
        } else if is_recording(&path) && (kind.is_file() || path.is_file()) {
            found.push(Ok(path));
        }
    }
}

fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, FileType)>> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries)
}

fn is_recording(path: &Path) -> bool {
    let name = name(path);
    has_ending(&name, "wav") || format_of_ending(&name).is_some()
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
