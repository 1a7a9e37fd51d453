//! One extension: who is rung, and whose mailbox takes the message.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::agi::Argument;

/// A person's extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The extension as dialled.
    pub extension: String,
    /// What Dial gets: who, how long, options.
    pub dial: Argument,
    /// Where messages go.
    pub mailbox: Mailbox,
    /// Whether the login key works in this mailbox's greeting.
    pub star: bool,
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
                    "mailbox \"{text}\" has {bad:?} in its {what}; letters, digits, '-', '_' and '+' can stand there"
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

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+')
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
    fn what_would_reach_another_option_or_folder_is_refused() {
        for bad in [
            "101",
            "@sales",
            "101@",
            "101@sales,s",
            "../x@sales",
            "1@a/b",
            "1@a b",
            "1@\u{f6}",
            "1@a@b",
        ] {
            assert!(Mailbox::parse(bad).is_err(), "{bad}");
        }
    }
}
