//! Labels of keys in a row, together where there is no room for each.

use super::{ELLIPSIS, Size};

/// A key in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label<'a> {
    /// Where its label begins when it stands alone.
    pub(crate) x: i32,
    pub(crate) key: char,
    /// How the key came, or nothing.
    pub(crate) how: &'a str,
}

/// Texts for keys in order of place, and where each begins, none beyond `right`.
///
/// Keys that are too near to each other share a text, and where that is too long, it is cut and
/// says how many keys it stands for. Were labels left out one by one, the rest would read as keys
/// that nobody pressed.
pub(crate) fn labels<'a>(
    size: Size,
    right: i32,
    keys: impl IntoIterator<Item = Label<'a>>,
) -> Vec<(i32, String)> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for key in keys {
        match groups.last_mut() {
            Some(group) if key.x < group.x + group.width(size) + GAP => group.add(key),
            _ => groups.push(Group::new(key)),
        }
    }
    let mut placed: Vec<(i32, String)> = Vec::new();
    let mut free = i32::MIN;
    for group in groups {
        let x = group.x.min(right - group.width(size)).max(free);
        let text = group.text(size, group.room(size).min(right - x));
        free = x + size.width(&text) + GAP;
        placed.push((x, text));
    }
    placed
}

/// Keys that share a text.
struct Group<'a> {
    x: i32,
    /// Where the last one's label would begin.
    last: i32,
    keys: usize,
    /// All but how the last ones came.
    text: String,
    how: &'a str,
}

impl<'a> Group<'a> {
    fn new(key: Label<'a>) -> Self {
        Self {
            x: key.x,
            last: key.x,
            keys: 1,
            text: key.key.to_string(),
            how: key.how,
        }
    }

    fn add(&mut self, key: Label<'a>) {
        self.last = key.x;
        self.keys += 1;
        if key.how != self.how {
            self.text += &format!("{}, ", said(self.how));
            self.how = key.how;
        }
        self.text.push(key.key);
    }

    /// Pixels that its text may take: as far as its keys go, or some words.
    fn room(&self, size: Size) -> i32 {
        (self.last - self.x).max(size.width(&" ".repeat(LEAST)))
    }

    fn width(&self, size: Size) -> i32 {
        // What it is made of has one byte a character.
        let whole = self.text.len() + said(self.how).len();
        (whole as i32 * size.width(" ")).min(self.room(size))
    }

    fn text(&self, size: Size, room: i32) -> String {
        let whole = format!("{}{}", self.text, said(self.how));
        if size.width(&whole) <= room {
            return whole;
        }
        let number = format!("{ELLIPSIS} ({} keys)", self.keys);
        let kept = (room - size.width(&number)).max(0) / size.width(" ");
        self.text.chars().take(kept as usize).collect::<String>() + &number
    }
}

fn said(how: &str) -> String {
    match how {
        "" => String::new(),
        how => format!(" {how}"),
    }
}

/// Pixels between two texts.
const GAP: i32 = 5;
/// Characters for which there is room even where keys are close together.
const LEAST: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(keys: &[(i32, char, &str)]) -> Vec<(i32, String)> {
        let keys = keys.iter().map(|&(x, key, how)| Label { x, key, how });
        labels(Size::Small, 1_000, keys)
    }

    #[test]
    fn keys_with_room_have_a_label_each_and_others_one_together() {
        let keys = [
            (0, '1', "signalled"),
            (50, '2', "signalled"),
            (80, '*', "heard"),
            (300, '3', "heard"),
        ];
        assert_eq!(
            row(&keys),
            [
                (0, "12 signalled, * heard".to_owned()),
                (300, "3 heard".to_owned()),
            ]
        );
        let apart = [(0, '1', ""), (12, '2', ""), (23, '3', "")];
        assert_eq!(row(&apart), [(0, "1".to_owned()), (12, "23".to_owned())]);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let keys: Vec<_> = (0..200)
            .map(|n| (4 * n, char::from(b'0' + (n % 10) as u8), ""))
            .collect();
        let [(0, text)] = &row(&keys)[..] else {
            panic!("{:?}", row(&keys));
        };
        assert!(text.starts_with("0123456789012345"), "{text}");
        assert!(text.ends_with("... (200 keys)"), "{text}");
        assert!(Size::Small.width(text) <= 4 * 199);
    }

    #[test]
    fn no_label_goes_beyond_the_end() {
        assert_eq!(row(&[(990, '1', "heard")]), [(951, "1 heard".to_owned())]);
    }
}
