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
    greeting::{Piece, SOUND_ENDINGS},
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
    /// in a codec that is not read here (GSM, G.729 …), or longer than ten minutes.
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

    fn file(&self, file: &Argument, language: &str) -> Option<Envelope> {
        let file = file.as_str();
        let folders = folders(language).into_iter();
        // The first that has it is the one, whether or not it can be read here.
        let folder = folders
            .map(|folder| self.sounds.join(folder))
            .find(|folder| exists(folder, file))?;
        let mut paths = ENDINGS
            .iter()
            .map(|ending| with_ending(&folder, file, ending));
        let path = paths.find(|path| path.is_file())?;
        envelope(&path)
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
        if growing.steps() > LONGEST {
            return None;
        }
    }
    Some(growing.finish())
}

/// The folders below that of sounds in which Asterisk looks for one, in this order: the language's,
/// those of the language with less and less of its region, none, and at last that of
/// [`ENGLISH`] (`fileexists_core` in its file.c).
pub(crate) fn folders(language: &str) -> Vec<&str> {
    let languages = std::iter::successors(Some(language), |language| {
        language.rsplit_once('_').map(|(shorter, _)| shorter)
    });
    let mut folders: Vec<_> = languages.filter(|language| !language.is_empty()).collect();
    let is_english = folders.contains(&ENGLISH);
    folders.push("");
    folders.extend((!is_english).then_some(ENGLISH));
    folders
}

/// Whether Asterisk finds this sound in this folder, in whatever codec.
fn exists(folder: &Path, name: &str) -> bool {
    endings(folder, name).next().is_some()
}

/// The codecs in which this sound is in this folder, by their endings.
pub(crate) fn endings(folder: &Path, name: &str) -> impl Iterator<Item = &'static str> {
    let all = SOUND_ENDINGS.into_iter();
    all.filter(move |ending| with_ending(folder, name, ending).is_file())
}

fn with_ending(folder: &Path, name: &str, ending: &str) -> PathBuf {
    folder.join(format!("{name}.{ending}"))
}

/// What Asterisk falls back to (its `DEFAULT_LANGUAGE`).
pub(crate) const ENGLISH: &str = "en";

/// Endings of the codecs that are read here; a sound that is there in several is the same sound.
const ENDINGS: [&str; 7] = ["wav", "sln16", "sln", "ulaw", "alaw", "g722", "sln48"];
/// Steps, ten minutes: few callers hear so much of a greeting, and the call stands still while it is read.
const LONGEST: usize = 120_000;
/// Asterisk's data folder where it does not tell.
const DATA: &str = "/var/lib/asterisk";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        audio::{SAMPLE_RATE, Synth},
        scratch::Scratch,
    };

    /// What a greeting of so many samples, a hum, sounds like.
    fn prompt(samples: usize) -> (Prompt, Vec<i16>) {
        let folder = Scratch::new(&format!("prompts-{samples}"));
        fs::create_dir(folder.join("sounds")).expect("a scratch folder");
        let audio: Vec<i16> = (0..samples).map(|i| (i % 331 * 40) as i16).collect();
        let bytes: Vec<u8> = audio
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        fs::write(folder.join("sounds/hum.sln"), bytes).expect("it is written");
        let piece = Piece::File(Argument::readable("hum"));
        (Prompts::new(&folder).prompt(&piece, "en"), audio)
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

    #[test]
    fn a_sound_is_looked_for_with_less_and_less_of_the_region_and_at_last_in_english() {
        assert_eq!(folders("en_US_f"), ["en_US_f", "en_US", "en", ""]);
        assert_eq!(folders("pt_BR"), ["pt_BR", "pt", "", "en"]);
        assert_eq!(folders("de"), ["de", "", "en"]);
        assert_eq!(folders("en"), ["en", ""]);
        assert_eq!(folders(""), ["", "en"]);
    }

    #[test]
    fn a_prompt_is_what_asterisk_finds_first_and_unknown_where_that_cannot_be_read() {
        let data = Scratch::new("prompts");
        let mut synth = Synth::new(SAMPLE_RATE);
        synth.silence(0.1);
        let samples = synth.into_samples();
        let bytes: Vec<u8> = samples.into_iter().flat_map(i16::to_le_bytes).collect();
        for file in ["en/vm-intro.sln", "en/beep.sln", "es/beep.gsm"] {
            let file = data.join("sounds").join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("it is made");
            fs::write(file, &bytes).expect("it is written");
        }
        let prompts = Prompts::new(&data);
        let known = |file, language| {
            let piece = Piece::File(Argument::readable(file));
            matches!(prompts.prompt(&piece, language), Prompt::Known(_))
        };
        assert!(known("vm-intro", "en_GB") && known("vm-intro", "es_MX_f"));
        assert!(known("beep", "de") && !known("beep", "es_MX"));
        assert!(!known("vm-goodbye", "en"));
    }
}
