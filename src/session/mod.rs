//! One call, from Asterisk's header to the closing line, without pipes and without a clock.
//!
//! A [`Session`] is driven by [`handle`](Session::handle), which takes what happened and when,
//! and is asked by [`poll_output`](Session::poll_output) what to do, until it says nothing more;
//! then it waits for the next input, at the latest until [`deadline`](Session::deadline). That
//! is all: the live program and the simulation differ only in where inputs come from.
//!
//! One rule holds everywhere and is kept in one place (`Session::start`): once the caller has
//! hung up, nothing is started for them.

mod clock;
mod listening;
mod note;
mod outcome;
mod presses;

use std::{collections::VecDeque, time::Duration};

pub use clock::CallTime;
use listening::{Listening, Next, Trigger, action};
pub use note::Note;
pub use outcome::{Press, Report, Status};
pub use presses::Source;

use crate::{
    agi::{Application, Argument, Command, Dialogue, Header, Incoming, Reply, Variable},
    audio::AudioFormat,
    config::{Config, Destination, Mailbox, Route, Storage},
    ear::Ear,
    greeting::{self, Kind, Piece, Recorded},
    key::Key,
    speech::Prompt,
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
    /// SIGHUP: the caller hung up.
    HangUp,
    /// The recordings asked for by [`Output::LookUp`].
    Recorded(Recorded),
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
    /// Look up which greetings this mailbox has, and answer with [`Input::Recorded`] at once.
    LookUp(Mailbox),
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
    /// In which prompts are played.
    language: String,
    /// Set by [`Session::rescue`]: VoiceMail plays its own greeting and nobody listens.
    plain: bool,
    progress: Progress,
    report: Report,
    outputs: VecDeque<Output>,
}

/// Where the call is. A state is left when its command is answered, unless it says otherwise.
enum State {
    /// The header is being read.
    Header,
    /// The status that a crash would leave behind is being set.
    Opening(Errand),
    /// Dial is under way.
    Dialling(Route),
    /// DIALSTATUS was asked for.
    AskingDialStatus { route: Route, key: Option<Key> },
    /// The caller is being answered.
    Answering { route: Route, kind: Kind },
    /// Asterisk was asked where voicemail keeps its recordings.
    AskingStorage { route: Route, kind: Kind },
    /// Left by [`Input::Recorded`].
    LookingUp { route: Route, kind: Kind },
    /// Asterisk was asked whether VoiceMail has somewhere to go when `*` is pressed.
    AskingExit { route: Route },
    /// Asterisk was asked for the audio's format.
    AskingFormat {
        route: Route,
        kind: Kind,
        recorded: Recorded,
    },
    /// A piece of the greeting plays. Also left when something is heard.
    Playing(Listening),
    /// The piece was interrupted by asking for a variable.
    Stopping(Listening, AfterStop),
    /// The greeting is over, and the signal of the key heard may still come; it must not reach
    /// the application that is started next. Also left at the deadline.
    Settling(Listening, Next, CallTime),
    /// Asterisk was asked whether the caller is still there.
    CheckingCaller(Route, Kind, Next),
    /// VoiceMail is under way.
    LeavingMessage(Route),
    /// VMSTATUS was asked for.
    AskingVmStatus(Route),
    /// VoiceMail was left by a key; which, the channel's extension tells.
    AskingVmExit(Route),
    /// VoiceMailMain is under way.
    LoggingIn,
    /// Variables and the closing line are being sent.
    Closing(VecDeque<Command>, Exit),
    /// After [`Session::rescue`]: whatever was under way is being ended.
    Rescuing,
    /// [`Output::Finish`] was given.
    Finished,
}

/// What the call was started for.
enum Errand {
    Dial(Route),
    LogIn(Route),
}

enum AfterStop {
    /// Wait for the signal of the same press.
    Settle(Next),
    /// Go on.
    Go(Next),
}

/// How far the call has come, for [`Session::rescue`].
#[derive(Clone)]
enum Progress {
    /// Nothing is known of the call yet.
    NotStarted,
    /// Dial is the next thing.
    ToDial(Route),
    /// Dial was started; DIALSTATUS tells how it ended.
    Dialled(Route),
    /// Dial has ended, and the caller shall hear this greeting.
    Greeting(Route, Kind),
    /// The last application was started.
    Ending,
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
            language: String::new(),
            plain: false,
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
            Input::HangUp => self.on_hang_up(now),
            Input::Recorded(recorded) => self.on_recorded(recorded),
            Input::Prompt(prompt) => {
                if let State::Playing(listening) = &mut self.state {
                    listening.playing(Some(prompt));
                }
            }
            Input::Timeout => self.on_timeout(now),
        }
        while let Some(incoming) = self.dialogue.poll() {
            self.on_incoming(now, incoming);
        }
    }

    /// What is to be done next, `None` when all is done until the next input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Goes on after a bug as a plain script would: Dial, then VoiceMail with its own greeting.
    ///
    /// Whatever was under way is stopped; nothing that had been done is done again.
    pub fn rescue(&mut self) {
        // A command not written yet must still go out: the dialogue counts on its reply.
        self.outputs
            .retain(|output| matches!(output, Output::Send(_)));
        if matches!(self.state, State::Header | State::Finished) {
            return self.finish(Exit::Failure);
        }
        self.plain = true;
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
            _ => None,
        };
        let gone = self.hung_up.map(|at| at + HANG_UP_GRACE);
        settled.into_iter().chain(gone).min()
    }

    /// What will be told, or was, when the call ends.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    fn on_incoming(&mut self, now: CallTime, incoming: Incoming) {
        match incoming {
            Incoming::Header(header) => self.on_header(&header),
            Incoming::Reply(reply) => self.on_reply(now, &reply),
            Incoming::EndedByItself(reply) => self.on_ended_by_itself(now, &reply),
            Incoming::HangUp => self.on_hang_up(now),
        }
    }

    fn on_header(&mut self, header: &Header) {
        let dialled = header
            .argument(1)
            .or_else(|| header.get("agi_extension"))
            .unwrap_or_default();
        self.report.extension = dialled.to_owned();
        self.carries_audio = header.carries_audio();
        header.language().clone_into(&mut self.language);
        let config = match &self.plan {
            Plan::Serve(config) => config,
            Plan::Refuse(reason) => {
                let reason = reason.clone();
                return self.close_with(Status::Failed, &reason, Exit::Failure, LOUD);
            }
        };
        let (errand, progress) = match config.destination(dialled) {
            Some(Destination::Person(route)) => {
                (Errand::Dial(route.clone()), Progress::ToDial(route.clone()))
            }
            Some(Destination::Login(route)) => (Errand::LogIn(route.clone()), Progress::Ending),
            None => return self.close(Status::NoRoute, "the extension is not configured"),
        };
        self.progress = progress;
        let failed = Argument::readable(&Status::Failed.to_string());
        self.command(
            &Command::SetVariable(Variable::Status, failed),
            State::Opening(errand),
        );
    }

    fn on_reply(&mut self, now: CallTime, reply: &Reply) {
        if *reply == Reply::Dead {
            self.hung_up.get_or_insert(now);
        }
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Opening(Errand::Dial(route)) => self.dial(route),
            State::Opening(Errand::LogIn(route)) => self.log_in(&route),
            State::Dialling(route) => {
                let key = Key::from_ascii(reply.result());
                self.command(
                    &Command::GetVariable(Variable::DialStatus),
                    State::AskingDialStatus { route, key },
                );
            }
            State::AskingDialStatus { route, key } => {
                self.on_dial_status(route, key, reply.value());
            }
            State::Answering { route, kind } => self.on_answered(route, kind),
            State::AskingStorage { route, kind } => {
                if reply.value().contains('1') {
                    self.leave_message(route, kind, true);
                } else {
                    self.look_up(route, kind);
                }
            }
            State::AskingExit { route } => {
                // Without an extension `a`, option d lets `*` through where the dialplan has
                // any extension that begins with it.
                let options = if reply.value() == "1" || !route.star {
                    ""
                } else {
                    "d"
                };
                self.voice_mail(route, options);
            }
            State::AskingFormat {
                route,
                kind,
                recorded,
            } => self.listen(now, route, kind, &recorded, reply.value()),
            State::Playing(listening) => self.on_played(now, listening, reply),
            State::Stopping(listening, then) => match then {
                AfterStop::Settle(next) => self.settle(now, listening, next),
                AfterStop::Go(next) => self.check_caller(listening, next),
            },
            State::Settling(mut listening, next, until) => {
                let done = match reply.result() {
                    0 => now >= until,
                    -1 => true,
                    result => {
                        if let Some(key) = Key::from_ascii(result) {
                            self.signalled(now, &mut listening, key);
                        }
                        true
                    }
                };
                if done {
                    self.check_caller(listening, next);
                } else {
                    self.start(&silence(), State::Settling(listening, next, until));
                }
            }
            State::CheckingCaller(route, kind, next) => self.go(route, kind, next),
            State::LeavingMessage(route) => self.command(
                &Command::GetVariable(Variable::VmStatus),
                State::AskingVmStatus(route),
            ),
            State::AskingVmStatus(route) => match reply.value() {
                "USEREXIT" if self.hung_up.is_none() => self.command(
                    &Command::GetFullVariable("${EXTEN}"),
                    State::AskingVmExit(route),
                ),
                "FAILED" if self.hung_up.is_none() => {
                    let cause = format!("VoiceMail failed for mailbox {}", route.mailbox);
                    self.close(Status::Failed, &cause);
                }
                status => self.close(Status::VoiceMail, status),
            },
            State::AskingVmExit(route) => self.on_vm_exit(route, reply.value()),
            State::LoggingIn => self.close(Status::Mailbox, ""),
            State::Closing(rest, exit) => self.close_on(rest, exit),
            State::Rescuing => self.go_plain(),
            state @ (State::Header | State::LookingUp { .. } | State::Finished) => {
                self.state = state;
            }
        }
    }

    fn on_dial_status(&mut self, route: Route, key: Option<Key>, status: &str) {
        let kind = match status {
            "BUSY" => Kind::Busy,
            "NOANSWER" | "CHANUNAVAIL" | "CONGESTION" => Kind::Unavailable,
            "ANSWER" => return self.close(Status::Answered, status),
            "CANCEL" => return self.on_cancelled(route, key),
            _ => return self.close(Status::Unhandled, status),
        };
        if self.hung_up.is_some() {
            return self.close(Status::HangUp, status);
        }
        status.clone_into(&mut self.report.dial_status);
        if self.plain {
            return self.leave_message(route, kind, true);
        }
        self.progress = Progress::Greeting(route.clone(), kind);
        self.start(&Command::Answer, State::Answering { route, kind });
    }

    /// Dial was ended by the caller: with a key, or by hanging up.
    fn on_cancelled(&mut self, route: Route, key: Option<Key>) {
        let Some(key) = key.filter(|_| self.hung_up.is_none()) else {
            let status = match self.hung_up {
                Some(_) => Status::HangUp,
                None => Status::Cancelled,
            };
            return self.close(status, "CANCEL");
        };
        match action(self.config(), &route, key) {
            Some(next) => {
                self.report.press = Some(Press {
                    key,
                    source: Source::Signal,
                });
                self.go(route, Kind::Unavailable, next);
            }
            None => self.close(Status::Cancelled, "CANCEL"),
        }
    }

    fn on_answered(&mut self, route: Route, kind: Kind) {
        match self.config().greeting.storage {
            Storage::Files => self.look_up(route, kind),
            Storage::Elsewhere => self.leave_message(route, kind, true),
            Storage::Auto => self.start(&STORAGE, State::AskingStorage { route, kind }),
        }
    }

    fn look_up(&mut self, route: Route, kind: Kind) {
        if self.hung_up.is_some() {
            return self.close_hung_up();
        }
        self.outputs
            .push_back(Output::LookUp(route.mailbox.clone()));
        self.state = State::LookingUp { route, kind };
    }

    fn on_recorded(&mut self, recorded: Recorded) {
        match std::mem::replace(&mut self.state, State::Finished) {
            State::LookingUp { route, kind } => {
                // VoiceMail plays a temporary greeting whatever its options: were it played
                // here too, the caller would hear it twice.
                if recorded.temp.is_some() {
                    self.start(&HAS_EXIT, State::AskingExit { route });
                } else {
                    self.start(
                        &FORMAT,
                        State::AskingFormat {
                            route,
                            kind,
                            recorded,
                        },
                    );
                }
            }
            state => self.state = state,
        }
    }

    fn listen(
        &mut self,
        now: CallTime,
        route: Route,
        kind: Kind,
        recorded: &Recorded,
        format: &str,
    ) {
        let ear = self.ear(format);
        if ear.is_some() {
            format.clone_into(&mut self.report.format);
        }
        let pieces = greeting::pieces(kind, recorded, &route.mailbox);
        let listening = Listening::new(now, route, kind, pieces, ear, self.config());
        self.play_on(listening);
    }

    /// An ear for the format that Asterisk named; without one, signalled keys remain.
    fn ear(&mut self, format: &str) -> Option<Box<Ear>> {
        let config = self.config();
        let speech = config.greeting.barge_in.then_some(&config.speech);
        let ear = match format.parse::<AudioFormat>() {
            Ok(format) => {
                Ear::new(format, &config.detector, speech).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        match ear {
            Ok(ear) => Some(Box::new(ear)),
            Err(reason) => {
                self.note(Note::Deaf { reason });
                None
            }
        }
    }

    fn play_on(&mut self, mut listening: Listening) {
        match listening.play_next() {
            Some((piece, command)) => {
                self.start(&command, State::Playing(listening));
                if self.config().greeting.barge_in {
                    let language = self.language.clone();
                    self.outputs.push_back(Output::Measure { piece, language });
                }
            }
            None => self.check_caller(
                listening,
                Next::LeaveMessage {
                    own_greeting: false,
                },
            ),
        }
    }

    /// A piece ended by itself: at its end, by a signalled key, or because something is wrong.
    fn on_played(&mut self, now: CallTime, mut listening: Listening, reply: &Reply) {
        listening.playing(None);
        match reply.result() {
            0 => self.play_on(listening),
            // The caller hung up, or the sound is missing; then VoiceMail shall try.
            ..0 => self.check_caller(listening, Next::LeaveMessage { own_greeting: true }),
            result => {
                let key = Key::from_ascii(result);
                match key.and_then(|key| self.signalled(now, &mut listening, key)) {
                    Some(trigger) => {
                        self.report.press = trigger.press;
                        self.check_caller(listening, trigger.next);
                    }
                    None => self.play_on(listening),
                }
            }
        }
    }

    fn signalled(&mut self, now: CallTime, listening: &mut Listening, key: Key) -> Option<Trigger> {
        let Plan::Serve(config) = &self.plan else {
            return None;
        };
        let outputs = &mut self.outputs;
        listening.signalled(now, key, config, &mut |note| {
            outputs.push_back(Output::Note(note));
        })
    }

    fn on_audio(&mut self, now: CallTime, bytes: &[u8]) {
        let Plan::Serve(config) = &self.plan else {
            return;
        };
        let outputs = &mut self.outputs;
        let mut on_note = |note| outputs.push_back(Output::Note(note));
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Playing(mut listening) => {
                let trigger = listening.hear(now, bytes, config, &mut on_note);
                self.report.heard = listening.heard();
                match trigger {
                    Some(trigger) => self.stop(listening, trigger),
                    None => self.state = State::Playing(listening),
                }
            }
            State::Stopping(mut listening, then) => {
                listening.hear(now, bytes, config, &mut on_note);
                self.state = State::Stopping(listening, then);
            }
            State::Settling(mut listening, next, _) => {
                listening.hear(now, bytes, config, &mut on_note);
                let until = listening.presses.twin_expected_until().unwrap_or(now);
                self.state = State::Settling(listening, next, until);
            }
            state => self.state = state,
        }
    }

    /// Stops the greeting because of what was heard.
    fn stop(&mut self, mut listening: Listening, trigger: Trigger) {
        listening.playing(None);
        let then = match trigger.press {
            Some(_) => AfterStop::Settle(trigger.next),
            None => AfterStop::Go(trigger.next),
        };
        self.report.press = trigger.press;
        self.interrupt(State::Stopping(listening, then));
    }

    /// The interrupted piece had just ended by itself; its key, if any, is likely the same press.
    fn on_ended_by_itself(&mut self, now: CallTime, reply: &Reply) {
        let key = Key::from_ascii(reply.result());
        if let (State::Stopping(..), Some(key)) = (&self.state, key) {
            let State::Stopping(mut listening, then) =
                std::mem::replace(&mut self.state, State::Finished)
            else {
                unreachable!("it was matched above");
            };
            self.signalled(now, &mut listening, key);
            self.state = State::Stopping(listening, then);
        }
    }

    fn settle(&mut self, now: CallTime, listening: Listening, next: Next) {
        match listening.presses.twin_expected_until() {
            Some(until) if until > now => {
                self.start(&silence(), State::Settling(listening, next, until));
            }
            _ => self.check_caller(listening, next),
        }
    }

    fn check_caller(&mut self, listening: Listening, next: Next) {
        let Listening { route, kind, .. } = listening;
        self.start(
            &Command::ChannelStatus,
            State::CheckingCaller(route, kind, next),
        );
    }

    fn go(&mut self, route: Route, kind: Kind, next: Next) {
        match next {
            Next::LeaveMessage { own_greeting } => self.leave_message(route, kind, own_greeting),
            Next::LogIn => self.log_in(&route),
            Next::Dial(extension) => match self.config().destination(&extension) {
                Some(Destination::Person(route) | Destination::Login(route)) => {
                    let route = route.clone();
                    self.dial(route);
                }
                None => self.leave_message(route, kind, false),
            },
        }
    }

    fn dial(&mut self, route: Route) {
        self.progress = Progress::Dialled(route.clone());
        self.start(
            &Command::Exec(Application::Dial, route.dial.clone()),
            State::Dialling(route),
        );
    }

    fn leave_message(&mut self, route: Route, kind: Kind, own_greeting: bool) {
        if own_greeting {
            self.voice_mail(route, kind.option().encode_utf8(&mut [0; 4]));
        } else {
            self.voice_mail(route, "s");
        }
    }

    fn voice_mail(&mut self, route: Route, options: &str) {
        self.progress = Progress::Ending;
        let arguments = match options {
            "" => route.mailbox.to_string(),
            options => format!("{},{options}", route.mailbox),
        };
        self.start(
            &Command::Exec(Application::VoiceMail, Argument::readable(&arguments)),
            State::LeavingMessage(route),
        );
    }

    /// VoiceMail was left by a key of its own greeting.
    fn on_vm_exit(&mut self, route: Route, extension: &str) {
        // VoiceMail sends `*` to extension `a`; what that is for, we do ourselves.
        if extension == "a" && route.star && self.config().keys.login == Some(Key::STAR) {
            self.report.press = Some(Press {
                key: Key::STAR,
                source: Source::Signal,
            });
            return self.log_in(&route);
        }
        self.close(Status::VoiceMail, "USEREXIT");
    }

    fn log_in(&mut self, route: &Route) {
        self.progress = Progress::Ending;
        let mailbox = Argument::readable(&route.mailbox.to_string());
        self.start(
            &Command::Exec(Application::VoiceMailMain, mailbox),
            State::LoggingIn,
        );
    }

    /// After a bug: what a plain script would do from here.
    fn go_plain(&mut self) {
        match self.progress.clone() {
            Progress::ToDial(route) => self.dial(route),
            Progress::Dialled(route) => self.command(
                &Command::GetVariable(Variable::DialStatus),
                State::AskingDialStatus { route, key: None },
            ),
            Progress::Greeting(route, kind) => self.leave_message(route, kind, true),
            Progress::NotStarted | Progress::Ending => {
                self.close(Status::Failed, "an error in the program");
            }
        }
    }

    fn on_hang_up(&mut self, now: CallTime) {
        self.hung_up.get_or_insert(now);
        if matches!(self.state, State::Header) {
            self.finish(Exit::Success);
        }
    }

    fn on_closed(&mut self) {
        match self.state {
            State::Header => self.finish(Exit::Failure),
            State::Closing(_, exit) => self.finish(exit),
            State::Finished => {}
            _ => self.finish(Exit::Success),
        }
    }

    fn on_timeout(&mut self, now: CallTime) {
        if self.hung_up.is_some_and(|at| now >= at + HANG_UP_GRACE) {
            return self.finish(Exit::Success);
        }
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Settling(listening, next, until) if now >= until => {
                self.interrupt(State::Stopping(listening, AfterStop::Go(next)));
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

    /// Sends a command that a dead channel permits.
    fn command(&mut self, command: &Command, state: State) {
        let line = self.dialogue.send(command);
        self.outputs.push_back(Output::Send(line));
        self.state = state;
    }

    fn interrupt(&mut self, state: State) {
        let line = self.dialogue.interrupt(&FORMAT);
        self.outputs.push_back(Output::Send(line));
        self.state = state;
    }

    fn close_hung_up(&mut self) {
        let cause = std::mem::take(&mut self.report.dial_status);
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
        let mut commands = VecDeque::from(self.report.closing(status, cause, verbose));
        if status == Status::Mailbox && self.hung_up.is_none() {
            commands.push_back(Command::HangUp);
        }
        self.report.ended = Some((status, cause.to_owned()));
        self.close_on(commands, exit);
    }

    fn close_on(&mut self, mut rest: VecDeque<Command>, exit: Exit) {
        match rest.pop_front() {
            Some(command) => self.command(&command, State::Closing(rest, exit)),
            None => self.finish(exit),
        }
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

/// Plays nothing for a second, during which any key is reported.
fn silence() -> Command {
    Command::StreamFile(Argument::readable("silence/1"), Key::ALL.to_vec())
}

/// The audio's format now; after every `EXEC` it may be another.
const FORMAT: Command = Command::GetFullVariable("${CHANNEL(audioreadformat)}");
/// Whether voicemail's recordings are in a database or on a mail server: `1` somewhere.
const STORAGE: Command = Command::GetFullVariable(
    "${IFMODULE(app_voicemail_odbc.so)}${IFMODULE(app_voicemail_imap.so)}",
);
/// Whether VoiceMail finds extension `a` for a caller who presses `*`.
const HAS_EXIT: Command = Command::GetFullVariable("${DIALPLAN_EXISTS(${CONTEXT},a,1)}");
/// How long after the hang-up the program stays for Asterisk's replies.
const HANG_UP_GRACE: Duration = Duration::from_secs(1);
/// The level of a message that every console shows.
const LOUD: u8 = 1;
