//! Writing samples to a file of the kind that its name says.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::{
    FileError,
    ending::{format_of_ending, has_ending},
    error::Fault,
};
use crate::audio::{AudioFormat, Encoding, SAMPLE_RATE, codes::Codes};

/// A file to be written: 16-bit WAV, or bare samples with one of Asterisk's endings.
#[derive(Clone, Debug)]
pub struct Target {
    path: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Wav { rate: u32 },
    Bare(AudioFormat),
}

impl Target {
    /// Decides by the name at `path` what to write; `-` is signed linear on standard output.
    /// `rate` is for WAV files, for others it can only be the one that the ending implies.
    ///
    /// # Errors
    /// When the ending is unknown or implies another rate.
    pub fn new(path: &Path, rate: Option<u32>) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let kind = if has_ending(&name, "wav") {
            Kind::Wav {
                rate: rate.unwrap_or(SAMPLE_RATE),
            }
        } else if name == "-" {
            Kind::Bare(AudioFormat::new(
                Encoding::Slin,
                rate.unwrap_or(SAMPLE_RATE),
            ))
        } else {
            let Some(format) = format_of_ending(&name) else {
                return Err(FileError::new(&name, Fault::UnknownTarget));
            };
            if let Some(given) = rate.filter(|rate| *rate != format.rate()) {
                let ending = path.extension().unwrap_or_default().display().to_string();
                let own = format.rate();
                let fault = Fault::RateOfEnding { ending, own, given };
                return Err(FileError::new(&name, fault));
            }
            Kind::Bare(format)
        };
        Ok(Self {
            path: path.to_owned(),
            kind,
        })
    }

    /// Samples a second that the file is going to have.
    #[must_use]
    pub fn rate(&self) -> u32 {
        match self.kind {
            Kind::Wav { rate } => rate,
            Kind::Bare(format) => format.rate(),
        }
    }

    /// Writes one channel.
    ///
    /// # Errors
    /// When the file cannot be created or written.
    pub fn write(&self, samples: &[i16]) -> Result<(), FileError> {
        let written = match self.kind {
            Kind::Wav { rate } => self.write_wav(rate, samples),
            Kind::Bare(format) => self.write_bare(format.encoding(), samples),
        };
        let name = if self.is_stdout() {
            "standard output".to_owned()
        } else {
            self.path.display().to_string()
        };
        written.map_err(|error| FileError::new(&name, Fault::Write(error)))
    }

    fn write_wav(&self, rate: u32, samples: &[i16]) -> io::Result<()> {
        let spec = WavSpec {
            channels: 1,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let write = || {
            let mut writer = WavWriter::create(&self.path, spec)?;
            for sample in samples {
                writer.write_sample(*sample)?;
            }
            writer.finalize()
        };
        write().map_err(|error| match error {
            hound::Error::IoError(error) => error,
            error => io::Error::other(error),
        })
    }

    fn write_bare(&self, encoding: Encoding, samples: &[i16]) -> io::Result<()> {
        let bytes = Codes::new(encoding).encode(samples);
        if self.is_stdout() {
            let mut stdout = io::stdout().lock();
            stdout.write_all(&bytes)?;
            return stdout.flush();
        }
        fs::write(&self.path, bytes)
    }

    fn is_stdout(&self) -> bool {
        self.path.as_os_str() == "-"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audio::{Reading, Recording},
        scratch::Scratch,
    };

    #[test]
    fn what_is_written_is_read_back() {
        let folder = Scratch::new("target");
        let samples: Vec<i16> = (0..16_000)
            .map(|n| (n % 200 * 100 - 10_000) as i16)
            .collect();
        for (name, worst) in [("a.wav", 0), ("a.raw", 0), ("a.alaw", 256), ("a.ul", 256)] {
            let path = folder.join(name);
            let target = Target::new(&path, None).expect("a known ending");
            target.write(&samples).expect("room for it");
            let read = Recording::read_mixed(&path, &Reading::default()).expect("just written");
            assert_eq!(read.len(), samples.len(), "{name}");
            for (read, written) in read.iter().zip(&samples) {
                assert!(
                    (i32::from(*read) - i32::from(*written)).abs() <= worst,
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn a_name_that_says_too_little_or_something_else_is_refused() {
        let error = |name, rate| {
            let target = Target::new(Path::new(name), rate);
            target.expect_err("cannot be").to_string()
        };
        assert!(error("a.mp3", None).starts_with("a.mp3: not known"));
        assert!(error("a.sln16", Some(8_000)).contains("sln16 has 16000 samples a second"));
        let missing = Target::new(Path::new("no/such/folder/a.wav"), None).expect("a fine name");
        let error = missing.write(&[0]).expect_err("no such folder").to_string();
        assert!(
            error.starts_with("no/such/folder/a.wav: cannot be written"),
            "{error}"
        );
    }
}
