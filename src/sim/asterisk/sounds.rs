//! How long what Asterisk plays lasts.

use std::time::Duration;

use crate::sim::script::Recordings;

/// A sound by the name that STREAM FILE takes; `None` if there is none.
pub(super) fn length_of_file(file: &str, recordings: Recordings) -> Option<Duration> {
    if let Some(seconds) = file.strip_prefix("silence/") {
        return seconds.parse().ok().map(Duration::from_secs);
    }
    let recorded = match file.rsplit('/').next().unwrap_or(file) {
        "unavail" => recordings.unavail,
        "busy" => recordings.busy,
        "greet" => recordings.greet,
        _ => false,
    };
    if recorded {
        return Some(RECORDED_GREETING);
    }
    PROMPTS
        .iter()
        .find(|(prompt, _)| *prompt == file)
        .map(|(_, length)| *length)
}

/// Digits that are spoken.
pub(super) fn length_of_digits(digits: &str) -> Duration {
    DIGIT * u32::try_from(digits.len()).unwrap_or(u32::MAX)
}

/// A greeting as people record them.
pub(super) const RECORDED_GREETING: Duration = Duration::from_secs(6);
/// `vm-intro`, of which VoiceMail takes its instructions (as all here, of asterisk-core-sounds-en 1.6.1).
pub(super) const INSTRUCTIONS: Duration = Duration::from_millis(5_654);
/// `beep`.
pub(super) const BEEP: Duration = Duration::from_millis(426);

/// Asterisk's English prompts.
const PROMPTS: [(&str, Duration); 4] = [
    ("vm-theperson", Duration::from_millis(2_040)),
    ("vm-isunavail", Duration::from_millis(1_245)),
    ("vm-isonphone", Duration::from_millis(1_446)),
    ("vm-intro", INSTRUCTIONS),
];

/// A spoken digit (`digits/1`).
const DIGIT: Duration = Duration::from_millis(911);
