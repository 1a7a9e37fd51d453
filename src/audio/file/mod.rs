//! Recordings of any usual kind, as 8 kHz samples a channel.

mod ending;
mod error;
mod find;
mod source;
mod target;
#[cfg(test)]
mod tests;
mod wav;

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use self::{error::FileError, target::Target};

use self::{
    ending::{format_of_ending, has_ending},
    error::Fault,
    source::{Bytes, Source},
    wav::{Coding, Head, Linear, WavError},
};
use super::{AudioFormat, Encoding, SAMPLE_RATE, resample::ToSampleRate};

/// How a recording is to be read where its name and header do not decide, or are wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Samples a second, instead of what name or header say.
    pub rate: Option<u32>,
    /// The file is bare samples of this encoding, whatever its name.
    pub encoding: Option<Encoding>,
    /// All channels averaged into one.
    pub mix: bool,
}

/// A recording being read from beginning to end, in bounded memory.
///
/// WAV files (PCM of 8 to 32 bits, float, A-law, µ-law) are known by their content, bare
/// samples by the endings that Asterisk gives them. Samples come at 8 kHz, at their true times,
/// each channel by itself.
pub struct Recording {
    name: String,
    source: Source,
    channels_in_file: u16,
    rate: u32,
    tracks: Vec<ToSampleRate>,
    interleaved: Vec<i16>,
    channel: Vec<i16>,
    mix: bool,
    frames: u64,
    ended: bool,
}

impl Recording {
    /// Opens the file at `path`, or standard input if that is `-`.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or is nothing that is known here.
    pub fn open(path: &Path, reading: &Reading) -> Result<Self, FileError> {
        Self::open_counted(path, reading, &Arc::default())
    }

    /// As [`Recording::open`]; `bytes` grows by what is read of the file, now and later.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn open_counted(
        path: &Path,
        reading: &Reading,
        bytes: &Arc<AtomicU64>,
    ) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let opened: io::Result<Box<dyn Read>> = if name == "-" {
            Ok(Box::new(BufReader::new(io::stdin())))
        } else {
            File::open(path).map(|file| {
                let bytes = Arc::clone(bytes);
                Box::new(BufReader::new(Counted { file, bytes })) as _
            })
        };
        match opened {
            Ok(reader) => Self::new(&name, reader, reading),
            Err(error) => Err(FileError::new(&name, Fault::Open(error))),
        }
    }

    /// The files that `path` stands for: itself, or if it is a folder, and not `-`, the recordings
    /// in it and below it, known by their endings, in the order of their names.
    #[must_use]
    pub fn find(path: &Path) -> Vec<Result<PathBuf, FileError>> {
        find::find(path)
    }

    /// Reads a recording from anything; `name` tells its ending and goes into messages.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn new(name: &str, reader: Box<dyn Read>, reading: &Reading) -> Result<Self, FileError> {
        Self::identify(name, reader, reading).map_err(|fault| FileError::new(name, fault))
    }

    /// Reads a little more and hands on what that gives, with the number of its channel. False
    /// when all has been read.
    ///
    /// # Errors
    /// When the file cannot be read on, or turns out to hold no sample at all.
    pub fn read(&mut self, on_samples: &mut impl FnMut(usize, &[i16])) -> Result<bool, FileError> {
        if self.ended {
            return Ok(false);
        }
        let fault = |fault| FileError::new(&self.name, fault);
        let samples = self.source.read(&mut self.interleaved).map_err(fault)?;
        let count = usize::from(self.channels_in_file);
        // What is left of a frame that the end of the file cut short is dropped.
        let frames = samples / count;
        if frames == 0 {
            if self.frames == 0 {
                return Err(fault(Fault::Empty));
            }
            self.ended = true;
            for (channel, track) in self.tracks.iter_mut().enumerate() {
                track.finish(&mut |samples| on_samples(channel, samples));
            }
            return Ok(false);
        }
        self.frames += frames as u64;
        let interleaved = self.interleaved[..frames * count].chunks_exact(count);
        for (channel, track) in self.tracks.iter_mut().enumerate() {
            let samples = &mut self.channel[..frames];
            for (sample, frame) in samples.iter_mut().zip(interleaved.clone()) {
                *sample = if self.mix {
                    mean(frame)
                } else {
                    frame[channel]
                };
            }
            track.push(samples, &mut |samples| on_samples(channel, samples));
        }
        Ok(true)
    }

    /// All samples of a recording with its channels mixed into one: for short ones.
    ///
    /// # Errors
    /// As [`Recording::open`] and [`Recording::read`].
    pub fn read_mixed(path: &Path, reading: &Reading) -> Result<Vec<i16>, FileError> {
        Self::read_mixed_warned(path, reading, |_| ())
    }

    /// As [`Recording::read_mixed`]; `on_warning` is told what was odd about the file, if anything.
    ///
    /// # Errors
    /// As [`Recording::read_mixed`].
    pub fn read_mixed_warned(
        path: &Path,
        reading: &Reading,
        on_warning: impl FnOnce(&str),
    ) -> Result<Vec<i16>, FileError> {
        let mut recording = Self::open(
            path,
            &Reading {
                mix: true,
                ..*reading
            },
        )?;
        let mut all = Vec::new();
        while recording.read(&mut |_, samples| all.extend_from_slice(samples))? {}
        if let Some(warning) = recording.warning() {
            on_warning(&warning);
        }
        Ok(all)
    }

    /// The name it was opened by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Channels that [`Recording::read`] hands on: those of the file, or one if they are mixed.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.tracks.len()
    }

    /// Samples a second in the file.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// How many 8 kHz samples later than at 8 kHz a sample of this rate would have come in a call.
    #[must_use]
    pub fn delay(&self) -> u64 {
        self.tracks[0].delay()
    }

    /// What was odd about the file though it could be read; known once all has been.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let missing = self.source.missing()?;
        let read = self.frames as f64 / f64::from(self.rate);
        Some(format!("{}: {missing}; {read:.3} s were read", self.name))
    }

    fn identify(name: &str, mut reader: Box<dyn Read>, reading: &Reading) -> Result<Self, Fault> {
        if let Some(encoding) = reading.encoding {
            let rate = reading.rate.unwrap_or(SAMPLE_RATE);
            return Self::bare(name, AudioFormat::new(encoding, rate), reader, reading);
        }
        let mut magic = [0; 4];
        let got = read_up_to(&mut reader, &mut magic).map_err(Fault::Read)?;
        if got == 0 {
            return Err(Fault::Empty);
        }
        let is_wav = got == 4 && (&magic == b"RIFF" || &magic == b"RF64");
        match format_of_ending(name) {
            Some(format) if !is_wav => {
                let rate = reading.rate.unwrap_or(format.rate());
                let format = AudioFormat::new(format.encoding(), rate);
                let reader = Box::new(io::Cursor::new(magic).take(got as u64).chain(reader));
                Self::bare(name, format, reader, reading)
            }
            None if !is_wav && !has_ending(name, "wav") => Err(Fault::UnknownKind),
            _ if got < 4 => Err(Fault::Wav(WavError::CutShort {
                what: "the RIFF header",
                at: got as u64,
            })),
            _ => Self::wav(name, magic, reader, reading),
        }
    }

    fn wav(
        name: &str,
        magic: [u8; 4],
        mut reader: Box<dyn Read>,
        reading: &Reading,
    ) -> Result<Self, Fault> {
        let head = Head::read(magic, &mut reader)?;
        let reader = Box::new(io::Cursor::new(head.behind).chain(reader));
        let source = match head.coding {
            Coding::G711(encoding) => Source::Bytes(Bytes::new(encoding, head.length, reader)),
            Coding::Linear(format) => Source::Linear(Linear::new(&format, head.length, reader)?),
            Coding::Double(format) => {
                Source::Linear(Linear::of_doubles(&format, head.length, reader)?)
            }
        };
        let rate = reading.rate.unwrap_or(head.rate);
        Self::from_source(name, source, head.channels, rate, reading)
    }

    fn bare(
        name: &str,
        format: AudioFormat,
        reader: Box<dyn Read>,
        reading: &Reading,
    ) -> Result<Self, Fault> {
        let source = Source::Bytes(Bytes::new(format.encoding(), None, reader));
        Self::from_source(name, source, 1, format.rate(), reading)
    }

    fn from_source(
        name: &str,
        source: Source,
        channels: u16,
        rate: u32,
        reading: &Reading,
    ) -> Result<Self, Fault> {
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(Fault::Channels(channels));
        }
        let tracks = if reading.mix { 1 } else { channels };
        Ok(Self {
            name: name.to_owned(),
            source,
            channels_in_file: channels,
            rate,
            tracks: (0..tracks)
                .map(|_| ToSampleRate::new(rate))
                .collect::<Result<_, _>>()?,
            interleaved: vec![0; BLOCK * usize::from(channels)],
            channel: vec![0; BLOCK],
            mix: reading.mix,
            frames: 0,
            ended: false,
        })
    }
}

/// A file that tells how much of it was read.
struct Counted {
    file: File,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn mean(frame: &[i16]) -> i16 {
    let sum: i32 = frame.iter().map(|sample| i32::from(*sample)).sum();
    (sum / frame.len() as i32) as i16
}

/// Fills `buffer` as far as the reader goes.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Frames read at once.
const BLOCK: usize = 960;
/// Each channel costs a filter and a detector; call recordings have two, studio files eight.
const MAX_CHANNELS: u16 = 32;
