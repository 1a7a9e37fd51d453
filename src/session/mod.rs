//! One call, from Asterisk's header to the closing line, without pipes and without a clock.
//!
//! A [`Session`] is driven by [`handle`](Session::handle), which takes what happened and when,
//! and is asked by [`poll_output`](Session::poll_output) what to do, until it says nothing more;
//! then it waits for the next input, at the latest until [`deadline`](Session::deadline). That
//! is all: the live program and the simulation differ only in where inputs come from.
//!
//! One rule holds everywhere and is kept in one place (`Session::start`): once the caller has
//! hung up, nothing is started for them.

#[cfg(test)]
mod bug;
mod clock;
mod hearing;
mod listening;
mod note;
mod outcome;
mod overhearing;
mod presses;
mod recordings;
mod ringing;
mod state;
mod steps;

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

pub use clock::CallTime;
pub use note::Note;
pub use outcome::{Press, Report, Status};
pub use presses::Source;
use ringing::Caller;
pub(crate) use ringing::{LISTEN, MACRO, modules as listening_modules};
use state::{AfterStop, Closing, Overheard, Progress, Role, State};

use crate::{
    agi::{Command, Dialogue, Header, Incoming, Reply},
    config::{Config, Mailbox, Storage},
    greeting::{Piece, Recorded},
    speech::Prompt,
    variant::Elsewhere,
};

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// Bytes on descriptor 0.
    Agi(&'a [u8]),
    /// Descriptor 0 is at its end: Asterisk is done with us.
    AgiClosed,
    /// Bytes on descriptor 3.
    Audio(&'a [u8]),
    /// No audio comes on descriptor 3, or none any more, and why: an ear that is wanted from here on has
    /// nothing to listen to.
    NoAudio(&'a str),
    /// Why the call is not logged or recorded as configured, for the closing line.
    Unlogged(&'a str),
    /// Why the program is not in its sandbox, for the closing line.
    Unconfined(&'a str),
    /// SIGHUP: the caller hung up.
    HangUp,
    /// The recordings asked for by [`Output::LookUp`].
    Recorded(Recorded),
    /// The answer instead of them: VoiceMail is a variant that may keep them elsewhere.
    Elsewhere(Elsewhere),
    /// The sound asked for by [`Output::Measure`].
    Prompt(Prompt),
    /// The deadline has come.
    Timeout,
}

/// What a session wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Write this line to descriptor 1.
    Send(String),
    /// Look up which greetings this mailbox has, and answer with [`Input::Recorded`], or
    /// [`Input::Elsewhere`], at once.
    LookUp {
        /// Whose greetings.
        mailbox: Mailbox,
        /// Where they are, as far as that is known.
        storage: Storage,
    },
    /// Tell what this piece, which is being played, sounds like in this language, and answer
    /// with [`Input::Prompt`] at once. Only asked for when speech is listened for.
    Measure {
        /// What is being played.
        piece: Piece,
        /// The channel's language.
        language: String,
    },
    /// Something worth telling, for logs and timelines.
    Note(Note),
    /// The call is over; the program ends.
    Finish(Exit),
}

/// The program's exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the dialplan goes on.
    Success,
    /// 1: the program could not do its work; Asterisk sets `AGISTATUS` to `FAILURE`.
    Failure,
}

/// What the program can do in this call.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Serve it by this configuration.
    Serve(Box<Config>),
    /// There is no configuration to serve it by, for this reason.
    Refuse(String),
}

/// One call.
pub struct Session {
    plan: Plan,
    dialogue: Dialogue,
    state: State,
    hung_up: Option<CallTime>,
    /// Whether descriptor 3 carries audio (EAGI, not AGI).
    carries_audio: bool,
    /// Why no audio comes on descriptor 3, if it is known.
    no_audio: Option<String>,
    /// In which prompts are played.
    language: String,
    /// Sets the dialplan position to behind this program's own, after a key moved it.
    position: [Command; 3],
    moved: bool,
    /// `None` where the names in the header cannot be handed on.
    caller: Option<Caller>,
    overheard: Overheard,
    role: Role,
    progress: Progress,
    report: Report,
    outputs: VecDeque<Output>,
}

impl Session {
    /// A call that is about to begin.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            dialogue: Dialogue::default(),
            state: State::Header,
            hung_up: None,
            carries_audio: false,
            no_audio: None,
            language: String::new(),
            position: state::position(&Header::default()),
            moved: false,
            caller: None,
            overheard: Overheard::Never,
            role: Role::Unknown,
            progress: Progress::NotStarted,
            report: Report::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes an input that came at `now`.
    pub fn handle(&mut self, now: CallTime, input: Input<'_>) {
        match input {
            Input::Agi(bytes) => self.dialogue.receive(bytes),
            Input::AgiClosed => self.on_closed(),
            Input::Audio(bytes) => self.on_audio(now, bytes),
            Input::NoAudio(reason) => self.no_audio = Some(reason.to_owned()),
            Input::Unlogged(reason) => self.report.add_unlogged(reason),
            Input::Unconfined(reason) => reason.clone_into(&mut self.report.unconfined),
            Input::HangUp => self.on_hang_up(now),
            Input::Recorded(recorded) => self.on_recorded(recorded),
            Input::Elsewhere(variant) => self.on_elsewhere(variant),
            Input::Prompt(prompt) => {
                if let State::Playing(listening) = &mut self.state {
                    listening.playing(Some(prompt));
                }
            }
            Input::Timeout => self.on_timeout(now),
        }
        self.take_in(now);
    }

    /// Takes what Asterisk has said.
    fn take_in(&mut self, now: CallTime) {
        while let Some(incoming) = self.dialogue.poll() {
            self.on_incoming(now, incoming);
        }
        assert!(
            !matches!(self.state, State::Taken),
            "every input leads to a state"
        );
    }

    /// Takes an input as [`handle`](Self::handle) does; a bug in there must not cost the caller the
    /// call.
    pub fn handle_or_rescue(&mut self, now: CallTime, input: Input<'_>) {
        if catch_unwind(AssertUnwindSafe(|| self.handle(now, input))).is_err() {
            self.rescue();
            // What the rescue waits for can have come with the input.
            if catch_unwind(AssertUnwindSafe(|| self.take_in(now))).is_err() {
                self.rescue();
            }
        }
    }

    /// What is to be done next, `None` when all is done until the next input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Goes on after a bug as a plain script would: Dial, then VoiceMail with its own greeting.
    ///
    /// Whatever was under way is stopped; nothing that had been done is done again. Where the call
    /// is not known yet, or a rescue has led to a bug, only the dialplan can go on.
    pub fn rescue(&mut self) {
        // A command not written yet must still go out: the dialogue counts on its reply.
        self.outputs
            .retain(|output| matches!(output, Output::Send(_)));
        let unknown = matches!(self.progress, Progress::NotStarted);
        let finished = matches!(self.state, State::Finished);
        if self.role != Role::Serving || unknown || finished {
            return self.finish(Exit::Failure);
        }
        self.role = Role::Rescued;
        self.note(Note::Rescue);
        if let Some(line) = self.dialogue.take_over(&FORMAT) {
            self.outputs.push_back(Output::Send(line));
        }
        self.state = State::Rescuing;
    }

    /// When [`Input::Timeout`] is due, if at all.
    #[must_use]
    pub fn deadline(&self) -> Option<CallTime> {
        let settled = match &self.state {
            State::Settling(_, _, until) => Some(*until),
            State::Overhearing(overhearing) => Some(overhearing.ask_at),
            _ => None,
        };
        let gone = self.hung_up.map(|at| at + HANG_UP_GRACE);
        settled.into_iter().chain(gone).min()
    }

    /// What is known of the call.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The same, if this program is the one that tells of the call.
    #[must_use]
    pub fn told(&self) -> Option<&Report> {
        matches!(self.role, Role::Serving | Role::Rescued).then_some(&self.report)
    }

    fn on_incoming(&mut self, now: CallTime, incoming: Incoming) {
        if let Incoming::Reply(Reply::Dead) | Incoming::EndedByItself(Reply::Dead) = incoming {
            self.hung_up.get_or_insert(now);
        }
        match incoming {
            Incoming::Header(header) => self.on_header(&header),
            Incoming::Reply(reply) => self.on_reply(now, &reply),
            Incoming::EndedByItself(reply) => self.on_ended_by_itself(now, &reply),
            Incoming::HangUp => self.on_hang_up(now),
            Incoming::Feigned => self.on_feigned(),
            Incoming::Lost => self.note(Note::Unasked),
        }
    }

    /// What has been decided was decided by a header that a caller has made up: nothing more of it
    /// is done.
    fn on_feigned(&mut self) {
        if !matches!(self.state, State::Finished) {
            self.outputs.clear();
            self.report.ended = Some((Status::Failed, FEIGNED.to_owned()));
            self.finish(Exit::Failure);
        }
    }

    fn on_hang_up(&mut self, now: CallTime) {
        self.hung_up.get_or_insert(now);
        if matches!(self.role, Role::Unknown | Role::Listener) {
            self.finish(Exit::Success);
        }
    }

    fn on_closed(&mut self) {
        match self.state {
            State::Header => {
                self.note(Note::NoHeader);
                self.finish(Exit::Failure);
            }
            State::Closing(_, exit) => self.finish(exit),
            State::Finished => {}
            _ => self.finish(Exit::Success),
        }
    }

    fn on_timeout(&mut self, now: CallTime) {
        if self.hung_up.is_some_and(|at| now >= at + HANG_UP_GRACE) {
            return self.finish(Exit::Success);
        }
        match self.state.take() {
            State::Settling(listening, next, until) if now >= until => {
                self.interrupt(State::Stopping(listening, AfterStop::Go(next)));
            }
            State::Overhearing(overhearing) if now >= overhearing.ask_at => {
                self.ask_ringing(overhearing);
            }
            state => self.state = state,
        }
    }

    /// Sends a command that does something for the caller, unless the caller has hung up.
    fn start(&mut self, command: &Command, state: State) {
        if self.hung_up.is_some() {
            self.close_hung_up();
        } else {
            self.command(command, state);
        }
    }

    /// Starts what the call has come to with it.
    fn reach(&mut self, progress: Progress, command: &Command, state: State) {
        self.start(command, state);
        // Only now: what a bug has kept from being sent is still to be done.
        if self.hung_up.is_none() {
            self.progress = progress;
        }
    }

    /// Sends a command that a dead channel permits.
    fn command(&mut self, command: &Command, state: State) {
        #[cfg(test)]
        bug::may_strike();
        let line = self.dialogue.send(command);
        self.outputs.push_back(Output::Send(line));
        self.state = state;
    }

    fn interrupt(&mut self, state: State) {
        #[cfg(test)]
        bug::may_strike();
        let line = self.dialogue.interrupt(&FORMAT);
        self.outputs.push_back(Output::Send(line));
        self.state = state;
    }

    fn close_hung_up(&mut self) {
        let cause = self.report.dial_status.clone();
        self.close(Status::HangUp, &cause);
    }

    fn close(&mut self, status: Status, cause: &str) {
        let verbose = match &self.plan {
            Plan::Serve(config) => config.logging.verbose,
            Plan::Refuse(_) => LOUD,
        };
        self.close_with(status, cause, Exit::Success, verbose);
    }

    fn close_with(&mut self, status: Status, cause: &str, exit: Exit, verbose: u8) {
        self.progress = Progress::Ending;
        self.report.ended = Some((status, cause.to_owned()));
        let mut rest = VecDeque::from(self.report.variables().map(Closing::Command));
        rest.push_back(Closing::Line(verbose));
        if self.hung_up.is_none() {
            if self.moved {
                rest.extend(self.position.clone().map(Closing::Command));
            }
            rest.extend(self.forget_press().map(Closing::Command));
            if status == Status::Mailbox {
                rest.push_back(Closing::Command(Command::HangUp));
            }
        }
        self.close_on(rest, exit);
    }

    fn close_on(&mut self, mut rest: VecDeque<Closing>, exit: Exit) {
        let command = match rest.pop_front() {
            Some(Closing::Command(command)) => command,
            Some(Closing::Line(verbose)) => self.report.line(verbose),
            None => return self.finish(exit),
        };
        self.command(&command, State::Closing(rest, exit));
    }

    fn finish(&mut self, exit: Exit) {
        self.hung_up = None;
        self.state = State::Finished;
        self.outputs.push_back(Output::Finish(exit));
    }

    fn note(&mut self, note: Note) {
        self.outputs.push_back(Output::Note(note));
    }

    /// The configuration of a call that is being served.
    fn config(&self) -> &Config {
        match &self.plan {
            Plan::Serve(config) => config,
            Plan::Refuse(_) => unreachable!("a refused call ends at its header"),
        }
    }
}

/// The audio's format now; after every `EXEC` it may be another. Also the question by which
/// playing is interrupted.
const FORMAT: Command = Command::GetFullVariable("${CHANNEL(audioreadformat)}");
/// Why a call is not served whose header a caller has made up.
const FEIGNED: &str = "a line break in what the caller sent feigns other lines of the header";
/// How long after the hang-up the program stays for Asterisk's replies.
const HANG_UP_GRACE: Duration = Duration::from_secs(1);
/// The level of a message that every console shows.
const LOUD: u8 = 1;
