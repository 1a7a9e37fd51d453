//! Extensions of the dialplan: numbers as they are, and patterns that fit many.

use std::fmt;

/// `101`, or a pattern such as `_[*0-9]X.`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// None for an extension that stands for itself.
    elements: Option<Vec<Element>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    /// One of these, sorted.
    OneOf(Vec<char>),
    /// `.`: one or more, whatever they are.
    Some,
    /// `!`: any number, and no more digits are waited for.
    Any,
    /// A `[` without its `]`: nothing fits.
    Broken,
}

impl Pattern {
    /// Reads an extension; every text is one. What stands behind a `/` is the caller's number, not
    /// part of it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.split('/').next().unwrap_or_default();
        Self {
            text: text.to_owned(),
            elements: text.strip_prefix('_').map(elements),
        }
    }

    /// Whether a caller who dials `extension` is taken here.
    #[must_use]
    pub fn fits(&self, extension: &str) -> bool {
        let mut dialled = plain(extension);
        let Some(elements) = &self.elements else {
            return plain(&self.text).eq(dialled);
        };
        for element in elements {
            match (element, dialled.next()) {
                (Element::OneOf(set), Some(c)) if set.contains(&c) => {}
                (Element::Some, Some(_)) | (Element::Any, _) => return true,
                _ => return false,
            }
        }
        dialled.next().is_none()
    }

    /// Whether anything it fits begins with this character.
    #[must_use]
    pub fn can_begin_with(&self, c: char) -> bool {
        match &self.elements {
            None => plain(&self.text).next() == Some(c),
            Some(elements) => match elements.first() {
                Some(Element::OneOf(set)) => set.contains(&c),
                Some(Element::Some | Element::Any) => true,
                Some(Element::Broken) | None => false,
            },
        }
    }

    /// A short extension that it fits, of what can be dialled, if there is one.
    #[must_use]
    pub fn sample(&self) -> Option<String> {
        let Some(elements) = &self.elements else {
            return (!self.text.is_empty()).then(|| self.text.clone());
        };
        let mut sample = String::new();
        for element in elements {
            match element {
                Element::OneOf(set) => sample.push(*set.iter().find(|&&c| is_dialled(c))?),
                Element::Some => sample.push('1'),
                Element::Any => {}
                Element::Broken => return None,
            }
        }
        (!sample.is_empty()).then_some(sample)
    }

    /// The order in which Asterisk tries them: the least one that fits wins.
    #[must_use]
    pub fn rank(&self) -> Vec<(u32, char)> {
        let Some(elements) = &self.elements else {
            return Vec::new();
        };
        let mut rank: Vec<_> = elements
            .iter()
            .map(|element| match element {
                Element::OneOf(set) => (
                    u32::try_from(set.len()).unwrap_or(u32::MAX),
                    set.first().copied().unwrap_or_default(),
                ),
                Element::Some => (BEHIND_SETS, '\0'),
                Element::Any => (BEHIND_SETS + 1, '\0'),
                Element::Broken => (BEHIND_SETS + 3, '\0'),
            })
            .collect();
        rank.push((BEHIND_SETS + 2, '\0'));
        rank
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn elements(pattern: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        elements.push(match c {
            '-' => continue,
            'x' | 'X' => Element::OneOf(('0'..='9').collect()),
            'z' | 'Z' => Element::OneOf(('1'..='9').collect()),
            'n' | 'N' => Element::OneOf(('2'..='9').collect()),
            '.' => Element::Some,
            '!' => Element::Any,
            '[' => match chars.as_str().split_once(']') {
                Some(("", rest)) => {
                    chars = rest.chars();
                    continue;
                }
                Some((set, rest)) => {
                    chars = rest.chars();
                    Element::OneOf(members(set))
                }
                None => {
                    elements.push(Element::Broken);
                    break;
                }
            },
            other => Element::OneOf(vec![other]),
        });
    }
    elements
}

/// What stands between brackets: characters, and ranges of ASCII.
fn members(set: &str) -> Vec<char> {
    let set: Vec<char> = set.chars().collect();
    let mut members = Vec::new();
    let mut at = 0;
    while at < set.len() {
        if set.get(at + 1) == Some(&'-') && at + 2 < set.len() {
            let (first, last) = (set[at], set[at + 2].min('\u{ff}'));
            members.extend(first..=last);
            at += 3;
        } else {
            members.push(set[at]);
            at += 1;
        }
    }
    members.sort_unstable();
    members.dedup();
    members
}

/// Without dashes, which are for the eye only.
fn plain(extension: &str) -> impl Iterator<Item = char> {
    extension.chars().filter(|&c| c != '-')
}

/// Whether it is on the keys of a telephone, or the plus before a country's code.
fn is_dialled(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '*' | '#' | '+')
}

/// More than any set has members.
const BEHIND_SETS: u32 = 0x1_0000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_asterisk() {
        for (pattern, fit, unfit) in [
            ("101", &["101", "1-01"][..], &["10", "1011", "_101"][..]),
            (
                "_[*0-9]X.",
                &["101", "*101", "1022"],
                &["10", "*1", "#101", ""],
            ),
            ("_NXX", &["200", "9-99"], &["100", "20", "2000"]),
            ("_Z!", &["1", "12345"], &["0", ""]),
            ("_!", &["", "1", "*"], &[]),
            ("_.", &["1", "*1"], &[""]),
            ("_[13-5a]", &["1", "4", "a"], &["2", "-", "34"]),
            ("_1[", &[], &["1", "1["]),
            ("_1[]2", &["12"], &["1", "112"]),
            ("_10X/555", &["101"], &["555"]),
            ("_nxz", &["201"], &["nxz", "200"]),
        ] {
            for extension in fit {
                assert!(
                    Pattern::new(pattern).fits(extension),
                    "{pattern} {extension}"
                );
            }
            for extension in unfit {
                assert!(
                    !Pattern::new(pattern).fits(extension),
                    "{pattern} {extension}"
                );
            }
        }
    }

    #[test]
    fn the_most_specific_one_is_tried_first() {
        let sorted = [
            "101", "_10[1-3]", "_10Z", "_10X", "_1XX", "_1X", "_1.", "_1!", "_X.", "_.",
        ];
        let ranks: Vec<_> = sorted
            .iter()
            .map(|text| Pattern::new(text).rank())
            .collect();
        assert!(ranks.is_sorted(), "{ranks:?}");
    }

    #[test]
    fn a_beginning_is_told() {
        assert!(Pattern::new("_[*0-9]X.").can_begin_with('*'));
        assert!(Pattern::new("*97").can_begin_with('*'));
        assert!(!Pattern::new("_X.").can_begin_with('*'));
        assert!(!Pattern::new("").can_begin_with('*'));
    }

    #[test]
    fn a_sample_fits() {
        for pattern in ["101", "_[*0-9]X.", "_NXX", "_Z!", "_[a5]1"] {
            let sample = Pattern::new(pattern).sample().expect("something fits");
            assert!(Pattern::new(pattern).fits(&sample), "{pattern} {sample}");
        }
        for pattern in ["", "_", "_!", "_1[", "_[ab]"] {
            assert_eq!(Pattern::new(pattern).sample(), None, "{pattern}");
        }
    }

    #[test]
    fn wide_ranges_are_bounded() {
        assert!(Pattern::new("_[\u{1}-\u{10ffff}]").fits("a"));
    }
}
