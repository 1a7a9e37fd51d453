//! A recorded call once more, through the program as it is now.

mod audio;
mod difference;

use std::time::Duration;

use audio::Audio;
pub use difference::Difference;

use super::{
    asterisk::words,
    timeline::{Timeline, Who},
};
use crate::{
    agi::{Header, LineDecoder},
    config::Config,
    recording::{CallRecording, Ending, Entry, Event},
    session::{CallTime, Exit, Input, Output, Plan, Session},
    speech::Prompt,
};

/// What a recorded call is today.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What happens, up to the first difference.
    pub timeline: Timeline,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
    /// How many commands were the same.
    pub same: usize,
}

/// Runs a recorded call by this configuration, to its end or the first difference.
#[must_use]
pub fn replay(recording: &CallRecording, config: &Config) -> Replay {
    let mut player = Player {
        session: Session::new(Plan::Serve(Box::new(config.clone()))),
        rest: &recording.entries,
        is_whole: recording.ending == Ending::Whole,
        line: 0,
        now: CallTime::ZERO,
        after: "the start".to_owned(),
        deadline: None,
        lines: LineDecoder::default(),
        header: Some(Header::default()),
        playing: false,
        audio: Audio::default(),
        replay: Replay {
            timeline: Timeline::default(),
            difference: None,
            same: 0,
        },
    };
    while player.replay.difference.is_none() && player.step() {}
    let mut replay = player.replay;
    replay.timeline.report = player.session.report().clone();
    replay.timeline.audio = player.audio.clips;
    replay
}

/// A session, and the recording that it is held against.
struct Player<'a> {
    session: Session,
    /// What has not been played yet.
    rest: &'a [Entry],
    is_whole: bool,
    /// The line of the last entry that was.
    line: usize,
    now: CallTime,
    /// What came in last.
    after: String,
    /// Until when the session waited then.
    deadline: Option<CallTime>,
    lines: LineDecoder,
    /// `None` once it is complete.
    header: Option<Header>,
    /// Whether a command is under way that the next one stops.
    playing: bool,
    audio: Audio,
    replay: Replay,
}

impl<'a> Player<'a> {
    /// Plays the next entry; whether there was one.
    fn step(&mut self) -> bool {
        let Some(entry) = self.rest.first() else {
            return false;
        };
        match &entry.event {
            Event::Said(_) | Event::End(_) => {
                let now = self.silence_now();
                self.differs(&now);
            }
            // Nobody asks for them now. If that matters, a command tells.
            Event::Recorded(_) | Event::Elsewhere(_) | Event::Prompt(_) => self.pass(),
            Event::Deadline(deadline) => {
                self.deadline = *deadline;
                self.pass();
            }
            Event::Full => self.pass(),
            _ => self.comes_in(entry),
        }
        true
    }

    /// Goes behind the next entry.
    fn pass(&mut self) {
        if let Some((entry, rest)) = self.rest.split_first() {
            self.rest = rest;
            self.line = entry.line;
        }
    }

    /// Something reaches the session, as it did then.
    fn comes_in(&mut self, entry: &'a Entry) {
        // Then, a timer came when it came, a little late. One that was not set then comes when it
        // is due.
        while self.has_other_timer()
            && let Some(due) = self.session.deadline().filter(|&due| due < entry.at)
        {
            self.now = self.now.max(due);
            "a timer".clone_into(&mut self.after);
            self.hand(Input::Timeout);
            if self.replay.difference.is_some() {
                return;
            }
            if self.session.deadline() == Some(due) {
                break;
            }
        }
        let early = self.session.deadline().is_none_or(|due| due > entry.at);
        let other_timer = self.has_other_timer();
        self.pass();
        self.now = entry.at;
        match &entry.event {
            Event::Agi(bytes) => {
                self.hears_asterisk(bytes);
                self.hand(Input::Agi(bytes));
            }
            Event::AgiClosed => {
                self.push(Who::Asterisk, "closes the dialogue");
                "the end of the dialogue".clone_into(&mut self.after);
                self.hand(Input::AgiClosed);
            }
            Event::Audio(bytes) => {
                let format = self.audio.format(&self.session.report().format);
                self.audio.take(self.now, format, bytes);
                self.after = format!("{} bytes of audio", bytes.len());
                self.hand(Input::Audio(bytes));
            }
            Event::NoAudio(reason) => {
                self.push(
                    Who::Asterisk,
                    &format!("no audio on descriptor 3: {reason}"),
                );
                self.hand(Input::NoAudio(reason));
            }
            Event::HangUp => {
                self.push(Who::Caller, "hangs up");
                "the hang-up".clone_into(&mut self.after);
                self.hand(Input::HangUp);
            }
            Event::Timeout if other_timer && early => {}
            Event::Timeout => {
                "a timer".clone_into(&mut self.after);
                self.hand(Input::Timeout);
            }
            Event::Unlogged(reason) => self.hand(Input::Unlogged(reason)),
            Event::Unconfined(reason) => self.hand(Input::Unconfined(reason)),
            Event::Recorded(_)
            | Event::Elsewhere(_)
            | Event::Prompt(_)
            | Event::Said(_)
            | Event::Deadline(_)
            | Event::End(_)
            | Event::Full => unreachable!("these do not come in by themselves"),
        }
    }

    /// Whether the session waits for another time than it did then.
    fn has_other_timer(&self) -> bool {
        self.session.deadline().map(CallTime::micros) != self.deadline.map(CallTime::micros)
    }

    /// Gives the session an input, and holds what it wants against what it wanted then.
    fn hand(&mut self, input: Input<'_>) {
        self.session.handle_or_rescue(self.now, input);
        while self.replay.difference.is_none()
            && let Some(output) = self.session.poll_output()
        {
            match output {
                Output::Send(line) => self.says(&line),
                Output::Finish(exit) => self.ends(exit),
                Output::LookUp { .. } => match self.rest.first().map(|entry| &entry.event) {
                    Some(Event::Recorded(recorded)) => {
                        self.answer(Input::Recorded(recorded.clone()));
                    }
                    Some(Event::Elsewhere(variant)) => self.answer(Input::Elsewhere(*variant)),
                    _ => self.differs("looks up which greetings there are"),
                },
                Output::Measure { .. } => {
                    match self.rest.first().map(|entry| &entry.event) {
                        Some(Event::Prompt(prompt)) => self.answer(Input::Prompt(prompt.clone())),
                        // It was not asked for then, and what it sounded like is not known.
                        _ => self
                            .session
                            .handle_or_rescue(self.now, Input::Prompt(Prompt::Unknown)),
                    }
                }
                Output::Note(note) => self.push(Who::Agent, &note.to_string()),
            }
        }
        if let Some(Event::Deadline(deadline)) = self.rest.first().map(|entry| &entry.event) {
            self.deadline = *deadline;
            self.pass();
        }
    }

    /// Answers what the session wants to know with the next entry, which is the answer of then.
    fn answer(&mut self, input: Input<'_>) {
        self.now = self.rest.first().map_or(self.now, |entry| entry.at);
        self.pass();
        self.session.handle_or_rescue(self.now, input);
    }

    fn says(&mut self, line: &str) {
        let text = line.trim_end();
        self.push(Who::Agent, text);
        match self.rest.first().map(|entry| &entry.event) {
            Some(Event::Said(then)) if then == line => {
                self.pass();
                self.replay.same += 1;
                self.asterisk_does(text);
            }
            _ => self.differs(text),
        }
    }

    fn ends(&mut self, exit: Exit) {
        self.push(Who::Agent, "ends");
        match self.rest.first().map(|entry| &entry.event) {
            Some(Event::End(then)) if *then == exit => {
                self.pass();
                self.replay.timeline.exit = Some(exit);
            }
            _ => self.differs(end(exit)),
        }
    }

    /// The program does this now, and did not then; nothing can be told where the recording has
    /// no more.
    fn differs(&mut self, now: &str) {
        if self
            .rest
            .iter()
            .all(|entry| matches!(entry.event, Event::Full))
            && !self.is_whole
        {
            self.rest = &[];
            return;
        }
        let then = self.rest.iter().find_map(|entry| {
            let what = match &entry.event {
                Event::Said(line) => line.trim_end(),
                Event::End(exit) => end(*exit),
                _ => return None,
            };
            Some((entry, what))
        });
        let then = match then {
            Some((entry, what)) if std::ptr::eq(entry, &raw const self.rest[0]) => what.to_owned(),
            Some((entry, what)) => format!("nothing until {}, then {what}", entry.at),
            None => "nothing more".to_owned(),
        };
        self.replay.difference = Some(Difference {
            at: self.now,
            line: self.line,
            after: plain(&self.after),
            then: plain(&then),
            now: plain(now),
        });
    }

    /// The program said something then and says nothing now: whether it does once more of the
    /// caller's audio has come, as it came then. What Asterisk said then answers something else.
    fn silence_now(&mut self) -> String {
        let until = self.now + PATIENCE;
        for entry in self.rest.iter().take_while(|entry| entry.at <= until) {
            let input = match &entry.event {
                Event::Audio(bytes) => Input::Audio(bytes),
                Event::HangUp | Event::AgiClosed | Event::End(_) => break,
                _ => continue,
            };
            self.session.handle_or_rescue(entry.at, input);
            while let Some(output) = self.session.poll_output() {
                match output {
                    Output::Send(line) => {
                        return format!("nothing until {}, then {}", entry.at, line.trim_end());
                    }
                    Output::Finish(exit) => {
                        return format!("nothing until {}, then {}", entry.at, end(exit));
                    }
                    Output::Note(note) => {
                        let timeline = &mut self.replay.timeline;
                        timeline.push(entry.at, Who::Agent, &note.to_string());
                    }
                    Output::LookUp { .. } | Output::Measure { .. } => {}
                }
            }
        }
        "nothing".to_owned()
    }

    /// What Asterisk says, line by line, but for the header.
    fn hears_asterisk(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
        "a part of a line".clone_into(&mut self.after);
        while let Some(line) = self.lines.pop() {
            if let Some(header) = &mut self.header {
                if header.push_line(&line) {
                    self.header = None;
                }
                "the header".clone_into(&mut self.after);
            } else {
                self.playing = false;
                self.push(Who::Asterisk, &line);
                self.after = line;
            }
        }
    }

    /// What Asterisk does because of a command, where that takes time, and what the command sets.
    fn asterisk_does(&mut self, line: &str) {
        if std::mem::take(&mut self.playing) {
            self.push(Who::Asterisk, "stops playing");
        }
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["STREAM", "FILE", what, _] | ["SAY", "DIGITS", what, _] => {
                self.playing = true;
                self.push(Who::Asterisk, &format!("plays {what}"));
            }
            ["EXEC", "Dial", arguments] => {
                self.audio.is_unknown = true;
                let peer = arguments.split(',').next().unwrap_or_default();
                self.push(Who::Asterisk, &format!("rings {peer}"));
            }
            ["EXEC", application @ ("VoiceMail" | "VoiceMailMain"), _] => {
                self.push(Who::Asterisk, application);
            }
            ["SET", "VARIABLE", name, value] => {
                let variables = &mut self.replay.timeline.variables;
                variables.insert(name.to_owned(), value.to_owned());
            }
            _ => {}
        }
    }

    fn push(&mut self, who: Who, what: &str) {
        let timeline = &mut self.replay.timeline;
        timeline.push(self.now, who, &plain(what));
    }
}

/// Text that does nothing to a terminal, whatever stood in the recording.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

const fn end(exit: Exit) -> &'static str {
    match exit {
        Exit::Success => "ends with exit status 0",
        Exit::Failure => "ends with exit status 1",
    }
}

/// How long after something was said then it may be said now, and still be the same.
const PATIENCE: Duration = Duration::from_secs(1);
