//! The header and the replies, from any peer, in any pieces.

use voiceagent::agi::{Argument, Command, Dialogue, Incoming, MAX_LINE, Variable};

use super::bytes::{Bytes, cut};

/// First byte: how many bytes the cuts have; then the cuts; the rest is the stream.
pub(crate) fn holds(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let lengths = bytes.piece();
    let stream = bytes.rest();
    let whole = exchange(&[stream]);
    assert_eq!(exchange(&cut(stream, lengths)), whole, "cut otherwise");
    for incoming in &whole {
        match incoming {
            Incoming::Header(header) => {
                let names = ["agi_extension", "agi_channel", "agi_calleridname"];
                assert!(names.iter().all(|name| header.get(name) != Some("")));
                assert!(!header.language().is_empty());
            }
            Incoming::Reply(reply) | Incoming::EndedByItself(reply) => {
                // What is no UTF-8 is replaced by a character of three bytes; and a value that
                // goes on has less than a line's bytes before its last line.
                assert!(reply.value().len() <= 4 * MAX_LINE);
            }
            Incoming::HangUp | Incoming::Feigned => {}
            Incoming::Lost => panic!("everything was taken as it came"),
        }
    }
    words(&String::from_utf8_lossy(stream));
}

/// Everything that the stream turns out to be, when the next command is sent as soon as one can
/// be: in turns one that is waited for, and one that is interrupted at once.
fn exchange(pieces: &[&[u8]]) -> Vec<Incoming> {
    let play = Command::StreamFile(Argument::readable("vm-intro"), Vec::new());
    let probe = Command::GetFullVariable("${CHANNEL(audioreadformat)}");
    let mut dialogue = Dialogue::default();
    let mut seen = Vec::new();
    for piece in pieces {
        dialogue.receive(piece);
        while let Some(incoming) = dialogue.poll() {
            seen.push(incoming);
            if !dialogue.is_expecting() {
                let _line = dialogue.send(&play);
                if seen.len().is_multiple_of(2) {
                    let _line = dialogue.interrupt(&probe);
                }
            }
        }
    }
    seen
}

/// Whatever the text, a command that holds it is one line, and the text one word of it.
fn words(text: &str) {
    let arguments = [Argument::new(text).ok(), Some(Argument::readable(text))];
    for argument in arguments.into_iter().flatten() {
        let line = Command::SetVariable(Variable::Cause, argument.clone()).to_line();
        assert!(line.len() <= 2_048, "too long for Asterisk 16");
        let line = line.strip_suffix('\n').expect("a line");
        assert!(!line.contains(char::is_control), "{line:?}");
        let value = line.strip_prefix("SET VARIABLE VOICEAGENTCAUSE ");
        assert_eq!(
            unquoted(value.expect("it was asked for")),
            argument.as_str()
        );
    }
}

/// One word as Asterisk's `parse_args` reads it.
fn unquoted(word: &str) -> String {
    let inside = word.strip_prefix('"').expect("it begins with a quote");
    let mut chars = inside.chars();
    let mut text = String::new();
    loop {
        match chars.next().expect("the quote is closed") {
            '"' => break,
            '\\' => text.push(chars.next().expect("something is escaped")),
            c => text.push(c),
        }
    }
    assert_eq!(chars.as_str(), "", "more than one word");
    text
}
