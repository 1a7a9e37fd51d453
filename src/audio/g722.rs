//! ITU-T G.722 at 64 kbit/s: what telephones with wideband sound send first.
//!
//! Two bands, each of half the 16 kHz that are sampled, are written as differences from what a
//! predictor expects. Six of a byte's eight bits are the lower band's, up to 4 kHz: that is all a
//! narrowband line carries, and all that is listened to here, so that a byte is a sample at 8 kHz and
//! neither the upper band nor the filter that joins the two is needed.
//!
//! Clauses are those of the Recommendation (09/2012); its arithmetic is kept to the bit.

/// The lower band out of bytes, or bytes out of a lower band.
#[derive(Clone, Debug)]
pub struct LowerBand {
    predictor: Predictor,
    /// Logarithm of the quantizer's step, in 2048ths of an octave.
    log_step: i32,
    /// The step itself.
    step: i32,
}

impl LowerBand {
    /// At the start of a stream.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            predictor: Predictor::new(),
            log_step: 0,
            step: FIRST_STEP,
        }
    }

    /// The sample, of 16 bits at 8 kHz, that the next byte has.
    pub fn decode(&mut self, code: u8) -> i16 {
        let code = usize::from(code & LOWER);
        let decoded = self.predictor.expected + scaled(self.step, FINE[code]);
        self.learn(code);
        // The Recommendation's samples have 15 bits.
        2 * decoded.clamp(-(1 << 14), (1 << 14) - 1) as i16
    }

    /// The byte of the next sample; nothing is in its upper band.
    pub fn encode(&mut self, sample: i16) -> u8 {
        let difference = i32::from(sample >> 1) - self.predictor.expected;
        let error = |code: &usize| (scaled(self.step, FINE[*code]) - difference).abs();
        let code = CODES.min_by_key(error).unwrap_or_default();
        self.learn(code);
        UPPER_SILENCE | code as u8
    }

    /// Predictor and step go by the code's first four bits, so that the lower two may be anything.
    fn learn(&mut self, code: usize) {
        let coarse = code >> 2;
        let difference = scaled(self.step, COARSE[coarse]);
        // Blocks 3L: LOGSCL and SCALEL, clause 6.2.1.3.
        let grown = ((self.log_step * 127) >> 7) + GROWTH[coarse];
        self.log_step = grown.clamp(0, LARGEST_LOG_STEP);
        let fraction = OCTAVE[(self.log_step >> 6) as usize & 31];
        self.step = match 8 - (self.log_step >> 11) {
            octaves @ 0.. => fraction >> octaves,
            octaves => fraction << -octaves,
        } << 2;
        self.predictor.learn(difference);
    }
}

impl Default for LowerBand {
    fn default() -> Self {
        Self::new()
    }
}

/// Two poles and six zeros that follow the signal, block 4L (clause 6.2.1.4).
#[derive(Clone, Debug)]
struct Predictor {
    /// The next sample, as far as it can be known.
    expected: i32,
    /// The zeros' share of that.
    by_zeros: i32,
    poles: [i32; 2],
    zeros: [i32; 6],
    /// The last samples as decoded, the newest first.
    decoded: [i32; 2],
    /// The last differences.
    differences: [i32; 6],
    /// The last differences with the zeros' share.
    partial: [i32; 2],
}

impl Predictor {
    const fn new() -> Self {
        Self {
            expected: 0,
            by_zeros: 0,
            poles: [0; 2],
            zeros: [0; 6],
            decoded: [0; 2],
            differences: [0; 6],
            partial: [0; 2],
        }
    }

    /// What came differs by this from what was expected.
    fn learn(&mut self, difference: i32) {
        let decoded = saturated(self.expected + difference);
        let partial = saturated(self.by_zeros + difference);
        self.poles = self.moved_poles(partial);
        for (zero, earlier) in self.zeros.iter_mut().zip(self.differences) {
            // UPZERO: towards where the two are of one sign.
            let step = match difference {
                0 => 0,
                _ if (difference < 0) == (earlier < 0) => 128,
                _ => -128,
            };
            *zero = saturated(((*zero * 32_640) >> 15) + step);
        }
        self.differences.rotate_right(1);
        self.differences[0] = difference;
        self.decoded = [decoded, self.decoded[0]];
        self.partial = [partial, self.partial[0]];
        // FILTEZ, FILTEP and PREDIC.
        let zeros = self.zeros.iter().zip(self.differences);
        let by_zeros = zeros.map(|(zero, earlier)| (zero * saturated(2 * earlier)) >> 15);
        self.by_zeros = saturated(by_zeros.sum());
        let poles = self.poles.iter().zip(self.decoded);
        let by_poles = poles.map(|(pole, earlier)| (pole * saturated(2 * earlier)) >> 15);
        self.expected = saturated(saturated(by_poles.sum()) + self.by_zeros);
    }

    /// UPPOL2 and UPPOL1: the poles follow the signs, and stay where the filter is stable.
    fn moved_poles(&self, partial: i32) -> [i32; 2] {
        let same_sign = |earlier: i32| (partial < 0) == (earlier < 0);
        let [first, second] = self.poles;
        let by_first = match saturated(4 * first) {
            four if same_sign(self.partial[0]) => (-four).min(32_767),
            four => four,
        } >> 7;
        let by_second = if same_sign(self.partial[1]) {
            128
        } else {
            -128
        };
        let second = (by_first + by_second + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let step = if same_sign(self.partial[0]) {
            192
        } else {
            -192
        };
        let most = 15_360 - second;
        let first = saturated(((first * 32_640) >> 15) + step).clamp(-most, most);
        [first, second]
    }
}

/// A step times a number of the quantizer's tables.
const fn scaled(step: i32, number: i32) -> i32 {
    (step * number) >> 15
}

fn saturated(number: i32) -> i32 {
    number.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

/// The lower band's bits of a byte; and those of an upper band in which nothing is.
const LOWER: u8 = 0x3F;
const UPPER_SILENCE: u8 = 0xC0;

/// The codes that an encoder sends; the others decode like their neighbours.
const CODES: std::ops::Range<usize> = 4..64;

/// DETL and NBL at the start, and the largest NBL.
const FIRST_STEP: i32 = 32;
const LARGEST_LOG_STEP: i32 = 18_432;

/// ILB: 2048 times the powers of the 32nd root of two.
const OCTAVE: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// WL by RIL: by how much the step grows with a difference of so much.
const GROWTH: [i32; 16] = [
    -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60,
];

/// QM4, in 32768ths of a step.
const COARSE: [i32; 16] = [
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584,
    1200, 0,
];

/// QM6, likewise.
const FINE: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776,
    -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
    11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776,
    2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{Press, Rng, SAMPLE_RATE, Synth};

    fn decoded(bytes: &[u8]) -> Vec<i16> {
        let mut band = LowerBand::new();
        bytes.iter().map(|&byte| band.decode(byte)).collect()
    }

    fn encoded(samples: &[i16]) -> Vec<u8> {
        let mut band = LowerBand::new();
        samples.iter().map(|&sample| band.encode(sample)).collect()
    }

    fn key() -> Vec<i16> {
        let mut synth = Synth::new(SAMPLE_RATE);
        synth.press(crate::Key::STAR, &Press::default());
        synth.into_samples()
    }

    /// Of both signals, relative to the first.
    fn error_db(samples: &[i16], others: &[i16]) -> f64 {
        let energy = |x: f64| x * x;
        let of_samples: f64 = samples.iter().map(|&x| energy(x.into())).sum();
        let pairs = samples.iter().zip(others);
        let error: f64 = pairs
            .map(|(&x, &y)| energy(f64::from(x) - f64::from(y)))
            .sum();
        10.0 * (error / of_samples).log10()
    }

    #[test]
    fn the_first_samples_are_those_of_the_recommendations_arithmetic() {
        // Codes that an encoder never sends among them. Reckoned by hand for the first two, and
        // equal to another implementation's over two million bytes of chance.
        assert_eq!(decoded(&[0x04, 0x04, 0x04]), [-50, -134, -370]);
        assert_eq!(decoded(&[0x00, 0x10, 0xD3]), decoded(&[0x01, 0x10, 0x13]));
    }

    #[test]
    fn a_key_comes_back_as_it_was_but_for_the_first_milliseconds() {
        let key = key();
        let back = decoded(&encoded(&key));
        let (whole, settled) = (error_db(&key, &back), error_db(&key[80..], &back[80..]));
        assert!(
            whole < -19.0 && settled < -40.0,
            "{whole:.1} dB, {settled:.1} dB"
        );
    }

    #[test]
    fn a_stream_is_understood_from_its_middle_on() {
        // As where the audio on descriptor 3 begins to be G.722 in a call.
        let mut rng = Rng::new(7);
        let noise = (0..8_000).map(|_| (2_000.0 * rng.normal()) as i16);
        let bytes = encoded(&noise.chain(key()).collect::<Vec<i16>>());
        let whole = decoded(&bytes);
        for from in [0, 4_000, 7_000, 7_203] {
            let late = decoded(&bytes[from..]);
            let error = error_db(&whole[8_000..], &late[8_000 - from..]);
            assert!(error < -20.0, "{error:.1} dB from {from} on");
        }
    }

    #[test]
    fn no_bytes_take_it_out_of_range() {
        let mut rng = Rng::new(1);
        let mut band = LowerBand::new();
        for _ in 0..200_000 {
            band.decode(rng.bits() as u8);
        }
        for byte in [0x04, 0x24].repeat(50_000) {
            band.decode(byte);
        }
        for sample in [i16::MIN, i16::MAX].repeat(50_000) {
            band.encode(sample);
        }
    }
}
