//! Interleaved 16-bit samples out of a file, whatever they are in it.

use std::io::Read;

use super::{error::Fault, read_up_to, wav::Linear};
use crate::audio::{Encoding, codes::Codes};

/// Where a recording's samples come from.
pub(super) enum Source {
    Bytes(Bytes),
    Linear(Linear),
}

impl Source {
    /// Fills `block`, and only at the end less than all of it.
    pub(super) fn read(&mut self, block: &mut [i16]) -> Result<usize, Fault> {
        match self {
            Self::Bytes(bytes) => bytes.read(block),
            Self::Linear(samples) => Ok(samples.read(block)?),
        }
    }

    /// After the end: what should have been there besides.
    pub(super) fn missing(&self) -> Option<String> {
        match self {
            Self::Bytes(bytes) => bytes.missing(),
            Self::Linear(samples) => samples
                .missing()
                .map(|missing| format!("cut short, {missing} samples are missing")),
        }
    }
}

/// Samples that are one or two bytes each.
pub(super) struct Bytes {
    encoding: Encoding,
    codes: Codes,
    reader: Box<dyn Read>,
    /// Bytes still to come, if a header said how many there are.
    left: Option<u64>,
    buffer: Vec<u8>,
    odd: bool,
}

impl Bytes {
    pub(super) fn new(encoding: Encoding, length: Option<u64>, reader: Box<dyn Read>) -> Self {
        Self {
            encoding,
            codes: Codes::new(encoding),
            reader,
            left: length,
            buffer: Vec::new(),
            odd: false,
        }
    }

    fn read(&mut self, block: &mut [i16]) -> Result<usize, Fault> {
        let width = self.encoding.bytes_per_sample();
        self.buffer.resize(block.len() * width, 0);
        let room = self.left.unwrap_or(u64::MAX).min(self.buffer.len() as u64);
        let buffer = &mut self.buffer[..room as usize];
        let read = read_up_to(&mut self.reader, buffer).map_err(Fault::Read)?;
        self.left = self.left.map(|left| left - read as u64);
        self.odd |= read % width != 0;

        self.codes.decode(&self.buffer[..read], block);
        Ok(read / width)
    }

    fn missing(&self) -> Option<String> {
        match self.left {
            Some(left @ 1..) => Some(format!("cut short, {left} bytes of samples are missing")),
            _ if self.odd => Some(format!(
                "an odd number of bytes, but {} has two a sample: the last was left out",
                self.encoding
            )),
            _ => None,
        }
    }
}
