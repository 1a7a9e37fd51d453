//! Reports in the order of their beginnings, though they become known at their ends.

use super::Report;
use crate::audio::SampleTime;

/// Holds reports back until no earlier one can come.
#[derive(Default)]
pub(super) struct Timeline {
    /// In order of time, and at the same time of channels.
    held: Vec<(usize, Report)>,
}

impl Timeline {
    pub(super) fn add(&mut self, channel: usize, report: Report) {
        let key = (report.start(), channel);
        let at = self
            .held
            .partition_point(|(channel, held)| (held.start(), *channel) <= key);
        self.held.insert(at, (channel, report));
    }

    /// Lets go of what began before `settled`.
    pub(super) fn release<E>(
        &mut self,
        settled: SampleTime,
        mut on_report: impl FnMut(usize, &Report) -> Result<(), E>,
    ) -> Result<(), E> {
        let ready = self
            .held
            .partition_point(|(_, held)| held.start() < settled);
        for (channel, report) in self.held.drain(..ready) {
            on_report(channel, &report)?;
        }
        Ok(())
    }

    /// Lets go of everything.
    pub(super) fn release_all<E>(
        &mut self,
        on_report: impl FnMut(usize, &Report) -> Result<(), E>,
    ) -> Result<(), E> {
        self.release(SampleTime::from_samples(u64::MAX), on_report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audio::Dbm0, offline::analyze::report::Stretch};

    #[test]
    fn reports_come_in_the_order_of_their_beginnings() {
        let mut timeline = Timeline::default();
        for (channel, start) in [(0, 30), (1, 10), (0, 20), (0, 10)] {
            let report = Stretch {
                start: SampleTime::from_samples(start),
                end: SampleTime::from_samples(100),
                level: Dbm0(-20.0),
            };
            timeline.add(channel, Report::Speech(report));
        }
        let mut told = Vec::new();
        let mut tell = |channel, report: &Report| {
            told.push((report.start().samples(), channel));
            Ok::<(), ()>(())
        };
        assert_eq!(
            timeline.release(SampleTime::from_samples(20), &mut tell),
            Ok(())
        );
        assert_eq!(timeline.release_all(&mut tell), Ok(()));
        assert_eq!(told, [(10, 0), (10, 1), (20, 0), (30, 0)]);
    }
}
