//! A folder of further files, each with sections `[extensions.X]` and nothing else.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::ConfigError;

/// A folder whose files belong to the configuration.
pub(super) struct IncludedFolder {
    pub(super) folder: PathBuf,
    /// Its files, or why they are not known.
    pub(super) files: Result<Vec<PathBuf>, ConfigError>,
}

/// The files of the folder that are read: those that end in `.toml`, in the order of their names.
///
/// A name that begins with a dot belongs to an editor or a package manager.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
