//! Bytes into 16-bit samples, as they come, at whatever rate they have.

use super::{Encoding, g711, g722::LowerBand};

/// What is known of a stream of samples that are one or two bytes each.
#[derive(Clone, Debug)]
pub struct Codes(Known);

#[derive(Clone, Debug)]
enum Known {
    Slin,
    Ulaw,
    Alaw,
    G722(LowerBand),
}

impl Codes {
    /// At the start of a stream.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self(match encoding {
            Encoding::Slin => Known::Slin,
            Encoding::Ulaw => Known::Ulaw,
            Encoding::Alaw => Known::Alaw,
            Encoding::G722 => Known::G722(LowerBand::new()),
        })
    }

    /// Fills `samples` from as many of the next bytes; whole samples only.
    pub fn decode(&mut self, bytes: &[u8], samples: &mut [i16]) {
        match &mut self.0 {
            Known::Slin => {
                for (sample, pair) in samples.iter_mut().zip(bytes.as_chunks::<2>().0) {
                    *sample = i16::from_le_bytes(*pair);
                }
            }
            Known::Ulaw => each(bytes, samples, g711::ulaw_to_linear),
            Known::Alaw => each(bytes, samples, g711::alaw_to_linear),
            Known::G722(band) => each(bytes, samples, |code| band.decode(code)),
        }
    }

    /// The bytes of the next samples.
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let samples = samples.iter().copied();
        match &mut self.0 {
            Known::Slin => samples.flat_map(i16::to_le_bytes).collect(),
            Known::Ulaw => samples.map(g711::linear_to_ulaw).collect(),
            Known::Alaw => samples.map(g711::linear_to_alaw).collect(),
            Known::G722(band) => samples.map(|sample| band.encode(sample)).collect(),
        }
    }
}

fn each(codes: &[u8], samples: &mut [i16], mut to_linear: impl FnMut(u8) -> i16) {
    for (sample, code) in samples.iter_mut().zip(codes) {
        *sample = to_linear(*code);
    }
}
