//! The sixteen keys of a telephone, as people write them and as tones name them.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// One of the sixteen DTMF keys (ITU-T Q.23).
///
/// Two hands can make a key: a signalled digit (an ASCII code in an AGI reply) and a tone pair
/// in the audio (a row and a column). Both end up here, so that the rest of the program need not
/// know which it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u8);

impl Key {
    /// All keys, row by row as on a telephone with the fourth column.
    pub const ALL: [Self; 16] = {
        let mut keys = [Self(0); 16];
        let mut i = 0;
        while i < 16 {
            keys[i] = Self(LABELS[i]);
            i += 1;
        }
        keys
    };
    /// `*`
    pub const STAR: Self = Self(b'*');
    /// `#`
    pub const HASH: Self = Self(b'#');

    /// The key at `row` (697, 770, 852, 941 Hz) and `column` (1209, 1336, 1477, 1633 Hz).
    ///
    /// # Panics
    /// When either is greater than 3.
    #[must_use]
    pub const fn at(row: usize, column: usize) -> Self {
        assert!(
            row < 4 && column < 4,
            "a keypad has four rows and four columns"
        );
        Self(LABELS[4 * row + column])
    }

    /// The key with this label (`0`–`9`, `*`, `#`, `A`–`D` in either case), if there is one.
    #[must_use]
    pub fn from_char(label: char) -> Option<Self> {
        let upper = u8::try_from(label).ok()?.to_ascii_uppercase();
        LABELS.contains(&upper).then_some(Self(upper))
    }

    /// The key for an ASCII code, as AGI replies give it (`42` is `*`).
    #[must_use]
    pub fn from_ascii(code: i64) -> Option<Self> {
        Self::from_char(char::from(u8::try_from(code).ok()?))
    }

    /// The label on the key.
    #[must_use]
    pub const fn label(self) -> char {
        self.0 as char
    }

    /// Row and column on the keypad, each 0 to 3.
    #[must_use]
    pub fn position(self) -> (usize, usize) {
        let index = LABELS
            .iter()
            .position(|&label| label == self.0)
            .expect("a key is made from a label only");
        (index / 4, index % 4)
    }
}

impl FromStr for Key {
    type Err = NoKey;

    /// Reads a label and nothing else.
    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut chars = text.chars();
        let key = chars.next().and_then(Self::from_char);
        let key = key.filter(|_| chars.next().is_none());
        key.ok_or_else(|| NoKey(text.to_owned()))
    }
}

/// Text that is on no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no key; expected one of 0 to 9, *, #, A to D")]
pub struct NoKey(String);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.label())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.label())
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_char(self.label())
    }
}

/// Tones of the rows, Hz (ITU-T Q.23).
pub(crate) const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
/// Tones of the columns, Hz (ITU-T Q.23).
pub(crate) const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// Labels row by row.
const LABELS: &[u8; 16] = b"123A456B789C*0#D";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_survives_its_label_its_code_and_its_position() {
        for key in Key::ALL {
            assert_eq!(Key::from_char(key.label()), Some(key));
            assert_eq!(key.to_string().parse(), Ok(key));
            assert_eq!(
                Key::from_ascii(i64::from(u32::from(key.label()))),
                Some(key)
            );
            let (row, column) = key.position();
            assert_eq!(Key::at(row, column), key);
        }
    }

    #[test]
    fn what_is_on_no_telephone_is_no_key() {
        for label in ['e', ' ', '\n', 'é', '\0'] {
            assert_eq!(Key::from_char(label), None);
        }
        for text in ["", "x", "12", "* ", " *", "**"] {
            assert_eq!(text.parse::<Key>(), Err(NoKey(text.to_owned())));
        }
        for code in [-1, 0, 300, i64::MAX, i64::MIN] {
            assert_eq!(Key::from_ascii(code), None);
        }
    }

    #[test]
    fn letters_are_read_in_either_case() {
        assert_eq!(Key::from_char('d'), Key::from_char('D'));
    }
}
