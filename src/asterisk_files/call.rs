//! Applications called in a line of the dialplan.

/// `NAME(argument,…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// As it is written.
    pub name: &'a str,
    /// What stands between the commas, without blanks around it.
    pub arguments: Vec<&'a str>,
    /// Whether there are blanks around the first one, which Asterisk hands on with it.
    pub is_padded: bool,
}

/// The calls of applications with one of these names in a line, also inside of others such as
/// `ExecIf($[…]?NAME(…))`. Names are compared in either case.
#[must_use]
pub fn calls<'a>(line: &'a str, names: &[&str]) -> Vec<Call<'a>> {
    let mut found = Vec::new();
    for (open, _) in line.match_indices('(') {
        let before = line[..open].trim_end();
        let start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .map_or(0, |at| {
                at + before[at..].chars().next().map_or(1, char::len_utf8)
            });
        let name = &before[start..];
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let (arguments, is_padded) = arguments(&line[open + 1..]);
            found.push(Call {
                name,
                arguments,
                is_padded,
            });
        }
        if found.len() == MAX_CALLS {
            break;
        }
    }
    // An application without arguments needs no parentheses.
    let bare = line.trim();
    if names.iter().any(|known| known.eq_ignore_ascii_case(bare)) {
        found.push(Call {
            name: bare,
            arguments: Vec::new(),
            is_padded: false,
        });
    }
    found
}

/// Up to the parenthesis that closes, or the end; commas inside of `(…)`, `{…}`, `[…]` and `"…"`
/// separate nothing. Without blanks around them, and whether there were any around the first.
fn arguments(text: &str) -> (Vec<&str>, bool) {
    let mut arguments = Vec::new();
    let (mut depth, mut start, mut quoted, mut escaped) = (0_usize, 0, false, false);
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            ')' if depth == 0 => {
                end = at;
                break;
            }
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                arguments.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = &text[start..end];
    if !(arguments.is_empty() && last.trim().is_empty()) {
        arguments.push(last);
    }
    let trimmed: Vec<_> = arguments.iter().map(|argument| argument.trim()).collect();
    let is_padded = trimmed.first() != arguments.first();
    (trimmed, is_padded)
}

/// In one line. Nobody writes as many.
const MAX_CALLS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> Vec<String> {
        calls(line, &["EAGI", "AGI"])
            .iter()
            .map(|call| format!("{} {}", call.name, call.arguments.join("|")))
            .collect()
    }

    #[test]
    fn calls_are_found_wherever_they_stand() {
        assert_eq!(
            shown("EAGI(voiceagent,${EXTEN})"),
            ["EAGI voiceagent|${EXTEN}"]
        );
        assert_eq!(
            shown(r#"ExecIf($["${A}"="1"]?eagi(a, ${B(c,d)} ):AGI(e,"f,)"))"#),
            ["eagi a|${B(c,d)}", r#"AGI e|"f,)""#]
        );
        assert_eq!(shown("DeadEAGI(x)"), Vec::<String>::new());
        assert_eq!(shown("AGI"), ["AGI "]);
        assert_eq!(shown("AGI(a"), ["AGI a"]);
        assert_eq!(shown("é AGI()"), ["AGI "]);
    }

    #[test]
    fn blanks_around_the_first_argument_are_told() {
        for (line, is_padded) in [
            ("EAGI(voiceagent, ${EXTEN})", false),
            ("EAGI( voiceagent,${EXTEN})", true),
            ("EAGI(voiceagent ,${EXTEN})", true),
            ("EAGI( )", false),
        ] {
            assert_eq!(calls(line, &["EAGI"])[0].is_padded, is_padded, "{line}");
        }
    }

    #[test]
    fn a_hostile_line_ends_soon() {
        assert_eq!(calls(&"AGI(".repeat(2_000), &["AGI"]).len(), MAX_CALLS);
    }
}
