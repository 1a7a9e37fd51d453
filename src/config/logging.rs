//! The section `[logging]`: what is told of calls, and where.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;
use tracing::level_filters::LevelFilter;

use super::{
    ConfigError,
    error::hint,
    raw::{unplaced, within},
    source::Source,
};

/// What is told of calls, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logging {
    /// The console's verbosity from which on the closing line is shown, 1 to 10.
    pub verbose: u8,
    /// How grave a message must be to be logged.
    pub level: LevelFilter,
    /// Where it is logged.
    pub to: LogTo,
    /// Whether it is a JSON object there, but for the journal, which has fields of its own.
    pub json: bool,
    /// The file that gets a line for each call.
    pub calls: Option<PathBuf>,
}

/// Where messages are logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogTo {
    /// Standard error, which under Asterisk is Asterisk's own.
    Stderr,
    /// systemd's journal.
    Journal,
    /// This file, at its end.
    File(PathBuf),
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section [logging]")]
pub(super) struct RawLogging {
    verbose: Spanned<i64>,
    level: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
    json: bool,
    calls: Spanned<String>,
}

impl Default for RawLogging {
    fn default() -> Self {
        Self {
            verbose: unplaced(3),
            level: None,
            to: None,
            json: false,
            calls: unplaced(String::new()),
        }
    }
}

impl RawLogging {
    pub(super) fn check(self, source: &Source) -> Result<Logging, ConfigError> {
        let verbose = within(source, &self.verbose, VERBOSE, "verbose")?;
        let level = match (&self.level, &self.to) {
            (Some(name), _) => level(source, name)?,
            // Who names a place wants something there.
            (None, Some(_)) => LevelFilter::INFO,
            (None, None) => LevelFilter::OFF,
        };
        Ok(Logging {
            verbose: u8::try_from(verbose).expect("the range ends below 256"),
            level,
            to: self.to.map_or(Ok(LogTo::Stderr), |to| place(source, to))?,
            json: self.json,
            calls: calls(source, self.calls)?,
        })
    }
}

fn level(source: &Source, name: &Spanned<String>) -> Result<LevelFilter, ConfigError> {
    let known = LEVELS.iter().find(|(known, _)| known == name.get_ref());
    known.map(|&(_, level)| level).ok_or_else(|| {
        let names = LEVELS.iter().map(|&(name, _)| name);
        wrong(
            source,
            name,
            "level",
            "\"off\", \"error\", \"warn\", \"info\" or \"debug\"",
            names,
        )
    })
}

fn place(source: &Source, to: Spanned<String>) -> Result<LogTo, ConfigError> {
    match to.get_ref().as_str() {
        STDERR => Ok(LogTo::Stderr),
        JOURNAL => Ok(LogTo::Journal),
        path if path.starts_with('/') => Ok(LogTo::File(to.into_inner().into())),
        _ => Err(wrong(
            source,
            &to,
            "to",
            "\"stderr\", \"journal\" or a file such as \"/var/log/asterisk/voiceagent.log\"",
            [STDERR, JOURNAL],
        )),
    }
}

/// A file's whole path, since Asterisk's folder at the time is nobody's choice.
fn calls(source: &Source, path: Spanned<String>) -> Result<Option<PathBuf>, ConfigError> {
    match path.get_ref().as_str() {
        "" => Ok(None),
        file if file.starts_with('/') => Ok(Some(path.into_inner().into())),
        _ => Err(wrong(
            source,
            &path,
            "calls",
            "a file's whole path, such as \"/var/log/asterisk/voiceagent-calls.jsonl\"",
            [],
        )),
    }
}

fn wrong<'a>(
    source: &Source,
    value: &Spanned<String>,
    key: &str,
    expected: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> ConfigError {
    let hint = hint(value.get_ref(), known);
    source.at(
        value.span().start,
        format!(
            "{key} is \"{}\"; expected {expected}{hint}",
            value.get_ref()
        ),
    )
}

const LEVELS: [(&str, LevelFilter); 5] = [
    ("off", LevelFilter::OFF),
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
];
const STDERR: &str = "stderr";
const JOURNAL: &str = "journal";
/// Levels of `VERBOSE`, which Asterisk counts from 1; nobody runs a console above 10.
const VERBOSE: std::ops::Range<i64> = 1..11;
