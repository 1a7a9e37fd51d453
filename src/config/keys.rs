//! `[keys]`: what the caller's keys do in the greeting.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use serde::Deserialize;
use toml::Spanned;

use super::{
    ConfigError, Destination,
    error::hint,
    raw::{unplaced, within},
    routes::Routes,
    source::Source,
};
use crate::key::Key;

/// What the caller's keys do in the greeting.
#[derive(Clone, Debug, PartialEq)]
pub struct Keys {
    /// Opens the mailbox login; `*` unless set.
    pub login: Option<Key>,
    /// Skips to the beep; `#` unless set.
    pub skip: Option<Key>,
    /// Leads to another extension.
    pub goto: BTreeMap<Key, String>,
    /// How long after a short tone the signal of the same press may come.
    pub hold_off: Duration,
}

impl Keys {
    /// Whether `key` does anything.
    #[must_use]
    pub fn acts(&self, key: Key) -> bool {
        self.login == Some(key) || self.skip == Some(key) || self.goto.contains_key(&key)
    }
}

/// The section `[keys]` as it stands.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section [keys]")]
pub(super) struct RawKeys {
    login: Spanned<String>,
    skip: Spanned<String>,
    goto: BTreeMap<Spanned<String>, Spanned<String>>,
    hold_off_ms: Spanned<i64>,
}

impl Default for RawKeys {
    fn default() -> Self {
        Self {
            login: unplaced("*".to_owned()),
            skip: unplaced("#".to_owned()),
            goto: BTreeMap::new(),
            hold_off_ms: unplaced(1200),
        }
    }
}

impl RawKeys {
    /// The extensions that keys lead to.
    pub(super) fn targets(&self) -> impl Iterator<Item = &str> {
        let targets = self.goto.values();
        targets.map(|target| target.get_ref().as_str())
    }

    /// A key that leads to somebody whose section may be in what was set aside leads nowhere.
    pub(super) fn check(
        self,
        source: &Source,
        routes: &Routes,
        login_prefix: &str,
        some_set_aside: bool,
    ) -> Result<Keys, ConfigError> {
        let login = optional_key(source, &self.login)?;
        let skip = optional_key(source, &self.skip)?;
        if login.is_some() && login == skip {
            // Of the two, the one that is written; the other's is a default.
            let (written, other) = if is_placed(&self.skip) {
                (&self.skip, "login")
            } else {
                (&self.login, "skip")
            };
            return Err(source.at(
                written.span().start,
                format!(
                    "\"{}\" is the key for both login and skip; give {other} another key, or \"\" for none",
                    written.get_ref()
                ),
            ));
        }
        let mut goto = BTreeMap::new();
        for (label, extension) in self.goto {
            let key = key(source, &label)?;
            if Some(key) == login || Some(key) == skip {
                return Err(source.at(
                    label.span().start,
                    format!(
                        "key \"{key}\" has a meaning already (login or skip); expected a key that is free"
                    ),
                ));
            }
            let target = extension.get_ref();
            if some_set_aside && routes.exact(target).is_none() {
                continue;
            }
            check_target(routes, login_prefix, key, target)
                .map_err(|why| source.at(extension.span().start, why))?;
            goto.insert(key, extension.into_inner());
        }
        let hold_off = within(source, &self.hold_off_ms, HOLD_OFF, "hold_off_ms")?;
        Ok(Keys {
            login,
            skip,
            goto,
            hold_off: Duration::from_millis(hold_off.unsigned_abs()),
        })
    }
}

/// Whether somebody is rung at the extension that a key leads to; else why not.
fn check_target(routes: &Routes, login_prefix: &str, key: Key, target: &str) -> Result<(), String> {
    match routes.destination(target, login_prefix) {
        Some(Destination::Person(_)) => Ok(()),
        Some(Destination::Login(owner)) => Err(format!(
            "key \"{key}\" leads to extension \"{target}\", which opens a mailbox; expected one at which somebody is rung, such as \"{}\"",
            owner.extension
        )),
        None => Err(format!(
            "key \"{key}\" leads to extension \"{target}\", which is not configured{}",
            hint(target, routes.names())
        )),
    }
}

/// A key, or none where the label is empty.
fn optional_key(source: &Source, label: &Spanned<String>) -> Result<Option<Key>, ConfigError> {
    if label.get_ref().is_empty() {
        return Ok(None);
    }
    key(source, label).map(Some)
}

fn key(source: &Source, label: &Spanned<String>) -> Result<Key, ConfigError> {
    let key = label.get_ref().parse::<Key>();
    key.map_err(|error| source.at(label.span().start, error.to_string()))
}

/// Whether it stands in the file: no value does so at its very beginning.
fn is_placed<T>(value: &Spanned<T>) -> bool {
    value.span().start > 0
}

/// Milliseconds. 2 s after a press nobody takes its signal for the same one.
const HOLD_OFF: Range<i64> = 0..2001;
