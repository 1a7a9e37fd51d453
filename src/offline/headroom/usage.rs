//! What processes take, as Linux tells in `/proc`.

use std::{fs, time::Duration};

/// How long a process with one thread has run on a processor; `None` where Linux does not tell.
pub(super) fn time_of(process: u32) -> Option<Duration> {
    let line = fs::read_to_string(format!("/proc/{process}/schedstat")).ok()?;
    Some(Duration::from_nanos(line.split(' ').next()?.parse().ok()?))
}

/// How long all threads of this process have run on processors.
pub(super) fn own_time() -> Option<Duration> {
    let line = fs::read_to_string("/proc/self/stat").ok()?;
    // The name may hold blanks; user and system time are the 14th and 15th field of the line.
    let (_, fields) = line.rsplit_once(") ")?;
    let ticks: u64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().ok())
        .sum::<Option<u64>>()?;
    Some(in_ticks(ticks))
}

/// How long all processors together have been at work for anybody since the machine started.
pub(super) fn machine_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let mut fields = text.lines().next()?.split_whitespace().skip(1);
    // User, nice and system time; then idle and waiting time; then interrupts, soft interrupts,
    // and what other virtual machines took.
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let work = ticks()? + ticks()? + ticks()?;
    let _idle = ticks()? + ticks()?;
    Some(in_ticks(work + ticks()? + ticks()? + ticks()?))
}

/// The most memory that a process has had, in KiB.
pub(super) fn peak_kib(process: u32) -> Option<u64> {
    field(&format!("/proc/{process}/status"), "VmHWM:")
}

/// How many processes of this size may be tried: they shall have half of what is free.
pub(super) fn room_for(kib: u64) -> Option<usize> {
    let available = field("/proc/meminfo", "MemAvailable:")?;
    usize::try_from((available / 2).checked_div(kib)?).ok()
}

fn in_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
}

/// A line's first number.
fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// `USER_HZ`, on every architecture of today (`proc_pid_stat(5)`).
const TICKS_PER_SECOND: u64 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_tells_of_this_process_and_its_machine() {
        let this = std::process::id();
        assert!(time_of(this).is_some());
        assert!(own_time().is_some());
        assert!(machine_time() > own_time());
        assert!(peak_kib(this).is_some_and(|kib| kib > 100));
        assert!(room_for(1).is_some_and(|processes| processes > 0));
        assert_eq!(room_for(0), None);
    }
}
