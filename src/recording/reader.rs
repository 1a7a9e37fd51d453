//! A recording read again.

use std::{
    fmt,
    io::BufRead,
    path::{Path, PathBuf},
};

use super::{
    escape,
    event::{Entry, Event, event, time},
    lines::Lines,
};
use crate::config::Source;

/// A call as it was recorded.
#[derive(Clone, Debug)]
pub struct CallRecording {
    /// The version of the program that served the call, and the time of day at its start.
    pub by: String,
    /// What was read of the configuration, the file that includes the others first.
    pub sources: Vec<Source>,
    /// What happened, in order of time.
    pub entries: Vec<Entry>,
    /// How it ends.
    pub ending: Ending,
}

/// How a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the call.
    Whole,
    /// At the limit of one call's file.
    Full,
    /// In the call: the program was killed, or the disk was full.
    Cut,
}

/// Why something is no recording. Its text is one line: `FILE: line N: what is wrong`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    pub(super) file: PathBuf,
    pub(super) line: Option<usize>,
    pub(super) message: String,
}

impl ReadError {
    /// The line of the fault, counted from 1, where there is one.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

impl CallRecording {
    /// Reads a recording; `file` is what errors call it.
    ///
    /// # Errors
    /// When it cannot be read, or a line of it is none that a recording has.
    pub fn read(file: &Path, from: impl BufRead) -> Result<Self, ReadError> {
        Self::read_up_to(MOST_AUDIO, file, from)
    }

    /// Reads a recording with so many bytes of audio at most.
    fn read_up_to(most: usize, file: &Path, from: impl BufRead) -> Result<Self, ReadError> {
        let mut audio = 0;
        let mut lines = Lines::new(file, from);
        let by = lines.head()?;
        let sources = lines.sources()?;
        let mut recording = Self {
            by,
            sources,
            entries: Vec::new(),
            ending: Ending::Cut,
        };
        while lines.next()? {
            let entries = &mut recording.entries;
            if recording.ending != Ending::Cut {
                return Err(lines.fault("something follows the end of the call".to_owned()));
            }
            let (at, what) = lines.line.split_once(' ').unwrap_or((&lines.line, ""));
            let at = time(at).map_err(|message| lines.fault(message))?;
            if entries.last().is_some_and(|last| last.at > at) {
                return Err(lines.fault("it is earlier than the line before it".to_owned()));
            }
            if let ("<+", more) = what.split_once(' ').unwrap_or((what, "")) {
                let more = escape::line_of(more).map_err(|message| lines.fault(message))?;
                match entries.last_mut() {
                    Some(Entry {
                        at: before,
                        event: Event::Agi(bytes),
                        ..
                    }) if *before == at => bytes.extend(more),
                    _ => {
                        let message = "<+ goes on with nothing that was read at the same time";
                        return Err(lines.fault(message.to_owned()));
                    }
                }
                continue;
            }
            let event = event(what).map_err(|message| lines.fault(message))?;
            if let Event::Audio(bytes) = &event {
                audio += bytes.len();
                if audio > most {
                    let message = format!(
                        "it stands for more than {} MiB of audio, and no more is run again",
                        most >> 20
                    );
                    return Err(lines.fault(message));
                }
            }
            recording.ending = match event {
                Event::End(_) => Ending::Whole,
                Event::Full => Ending::Full,
                _ => Ending::Cut,
            };
            entries.push(Entry {
                at,
                line: lines.number,
                event,
            });
        }
        Ok(recording)
    }
}

/// Bytes: all that a recording is takes memory when it is run again. As Asterisk sends audio, 16
/// bits at 8 kHz, these are eighteen hours of it.
const MOST_AUDIO: usize = 1 << 30;

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::{
        agi::Argument,
        config::Config,
        greeting::Recorded,
        recording::Writer,
        session::{CallTime, Exit, Input, Output},
        speech::{Envelope, Prompt},
        variant::Elsewhere,
    };

    fn at(micros: u64) -> CallTime {
        CallTime::after(Duration::from_micros(micros))
    }

    /// One of everything, with a line of the dialogue in two pieces.
    fn everything() -> String {
        let text = "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"";
        let source = Source::quoted(text.to_owned(), "/etc/asterisk/a b.toml".into(), 1, true);
        let mut writer = Writer::default();
        let mut out = String::new();
        writer.head("2026-03-02T09:14:07Z", &[source], &mut out);
        let unlogged = Input::Unlogged("cannot log to /x:\nno");
        writer.input(CallTime::ZERO, &unlogged, &mut out);
        let unconfined = Input::Unconfined("not in its sandbox");
        writer.input(CallTime::ZERO, &unconfined, &mut out);
        writer.input(at(1), &Input::NoAudio("it has ended"), &mut out);
        let recorded = Recorded {
            unavail: Argument::new("/vm/a b/\\unavail").ok(),
            ..Recorded::default()
        };
        let envelope = Envelope::from_levels(vec![0, 1, 255]);
        for (n, input) in [
            Input::Agi(b"agi_request: x\r\n\xff\n\n200 res"),
            Input::Agi(b"ult=0\n"),
            Input::Audio(&[1, 2, 3, 4, 5]),
            Input::Recorded(recorded),
            Input::Recorded(Recorded::default()),
            Input::Elsewhere(Elsewhere::Database),
            Input::Prompt(Prompt::Unknown),
            Input::Prompt(Prompt::Known(Arc::new(envelope))),
            Input::Timeout,
            Input::HangUp,
            Input::AgiClosed,
        ]
        .iter()
        .enumerate()
        {
            writer.input(at(1_000_000 + n as u64), input, &mut out);
        }
        let now = at(2_000_000);
        writer.output(now, &Output::Send("ANSWER\n".to_owned()), &mut out);
        writer.deadline(now, Some(at(3_500_000)), &mut out);
        writer.deadline(now, Some(at(3_500_000)), &mut out);
        writer.deadline(now, None, &mut out);
        writer.output(now, &Output::Finish(Exit::Failure), &mut out);
        out
    }

    fn read(text: &str) -> Result<CallRecording, ReadError> {
        CallRecording::read(Path::new("x.recording"), text.as_bytes())
    }

    #[test]
    fn what_is_written_is_read() {
        let text = everything();
        let recording = read(&text).expect("it is whole");
        assert_eq!(
            recording.by,
            "0.1.0 at 2026-03-02T09:14:07Z".replace("0.1.0", env!("CARGO_PKG_VERSION"))
        );
        assert_eq!(recording.ending, Ending::Whole);
        let [source] = &recording.sources[..] else {
            panic!("{:?}", recording.sources);
        };
        assert!(source.is_partial() && source.as_str().ends_with("\"101@sales\""));
        assert!(Config::read_again(source, &[]).is_ok());
        let events: Vec<String> = recording
            .entries
            .iter()
            .map(|entry| format!("{} {:?}", entry.at.micros(), entry.event))
            .collect();
        let expected = [
            "0 Unlogged(\"cannot log to /x:\\nno\")",
            "0 Unconfined(\"not in its sandbox\")",
            "1 NoAudio(\"it has ended\")",
            &format!("1000000 Agi({:?})", b"agi_request: x\r\n\xff\n\n200 res"),
            &format!("1000001 Agi({:?})", b"ult=0\n"),
            "1000002 Audio([1, 2, 3, 4, 5])",
            "1000003 Recorded(Recorded { temp: None, unavail: Some(Argument(\"/vm/a b/\\\\unavail\")), busy: None, greet: None })",
            "1000004 Recorded(Recorded { temp: None, unavail: None, busy: None, greet: None })",
            "1000005 Elsewhere(Database)",
            "1000006 Prompt(Unknown)",
            "1000007 Prompt(Known(Envelope { levels: [0, 1, 255] }))",
            "1000008 Timeout",
            "1000009 HangUp",
            "1000010 AgiClosed",
            "2000000 Said(\"ANSWER\\n\")",
            "2000000 Deadline(Some(CallTime(3.5s)))",
            "2000000 Deadline(None)",
            "2000000 End(Failure)",
        ];
        assert_eq!(events, expected, "{text}");
    }

    #[test]
    fn wherever_it_is_cut_the_lines_before_are_read() {
        let text = everything();
        let whole = read(&text).expect("it is whole").entries.len();
        let call = text.find("\ncall\n").expect("the call begins") + "\ncall\n".len();
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
            match read(&text[..cut]) {
                Ok(recording) => {
                    assert!(cut >= call && recording.entries.len() < whole);
                    assert_eq!(recording.ending, Ending::Cut);
                }
                Err(error) => assert!(cut < call, "{error}"),
            }
        }
    }

    #[test]
    fn what_little_text_stands_for_is_bounded() {
        let silence = "3.000000 audio all 65536 00\n";
        let text = everything().replace("2.000000 end 1\n", &silence.repeat(32));
        let read = |most| CallRecording::read_up_to(most, Path::new("x"), text.as_bytes());
        assert!(read(5 + (32 << 16)).is_ok(), "with the five bytes before");
        let error = read(2 << 20).expect_err("it is more").to_string();
        let last = text.lines().count();
        assert!(
            error.starts_with(&format!(
                "x: line {last}: it stands for more than 2 MiB of audio"
            )),
            "{error}"
        );
    }

    #[test]
    fn a_damaged_line_is_named() {
        let text = everything();
        for (right, wrong, expected) in [
            ("1.000002 audio", "1.00002 audio", "\"1.00002\" is no time"),
            (
                "1.000002 audio",
                "0.000002 audio",
                "earlier than the line before it",
            ),
            (
                "1.000002 audio",
                "1.000002 adio",
                "\"adio\" is nothing that happens",
            ),
            ("audio bytes AQ", "audio bytes A!", "no Base64"),
            ("<+ \\xff", "<+ \\xf", "\\x without two"),
            (
                "1.000000 <+ \n",
                "1.000001 <+ \n",
                "<+ goes on with nothing",
            ),
            (
                "greetings unavail",
                "greetings none",
                "\"none\" is no greeting",
            ),
            ("timer off", "timer of", "\"of\" is no time"),
            ("end 1", "end 2", "exit status \"2\""),
            ("timer off\n", "end 0\n", "something follows the end"),
            ("| dial", "dial", "expected \"config whole FILE\""),
            (
                "recording 1\n",
                "recording 10\n",
                "a recording of format 10;",
            ),
        ] {
            let damaged = text.replacen(right, wrong, 1);
            assert_ne!(damaged, text, "{right}");
            let error = read(&damaged).expect_err(wrong);
            let line = damaged
                .lines()
                .position(|line| wrong.starts_with(line) || line.contains(wrong.trim_end()));
            assert!(error.to_string().contains(expected), "{error}");
            let next = usize::from(wrong == "end 0\n");
            assert_eq!(error.line(), line.map(|line| line + 1 + next), "{error}");
        }
    }
}
