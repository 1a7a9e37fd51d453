//! What is wrong with a configuration file as such, whatever it is for.

use thiserror::Error;

use super::{Place, Unreadable};

/// One fault, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line that has it.
    pub place: Place,
    /// What it is.
    pub kind: FaultKind,
}

/// What can be wrong with a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultKind {
    /// `[name` without its end.
    #[error("the section's name has no closing ']'")]
    NoBracket,
    /// `[name](…` without its end.
    #[error("the section's options have no closing ')'")]
    NoParenthesis,
    /// A value before the first section.
    #[error("a value stands before the first [section]")]
    NoSection,
    /// `[name](template)`, and no section has that name so far.
    #[error("the template \"{0}\" is not defined above this line")]
    NoTemplate(String),
    /// `[name](+)`, and no section has that name so far.
    #[error("section \"{0}\" is added to, but is not defined above this line")]
    NothingToAddTo(String),
    /// `#include` of what is not there, or of a pattern that fits no file.
    #[error("#include names \"{0}\", which does not exist")]
    MissingInclude(String),
    /// `#include` of what is there but cannot be read.
    #[error("#include names \"{0}\", which {1}")]
    UnreadableInclude(String, Unreadable),
    /// Files that include each other, or too many levels.
    #[error("\"{0}\" is included more than {MAX_DEPTH} levels deep")]
    TooDeep(String),
    /// `\` before nothing.
    #[error("a '\\' stands before nothing")]
    BadEscape,
    /// No `=` in it.
    #[error("the line is neither a [section], nor KEY = VALUE, nor a directive")]
    NoEquals,
    /// Nothing before the `=`.
    #[error("nothing stands before the '='")]
    NoKey,
    /// `#something`.
    #[error("there is no directive \"#{0}\"")]
    UnknownDirective(String),
    /// `#include` of nothing.
    #[error("#{0} names no file")]
    NoArgument(String),
    /// A line that Asterisk skips.
    #[error("the line is longer than Asterisk reads")]
    LongLine,
    /// `;--` without `--;` up to the file's end.
    #[error("the comment that begins here with ;-- does not end")]
    OpenComment,
    /// `#exec`.
    #[error("#exec \"{0}\" is not run by this check: what it would print is not known here")]
    NotRun(String),
    /// An included file elsewhere on the disk.
    #[error("\"{0}\" is outside Asterisk's folders and is not read by this check")]
    Outside(String),
    /// More than anybody writes.
    #[error("the file and what it includes are more than this check reads")]
    TooMuch,
}

impl FaultKind {
    /// Whether Asterisk gives up the whole file, with all that includes it, because of this.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::NoBracket
                | Self::NoParenthesis
                | Self::NoSection
                | Self::NoTemplate(_)
                | Self::NothingToAddTo(_)
                | Self::MissingInclude(_)
                | Self::UnreadableInclude(..)
                | Self::TooDeep(_)
                | Self::BadEscape
        )
    }

    /// Whether this is no fault of the file, only something that was not looked at.
    #[must_use]
    pub const fn is_unread(&self) -> bool {
        matches!(self, Self::NotRun(_) | Self::Outside(_))
    }

    /// Whether there may be values that were not read because of this, and are Asterisk's.
    pub(super) const fn hides_values(&self) -> bool {
        self.is_unread() || matches!(self, Self::UnreadableInclude(..) | Self::TooMuch)
    }

    /// How to mend it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoBracket => "write [NAME]".into(),
            Self::NoParenthesis => "write [NAME](OPTIONS)".into(),
            Self::NoSection => "put it below a [section]".into(),
            Self::NoTemplate(name) if name.trim() != name => {
                "take the blanks out of the parentheses".into()
            }
            Self::NoTemplate(name) => format!("define [{name}](!) first"),
            Self::NothingToAddTo(name) => format!("define [{name}] first, or drop the '+'"),
            Self::MissingInclude(name) => {
                format!("create {name}, drop the line, or write #tryinclude")
            }
            Self::UnreadableInclude(..) => "let Asterisk read it, or drop the line".into(),
            Self::TooDeep(_) => "let no file include itself, by whatever way".into(),
            Self::BadEscape => "drop the '\\'".into(),
            Self::NoEquals => "write KEY = VALUE, or ';' before a comment".into(),
            Self::NoKey => "write KEY = VALUE".into(),
            Self::UnknownDirective(_) => {
                "write #include, #tryinclude or #exec, or ';' before a comment".into()
            }
            Self::NoArgument(_) => "name a file".into(),
            Self::LongLine => format!("keep lines below {LONGEST_LINE} bytes"),
            Self::OpenComment => "end it with --;".into(),
            Self::NotRun(_) => "check what it prints yourself".into(),
            Self::Outside(_) => "check that file yourself".into(),
            Self::TooMuch => "check the rest yourself".into(),
        }
    }
}

/// Asterisk's own limit for includes within includes.
pub(super) const MAX_DEPTH: usize = 10;
/// Asterisk reads lines into 8192 bytes, with the line's end and a zero.
pub(super) const LONGEST_LINE: usize = 8190;
