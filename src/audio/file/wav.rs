//! The head of a WAV file, and what hound makes of the rest.
//!
//! hound reads PCM of whole bytes and floats of 32 bits. Recordings need more: G.711, which hound
//! calls unsupported; a length of zero or of all ones, as a file has that is still being written or
//! went through a pipe; a byte rate that contradicts the other fields; samples of 12 or 20 bits;
//! floats of 64 bits. So the head is read here, and hound is given a clean one.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use hound::{SampleFormat, WavIntoSamples, WavReader};

use super::read_up_to;
use crate::audio::Encoding;

/// What comes before the samples of a WAV file.
pub(super) struct Head {
    pub(super) channels: u16,
    pub(super) rate: u32,
    /// Bytes of samples, if the file says so.
    pub(super) length: Option<u64>,
    pub(super) coding: Coding,
    /// What was read already of that which comes behind.
    pub(super) behind: Vec<u8>,
}

/// Who decodes the samples.
pub(super) enum Coding {
    G711(Encoding),
    /// The format chunk as hound may see it.
    Linear(Vec<u8>),
    /// Floats of 64 bits; the format chunk as hound may see it once they have 32.
    Double(Vec<u8>),
}

impl Head {
    /// Reads up to the first sample; `magic` holds the first four bytes already.
    pub(super) fn read(magic: [u8; 4], reader: &mut impl Read) -> Result<Self, WavError> {
        if &magic == b"RF64" {
            return Err(WavError::Rf64);
        }
        if &magic != b"RIFF" {
            return Err(WavError::NotRiff(magic));
        }
        let mut reader = Position { reader, at: 4 };
        let length_of_file = reader.word("the RIFF header")?;
        if &reader.array::<4>("the RIFF header")? != b"WAVE" {
            return Err(WavError::NotWave);
        }

        let mut format = None;
        loop {
            let kind = match reader.array::<4>("a chunk's header") {
                Err(WavError::CutShort { at, .. }) => return Err(WavError::NoData { at }),
                kind => kind?,
            };
            let length = reader.word("a chunk's header")?;
            match &kind {
                b"fmt " => format = Some(reader.format_chunk(length)?),
                b"data" => {
                    let Some(format) = format else {
                        return Err(WavError::DataBeforeFormat { at: reader.at });
                    };
                    let mut head = Self::of(format, length)?;
                    let room = reader.room(length_of_file);
                    if length == 0 && room > 0 {
                        head.behind = reader.up_to(CHUNK_HEADER)?;
                        head.length = is_chunk(&head.behind, room).then_some(0);
                    }
                    return Ok(head);
                }
                // Chunks are padded to an even length.
                _ => reader.skip(u64::from(length) + u64::from(length % 2))?,
            }
        }
    }

    fn of(mut format: Vec<u8>, length: u32) -> Result<Self, WavError> {
        let short = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
        let tag = match short(0) {
            // The first field of the GUID that an extensible format ends in.
            EXTENSIBLE if format.len() >= 40 => short(24),
            tag => tag,
        };
        let (channels, block, bits) = (short(2), short(12), short(14));
        let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
        let coding = match tag {
            ALAW | ULAW if bits == 8 && block == channels => Coding::G711(if tag == ALAW {
                Encoding::Alaw
            } else {
                Encoding::Ulaw
            }),
            ALAW | ULAW => return Err(WavError::InconsistentG711 { bits }),
            FLOAT if bits == 64 => Coding::Double(single_format(channels, rate)),
            PCM | FLOAT => {
                if tag == PCM {
                    widen(&mut format);
                }
                let bytes_a_second = u32::from(block).wrapping_mul(rate);
                format[8..12].copy_from_slice(&bytes_a_second.to_le_bytes());
                Coding::Linear(format)
            }
            tag => return Err(WavError::Unsupported { tag }),
        };
        Ok(Self {
            channels,
            rate,
            length: (length != 0 && length != u32::MAX).then_some(u64::from(length)),
            coding,
            behind: Vec::new(),
        })
    }
}

/// Whether another chunk begins so, and no samples: its kind is four letters, digits or blanks, and
/// it fits into the room that there is.
fn is_chunk(header: &[u8], room: u64) -> bool {
    let Some((kind, length)) = header.split_first_chunk::<4>() else {
        return false;
    };
    let is_kind = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    kind.iter().all(is_kind)
        && length.first_chunk().is_some_and(|length| {
            u64::from(u32::from_le_bytes(*length)) + CHUNK_HEADER as u64 <= room
        })
}

/// Samples of fewer bits than they have room for stand at its upper end (`wValidBitsPerSample` in the
/// documentation of `WAVEFORMATEXTENSIBLE`), so they are samples of all its bits. Whole bytes
/// of a format that does not tell room and bits apart are left to hound, which reads the lower end.
fn widen(format: &mut [u8]) {
    let short = |format: &[u8], at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let bytes = short(format, 12) / short(format, 2).max(1);
    let width = bytes.saturating_mul(8);
    let (bits, is_extensible) = (short(format, 14), short(format, 0) == EXTENSIBLE);
    if bits % 8 != 0 && bits < width {
        format[14..16].copy_from_slice(&width.to_le_bytes());
    }
    if is_extensible && short(format, 18) < width && (short(format, 18) % 8 != 0 || bits == width) {
        format[18..20].copy_from_slice(&width.to_le_bytes());
    }
}

/// The format chunk of floats of 32 bits.
fn single_format(channels: u16, rate: u32) -> Vec<u8> {
    let block = channels.wrapping_mul(4);
    let mut format = Vec::from(FLOAT.to_le_bytes());
    format.extend(channels.to_le_bytes());
    format.extend(rate.to_le_bytes());
    format.extend(u32::from(block).wrapping_mul(rate).to_le_bytes());
    format.extend(block.to_le_bytes());
    format.extend(32_u16.to_le_bytes());
    format
}

/// Samples as hound reads them, made 16 bits wide.
pub(super) struct Linear {
    samples: Samples,
    /// Whether the header says how many there are, or the end of the file does.
    length_known: bool,
    cut_short: bool,
}

enum Samples {
    Integer(WavIntoSamples<Clean, i32>, u16),
    Float(WavIntoSamples<Clean, f32>),
}

/// A clean head before the rest of the file, in a buffer that hound's many small reads are cheap on.
type Clean = BufReader<io::Chain<Cursor<Vec<u8>>, UntilEnd>>;

impl Linear {
    /// Gives hound `format`, and as many samples as `length` has room for.
    pub(super) fn new(
        format: &[u8],
        length: Option<u64>,
        reader: Box<dyn Read>,
    ) -> Result<Self, WavError> {
        // hound wants whole blocks, and divides by them.
        let block = u64::from(u16::from_le_bytes([format[12], format[13]])).max(1);
        let bytes = length.unwrap_or(u64::from(u32::MAX)) / block * block;
        let mut head = Vec::from(*b"RIFF\xFF\xFF\xFF\xFFWAVEfmt ");
        head.extend((format.len() as u32).to_le_bytes());
        head.extend(format);
        head.extend(b"data");
        head.extend((bytes as u32).to_le_bytes());

        let reader = WavReader::new(BufReader::new(Cursor::new(head).chain(UntilEnd(reader))))?;
        let spec = reader.spec();
        Ok(Self {
            samples: match spec.sample_format {
                SampleFormat::Int => Samples::Integer(reader.into_samples(), spec.bits_per_sample),
                SampleFormat::Float => Samples::Float(reader.into_samples()),
            },
            length_known: length.is_some(),
            cut_short: false,
        })
    }

    /// The same of floats of 64 bits, where `format` is of 32.
    pub(super) fn of_doubles(
        format: &[u8],
        length: Option<u64>,
        reader: Box<dyn Read>,
    ) -> Result<Self, WavError> {
        let length = length.map(|length| length / 2);
        Self::new(format, length, Box::new(Singles(reader)))
    }

    /// Fills `block`, and only at the end, be it the promised one or not, less than all of it.
    pub(super) fn read(&mut self, block: &mut [i16]) -> Result<usize, WavError> {
        if self.cut_short {
            return Ok(0);
        }
        let (filled, error) = match &mut self.samples {
            Samples::Integer(samples, bits) => {
                let bits = *bits;
                fill(block, samples, |sample| narrow(sample, bits))
            }
            Samples::Float(samples) => fill(block, samples, to_i16),
        };
        match error {
            Some(hound::Error::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => {
                self.cut_short = true;
            }
            Some(error) => return Err(error.into()),
            None => {}
        }
        Ok(filled)
    }

    /// How many of the samples that the header promises were not there.
    pub(super) fn missing(&self) -> Option<usize> {
        // The one that hit the end of the file counts as read.
        let left = match &self.samples {
            Samples::Integer(samples, _) => samples.len() + 1,
            Samples::Float(samples) => samples.len() + 1,
        };
        (self.cut_short && self.length_known).then_some(left)
    }
}

/// Fills `block` until samples end or fail.
fn fill<S>(
    block: &mut [i16],
    samples: &mut impl Iterator<Item = hound::Result<S>>,
    convert: impl Fn(S) -> i16,
) -> (usize, Option<hound::Error>) {
    for (n, place) in block.iter_mut().enumerate() {
        match samples.next() {
            Some(Ok(sample)) => *place = convert(sample),
            Some(Err(error)) => return (n, Some(error)),
            None => return (n, None),
        }
    }
    (block.len(), None)
}

/// A sample of `bits` bits as one of 16, rounded.
fn narrow(sample: i32, bits: u16) -> i16 {
    let bits = i64::from(bits);
    let sample = i64::from(sample);
    let narrowed = if bits <= 16 {
        sample << (16 - bits)
    } else {
        (sample + (1 << (bits - 17))) >> (bits - 16)
    };
    narrowed.clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16
}

/// A sample of −1 to 1 as one of 16 bits. The cast saturates, and makes 0 of what is no number.
fn to_i16(sample: f32) -> i16 {
    (sample * 32_768.0).round_ties_even() as i16
}

/// Floats of 64 bits as such of 32, which are finer than 16-bit samples still. Whoever reads has
/// room for one: hound's buffer.
struct Singles(Box<dyn Read>);

impl Read for Singles {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        for single in buffer.as_chunks_mut::<4>().0 {
            let mut double = [0; 8];
            if read_up_to(&mut self.0, &mut double)? < double.len() {
                break;
            }
            *single = (f64::from_le_bytes(double) as f32).to_le_bytes();
            filled += single.len();
        }
        Ok(filled)
    }
}

/// Says `UnexpectedEof` at the end, which hound would not tell from other errors.
pub(super) struct UntilEnd(Box<dyn Read>);

impl Read for UntilEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

/// A reader that knows how far it has come.
struct Position<'a, R> {
    reader: &'a mut R,
    at: u64,
}

impl<R: Read> Position<'_, R> {
    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WavError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what)?;
        Ok(bytes)
    }

    fn word(&mut self, what: &'static str) -> Result<u32, WavError> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    fn format_chunk(&mut self, length: u32) -> Result<Vec<u8>, WavError> {
        if !FORMAT_LENGTHS.contains(&length) {
            return Err(WavError::FormatLength { length });
        }
        let mut chunk = vec![0; length as usize];
        self.fill(&mut chunk, "the format chunk")?;
        self.skip(u64::from(length % 2))?;
        Ok(chunk)
    }

    /// Bytes that a file of this RIFF length has from here on. Whoever did not know the length when
    /// the head was written wrote all ones, or counted nothing behind it.
    fn room(&self, length_of_file: u32) -> u64 {
        if length_of_file == u32::MAX {
            return 0;
        }
        (u64::from(length_of_file) + RIFF_HEADER).saturating_sub(self.at)
    }

    /// The next bytes, as many of these as there are.
    fn up_to(&mut self, bytes: usize) -> Result<Vec<u8>, WavError> {
        let mut buffer = vec![0; bytes];
        let read = read_up_to(self.reader, &mut buffer)?;
        buffer.truncate(read);
        Ok(buffer)
    }

    fn skip(&mut self, bytes: u64) -> Result<(), WavError> {
        let skipped = io::copy(&mut self.reader.by_ref().take(bytes), &mut io::sink())?;
        self.at += skipped;
        if skipped < bytes {
            return Err(WavError::NoData { at: self.at });
        }
        Ok(())
    }

    fn fill(&mut self, buffer: &mut [u8], what: &'static str) -> Result<(), WavError> {
        match self.reader.read_exact(buffer) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(WavError::CutShort { what, at: self.at })
            }
            result => {
                self.at += buffer.len() as u64;
                Ok(result?)
            }
        }
    }
}

/// Why the head of a WAV file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum WavError {
    #[error(
        "not a WAV file: begins with {:?} instead of \"RIFF\" (for bare samples give --encoding \
         and --rate)",
        String::from_utf8_lossy(.0)
    )]
    NotRiff([u8; 4]),
    #[error("a RIFF file, but not a WAVE file: byte 8 should begin \"WAVE\"")]
    NotWave,
    #[error(
        "a WAV file of the RF64 kind, made for more than 4 GiB, which cannot be read: make it a \
         plain one with sox or ffmpeg, in pieces if it is as long"
    )]
    Rf64,
    #[error("the WAV header is cut short: the file ends at byte {at}, within {what}")]
    CutShort { what: &'static str, at: u64 },
    #[error("a WAV file without samples: it ends at byte {at} before any data chunk")]
    NoData { at: u64 },
    #[error("a WAV file whose samples (byte {at}) come before its format")]
    DataBeforeFormat { at: u64 },
    #[error("the WAV header is broken: a format chunk of {length} bytes (16, 18 and 40 are usual)")]
    FormatLength { length: u32 },
    #[error("the WAV header is broken: G.711 has 8 bits a sample, not {bits}")]
    InconsistentG711 { bits: u16 },
    #[error(
        "a WAV file with {} samples (format {tag:#06x}); PCM, float, A-law and µ-law can be \
         read: convert it with sox or ffmpeg",
        coding_name(*tag)
    )]
    Unsupported { tag: u16 },
    #[error("the WAV header is broken: {0}")]
    Broken(&'static str),
    #[error(
        "a WAV file with samples of a width that cannot be read: convert it with sox or ffmpeg"
    )]
    Width,
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
}

impl From<hound::Error> for WavError {
    fn from(error: hound::Error) -> Self {
        match error {
            hound::Error::IoError(error) => Self::Read(error),
            hound::Error::FormatError(text) => Self::Broken(text),
            hound::Error::TooWide
            | hound::Error::UnfinishedSample
            | hound::Error::Unsupported
            | hound::Error::InvalidSampleFormat => Self::Width,
        }
    }
}

fn coding_name(tag: u16) -> &'static str {
    match tag {
        0x0002 | 0x0011 => "ADPCM",
        0x0031 => "GSM 06.10 (Asterisk's wav49)",
        0x0050 | 0x0055 => "MPEG",
        EXTENSIBLE => "unknown extensible",
        _ => "unknown",
    }
}

// Format tags, mmreg.h and RFC 2361.
const PCM: u16 = 0x0001;
const FLOAT: u16 = 0x0003;
const ALAW: u16 = 0x0006;
const ULAW: u16 = 0x0007;
const EXTENSIBLE: u16 = 0xFFFE;

/// Bytes of a chunk's kind and length.
const CHUNK_HEADER: usize = 8;
/// Bytes before those that the RIFF length counts.
const RIFF_HEADER: u64 = 8;
/// From the 16 bytes of every format to more than any has; bounds what is kept of a hostile head.
const FORMAT_LENGTHS: std::ops::RangeInclusive<u32> = 16..=256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_rounds_and_keeps_full_scale() {
        assert_eq!(narrow(127, 8), 127 << 8);
        assert_eq!(narrow(-128, 8), i16::MIN);
        assert_eq!(narrow(-5, 16), -5);
        assert_eq!(narrow(0x7F_FFFF, 24), i16::MAX);
        assert_eq!(narrow(0x00_0180, 24), 2);
        assert_eq!(narrow(i32::MIN, 32), i16::MIN);
        assert_eq!(narrow(i32::MAX, 32), i16::MAX);
    }

    #[test]
    fn floats_beyond_full_scale_or_no_numbers_do_no_harm() {
        assert_eq!(to_i16(0.5), 16_384);
        assert_eq!(to_i16(1.5), i16::MAX);
        assert_eq!(to_i16(f32::NEG_INFINITY), i16::MIN);
        assert_eq!(to_i16(f32::NAN), 0);
    }
}
