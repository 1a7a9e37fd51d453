//! `voiceagent headroom`: from options to what this machine can do.

use std::{
    env, fs, io,
    os::unix::process::CommandExt,
    process::{self, ExitCode},
    time::Duration,
};

use clap::Args;
use voiceagent::offline::{Headroom, Progress, Report};

use super::{
    Common, ended, failed,
    number::{whole, within},
    output::Data,
    progress::Bar,
};

/// Measures how many calls this machine can listen to at once
///
/// First the detectors alone, then whole processes of this program, each with a simulated Asterisk
/// that sends audio at real pace, ever more of them until keys are answered late or the processors
/// are full. It takes all that the machine has for some seconds: not for a busy telephone system.
#[derive(Args)]
#[command(
    after_help = "In JSON it is one object: cpus, detector (keys and keys_and_speech, each with
ns_per_sample, calls_per_core, share_of_core), first_command_ms, starts, peak_kib, calls (the most
that were listened to without a fault), calls_per_core, share_of_core, limit and steps."
)]
pub(super) struct Arguments {
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// How long to measure, about
    #[arg(long, value_name = "SECONDS", default_value = "20", allow_negative_numbers = true,
        value_parser = within(1.0..=600.0, "seconds"))]
    seconds: f64,
    /// The most calls to try
    #[arg(long, value_name = "NUMBER", default_value = "4096", allow_negative_numbers = true,
        value_parser = whole(1..=20_000_u32, ""))]
    calls: u32,
}

pub(super) fn run(arguments: &Arguments, common: &Common) -> ExitCode {
    common.ignore_config();
    match measure(arguments) {
        Ok(report) => ended(write(&report, arguments.json), ExitCode::SUCCESS),
        Err(error) => failed(&error),
    }
}

fn measure(arguments: &Arguments) -> io::Result<Report> {
    allow_open_files(u64::from(arguments.calls) * FILES_A_CALL + OTHER_FILES)?;
    let headroom = Headroom {
        program: env::current_exe()?,
        time: Duration::from_secs_f64(arguments.seconds),
        calls: arguments.calls as usize,
    };
    let bar = Bar::new();
    let report = headroom.measure(&mut |progress| show(&bar, progress));
    bar.clear();
    report
}

fn write(report: &Report, json: bool) -> io::Result<()> {
    let mut out = Data::new();
    if json {
        report.write_json(&mut out)
    } else {
        report.write_text(&mut out)
    }
}

fn show(bar: &Bar, progress: Progress) {
    let now = match progress.calls {
        0 => "one call".to_owned(),
        calls => format!("{calls} calls at once"),
    };
    bar.show(progress.part, &now);
}

/// Lets this process have so many files open, or as many as it may.
///
/// A process can only raise its own limit by unsafe means; a shell can, and become this program.
fn allow_open_files(wanted: u64) -> io::Result<()> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let Some((soft, hard)) = open_files(&limits) else {
        return Ok(());
    };
    let wanted = wanted.min(hard);
    if soft >= wanted {
        return Ok(());
    }
    Err(process::Command::new("sh")
        .args(["-c", &format!("ulimit -n {wanted} && exec \"$0\" \"$@\"")])
        .arg(env::current_exe()?)
        .args(env::args_os().skip(1))
        .exec())
}

/// The soft and the hard limit, as `/proc/self/limits` tells them.
fn open_files(limits: &str) -> Option<(u64, u64)> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let mut numbers = line.split_whitespace().map(|word| match word {
        "unlimited" => Some(u64::MAX),
        word => word.parse().ok(),
    });
    Some((numbers.next()??, numbers.next()??))
}

/// Three pipes.
const FILES_A_CALL: u64 = 3;
/// The program's own, and those of the threads that feed calls.
const OTHER_FILES: u64 = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_linux_writes_them() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
            Max processes             unlimited            unlimited            processes \n\
            Max open files            1024                 524288               files     \n";
        assert_eq!(open_files(limits), Some((1_024, 524_288)));
        assert_eq!(
            open_files("Max open files            unlimited            unlimited            files"),
            Some((u64::MAX, u64::MAX))
        );
        assert_eq!(open_files(""), None);
    }
}
