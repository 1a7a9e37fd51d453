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
    speech::{Envelope, Prompt},
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

    /// What a piece of a greeting sounds like in this language; unknown when a file is missing
    /// or in a codec that is not read here (GSM, G.722 …).
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
            .and_then(|path| Recording::read_mixed(&path, &Reading::default()).ok())
            .map(|samples| Envelope::of(&samples))
    }
}

/// Endings of the codecs that are read here; a sound that is there in several is the same sound.
const ENDINGS: [&str; 6] = ["wav", "sln16", "sln", "ulaw", "alaw", "sln48"];
/// Asterisk's data folder where it does not tell.
const DATA: &str = "/var/lib/asterisk";
