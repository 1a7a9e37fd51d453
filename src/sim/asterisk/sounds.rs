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
        .map(|(_, ms)| Duration::from_millis(*ms))
}

/// Digits that are spoken.
pub(super) fn length_of_digits(digits: &str) -> Duration {
    DIGIT * u32::try_from(digits.len()).unwrap_or(u32::MAX)
}

/// A greeting as people record them.
pub(super) const RECORDED_GREETING: Duration = Duration::from_secs(6);

/// Lengths of Asterisk's English prompts, in milliseconds (asterisk-core-sounds-en 1.6.1).
const PROMPTS: [(&str, u64); 4] = [
    ("vm-theperson", 2_040),
    ("vm-isunavail", 1_245),
    ("vm-isonphone", 1_446),
    ("vm-intro", 5_654),
];

/// A spoken digit (`digits/1` of the same).
const DIGIT: Duration = Duration::from_millis(911);
