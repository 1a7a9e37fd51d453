//! What comes on descriptor 3, and recordings of any content.

use voiceagent::audio::{AudioFormat, Decoder, Encoding, Reading, Recording};

use super::bytes::{Bytes, cut};

/// First a choice and the lengths of the cuts; the rest is the audio, or a file.
pub(crate) fn holds(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let choice = bytes.byte();
    let lengths = bytes.piece();
    let audio = bytes.rest();
    if choice < 128 {
        stream(FORMATS[usize::from(choice) % FORMATS.len()], audio, lengths);
    } else {
        file(choice, audio);
    }
}

/// However a stream is cut, it is the same audio, and as long as its bytes say.
fn stream(format: &str, audio: &[u8], lengths: &[u8]) {
    let format: AudioFormat = format.parse().expect("Asterisk's own name");
    let decoded = |pieces: &[&[u8]]| {
        let mut decoder = Decoder::new(format).expect("Asterisk's own rate");
        let mut samples = Vec::new();
        for piece in pieces {
            decoder.push(piece, &mut |more| samples.extend_from_slice(more));
        }
        decoder.finish(&mut |more| samples.extend_from_slice(more));
        samples
    };
    let whole = decoded(&[audio]);
    assert_eq!(
        decoded(&cut(audio, lengths)),
        whole,
        "{format}, cut otherwise"
    );
    let seconds = (audio.len() / format.bytes_per_sample()) as f64 / f64::from(format.rate());
    let due = seconds * 8_000.0;
    assert!(
        (whole.len() as f64 - due).abs() <= 1.0,
        "{} of {due}",
        whole.len()
    );
}

/// Any file is read to its end or refused, in no more memory than its length asks for.
fn file(choice: u8, content: &[u8]) {
    let name = NAMES[usize::from(choice) % NAMES.len()];
    let reading = Reading {
        rate: None,
        encoding: (choice & 1 == 1 && choice & 2 == 2).then_some(Encoding::Alaw),
        mix: choice & 4 == 4,
    };
    // The reader wants what lasts for ever.
    let owned = std::io::Cursor::new(content.to_vec());
    let Ok(mut recording) = Recording::new(name, Box::new(owned), &reading) else {
        return;
    };
    let channels = recording.channels();
    let mut samples = vec![0; channels];
    while let Ok(true) = recording.read(&mut |channel, more| samples[channel] += more.len()) {}
    let longest = content.len() as f64 * 8_000.0 / f64::from(recording.rate());
    for samples in samples {
        assert!(
            samples as f64 <= longest + 1.0,
            "{samples} out of {} bytes",
            content.len()
        );
    }
}

const FORMATS: [&str; 11] = [
    "slin", "slin12", "slin16", "slin24", "slin32", "slin44", "slin48", "slin96", "slin192",
    "ulaw", "alaw",
];
/// Content is known by its first bytes, the rest by name.
const NAMES: [&str; 6] = ["a.wav", "a.sln", "a.ulaw", "a.sln48", "a", "a.gsm"];
