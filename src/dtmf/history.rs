//! The last samples heard, and when they were heard.
//!
//! Samples are numbered as heard: a position counts only what was pushed. Lost samples are a
//! *splice*, a place where time jumps and the numbering does not. Everything behind this module
//! works on positions and so never sees a loss as silence; only times that leave the detector are
//! translated.

use crate::audio::SampleTime;

/// Samples kept behind the newest at least: what the longest analysis looks back over, with room.
pub(super) const KEPT: usize = 1024;

/// Positions start here: a detector is born after as much silence, so that nothing has to ask
/// whether there was a past.
pub(super) const FIRST_POSITION: u64 = KEPT as u64;

/// Samples of its frame before `position`, in a stream of frames of so many.
///
/// Frames are counted on to before the first sample, where tones may seem to have begun or ended.
pub(super) fn in_frame(position: u64, frame: u64) -> u64 {
    (position as i64 - FIRST_POSITION as i64).rem_euclid(frame as i64) as u64
}

/// The last samples heard in one piece of memory, and the losses between them.
#[derive(Clone)]
pub(super) struct History {
    samples: [i16; CAPACITY],
    filled: usize,
    /// Position of `samples[0]`.
    first: u64,
    splices: [Splice; SPLICES],
    /// The newest splice is at `(spliced - 1) % SPLICES`.
    spliced: usize,
    /// Samples lost up to the newest splice that is no longer remembered.
    forgotten: u64,
    lost: u64,
}

/// Samples were lost just before `position`, `lost` in all until then.
#[derive(Clone, Copy, Default)]
struct Splice {
    position: u64,
    lost: u64,
}

impl History {
    pub(super) fn new() -> Self {
        Self {
            samples: [0; CAPACITY],
            filled: KEPT,
            first: 0,
            splices: [Splice::default(); SPLICES],
            spliced: 0,
            forgotten: 0,
            lost: 0,
        }
    }

    /// Takes as many of `samples` as fit and says how many that was, at least one.
    pub(super) fn take(&mut self, samples: &[i16]) -> usize {
        if self.filled == CAPACITY {
            self.samples.copy_within(CAPACITY - KEPT.., 0);
            self.first += (CAPACITY - KEPT) as u64;
            self.filled = KEPT;
        }
        let taken = samples.len().min(CAPACITY - self.filled);
        self.samples[self.filled..self.filled + taken].copy_from_slice(&samples[..taken]);
        self.filled += taken;
        taken
    }

    /// Samples are missing after the newest one, and were not before it.
    pub(super) fn lose(&mut self, samples: u64) {
        self.lost = self.lost.saturating_add(samples);
        let newest = Splice {
            position: self.end(),
            lost: self.lost,
        };
        let oldest = std::mem::replace(&mut self.splices[self.spliced % SPLICES], newest);
        self.forgotten = oldest.lost;
        self.spliced += 1;
    }

    /// The position after the newest sample.
    pub(super) fn end(&self) -> u64 {
        self.first + self.filled as u64
    }

    /// The samples from one position up to another.
    pub(super) fn range(&self, from: u64, to: u64) -> &[i16] {
        &self.samples[(from - self.first) as usize..(to - self.first) as usize]
    }

    /// When the sample at `position` was heard.
    pub(super) fn time_of(&self, position: u64) -> SampleTime {
        self.time(position, |splice| splice.position <= position)
    }

    /// When the sample before `position` was over: not the same where samples are missing.
    pub(super) fn end_of(&self, position: u64) -> SampleTime {
        self.time(position, |splice| splice.position < position)
    }

    /// Where tones began that were found to begin at `position`: if samples are missing right
    /// after it, they are what the tones began in.
    pub(super) fn snapped(&self, position: u64) -> u64 {
        self.newest_splices()
            .map(|splice| splice.position)
            .find(|splice| (position..position + SNAP).contains(splice))
            .unwrap_or(position)
    }

    /// Where samples are missing near `position`, and how many.
    pub(super) fn lost_near(&self, position: u64) -> Option<(u64, u64)> {
        let mut positions = self.newest_splices().map(|splice| splice.position);
        let at = positions.find(|splice| splice.abs_diff(position) < SNAP)?;
        let lost = self.lost_until(|splice| splice.position <= at)
            - self.lost_until(|splice| splice.position < at);
        Some((at, lost))
    }

    /// The splices that are remembered, the newest first.
    fn newest_splices(&self) -> impl Iterator<Item = Splice> {
        let known = self.spliced.min(SPLICES);
        (1..=known).map(|age| self.splices[(self.spliced - age) % SPLICES])
    }

    /// What was heard before `position`, and what was lost in the splices that count.
    fn time(&self, position: u64, counts: impl Fn(&Splice) -> bool) -> SampleTime {
        let heard = position.saturating_sub(FIRST_POSITION);
        SampleTime::from_samples(heard.saturating_add(self.lost_until(counts)))
    }

    fn lost_until(&self, counts: impl Fn(&Splice) -> bool) -> u64 {
        self.newest_splices()
            .find(counts)
            .map_or(self.forgotten, |splice| splice.lost)
    }
}

/// Room for what is kept and three times as much new before the old is moved down: 8 KiB.
const CAPACITY: usize = 4 * KEPT;

/// Samples, 1 ms: how far from a loss an edge may seem to be.
const SNAP: u64 = 8;

/// Losses remembered: with one in every 10 ms, more than an edge is looked for behind.
const SPLICES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_jumps_where_samples_are_lost_and_positions_do_not() {
        let mut history = History::new();
        history.take(&[1; 100]);
        history.lose(320);
        history.take(&[2; 50]);
        let splice = FIRST_POSITION + 100;
        assert_eq!(history.end(), splice + 50);
        assert_eq!(history.end_of(splice).samples(), 100);
        assert_eq!(history.time_of(splice).samples(), 420);
        assert_eq!(history.time_of(splice - 1).samples(), 99);
    }

    #[test]
    fn a_loss_that_is_no_longer_remembered_still_counts() {
        let mut history = History::new();
        let losses = 3 * SPLICES as u64;
        for _ in 0..losses {
            history.take(&[1; 10]);
            history.lose(5);
        }
        let lost = 5 * losses;
        for splices_ago in 0..SPLICES as u64 {
            let position = history.end() - 10 * splices_ago;
            let heard = position - FIRST_POSITION;
            assert_eq!(
                history.time_of(position).samples(),
                heard + lost - 5 * splices_ago
            );
            assert_eq!(
                history.end_of(position).samples(),
                heard + lost - 5 * splices_ago - 5
            );
        }
    }

    #[test]
    fn the_last_samples_are_kept_however_many_came() {
        let mut history = History::new();
        let samples: Vec<i16> = (0..10_000).collect();
        let mut rest = &samples[..];
        while !rest.is_empty() {
            let taken = history.take(rest);
            rest = &rest[taken..];
        }
        let end = history.end();
        assert_eq!(
            history.range(end - KEPT as u64, end),
            &samples[samples.len() - KEPT..]
        );
    }
}
