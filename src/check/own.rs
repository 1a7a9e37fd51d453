//! Our own configuration, with the lines that its values stand in.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use super::finding::{Findings, Spot};
use crate::config::{Config, ConfigError, Route, letters};

/// The configuration and where it says what.
pub(super) struct Own {
    pub(super) file: PathBuf,
    pub(super) config: Config,
    /// File and line of each key, by its path.
    places: BTreeMap<Vec<String>, (PathBuf, usize)>,
}

impl Own {
    /// Reads it.
    pub(super) fn load(file: &Path) -> Result<Self, ConfigError> {
        let config = Config::load(file)?;
        let files = std::iter::once(file).chain(config.included().iter().map(PathBuf::as_path));
        let mut places = BTreeMap::new();
        for file in files {
            let lines = lines(&fs::read_to_string(file).unwrap_or_default());
            let placed = lines
                .into_iter()
                .map(|(key, line)| (key, (file.to_owned(), line)));
            places.extend(placed);
        }
        Ok(Self {
            file: file.to_owned(),
            config,
            places,
        })
    }

    /// Reads it; what is wrong with it is one finding.
    pub(super) fn read(file: &Path, findings: &mut Findings) -> Option<Self> {
        let own = Self::load(file)
            .map_err(|error| refused(file, &error, findings))
            .ok()?;
        if own.config.asks() {
            findings.note(
                own.spot(&["lookup"]),
                "whom the lookup names is known on a call only, and not checked",
                "",
            );
        }
        own.check_options(findings);
        Some(own)
    }

    fn check_options(&self, findings: &mut Findings) {
        let options = self.config.dial_options();
        if !letters(options).contains('g') {
            findings.warning(
                self.spot(&["dial", "options"]),
                format!(
                    "Dial's options \"{options}\" are without g, so a conversation that the called person ends is a failure to Asterisk (AGISTATUS=FAILURE)"
                ),
                format!("write options = \"g{options}\""),
            );
        }
    }

    /// Where this key is set, else the file as such.
    pub(super) fn spot(&self, path: &[&str]) -> Spot {
        let path: Vec<_> = path.iter().map(|&part| part.to_owned()).collect();
        match self.places.get(&path) {
            Some((file, line)) => Spot::line(file, Some(*line)),
            None => Spot::line(&self.file, None),
        }
    }

    /// Where this key of a route is set.
    pub(super) fn route(&self, route: &Route, key: &str) -> Spot {
        self.spot(&["extensions", &route.section, key])
    }

    /// Where it is set that keys act while this route rings.
    pub(super) fn ringing(&self, route: &Route) -> Spot {
        let own = ["extensions", &route.section, "ringing", "keys"];
        match self.places.contains_key(&own.map(str::to_owned)[..]) {
            true => self.spot(&own),
            false => self.spot(&["ringing", "keys"]),
        }
    }

    /// Where this route begins.
    pub(super) fn extension(&self, route: &Route) -> Spot {
        self.spot(&["extensions", &route.section])
    }
}

fn refused(file: &Path, error: &ConfigError, findings: &mut Findings) {
    let file = error.file().unwrap_or(file);
    // Asked before it is opened: to open a pipe can take for ever.
    let opened = fs::metadata(file).and_then(|there| match there.is_file() {
        true => File::open(file).map(drop),
        false => Ok(()),
    });
    if opened.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
        return findings.error(
            file,
            "the user that runs this check may not read it, so whatever is configured is not checked",
            "run this check as root, or as the user that runs Asterisk",
        );
    }
    // A message says what was expected behind its first semicolon.
    let (message, remedy) = error
        .message()
        .split_once("; ")
        .unwrap_or((error.message(), "README.md lists all that can be set"));
    findings.error(Spot::line(file, error.line()), message, remedy);
}

/// The line of every key in the text.
fn lines(text: &str) -> BTreeMap<Vec<String>, usize> {
    let mut lines = BTreeMap::new();
    if let Ok(document) = DeTable::parse(text) {
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line = |offset| 1 + ends.partition_point(|&end| end < offset);
        collect(document.get_ref(), &mut Vec::new(), &line, &mut lines);
    }
    lines
}

fn collect(
    table: &DeTable<'_>,
    path: &mut Vec<String>,
    line: &impl Fn(usize) -> usize,
    lines: &mut BTreeMap<Vec<String>, usize>,
) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        lines.insert(path.clone(), line(key.span().start));
        if let DeValue::Table(table) = value.get_ref() {
            collect(table, path, line, lines);
        }
        path.pop();
    }
}
