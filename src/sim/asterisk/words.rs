//! How Asterisk splits a command into words (`parse_args` in res_agi).

/// The words of a line: split at blanks, double quotes keep blanks, a backslash takes the next
/// character as it is.
pub(in crate::sim) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut chars = line.trim_end_matches(['\n', '\r']).chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !quoted => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agi::{Application, Argument, Command};

    #[test]
    fn whatever_an_argument_holds_it_arrives_as_one_word() {
        for text in [
            "",
            " ",
            "SIP/bob,5,g",
            "\\",
            "\"",
            "a \\\" b \" c\\\\",
            "${X} $[1+1]",
            "J\u{f6}rg",
        ] {
            let argument = Argument::new(text).expect("a good argument");
            let line = Command::Exec(Application::Dial, argument).to_line();
            assert_eq!(words(&line), ["EXEC", "Dial", text]);
        }
    }
}
