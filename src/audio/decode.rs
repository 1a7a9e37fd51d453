//! What arrives on descriptor 3, as the detectors want it: bytes in, 8 kHz samples out.

use super::{AudioFormat, RateError, codes::Codes, resample::ToSampleRate};

/// Decodes a stream of bytes in one format into samples at 8 kHz.
///
/// Bytes may come in any pieces; a sample cut in two is completed by the next piece. The `n`-th
/// sample out is the sound at `n / 8000` seconds whatever the format, see [`Decoder::delay`] for
/// when it comes. For formats at 8 kHz `new` does nothing at all, for others it computes a
/// filter; nothing is allocated afterwards.
///
/// ```
/// use voiceagent::audio::{AudioFormat, Decoder};
///
/// let mut decoder = Decoder::new(AudioFormat::SLIN)?;
/// let mut heard = Vec::new();
/// decoder.push(&[0x01, 0x00, 0xFF], &mut |samples| heard.extend_from_slice(samples));
/// decoder.push(&[0x7F], &mut |samples| heard.extend_from_slice(samples));
/// assert_eq!(heard, [1, 32_767]);
/// # Ok::<(), voiceagent::audio::RateError>(())
/// ```
pub struct Decoder {
    format: AudioFormat,
    codes: Codes,
    /// The first byte of a sample whose second has not come yet.
    carried: Option<u8>,
    output: ToSampleRate,
    block: [i16; BLOCK],
}

impl Decoder {
    /// A decoder at the start of a stream.
    ///
    /// # Errors
    /// When the format's rate is out of any range that audio has. Asterisk's own formats never
    /// are.
    pub fn new(format: AudioFormat) -> Result<Self, RateError> {
        Ok(Self {
            format,
            codes: Codes::new(format.encoding()),
            carried: None,
            output: ToSampleRate::new(format.rate())?,
            block: [0; BLOCK],
        })
    }

    /// Takes the next bytes, however many, and hands on the samples they complete, in one or more
    /// pieces.
    pub fn push(&mut self, mut bytes: &[u8], on_samples: &mut impl FnMut(&[i16])) {
        let width = self.format.bytes_per_sample();
        if let Some(low) = self.carried {
            let Some((&high, rest)) = bytes.split_first() else {
                return;
            };
            self.decode(&[low, high], on_samples);
            bytes = rest;
        }
        let (whole, odd) = bytes.split_at(bytes.len() - bytes.len() % width);
        self.carried = odd.first().copied();
        for bytes in whole.chunks(BLOCK * width) {
            self.decode(bytes, on_samples);
        }
    }

    /// Hands on what a resampler still holds, at the end of a recording. Half a sample is lost.
    pub fn finish(&mut self, on_samples: &mut impl FnMut(&[i16])) {
        self.carried = None;
        self.output.finish(on_samples);
    }

    /// The format this decodes.
    #[must_use]
    pub fn format(&self) -> AudioFormat {
        self.format
    }

    /// How many 8 kHz samples later than they could be samples are given: 0 at 8 kHz, else what a
    /// resampler's filter must wait for. Their times are true nevertheless.
    ///
    /// With as much silence before the first, the samples of a frame of 20 ms end where it does:
    /// what looks at samples in steps of 10 ms need not wait for the next frame to end a step.
    #[must_use]
    pub fn delay(&self) -> u64 {
        self.output.delay()
    }

    /// Whole samples, a block at most.
    fn decode(&mut self, bytes: &[u8], on_samples: &mut impl FnMut(&[i16])) {
        let samples = &mut self.block[..bytes.len() / self.format.bytes_per_sample()];
        self.codes.decode(bytes, samples);
        self.output.push(samples, on_samples);
    }
}

/// Samples decoded at once: 20 ms at 48 kHz.
const BLOCK: usize = 960;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::g711;

    const FORMATS: [&str; 12] = [
        "slin", "slin12", "slin16", "slin24", "slin32", "slin44", "slin48", "slin96", "slin192",
        "ulaw", "alaw", "g722",
    ];

    fn decoder(format: &str) -> Decoder {
        Decoder::new(format.parse().expect("a known format")).expect("a known rate")
    }

    /// Bytes that are no two alike nearby, so that a lost or doubled one shows.
    fn bytes(length: usize) -> Vec<u8> {
        (0..length)
            .map(|n| (n.wrapping_mul(n) >> 3 ^ n) as u8)
            .collect()
    }

    fn decode(format: &str, pieces: &[&[u8]]) -> Vec<i16> {
        let mut decoder = decoder(format);
        let mut heard = Vec::new();
        for piece in pieces {
            decoder.push(piece, &mut |samples| heard.extend_from_slice(samples));
        }
        decoder.finish(&mut |samples| heard.extend_from_slice(samples));
        heard
    }

    #[test]
    fn any_two_pieces_give_what_the_whole_gives() {
        let bytes = bytes(645);
        for format in FORMATS {
            let whole = decode(format, &[&bytes]);
            assert!(!whole.is_empty());
            for cut in 0..=bytes.len() {
                let (head, tail) = bytes.split_at(cut);
                assert_eq!(
                    decode(format, &[head, tail]),
                    whole,
                    "{format} cut at {cut}"
                );
            }
        }
    }

    #[test]
    fn single_bytes_and_frames_of_odd_sizes_give_what_the_whole_gives() {
        let bytes = bytes(8_001);
        for format in FORMATS {
            let whole = decode(format, &[&bytes]);
            // Sizes seen on descriptor 3 through Local channels and ChanSpy, and odd ones.
            for size in [1, 3, 44, 154, 160, 242, 320, 1_919, 1_921] {
                let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
                assert_eq!(decode(format, &pieces), whole, "{format} by {size}");
            }
        }
    }

    #[test]
    fn slin_is_handed_on_unchanged() {
        let bytes = bytes(4_096);
        let expected: Vec<i16> = bytes
            .chunks(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        assert_eq!(decode("slin", &[&bytes]), expected);
    }

    #[test]
    fn g711_is_a_sample_a_byte() {
        let codes: Vec<u8> = (0..=255).collect();
        let ulaw: Vec<i16> = codes.iter().map(|c| g711::ulaw_to_linear(*c)).collect();
        let alaw: Vec<i16> = codes.iter().map(|c| g711::alaw_to_linear(*c)).collect();
        assert_eq!(decode("ulaw", &[&codes]), ulaw);
        assert_eq!(decode("alaw", &[&codes]), alaw);
    }

    #[test]
    fn at_8_khz_every_sample_comes_at_once() {
        let mut decoder = decoder("alaw");
        let mut count = 0;
        decoder.push(&[0xD5; 160], &mut |samples| count += samples.len());
        assert_eq!((count, decoder.delay()), (160, 0));
    }

    #[test]
    fn no_format_of_asterisks_is_heard_more_than_3_ms_late() {
        for format in FORMATS {
            assert!(decoder(format).delay() <= 24, "{format}");
        }
    }
}
