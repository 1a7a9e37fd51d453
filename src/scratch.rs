//! A folder for the files of one test.

use std::{
    env, fs,
    ops::Deref,
    path::{Path, PathBuf},
    process,
};

/// The folder. It goes with the test, whatever that has found.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Empty at first; `name` must be the test's own.
    pub(crate) fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("voiceagent-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a scratch folder");
        Self(path)
    }
}

impl Deref for Scratch {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
