//! What Asterisk answers.

use super::MAX_LINE;

/// A reply to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `200 result=…`
    Success(Success),
    /// `511`: the channel is gone.
    Dead,
    /// `510`, `520` or any other refusal; the text is for people.
    Refused(String),
}

/// The parts of a `200` reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Success {
    /// The number after `result=`: often an ASCII key, −1 for failure or hang-up.
    pub result: i64,
    /// What stands in parentheses: a variable's value, or a word such as `hangup`.
    pub value: Option<String>,
    /// Where playing ended, in samples of the file; only playing commands send it.
    pub endpos: Option<u64>,
}

impl Reply {
    /// The number after `result=`, −1 for a refusal.
    #[must_use]
    pub fn result(&self) -> i64 {
        match self {
            Self::Success(success) => success.result,
            Self::Dead | Self::Refused(_) => -1,
        }
    }

    /// The value in parentheses, empty when there is none.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Success(success) => success.value.as_deref().unwrap_or_default(),
            Self::Dead | Self::Refused(_) => "",
        }
    }
}

/// Puts lines together to replies; a usage message has several, and a value may.
#[derive(Debug, Default)]
pub struct ReplyParser {
    open: Open,
}

/// What goes on in the next line.
#[derive(Debug, Default)]
enum Open {
    #[default]
    Nothing,
    Usage,
    /// A `200` reply, from behind that on, whose value is not closed yet.
    Value(String),
}

impl ReplyParser {
    /// Takes one line. `None`: it completes no reply.
    pub fn push_line(&mut self, line: &str) -> Option<Reply> {
        match std::mem::take(&mut self.open) {
            Open::Nothing => self.begin(line),
            Open::Usage if line.starts_with("520 ") => {
                Some(Reply::Refused("usage (520)".to_owned()))
            }
            Open::Usage => {
                self.open = Open::Usage;
                None
            }
            Open::Value(text) => self.success(text + "\n" + line),
        }
    }

    /// Whether the next line goes on with a value, whatever it looks like: Asterisk writes a reply
    /// as a whole.
    #[must_use]
    pub const fn is_in_value(&self) -> bool {
        matches!(self.open, Open::Value(_))
    }

    fn begin(&mut self, line: &str) -> Option<Reply> {
        match line.get(..4)? {
            "200 " => self.success(line[4..].to_owned()),
            "511 " => Some(Reply::Dead),
            "520-" => {
                self.open = Open::Usage;
                None
            }
            code if is_code(code) => Some(Reply::Refused(line.to_owned())),
            _ => None,
        }
    }

    /// The reply with this text behind its `200`, unless a value in it goes on.
    fn success(&mut self, text: String) -> Option<Reply> {
        let success = success(&text);
        if success.is_none() {
            self.open = Open::Value(text);
        }
        success.map(Reply::Success)
    }
}

/// Three digits and a space, as every reply begins.
fn is_code(code: &str) -> bool {
    code.ends_with(' ') && code[..3].bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads `result=N (value) endpos=M`, of which all but the first may be missing; nothing where the
/// value is not closed yet.
fn success(text: &str) -> Option<Success> {
    let trimmed = text.trim_start();
    let after = trimmed.strip_prefix("result=").unwrap_or(trimmed);
    let number_ends = after
        .find(|c: char| !(c == '-' || c.is_ascii_digit()))
        .unwrap_or(after.len());
    let rest = after[number_ends..].trim_start();
    let (value, rest) = match rest.strip_prefix('(') {
        Some(opened) => match closing(opened) {
            Some(close) => (Some(&opened[..close]), &opened[close + 1..]),
            None if text.len() > MAX_VALUE => (Some(opened), ""),
            None => return None,
        },
        None => (None, rest),
    };
    Some(Success {
        result: after[..number_ends].parse().unwrap_or(-1),
        value: value.map(str::to_owned),
        endpos: rest
            .split_whitespace()
            .find_map(|word| word.strip_prefix("endpos=")?.parse().ok()),
    })
}

/// Where the parenthesis stands that closes a value. The value may hold some itself, so it is the
/// last one, with nothing but a position behind it. A value with a line of its own that ends so
/// cannot be told from one that ends there; to wait for more would be to wait for ever after any
/// other.
fn closing(opened: &str) -> Option<usize> {
    let close = opened.rfind(')')?;
    let behind = &opened[close + 1..];
    (behind.is_empty() || behind.starts_with(" endpos=")).then_some(close)
}

/// What is longer is taken for complete: a line that has lost its tail is, and nothing closes it.
const MAX_VALUE: usize = MAX_LINE / 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &str) -> Vec<Reply> {
        let mut parser = ReplyParser::default();
        lines
            .lines()
            .filter_map(|line| parser.push_line(line))
            .collect()
    }

    fn ok(result: i64, value: Option<&str>, endpos: Option<u64>) -> Reply {
        Reply::Success(Success {
            result,
            value: value.map(str::to_owned),
            endpos,
        })
    }

    #[test]
    fn replies_are_read_as_asterisk_writes_them() {
        for (line, reply) in [
            ("200 result=0", ok(0, None, None)),
            ("200 result=-1", ok(-1, None, None)),
            ("200 result=-2", ok(-2, None, None)),
            ("200 result=1 (NOANSWER)", ok(1, Some("NOANSWER"), None)),
            ("200 result=1 ()", ok(1, Some(""), None)),
            ("200 result=1 (a (b) c)", ok(1, Some("a (b) c"), None)),
            ("200 result=42 endpos=21760", ok(42, None, Some(21_760))),
            (
                "200 result=0 (timeout) endpos=7",
                ok(0, Some("timeout"), Some(7)),
            ),
            ("200 result=-1 (hangup)", ok(-1, Some("hangup"), None)),
        ] {
            assert_eq!(parse(line), [reply], "{line}");
        }
    }

    #[test]
    fn a_dead_channel_and_a_refusal_are_told_apart() {
        assert_eq!(
            parse("511 Command Not Permitted on a dead channel or intercept routine"),
            [Reply::Dead]
        );
        assert!(matches!(
            parse("510 Invalid or unknown command")[..],
            [Reply::Refused(_)]
        ));
    }

    #[test]
    fn a_usage_message_is_one_reply_whatever_stands_in_it() {
        let replies = parse(
            "520-Invalid command syntax.  Proper usage follows:\n\
             Usage: STREAM FILE <filename> <escape digits>\n\
             200 result=0 is what it returns\n\
             520 End of proper usage.\n\
             200 result=1",
        );
        assert!(matches!(
            replies[..],
            [Reply::Refused(_), Reply::Success(_)]
        ));
    }

    #[test]
    fn a_value_goes_on_over_line_breaks_until_it_is_closed() {
        for (lines, value) in [
            (
                "200 result=1 (PJSIP/anna,15,142@sales\n)",
                "PJSIP/anna,15,142@sales\n",
            ),
            ("200 result=1 (\n\n)", "\n\n"),
            (
                "200 result=1 (Anna (sales) Meier\nb)",
                "Anna (sales) Meier\nb",
            ),
            ("200 result=1 (a\nb (c))", "a\nb (c)"),
            (
                "200 result=1 (a\n200 result=0\n520-x\n)",
                "a\n200 result=0\n520-x\n",
            ),
        ] {
            let next = format!("{lines}\n200 result=0");
            let both = [ok(1, Some(value), None), ok(0, None, None)];
            assert_eq!(parse(&next), both, "{lines}");
        }
    }

    #[test]
    fn a_value_that_is_never_closed_is_not_waited_for_without_end() {
        let long = "x".repeat(MAX_LINE);
        for lines in [
            format!("200 result=1 ({long}"),
            format!("200 result=1 (\n{long}"),
        ] {
            let replies = parse(&format!("{lines}\n200 result=0"));
            assert_eq!(replies.len(), 2);
            assert_eq!(replies[1], ok(0, None, None));
        }
    }

    #[test]
    fn what_is_no_reply_is_passed_over() {
        for line in ["", "2", "HANGUP", "2x0 result=1", "ö200 ", "hello there"] {
            assert_eq!(parse(line), [], "{line}");
        }
    }

    #[test]
    fn numbers_that_are_none_count_as_failure() {
        for line in [
            "200 result=",
            "200 result=--",
            "200 result=99999999999999999999",
            "200 ",
        ] {
            assert_eq!(parse(line), [ok(-1, None, None)], "{line}");
        }
    }
}
