//! One extension: who is rung, and whose mailbox takes the message; and a section of the
//! configuration, which makes one such route or, with a pattern, one for each extension that fits.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    ringing::{ANSWERED, RingingKeys, letters},
    template::Template,
};
use crate::{
    agi::{Argument, ArgumentError, Plain},
    asterisk_files::Pattern,
};

/// A person's extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The extension as dialled.
    pub extension: String,
    /// The section that it comes from: the extension itself, or a pattern such as `_1XX`.
    pub section: String,
    /// What Dial gets: who, how long, options.
    pub dial: Argument,
    /// Where messages go.
    pub mailbox: Mailbox,
    /// Whether the login key works in this mailbox's greeting.
    pub star: bool,
    /// Which keys act while it rings.
    pub ringing: RingingKeys,
}

impl Route {
    /// What Dial gets while somebody hears the caller on this channel: who answers comes through
    /// the dialplan.
    pub(crate) fn dial_overheard(&self, channel: &Plain) -> Result<Argument, ArgumentError> {
        let dial = self.dial.as_str();
        Argument::new(&format!("{dial}U({ANSWERED}^{channel})"))
    }
}

/// A section `[extensions.101]` or `[extensions._1XX]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) dial: Template,
    /// Seconds of ringing.
    pub(super) wait: i64,
    /// Options of Dial.
    pub(super) options: String,
    pub(super) mailbox: Template,
    pub(super) star: bool,
    pub(super) ringing: RingingKeys,
}

/// A value of a section from which no route can be made, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BadValue {
    Dial(String),
    Mailbox(String),
}

/// A section for every extension that fits a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Family {
    pub(super) pattern: Pattern,
    pub(super) section: Section,
    /// The route of one extension that fits.
    pub(super) sample: Route,
}

impl Section {
    /// The route of an extension that leads here.
    pub(super) fn route(&self, extension: &str) -> Result<Route, BadValue> {
        Ok(Route {
            extension: extension.to_owned(),
            section: self.name.clone(),
            dial: self.dial(extension).map_err(BadValue::Dial)?,
            mailbox: self.mailbox(extension).map_err(BadValue::Mailbox)?,
            star: self.star,
            ringing: self.ringing,
        })
    }

    /// The route of an extension by which the section is checked: it must do for callers on
    /// channels of any name.
    pub(super) fn checked_route(&self, extension: &str) -> Result<Route, BadValue> {
        let route = self.route(extension)?;
        if self.ringing == RingingKeys::Heard {
            let longest = Plain::new(&"x".repeat(Plain::MAX)).expect("letters are plain");
            route.dial_overheard(&longest).map_err(|error| {
                BadValue::Dial(format!(
                    "dial \"{}\" cannot be heard while it rings: with option U, which that takes, {error}; expected a shorter one, or ringing.keys = \"signalled\"",
                    self.dial.fill(extension)
                ))
            })?;
        }
        Ok(route)
    }

    fn dial(&self, extension: &str) -> Result<Argument, String> {
        let who = self.dial.fill(extension);
        if self.dial.has_other_variables() {
            return Err(format!(
                "dial \"{who}\" has a variable, and Dial gets it as it stands; only ${{EXTEN}} and parts of it, such as ${{EXTEN:1}}, are filled in"
            ));
        }
        match who.split_once('/') {
            Some((technology, peer)) if !technology.is_empty() && !peer.is_empty() => {}
            _ => {
                return Err(format!(
                    "dial \"{who}\" is not TECHNOLOGY/PEER; expected what Dial() takes, such as \"PJSIP/bob\""
                ));
            }
        }
        if let Some(end) = who.chars().find(|c| matches!(c, ',' | '|')) {
            let end = if end == ',' { "comma" } else { "\"|\"" };
            return Err(format!(
                "dial \"{who}\" has a {end}; expected only who is rung: the time is max_wait, options go into [dial] options"
            ));
        }
        if self.ringing == RingingKeys::Heard && letters(&self.options).contains('U') {
            return Err(format!(
                "dial \"{who}\" cannot be heard while it rings: Dial's option U is in [dial] options already; expected ringing.keys = \"signalled\", or no U there"
            ));
        }
        let options = self.ringing.options(&self.options);
        Argument::new(&format!("{who},{},{options}", self.wait)).map_err(|error| {
            format!("dial \"{who}\" cannot be sent with its time and options: {error}")
        })
    }

    fn mailbox(&self, extension: &str) -> Result<Mailbox, String> {
        let mailbox = self.mailbox.fill(extension);
        if self.mailbox.has_other_variables() {
            return Err(format!(
                "mailbox \"{mailbox}\" has a variable; only ${{EXTEN}} and parts of it, such as ${{EXTEN:1}}, are filled in"
            ));
        }
        Mailbox::parse(&mailbox)
    }
}

impl Family {
    /// The route of an extension, if it fits.
    pub(super) fn route(&self, extension: &str) -> Option<Route> {
        if !is_dialled(extension) || !self.pattern.fits(extension) {
            return None;
        }
        self.section.route(extension).ok()
    }
}

/// A mailbox of app_voicemail: a number in a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    number: String,
    context: String,
}

impl Mailbox {
    /// Reads `number@context`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some((number, context)) = text.split_once('@') else {
            return Err(format!(
                "mailbox \"{text}\" has no context; write \"{text}@CONTEXT\" with the section of voicemail.conf it stands in, such as \"{text}@default\""
            ));
        };
        for (part, what) in [(number, "number"), (context, "context")] {
            if part.is_empty() {
                return Err(format!("mailbox \"{text}\" has an empty {what}"));
            }
            if let Some(bad) = part.chars().find(|&c| !is_name(c)) {
                return Err(format!(
                    "mailbox \"{text}\" has {bad:?} in its {what}; letters, digits, '-', '_', '+' and '.' can stand there"
                ));
            }
            if matches!(part, "." | "..") {
                return Err(format!(
                    "mailbox \"{text}\" has \"{part}\" as its {what}, which would be another folder than its own; write a name with more than dots"
                ));
            }
        }
        if text.len() > MAX_NAME {
            return Err(format!(
                "mailbox \"{text}\" is longer than {MAX_NAME} characters"
            ));
        }
        Ok(Self {
            number: number.to_owned(),
            context: context.to_owned(),
        })
    }

    /// The number before the `@`.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The context behind the `@`.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }

    /// Where VoiceMail keeps this mailbox's greetings below `spool` (`AST_SPOOL_DIR`).
    #[must_use]
    pub fn folder(&self, spool: &Path) -> PathBuf {
        spool
            .join("voicemail")
            .join(&self.context)
            .join(&self.number)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.number, self.context)
    }
}

/// Whether telephones can dial it: nothing else may come to stand in a command.
pub(super) fn is_dialled(extension: &str) -> bool {
    extension
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | '+'))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '.')
}

/// `AST_MAX_EXTENSION` and `AST_MAX_CONTEXT` are 80 each.
const MAX_NAME: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_a_number_in_a_context() {
        let mailbox = Mailbox::parse("101@sales").expect("well formed");
        assert_eq!(mailbox.to_string(), "101@sales");
        assert_eq!(
            mailbox.folder(Path::new("/var/spool/asterisk")),
            Path::new("/var/spool/asterisk/voicemail/sales/101")
        );
    }

    #[test]
    fn a_context_can_have_the_name_of_a_domain() {
        let mailbox = Mailbox::parse("109@example.com").expect("well formed");
        assert_eq!(mailbox.context(), "example.com");
        assert_eq!(
            mailbox.folder(Path::new("/spool")),
            Path::new("/spool/voicemail/example.com/109")
        );
    }

    #[test]
    fn what_would_reach_another_option_or_folder_is_refused() {
        for bad in [
            "101",
            "@sales",
            "101@",
            "101@sales,s",
            "../x@sales",
            ".@sales",
            "..@sales",
            "101@.",
            "101@..",
            "1@a/b",
            "1@a b",
            "1@\u{f6}",
            "1@a@b",
        ] {
            assert!(Mailbox::parse(bad).is_err(), "{bad}");
        }
    }
}
