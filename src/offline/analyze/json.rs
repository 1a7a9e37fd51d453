//! What is heard, as JSON for programs: an object a line.

use std::io::{self, Write};

use super::{
    report::{Decimal, Report, Summary, decibels, seconds},
    why::Reason,
};

/// How one file is told of.
pub(super) struct Json {
    /// As a JSON string.
    file: String,
    channels: usize,
}

impl Json {
    pub(super) fn new(file: &str, channels: usize) -> Self {
        Self {
            file: serde_json::Value::from(file).to_string(),
            channels,
        }
    }

    /// Silence and clipping are for people only: programs rely on what there is.
    pub(super) fn write_report(
        &self,
        out: &mut impl Write,
        channel: usize,
        report: &Report,
    ) -> io::Result<()> {
        match report {
            Report::Key(key) => {
                self.write_head(out, channel)?;
                writeln!(
                    out,
                    r#""type":"key","key":"{}","onset":{},"detected":{},"end":{},"level_dbm0":{},"twist_db":{}}}"#,
                    key.key,
                    seconds(key.onset),
                    seconds(key.detected),
                    seconds(key.end),
                    decibels(key.level.0),
                    decibels(key.twist_db)
                )
            }
            Report::Speech(speech) => {
                self.write_head(out, channel)?;
                writeln!(
                    out,
                    r#""type":"speech","start":{},"end":{},"level_dbm0":{}}}"#,
                    seconds(speech.start),
                    seconds(speech.end),
                    decibels(speech.level.0)
                )
            }
            Report::Silence(_) | Report::Clipping(_) => Ok(()),
        }
    }

    pub(super) fn write_reason(
        &self,
        out: &mut impl Write,
        channel: usize,
        reason: &Reason,
    ) -> io::Result<()> {
        self.write_head(out, channel)?;
        let key = match reason.verdict.key {
            Some(key) => format!("\"{key}\""),
            None => "null".to_owned(),
        };
        let measure = |value: f32| Decimal(f64::from(value), 2);
        writeln!(
            out,
            r#""type":"why","start":{},"end":{},"key":{key},"test":"{}","measured":{},"limit":{},"unit":"{}"}}"#,
            seconds(reason.start),
            seconds(reason.end),
            reason.name(),
            measure(reason.verdict.measured),
            measure(reason.verdict.limit),
            reason.verdict.failed.unit(),
        )
    }

    pub(super) fn write_summary(
        &self,
        out: &mut impl Write,
        channel: usize,
        summary: &Summary,
    ) -> io::Result<()> {
        self.write_head(out, channel)?;
        let Summary {
            seconds,
            keys,
            cpu_ns_per_sample,
            ..
        } = summary;
        writeln!(
            out,
            r#""type":"summary","seconds":{seconds:.3},"keys":"{keys}","cpu_ns_per_sample":{cpu_ns_per_sample:.2}}}"#
        )
    }

    /// Which file, and which of its channels if it has several. Channels are counted from 1.
    fn write_head(&self, out: &mut impl Write, channel: usize) -> io::Result<()> {
        let file = &self.file;
        match self.channels {
            1 => write!(out, r#"{{"file":{file},"#),
            _ => write!(out, r#"{{"file":{file},"channel":{},"#, channel + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Key,
        audio::{Dbm0, SampleTime},
        offline::analyze::report::{KeyReport, Stretch},
    };

    fn key() -> Report {
        Report::Key(KeyReport {
            key: Key::STAR,
            onset: SampleTime::from_samples(9_600),
            detected: SampleTime::from_samples(9_920),
            end: SampleTime::from_samples(11_216),
            level: Dbm0(-10.2),
            twist_db: 0.3,
            snr_db: 38.0,
        })
    }

    fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("memory takes everything");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_key_in_json_is_what_scripts_rely_on() {
        let json = Json::new("a.wav", 1);
        assert_eq!(
            written(|out| json.write_report(out, 0, &key())),
            r#"{"file":"a.wav","type":"key","key":"*","onset":1.200,"detected":1.240,"end":1.402,"level_dbm0":-10.2,"twist_db":0.3}"#
                .to_owned()
                + "\n"
        );
    }

    #[test]
    fn speech_and_summary_in_json_are_what_scripts_rely_on() {
        let json = Json::new("a.wav", 2);
        let stretch = Stretch {
            start: SampleTime::ZERO,
            end: SampleTime::from_samples(8_000),
            level: Dbm0(f32::NEG_INFINITY),
        };
        assert_eq!(
            written(|out| json.write_report(out, 1, &Report::Speech(stretch.clone()))),
            r#"{"file":"a.wav","channel":2,"type":"speech","start":0.000,"end":1.000,"level_dbm0":null}"#
                .to_owned()
                + "\n"
        );
        assert_eq!(
            written(|out| json.write_report(out, 1, &Report::Silence(stretch))),
            ""
        );
        let summary = Summary {
            seconds: 12.5,
            keys: "*1".to_owned(),
            cpu_ns_per_sample: 0.987,
            ..Summary::default()
        };
        assert_eq!(
            written(|out| json.write_summary(out, 0, &summary)),
            r#"{"file":"a.wav","channel":1,"type":"summary","seconds":12.500,"keys":"*1","cpu_ns_per_sample":0.99}"#
                .to_owned()
                + "\n"
        );
    }

    #[test]
    fn json_stays_json_whatever_a_file_is_called() {
        let json = Json::new("say \"hi\"\\\n\u{1}.wav", 1);
        let line = written(|out| json.write_report(out, 0, &key()));
        let value: serde_json::Value = serde_json::from_str(&line).expect("valid JSON");
        assert_eq!(value["file"], "say \"hi\"\\\n\u{1}.wav");
    }
}
