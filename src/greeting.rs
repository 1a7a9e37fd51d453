//! What VoiceMail would play to the caller, as pieces that can be played while listening.
//!
//! VoiceMail plays its greeting inside `EXEC`, where Asterisk carries no audio to us. So it is
//! played here, from the same files in the same order, and VoiceMail is left to record
//! (app_voicemail's `leave_voicemail` and `invent_message`).

use std::{fs, path::Path};

use crate::{agi::Argument, config::Mailbox};

/// Which of a mailbox's two greetings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody answered.
    Unavailable,
    /// The person is on the telephone.
    Busy,
}

impl Kind {
    /// The option letter that makes VoiceMail play this greeting itself.
    #[must_use]
    pub const fn option(self) -> char {
        match self {
            Self::Unavailable => 'u',
            Self::Busy => 'b',
        }
    }

    /// The stock prompt that ends the invented greeting.
    const fn stock_prompt(self) -> &'static str {
        match self {
            Self::Unavailable => "vm-isunavail",
            Self::Busy => "vm-isonphone",
        }
    }
}

/// The greetings that a mailbox's owner has recorded, as full paths without an ending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The temporary greeting, which VoiceMail plays before all others and whatever its options.
    pub temp: Option<Argument>,
    /// Nobody answers.
    pub unavail: Option<Argument>,
    /// On the telephone.
    pub busy: Option<Argument>,
    /// The owner's name.
    pub greet: Option<Argument>,
}

impl Recorded {
    /// Each of them with the name of its file.
    pub fn named(&self) -> [(&'static str, Option<&Argument>); 4] {
        [
            ("temp", self.temp.as_ref()),
            ("unavail", self.unavail.as_ref()),
            ("busy", self.busy.as_ref()),
            ("greet", self.greet.as_ref()),
        ]
    }

    /// The place of the one whose file has this name, if any has.
    pub fn named_mut(&mut self, name: &str) -> Option<&mut Option<Argument>> {
        Some(match name {
            "temp" => &mut self.temp,
            "unavail" => &mut self.unavail,
            "busy" => &mut self.busy,
            "greet" => &mut self.greet,
            _ => return None,
        })
    }
}

/// Looks a mailbox's folder up; a folder that does not exist has no recordings.
#[must_use]
pub fn look_up(folder: &Path) -> Recorded {
    let mut recorded = Recorded::default();
    let Ok(entries) = fs::read_dir(folder) else {
        return recorded;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((stem, ending)) = name.to_str().and_then(|name| name.rsplit_once('.')) else {
            continue;
        };
        let Some(slot) = recorded.named_mut(stem) else {
            continue;
        };
        if SOUND_ENDINGS.contains(&ending) {
            *slot = folder
                .join(stem)
                .to_str()
                .and_then(|path| Argument::new(path).ok());
        }
    }
    recorded
}

/// One thing to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A sound file, named as `STREAM FILE` takes it; Asterisk finds the caller's language.
    File(Argument),
    /// Digits to be read out.
    Digits(Argument),
}

/// The pieces of a greeting in order, the instructions (`vm-intro`) last.
#[must_use]
pub fn pieces(kind: Kind, recorded: &Recorded, mailbox: &Mailbox) -> Vec<Piece> {
    let stock = |name| Piece::File(Argument::readable(name));
    let own = match kind {
        Kind::Unavailable => &recorded.unavail,
        Kind::Busy => &recorded.busy,
    };
    let mut pieces = Vec::with_capacity(4);
    if let Some(own) = own {
        pieces.push(Piece::File(own.clone()));
    } else {
        if let Some(name) = &recorded.greet {
            pieces.push(Piece::File(name.clone()));
        } else {
            pieces.push(stock("vm-theperson"));
            // SAY DIGITS refuses what does not begin with a digit; VoiceMail passes over it.
            if mailbox.number().starts_with(|c: char| c.is_ascii_digit()) {
                pieces.push(Piece::Digits(Argument::readable(mailbox.number())));
            }
        }
        pieces.push(stock(kind.stock_prompt()));
    }
    pieces.push(stock("vm-intro"));
    pieces
}

/// Endings of the sound files that Asterisk's format modules know: what `exts` says in its formats/*.c and
/// addons/format_mp3.c, and that of the Opus module from Sangoma.
pub(crate) const SOUND_ENDINGS: [&str; 44] = [
    "wav", "wav16", "WAV", "wav49", "gsm", "ulaw", "ul", "mu", "pcm", "ulw", "alaw", "al", "alw",
    "au", "sln", "slin", "raw", "sln12", "sln16", "sln24", "sln32", "sln44", "sln48", "sln96",
    "sln192", "g722", "g723", "g723sf", "g726-16", "g726-24", "g726-32", "g726-40", "g729", "g719",
    "siren7", "siren14", "ogg", "spx", "spx16", "spx32", "opus", "ilbc", "vox", "mp3",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn mailbox(text: &str) -> Mailbox {
        Mailbox::parse(text).expect("well formed")
    }

    fn file(name: &str) -> Piece {
        Piece::File(Argument::new(name).expect("a good argument"))
    }

    #[test]
    fn without_recordings_the_greeting_is_voicemails_invented_one() {
        let digits = Piece::Digits(Argument::new("101").expect("a good argument"));
        for (kind, last) in [
            (Kind::Unavailable, "vm-isunavail"),
            (Kind::Busy, "vm-isonphone"),
        ] {
            assert_eq!(
                pieces(kind, &Recorded::default(), &mailbox("101@sales")),
                [
                    file("vm-theperson"),
                    digits.clone(),
                    file(last),
                    file("vm-intro")
                ]
            );
        }
    }

    #[test]
    fn a_recording_takes_its_greetings_place_but_not_the_instructions() {
        let recorded = Recorded {
            busy: Argument::new("/vm/sales/101/busy").ok(),
            greet: Argument::new("/vm/sales/101/greet").ok(),
            ..Recorded::default()
        };
        assert_eq!(
            pieces(Kind::Busy, &recorded, &mailbox("101@sales")),
            [file("/vm/sales/101/busy"), file("vm-intro")]
        );
        assert_eq!(
            pieces(Kind::Unavailable, &recorded, &mailbox("101@sales")),
            [
                file("/vm/sales/101/greet"),
                file("vm-isunavail"),
                file("vm-intro")
            ]
        );
    }

    #[test]
    fn a_mailbox_named_by_letters_is_not_read_out() {
        let pieces = pieces(Kind::Busy, &Recorded::default(), &mailbox("bob@sales"));
        assert!(!pieces.iter().any(|piece| matches!(piece, Piece::Digits(_))));
    }

    #[test]
    fn only_sound_files_in_the_mailboxs_folder_are_recordings() {
        let folder = Scratch::new("greeting");
        fs::create_dir(folder.join("INBOX")).expect("a scratch folder");
        for name in [
            "unavail.WAV",
            "unavail.gsm",
            "busy.txt",
            "INBOX/temp.wav",
            "greet",
        ] {
            fs::write(folder.join(name), b"").expect("a scratch file");
        }
        let recorded = look_up(&folder);
        assert_eq!(
            recorded.unavail.as_ref().map(Argument::as_str),
            folder.join("unavail").to_str()
        );
        assert_eq!(
            (recorded.temp, recorded.busy, recorded.greet),
            (None, None, None)
        );
        assert_eq!(look_up(&folder.join("nowhere")), Recorded::default());
    }
}
