//! The applications that EXEC runs.

use std::time::Duration;

use super::{
    Activity, Asterisk, Delivery, Wish, listener,
    sounds::RECORDED_GREETING,
    voicemail::{Phase, VoiceMail},
};
use crate::{
    config::letters,
    key::Key,
    session::CallTime,
    sim::{
        script::DialEnd,
        timeline::{Timeline, Who},
    },
};

impl Asterisk {
    /// Starts an application.
    pub(super) fn execute(
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
                self.variables.set("VMSTATUS", "FAILED");
                Activity::Brief {
                    until: now,
                    reply: "200 result=-1".to_owned(),
                }
            }
            "Dial" => {
                timeline.push(now, Who::Asterisk, &format!("rings {first}"));
                let seconds = arguments.next().and_then(|text| text.parse().ok());
                self.dial(now, seconds, arguments.next().unwrap_or_default())
            }
            "Originate" => {
                timeline.push(now, Who::Asterisk, "makes a channel that hears the caller");
                self.has_listener = true;
                self.variables.set("ORIGINATE_STATUS", "SUCCESS");
                self.variables
                    .set("SHARED(VOICEAGENTLISTENER)", &listener::channel());
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
                self.media.begin(now);
                self.voice_mail(now, arguments.next().unwrap_or_default(), timeline)
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

    /// Dial, that rings for so many seconds at most.
    fn dial(&self, now: CallTime, seconds: Option<u64>, options: &str) -> Activity {
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
            options: letters(options),
        }
    }

    fn voice_mail(&self, now: CallTime, options: &str, timeline: &mut Timeline) -> Activity {
        let greeting = self.recordings.temp || options.contains(['u', 'b']);
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

    pub(super) fn end_dial(
        &mut self,
        now: CallTime,
        timeline: &mut Timeline,
        out: &mut Vec<Delivery>,
    ) {
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
        self.variables.set("DIALSTATUS", &status);
        self.reply(now, "200 result=0".to_owned(), timeline, out);
    }

    pub(super) fn on_key_in_voice_mail(
        &mut self,
        now: CallTime,
        key: Key,
        timeline: &mut Timeline,
        out: &mut Vec<Delivery>,
    ) {
        let Activity::VoiceMail(voice_mail) = &mut self.activity else {
            return;
        };
        match (voice_mail.phase, key) {
            (Phase::Greeting | Phase::Instructions, Key::HASH) => {
                voice_mail.instructions = false;
                voice_mail.next_phase(now, timeline);
            }
            (Phase::Greeting | Phase::Instructions, Key::STAR) if voice_mail.leaves_by_digit => {
                self.variables.set("EXTEN", "a");
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
        }
    }

    pub(super) fn end_voice_mail(
        &mut self,
        now: CallTime,
        status: &str,
        result: i64,
        timeline: &mut Timeline,
        out: &mut Vec<Delivery>,
    ) {
        self.variables.set("VMSTATUS", status);
        self.reply(now, format!("200 result={result}"), timeline, out);
    }
}

/// Until somebody answers, or the caller gives up.
const RINGING: Duration = Duration::from_secs(2);
/// A short conversation.
const CONVERSATION: Duration = Duration::from_secs(10);
/// A visit to the mailbox.
const LOGIN: Duration = Duration::from_secs(5);
