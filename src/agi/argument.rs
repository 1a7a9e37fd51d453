//! Text that may stand in an AGI command.

use std::fmt;

/// One word of an AGI command: it has no control characters and a bounded length, so that no
/// value can end the line, and quoting makes it one word whatever else it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Argument(String);

impl Argument {
    /// The longest argument, in bytes. No command has two of them, and one of nothing but
    /// backslashes, each escaped, fits the line that Asterisk reads up to version 20: 2,047 bytes
    /// with its end (`fgets` into `AGI_BUF_LEN` in res_agi.c). EXEC hands it on whole.
    pub const MAX: usize = 960;

    /// Takes text as it is.
    ///
    /// # Errors
    /// When it is longer than [`Self::MAX`] bytes or has a control character; cutting it would
    /// change its meaning.
    pub fn new(text: &str) -> Result<Self, ArgumentError> {
        if text.len() > Self::MAX {
            return Err(ArgumentError::TooLong { length: text.len() });
        }
        match text.char_indices().find(|(_, c)| c.is_control()) {
            Some((at, control)) => Err(ArgumentError::Control { control, at }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Text for people to read: control characters become spaces, what is too long is cut.
    #[must_use]
    pub fn readable(text: &str) -> Self {
        let mut clean = String::with_capacity(text.len().min(Self::MAX));
        for c in text.chars() {
            if clean.len() + c.len_utf8() > Self::MAX {
                break;
            }
            clean.push(if c.is_control() { ' ' } else { c });
        }
        Self(clean)
    }

    /// The text itself, unquoted.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Argument {
    /// Quoted as Asterisk's `parse_args` reads it: in double quotes, with a backslash before a
    /// quote or a backslash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}

/// Why text cannot stand in a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// A line longer than Asterisk reads would be cut in the middle.
    #[error("it has {length} bytes, at most {} fit a command", Argument::MAX)]
    TooLong {
        /// Bytes in the text.
        length: usize,
    },
    /// A line break or another control character would end or change the command.
    #[error("it has the control character {control:?} at byte {at}")]
    Control {
        /// The character.
        control: char,
        /// Where it stands, in bytes.
        at: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        let argument = Argument::new(r#"a "b" \c"#).expect("plain text");
        assert_eq!(argument.to_string(), r#""a \"b\" \\c""#);
    }

    #[test]
    fn no_line_break_gets_in() {
        assert_eq!(
            Argument::new("SIP/bob\nEXEC System"),
            Err(ArgumentError::Control {
                control: '\n',
                at: 7
            })
        );
        assert_eq!(Argument::readable("a\r\nb\0").as_str(), "a  b ");
    }

    #[test]
    fn what_is_too_long_is_refused_or_cut_at_a_character() {
        let long = "ö".repeat(600);
        assert_eq!(
            Argument::new(&long),
            Err(ArgumentError::TooLong { length: 1_200 })
        );
        assert_eq!(Argument::readable(&long).as_str().len(), Argument::MAX);
        assert_eq!(
            Argument::readable(&format!("x{long}")).as_str().len(),
            Argument::MAX - 1
        );
    }
}
