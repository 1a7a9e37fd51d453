//! What was measured, for people and for scripts.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    ears::{Ears, Hearing},
    load::Step,
    start::Start,
};

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Processors that may be used.
    pub cpus: usize,
    /// The detectors alone.
    pub ears: Ears,
    /// The program's start.
    pub start: Start,
    /// The most memory that one call took, in KiB.
    pub peak_kib: u64,
    /// Ever more calls at once; all held but perhaps the last.
    pub steps: Vec<Step>,
    /// Why there are no more.
    pub limit: Limit,
}

/// Why no more calls were tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what", content = "error")]
pub enum Limit {
    /// Processes and the simulated Asterisk use all processors.
    Cpu,
    /// Keys were answered later than a frame after they were complete.
    Late,
    /// Audio or keys were lost.
    Lost,
    /// Half of the free memory would be used.
    Memory,
    /// More processes could not be started.
    Start(String),
    /// Processes ended that should not.
    Ended,
    /// As many as were to be tried.
    Asked,
    /// There was no time to try more.
    Time,
}

/// The report as one JSON object.
#[derive(Serialize)]
struct Json<'a> {
    cpus: usize,
    detector: &'a Ears,
    first_command_ms: f64,
    starts: usize,
    peak_kib: u64,
    calls: usize,
    calls_per_core: f64,
    /// Of a core, for one call, its process only.
    share_of_core: Option<f64>,
    limit: &'a Limit,
    steps: &'a [Step],
}

impl Report {
    /// The most calls that were listened to without any fault, if any.
    #[must_use]
    pub fn held(&self) -> Option<&Step> {
        self.steps.iter().rfind(|step| step.limit.is_none())
    }

    /// Writes it as JSON: one object on one line.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let held = self.held();
        let calls = held.map_or(0, |step| step.calls);
        let json = Json {
            cpus: self.cpus,
            detector: &self.ears,
            first_command_ms: self.start.first_command_ms,
            starts: self.start.starts,
            peak_kib: self.peak_kib,
            calls,
            calls_per_core: calls as f64 / self.cpus as f64,
            share_of_core: held.and_then(share_of_core),
            limit: &self.limit,
            steps: &self.steps,
        };
        serde_json::to_writer(&mut *out, &json)?;
        writeln!(out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "detector alone, on speech in A-law")?;
        for (name, hearing) in [
            ("keys", self.ears.keys),
            ("keys and speech", self.ears.keys_and_speech),
        ] {
            let Hearing {
                ns_per_sample,
                calls_per_core,
                share_of_core,
            } = hearing;
            writeln!(
                out,
                "  {name:<16} {ns_per_sample:5.2} ns a sample  {calls_per_core:8.0} calls a core  \
                 {:.4} % of a core for a call",
                100.0 * share_of_core
            )?;
        }
        writeln!(out, "one process")?;
        let Start {
            first_command_ms,
            starts,
        } = self.start;
        writeln!(
            out,
            "  first command    {first_command_ms:5.2} ms after its start, the median of {starts}"
        )?;
        writeln!(
            out,
            "  memory           {:5.2} MiB at most",
            self.peak_kib as f64 / 1024.0
        )?;
        self.write_steps(out)?;
        self.write_conclusion(out)
    }

    fn write_steps(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "processes at once, audio and a simulated Asterisk at real pace"
        )?;
        writeln!(
            out,
            "     calls  cores for them  for Asterisk  for others  key to command, median    99 %"
        )?;
        for step in &self.steps {
            writeln!(
                out,
                "  {:>8} {:>15} {:>13} {:>11} {:>20} ms {:>6} ms{}",
                step.calls,
                number(step.cores, 2),
                number(step.asterisk_cores, 2),
                number(step.other_cores, 2),
                number(step.median_ms, 1),
                number(step.p99_ms, 1),
                if step.limit.is_some() {
                    "  too many"
                } else {
                    ""
                },
            )?;
        }
        Ok(())
    }

    fn write_conclusion(&self, out: &mut impl Write) -> io::Result<()> {
        match self.held() {
            Some(step) => {
                write!(
                    out,
                    "{} calls at once on {} cores: {:.0} a core",
                    step.calls,
                    self.cpus,
                    step.calls as f64 / self.cpus as f64
                )?;
                if let Some(share) = share_of_core(step) {
                    write!(out, ", {:.3} % of a core for a call", 100.0 * share)?;
                }
                writeln!(out)?;
            }
            None => writeln!(out, "no number of calls was listened to without a fault")?,
        }
        writeln!(out, "limited by {}", self.limit.reason())?;
        match self.steps.last().and_then(|step| step.other_cores) {
            Some(cores) if cores > IDLE_PART * self.cpus as f64 => writeln!(
                out,
                "other programs used {cores:.1} cores meanwhile; without them there might be more"
            ),
            _ => Ok(()),
        }
    }
}

impl Limit {
    fn reason(&self) -> String {
        match self {
            Self::Cpu => "the processors: they were full, the simulated Asterisk included".into(),
            Self::Late => "time: of 100 keys more than one was answered a frame late".into(),
            Self::Lost => "time: audio or keys were lost".into(),
            Self::Memory => "memory: more calls would take half of what is free".into(),
            Self::Start(error) => format!("the system: no more processes can be started: {error}"),
            Self::Ended => "a fault: processes ended in the middle of calls".into(),
            Self::Asked => "--calls: the machine can do more".into(),
            Self::Time => "--seconds: the machine may do more".into(),
        }
    }
}

/// What one call's process takes of a core.
fn share_of_core(step: &Step) -> Option<f64> {
    Some(step.cores? / step.calls as f64)
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "?".to_owned(), |value| format!("{value:.digits$}"))
}

/// The part of a machine that is used even when nothing is done on it.
const IDLE_PART: f64 = 0.05;

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let hearing = |ns_per_sample| Hearing {
            ns_per_sample,
            calls_per_core: 125_000.0 / ns_per_sample,
            share_of_core: 8e-6 * ns_per_sample,
        };
        let step = |calls, limit| Step {
            calls,
            cores: Some(0.001 * calls as f64),
            asterisk_cores: None,
            other_cores: Some(0.5),
            keys: calls,
            median_ms: Some(0.5),
            p99_ms: Some(1.25),
            limit,
        };
        Report {
            cpus: 2,
            ears: Ears {
                keys: hearing(1.0),
                keys_and_speech: hearing(2.0),
            },
            start: Start {
                first_command_ms: 0.9,
                starts: 51,
            },
            peak_kib: 2_560,
            steps: vec![step(32, None), step(128, Some(Limit::Cpu))],
            limit: Limit::Cpu,
        }
    }

    #[test]
    fn people_read_what_was_held_and_what_was_not() {
        let mut out = Vec::new();
        report().write_text(&mut out).expect("memory takes it");
        let expected = "\
detector alone, on speech in A-law
  keys              1.00 ns a sample    125000 calls a core  0.0008 % of a core for a call
  keys and speech   2.00 ns a sample     62500 calls a core  0.0016 % of a core for a call
one process
  first command     0.90 ms after its start, the median of 51
  memory            2.50 MiB at most
processes at once, audio and a simulated Asterisk at real pace
     calls  cores for them  for Asterisk  for others  key to command, median    99 %
        32            0.03             ?        0.50                  0.5 ms    1.2 ms
       128            0.13             ?        0.50                  0.5 ms    1.2 ms  too many
32 calls at once on 2 cores: 16 a core, 0.100 % of a core for a call
limited by the processors: they were full, the simulated Asterisk included
other programs used 0.5 cores meanwhile; without them there might be more
";
        assert_eq!(String::from_utf8(out).as_deref(), Ok(expected));
    }

    #[test]
    fn when_nothing_was_held_that_is_said() {
        let mut report = report();
        report.steps.remove(0);
        let mut out = Vec::new();
        report.write_text(&mut out).expect("memory takes it");
        let text = String::from_utf8(out).expect("it is text");
        assert!(text.contains("no number of calls was listened to without a fault"));
    }
}
