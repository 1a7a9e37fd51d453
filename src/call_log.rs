//! A call as one line of JSON, for whoever counts calls.

use std::{io, path::Path, time::Duration};

use serde::{Serialize, Serializer};
use tracing_subscriber::fmt::{
    format::Writer,
    time::{FormatTime, SystemTime},
};
use voiceagent::{
    Key,
    session::{Report, Source, Status},
};

use crate::append;

/// What a line tells. Every line has every field; what does not apply is `null`.
#[derive(Serialize)]
struct Line<'a> {
    /// When the call left this program.
    time: String,
    /// How long it was here.
    #[serde(serialize_with = "seconds")]
    seconds: Duration,
    channel: &'a str,
    unique_id: &'a str,
    extension: &'a str,
    route: Option<&'a str>,
    dial_status: Option<&'a str>,
    vm_status: Option<&'a str>,
    /// Only a key that acted.
    key: Option<Key>,
    source: Option<Source>,
    latency_ms: Option<u128>,
    format: Option<&'a str>,
    #[serde(serialize_with = "seconds")]
    heard_s: Duration,
    #[serde(serialize_with = "seconds")]
    missing_s: Duration,
    status: Option<Status>,
    cause: Option<&'a str>,
}

/// Appends the line of a call that took this long.
///
/// # Errors
/// When the file cannot be written to.
pub(crate) fn write(path: &Path, report: &Report, took: Duration) -> io::Result<()> {
    let mut line = serde_json::to_vec(&Line::of(report, took))?;
    line.push(b'\n');
    append::line(path, &line)
}

impl<'a> Line<'a> {
    fn of(report: &'a Report, took: Duration) -> Self {
        let ended = report.ended.as_ref();
        Self {
            time: now(),
            seconds: took,
            channel: &report.channel,
            unique_id: &report.unique_id,
            extension: &report.extension,
            route: told(&report.route),
            dial_status: told(&report.dial_status),
            vm_status: told(&report.vm_status),
            key: report.press.map(|press| press.key),
            source: report.press.map(|press| press.source),
            latency_ms: report.key_after.map(|after| after.as_millis()),
            format: told(&report.format),
            heard_s: report.heard,
            missing_s: report.missing,
            status: ended.map(|(status, _)| *status),
            cause: ended.and_then(|(_, cause)| told(cause)),
        }
    }
}

fn told(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The time of day, as in the log.
pub(crate) fn now() -> String {
    let mut text = String::new();
    // A string takes whatever is written.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// To the millisecond.
fn seconds<S: Serializer>(length: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((length.as_secs_f64() * 1e3).round() / 1e3)
}
