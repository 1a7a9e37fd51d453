//! What is wrong with a configuration, where, and what was expected.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// One fault in a configuration file. Its text is one line: `FILE: line N: what is wrong`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    file: Option<PathBuf>,
    line: Option<usize>,
    message: String,
}

impl ConfigError {
    /// A fault in a file, where there is one, and on a line of it, where it has one.
    pub(super) fn new(
        file: Option<PathBuf>,
        line: Option<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file,
            line,
            // What is quoted of the file may go on over several.
            message: message.into().replace(char::is_control, " "),
        }
    }

    /// The file could not be read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::NotFound if path.is_symlink() => {
                "the configuration file is a link to one that does not exist; put one there, or remove the link".to_owned()
            }
            io::ErrorKind::NotFound => "the configuration file does not exist; copy config/voiceagent.toml there".to_owned(),
            io::ErrorKind::PermissionDenied => {
                "the user that runs this may not read the configuration file; run it as root or as the user that runs Asterisk, who may read it after chgrp asterisk and chmod 640".to_owned()
            }
            _ => format!("the configuration file cannot be read: {error}"),
        };
        Self::new(Some(path.to_owned()), None, advice)
    }

    /// What has the name of the file is none.
    pub(super) fn no_file(path: &Path) -> Self {
        let what = if path.is_dir() {
            "a folder"
        } else {
            "no regular file"
        };
        let message =
            format!("the configuration file is {what}; expected a file of text, or a link to one");
        Self::new(Some(path.to_owned()), None, message)
    }

    /// The file of the fault, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The line of the fault, counted from 1, where there is one.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

/// The one of `known` that `wrong` was most likely meant to be.
pub(crate) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|&(distance, name)| distance <= name.len().max(wrong.len()) / 2)
        .min()
        .map(|(_, name)| name)
}

/// The end of a message about `wrong`: which of `known` was probably meant, nothing if none is near.
pub(super) fn hint<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, known)
        .map(|near| format!("; did you mean \"{near}\"?"))
        .unwrap_or_default()
}

/// What the parser says, of this text, in words for who wrote it; with the nearest name where it
/// lists all that could stand there.
pub(super) fn explain(message: &str, text: &str) -> String {
    if let Some((_, rest)) = message.split_once("unknown field `") {
        return one_of("key", rest);
    }
    if let Some((_, rest)) = message.split_once("unknown variant `") {
        return one_of("value", rest);
    }
    if let Some((_, rest)) = message.split_once("missing field `") {
        let key = rest.trim_end_matches('`');
        return format!("the key \"{key}\" is missing; expected a line {key} = … below");
    }
    if message == "duplicate key" {
        let key = text.trim_matches(['[', ']', '"', '\'', ' ']);
        return format!("\"{key}\" is there twice; expected once");
    }
    // A date is a table to the parser.
    let message = message.replace("invalid type: map", "invalid type: date or section");
    for (kind, words) in KINDS {
        if let Some(start) = message.strip_suffix(kind) {
            return format!("{start}{words}");
        }
    }
    message
}

/// `rest` is `WRONG`, expected one of `A`, `B`; or `A` or `B`, or just `A`.
fn one_of(what: &str, rest: &str) -> String {
    let mut names = rest.split('`').step_by(2);
    let wrong = names.next().unwrap_or_default();
    let known: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    let mut hint = hint(wrong, known.iter().copied());
    if hint.is_empty() {
        hint = format!("; expected one of {}", known.join(", "));
    }
    format!("unknown {what} \"{wrong}\"{hint}")
}

/// What the parser calls what it expects, and what people do.
const KINDS: [(&str, &str); 4] = [
    ("expected i64", "expected a whole number"),
    ("expected f64", "expected a number"),
    ("expected a boolean", "expected true or false"),
    ("expected a map", "expected a section"),
];
