//! Asterisk as an EAGI program meets it.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use super::{
    listener,
    media::Media,
    script::{DialEnd, Recordings, Script},
    timeline::{Timeline, Who},
    voicemail::{Phase, VoiceMail},
    words::words,
};
use crate::{audio::AudioFormat, config::letters, key::Key, session::CallTime};

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
    lookup: String,
    /// What descriptor 3 carries; Dial changes it to the caller's codec.
    format: AudioFormat,
    hung_up: bool,
    activity: Activity,
    variables: BTreeMap<String, String>,
    wishes: VecDeque<Wish>,
    /// Whether a program hears the caller, and what it has not been given yet.
    has_listener: bool,
    overheard: Vec<Delivery>,
    /// Whether the caller was taken to the program's own place in the dialplan.
    redirected: bool,
    has_dialplan: bool,
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
            lookup: script.lookup.clone(),
            format: AudioFormat::SLIN,
            hung_up: false,
            activity: Activity::Idle,
            variables: BTreeMap::new(),
            wishes: VecDeque::new(),
            has_listener: false,
            overheard: Vec::new(),
            redirected: false,
            has_dialplan: script.can_listen,
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

    /// Whether the dialplan starts the program once more, now that it has ended.
    pub(super) fn starts_anew(&mut self) -> bool {
        let anew = std::mem::take(&mut self.redirected);
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
        self.variables
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
        let verb = words.iter().take(2).map(|word| word.to_ascii_uppercase());
        let verb: Vec<String> = verb.collect();
        let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
        let dead_ok = matches!(
            verb[..],
            ["EXEC" | "VERBOSE" | "HANGUP", ..] | ["GET" | "SET", "VARIABLE" | "FULL"]
        );
        let reply = if self.hung_up && !dead_ok {
            "511 Command Not Permitted on a dead channel or intercept routine".to_owned()
        } else {
            match (&verb[..], &words[..]) {
                (["ANSWER"], _) => {
                    if self.media.begin(now) {
                        timeline.push(now, Who::Asterisk, "answers the caller");
                    }
                    "200 result=0".to_owned()
                }
                (["CHANNEL", "STATUS"], _) => "200 result=6".to_owned(),
                (["HANGUP"], _) => {
                    timeline.push(now, Who::Asterisk, "hangs up");
                    self.hung_up = true;
                    return vec![Delivery::Agi("200 result=1\n".to_owned()), Delivery::HangUp];
                }
                (["VERBOSE", ..], _) => "200 result=1".to_owned(),
                (["SET", "VARIABLE"], [_, _, name, value]) => {
                    self.set(without_channel(name), value);
                    "200 result=1".to_owned()
                }
                (["GET", "VARIABLE"], [_, _, name]) => match self.variables.get(*name) {
                    Some(value) => format!("200 result=1 ({value})"),
                    None => "200 result=0".to_owned(),
                },
                (["GET", "FULL"], [_, _, _, expression]) => {
                    format!("200 result=1 ({})", self.evaluate(expression))
                }
                (["STREAM", "FILE"], [_, _, file, keys]) => {
                    return self.play(now, file, self.length_of_file(file), keys, true, timeline);
                }
                (["SAY", "DIGITS"], [_, _, digits, keys]) => {
                    let length = DIGIT * u32::try_from(digits.len()).unwrap_or(u32::MAX);
                    return self.play(now, digits, length, keys, false, timeline);
                }
                (["EXEC", _], [_, application, arguments]) => {
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
            self.set("SHARED(VOICEAGENTRINGING)", "");
            self.wishes.push_back(Wish::EndListener);
        }
    }

    /// Takes a command of the program that hears the caller.
    pub(super) fn listeners_command(
        &mut self,
        now: CallTime,
        line: &str,
        timeline: &mut Timeline,
    ) -> Vec<Delivery> {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let reply = match words[..] {
            ["GET", "FULL", "VARIABLE", expression] => {
                format!("200 result=1 ({})", self.evaluate(expression))
            }
            ["SET", "VARIABLE", name, value] => {
                self.set(without_channel(name), value);
                "200 result=1".to_owned()
            }
            ["EXEC", "ChannelRedirect", _] => {
                timeline.push(now, Who::Asterisk, "stops ringing");
                self.redirected = true;
                let mut told = Vec::new();
                self.on_hang_up(now, timeline, &mut told);
                self.wishes.push_back(Wish::TellAgent(told));
                "200 result=0".to_owned()
            }
            _ => "510 Invalid or unknown command".to_owned(),
        };
        timeline.push(now, Who::Asterisk, &reply);
        vec![Delivery::Agi(reply + "\n")]
    }

    fn evaluate(&self, expression: &str) -> String {
        if let Some(name) = expression.strip_prefix("${SHARED(") {
            let name = format!("SHARED({name}");
            let name = without_channel(name.trim_end_matches('}'));
            return self.variables.get(name).cloned().unwrap_or_default();
        }
        match expression {
            "${CHANNEL(audioreadformat)}" => self.format.to_string(),
            "${EXTEN}" => self
                .variables
                .get("EXTEN")
                .unwrap_or(&self.extension)
                .clone(),
            // The original's dialplan: files for storage, no extension `a`.
            "${DIALPLAN_EXISTS(${CONTEXT},a,1)}" => "0".to_owned(),
            "${IFMODULE(app_voicemail_odbc.so)}${IFMODULE(app_voicemail_imap.so)}" => {
                "00".to_owned()
            }
            _ if expression.contains("voiceagent-listen") => {
                if self.has_dialplan { "11" } else { "00" }.to_owned()
            }
            _ => self.lookup.clone(),
        }
    }

    fn length_of_file(&self, file: &str) -> Option<Duration> {
        let name = file.rsplit('/').next().unwrap_or(file);
        if let Some(seconds) = file.strip_prefix("silence/") {
            return seconds.parse().ok().map(Duration::from_secs);
        }
        let recorded = match name {
            "unavail" => self.recordings.unavail,
            "busy" => self.recordings.busy,
            "greet" => self.recordings.greet,
            _ => false,
        };
        if recorded {
            return Some(RECORDED_GREETING);
        }
        PROMPTS
            .iter()
            .find(|(prompt, _)| *prompt == file)
            .map(|(_, ms)| Duration::from_millis(*ms))
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

    fn execute(
        &mut self,
        now: CallTime,
        application: &str,
        arguments: &str,
        timeline: &mut Timeline,
    ) -> Vec<Delivery> {
        let mut arguments = arguments.split(',');
        let first = arguments.next().unwrap_or_default();
        self.activity = match application {
            // Permitted on a dead channel, where it fails at its first sound.
            _ if self.hung_up => {
                self.set("VMSTATUS", "FAILED");
                Activity::Brief {
                    until: now,
                    reply: "200 result=-1".to_owned(),
                }
            }
            "Dial" => {
                timeline.push(now, Who::Asterisk, &format!("rings {first}"));
                let seconds = arguments.next().and_then(|text| text.parse().ok());
                let (ringing, talking) = match self.dial {
                    DialEnd::NoAnswer => {
                        let seconds = seconds.unwrap_or(3600);
                        (Duration::from_secs(seconds), Duration::ZERO)
                    }
                    DialEnd::Answer => (RINGING, CONVERSATION),
                    DialEnd::Cancel => (RINGING, Duration::ZERO),
                    DialEnd::AtOnce(_) => (Duration::ZERO, Duration::ZERO),
                };
                Activity::Dial {
                    rings_until: now + ringing,
                    until: now + ringing + talking,
                    answered: false,
                    options: letters(arguments.next().unwrap_or_default()),
                }
            }
            "Originate" => {
                timeline.push(now, Who::Asterisk, "makes a channel that hears the caller");
                self.has_listener = true;
                self.set("ORIGINATE_STATUS", "SUCCESS");
                self.set("SHARED(VOICEAGENTLISTENER)", &listener::channel());
                self.wishes.push_back(Wish::StartListener);
                Activity::Brief {
                    until: now,
                    reply: "200 result=0".to_owned(),
                }
            }
            "SoftHangup" => {
                self.wishes.push_back(Wish::EndListener);
                Activity::Brief {
                    until: now,
                    reply: "200 result=0".to_owned(),
                }
            }
            "VoiceMail" => {
                let options = arguments.next().unwrap_or_default();
                let greeting = self.recordings.temp || options.contains(['u', 'b']);
                self.media.begin(now);
                let mut voice_mail = VoiceMail {
                    phase: Phase::Greeting,
                    until: now,
                    instructions: !options.contains('s'),
                    leaves_by_digit: options.contains('d'),
                };
                if greeting {
                    voice_mail.until = now + RECORDED_GREETING;
                    timeline.push(now, Who::Asterisk, "VoiceMail plays its greeting");
                } else {
                    voice_mail.next_phase(now, timeline);
                }
                Activity::VoiceMail(voice_mail)
            }
            "VoiceMailMain" => {
                timeline.push(now, Who::Asterisk, &format!("VoiceMailMain opens {first}"));
                self.media.begin(now);
                Activity::VoiceMailMain { until: now + LOGIN }
            }
            _ => Activity::Brief {
                until: now,
                reply: "200 result=-2".to_owned(),
            },
        };
        self.advance(now, timeline)
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
                self.set("EXTEN", &key.to_string());
                self.set("DIALSTATUS", "CANCEL");
                timeline.push(now, Who::Asterisk, "stops ringing");
                let result = if by_extension {
                    0
                } else {
                    u32::from(key.label())
                };
                self.reply(now, format!("200 result={result}"), timeline, out);
            }
            Activity::VoiceMail(voice_mail) => match (voice_mail.phase, key) {
                (Phase::Greeting | Phase::Instructions, Key::HASH) => {
                    voice_mail.instructions = false;
                    voice_mail.next_phase(now, timeline);
                }
                (Phase::Greeting | Phase::Instructions, Key::STAR)
                    if voice_mail.leaves_by_digit =>
                {
                    self.variables.insert("EXTEN".to_owned(), "a".to_owned());
                    self.end_voice_mail(now, "USEREXIT", 0, timeline, out);
                }
                (Phase::Greeting | Phase::Instructions, key)
                    if voice_mail.leaves_by_digit && key.label().is_ascii_digit() =>
                {
                    let result = u32::from(key.label()).into();
                    self.end_voice_mail(now, "USEREXIT", result, timeline, out);
                }
                (Phase::Recording, Key::HASH) => {
                    self.end_voice_mail(now, "SUCCESS", 0, timeline, out);
                }
                _ => {}
            },
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
                self.set("DIALSTATUS", status);
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

    fn end_dial(&mut self, now: CallTime, timeline: &mut Timeline, out: &mut Vec<Delivery>) {
        let status = match self.dial.clone() {
            DialEnd::NoAnswer => "NOANSWER".to_owned(),
            DialEnd::AtOnce(status) => status,
            DialEnd::Answer => {
                timeline.push(now, Who::Asterisk, "the called person hangs up");
                self.media.begin(now);
                "ANSWER".to_owned()
            }
            DialEnd::Cancel => {
                timeline.push(now, Who::Caller, "hangs up");
                return self.on_hang_up(now, timeline, out);
            }
        };
        self.set("DIALSTATUS", &status);
        self.reply(now, "200 result=0".to_owned(), timeline, out);
    }

    fn end_voice_mail(
        &mut self,
        now: CallTime,
        status: &str,
        result: i64,
        timeline: &mut Timeline,
        out: &mut Vec<Delivery>,
    ) {
        self.set("VMSTATUS", status);
        self.reply(now, format!("200 result={result}"), timeline, out);
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

    fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }
}

/// A variable's name, for `SHARED(name,channel)` without the channel, of which there is one.
fn without_channel(name: &str) -> &str {
    match name {
        name if name.starts_with("SHARED(VOICEAGENTRINGING") => "SHARED(VOICEAGENTRINGING)",
        name if name.starts_with("SHARED(VOICEAGENTPRESSED") => "SHARED(VOICEAGENTPRESSED)",
        name if name.starts_with("SHARED(VOICEAGENTLISTENER") => "SHARED(VOICEAGENTLISTENER)",
        name => name,
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

/// Lengths of Asterisk's English prompts, in milliseconds (asterisk-core-sounds-en 1.6.1).
const PROMPTS: [(&str, u64); 4] = [
    ("vm-theperson", 2_040),
    ("vm-isunavail", 1_245),
    ("vm-isonphone", 1_446),
    ("vm-intro", 5_654),
];
/// A spoken digit (`digits/1` of the same).
const DIGIT: Duration = Duration::from_millis(911);
/// A greeting as people record them.
const RECORDED_GREETING: Duration = Duration::from_secs(6);
/// The caller's channel.
pub(super) const CHANNEL: &str = "SIP/peter-00000001";
/// The keys that have an extension of their own in the shipped dialplan.
const EXITS: [Key; 2] = [Key::STAR, Key::HASH];
/// Until somebody answers, or the caller gives up.
const RINGING: Duration = Duration::from_secs(2);
/// A short conversation.
const CONVERSATION: Duration = Duration::from_secs(10);
/// A visit to the mailbox.
const LOGIN: Duration = Duration::from_secs(5);
