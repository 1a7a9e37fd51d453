//! What is written of a recording: text for people, JSON for programs.

use std::{
    fmt,
    io::{self, Write},
};

use crate::{
    Key,
    audio::{Dbm0, SampleTime},
};

/// Something heard, from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Report {
    Key(KeyReport),
    Speech(SpeechReport),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeyReport {
    pub(super) key: Key,
    pub(super) onset: SampleTime,
    /// End of the frame in which a call would have learned of it.
    pub(super) detected: SampleTime,
    pub(super) end: SampleTime,
    pub(super) level: Dbm0,
    pub(super) twist_db: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct SpeechReport {
    pub(super) start: SampleTime,
    pub(super) end: SampleTime,
    pub(super) level: Dbm0,
}

/// The whole of one channel.
pub(super) struct Summary<'a> {
    pub(super) seconds: f64,
    pub(super) keys: &'a str,
    pub(super) cpu_ns_per_sample: f64,
}

impl Report {
    pub(super) fn start(&self) -> SampleTime {
        match self {
            Self::Key(key) => key.onset,
            Self::Speech(speech) => speech.start,
        }
    }
}

/// How one file's reports are written.
pub(super) enum Style {
    Json {
        /// As a JSON string.
        file: String,
        channels: usize,
    },
    Text {
        file: String,
        channels: usize,
    },
}

impl Style {
    pub(super) fn new(json: bool, file: &str, channels: usize) -> Self {
        if json {
            Self::Json {
                file: serde_json::Value::from(file).to_string(),
                channels,
            }
        } else {
            Self::Text {
                file: file.to_owned(),
                channels,
            }
        }
    }

    pub(super) fn write_report(
        &self,
        out: &mut impl Write,
        channel: usize,
        report: &Report,
    ) -> io::Result<()> {
        self.write_head(out, channel)?;
        match (self, report) {
            (Self::Json { .. }, Report::Key(key)) => writeln!(
                out,
                r#""type":"key","key":"{}","onset":{},"detected":{},"end":{},"level_dbm0":{},"twist_db":{}}}"#,
                key.key,
                seconds(key.onset),
                seconds(key.detected),
                seconds(key.end),
                decibels(key.level.0),
                decibels(key.twist_db)
            ),
            (Self::Json { .. }, Report::Speech(speech)) => writeln!(
                out,
                r#""type":"speech","start":{},"end":{},"level_dbm0":{}}}"#,
                seconds(speech.start),
                seconds(speech.end),
                decibels(speech.level.0)
            ),
            (Self::Text { .. }, Report::Key(key)) => writeln!(
                out,
                "{:>10}  key {}   to {}, known at {}, {}, twist {} dB",
                seconds(key.onset),
                key.key,
                seconds(key.end),
                seconds(key.detected),
                key.level,
                decibels(key.twist_db)
            ),
            (Self::Text { .. }, Report::Speech(speech)) => writeln!(
                out,
                "{:>10}  speech  to {}, {}",
                seconds(speech.start),
                seconds(speech.end),
                speech.level
            ),
        }
    }

    pub(super) fn write_summary(
        &self,
        out: &mut impl Write,
        channel: usize,
        summary: &Summary<'_>,
    ) -> io::Result<()> {
        self.write_head(out, channel)?;
        let Summary {
            seconds,
            keys,
            cpu_ns_per_sample,
        } = summary;
        match self {
            Self::Json { .. } => writeln!(
                out,
                r#""type":"summary","seconds":{seconds:.3},"keys":"{keys}","cpu_ns_per_sample":{cpu_ns_per_sample:.2}}}"#
            ),
            Self::Text { .. } if keys.is_empty() => {
                writeln!(
                    out,
                    "{seconds:.3} s, no keys, {cpu_ns_per_sample:.2} ns a sample"
                )
            }
            Self::Text { .. } => writeln!(
                out,
                "{seconds:.3} s, keys {keys}, {cpu_ns_per_sample:.2} ns a sample"
            ),
        }
    }

    /// Which file, and which of its channels if it has several. Channels are counted from 1.
    fn write_head(&self, out: &mut impl Write, channel: usize) -> io::Result<()> {
        match self {
            Self::Json { file, channels: 1 } => write!(out, r#"{{"file":{file},"#),
            Self::Json { file, .. } => {
                write!(out, r#"{{"file":{file},"channel":{},"#, channel + 1)
            }
            Self::Text { file, channels: 1 } => write!(out, "{file}: "),
            Self::Text { file, .. } => write!(out, "{file}, channel {}: ", channel + 1),
        }
    }
}

fn seconds(time: SampleTime) -> Decimal {
    Decimal(time.seconds(), 3)
}

fn decibels(value: f32) -> Decimal {
    Decimal(f64::from(value), 1)
}

/// A number with so many decimals; JSON has none for infinity.
struct Decimal(f64, usize);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_finite() {
            return f.pad("null");
        }
        let digits = format!("{:.*}", self.1, self.0);
        // Small negative numbers are rounded to a zero that should not have their sign.
        let is_zero = digits.chars().all(|c| matches!(c, '-' | '0' | '.'));
        f.pad(if is_zero {
            digits.trim_start_matches('-')
        } else {
            &digits
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Report {
        Report::Key(KeyReport {
            key: Key::STAR,
            onset: SampleTime::from_samples(9_600),
            detected: SampleTime::from_samples(9_920),
            end: SampleTime::from_samples(11_216),
            level: Dbm0(-10.2),
            twist_db: 0.3,
        })
    }

    fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("memory takes everything");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_key_in_json_is_what_scripts_rely_on() {
        let style = Style::new(true, "a.wav", 1);
        assert_eq!(
            written(|out| style.write_report(out, 0, &key())),
            r#"{"file":"a.wav","type":"key","key":"*","onset":1.200,"detected":1.240,"end":1.402,"level_dbm0":-10.2,"twist_db":0.3}"#
                .to_owned()
                + "\n"
        );
    }

    #[test]
    fn speech_and_summary_in_json_are_what_scripts_rely_on() {
        let style = Style::new(true, "a.wav", 2);
        let speech = Report::Speech(SpeechReport {
            start: SampleTime::ZERO,
            end: SampleTime::from_samples(8_000),
            level: Dbm0(f32::NEG_INFINITY),
        });
        assert_eq!(
            written(|out| style.write_report(out, 1, &speech)),
            r#"{"file":"a.wav","channel":2,"type":"speech","start":0.000,"end":1.000,"level_dbm0":null}"#
                .to_owned()
                + "\n"
        );
        let summary = Summary {
            seconds: 12.5,
            keys: "*1",
            cpu_ns_per_sample: 0.987,
        };
        assert_eq!(
            written(|out| style.write_summary(out, 0, &summary)),
            r#"{"file":"a.wav","channel":1,"type":"summary","seconds":12.500,"keys":"*1","cpu_ns_per_sample":0.99}"#
                .to_owned()
                + "\n"
        );
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(decibels(-0.04).to_string(), "0.0");
        assert_eq!(decibels(-0.06).to_string(), "-0.1");
        assert_eq!(decibels(10.0).to_string(), "10.0");
    }

    #[test]
    fn json_stays_json_whatever_a_file_is_called() {
        let style = Style::new(true, "say \"hi\"\\\n\u{1}.wav", 1);
        let line = written(|out| style.write_report(out, 0, &key()));
        let value: serde_json::Value = serde_json::from_str(&line).expect("valid JSON");
        assert_eq!(value["file"], "say \"hi\"\\\n\u{1}.wav");
    }

    #[test]
    fn text_reads_as_a_sentence() {
        let style = Style::new(false, "a.wav", 1);
        assert_eq!(
            written(|out| style.write_report(out, 0, &key())),
            "a.wav:      1.200  key *   to 1.402, known at 1.240, -10.2 dBm0, twist 0.3 dB\n"
        );
    }
}
