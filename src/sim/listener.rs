//! The channel that hears the caller while it rings, as config/extensions.conf makes it.

use super::asterisk::{CHANNEL, Delivery};
use crate::session::LISTEN;

/// The channel's name.
pub(super) fn channel() -> String {
    format!("Local/s@{LISTEN}-00000001;2")
}

/// The header of the program on it.
pub(super) fn header() -> Delivery {
    Delivery::Agi(format!(
        "agi_request: voiceagent\nagi_channel: {}\nagi_language: en\nagi_type: Local\n\
         agi_context: {LISTEN}\nagi_extension: s\nagi_priority: 3\nagi_enhanced: 1.0\n\
         agi_threadid: 2\nagi_arg_1: listen\nagi_arg_2: {CHANNEL}\n\n",
        channel()
    ))
}
