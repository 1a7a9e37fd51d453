//! Clipping: where the audio was too loud for its samples.

use super::report::Clipping;
use crate::audio::SampleTime;

/// Finds clipping in one channel.
#[derive(Default)]
pub(super) struct Clipped {
    now: SampleTime,
    /// The newest run of full samples: their sign and number.
    run: (bool, u64),
    /// What is not over yet.
    open: Option<Clipping>,
}

impl Clipped {
    pub(super) fn push(&mut self, samples: &[i16], on_clipping: &mut impl FnMut(Clipping)) {
        for &sample in samples {
            let full = sample.unsigned_abs() >= FULL;
            let sign = sample < 0;
            self.run = match self.run {
                (of, length) if full && of == sign => (sign, length + 1),
                _ => (sign, u64::from(full)),
            };
            self.now = self.now + 1;
            match self.run.1 {
                0..SHORTEST => {}
                SHORTEST => self.add(SHORTEST, on_clipping),
                _ => self.add(1, on_clipping),
            }
        }
        if let Some(open) = &self.open
            && self.now.since(open.end) > TOGETHER
        {
            self.finish(on_clipping);
        }
    }

    pub(super) fn finish(&mut self, on_clipping: &mut impl FnMut(Clipping)) {
        if let Some(clipping) = self.open.take() {
            on_clipping(clipping);
        }
    }

    /// No clipping still to be told of begins before this.
    pub(super) fn settled(&self) -> SampleTime {
        match &self.open {
            Some(open) => open.start,
            None => self.now - SHORTEST,
        }
    }

    fn add(&mut self, samples: u64, on_clipping: &mut impl FnMut(Clipping)) {
        let start = self.now - samples;
        match &mut self.open {
            Some(open) if start.since(open.end) <= TOGETHER => {
                open.end = self.now;
                open.samples += samples;
            }
            _ => {
                self.finish(on_clipping);
                self.open = Some(Clipping {
                    start,
                    end: self.now,
                    samples,
                });
            }
        }
    }
}

/// The largest sample of µ-law (ITU-T G.711); A-law's and 16-bit's are larger.
const FULL: u16 = 32_124;

/// Full samples in a row that no telephone's audio has unless it was cut off: with two, a sine
/// near 4 kHz would.
const SHORTEST: u64 = 3;

/// Samples, 100 ms: what is nearer is told as one.
const TOGETHER: u64 = 800;

#[cfg(test)]
mod tests {
    use super::*;

    fn clippings(samples: &[i16]) -> Vec<(u64, u64, u64)> {
        let mut found = Vec::new();
        let mut clipped = Clipped::default();
        let mut tell = |c: Clipping| found.push((c.start.samples(), c.end.samples(), c.samples));
        for piece in samples.chunks(7) {
            clipped.push(piece, &mut tell);
        }
        clipped.finish(&mut tell);
        found
    }

    #[test]
    fn flat_tops_near_each_other_are_one_clipping() {
        let mut audio = vec![0; 4_000];
        audio[100..104].fill(i16::MAX);
        audio[110..113].fill(i16::MIN);
        audio[2_000..2_003].fill(32_124);
        assert_eq!(clippings(&audio), [(100, 113, 7), (2_000, 2_003, 3)]);
    }

    #[test]
    fn a_loud_peak_is_no_clipping() {
        let mut audio = vec![0; 100];
        audio[10..12].fill(i16::MAX);
        audio[20..30].fill(32_000);
        assert_eq!(clippings(&audio), []);
    }
}
