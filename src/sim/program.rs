//! A running program: its session, and the pipes between it and Asterisk.

use std::{collections::VecDeque, ops::Range, path::Path, time::Duration};

use super::{
    asterisk::Delivery,
    script::{Recordings, Script},
    timeline::{Timeline, Who},
};
use crate::{
    config::{Config, Mailbox},
    greeting::{Piece, Recorded},
    pipe,
    prompts::Prompts,
    session::{CallTime, Exit, Input, Output, Plan, Report, Session},
    speech::Prompt,
};

/// One process of this program.
pub(super) struct Program {
    session: Session,
    who: Who,
    recordings: Recordings,
    prompts: Option<Prompts>,
    inputs: VecDeque<(CallTime, Delivery)>,
    commands: VecDeque<(CallTime, String)>,
    starved: Option<Range<CallTime>>,
    exit: Option<Exit>,
}

impl Program {
    pub(super) fn new(config: &Config, who: Who, script: &Script) -> Self {
        Self {
            session: Session::new(Plan::Serve(Box::new(config.clone()))),
            who,
            recordings: script.recordings,
            prompts: script.prompts.clone(),
            inputs: VecDeque::new(),
            commands: VecDeque::new(),
            starved: None,
            exit: None,
        }
    }

    /// The same, with no time to run in this span.
    pub(super) fn starved(self, starved: Option<Range<CallTime>>) -> Self {
        Self { starved, ..self }
    }

    pub(super) const fn report(&self) -> &Report {
        self.session.report()
    }

    /// When something reaches it, comes from it, or is due.
    pub(super) fn next_event(&self) -> Option<CallTime> {
        let taken = self.inputs.front().map(|(at, _)| *at);
        let due = taken.into_iter().chain(self.session.deadline()).min();
        let runs = due.map(|at| match &self.starved {
            Some(starved) if starved.contains(&at) => starved.end,
            _ => at,
        });
        let sent = self.commands.front().map(|(at, _)| *at);
        runs.into_iter().chain(sent).min()
    }

    /// Sends it something.
    pub(super) fn take(&mut self, now: CallTime, deliveries: Vec<Delivery>) {
        self.inputs
            .extend(deliveries.into_iter().map(|what| (now + LINK, what)));
    }

    /// The command that has reached Asterisk by now.
    pub(super) fn pop_command(&mut self, now: CallTime) -> Option<String> {
        let (_, line) = self.commands.pop_front_if(|(at, _)| *at <= now)?;
        Some(line)
    }

    /// Lets it take what has come; tells how it ended, if it did.
    pub(super) fn run(&mut self, now: CallTime, timeline: &mut Timeline) -> Option<Exit> {
        if self
            .starved
            .as_ref()
            .is_some_and(|span| span.contains(&now))
        {
            return None;
        }
        if self.starved.take_if(|span| span.end <= now).is_some() {
            self.catch_up(now);
        }
        if let Some((_, delivery)) = self.inputs.pop_front_if(|(at, _)| *at <= now) {
            match &delivery {
                Delivery::Agi(text) => self.handle(now, Input::Agi(text.as_bytes()), timeline),
                Delivery::Audio(bytes) => self.handle(now, Input::Audio(bytes), timeline),
                Delivery::HangUp => self.handle(now, Input::HangUp, timeline),
            }
        }
        if self.session.deadline().is_some_and(|at| at <= now) {
            self.handle(now, Input::Timeout, timeline);
        }
        self.exit
    }

    /// What has come meanwhile is found at once, each kind in a pipe of its own: the live program
    /// looks at its signal first, then at the dialogue, and reads all audio that a pipe held.
    fn catch_up(&mut self, now: CallTime) {
        let due = self.inputs.iter().take_while(|(at, _)| *at <= now).count();
        let (mut signal, mut dialogue, mut audio) = (None, String::new(), Vec::new());
        for (_, delivery) in self.inputs.drain(..due) {
            match delivery {
                Delivery::HangUp => signal = Some(Delivery::HangUp),
                Delivery::Agi(text) => dialogue.push_str(&text),
                Delivery::Audio(bytes) if audio.len() + bytes.len() <= pipe::CAPACITY => {
                    audio.extend(bytes);
                }
                // Asterisk does not wait for a full pipe.
                Delivery::Audio(_) => {}
            }
        }
        let dialogue = Some(dialogue).filter(|text| !text.is_empty());
        let audio = Some(audio).filter(|bytes| !bytes.is_empty());
        let found = [
            signal,
            dialogue.map(Delivery::Agi),
            audio.map(Delivery::Audio),
        ];
        for delivery in found.into_iter().flatten().rev() {
            self.inputs.push_front((now, delivery));
        }
    }

    fn handle(&mut self, now: CallTime, input: Input<'_>, timeline: &mut Timeline) {
        self.session.handle(now, input);
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Send(line) => {
                    timeline.push(now, self.who, line.trim_end());
                    self.commands.push_back((now + LINK, line));
                }
                Output::LookUp { mailbox, .. } => {
                    let recorded = self.recordings.of(&mailbox, Path::new(SPOOL));
                    self.session.handle(now, Input::Recorded(recorded));
                }
                Output::Measure { piece, language } => {
                    let prompt = self.prompt(&piece, &language);
                    self.session.handle(now, Input::Prompt(prompt));
                }
                Output::Note(note) => timeline.push(now, self.who, &note.to_string()),
                Output::Finish(exit) => {
                    timeline.push(now, self.who, "ends");
                    self.exit = Some(exit);
                }
            }
        }
    }

    /// What a piece of the greeting sounds like. A recorded greeting is one that somebody might
    /// have recorded: no file holds it.
    fn prompt(&self, piece: &Piece, language: &str) -> Prompt {
        let is_recorded = matches!(piece, Piece::File(file) if file.as_str().starts_with(SPOOL));
        match &self.prompts {
            Some(prompts) if !is_recorded => prompts.prompt(piece, language),
            _ => Prompt::Unknown,
        }
    }
}

impl Recordings {
    /// These recordings as a look-up would find them.
    fn of(self, mailbox: &Mailbox, spool: &Path) -> Recorded {
        let path = |there: bool, name: &str| {
            let path = mailbox.folder(spool).join(name);
            there.then(|| crate::agi::Argument::readable(&path.to_string_lossy()))
        };
        Recorded {
            temp: path(self.temp, "temp"),
            unavail: path(self.unavail, "unavail"),
            busy: path(self.busy, "busy"),
            greet: path(self.greet, "greet"),
        }
    }
}

/// A pipe and a scheduler between Asterisk and the program.
const LINK: Duration = Duration::from_micros(100);
/// Where the simulated Asterisk keeps voicemail.
const SPOOL: &str = "/var/spool/asterisk";
