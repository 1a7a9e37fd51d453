//! The `agi_…` lines that Asterisk sends before anything else.

/// What Asterisk says of the call: channel, language, extension, arguments.
///
/// Values are kept as they came; some hold what the caller sent (a name with quotes, colons,
/// anything), so none may go into a command without passing [`Argument`](super::Argument).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    values: Vec<(String, String)>,
    is_feigned: bool,
}

impl Header {
    /// Takes one line and tells whether it was the empty one that ends the header. One before all
    /// that Asterisk sends has come stands in a value with line breaks in it.
    ///
    /// A line that is no `agi_name: value` is passed over: the call matters more than its form.
    pub(crate) fn push_line(&mut self, line: &str) -> bool {
        if line.is_empty() {
            return self.has(LAST_BEFORE_ARGUMENTS) || self.is_full();
        }
        let Some((name, value)) = line.split_once(':').filter(|_| line.starts_with(NAME)) else {
            self.is_feigned |= is_reply(line);
            return false;
        };
        // Asterisk says everything once, and arguments last.
        self.is_feigned |= self.has(name)
            || self.is_full()
            || name.starts_with(ARGUMENT) && !self.has(LAST_BEFORE_ARGUMENTS);
        if !self.is_full() {
            let value = value.strip_prefix(' ').unwrap_or(value);
            self.values.push((name.to_owned(), value.to_owned()));
        }
        false
    }

    /// Whether a value with a line break in it feigns other lines, or replies to commands: a caller's name has
    /// what others say of them, and a number what they dial, `%0a` in a SIP address. Which of two lines is
    /// Asterisk's cannot be told.
    #[must_use]
    pub const fn is_feigned(&self) -> bool {
        self.is_feigned
    }

    const fn is_full(&self) -> bool {
        self.values.len() >= MAX_VALUES
    }

    fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, _)| known == name)
    }

    /// The value of `name` (such as `agi_channel`), when it was sent and is not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Argument `n` of `EAGI(program, 1, 2, …)`, counted from 1. Asterisk keeps the spaces that
    /// stand around it in the dialplan.
    #[must_use]
    pub fn argument(&self, n: usize) -> Option<&str> {
        let argument = self.get(&format!("{ARGUMENT}{n}"))?.trim();
        (!argument.is_empty()).then_some(argument)
    }

    /// What was dialled: the first argument, else the extension at which the program was started,
    /// else nothing.
    #[must_use]
    pub fn dialled(&self) -> &str {
        self.argument(1)
            .or_else(|| self.get("agi_extension"))
            .unwrap_or_default()
    }

    /// The channel's name, `?` where Asterisk sent none.
    #[must_use]
    pub fn channel(&self) -> &str {
        self.get("agi_channel").unwrap_or("?")
    }

    /// The language of prompts, `en` where Asterisk sent none.
    #[must_use]
    pub fn language(&self) -> &str {
        self.get("agi_language").unwrap_or("en")
    }

    /// Whether audio comes on descriptor 3 (`EAGI`, not `AGI`).
    #[must_use]
    pub fn carries_audio(&self) -> bool {
        self.get("agi_enhanced") == Some("1.0")
    }
}

/// Whether a line reads as a reply, of which there is none before a command.
fn is_reply(line: &str) -> bool {
    let (code, rest) = line.split_at_checked(3).unwrap_or_default();
    code.bytes().all(|digit| digit.is_ascii_digit()) && rest.starts_with([' ', '-'])
}

/// How all names begin.
pub(super) const NAME: &str = "agi_";
/// How the names of arguments begin.
const ARGUMENT: &str = "agi_arg_";
/// Asterisk sends this one last but for the arguments (`setup_env` in res_agi).
const LAST_BEFORE_ARGUMENTS: &str = "agi_threadid";
/// Asterisk sends about 21 values and at most 127 arguments (`MAX_ARGS`).
const MAX_VALUES: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Header {
        let mut header = Header::default();
        for line in text.lines() {
            header.push_line(line);
        }
        header
    }

    #[test]
    fn only_the_empty_line_ends_it() {
        let mut header = Header::default();
        assert!(!header.push_line("agi_request: voiceagent"));
        assert!(!header.push_line("nonsense"));
        assert!(!header.push_line("agi_accountcode: "));
        assert!(!header.push_line("agi_threadid: 1"));
        assert!(!header.push_line("agi_arg_1: "));
        assert!(header.push_line(""));
    }

    #[test]
    fn a_value_keeps_its_colons_quotes_and_spaces() {
        let header = header("agi_calleridname:  \"a: b\"  \nagi_channel: SIP/peter-00000001");
        assert_eq!(header.get("agi_calleridname"), Some(" \"a: b\"  "));
        assert_eq!(header.channel(), "SIP/peter-00000001");
    }

    #[test]
    fn an_empty_value_is_as_good_as_none() {
        assert_eq!(header("agi_accountcode: ").get("agi_accountcode"), None);
        assert_eq!(header("agi_language: ").language(), "en");
    }

    #[test]
    fn what_was_dialled_is_the_argument_or_else_the_extension() {
        for (text, dialled) in [
            ("agi_extension: 9101\nagi_arg_1: 101", "101"),
            ("agi_extension: 101\nagi_arg_1: ", "101"),
            ("agi_extension: 9101\nagi_arg_1:  101 ", "101"),
            ("agi_extension: 101\nagi_arg_1:  ", "101"),
            ("agi_channel: SIP/peter-1", ""),
        ] {
            assert_eq!(header(text).dialled(), dialled, "{text}");
        }
    }

    #[test]
    fn lines_that_a_line_break_in_a_value_smuggles_in_are_noticed() {
        let name =
            |rest| format!("agi_calleridname: x\n{rest}\nagi_extension: 101\nagi_threadid: 2");
        for smuggled in [
            name("agi_arg_1: *102"),
            name("agi_extension: *102"),
            name("agi_threadid: 1\nagi_arg_1: *102\n"),
            name("y\nagi_threadid: 1") + "\nagi_arg_1: 101",
            name("y") + "\nagi_arg_1: 101\nagi_context: from-internal\nagi_extension: 900",
            name("y") + "\nagi_arg_1: 101\nagi_arg_1: *102",
            name("y: z\n\n200 result=1") + "\nagi_arg_1: 101",
            name("520-y"),
        ] {
            assert!(header(&smuggled).is_feigned(), "{smuggled}");
        }
        for harmless in [
            name("y"),
            name("y: z\ny: z\n\n200\n2000 y") + "\nagi_arg_1: 101",
        ] {
            assert!(!header(&harmless).is_feigned(), "{harmless}");
        }
    }

    #[test]
    fn an_empty_line_in_a_callers_name_does_not_end_it() {
        let mut header = Header::default();
        let lines = "agi_calleridname: x\n\ny\n\nagi_extension: 101\nagi_threadid: 1";
        for line in lines.lines() {
            assert!(!header.push_line(line), "{line}");
        }
        assert!(header.push_line(""));
        assert_eq!(header.dialled(), "101");
    }

    #[test]
    fn it_cannot_be_made_to_grow_without_end() {
        let mut header = Header::default();
        for n in 0..10_000 {
            header.push_line(&format!("agi_x{n}: y"));
        }
        assert_eq!(header.values.len(), MAX_VALUES);
        assert!(header.is_feigned() && header.push_line(""));
    }
}
