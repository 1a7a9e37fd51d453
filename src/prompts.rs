//! The audio of what is played, as far as its echo needs to be known.
//!
//! Asterisk plays the files; here they are only read, to tell their echo from a caller's voice.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    agi::Argument,
    audio::{Reading, Recording},
    greeting::Piece,
    speech::{Envelope, GrowingEnvelope, Prompt},
};

/// Asterisk's sounds on this machine.
#[derive(Clone, Debug)]
pub struct Prompts {
    sounds: PathBuf,
}

impl Prompts {
    /// The sounds below Asterisk's data folder (`AST_DATA_DIR`).
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self {
            sounds: data.join("sounds"),
        }
    }

    /// The sounds of the Asterisk that started this process.
    #[must_use]
    pub fn of_environment() -> Self {
        let data = env::var_os("AST_DATA_DIR").map_or_else(|| PathBuf::from(DATA), PathBuf::from);
        Self::new(&data)
    }

    /// What a piece of a greeting sounds like in this language; unknown when a file is missing,
    /// in a codec that is not read here (GSM, G.722 …), or longer than ten minutes.
    #[must_use]
    pub fn prompt(&self, piece: &Piece, language: &str) -> Prompt {
        let envelope = match piece {
            Piece::File(file) => self.file(file, language),
            Piece::Digits(digits) => self.digits(digits, language),
        };
        envelope.map_or(Prompt::Unknown, |envelope| {
            Prompt::Known(Arc::new(envelope))
        })
    }

    fn digits(&self, digits: &Argument, language: &str) -> Option<Envelope> {
        let mut all = Envelope::default();
        for digit in digits.as_str().chars() {
            let file = Argument::readable(&format!("digits/{digit}"));
            all.append(&self.file(&file, language)?);
        }
        Some(all)
    }

    /// Looks in the language's folder, then in the one of the language without its region, then
    /// in none, as Asterisk does (`fileexists_core` in its file.c).
    fn file(&self, file: &Argument, language: &str) -> Option<Envelope> {
        let region = language.split('_').next().unwrap_or(language);
        [language, region, ""]
            .into_iter()
            .flat_map(|folder| {
                let stem = self.sounds.join(folder).join(file.as_str());
                ENDINGS.map(|ending| PathBuf::from(format!("{}.{ending}", stem.display())))
            })
            .find(|path| path.is_file())
            .and_then(|path| envelope(&path))
    }
}

/// The envelope of a file, made as it is read: a call has no room for all of its audio at once.
fn envelope(path: &Path) -> Option<Envelope> {
    let reading = Reading {
        mix: true,
        ..Reading::default()
    };
    let mut recording = Recording::open(path, &reading).ok()?;
    let mut growing = GrowingEnvelope::default();
    while recording
        .read(&mut |_, samples| growing.push(samples))
        .ok()?
    {
        if growing.length() > LONGEST {
            return None;
        }
    }
    Some(growing.finish())
}

/// Endings of the codecs that are read here; a sound that is there in several is the same sound.
const ENDINGS: [&str; 6] = ["wav", "sln16", "sln", "ulaw", "alaw", "sln48"];
/// Steps, ten minutes: few callers hear so much of a greeting, and the call stands still while it is read.
const LONGEST: usize = 120_000;
/// Asterisk's data folder where it does not tell.
const DATA: &str = "/var/lib/asterisk";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What a greeting of so many samples, a hum, sounds like.
    fn prompt(samples: usize) -> (Prompt, Vec<i16>) {
        let name = format!("voiceagent-prompts-{samples}-{}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(folder.join("sounds")).expect("a scratch folder");
        let audio: Vec<i16> = (0..samples).map(|i| (i % 331 * 40) as i16).collect();
        let bytes: Vec<u8> = audio
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        fs::write(folder.join("sounds/hum.sln"), bytes).expect("it is written");
        let piece = Piece::File(Argument::readable("hum"));
        let prompt = Prompts::new(&folder).prompt(&piece, "en");
        fs::remove_dir_all(folder).expect("the scratch folder goes");
        (prompt, audio)
    }

    #[test]
    fn a_file_sounds_like_all_of_its_audio() {
        for samples in [1, 959, 4_001, 96_000] {
            let (Prompt::Known(envelope), audio) = prompt(samples) else {
                panic!("it can be read");
            };
            assert_eq!(*envelope, Envelope::of(&audio));
        }
    }

    #[test]
    fn what_is_longer_than_ten_minutes_is_not_known() {
        let ten_minutes = 10 * 60 * 8_000;
        assert!(matches!(prompt(ten_minutes).0, Prompt::Known(_)));
        assert!(matches!(prompt(ten_minutes + 1_000).0, Prompt::Unknown));
    }
}
