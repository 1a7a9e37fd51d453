//! A word that means nothing to any of Asterisk's parsers but itself.

use std::fmt;

/// A channel's name, a context, an extension: whatever goes between the commas and parentheses of
/// an application's arguments. It has no character that would end it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain(String);

impl Plain {
    /// The longest word, in bytes: `AST_CHANNEL_NAME`, `AST_MAX_CONTEXT` and `AST_MAX_EXTENSION`
    /// are 80 with the terminating zero.
    pub const MAX: usize = 79;

    /// Takes a word, if it is one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.@:;*#+~".contains(c);
        let fits = (1..=Self::MAX).contains(&text.len()) && text.chars().all(is_plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_channels_and_places_are_plain() {
        for name in [
            "PJSIP/peter-00000001",
            "Local/101@users-0000000a;2",
            "*101",
            "from-internal",
            "IAX2/10.0.0.1:4569-12",
        ] {
            assert_eq!(
                Plain::new(name).map(|plain| plain.to_string()).as_deref(),
                Some(name)
            );
        }
    }

    #[test]
    fn what_would_end_an_argument_is_not() {
        for name in [
            "", "a,b", "a)", "a^b", "${X}", "a b", "a\"", "a&b", "a\\", "a|b", "a=b", "\n",
            "\u{f6}",
        ] {
            assert_eq!(Plain::new(name), None, "{name:?}");
        }
        assert_eq!(Plain::new(&"a".repeat(80)), None);
    }
}
