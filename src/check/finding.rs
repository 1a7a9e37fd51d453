//! What a check says: where, how bad, what is wrong, and how to mend it.

use std::{
    collections::HashSet,
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::asterisk_files::{Fault, Place};

/// One thing that a check has to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The file or folder it is about.
    #[serde(serialize_with = "readable")]
    pub file: PathBuf,
    /// Its line, counted from 1, where it is about one.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub remedy: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong. Mostly: what could not be looked at.
    Note,
    /// Calls work, but not all that was configured does, or somebody can do what they should not.
    Warning,
    /// Calls fail.
    Error,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    file: PathBuf,
    line: Option<usize>,
}

impl Spot {
    pub(super) fn line(file: &Path, line: Option<usize>) -> Self {
        Self {
            file: file.to_owned(),
            line,
        }
    }
}

impl fmt::Display for Spot {
    /// `FILE:LINE`; a file as such begins in its first line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line.unwrap_or(1))
    }
}

impl From<&Place> for Spot {
    fn from(place: &Place) -> Self {
        Self::line(&place.file, Some(place.line))
    }
}

impl From<&Path> for Spot {
    fn from(file: &Path) -> Self {
        Self::line(file, None)
    }
}

/// Findings as they come up.
#[derive(Default)]
pub(super) struct Findings {
    all: Vec<Finding>,
    /// The same: nothing is said twice.
    said: HashSet<Finding>,
}

impl Findings {
    pub(super) fn into_all(self) -> Vec<Finding> {
        self.all
    }

    pub(super) fn error(
        &mut self,
        spot: impl Into<Spot>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Error, spot, message, remedy);
    }

    pub(super) fn warning(
        &mut self,
        spot: impl Into<Spot>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Warning, spot, message, remedy);
    }

    pub(super) fn note(
        &mut self,
        spot: impl Into<Spot>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(Severity::Note, spot, message, remedy);
    }

    /// Whether a nearest name is worth the search: not when most names are unknown.
    pub(super) fn may_suggest(&self) -> bool {
        self.all.len() < MAX_SUGGESTIONS
    }

    /// A fault of a file as such.
    pub(super) fn fault(&mut self, fault: &Fault) {
        let (place, remedy) = (&fault.place, fault.kind.remedy());
        if fault.kind.is_fatal() {
            let message = format!("{}, so Asterisk refuses the whole file", fault.kind);
            self.error(place, message, remedy);
        } else if fault.kind.is_unread() {
            self.note(place, fault.kind.to_string(), remedy);
        } else {
            self.warning(place, fault.kind.to_string(), remedy);
        }
    }

    pub(super) fn add(
        &mut self,
        severity: Severity,
        spot: impl Into<Spot>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let spot = spot.into();
        let finding = Finding {
            severity,
            file: spot.file,
            line: spot.line,
            message: one_line(&message.into()),
            remedy: one_line(&remedy.into()),
        };
        if self.said.insert(finding.clone()) {
            self.all.push(finding);
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", one_line(&self.file.to_string_lossy()))?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}: {}", self.severity, self.message)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A path as text, whatever bytes it has.
fn readable<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

/// Whatever stands in the files, a finding is one line that a terminal can show.
fn one_line(text: &str) -> String {
    let safe = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(safe).collect()
}

/// Findings before which nearest names are looked for: each takes a look at all names.
const MAX_SUGGESTIONS: usize = 50;
