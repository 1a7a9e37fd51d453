//! Any rate to 8 kHz, live and offline, by rubato's windowed sinc.
//!
//! One filter serves both, so that what `analyze` says of a recording is what a call would have
//! heard. It is 4.5 ms long, and so holds the audio back by half of that: a longer one would cost
//! time that a caller waits, a shorter one the upper end of the telephone band. rubato's `Fft`
//! fits worse: what it gives, it gives in blocks, which at this length of filter would add their
//! own length to the delay.
//!
//! Measured for 12, 16, 24, 32, 44.1, 48, 96 and 192 kHz: flat within 0.005 dB from 300 to
//! 3400 Hz; what folds back below 3400 Hz is 65 dB down at least, below 3000 Hz 79 dB; a sample
//! comes 2.25 to 2.5 ms later than at 8 kHz, and its time is true. Making the filter takes 4 µs
//! (16 kHz) to 40 µs (192 kHz), and 0.7 ms at 44.1 kHz.
//!
//! Where output instants fall on a grid that a table of a few hundred filters can hold, as for
//! all of Asterisk's rates, each output sample is exactly one filter of it (`Nearest`). Rates that
//! share no such grid with 8 kHz, as WAV files may have, interpolate between filters instead.

use rubato::{
    Async, FixedAsync, Indexing, Resampler as _, Resizable as _, SincInterpolationParameters,
    SincInterpolationType, WindowFunction, audioadapter_buffers::direct::InterleavedSlice,
};

use super::SAMPLE_RATE;

/// Turns 16-bit samples of one rate into 16-bit samples at 8 kHz.
///
/// The `n`-th sample out is the sound at `n / 8000` seconds of the input: the filter's delay shows
/// only in how much input must have come before the sample can be given. How the input is cut
/// into pushes changes nothing. Nothing is allocated after [`Resampler::new`].
pub struct Resampler {
    rate: u32,
    inner: Async<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
    samples: Vec<i16>,
    /// Outputs from before the first input sample, still to be dropped.
    skip: usize,
    taken: u64,
    given: u64,
    lookahead: u32,
}

/// Samples of any rate on their way to 8 kHz: through a [`Resampler`], or as they are.
pub(super) enum ToSampleRate {
    AsTheyAre,
    Resampled(Box<Resampler>),
}

impl ToSampleRate {
    /// At 8 kHz this does nothing at all.
    pub(super) fn new(rate: u32) -> Result<Self, RateError> {
        Ok(if rate == SAMPLE_RATE {
            Self::AsTheyAre
        } else {
            Self::Resampled(Box::new(Resampler::new(rate)?))
        })
    }

    pub(super) fn push(&mut self, samples: &[i16], on_samples: &mut impl FnMut(&[i16])) {
        match self {
            Self::Resampled(resampler) => resampler.push(samples, on_samples),
            Self::AsTheyAre => on_samples(samples),
        }
    }

    pub(super) fn finish(&mut self, on_samples: &mut impl FnMut(&[i16])) {
        if let Self::Resampled(resampler) = self {
            resampler.finish(on_samples);
        }
    }

    pub(super) fn delay(&self) -> u64 {
        match self {
            Self::Resampled(resampler) => resampler.delay(),
            Self::AsTheyAre => 0,
        }
    }
}

/// A rate that cannot be resampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate of {rate} Hz is out of range ({MIN_RATE} to {MAX_RATE} Hz)")]
pub struct RateError {
    rate: u32,
}

impl Resampler {
    /// From `rate` samples a second to 8000.
    ///
    /// # Errors
    /// When `rate` is lower than any that carries speech or higher than any converter's.
    pub fn new(rate: u32) -> Result<Self, RateError> {
        if !(MIN_RATE..=MAX_RATE).contains(&rate) {
            return Err(RateError { rate });
        }
        let grid = Grid::new(rate);
        let taps = taps(rate);
        let inner = Async::new_sinc(
            f64::from(SAMPLE_RATE) / f64::from(rate),
            1.0,
            &SincInterpolationParameters {
                sinc_len: taps,
                f_cutoff: Some(CUTOFF),
                interpolation: grid.interpolation,
                oversampling_factor: grid.filters,
                window: WindowFunction::Blackman,
            },
            CHUNK,
            1,
            FixedAsync::Input,
        )
        .expect("the ratio is finite and positive, the chunk is not empty");
        let (lead, skip) = grid.alignment(taps);
        let output = vec![0.0; inner.output_frames_max()];
        let samples = vec![0; output.len()];
        let mut resampler = Self {
            rate,
            input: vec![0.0; CHUNK],
            output,
            samples,
            skip,
            taken: 0,
            given: 0,
            // rubato gives an output once it has half a filter and two samples more.
            lookahead: taps as u32 / 2 + 2,
            inner,
        };
        resampler.skip_silence(lead);
        Ok(resampler)
    }

    /// Takes samples and hands on what can be told of the sound at 8 kHz.
    pub fn push(&mut self, mut samples: &[i16], on_samples: &mut impl FnMut(&[i16])) {
        self.taken += samples.len() as u64;
        while !samples.is_empty() {
            let (head, rest) = samples.split_at(samples.len().min(CHUNK));
            for (float, sample) in self.input.iter_mut().zip(head) {
                *float = f32::from(*sample);
            }
            self.run(head.len(), u64::MAX, on_samples);
            samples = rest;
        }
    }

    /// Hands on the rest, as if silence followed the last sample.
    ///
    /// In all, `n` samples in have then given `n × 8000 / rate` out, rounded up.
    pub fn finish(&mut self, on_samples: &mut impl FnMut(&[i16])) {
        let due = (self.taken * u64::from(SAMPLE_RATE)).div_ceil(u64::from(self.rate));
        self.input.fill(0.0);
        while self.given < due {
            self.run(CHUNK, due, on_samples);
        }
    }

    /// How much later than without resampling a sample is given, in 8 kHz samples, rounded up.
    #[must_use]
    pub fn delay(&self) -> u64 {
        u64::from(self.lookahead * SAMPLE_RATE).div_ceil(u64::from(self.rate))
    }

    /// Moves the filter to where its outputs fall on whole 8 kHz samples of the input.
    fn skip_silence(&mut self, mut samples: usize) {
        while samples > 0 {
            let chunk = samples.min(CHUNK);
            self.run(chunk, 0, &mut |_| {});
            samples -= chunk;
        }
    }

    /// Filters the first `frames` samples of `input`; hands on no more than `due` in all.
    fn run(&mut self, frames: usize, due: u64, on_samples: &mut impl FnMut(&[i16])) {
        self.inner
            .set_chunk_size(frames)
            .expect("no chunk is empty or longer than the first");
        let input = InterleavedSlice::new(&self.input[..], 1, CHUNK)
            .expect("the buffer was made for this length");
        let frames_out = self.output.len();
        let mut output = InterleavedSlice::new_mut(&mut self.output[..], 1, frames_out)
            .expect("the buffer was made for this length");
        let (_, made) = self
            .inner
            .process_into_buffer(&input, &mut output, None::<&Indexing>)
            .expect("the buffers have the sizes that the resampler asked for");

        let skipped = made.min(self.skip);
        self.skip -= skipped;
        let left = due.saturating_sub(self.given);
        let wanted = left.min((made - skipped) as u64) as usize;
        let samples = &mut self.samples[..wanted];
        for (sample, float) in samples.iter_mut().zip(&self.output[skipped..]) {
            // The cast saturates: a filter overshoots full scale by a little.
            *sample = float.round_ties_even() as i16;
        }
        self.given += wanted as u64;
        if wanted > 0 {
            on_samples(samples);
        }
    }
}

/// Where the outputs fall between the inputs.
struct Grid {
    /// Input samples from one output to the next: `numerator / denominator`.
    numerator: usize,
    denominator: usize,
    filters: usize,
    interpolation: SincInterpolationType,
}

impl Grid {
    fn new(rate: u32) -> Self {
        let common = greatest_common_divisor(rate, SAMPLE_RATE);
        let denominator = (SAMPLE_RATE / common) as usize;
        let exact = denominator <= MAX_FILTERS;
        Self {
            numerator: (rate / common) as usize,
            denominator,
            filters: if exact {
                denominator
            } else {
                INTERPOLATED_FILTERS
            },
            interpolation: if exact {
                SincInterpolationType::Nearest
            } else {
                SincInterpolationType::Cubic
            },
        }
    }

    /// How many zeros to put before the first sample, and how many outputs to drop, so that the
    /// next output is the sound at the first sample.
    ///
    /// rubato's output `k` is the sound at `(k + 1) × step − taps / 2 + 1 / filters` input samples.
    /// On an exact grid some `k` makes that whole; else the nearest to whole is taken.
    fn alignment(&self, taps: usize) -> (usize, usize) {
        let step = self.numerator as f64 / self.denominator as f64;
        let centre = taps as f64 / 2.0 - 1.0 / self.filters as f64;
        let first = (centre / step).ceil() as usize;
        let (lead, outputs, _) = (first..first + self.denominator)
            .map(|outputs| {
                let before = outputs as f64 * step - centre;
                let lead = before.round();
                (lead as usize, outputs, (before - lead).abs())
            })
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .expect("the range holds at least one output");
        (lead, outputs - 1)
    }
}

/// Filter length for `rate`, a multiple of 8 as rubato wants it.
fn taps(rate: u32) -> usize {
    // Below 8 kHz the input's own band is the narrower, and the filter's length follows it.
    let per_second = FILTER_SECONDS * f64::from(rate.max(SAMPLE_RATE));
    (per_second / 8.0).round() as usize * 8
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// Length of the filter. Half of it is the delay; 3 ms are allowed over 8 kHz, of which rubato's
/// own two samples of look-ahead take up to 0.17 ms (at 12 kHz).
const FILTER_SECONDS: f64 = 4.5e-3;
/// Middle of the filter's slope, as a share of 4 kHz. Blackman's window over 4.5 ms makes the
/// slope 600 Hz wide to either side: 3400 Hz pass, and what would fold below 3400 Hz does not.
/// What folds above that is heard as itself, and no detector listens there.
const CUTOFF: f32 = 1.0;
/// Input samples filtered at once: 20 ms of 48 kHz, and a bound on the memory taken.
const CHUNK: usize = 960;
/// Most filters of an exact grid: 320 is 11.025 kHz; 44.1 kHz has 80 (77 KB).
const MAX_FILTERS: usize = 320;
/// Filters between which other rates interpolate: errors below the 16-bit step.
const INTERPOLATED_FILTERS: usize = 128;
/// Below this there is no room for the higher tones of a key (1633 Hz).
const MIN_RATE: u32 = 4_000;
/// Twice Asterisk's highest rate.
const MAX_RATE: u32 = 384_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Asterisk's rates, and such as WAV files have besides: exact grids and others.
    const RATES: [u32; 14] = [
        12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, 6_000, 8_012, 11_025,
        22_050, 44_056, 47_999,
    ];

    fn sine(rate: u32, hertz: f64, samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|n| (AMPLITUDE * (TAU * hertz * n as f64 / f64::from(rate)).sin()).round() as i16)
            .collect()
    }

    fn resample(rate: u32, input: &[i16]) -> Vec<i16> {
        let mut resampler = Resampler::new(rate).expect("a rate in range");
        let mut output = Vec::new();
        resampler.push(input, &mut |samples| output.extend_from_slice(samples));
        resampler.finish(&mut |samples| output.extend_from_slice(samples));
        output
    }

    /// Gain in dB and lateness in seconds of `output` against the sine that went in, away from
    /// the ends.
    fn response(output: &[i16], hertz: f64) -> (f64, f64) {
        let middle = 400..output.len() - 400;
        let (mut re, mut im, n) = (0.0, 0.0, middle.len() as f64);
        for t in middle {
            let phase = TAU * hertz * t as f64 / 8_000.0;
            re += f64::from(output[t]) * phase.sin() * 2.0 / n;
            im += f64::from(output[t]) * phase.cos() * 2.0 / n;
        }
        let gain = 20.0 * (re.hypot(im) / AMPLITUDE).log10();
        (gain, -im.atan2(re) / (TAU * hertz))
    }

    #[test]
    fn a_sine_keeps_its_level_and_its_time_at_every_rate() {
        for rate in RATES {
            for hertz in [300.0, 697.0, 941.0, 1209.0, 1633.0, 2600.0, 3000.0, 3400.0] {
                if hertz > 0.4 * f64::from(rate) {
                    continue;
                }
                let output = resample(rate, &sine(rate, hertz, rate as usize / 2));
                let (gain, late) = response(&output, hertz);
                assert!(gain.abs() < 0.01, "{rate} Hz, {hertz} Hz: {gain} dB");
                assert!(late.abs() < 2e-6, "{rate} Hz, {hertz} Hz: {late} s late");
            }
        }
    }

    #[test]
    fn what_would_fold_into_the_telephone_band_is_60_db_down() {
        for rate in RATES {
            for hertz in [
                4_600.0, 5_000.0, 6_300.0, 7_000.0, 9_000.0, 14_300.0, 20_000.0,
            ] {
                if hertz > 0.5 * f64::from(rate) {
                    continue;
                }
                let output = resample(rate, &sine(rate, hertz, rate as usize / 4));
                let middle = &output[400..output.len() - 400];
                let power =
                    middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64;
                let level = 10.0 * (2.0 * power / AMPLITUDE.powi(2)).log10();
                assert!(level < -60.0, "{rate} Hz, {hertz} Hz: {level} dB");
            }
        }
    }

    #[test]
    fn lengths_are_those_of_the_input_to_one_sample() {
        for rate in RATES {
            for length in [0, 1, 2, 159, 960, 961, 12_345] {
                let output = resample(rate, &vec![100; length]);
                let due = (length * 8_000).div_ceil(rate as usize);
                assert_eq!(output.len(), due, "{length} samples at {rate} Hz");
            }
        }
    }

    #[test]
    fn how_the_input_is_cut_changes_nothing() {
        for rate in RATES {
            let input = sine(rate, 1_234.5, 5_000);
            let whole = resample(rate, &input);
            for cut in [1, 7, 44, 320, 961] {
                let mut resampler = Resampler::new(rate).expect("a rate in range");
                let mut output = Vec::new();
                for piece in input.chunks(cut) {
                    resampler.push(piece, &mut |samples| output.extend_from_slice(samples));
                }
                resampler.finish(&mut |samples| output.extend_from_slice(samples));
                assert_eq!(output, whole, "{rate} Hz in pieces of {cut}");
            }
        }
    }

    #[test]
    fn a_sample_is_given_no_later_than_the_stated_delay_and_that_is_under_3_ms() {
        for rate in RATES.into_iter().filter(|rate| *rate >= 12_000) {
            let mut resampler = Resampler::new(rate).expect("a rate in range");
            let delay = resampler.delay();
            assert!(delay <= 24, "{rate} Hz: {delay} samples");
            let (mut taken, mut given) = (0_u64, 0_u64);
            for sample in sine(rate, 700.0, rate as usize / 10) {
                resampler.push(&[sample], &mut |samples| given += samples.len() as u64);
                taken += 1;
                let at_8_khz = taken * 8_000 / u64::from(rate);
                assert!(
                    given + delay >= at_8_khz,
                    "{rate} Hz: {given} of {at_8_khz}"
                );
            }
        }
    }

    #[test]
    fn full_scale_square_waves_are_clipped_not_wrapped() {
        let input: Vec<i16> = (0..16_000)
            .map(|n| if n / 16 % 2 == 0 { i16::MAX } else { i16::MIN })
            .collect();
        let output = resample(16_000, &input);
        for (n, sample) in output.iter().enumerate().skip(100).take(7_000) {
            if n % 8 == 4 {
                assert!(
                    (*sample > 20_000) == (n / 8 % 2 == 0),
                    "sample {n}: {sample}"
                );
            }
        }
    }

    #[test]
    fn rates_no_audio_has_are_refused_by_name() {
        for rate in [0, 1, 3_999, 384_001, u32::MAX] {
            let error = Resampler::new(rate)
                .err()
                .expect("out of range")
                .to_string();
            assert!(error.contains(&rate.to_string()), "{error}");
        }
    }

    /// Half of full scale.
    const AMPLITUDE: f64 = 16_384.0;
}
