//! The text that is being read, and where it stands in the file.

use std::path::{Path, PathBuf};

use super::ConfigError;

/// Text of one file: the whole of it, or the stretches that matter.
pub(super) struct Source {
    pub(super) text: String,
    file: Option<PathBuf>,
    /// The stretches, in order; what stood between them is left out.
    stretches: Vec<Stretch>,
}

/// Where a stretch of the text begins.
struct Stretch {
    /// Byte in the text.
    start: usize,
    /// Line in the file, from 1.
    line: usize,
}

impl Source {
    /// Text that is not in a file, or the whole of one.
    pub(super) fn whole(text: String, file: Option<&Path>) -> Self {
        Self {
            text,
            file: file.map(Path::to_owned),
            stretches: vec![Stretch { start: 0, line: 1 }],
        }
    }

    /// A fault at byte `offset` of the text.
    pub(super) fn at(&self, offset: usize, message: impl Into<String>) -> ConfigError {
        ConfigError::new(self.file.clone(), Some(self.line(offset)), message)
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
            .partition_point(|known| known.start <= offset);
        let stretch = &self.stretches[behind.saturating_sub(1)];
        let before = &self.text.as_bytes()[stretch.start..offset];
        stretch.line + before.iter().filter(|&&byte| byte == b'\n').count()
    }
}
