//! The configuration: who is rung at which extension, and what keys do.
//!
//! A file is read in two steps. `raw` is its text as it stands, where an unknown key is an
//! error; [`Config`] is what the program uses, in which everything has been checked, so that no
//! later step can fail because of it.

mod error;
mod include;
mod keys;
mod limits;
mod logging;
mod lookup;
mod narrow;
mod people;
mod raw;
mod recording;
mod ringing;
mod route;
mod routes;
mod source;
mod template;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use error::ConfigError;
pub(crate) use error::nearest;
pub use keys::Keys;
pub use logging::{LogTo, Logging};
use lookup::Lookup;
pub use lookup::Question;
use people::Reading;
pub use recording::Recording;
pub use ringing::RingingKeys;
pub(crate) use ringing::{ANSWERED, letters};
pub use route::{Mailbox, Route};
use routes::Routes;
pub use source::Source;

use crate::{dtmf, speech};

/// Everything an administrator can set.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    routes: Routes,
    include: Option<PathBuf>,
    included: Vec<PathBuf>,
    lookup: Option<Lookup>,
    login_prefix: String,
    dial_options: String,
    /// What the caller's keys do in the greeting.
    pub keys: Keys,
    /// How the greeting is played.
    pub greeting: Greeting,
    /// What counts as a key in the audio.
    pub detector: dtmf::Limits,
    /// What counts as speech in the audio.
    pub speech: speech::Limits,
    /// What is told of calls, and where.
    pub logging: Logging,
    /// Whether the program gives up what a call has no use for.
    pub sandbox: bool,
    /// Where calls are recorded, if they are.
    pub recording: Option<Recording>,
    /// What was read, for calls that are recorded.
    sources: Vec<Source>,
    set_aside: Vec<ConfigError>,
}

/// How the greeting is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Greeting {
    /// Where mailboxes keep their greetings.
    pub storage: Storage,
    /// Whether the caller can skip the greeting by talking.
    pub barge_in: bool,
}

/// Where mailboxes keep their greetings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Asterisk is asked whether a database or mail server holds them.
    Auto,
    /// In the spool folder.
    Files,
    /// In a database or on a mail server: only VoiceMail itself can play them.
    Elsewhere,
}

/// What a dialled extension leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Somebody is rung.
    Person(Route),
    /// The owner opens this route's mailbox.
    Login(Route),
}

impl Config {
    /// Reads a configuration file, and those of the folder that it includes.
    ///
    /// # Errors
    /// When one cannot be read, does not parse, or says something impossible; the error names
    /// the file, the line, what is wrong and what was expected.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let source = Source::whole(path)?;
        let raw = raw::parse(&source)?;
        Self::read(source, raw, Reading::All, Source::whole)
    }

    /// Reads of a configuration file what a call to this extension needs; the sections of other
    /// people are not even looked at. Included files and patterns in which something is wrong, and a
    /// folder of files that cannot be read, are [set aside](Self::set_aside) where the extension, or
    /// the one behind the login prefix, has a section of its own elsewhere. Where it has none, theirs
    /// might have been the one.
    ///
    /// # Errors
    /// As [`load`](Self::load), for what is read and not set aside.
    pub fn load_for(path: &Path, extension: &str) -> Result<Self, ConfigError> {
        // Behind the login prefix, which is not known yet, an owner's extension stands.
        let dialled = |name: &[u8]| extension.as_bytes().ends_with(name);
        let source = Source::narrowed(path, dialled)?;
        let raw: raw::RawConfig = raw::parse(&source)?;
        let targets: Vec<String> = raw.targets().map(str::to_owned).collect();
        let wanted =
            |name: &[u8]| dialled(name) || targets.iter().any(|target| target.as_bytes() == name);
        let narrowed = |path: &Path| Source::narrowed(path, wanted);
        let reading = Reading::Call(extension);
        let mut config = if targets.is_empty() {
            Self::read(source, raw, reading, narrowed)?
        } else {
            let source = narrowed(path)?;
            let raw = raw::parse(&source)?;
            Self::read(source, raw, reading, narrowed)?
        };
        if config.set_aside.is_empty() || config.has_own_section(extension) {
            return Ok(config);
        }
        Err(config.set_aside.swap_remove(0))
    }

    /// Whether the extension, or the one behind the login prefix, has a section of its own.
    fn has_own_section(&self, extension: &str) -> bool {
        people::sections_of(extension, &self.login_prefix)
            .any(|section| self.routes.exact(section).is_some())
    }

    /// Reads of a configuration file what counts as a key and as speech, for who rings nobody:
    /// nobody needs to be configured there, and whether those who are can be rung is not asked.
    ///
    /// # Errors
    /// As [`load`](Self::load), for what is read.
    pub fn load_limits(path: &Path) -> Result<(dtmf::Limits, speech::Limits), ConfigError> {
        let source = Source::whole(path)?;
        raw::parse::<raw::RawConfig>(&source)?.limits(&source)
    }

    /// Reads a configuration from its text.
    ///
    /// # Errors
    /// As [`load`](Self::load), without the file's name. Text that is in no file includes none.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let source = Source::text(text);
        let raw = raw::parse(&source)?;
        Self::read(source, raw, Reading::All, Source::whole)
    }

    /// Reads again what was read for a call that was recorded: a configuration file, then those
    /// that it included, each as far as it was read.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn read_again(main: &Source, included: &[Source]) -> Result<Self, ConfigError> {
        raw::parse::<raw::RawConfig>(main)?.check(main, included, Reading::Again)
    }

    /// Checks what was read, and with `open` the files that it includes.
    fn read(
        source: Source,
        raw: raw::RawConfig,
        reading: Reading<'_>,
        open: impl Fn(&Path) -> Result<Source, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let (folder, files, mut included) = match raw.included(&source) {
            None => (None, Vec::new(), Vec::new()),
            Some(include::IncludedFolder { folder, files }) => match files {
                Ok(files) => {
                    let opened = files
                        .iter()
                        .map(|file| open(file).unwrap_or_else(|error| Source::unread(file, error)));
                    let opened: Vec<_> = opened.collect();
                    (Some(folder), files, opened)
                }
                // Like a file that cannot be read: it costs those who may be in it.
                Err(error) => {
                    let unread = Source::unread(&folder, error);
                    (Some(folder), Vec::new(), vec![unread])
                }
            },
        };
        let mut config = raw.check(&source, &included, reading)?;
        config.include = folder;
        config.included = files;
        if config.recording.is_some() {
            config.sources.push(source);
            config.sources.append(&mut included);
        }
        Ok(config)
    }

    /// What was read, the configuration file first; nothing where calls are not recorded.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What is wrong in files and patterns that a call does without.
    #[must_use]
    pub fn set_aside(&self) -> &[ConfigError] {
        &self.set_aside
    }

    /// The folder that is included, if one is.
    #[must_use]
    pub fn include(&self) -> Option<&Path> {
        self.include.as_deref()
    }

    /// The files that were included, in the order in which they were read.
    #[must_use]
    pub fn included(&self) -> &[PathBuf] {
        &self.included
    }

    /// Where `extension` leads, if anywhere: to the section of just this extension, else, behind
    /// the login prefix, to the mailbox of what follows it, else to the most specific pattern
    /// that fits.
    #[must_use]
    pub fn destination(&self, extension: &str) -> Option<Destination> {
        self.routes.destination(extension, &self.login_prefix)
    }

    /// Whether Asterisk is asked about extensions that are not configured here.
    #[must_use]
    pub const fn asks(&self) -> bool {
        self.lookup.is_some()
    }

    /// What Asterisk is to be asked about an extension that leads nowhere here, if anything.
    #[must_use]
    pub fn question(&self, extension: &str) -> Option<Question> {
        let lookup = self.lookup.as_ref()?;
        match extension.strip_prefix(self.login_prefix.as_str()) {
            Some(owner) => lookup.question(owner, true),
            None => lookup.question(extension, false),
        }
    }

    /// Where Asterisk's answer to a [`question`](Self::question) leads; nowhere, when it is empty.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn answered(
        &self,
        question: &Question,
        answer: &str,
    ) -> Result<Option<Destination>, String> {
        // A shell's output ends with a line break.
        let answer = answer.trim();
        let Some(lookup) = self.lookup.as_ref().filter(|_| !answer.is_empty()) else {
            return Ok(None);
        };
        let route = lookup.route(question, answer)?;
        Ok(Some(if question.login {
            Destination::Login(route)
        } else {
            Destination::Person(route)
        }))
    }

    /// What is dialled before an extension to open its mailbox.
    #[must_use]
    pub fn login_prefix(&self) -> &str {
        &self.login_prefix
    }

    /// The options that Dial gets in every call.
    #[must_use]
    pub fn dial_options(&self) -> &str {
        &self.dial_options
    }

    /// All routes, in the order of their extensions; behind them, of each pattern, the route of
    /// one extension that fits it.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    /// Whether others of the same section ring somebody else than this one of
    /// [`routes`](Self::routes).
    #[must_use]
    pub fn dial_varies(&self, route: &Route) -> bool {
        let family = self.routes.family(route);
        family.is_some_and(|family| !family.section.dial.is_fixed())
    }

    /// Whether others of the same section have another mailbox than this one of
    /// [`routes`](Self::routes).
    #[must_use]
    pub fn mailbox_varies(&self, route: &Route) -> bool {
        let family = self.routes.family(route);
        family.is_some_and(|family| !family.section.mailbox.is_fixed())
    }
}
