//! Bytes to lines, whatever pieces the bytes come in.

use std::collections::VecDeque;

use crate::pipe;

/// Bytes kept of one line; what is longer loses its tail, so that no peer can make us grow.
///
/// Asterisk's own AGI buffer is 2,048 bytes up to version 20 and 8,192 later; four times the
/// larger leaves room for any value it can send.
pub const MAX_LINE: usize = 32 * 1024;

/// Splits a stream into lines at `\n`, dropping a `\r` before it.
///
/// A line that is not complete yet is kept until the rest arrives. Lines that nobody takes are kept
/// as well, but not without end: whoever takes them all as they come loses none. Bytes that are not UTF-8 are
/// replaced, since the values that matter are ASCII and the others (names) are only shown.
#[derive(Debug, Default)]
pub struct LineDecoder {
    partial: Vec<u8>,
    /// Complete lines that wait, each with its `\n`.
    lines: VecDeque<u8>,
    has_lost: bool,
}

impl LineDecoder {
    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        let is_full = self.lines.len() >= MAX_WAITING;
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ended) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            let room = MAX_LINE - self.partial.len();
            self.partial
                .extend_from_slice(&text[..text.len().min(room)]);
            if ended {
                if is_full {
                    self.has_lost = true;
                } else {
                    self.lines.extend(&self.partial);
                    self.lines.push_back(b'\n');
                }
                self.partial.clear();
            }
        }
    }

    /// The next complete line, without its end.
    pub fn pop(&mut self) -> Option<String> {
        let end = self.lines.iter().position(|&byte| byte == b'\n')?;
        let line: Vec<u8> = self.lines.drain(..=end).take(end).collect();
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        Some(String::from_utf8_lossy(line).into_owned())
    }

    /// Whether lines were lost, because too many waited.
    #[must_use]
    pub const fn has_lost(&self) -> bool {
        self.has_lost
    }
}

/// Bytes of lines that wait when no more are kept: one read brings as many. Asterisk says nothing
/// that is not waited for, so only another peer comes near it.
const MAX_WAITING: usize = pipe::CAPACITY;

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(decoder: &mut LineDecoder) -> Vec<String> {
        std::iter::from_fn(|| decoder.pop()).collect()
    }

    #[test]
    fn lines_are_the_same_however_the_stream_is_cut() {
        let stream =
            "agi_request: voiceagent\r\nagi_calleridname: J\u{f6}rg: \"x\"\n\n200 result=0\n";
        let mut whole = LineDecoder::default();
        whole.push(stream.as_bytes());
        let expected = lines(&mut whole);
        assert_eq!(expected.len(), 4);
        for cut in 0..=stream.len() {
            let mut decoder = LineDecoder::default();
            decoder.push(&stream.as_bytes()[..cut]);
            let mut got = lines(&mut decoder);
            decoder.push(&stream.as_bytes()[cut..]);
            got.extend(lines(&mut decoder));
            assert_eq!(got, expected, "cut at byte {cut}");
        }
    }

    #[test]
    fn a_line_without_its_end_is_not_a_line_yet() {
        let mut decoder = LineDecoder::default();
        decoder.push(b"200 result=");
        assert_eq!(decoder.pop(), None);
        decoder.push(b"1\n");
        assert_eq!(decoder.pop().as_deref(), Some("200 result=1"));
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let mut decoder = LineDecoder::default();
        for _ in 0..100 {
            decoder.push(&[b'x'; 4096]);
        }
        decoder.push(b"\nnext\n");
        assert_eq!(decoder.pop().map(|line| line.len()), Some(MAX_LINE));
        assert_eq!(decoder.pop().as_deref(), Some("next"));
    }

    #[test]
    fn lines_that_nobody_takes_are_not_kept_without_end() {
        let mut decoder = LineDecoder::default();
        let piece = b"200 result=0\n".repeat(1_000);
        for _ in 0..100 {
            decoder.push(&piece);
        }
        assert!(decoder.has_lost());
        let kept = lines(&mut decoder);
        assert!((5_000..7_000).contains(&kept.len()), "{}", kept.len());
        decoder.push(b"next\n");
        assert_eq!(lines(&mut decoder), ["next"]);
    }

    #[test]
    fn lines_that_are_taken_as_they_come_are_all_there() {
        let mut decoder = LineDecoder::default();
        let longer_than_any_read = b"200 result=0\n".repeat(10_000);
        for _ in 0..3 {
            decoder.push(&longer_than_any_read);
            assert_eq!(lines(&mut decoder).len(), 10_000);
        }
        assert!(!decoder.has_lost());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_not_refused() {
        let mut decoder = LineDecoder::default();
        decoder.push(b"agi_calleridname: \xff\xfe\n");
        assert_eq!(
            decoder.pop().as_deref(),
            Some("agi_calleridname: \u{fffd}\u{fffd}")
        );
    }
}
