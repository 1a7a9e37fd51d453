//! The channel that hears the caller while it rings, as config/extensions.conf makes it.

use super::{Asterisk, CHANNEL, Delivery, Wish, words::words};
use crate::{
    audio::AudioFormat,
    session::{CallTime, LISTEN},
    sim::timeline::{Timeline, Who},
};

/// The channel's name.
pub(super) fn channel() -> String {
    format!("Local/s@{LISTEN}-00000001;2")
}

/// The header of the program on it.
pub(in crate::sim) fn header() -> Delivery {
    Delivery::Agi(format!(
        "agi_request: voiceagent\nagi_channel: {}\nagi_language: en\nagi_type: Local\n\
         agi_context: {LISTEN}\nagi_extension: s\nagi_priority: 3\nagi_enhanced: 1.0\n\
         agi_threadid: 2\nagi_arg_1: listen\nagi_arg_2: {CHANNEL}\n\n",
        channel()
    ))
}

impl Asterisk {
    /// Takes a command of the program that hears the caller.
    pub(in crate::sim) fn listeners_command(
        &mut self,
        now: CallTime,
        line: &str,
        timeline: &mut Timeline,
    ) -> Vec<Delivery> {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let reply = match (self.variables.reply(&words, AudioFormat::SLIN), &words[..]) {
            (Some(reply), _) => reply,
            (None, ["EXEC", "ChannelRedirect", _]) => {
                timeline.push(now, Who::Asterisk, "stops ringing");
                self.redirected = true;
                let mut told = Vec::new();
                self.on_hang_up(now, timeline, &mut told);
                self.wishes.push_back(Wish::TellAgent(told));
                "200 result=0".to_owned()
            }
            (None, _) => "510 Invalid or unknown command".to_owned(),
        };
        timeline.push(now, Who::Asterisk, &reply);
        vec![Delivery::Agi(reply + "\n")]
    }
}
