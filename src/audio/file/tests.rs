//! Whole files, made here byte by byte: what they mean, and what is wrong with them.

use std::{f64::consts::TAU, io::Cursor, path::Path};

use super::*;
use crate::audio::g711;

const PCM: u16 = 1;
const FLOAT: u16 = 3;

/// The parts of a WAV file, each of which a test may spoil.
#[derive(Clone)]
struct Wav {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
    before: Vec<u8>,
    data: Vec<u8>,
    length: u32,
}

impl Wav {
    fn new(tag: u16, channels: u16, rate: u32, bits: u16, data: Vec<u8>) -> Self {
        Self {
            tag,
            channels,
            rate,
            bits,
            before: Vec::new(),
            length: data.len() as u32,
            data,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let block = self.channels * self.bits.div_ceil(8);
        let mut bytes = Vec::from(*b"RIFF");
        bytes.extend((36 + self.length).to_le_bytes());
        bytes.extend(b"WAVE");
        bytes.extend(&self.before);
        bytes.extend(b"fmt \x10\0\0\0");
        bytes.extend(self.tag.to_le_bytes());
        bytes.extend(self.channels.to_le_bytes());
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend((u32::from(block) * self.rate).to_le_bytes());
        bytes.extend(block.to_le_bytes());
        bytes.extend(self.bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend(self.length.to_le_bytes());
        bytes.extend(&self.data);
        bytes
    }
}

fn s16le(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

struct Read {
    channels: Vec<Vec<i16>>,
    warning: Option<String>,
}

fn read_as(name: &str, bytes: &[u8], reading: &Reading) -> Result<Read, String> {
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let mut recording = Recording::new(name, reader, reading).map_err(|e| e.to_string())?;
    let mut channels = vec![Vec::new(); recording.channels()];
    while recording
        .read(&mut |channel, samples| channels[channel].extend_from_slice(samples))
        .map_err(|e| e.to_string())?
    {}
    Ok(Read {
        channels,
        warning: recording.warning(),
    })
}

fn read(name: &str, bytes: &[u8]) -> Result<Read, String> {
    read_as(name, bytes, &Reading::default())
}

fn error(name: &str, bytes: &[u8]) -> String {
    let error = read(name, bytes).err().expect("an error");
    assert!(error.starts_with(name), "{error}");
    error
}

#[test]
fn a_wav_of_every_width_gives_the_same_samples() {
    let samples = [0_i16, 256, -256, 16_384, -32_768];
    let wide = |bytes: fn(i16) -> Vec<u8>| samples.iter().flat_map(|s| bytes(*s)).collect();
    let files: [(u16, u16, Vec<u8>); 8] = [
        (PCM, 8, wide(|s| vec![((s >> 8) + 128) as u8])),
        (PCM, 12, s16le(&samples)),
        (PCM, 16, s16le(&samples)),
        (
            PCM,
            20,
            wide(|s| (i32::from(s) << 8).to_le_bytes()[..3].to_vec()),
        ),
        (
            PCM,
            24,
            wide(|s| (i32::from(s) << 8).to_le_bytes()[..3].to_vec()),
        ),
        (
            PCM,
            32,
            wide(|s| (i32::from(s) << 16).to_le_bytes().to_vec()),
        ),
        (
            FLOAT,
            32,
            wide(|s| (f32::from(s) / 32_768.0).to_le_bytes().to_vec()),
        ),
        (
            FLOAT,
            64,
            wide(|s| (f64::from(s) / 32_768.0).to_le_bytes().to_vec()),
        ),
    ];
    for (tag, bits, data) in files {
        let wav = Wav::new(tag, 1, 8_000, bits, data);
        let read = read("a.wav", &wav.bytes()).expect("a sound file");
        assert_eq!(read.channels, [samples], "{bits} bits of format {tag}");
        assert_eq!(read.warning, None);
    }
}

#[test]
fn a_wav_of_64_bit_floats_that_is_cut_short_is_read_as_far_as_it_goes() {
    let data: Vec<u8> = [0.25_f64; 100]
        .iter()
        .flat_map(|s| s.to_le_bytes())
        .collect();
    let wav = Wav::new(FLOAT, 1, 8_000, 64, data).bytes();
    let read = read("a.wav", &wav[..wav.len() - 75]).expect("a sound file");
    assert_eq!(read.channels, [[8_192; 90]]);
    let warning = read.warning.expect("it is cut short");
    assert!(warning.contains("10 samples are missing"), "{warning}");
}

#[test]
fn g711_in_a_wav_is_decoded() {
    let codes: Vec<u8> = (0..=255).collect();
    for (tag, decode) in [
        (6, g711::alaw_to_linear as fn(u8) -> i16),
        (7, g711::ulaw_to_linear),
    ] {
        let mut wav = Wav::new(tag, 1, 8_000, 8, codes.clone());
        // What follows the samples is no sound.
        let samples: Vec<i16> = codes.iter().map(|code| decode(*code)).collect();
        let mut bytes = wav.bytes();
        bytes.extend(b"LIST\x04\0\0\0abcd");
        assert_eq!(read("a.wav", &bytes).expect("sound").channels, [samples]);

        wav.bits = 16;
        assert!(error("a.wav", &wav.bytes()).contains("8 bits"));
    }
}

#[test]
fn channels_are_kept_apart_or_mixed_when_asked() {
    let data = s16le(&[100, -300, 101, -301, 102, -302]);
    for tag in [PCM, 7] {
        let wav = if tag == PCM {
            Wav::new(tag, 2, 8_000, 16, data.clone())
        } else {
            Wav::new(tag, 2, 8_000, 8, vec![0x80, 0x00, 0x80, 0x00, 0x80, 0x00])
        };
        let apart = read("a.wav", &wav.bytes()).expect("two channels").channels;
        let reading = Reading {
            mix: true,
            ..Reading::default()
        };
        let mixed = read_as("a.wav", &wav.bytes(), &reading)
            .expect("one channel")
            .channels;
        if tag == PCM {
            assert_eq!(apart, [[100, 101, 102], [-300, -301, -302]]);
            assert_eq!(mixed, [[-100, -100, -100]]);
        } else {
            assert_eq!(apart, [[32_124; 3], [-32_124; 3]]);
            assert_eq!(mixed, [[0; 3]]);
        }
    }
}

#[test]
fn chunks_before_the_samples_are_passed_over() {
    let mut wav = Wav::new(PCM, 1, 8_000, 16, s16le(&[7, 8]));
    wav.before = Vec::from(*b"JUNK\x03\0\0\0abc\0bext\0\0\0\0");
    assert_eq!(
        read("a.wav", &wav.bytes()).expect("sound").channels,
        [[7, 8]]
    );
}

#[test]
fn a_file_still_being_written_is_read_to_its_end_without_complaint() {
    for (tag, bits, data) in [(PCM, 16, s16le(&[1, 2, 3])), (6, 8, vec![0xD5; 3])] {
        for length in [0, u32::MAX] {
            let mut bytes = Wav::new(tag, 1, 8_000, bits, data.clone()).bytes();
            bytes[40..44].copy_from_slice(&length.to_le_bytes());
            let read = read("a.wav", &bytes).expect("a growing file");
            assert_eq!((read.channels[0].len(), read.warning), (3, None));
        }
    }
}

#[test]
fn a_file_without_samples_is_empty_whatever_chunks_are_behind_them() {
    let chunk = [b"LIST\x10\x00\x00\x00".as_slice(), &[b'x'; 16]].concat();
    for (tag, bits) in [(PCM, 16), (6, 8), (FLOAT, 64)] {
        let mut bytes = Wav::new(tag, 1, 8_000, bits, chunk.clone()).bytes();
        bytes[40..44].fill(0);
        assert!(error("a.wav", &bytes).contains("an empty recording"));
        // Where the file does not know its own length either, it is still being written.
        for length in [0, 36, u32::MAX] {
            bytes[4..8].copy_from_slice(&length.to_le_bytes());
            assert!(read("a.wav", &bytes).is_ok(), "{tag} {length}");
        }
    }
}

#[test]
fn a_file_cut_short_gives_what_there_is_and_a_warning() {
    let samples: Vec<i16> = (0..4_000).collect();
    let wav = Wav::new(PCM, 2, 8_000, 16, s16le(&samples));
    let bytes = wav.bytes();
    let read_part = read("a.wav", &bytes[..44 + 2 * 1_999]).expect("half of it");
    assert_eq!(read_part.channels[0].len(), 999);
    let warning = read_part.warning.expect("half is missing");
    assert!(warning.contains("2001 samples are missing"), "{warning}");
    assert!(warning.contains("0.125 s were read"), "{warning}");

    let wav = Wav::new(6, 1, 8_000, 8, vec![0xD5; 1_000]);
    let warning = read("a.wav", &wav.bytes()[..544]).expect("half").warning;
    assert!(warning.expect("half is missing").contains("500 bytes"));
}

#[test]
fn the_ending_tells_what_bare_samples_are() {
    let bytes: Vec<u8> = (0..192).collect();
    for (name, rate, width) in [
        ("a.sln", 8_000, 2),
        ("a.raw", 8_000, 2),
        ("a.sln12", 12_000, 2),
        ("a.SLN16", 16_000, 2),
        ("a.sln24", 24_000, 2),
        ("a.sln32", 32_000, 2),
        ("a.sln44", 44_100, 2),
        ("a.sln48", 48_000, 2),
        ("a.sln96", 96_000, 2),
        ("a.sln192", 192_000, 2),
        ("a.ulaw", 8_000, 1),
        ("a.ul", 8_000, 1),
        ("a.pcm", 8_000, 1),
        ("a.alaw", 8_000, 1),
        ("a.al", 8_000, 1),
    ] {
        let samples = read(name, &bytes).expect("a known ending").channels;
        assert_eq!(
            samples[0].len(),
            (192 / width * 8_000_usize).div_ceil(rate),
            "{name}"
        );
    }
}

#[test]
fn encoding_and_rate_given_by_hand_win() {
    let reading = Reading {
        rate: Some(16_000),
        encoding: Some(Encoding::Alaw),
        mix: false,
    };
    let read = read_as("a.unknown", &[0xD5; 320], &reading).expect("told what it is");
    assert_eq!(read.channels[0].len(), 160);

    let wav = Wav::new(PCM, 1, 8_000, 16, s16le(&[0; 320])).bytes();
    let reading = Reading {
        rate: Some(16_000),
        ..Reading::default()
    };
    let read = read_as("a.wav", &wav, &reading).expect("a WAV file");
    assert_eq!(read.channels[0].len(), 160);
}

#[test]
fn times_in_a_file_of_any_rate_are_true() {
    for rate in [
        6_000_u32, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000,
    ] {
        let sine: Vec<i16> = (0..rate)
            .map(|n| (9_000.0 * (TAU * 1_000.0 * f64::from(n) / f64::from(rate)).sin()) as i16)
            .collect();
        let wav = Wav::new(PCM, 1, rate, 16, s16le(&sine));
        let heard = &read("a.wav", &wav.bytes()).expect("sound").channels[0];
        assert_eq!(heard.len(), 8_000);
        for (n, sample) in heard.iter().enumerate().skip(100).take(7_800) {
            let due = 9_000.0 * (TAU * n as f64 / 8.0).sin();
            assert!(
                (f64::from(*sample) - due).abs() < 12.0,
                "{rate} Hz, sample {n}"
            );
        }
    }
}

#[test]
fn every_fault_has_a_message_that_says_what_and_what_to_do() {
    let wav = |tag, channels, rate, bits| Wav::new(tag, channels, rate, bits, vec![0; 48]).bytes();
    for (name, bytes, words) in [
        ("a.wav", vec![], "empty recording"),
        ("a.sln", vec![], "empty recording"),
        ("a.sln", vec![1], "empty recording"),
        ("a.wav", b"RI".to_vec(), "cut short"),
        ("a.wav", b"OggS....".to_vec(), "begins with \"OggS\""),
        ("a.ogg", b"OggS....".to_vec(), "--encoding"),
        ("a.wav", b"RIFF\0\0\0\0AVI ".to_vec(), "not a WAVE file"),
        ("a.wav", b"RF64\0\0\0\0WAVE".to_vec(), "4 GiB"),
        ("a.wav", b"RIFF\0\0\0\0WAVE".to_vec(), "ends at byte 12"),
        (
            "a.wav",
            b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd".to_vec(),
            "before its format",
        ),
        (
            "a.wav",
            b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0ab".to_vec(),
            "of 2 bytes",
        ),
        (
            "a.wav",
            wav(PCM, 1, 8_000, 16)[..30].to_vec(),
            "within the format chunk",
        ),
        (
            "a.wav",
            wav(PCM, 1, 8_000, 16)[..44].to_vec(),
            "empty recording",
        ),
        ("a.wav", wav(PCM, 0, 8_000, 16), "zero channels"),
        ("a.wav", wav(PCM, 33, 8_000, 16), "33 channels"),
        ("a.wav", wav(PCM, 1, 0, 16), "0 Hz"),
        ("a.wav", wav(PCM, 1, 8_000, 64), "cannot be read"),
        ("a.wav", wav(0x31, 1, 8_000, 16), "GSM"),
        ("a.wav", wav(0x1234, 1, 8_000, 16), "0x1234"),
    ] {
        let message = error(name, &bytes);
        assert!(message.contains(words), "{message:?} should say {words:?}");
    }
    let missing = Path::new("no/such/file.wav");
    let message = Recording::open(missing, &Reading::default()).err();
    let message = message.expect("it is not there").to_string();
    assert!(
        message.starts_with("no/such/file.wav: cannot be opened"),
        "{message}"
    );
}

#[test]
fn an_odd_byte_at_the_end_is_left_out_with_a_warning() {
    let read = read("a.sln", &[1, 0, 2, 0, 3]).expect("two samples");
    assert_eq!(read.channels, [[1, 2]]);
    assert!(
        read.warning
            .expect("one byte is left")
            .contains("odd number of bytes")
    );
}

#[test]
fn samples_of_fewer_bits_than_they_have_room_for_stand_at_its_upper_end() {
    let samples = [1_000_i16, -20_000, 32_767, -32_768];
    for (room, valid) in [(16, 12), (24, 20), (32, 20), (32, 24)] {
        let upper = |s: &i16| (i32::from(*s) << 16 >> (32 - valid) << (room - valid)).to_le_bytes();
        let bytes = |s| upper(s)[..room / 8].to_vec();
        let plain = Wav::new(
            PCM,
            1,
            8_000,
            room as u16,
            samples.iter().flat_map(bytes).collect(),
        );
        // The same with `WAVEFORMATEXTENSIBLE` for its format: more of it, valid bits, and a GUID.
        let mut wav = plain.bytes();
        let mut more = vec![22, 0, valid as u8, 0, 4, 0, 0, 0, PCM as u8, 0];
        more.extend(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        wav.splice(36..36, more);
        wav[16] = 40;
        wav[20..22].copy_from_slice(&[0xFE, 0xFF]);
        let read = read("a.wav", &wav).expect("a sound file");
        for (heard, sent) in read.channels[0].iter().zip(samples) {
            let error = i32::from(*heard) - i32::from(sent);
            assert!(
                error.abs() <= 1 << (16 - valid.min(16)),
                "{valid} in {room}: {error}"
            );
        }
    }
}

#[test]
fn no_head_however_broken_makes_it_panic() {
    for (tag, channels, bits) in [
        (PCM, 2, 16),
        (FLOAT, 1, 32),
        (FLOAT, 2, 64),
        (6, 1, 8),
        (0xFFFE, 1, 16),
    ] {
        let good = Wav::new(tag, channels, 16_000, bits, vec![0x55; 64]).bytes();
        for at in 0..good.len() {
            let _ = read("a.wav", &good[..at]);
            for byte in [0x00, 0x01, 0x03, 0x10, 0x28, 0x7F, 0x80, 0xFE, 0xFF] {
                let mut bad = good.clone();
                bad[at] = byte;
                let _ = read("a.wav", &bad);
            }
        }
    }
}
