//! What Asterisk calls the audio it writes to descriptor 3.

use std::{fmt, str::FromStr};

/// How the samples of a stream are written, and how many a second there are.
///
/// Read from the name that `CHANNEL(audioreadformat)` and `EAGI_AUDIO_FORMAT` use:
///
/// ```
/// use voiceagent::audio::AudioFormat;
///
/// let format: AudioFormat = "slin16".parse()?;
/// assert_eq!(format.rate(), 16_000);
/// assert_eq!(format.bytes_per_sample(), 2);
/// # Ok::<(), voiceagent::audio::FormatError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AudioFormat {
    encoding: Encoding,
    rate: u32,
}

impl AudioFormat {
    /// 16-bit samples at 8 kHz: what Asterisk sends unless it is told otherwise.
    pub const SLIN: Self = Self::new(Encoding::Slin, 8_000);
    /// G.711 µ-law.
    pub const ULAW: Self = Self::new(Encoding::Ulaw, 8_000);
    /// G.711 A-law.
    pub const ALAW: Self = Self::new(Encoding::Alaw, 8_000);
    /// The lower band of G.722, which is all that a narrowband line carries.
    pub const G722: Self = Self::new(Encoding::G722, 8_000);

    /// Samples written as `encoding`, `rate` a second.
    #[must_use]
    pub const fn new(encoding: Encoding, rate: u32) -> Self {
        Self { encoding, rate }
    }

    /// How each sample is written.
    #[must_use]
    pub const fn encoding(self) -> Encoding {
        self.encoding
    }

    /// Samples a second.
    #[must_use]
    pub const fn rate(self) -> u32 {
        self.rate
    }

    /// Bytes that one sample takes.
    #[must_use]
    pub const fn bytes_per_sample(self) -> usize {
        self.encoding.bytes_per_sample()
    }
}

impl FromStr for AudioFormat {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if let Some((_, format)) = DECODABLE.iter().find(|(known, _)| *known == name) {
            return Ok(*format);
        }
        let name = name.to_owned();
        Err(if NOT_DECODABLE.contains(&name.as_str()) {
            FormatError::NotDecodable(name)
        } else {
            FormatError::Unknown(name)
        })
    }
}

impl fmt::Display for AudioFormat {
    /// Asterisk's name, or encoding and rate where Asterisk has none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DECODABLE.iter().find(|(_, format)| format == self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{} at {} Hz", self.encoding, self.rate),
        }
    }
}

/// How one sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// 16-bit signed, low byte first: Asterisk's "signed linear".
    Slin,
    /// G.711 µ-law, one byte.
    Ulaw,
    /// G.711 A-law, one byte.
    Alaw,
    /// G.722, one byte for a sample of the lower band.
    G722,
}

impl Encoding {
    /// Bytes that one sample takes.
    #[must_use]
    pub const fn bytes_per_sample(self) -> usize {
        match self {
            Self::Slin => 2,
            Self::Ulaw | Self::Alaw | Self::G722 => 1,
        }
    }
}

impl FromStr for Encoding {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name {
            "slin" | "s16le" => Self::Slin,
            "ulaw" | "mulaw" => Self::Ulaw,
            "alaw" => Self::Alaw,
            "g722" => Self::G722,
            _ => return Err(FormatError::UnknownEncoding(name.to_owned())),
        })
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Slin => "slin",
            Self::Ulaw => "ulaw",
            Self::Alaw => "alaw",
            Self::G722 => "g722",
        })
    }
}

/// Why a name does not give a format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// One of Asterisk's codecs whose frames are not samples. Keys can then be heard only where
    /// Asterisk reports them, or after `Set(EAGI_AUDIO_FORMAT=slin)` in the dialplan.
    #[error(
        "audio format {0:?} cannot be decoded here (slin, slin12 to slin192, ulaw, alaw and g722 can)"
    )]
    NotDecodable(String),
    /// No codec of Asterisk's that this program has heard of.
    #[error(
        "unknown audio format {0:?} (known are slin, slin12, slin16, slin24, slin32, slin44, \
         slin48, slin96, slin192, ulaw, alaw and g722)"
    )]
    Unknown(String),
    /// Not one of the encodings that raw files may have.
    #[error("unknown encoding {0:?} (known are slin, ulaw, alaw and g722)")]
    UnknownEncoding(String),
}

/// Names as `core show codecs` of Asterisk 22 prints them. `slin44` is 44.1 kHz there.
const DECODABLE: [(&str, AudioFormat); 12] = [
    ("slin", AudioFormat::SLIN),
    ("slin12", AudioFormat::new(Encoding::Slin, 12_000)),
    ("slin16", AudioFormat::new(Encoding::Slin, 16_000)),
    ("slin24", AudioFormat::new(Encoding::Slin, 24_000)),
    ("slin32", AudioFormat::new(Encoding::Slin, 32_000)),
    ("slin44", AudioFormat::new(Encoding::Slin, 44_100)),
    ("slin48", AudioFormat::new(Encoding::Slin, 48_000)),
    ("slin96", AudioFormat::new(Encoding::Slin, 96_000)),
    ("slin192", AudioFormat::new(Encoding::Slin, 192_000)),
    ("ulaw", AudioFormat::ULAW),
    ("alaw", AudioFormat::ALAW),
    ("g722", AudioFormat::G722),
];

/// The other audio codecs of `core show codecs`, Asterisk 16 to 22.
const NOT_DECODABLE: [&str; 19] = [
    "adpcm", "codec2", "g719", "g723", "g726", "g726aal2", "g729", "gsm", "ilbc", "lpc10", "opus",
    "silk8", "silk12", "silk16", "silk24", "siren7", "siren14", "speex", "testlaw",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_read_back_from_the_name_it_prints() {
        for (name, format) in DECODABLE {
            assert_eq!(format.to_string(), name);
            assert_eq!(name.parse(), Ok(format));
        }
    }

    #[test]
    fn slin44_is_the_compact_discs_rate() {
        let format: AudioFormat = "slin44".parse().expect("a known name");
        assert_eq!(format.rate(), 44_100);
    }

    #[test]
    fn codecs_that_are_not_samples_are_told_from_names_never_heard_of() {
        for name in ["gsm", "opus", "g729", "speex"] {
            assert_eq!(
                name.parse::<AudioFormat>(),
                Err(FormatError::NotDecodable(name.to_owned()))
            );
        }
        for name in ["", "SLIN", "slin8", "slin16 ", "wav"] {
            assert_eq!(
                name.parse::<AudioFormat>(),
                Err(FormatError::Unknown(name.to_owned()))
            );
        }
    }

    #[test]
    fn an_error_names_what_was_given_and_what_is_known() {
        let message = FormatError::Unknown("slim".to_owned()).to_string();
        assert!(message.contains("\"slim\"") && message.contains("slin192"));
    }
}
