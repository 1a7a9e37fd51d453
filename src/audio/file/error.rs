//! What can be wrong with a file, in words for whoever named it.

use std::io;

use super::{MAX_CHANNELS, ending::ENDINGS, wav::WavError};
use crate::audio::RateError;

/// Why a recording could not be read or written: which, what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {fault}")]
pub struct FileError {
    name: String,
    fault: Fault,
}

impl FileError {
    /// Whether a reader of what was to be written had enough: nothing went wrong then.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(&self.fault, Fault::Write(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What was wrong, without the file's name.
    #[must_use]
    pub fn reason(&self) -> String {
        self.fault.to_string()
    }

    pub(super) fn new(name: &str, fault: Fault) -> Self {
        let name = if name == "-" { "standard input" } else { name };
        Self {
            name: name.to_owned(),
            fault,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("cannot be written: {0}")]
    Write(io::Error),
    #[error("{ending} has {own} samples a second, not {given}: leave out --rate, or write a .wav")]
    RateOfEnding {
        ending: String,
        own: u32,
        given: u32,
    },
    #[error("not known what kind of file to write: give it an ending of {ENDINGS}")]
    UnknownTarget,
    #[error("cannot be opened: {0}")]
    Open(io::Error),
    #[error("a folder without recordings: it has no file with an ending of {ENDINGS}")]
    NoRecordings,
    #[error("cannot be read: {0}")]
    Read(io::Error),
    #[error("an empty recording: it holds no sample")]
    Empty,
    #[error(
        "not known what kind of file this is: no WAV header, and no ending of {ENDINGS}; for bare \
         samples give --encoding and --rate"
    )]
    UnknownKind,
    #[error("has {0} channels; from 1 to {MAX_CHANNELS} can be read")]
    Channels(u16),
    #[error(transparent)]
    Rate(#[from] RateError),
    #[error(transparent)]
    Wav(#[from] WavError),
}
