//! The configuration as it stands in the file.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, de::DeserializeOwned};
use toml::{Spanned, Table};

use super::{
    Config, ConfigError, Greeting, Storage,
    error::explain,
    include::{self, IncludedFolder},
    keys::RawKeys,
    limits,
    logging::RawLogging,
    lookup::Lookup,
    people::{People, Reading, sections_of},
    recording,
    ringing::{Defaults, RingingKeys},
    route::{BadValue, Section},
    source::Source,
    template::Template,
};
use crate::{agi::Argument, dtmf, speech};

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct RawConfig {
    pub(super) include: Option<Spanned<String>>,
    lookup: Option<Spanned<String>>,
    sandbox: bool,
    record: Option<Spanned<String>>,
    record_limit_mib: Option<Spanned<i64>>,
    record_call_limit_mib: Option<Spanned<i64>>,
    pub(super) extensions: BTreeMap<Spanned<String>, RawRoute>,
    login: RawLogin,
    dial: RawDial,
    ringing: RawRinging,
    keys: RawKeys,
    greeting: RawGreeting,
    detector: Table,
    speech: Table,
    logging: RawLogging,
}

/// An included file as it stands.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct RawIncluded {
    pub(super) extensions: BTreeMap<Spanned<String>, RawRoute>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a section [extensions.NAME] with dial and mailbox"
)]
pub(super) struct RawRoute {
    dial: Spanned<String>,
    #[serde(default = "default_wait")]
    max_wait: Spanned<i64>,
    mailbox: Spanned<String>,
    #[serde(default = "yes")]
    star: bool,
    #[serde(default)]
    ringing: RawRinging,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section [login]")]
struct RawLogin {
    prefix: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section [dial]")]
struct RawDial {
    options: Spanned<String>,
}

#[derive(Default, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "ringing.keys = \"off\", \"signalled\" or \"heard\""
)]
struct RawRinging {
    keys: Option<RingingKeys>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section [greeting]")]
struct RawGreeting {
    storage: RawStorage,
    barge_in: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawStorage {
    Auto,
    Files,
    Elsewhere,
}

impl Default for RawLogin {
    fn default() -> Self {
        Self {
            prefix: unplaced("*".to_owned()),
        }
    }
}

impl Default for RawDial {
    fn default() -> Self {
        Self {
            options: unplaced("g".to_owned()),
        }
    }
}

impl Default for RawGreeting {
    fn default() -> Self {
        Self {
            storage: RawStorage::Auto,
            barge_in: false,
        }
    }
}

/// Reads the text; whatever is not in the form of a configuration is an error with its line.
pub(super) fn parse<T: DeserializeOwned>(source: &Source) -> Result<T, ConfigError> {
    if let Some(error) = &source.unread {
        return Err(error.clone());
    }
    toml::from_str(&source.text).map_err(|error| {
        let span = error.span();
        let text = span.clone().and_then(|span| source.text.get(span));
        let message = explain(error.message(), text.unwrap_or_default());
        match span {
            Some(span) => source.at(span.start, message),
            None => source.fault(message),
        }
    })
}

impl RawConfig {
    /// The sections that the extensions to which keys lead can be for.
    pub(super) fn targets(&self) -> impl Iterator<Item = &str> {
        let prefix = self.login.prefix.get_ref();
        let targets = self.keys.targets();
        targets.flat_map(|target| sections_of(target, prefix))
    }

    /// The folder that is included, if one is.
    pub(super) fn included(&self, source: &Source) -> Option<IncludedFolder> {
        let include = self.include.as_ref()?;
        let at = |message| source.at(include.span().start, message);
        let name = include.get_ref();
        let Some(beside) = source.folder() else {
            let error = at(format!(
                "include \"{name}\" is beside no file; only a configuration file can include a folder"
            ));
            return Some(IncludedFolder {
                folder: name.into(),
                files: Err(error),
            });
        };
        let folder = beside.join(name);
        let files = include::files(&folder).map_err(|error| {
            at(format!(
                "the included folder {} cannot be read: {error}; expected a folder with files *.toml",
                folder.display()
            ))
        });
        Some(IncludedFolder { folder, files })
    }

    /// Checks the limits of the detectors alone.
    pub(super) fn limits(
        self,
        source: &Source,
    ) -> Result<(dtmf::Limits, speech::Limits), ConfigError> {
        limits::both(source, self.detector, self.speech)
    }

    /// Checks every value, and those of the files included.
    pub(super) fn check(
        self,
        source: &Source,
        included: &[Source],
        reading: Reading<'_>,
    ) -> Result<Config, ConfigError> {
        let login_prefix = self.login.prefix.get_ref().clone();
        if login_prefix.is_empty() || !login_prefix.chars().all(is_dialable) {
            return Err(source.at(self.login.prefix.span().start,
                format!(
                    "login prefix \"{login_prefix}\" cannot be dialled; expected digits, letters, '*', '#' or '+', such as \"*\""
                ),
            ));
        }
        let options = self.dial.options.get_ref();
        if let Some(fault) = unsendable(options) {
            return Err(source.at(
                self.dial.options.span().start,
                format!("dial options {fault}; expected option letters, such as \"g\" or \"gr\""),
            ));
        }
        let defaults = Defaults {
            options: options.clone(),
            ringing: self.ringing.keys.unwrap_or_default(),
        };
        let mut people = People::new(reading, &login_prefix, &defaults);
        people.add(source, self.extensions)?;
        for file in included {
            people.include(file)?;
        }
        let People {
            routes, set_aside, ..
        } = people;
        let lookup = match &self.lookup {
            Some(lookup) => Some(
                Lookup::new(lookup.get_ref(), &defaults)
                    .map_err(|message| source.at(lookup.span().start, message))?,
            ),
            None => None,
        };
        let partial = source.is_partial() || included.iter().any(Source::is_partial);
        if routes.are_none() && lookup.is_none() && !partial && set_aside.is_empty() {
            return Err(source.fault(
                "no extension is configured; expected at least one section such as [extensions.101]",
            ));
        }
        let keys = self
            .keys
            .check(source, &routes, &login_prefix, !set_aside.is_empty())?;
        let recording = recording::check(
            source,
            self.record.as_ref(),
            self.record_limit_mib.as_ref(),
            self.record_call_limit_mib.as_ref(),
        )?;
        let (detector, speech) = limits::both(source, self.detector, self.speech)?;
        Ok(Config {
            routes,
            include: None,
            included: Vec::new(),
            lookup,
            login_prefix,
            dial_options: defaults.options,
            keys,
            greeting: Greeting {
                storage: match self.greeting.storage {
                    RawStorage::Auto => Storage::Auto,
                    RawStorage::Files => Storage::Files,
                    RawStorage::Elsewhere => Storage::Elsewhere,
                },
                barge_in: self.greeting.barge_in,
            },
            detector,
            speech,
            logging: self.logging.check(source)?,
            sandbox: self.sandbox,
            recording,
            sources: Vec::new(),
            set_aside,
        })
    }
}

impl RawRoute {
    /// The section as it is used, and the fault that a route from it would have, in its place.
    pub(super) fn check(
        self,
        source: &Source,
        name: &str,
        defaults: &Defaults,
    ) -> Result<(Section, impl Fn(BadValue) -> ConfigError), ConfigError> {
        let wait = within(
            source,
            &self.max_wait,
            WAIT,
            "max_wait (seconds of ringing)",
        )?;
        let section = Section {
            name: name.to_owned(),
            dial: Template::new(self.dial.get_ref()),
            wait,
            options: defaults.options.clone(),
            mailbox: Template::new(self.mailbox.get_ref()),
            star: self.star,
            ringing: self.ringing.keys.unwrap_or(defaults.ringing),
        };
        let (dial, mailbox) = (self.dial.span().start, self.mailbox.span().start);
        let fault = move |bad| match bad {
            BadValue::Dial(message) => source.at(dial, message),
            BadValue::Mailbox(message) => source.at(mailbox, message),
        };
        Ok((section, fault))
    }
}

pub(super) fn within(
    source: &Source,
    value: &Spanned<i64>,
    allowed: Range<i64>,
    what: &str,
) -> Result<i64, ConfigError> {
    if allowed.contains(value.get_ref()) {
        return Ok(*value.get_ref());
    }
    Err(source.at(
        value.span().start,
        format!(
            "{what} is {}; expected {} to {}",
            value.get_ref(),
            allowed.start,
            allowed.end - 1
        ),
    ))
}

/// What keeps these options of Dial from standing behind whoever is rung.
fn unsendable(options: &str) -> Option<String> {
    if options.len() > LONGEST_OPTIONS {
        return Some(format!(
            "have {} bytes, at most {LONGEST_OPTIONS} leave room for who is rung",
            options.len()
        ));
    }
    if let Some(control) = options.chars().find(|c| c.is_control()) {
        return Some(format!("have the control character {control:?}"));
    }
    options
        .contains(',')
        .then(|| format!("\"{options}\" have a comma"))
}

pub(super) fn is_dialable(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '*' | '#' | '+' | '-' | '_' | '.')
}

pub(super) fn unplaced<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}

fn default_wait() -> Spanned<i64> {
    unplaced(DEFAULT_WAIT)
}

const fn yes() -> bool {
    true
}

/// Bytes of Dial's options: the other half of what Dial gets is for who is rung.
const LONGEST_OPTIONS: usize = Argument::MAX / 2;
/// Seconds of ringing where none are set.
pub(super) const DEFAULT_WAIT: i64 = 20;
/// Seconds of ringing. An hour is longer than any caller waits; 0 would ring nobody.
pub(super) const WAIT: Range<i64> = 1..3601;
