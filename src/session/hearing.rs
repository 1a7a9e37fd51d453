//! The greeting: playing its pieces, hearing the caller meanwhile, and stopping at once.

use super::{
    Note, Output, Plan, Session,
    clock::CallTime,
    listening::{Listening, Next, Trigger},
    state::{AfterStop, State},
};
use crate::{
    agi::{Argument, Command, Reply},
    audio::AudioFormat,
    config::Route,
    ear::Ear,
    greeting::{self, Kind, Recorded},
    key::Key,
};

impl Session {
    pub(super) fn listen(
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

    /// An ear for the format that Asterisk named, if audio comes in it; without one, signalled keys
    /// remain.
    pub(super) fn ear(&mut self, format: &str) -> Option<Box<Ear>> {
        let config = self.config();
        let speech = config.greeting.barge_in.then_some(&config.speech);
        let ear = match (format.parse::<AudioFormat>(), &self.no_audio) {
            _ if !self.carries_audio => Err(NOT_ASKED_FOR.to_owned()),
            (Err(error), _) => Err(error.to_string()),
            (Ok(_), Some(reason)) => Err(format!("no audio on descriptor 3: {reason}")),
            (Ok(format), None) => {
                Ear::new(format, &config.detector, speech).map_err(|error| error.to_string())
            }
        };
        match ear {
            Ok(ear) => Some(Box::new(ear)),
            Err(reason) => {
                self.report.deaf.clone_from(&reason);
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
    pub(super) fn on_played(&mut self, now: CallTime, mut listening: Listening, reply: &Reply) {
        listening.playing(None);
        match reply.result() {
            0 => self.play_on(listening),
            // The caller hung up, or the sound is missing; then VoiceMail shall try.
            ..0 => self.check_caller(listening, Next::LeaveMessage { own_greeting: true }),
            result => {
                let key = Key::from_ascii(result);
                match key.and_then(|key| self.signalled(now, &mut listening, key)) {
                    Some(trigger) => {
                        self.acts(&trigger);
                        self.check_caller(listening, trigger.next);
                    }
                    None => self.play_on(listening),
                }
            }
        }
    }

    pub(super) fn signalled(
        &mut self,
        now: CallTime,
        listening: &mut Listening,
        key: Key,
    ) -> Option<Trigger> {
        let Plan::Serve(config) = &self.plan else {
            return None;
        };
        let outputs = &mut self.outputs;
        listening.signalled(now, key, config, &mut |note| {
            outputs.push_back(Output::Note(note));
        })
    }

    pub(super) fn on_audio(&mut self, now: CallTime, bytes: &[u8]) {
        let Plan::Serve(config) = &self.plan else {
            return;
        };
        let outputs = &mut self.outputs;
        let mut on_note = |note| outputs.push_back(Output::Note(note));
        match self.state.take() {
            State::Playing(mut listening) => {
                let trigger = listening.hear(now, bytes, config, &mut on_note);
                self.report.heard = listening.heard();
                self.report.missing = listening.missing();
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
                let until = listening.unsettled_until().unwrap_or(now);
                self.state = State::Settling(listening, next, until);
            }
            State::Overhearing(overhearing) => self.overheard_audio(overhearing, bytes),
            State::AskingStillRinging(mut overhearing) => {
                overhearing.hear(bytes, on_note);
                self.state = State::AskingStillRinging(overhearing);
            }
            state => self.state = state,
        }
    }

    /// Stops the greeting because of what was heard.
    fn stop(&mut self, mut listening: Listening, trigger: Trigger) {
        listening.playing(None);
        self.acts(&trigger);
        let then = match trigger.press {
            Some(_) => AfterStop::Settle(trigger.next),
            None => AfterStop::Go(trigger.next),
        };
        self.interrupt(State::Stopping(listening, then));
    }

    /// A voice is no key: the one that acted last is still told of.
    fn acts(&mut self, trigger: &Trigger) {
        if let Some(press) = trigger.press {
            self.report.pressed(press, trigger.after);
        }
    }

    /// The interrupted piece had just ended by itself; its key, if any, is likely the same press.
    pub(super) fn on_ended_by_itself(&mut self, now: CallTime, reply: &Reply) {
        let key = Key::from_ascii(reply.result());
        if let (State::Stopping(..), Some(key)) = (&self.state, key) {
            let State::Stopping(mut listening, then) = self.state.take() else {
                unreachable!("it was matched above");
            };
            self.signalled(now, &mut listening, key);
            self.state = State::Stopping(listening, then);
        }
    }

    pub(super) fn settle(&mut self, now: CallTime, listening: Listening, next: Next) {
        match listening.unsettled_until() {
            Some(until) if until > now => {
                self.start(&silence(), State::Settling(listening, next, until));
            }
            _ => self.check_caller(listening, next),
        }
    }

    pub(super) fn check_caller(&mut self, listening: Listening, next: Next) {
        let Listening { route, kind, .. } = listening;
        self.start(
            &Command::ChannelStatus,
            State::CheckingCaller(route, kind, next),
        );
    }
}

/// Why nothing is heard where Asterisk sends no audio at all.
const NOT_ASKED_FOR: &str = "the dialplan says AGI, not EAGI";

/// Plays nothing for a second, during which any key is reported.
pub(super) fn silence() -> Command {
    Command::StreamFile(Argument::readable("silence/1"), Key::ALL.to_vec())
}
