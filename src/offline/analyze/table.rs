//! What is heard, as a table for people.

use std::io::{self, Write};

use super::{
    report::{Decimal, Report, Stretch, Summary, decibels, seconds},
    why::{Why, nearest},
};
use crate::audio::SampleTime;

/// How one file is told of.
pub(super) struct Table {
    channels: usize,
}

impl Table {
    pub(super) fn new(channels: usize) -> Self {
        Self { channels }
    }

    /// A file's name does nothing to a terminal, whatever is in it.
    pub(super) fn write_head(&self, out: &mut impl Write, file: &str, rate: u32) -> io::Result<()> {
        let file = file.replace(char::is_control, "?");
        write!(out, "{file}: {rate} Hz")?;
        match self.channels {
            1 => writeln!(out)?,
            channels => writeln!(out, ", {channels} channels")?,
        }
        self.write_margin(out, "channel")?;
        writeln!(
            out,
            "{:>10} {:>10}  {:8} {:>11} {:>8} {:>7} {:>9}",
            "start", "length", "", "level", "twist", "S/N", "known"
        )
    }

    pub(super) fn write_report(
        &self,
        out: &mut impl Write,
        channel: usize,
        report: &Report,
    ) -> io::Result<()> {
        self.write_margin(out, channel + 1)?;
        let length = report.end().since(report.start());
        write!(
            out,
            "{:>8} s {:>8} s  ",
            seconds(report.start()),
            seconds(SampleTime::from_samples(length))
        )?;
        let mut stretch = |what, stretch: &Stretch| {
            if stretch.level.0 == f32::NEG_INFINITY {
                writeln!(out, "{what:8}  digital")
            } else {
                writeln!(out, "{what:8} {:>6} dBm0", decibels(stretch.level.0))
            }
        };
        match report {
            Report::Speech(speech) => stretch("speech", speech),
            Report::Silence(silence) => stretch("silence", silence),
            Report::Clipping(clipping) => {
                writeln!(out, "clipping {:>6} samples", clipping.samples)
            }
            Report::Key(key) => writeln!(
                out,
                "key {:4} {:>6} dBm0 {:>+5} dB {:>7} {:>+6.0} ms",
                key.key.to_string(),
                decibels(key.level.0),
                decibels(key.twist_db),
                signal_to_noise(key.snr_db),
                1_000.0 * (key.detected.seconds() - key.onset.seconds())
            ),
        }
    }

    /// Why there is no key: all reasons of a stretch, and the one that was nearest to a key.
    pub(super) fn write_reasons(
        &self,
        out: &mut impl Write,
        channel: usize,
        why: &Why,
    ) -> io::Result<()> {
        for taken in why.taken() {
            self.write_margin(out, channel + 1)?;
            writeln!(out, "  {taken}")?;
        }
        for reason in why.reasons() {
            self.write_margin(out, channel + 1)?;
            writeln!(
                out,
                "{:>8} s {:>8} s  {reason}",
                seconds(reason.start),
                seconds(SampleTime::from_samples(reason.end.since(reason.start)))
            )?;
        }
        if let Some(nearest) = nearest(why.reasons()) {
            self.write_margin(out, channel + 1)?;
            writeln!(
                out,
                "  nearest to a key, at {} s: {nearest}",
                seconds(nearest.at)
            )?;
        }
        Ok(())
    }

    pub(super) fn write_summary(
        &self,
        out: &mut impl Write,
        channel: usize,
        summary: &Summary,
    ) -> io::Result<()> {
        self.write_margin(out, channel + 1)?;
        writeln!(
            out,
            "  {summary}; {:.2} ns a sample",
            summary.cpu_ns_per_sample
        )
    }

    /// Which channel, if there are several.
    fn write_margin(&self, out: &mut impl Write, channel: impl ToString) -> io::Result<()> {
        match self.channels {
            1 => Ok(()),
            _ => write!(out, "{:>7} ", channel.to_string()),
        }
    }
}

fn signal_to_noise(db: f32) -> String {
    if db > CLEANEST {
        format!(">{CLEANEST:.0} dB")
    } else {
        format!("{} dB", Decimal(f64::from(db), 0))
    }
}

/// dB; beyond, it is rounding to 16 bits that is measured.
const CLEANEST: f32 = 60.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Key,
        audio::Dbm0,
        offline::analyze::report::{Clipping, KeyReport},
    };

    fn lines(channels: usize, reports: &[Report]) -> String {
        let table = Table::new(channels);
        let mut out = Vec::new();
        table
            .write_head(&mut out, "a.wav", 8_000)
            .expect("memory takes everything");
        for report in reports {
            table
                .write_report(&mut out, 0, report)
                .expect("memory takes everything");
        }
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn everything_stands_in_its_column() {
        let at = SampleTime::from_samples;
        let level = Dbm0(-10.2);
        let key = KeyReport {
            key: Key::STAR,
            onset: at(9_600),
            detected: at(9_920),
            end: at(11_216),
            level,
            twist_db: 0.3,
            snr_db: 38.4,
        };
        let stretch = |start, end, level| Stretch {
            start: at(start),
            end: at(end),
            level: Dbm0(level),
        };
        let clipping = Clipping {
            start: at(80_000),
            end: at(80_080),
            samples: 12,
        };
        assert_eq!(
            lines(
                1,
                &[
                    Report::Silence(stretch(0, 9_600, f32::NEG_INFINITY)),
                    Report::Key(key),
                    Report::Speech(stretch(16_000, 32_000, -22.04)),
                    Report::Clipping(clipping),
                ]
            ),
            "a.wav: 8000 Hz\n\
             \x20    start     length                 level    twist     S/N     known\n\
             \x20  0.000 s    1.200 s  silence   digital\n\
             \x20  1.200 s    0.202 s  key *     -10.2 dBm0  +0.3 dB   38 dB    +40 ms\n\
             \x20  2.000 s    2.000 s  speech    -22.0 dBm0\n\
             \x20 10.000 s    0.010 s  clipping     12 samples\n"
        );
    }

    #[test]
    fn several_channels_are_numbered() {
        let clipping = Clipping {
            start: SampleTime::ZERO,
            end: SampleTime::from_samples(8),
            samples: 8,
        };
        let text = lines(2, &[Report::Clipping(clipping)]);
        assert!(
            text.starts_with("a.wav: 8000 Hz, 2 channels\nchannel "),
            "{text}"
        );
        assert!(
            text.ends_with("      1    0.000 s    0.001 s  clipping      8 samples\n"),
            "{text}"
        );
    }
}
