//! Taking comments out of lines.
//!
//! `;` begins a comment and `\;` is a semicolon. `;--` begins one that goes on over lines up to its
//! `--;`; these nest. `;---` is an ordinary comment, so that a rule of dashes begins nothing.

/// Where in comments the reading is.
#[derive(Default)]
pub(super) struct Comments {
    /// The lines of the `;--` that are open, the outermost first.
    open: Vec<usize>,
}

impl Comments {
    /// The line without its comments.
    pub(super) fn strip(&mut self, line: &[u8], number: usize) -> Vec<u8> {
        let mut kept = Vec::with_capacity(line.len());
        // A mark is not read twice: what it consists of must stand behind the last one.
        let mut behind_mark = 0;
        let mut at = 0;
        while at < line.len() {
            let byte = line[at];
            let rest = &line[at..];
            at += 1;
            if byte != b';' {
                if self.open.is_empty() {
                    kept.push(byte);
                }
                continue;
            }
            let before = &line[behind_mark..at - 1];
            if before.ends_with(b"\\") {
                if self.open.is_empty() {
                    kept.pop();
                    kept.push(b';');
                }
            } else if rest.starts_with(b";--") && rest.get(3) != Some(&b'-') {
                if self.open.len() < MAX_NESTED {
                    self.open.push(number);
                }
                at += 2;
            } else if !self.open.is_empty() {
                if before.ends_with(b"--") {
                    self.open.pop();
                }
            } else {
                break;
            }
            behind_mark = at;
        }
        kept
    }

    /// The line of the innermost comment that has not ended.
    pub(super) fn open_since(&self) -> Option<usize> {
        self.open.last().copied()
    }
}

/// Asterisk's own limit for comments within comments.
const MAX_NESTED: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(lines: &[&str]) -> Vec<String> {
        let mut comments = Comments::default();
        let mut number = 0;
        lines
            .iter()
            .map(|line| {
                number += 1;
                String::from_utf8(comments.strip(line.as_bytes(), number)).expect("still UTF-8")
            })
            .collect()
    }

    #[test]
    fn a_semicolon_ends_the_line_unless_escaped() {
        assert_eq!(
            stripped(&["a = b ; c", r"a = b\;c ; d", ";---- a ----", "; x --; y"]),
            ["a = b ", "a = b;c ", "", ""]
        );
    }

    #[test]
    fn block_comments_go_over_lines_and_nest() {
        assert_eq!(
            stripped(&[
                "a = 1 ;-- b",
                "c ; d",
                ";-- e --; f",
                "g --; h = 2",
                "i = 3"
            ]),
            ["a = 1 ", "", "", " h = 2", "i = 3"]
        );
        assert_eq!(stripped(&["a = ;-- b --;c"]), ["a = c"]);
    }

    #[test]
    fn one_dash_belongs_to_one_mark() {
        // The dashes that begin it do not end it.
        assert_eq!(stripped(&[";--;", "a = 1"]), ["", ""]);
    }
}
