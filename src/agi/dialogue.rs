//! One call's exchange with Asterisk: which reply belongs to which command.
//!
//! Every command gets exactly one reply, with one exception that decides this module: a playing
//! command that is stopped by the next one sends none. Unless it ended by itself in the same
//! moment, or was refused; then its reply comes first, and the new command's after it. So only a
//! command whose reply cannot be mistaken may interrupt: `GET FULL VARIABLE`, which answers with a
//! value in parentheses, as no playing command does, and is permitted on a dead channel as well.

use std::collections::VecDeque;

use super::{
    command::Command,
    header::{Header, NAME},
    line::LineDecoder,
    reply::{Reply, ReplyParser},
};

/// What the stream from Asterisk turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The header is complete; commands may be sent from now on.
    Header(Header),
    /// The reply to the command that is waiting.
    Reply(Reply),
    /// The interrupted command had ended by itself, or was refused, with this reply; the reply to
    /// the interrupting one is still to come.
    EndedByItself(Reply),
    /// A `HANGUP` line: the caller is gone.
    HangUp,
    /// A line of the header behind its end, which a value with line breaks has feigned: nothing
    /// that was read of it is to be believed.
    Feigned,
    /// Lines that no command waits for were lost, because too many have come. Told once.
    Lost,
}

/// Both directions of one AGI session, without the pipes.
#[derive(Debug, Default)]
pub struct Dialogue {
    lines: LineDecoder,
    stage: Stage,
    ready: VecDeque<Incoming>,
}

#[derive(Debug)]
enum Stage {
    Header(Header),
    Commands {
        parser: ReplyParser,
        waiting: Waiting,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// No command is under way.
    Nothing,
    /// One command is, and `playback` tells whether the next one may interrupt it.
    Reply { playback: bool },
    /// A playing command was interrupted; its own reply may or may not come first.
    AfterInterrupt,
}

impl Default for Stage {
    fn default() -> Self {
        Self::Header(Header::default())
    }
}

impl Dialogue {
    /// Takes bytes from Asterisk; [`poll`](Self::poll) tells what they were.
    pub fn receive(&mut self, bytes: &[u8]) {
        let had_lost = self.lines.has_lost();
        self.lines.push(bytes);
        if self.lines.has_lost() && !had_lost {
            self.ready.push_back(Incoming::Lost);
        }
    }

    /// What has come in, oldest first.
    ///
    /// A reply is taken for the command that waits for one; as long as none does, it is kept for
    /// the next. Asterisk never answers early, but a script that plays Asterisk may; what goes
    /// beyond any script is lost.
    pub fn poll(&mut self) -> Option<Incoming> {
        while self.ready.is_empty() && self.is_expecting() {
            let line = self.lines.pop()?;
            self.on_line(&line);
        }
        self.ready.pop_front()
    }

    /// Notes that `command` is being sent.
    ///
    /// # Panics
    /// When another command still waits for its reply: Asterisk would not see the second one
    /// before more bytes come (it polls the descriptor but reads through a buffer).
    #[must_use = "the line has to be written"]
    pub fn send(&mut self, command: &Command) -> String {
        let line = command.to_line();
        let waiting = self.waiting_mut();
        assert_eq!(*waiting, Waiting::Nothing, "one command at a time");
        *waiting = Waiting::Reply {
            playback: command.is_playback(),
        };
        line
    }

    /// Notes that `command` is being sent to stop the playing command under way.
    ///
    /// # Panics
    /// When no playing command is under way, or `command` is not a `GET FULL VARIABLE`.
    #[must_use = "the line has to be written"]
    pub fn interrupt(&mut self, command: &Command) -> String {
        assert!(
            matches!(command, Command::GetFullVariable(_)),
            "only a reply in parentheses cannot be mistaken"
        );
        let waiting = self.waiting_mut();
        assert_eq!(
            *waiting,
            Waiting::Reply { playback: true },
            "only playing can be interrupted"
        );
        *waiting = Waiting::AfterInterrupt;
        command.to_line()
    }

    /// Comes to a point from which a new command can be sent, whatever is under way: playing is
    /// stopped, anything else is waited for. Either way one more reply comes; `None` when no
    /// line has to be written for it.
    ///
    /// # Panics
    /// When `command` is not a `GET FULL VARIABLE`, or the header is still being read.
    pub fn take_over(&mut self, command: &Command) -> Option<String> {
        match self.waiting_mut() {
            Waiting::Nothing => Some(self.send(command)),
            Waiting::Reply { playback: true } => Some(self.interrupt(command)),
            Waiting::Reply { playback: false } | Waiting::AfterInterrupt => None,
        }
    }

    /// Whether the header or a reply is still to come.
    #[must_use]
    pub fn is_expecting(&self) -> bool {
        match &self.stage {
            Stage::Header(_) => true,
            Stage::Commands { waiting, .. } => *waiting != Waiting::Nothing,
        }
    }

    fn waiting_mut(&mut self) -> &mut Waiting {
        match &mut self.stage {
            Stage::Commands { waiting, .. } => waiting,
            Stage::Header(_) => panic!("no command may be sent before the header has been read"),
        }
    }

    fn on_line(&mut self, line: &str) {
        match &mut self.stage {
            Stage::Header(header) => {
                if header.push_line(line) {
                    let header = std::mem::take(header);
                    self.stage = Stage::Commands {
                        parser: ReplyParser::default(),
                        waiting: Waiting::Nothing,
                    };
                    self.ready.push_back(Incoming::Header(header));
                }
            }
            Stage::Commands { parser, waiting } => {
                // Some versions glue the notice to the reply that follows it.
                let line = match line.strip_prefix("HANGUP") {
                    Some(rest) if !parser.is_in_value() => {
                        self.ready.push_back(Incoming::HangUp);
                        rest
                    }
                    _ => line,
                };
                let Some(reply) = parser.push_line(line) else {
                    if !parser.is_in_value() && line.starts_with(NAME) {
                        self.ready.push_back(Incoming::Feigned);
                    }
                    return;
                };
                let incoming = match (*waiting, reply) {
                    (Waiting::AfterInterrupt, reply) if !is_interrupting(&reply) => {
                        *waiting = Waiting::Reply { playback: false };
                        Incoming::EndedByItself(reply)
                    }
                    (_, reply) => {
                        *waiting = Waiting::Nothing;
                        Incoming::Reply(reply)
                    }
                };
                self.ready.push_back(incoming);
            }
        }
    }
}

/// Whether this is what the interrupting command is answered with.
const fn is_interrupting(reply: &Reply) -> bool {
    matches!(reply, Reply::Success(success) if success.value.is_some())
}

#[cfg(test)]
mod tests {
    use super::{super::Argument, *};
    use crate::key::Key;

    const PROBE: Command = Command::GetFullVariable("${CHANNEL(audioreadformat)}");

    fn playing() -> Dialogue {
        let mut dialogue = Dialogue::default();
        dialogue.receive(b"agi_extension: 101\nagi_threadid: 1\n\n");
        assert!(matches!(dialogue.poll(), Some(Incoming::Header(_))));
        let play = Command::StreamFile(Argument::readable("vm-intro"), vec![Key::STAR]);
        let _line = dialogue.send(&play);
        dialogue
    }

    fn all(dialogue: &mut Dialogue) -> Vec<Incoming> {
        std::iter::from_fn(|| dialogue.poll()).collect()
    }

    #[test]
    fn a_stopped_command_is_not_waited_for() {
        let mut dialogue = playing();
        let _line = dialogue.interrupt(&PROBE);
        dialogue.receive(b"200 result=1 (alaw)\n");
        assert!(
            matches!(&all(&mut dialogue)[..], [Incoming::Reply(reply)] if reply.value() == "alaw")
        );
        assert!(!dialogue.is_expecting());
    }

    #[test]
    fn a_command_that_ended_just_before_it_was_stopped_is_told_apart() {
        let mut dialogue = playing();
        let _line = dialogue.interrupt(&PROBE);
        dialogue.receive(b"200 result=42 endpos=800\n200 result=1 (alaw)\n");
        assert!(matches!(
            &all(&mut dialogue)[..],
            [Incoming::EndedByItself(own), Incoming::Reply(probe)]
                if own.result() == 42 && probe.value() == "alaw"
        ));
        assert!(!dialogue.is_expecting());
    }

    #[test]
    fn a_hang_up_in_the_moment_of_the_interruption_leaves_nothing_waiting() {
        let mut dialogue = playing();
        let _line = dialogue.interrupt(&PROBE);
        dialogue
            .receive(b"200 result=-1 endpos=800\n511 Command Not Permitted on a dead channel\n");
        assert!(matches!(
            &all(&mut dialogue)[..],
            [Incoming::EndedByItself(_), Incoming::Reply(Reply::Dead)]
        ));
        assert!(!dialogue.is_expecting());
    }

    #[test]
    fn a_header_that_goes_on_behind_its_end_is_told_before_any_reply() {
        let mut dialogue = Dialogue::default();
        dialogue.receive(b"agi_dnid: x\nagi_threadid: 1\nagi_arg_1: *102\n\nagi_rdnis: y\n");
        dialogue.receive(b"agi_threadid: 2\n\n200 result=1\n");
        assert!(matches!(dialogue.poll(), Some(Incoming::Header(_))));
        let _line = dialogue.send(&PROBE);
        assert!(matches!(
            &all(&mut dialogue)[..],
            [Incoming::Feigned, Incoming::Feigned, Incoming::Reply(_)]
        ));
    }

    #[test]
    fn a_playing_command_that_was_refused_is_not_taken_for_the_one_that_interrupts_it() {
        for (refusal, reply) in [
            ("511 Command Not Permitted on a dead channel", Reply::Dead),
            (
                "510 Invalid or unknown command",
                Reply::Refused("510 Invalid or unknown command".to_owned()),
            ),
            (
                "520-Invalid command syntax.\n520 End of proper usage.",
                Reply::Refused("usage (520)".to_owned()),
            ),
        ] {
            let mut dialogue = playing();
            let _line = dialogue.interrupt(&PROBE);
            dialogue.receive(format!("{refusal}\n200 result=1 (alaw)\n").as_bytes());
            assert!(matches!(
                &all(&mut dialogue)[..],
                [Incoming::EndedByItself(own), Incoming::Reply(probe)]
                    if *own == reply && probe.value() == "alaw"
            ));
            assert!(!dialogue.is_expecting());
        }
    }

    #[test]
    fn a_notice_glued_to_a_reply_is_both() {
        let mut dialogue = playing();
        dialogue.receive(b"HANGUP511 Command Not Permitted on a dead channel\n");
        assert_eq!(
            all(&mut dialogue),
            [Incoming::HangUp, Incoming::Reply(Reply::Dead)]
        );
    }

    #[test]
    fn a_value_with_line_breaks_is_no_notice_and_no_other_reply() {
        let mut dialogue = playing();
        let _line = dialogue.interrupt(&PROBE);
        dialogue.receive(b"200 result=1 (a\nHANGUP\n200 result=0\n)\n");
        assert!(matches!(
            &all(&mut dialogue)[..],
            [Incoming::Reply(reply)] if reply.value() == "a\nHANGUP\n200 result=0\n"
        ));
        assert!(!dialogue.is_expecting());
    }

    #[test]
    fn a_reply_that_comes_early_is_kept_for_the_command_it_answers() {
        let mut dialogue = playing();
        dialogue.receive(b"200 result=0 endpos=1\n200 result=1 (NOANSWER)\n");
        assert_eq!(all(&mut dialogue).len(), 1);
        let _line = dialogue.send(&PROBE);
        assert!(
            matches!(&all(&mut dialogue)[..], [Incoming::Reply(reply)] if reply.value() == "NOANSWER")
        );
    }

    #[test]
    fn replies_that_nobody_waits_for_are_lost_in_the_end_and_that_is_told_once() {
        let mut dialogue = playing();
        dialogue.receive(b"200 result=0 endpos=1\n");
        assert_eq!(all(&mut dialogue).len(), 1);
        let unasked = b"200 result=1 (NOANSWER)\n".repeat(1_000);
        for _ in 0..100 {
            dialogue.receive(&unasked);
        }
        assert_eq!(all(&mut dialogue), [Incoming::Lost]);
        let _line = dialogue.send(&PROBE);
        assert!(
            matches!(&all(&mut dialogue)[..], [Incoming::Reply(reply)] if reply.value() == "NOANSWER")
        );
    }

    #[test]
    fn the_exchange_is_the_same_however_the_stream_is_cut() {
        let stream = b"agi_extension: 101\nagi_threadid: 1\n\n200 result=1 (NOANSWER)\n";
        for cut in 0..=stream.len() {
            let mut dialogue = Dialogue::default();
            let mut seen = Vec::new();
            for piece in [&stream[..cut], &stream[cut..]] {
                // The command can only be sent once the header is complete.
                for byte in piece {
                    dialogue.receive(&[*byte]);
                    while let Some(incoming) = dialogue.poll() {
                        if matches!(incoming, Incoming::Header(_)) {
                            let _line = dialogue.send(&PROBE);
                        }
                        seen.push(incoming);
                    }
                }
            }
            assert!(matches!(
                &seen[..],
                [Incoming::Header(header), Incoming::Reply(reply)]
                    if header.get("agi_extension") == Some("101") && reply.value() == "NOANSWER"
            ));
        }
    }
}
