//! The greeting while it plays: what is still to be played, and the ear on the caller.

use std::{collections::VecDeque, time::Duration};

use super::{
    Note,
    clock::CallTime,
    outcome::Press,
    presses::{Presses, Source, Verdict},
};
use crate::{
    agi::Command,
    audio::SampleTime,
    config::{Config, Route},
    ear::{Ear, Heard},
    greeting::{Kind, Piece},
    key::Key,
    speech::Prompt,
};

/// What follows the greeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// VoiceMail records; it plays its own greeting first where that is asked for.
    LeaveMessage { own_greeting: bool },
    /// The mailbox's owner logs in.
    LogIn,
    /// Somebody else is rung.
    Dial(String),
}

/// What made the greeting end early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) press: Option<Press>,
    /// How much audio had come after the onset of a key that was heard in it.
    pub(super) after: Option<Duration>,
    pub(super) next: Next,
}

/// The greeting of one mailbox under way.
pub(super) struct Listening {
    pub(super) route: Route,
    pub(super) kind: Kind,
    pieces: VecDeque<Piece>,
    /// The keys that end playing, none once it has been ended; others must not disturb it.
    acting: Vec<Key>,
    /// The key that ended it.
    acted: Option<Key>,
    /// `None` when the audio's format cannot be decoded or Asterisk sends none.
    ear: Option<Box<Ear>>,
    since: CallTime,
    /// When the key began that is down, in the audio.
    onset: Option<SampleTime>,
    arrivals: Option<Arrivals>,
    /// When audio came after there had been none for long.
    resumed: Option<CallTime>,
    pub(super) presses: Presses,
}

/// How audio comes.
#[derive(Clone, Copy)]
struct Arrivals {
    /// When the first of it was due, by that which was the least late.
    due: CallTime,
    /// When it came last.
    last: CallTime,
    /// How much of what was due by then had not come.
    behind: Duration,
}

impl Listening {
    pub(super) fn new(
        now: CallTime,
        route: Route,
        kind: Kind,
        pieces: Vec<Piece>,
        ear: Option<Box<Ear>>,
        config: &Config,
    ) -> Self {
        let acting = Key::ALL
            .into_iter()
            .filter(|&key| action(config, &route, key).is_some())
            .collect();
        Self {
            route,
            kind,
            pieces: pieces.into(),
            acting,
            acted: None,
            ear,
            since: now,
            onset: None,
            arrivals: None,
            resumed: None,
            presses: Presses::new(config.keys.hold_off),
        }
    }

    /// The next piece and the command that plays it, `None` after the last.
    pub(super) fn play_next(&mut self) -> Option<(Piece, Command)> {
        let piece = self.pieces.pop_front()?;
        let command = match piece.clone() {
            Piece::File(file) => Command::StreamFile(file, self.acting.clone()),
            Piece::Digits(digits) => Command::SayDigits(digits, self.acting.clone()),
        };
        Some((piece, command))
    }

    /// Tells the ear what is being played.
    pub(super) fn playing(&mut self, prompt: Option<Prompt>) {
        if let Some(ear) = &mut self.ear {
            ear.playing(prompt);
        }
    }

    /// Asterisk reports a key.
    pub(super) fn signalled(
        &mut self,
        now: CallTime,
        key: Key,
        config: &Config,
        on_note: &mut impl FnMut(Note),
    ) -> Option<Trigger> {
        let twin = self.presses.signalled(now, key) == Verdict::Twin;
        let trigger = (!twin).then(|| self.trigger(key, Source::Signal, None, config));
        let acts = self.acted == Some(key);
        on_note(Note::Signalled { key, twin, acts });
        trigger?
    }

    /// Audio arrives; the first thing in it that ends the greeting is returned.
    pub(super) fn hear(
        &mut self,
        now: CallTime,
        bytes: &[u8],
        config: &Config,
        on_note: &mut impl FnMut(Note),
    ) -> Option<Trigger> {
        let mut ear = self.ear.take()?;
        let mut trigger = None;
        ear.hear(self.fresh(now, &ear, bytes), &mut |heard| match heard {
            Heard::KeyDown { down, after } => {
                let twin = self.presses.tone_down(now, down.key) == Verdict::Twin;
                self.onset = Some(down.onset);
                if !twin
                    && let Some(acting) = self.trigger(down.key, Source::Audio, Some(after), config)
                {
                    trigger = Some(acting);
                }
                let acts = self.acted == Some(down.key);
                on_note(Note::Heard {
                    down,
                    after,
                    twin,
                    acts,
                });
            }
            Heard::KeyUp { up, after } => {
                // An end is only known once it can be no mere gap.
                let length = SampleTime::from_samples(up.end.since(up.onset)).duration();
                self.presses.tone_up(now.before(after), length);
                self.onset = None;
                let acts = self.acted == Some(up.key);
                on_note(Note::Released { up, acts });
            }
            Heard::Speech(start) => {
                on_note(Note::Speech(start));
                if config.greeting.barge_in && trigger.is_none() {
                    self.acting.clear();
                    trigger = Some(Trigger {
                        press: None,
                        after: None,
                        next: Next::LeaveMessage {
                            own_greeting: false,
                        },
                    });
                }
            }
        });
        if let Some(onset) = self.onset {
            self.presses
                .tone_goes_on(now, ear.heard().saturating_sub(onset.duration()));
        }
        ear.behind(self.arrived(now, ear.heard()));
        self.ear = Some(ear);
        trigger
    }

    /// Audio arrived, this much of it so far.
    fn arrived(&mut self, now: CallTime, heard: Duration) -> Duration {
        let mut due = now.before(heard);
        if let Some(before) = self.arrivals {
            due = due.min(before.due);
            if now - before.last >= STANDS_STILL {
                self.resumed = Some(now);
            }
        }
        let behind = now - (due + heard);
        self.arrivals = Some(Arrivals {
            due,
            last: now,
            behind,
        });
        behind
    }

    /// Until when there is something to wait for before anything is started: a key's signal, and news of
    /// the caller, if Asterisk has just gone on after it stood still. It may be through with the audio that
    /// came meanwhile before it looks at what else did: that the caller is gone.
    pub(super) fn unsettled_until(&self) -> Option<CallTime> {
        let news = self.resumed.map(|resumed| resumed + NEWS_WITHIN);
        self.presses.twin_expected_until().max(news)
    }

    /// How much audio did not come while it was listened for: lost on the way, or never sent.
    ///
    /// Asterisk passes on what it gets and fills no gap, so what is missing shows only in the
    /// time that passed meanwhile. A frame may be late; so little is no loss. Of the detectors only that of
    /// speech is told, for what is played goes on: a late frame looks lost until those behind it have come,
    /// and what was not sent while a key was signalled looks lost for good.
    pub(super) fn missing(&self) -> Duration {
        self.arrivals
            .map(|arrivals| arrivals.behind)
            .filter(|&behind| behind > JITTER)
            .unwrap_or_default()
    }

    /// How much audio has been listened to.
    pub(super) fn heard(&self) -> Duration {
        self.ear.as_ref().map_or(Duration::ZERO, |ear| ear.heard())
    }

    /// The part of `bytes` that was sent since listening began. Audio comes in real time, so a
    /// chunk longer than the time since then holds what piled up before.
    fn fresh<'a>(&self, now: CallTime, ear: &Ear, bytes: &'a [u8]) -> &'a [u8] {
        ear.newest(bytes, now - self.since + JITTER)
    }

    /// What this key does, unless the greeting has been ended already.
    fn trigger(
        &mut self,
        key: Key,
        source: Source,
        after: Option<Duration>,
        config: &Config,
    ) -> Option<Trigger> {
        if !self.acting.contains(&key) {
            return None;
        }
        let next = action(config, &self.route, key)?;
        self.acting.clear();
        self.acted = Some(key);
        Some(Trigger {
            press: Some(Press { key, source }),
            after,
            next,
        })
    }
}

/// What `key` does in the greeting of this route's mailbox.
pub(super) fn action(config: &Config, route: &Route, key: Key) -> Option<Next> {
    if config.keys.login == Some(key) {
        return route.star.then_some(Next::LogIn);
    }
    if config.keys.skip == Some(key) {
        return Some(Next::LeaveMessage {
            own_greeting: false,
        });
    }
    config.keys.goto.get(&key).cloned().map(Next::Dial)
}

/// How long audio stays away where Asterisk, or this program, may have stood still: no jitter takes as long.
const STANDS_STILL: Duration = Duration::from_millis(300);
/// How soon Asterisk has dealt with all that came while it stood still.
const NEWS_WITHIN: Duration = Duration::from_millis(200);

/// Frames come in bursts: this much more than real time is no pile, this much less no loss.
pub(super) const JITTER: Duration = Duration::from_millis(60);
