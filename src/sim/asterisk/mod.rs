//! Asterisk as an EAGI program meets it.

mod applications;
mod listener;
mod media;
mod sounds;
mod variables;
mod voicemail;
mod words;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

pub(super) use listener::header as listeners_header;
use media::Media;
use sounds::{length_of_digits, length_of_file};
use variables::Variables;
use voicemail::{Phase, VoiceMail};
pub(super) use words::words;

use super::{
    script::{DialEnd, Recordings, Script},
    timeline::{Timeline, Who},
};
use crate::{audio::AudioFormat, key::Key, session::CallTime};

/// Something that reaches the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Text on descriptor 0.
    Agi(String),
    /// Bytes on descriptor 3.
    Audio(Vec<u8>),
    /// SIGHUP.
    HangUp,
}

/// Something that happens beside the caller's own channel.
pub(super) enum Wish {
    /// The channel that hears the caller has come up.
    StartListener,
    /// It is ended.
    EndListener,
    /// The program on the caller's channel is told this.
    TellAgent(Vec<Delivery>),
}

/// One channel in an EAGI application.
pub(super) struct Asterisk {
    extension: String,
    dial: DialEnd,
    media: Media,
    /// When the caller hangs up of their own accord.
    hang_up_at: Option<CallTime>,
    recordings: Recordings,
    /// What descriptor 3 carries; Dial changes it to the caller's codec.
    format: AudioFormat,
    hung_up: bool,
    activity: Activity,
    variables: Variables,
    wishes: VecDeque<Wish>,
    /// Whether a program hears the caller, and what it has not been given yet.
    has_listener: bool,
    overheard: Vec<Delivery>,
    /// Whether the caller was taken to the program's own place in the dialplan.
    redirected: bool,
}

/// What the channel is busy with.
enum Activity {
    /// Between commands: audio flows, signalled keys are lost.
    Idle,
    /// A command that replies at once, when it does.
    Brief {
        until: CallTime,
        reply: String,
    },
    /// STREAM FILE or SAY DIGITS: audio flows, keys are reported at their release.
    Playing {
        since: CallTime,
        until: CallTime,
        keys: String,
        endpos: bool,
    },
    /// EXEC: no audio, and keys go to the application.
    Dial {
        /// When somebody answers, or it is over.
        rings_until: CallTime,
        until: CallTime,
        answered: bool,
        options: String,
    },
    VoiceMail(VoiceMail),
    VoiceMailMain {
        until: CallTime,
    },
}

impl Asterisk {
    pub(super) fn new(script: &Script) -> Self {
        Self {
            extension: script.extension.clone(),
            dial: script.dial.clone(),
            media: Media::new(&script.caller),
            hang_up_at: script.caller.hang_up,
            recordings: script.recordings,
            format: AudioFormat::SLIN,
            hung_up: false,
            activity: Activity::Idle,
            variables: Variables::new(script),
            wishes: VecDeque::new(),
            has_listener: false,
            overheard: Vec::new(),
            redirected: false,
        }
    }

    /// What happens next beside the caller's channel.
    pub(super) fn wish(&mut self) -> Option<Wish> {
        self.wishes.pop_front()
    }

    /// What the program has heard that hears the caller.
    pub(super) fn overheard(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.overheard)
    }

    pub(super) const fn listener_is_gone(&mut self) {
        self.has_listener = false;
    }

    /// Whether the dialplan starts the program once more, now that it has ended: a caller who is gone by then
    /// is taken nowhere.
    pub(super) fn starts_anew(&mut self, now: CallTime, timeline: &mut Timeline) -> bool {
        let redirected = std::mem::take(&mut self.redirected);
        let gone = self.hang_up_at.is_some_and(|at| at <= now);
        if redirected && gone {
            timeline.push(now, Who::Caller, "hangs up");
        }
        let anew = redirected && !gone;
        if anew {
            self.hung_up = false;
            self.format = AudioFormat::SLIN;
            self.activity = Activity::Idle;
        }
        anew
    }

    /// The header.
    pub(super) fn header(&self) -> Vec<Delivery> {
        let extension = &self.extension;
        let header = format!(
            "agi_request: voiceagent\nagi_channel: {CHANNEL}\nagi_language: en\n\
             agi_type: SIP\nagi_uniqueid: 1.1\nagi_version: 22.10.0\nagi_callerid: 102\n\
             agi_calleridname: Peter\nagi_dnid: {extension}\nagi_context: users\n\
             agi_extension: {extension}\nagi_priority: 2\nagi_enhanced: 1.0\n\
             agi_threadid: 1\nagi_arg_1: {extension}\n\n"
        );
        vec![Delivery::Agi(header)]
    }

    /// When the caller's telephone began to send.
    pub(super) const fn answered(&self) -> Option<CallTime> {
        self.media.answered()
    }

    pub(super) fn into_variables(self) -> BTreeMap<String, String> {
        self.variables.into_values()
    }

    /// When something happens by itself.
    pub(super) fn next_event(&self) -> Option<CallTime> {
        let activity = match &self.activity {
            Activity::Idle => None,
            Activity::Dial {
                rings_until,
                until,
                answered: false,
                ..
            } => Some(*rings_until.min(until)),
            Activity::Brief { until, .. }
            | Activity::Playing { until, .. }
            | Activity::Dial { until, .. }
            | Activity::VoiceMail(VoiceMail { until, .. })
            | Activity::VoiceMailMain { until } => Some(*until),
        };
        if self.hung_up {
            return activity;
        }
        activity
            .into_iter()
            .chain(self.media.next_event())
            .chain(self.hang_up_at)
            .min()
    }

    /// Takes a command line.
    pub(super) fn command(
        &mut self,
        now: CallTime,
        line: &str,
        timeline: &mut Timeline,
    ) -> Vec<Delivery> {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Activity::Playing { .. } = self.activity {
            // A new command stops it, and it sends no reply.
            timeline.push(now, Who::Asterisk, "stops playing");
            self.activity = Activity::Idle;
        }
        let dead_ok = matches!(
            words[..],
            ["EXEC" | "VERBOSE" | "HANGUP", ..] | ["GET" | "SET", "VARIABLE" | "FULL", ..]
        );
        let reply = if self.hung_up && !dead_ok {
            "511 Command Not Permitted on a dead channel or intercept routine".to_owned()
        } else if let Some(reply) = self.variables.reply(&words, self.format) {
            reply
        } else {
            match words[..] {
                ["ANSWER"] => {
                    if self.media.begin(now) {
                        timeline.push(now, Who::Asterisk, "answers the caller");
                    }
                    "200 result=0".to_owned()
                }
                ["CHANNEL", "STATUS"] => "200 result=6".to_owned(),
                ["HANGUP"] => {
                    timeline.push(now, Who::Asterisk, "hangs up");
                    self.hung_up = true;
                    return vec![Delivery::Agi("200 result=1\n".to_owned()), Delivery::HangUp];
                }
                ["VERBOSE", ..] => "200 result=1".to_owned(),
                ["STREAM", "FILE", file, keys] => {
                    let length = length_of_file(file, self.recordings);
                    return self.play(now, file, length, keys, true, timeline);
                }
                ["SAY", "DIGITS", digits, keys] => {
                    let length = length_of_digits(digits);
                    return self.play(now, digits, length, keys, false, timeline);
                }
                ["EXEC", application, arguments] => {
                    return self.execute(now, application, arguments, timeline);
                }
                _ => "510 Invalid or unknown command".to_owned(),
            }
        };
        self.activity = Activity::Brief { until: now, reply };
        self.advance(now, timeline)
    }

    /// Lets everything happen that is due.
    pub(super) fn advance(&mut self, now: CallTime, timeline: &mut Timeline) -> Vec<Delivery> {
        let mut out = Vec::new();
        if !self.hung_up && self.hang_up_at.is_some_and(|at| at <= now) {
            timeline.push(now, Who::Caller, "hangs up");
            self.on_hang_up(now, timeline, &mut out);
        }
        if !self.hung_up {
            if let Some(frame) = self.pop_frame(now) {
                // Only here do frames reach descriptor 3; everywhere else they are gone.
                if matches!(self.activity, Activity::Idle | Activity::Playing { .. }) {
                    out.push(Delivery::Audio(frame));
                }
            }
            self.answer(now, timeline);
            if let Some(key) = self.media.pop_release(now) {
                timeline.push(now, Who::Caller, &format!("releases key {key}"));
                self.on_key(now, key, timeline, &mut out);
            }
        }
        self.end_activity(now, timeline, &mut out);
        out
    }

    /// The caller's next frame, which whoever hears the caller has as well.
    fn pop_frame(&mut self, now: CallTime) -> Option<Vec<u8>> {
        if self.has_listener {
            let frame = self.media.pop_frame(now, AudioFormat::SLIN)?;
            self.overheard.push(Delivery::Audio(frame));
            return None;
        }
        self.media.pop_frame(now, self.format)
    }

    /// The called person answers, and their channel comes through `[voiceagent-answered]`.
    fn answer(&mut self, now: CallTime, timeline: &mut Timeline) {
        let Activity::Dial {
            rings_until,
            answered,
            options,
            ..
        } = &mut self.activity
        else {
            return;
        };
        if *answered || *rings_until > now || self.dial != DialEnd::Answer {
            return;
        }
        *answered = true;
        timeline.push(now, Who::Asterisk, "the called person answers");
        if options.contains('U') {
            self.variables.set("SHARED(VOICEAGENTRINGING)", "");
            self.wishes.push_back(Wish::EndListener);
        }
    }

    fn play(
        &mut self,
        now: CallTime,
        what: &str,
        length: impl Into<Option<Duration>>,
        keys: &str,
        endpos: bool,
        timeline: &mut Timeline,
    ) -> Vec<Delivery> {
        let Some(length) = length.into() else {
            let reply = "200 result=-1 endpos=0".to_owned();
            self.activity = Activity::Brief { until: now, reply };
            return self.advance(now, timeline);
        };
        timeline.push(now, Who::Asterisk, &format!("plays {what}"));
        self.activity = Activity::Playing {
            since: now,
            until: now + length,
            keys: keys.to_owned(),
            endpos,
        };
        Vec::new()
    }

    fn on_key(
        &mut self,
        now: CallTime,
        key: Key,
        timeline: &mut Timeline,
        out: &mut Vec<Delivery>,
    ) {
        match &mut self.activity {
            Activity::Playing {
                since,
                keys,
                endpos,
                ..
            } if keys.contains(key.label()) => {
                let position = samples(now - *since);
                let endpos = *endpos;
                self.reply(
                    now,
                    playing_reply(u32::from(key.label()).into(), endpos, position),
                    timeline,
                    out,
                );
            }
            Activity::Dial {
                rings_until,
                options,
                ..
            } if now < *rings_until && options.contains('d') && EXITS.contains(&key) => {
                // With option g the key is known by the extension only.
                let by_extension = options.contains('g');
                self.variables.set("EXTEN", &key.to_string());
                self.variables.set("DIALSTATUS", "CANCEL");
                timeline.push(now, Who::Asterisk, "stops ringing");
                let result = if by_extension {
                    0
                } else {
                    u32::from(key.label())
                };
                self.reply(now, format!("200 result={result}"), timeline, out);
            }
            Activity::VoiceMail(_) => self.on_key_in_voice_mail(now, key, timeline, out),
            // Lost while idle, and of no meaning elsewhere.
            _ => {}
        }
    }

    /// The caller hangs up: the running command fails, SIGHUP follows.
    fn on_hang_up(&mut self, now: CallTime, timeline: &mut Timeline, out: &mut Vec<Delivery>) {
        self.hung_up = true;
        self.wishes.push_back(Wish::EndListener);
        match std::mem::replace(&mut self.activity, Activity::Idle) {
            Activity::Playing { since, endpos, .. } => {
                let position = samples(now - since);
                self.reply(now, playing_reply(-1, endpos, position), timeline, out);
            }
            Activity::Dial { answered, .. } => {
                let status = if answered { "ANSWER" } else { "CANCEL" };
                self.variables.set("DIALSTATUS", status);
                self.reply(now, "200 result=-1".to_owned(), timeline, out);
            }
            Activity::VoiceMail(voice_mail) => {
                let recorded = voice_mail.phase == Phase::Recording;
                let status = if recorded { "SUCCESS" } else { "FAILED" };
                self.end_voice_mail(now, status, -1, timeline, out);
            }
            Activity::VoiceMailMain { .. } => {
                self.reply(now, "200 result=-1".to_owned(), timeline, out);
            }
            Activity::Brief { reply, .. } => self.reply(now, reply, timeline, out),
            Activity::Idle => {}
        }
        out.push(Delivery::HangUp);
    }

    /// Ends what has come to its end.
    fn end_activity(&mut self, now: CallTime, timeline: &mut Timeline, out: &mut Vec<Delivery>) {
        match &mut self.activity {
            Activity::Brief { until, reply } if *until <= now => {
                let reply = std::mem::take(reply);
                self.reply(now, reply, timeline, out);
            }
            Activity::Playing {
                since,
                until,
                endpos,
                ..
            } if *until <= now => {
                let reply = playing_reply(0, *endpos, samples(now - *since));
                self.reply(now, reply, timeline, out);
            }
            Activity::Dial { until, options, .. } if *until <= now => {
                // Even a Dial that rings nobody leaves the caller's own codec behind, unless
                // Asterisk itself has played the ringing.
                if !options.contains('r') {
                    self.format = self.media.codec();
                }
                self.end_dial(now, timeline, out);
            }
            Activity::VoiceMail(voice_mail) if voice_mail.until <= now => {
                if voice_mail.phase == Phase::Recording {
                    timeline.push(now, Who::Caller, "has spoken and hangs up");
                    self.on_hang_up(now, timeline, out);
                } else {
                    voice_mail.next_phase(now, timeline);
                }
            }
            Activity::VoiceMailMain { until } if *until <= now => {
                timeline.push(now, Who::Caller, "hangs up");
                self.on_hang_up(now, timeline, out);
            }
            _ => {}
        }
    }

    fn reply(
        &mut self,
        now: CallTime,
        reply: String,
        timeline: &mut Timeline,
        out: &mut Vec<Delivery>,
    ) {
        timeline.push(now, Who::Asterisk, &reply);
        self.activity = Activity::Idle;
        out.push(Delivery::Agi(reply + "\n"));
    }
}

fn playing_reply(result: i64, endpos: bool, position: u128) -> String {
    if endpos {
        format!("200 result={result} endpos={position}")
    } else {
        format!("200 result={result}")
    }
}

/// Samples at 8 kHz in this time.
fn samples(length: Duration) -> u128 {
    length.as_micros() / 125
}

/// The caller's channel.
pub(super) const CHANNEL: &str = "SIP/peter-00000001";
/// The keys that have an extension of their own in the shipped dialplan.
const EXITS: [Key; 2] = [Key::STAR, Key::HASH];
