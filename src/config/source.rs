//! The text that is being read, and where it stands in the file.

use std::{
    fs::{File, OpenOptions},
    io::{BufReader, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{
    ConfigError,
    narrow::{Narrowed, narrow},
};

/// Text of one file: the whole of it, or the stretches that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub(super) text: String,
    file: Option<PathBuf>,
    /// Where the stretches begin, in order: byte in the text, line in the file. What stands
    /// between them in the file is left out.
    stretches: Vec<(usize, usize)>,
    partial: bool,
    /// Why there is no text of the file.
    pub(super) unread: Option<ConfigError>,
}

impl Source {
    /// Text that is in no file.
    pub(super) fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            file: None,
            stretches: FROM_THE_START.into(),
            partial: false,
            unread: None,
        }
    }

    /// A file, or a folder of them, that cannot be read. In the place of its text stands why, which is no TOML: who reads
    /// it again from a recording has nothing of the file either.
    pub(super) fn unread(file: &Path, error: ConfigError) -> Self {
        Self {
            text: error.message().to_owned(),
            file: Some(file.to_owned()),
            stretches: FROM_THE_START.into(),
            partial: false,
            unread: Some(error),
        }
    }

    /// Text that another file holds, from this line of it on; faults are told by that place.
    #[must_use]
    pub fn quoted(text: String, holder: PathBuf, line: usize, partial: bool) -> Self {
        Self {
            text,
            file: Some(holder),
            stretches: vec![(0, line)],
            partial,
            unread: None,
        }
    }

    /// The whole of a file.
    pub(super) fn whole(file: &Path) -> Result<Self, ConfigError> {
        let mut bytes = Vec::new();
        open(file)?
            .read_to_end(&mut bytes)
            .map_err(|error| ConfigError::unreadable(file, &error))?;
        Self::of(
            file,
            Narrowed {
                bytes,
                stretches: FROM_THE_START.into(),
                partial: false,
            },
        )
    }

    /// A file without the sections of extensions that are not wanted.
    pub(super) fn narrowed(
        file: &Path,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<Self, ConfigError> {
        let reader = BufReader::with_capacity(CHUNK, open(file)?);
        match narrow(reader, wanted).map_err(|error| ConfigError::unreadable(file, &error))? {
            Some(narrowed) => Self::of(file, narrowed),
            None => Self::whole(file),
        }
    }

    /// What was read of a file, which must be text.
    fn of(file: &Path, read: Narrowed) -> Result<Self, ConfigError> {
        let (text, bad) = match String::from_utf8(read.bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
                (before, Some(good))
            }
        };
        let source = Self {
            text,
            file: Some(file.to_owned()),
            stretches: read.stretches,
            partial: read.partial,
            unread: None,
        };
        match bad {
            None => Ok(source),
            Some(at) => Err(source.at(
                at,
                "the configuration file is not UTF-8 text; save it in that encoding",
            )),
        }
    }

    /// What was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The file it was read from, if any.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The folder that the file is in.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.file.as_deref()?.parent()
    }

    /// Whether something of the file is left out.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// A fault at byte `offset` of the text.
    pub(super) fn at(&self, offset: usize, message: impl Into<String>) -> ConfigError {
        ConfigError::new(self.file.clone(), Some(self.line(offset)), message)
    }

    /// Where byte `offset` of the text stands, as `FILE:LINE`.
    pub(super) fn place(&self, offset: usize) -> String {
        let file = self.file.as_deref().unwrap_or(Path::new(""));
        format!("{}:{}", file.display(), self.line(offset))
    }

    /// A fault of the file as such.
    pub(super) fn fault(&self, message: impl Into<String>) -> ConfigError {
        ConfigError::new(self.file.clone(), None, message)
    }

    /// The line of the file in which byte `offset` of the text stands.
    fn line(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let behind = self
            .stretches
            .partition_point(|&(start, _)| start <= offset);
        let (start, line) = match behind {
            0 => (0, 1),
            behind => self.stretches[behind - 1],
        };
        let before = &self.text.as_bytes()[start..offset];
        line + before.iter().filter(|&&byte| byte == b'\n').count()
    }
}

/// Opens a regular file. Whatever else has that name (a pipe nobody writes to, a device) a call
/// would wait for.
fn open(file: &Path) -> Result<File, ConfigError> {
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(file)
        .and_then(|opened| Ok((opened.metadata()?, opened)));
    match opened {
        Ok((metadata, opened)) if metadata.is_file() => Ok(opened),
        Ok(_) => Err(ConfigError::no_file(file)),
        // As a socket says it.
        Err(error) if error.raw_os_error() == Some(libc::ENXIO) => Err(ConfigError::no_file(file)),
        Err(error) => Err(ConfigError::unreadable(file, &error)),
    }
}

const FROM_THE_START: [(usize, usize); 1] = [(0, 1)];
/// Bytes read at once.
const CHUNK: usize = 32 * 1024;
