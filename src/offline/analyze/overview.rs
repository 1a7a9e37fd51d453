//! A recording of any length in as many columns as a picture has: loudest samples and spectra.
//!
//! Memory is bounded and the length need not be known: columns are short at first, and whenever
//! there are too many, each two become one.

use std::f32::consts::{PI, TAU};

/// What a picture shows of one channel.
pub(super) struct Overview {
    /// The samples that came, as far as a window of them is not full.
    recent: Vec<f32>,
    samples: u64,
    wave: Columns<Extent>,
    spectra: Columns<Spectrum>,
    window: [f32; WINDOW],
}

/// The least and the largest sample of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    pub(super) least: i16,
    pub(super) largest: i16,
}

/// Mean square near each of the frequencies, in 16-bit steps squared; the largest in a column, so
/// that a short key is seen in a long recording too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spectrum(pub(super) [f32; BINS]);

/// Columns of equal length.
struct Columns<T> {
    done: Vec<T>,
    /// Entries that become one column.
    length: u64,
    open: Option<T>,
    count: u64,
}

trait Merge {
    fn merge(&mut self, other: &Self);
}

impl Overview {
    pub(super) fn new() -> Self {
        Self {
            recent: vec![0.0; WINDOW / 2],
            samples: 0,
            wave: Columns::new(1),
            spectra: Columns::new(1),
            window: std::array::from_fn(|i| {
                0.5 - 0.5 * (TAU * (i as f32 + 0.5) / WINDOW as f32).cos()
            }),
        }
    }

    pub(super) fn push(&mut self, samples: &[i16]) {
        for &sample in samples {
            self.wave.push(Extent {
                least: sample,
                largest: sample,
            });
            self.hear(f32::from(sample));
        }
        self.samples += samples.len() as u64;
    }

    /// The windows that reach beyond the end.
    pub(super) fn finish(&mut self) {
        for _ in 0..WINDOW / 2 {
            self.hear(0.0);
        }
    }

    /// Samples so far.
    pub(super) fn samples(&self) -> u64 {
        self.samples
    }

    /// The extent of the samples from one part of the recording, 0 to 1, to another.
    pub(super) fn extent(&self, from: f64, to: f64) -> Option<Extent> {
        self.wave.between(from, to, self.samples)
    }

    /// The spectrum of such a part.
    pub(super) fn spectrum(&self, from: f64, to: f64) -> Option<Spectrum> {
        self.spectra.between(from, to, self.samples / HOP as u64)
    }

    /// A window is full every few samples; while columns are long, not all are looked at.
    fn hear(&mut self, sample: f32) {
        self.recent.push(sample);
        if self.recent.len() < WINDOW {
            return;
        }
        let spectrum = if self.spectra.wants() {
            self.spectrum_of_window()
        } else {
            Spectrum([0.0; BINS])
        };
        self.spectra.push(spectrum);
        self.recent.drain(..HOP);
    }

    fn spectrum_of_window(&self) -> Spectrum {
        let mut re: [f32; WINDOW] = std::array::from_fn(|i| self.recent[i] * self.window[i]);
        let mut im = [0.0; WINDOW];
        transform(&mut re, &mut im);
        // A sine's power spreads over 1.5 bins of a Hann window, whose mean is a half.
        let scale = 2.0 / (WINDOW as f32 * 0.5).powi(2);
        Spectrum(std::array::from_fn(|bin| {
            (re[bin] * re[bin] + im[bin] * im[bin]) * scale
        }))
    }
}

impl<T: Clone + Merge> Columns<T> {
    fn new(length: u64) -> Self {
        Self {
            done: Vec::new(),
            length,
            open: None,
            count: 0,
        }
    }

    fn push(&mut self, entry: T) {
        match &mut self.open {
            Some(open) => open.merge(&entry),
            None => self.open = Some(entry),
        }
        self.count += 1;
        if self.count < self.length {
            return;
        }
        self.count = 0;
        self.done.extend(self.open.take());
        if self.done.len() == MOST {
            for pair in 0..MOST / 2 {
                let mut first = self.done[2 * pair].clone();
                first.merge(&self.done[2 * pair + 1]);
                self.done[pair] = first;
            }
            self.done.truncate(MOST / 2);
            self.length *= 2;
        }
    }

    /// Whether the next entry is one of those looked at: at least [`LOOKS`] apart when columns
    /// are long.
    fn wants(&self) -> bool {
        self.count.is_multiple_of(self.length.min(LOOKS))
    }

    fn between(&self, from: f64, to: f64, entries: u64) -> Option<T> {
        let columns = entries as f64 / self.length as f64;
        let first = (from * columns) as usize;
        let last = ((to * columns).ceil() as usize).max(first + 1);
        let mut there = self
            .done
            .iter()
            .chain(&self.open)
            .skip(first)
            .take(last - first);
        let mut merged = there.next()?.clone();
        there.for_each(|column| merged.merge(column));
        Some(merged)
    }
}

impl Merge for Extent {
    fn merge(&mut self, other: &Self) {
        self.least = self.least.min(other.least);
        self.largest = self.largest.max(other.largest);
    }
}

impl Merge for Spectrum {
    fn merge(&mut self, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own = own.max(*other);
        }
    }
}

/// The discrete Fourier transform in place (Cooley and Tukey 1965, radix 2).
fn transform(re: &mut [f32; WINDOW], im: &mut [f32; WINDOW]) {
    let bits = WINDOW.trailing_zeros();
    for i in 0..WINDOW {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut half = 1;
    while half < WINDOW {
        for k in 0..half {
            let (sin, cos) = (-PI * k as f32 / half as f32).sin_cos();
            for even in (k..WINDOW).step_by(2 * half) {
                let odd = even + half;
                let (x, y) = (re[odd] * cos - im[odd] * sin, re[odd] * sin + im[odd] * cos);
                (re[odd], im[odd]) = (re[even] - x, im[even] - y);
                (re[even], im[even]) = (re[even] + x, im[even] + y);
            }
        }
        half *= 2;
    }
}

/// Columns at which each two become one: more than a picture is wide.
const MOST: usize = 4_096;

/// Samples of a spectrum, 32 ms: tells the neighbours of a keypad apart, and 20 ms from 40.
const WINDOW: usize = 256;

/// Frequencies, 31.25 Hz apart, from 0 to 4 kHz.
pub(super) const BINS: usize = WINDOW / 2;

/// Samples between two spectra.
const HOP: usize = 8;

/// Spectra of which one is looked at in long columns: 128 samples, half a window.
const LOOKS: u64 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_at_its_time_its_frequency_and_its_level_in_any_length() {
        for length in [2_000_usize, 40_000, 400_000] {
            let mut overview = Overview::new();
            let samples: Vec<i16> = (0..length)
                .map(|i| {
                    let sine = (TAU * 1_000.0 / 8_000.0 * i as f32).sin();
                    if i < length / 2 {
                        0
                    } else {
                        (8_000.0 * sine) as i16
                    }
                })
                .collect();
            samples.chunks(137).for_each(|piece| overview.push(piece));
            overview.finish();
            assert_eq!(overview.samples(), length as u64);
            let quiet = overview.extent(0.0, 0.45).expect("there are samples");
            assert_eq!((quiet.least, quiet.largest), (0, 0));
            let loud = overview.extent(0.55, 1.0).expect("there are samples");
            assert!(loud.least < -7_900 && loud.largest > 7_900, "{loud:?}");
            let spectrum = overview.spectrum(0.7, 0.71).expect("there are spectra").0;
            let strongest = (0..BINS).max_by(|&a, &b| spectrum[a].total_cmp(&spectrum[b]));
            assert_eq!(strongest, Some(32));
            assert!((spectrum[32] / 32e6 - 1.0).abs() < 0.05, "{}", spectrum[32]);
            let spectrum = overview.spectrum(0.2, 0.21).expect("there are spectra").0;
            assert!(spectrum[32] < 1.0);
        }
    }
}
