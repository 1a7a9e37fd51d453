//! Where the text of configuration files comes from.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use thiserror::Error;

/// What gives text for names: a disk, or a table in a test.
pub trait Files {
    /// The file's content.
    ///
    /// # Errors
    /// Why there is none.
    fn read(&self, path: &Path) -> Result<Vec<u8>, Unreadable>;

    /// The names in a folder, sorted; none where there is no such folder.
    fn list(&self, folder: &Path) -> Vec<String>;
}

/// Why a file has no text for us.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no such file.
    #[error("does not exist")]
    Missing,
    /// It is in none of the folders that may be read.
    #[error("is outside Asterisk's folders")]
    Outside,
    /// A folder, a device or a pipe.
    #[error("is no regular file")]
    NotAFile,
    /// Longer than any configuration.
    #[error("is longer than {} MiB", MAX_FILE >> 20)]
    TooLong,
    /// The system says no.
    #[error("cannot be read: {0}")]
    Failed(String),
}

/// The disk, below some folders only.
#[derive(Clone, Debug)]
pub struct Disk {
    folders: Vec<PathBuf>,
}

impl Disk {
    /// Only what is named as below these folders can be read. A link in them leads where it leads:
    /// whoever made it wants it followed.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders: folders.iter().map(|folder| plain(folder)).collect(),
        }
    }

    /// Whether this path is in one of the folders.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        let path = plain(path);
        self.folders.iter().any(|folder| path.starts_with(folder))
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, Unreadable> {
        if !self.has(path) {
            return Err(Unreadable::Outside);
        }
        // Asked before it is opened: to open a pipe can take for ever.
        if !fs::metadata(path)?.is_file() {
            return Err(Unreadable::NotAFile);
        }
        let mut bytes = Vec::new();
        File::open(path)?
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(Unreadable::TooLong);
        }
        Ok(bytes)
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        if !self.has(folder) {
            return Vec::new();
        }
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut names: Vec<_> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// The path without `.` and `..`, as far as names tell.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Bytes. A dialplan of 100,000 extensions has some 8 MB.
const MAX_FILE: u64 = 16 << 20;

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Files in a table: path to text.
    pub(in super::super) struct Table(pub(in super::super) BTreeMap<PathBuf, String>);

    impl Table {
        pub(in super::super) fn new(files: &[(&str, &str)]) -> Self {
            let entry = |&(name, text): &(&str, &str)| (PathBuf::from(name), text.to_owned());
            Self(files.iter().map(entry).collect())
        }
    }

    impl Files for Table {
        fn read(&self, path: &Path) -> Result<Vec<u8>, Unreadable> {
            let text = self.0.get(path).ok_or(Unreadable::Missing)?;
            Ok(text.clone().into_bytes())
        }

        fn list(&self, folder: &Path) -> Vec<String> {
            let inside = self.0.keys().filter_map(|path| {
                let name = path.strip_prefix(folder).ok()?.components().next()?;
                Some(name.as_os_str().to_str()?.to_owned())
            });
            let mut names: Vec<_> = inside.collect();
            names.dedup();
            names
        }
    }

    #[test]
    fn dots_lead_out_of_no_folder() {
        let disk = Disk::new(vec!["/etc/asterisk".into()]);
        assert!(disk.has(Path::new("/etc/asterisk/./a/../b.conf")));
        assert!(!disk.has(Path::new("/etc/asterisk/../shadow")));
        assert!(!disk.has(Path::new("/etc/asterisk-old/a.conf")));
        assert_eq!(
            disk.read(Path::new("/etc/asterisk/../../dev/zero")),
            Err(Unreadable::Outside)
        );
    }
}
