//! A configuration file of any text.

use std::{cell::RefCell, fs, path::PathBuf};

use voiceagent::{
    agi::Argument,
    config::{Config, Destination},
};

use super::bytes::Bytes;

/// First a length and an extension, then a length and an answer of Asterisk; the rest is the text.
pub(crate) fn holds(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let dialled = String::from_utf8_lossy(bytes.piece());
    let answer = String::from_utf8_lossy(bytes.piece());
    let text = String::from_utf8_lossy(bytes.rest());
    let config = match Config::parse(&text) {
        Ok(config) => config,
        Err(error) => {
            match error.line() {
                Some(line) => assert!((1..=text.lines().count() + 1).contains(&line)),
                None => assert!(error.message().starts_with("no extension is configured")),
            }
            assert!(!error.message().is_empty());
            assert!(!error.to_string().contains('\n'), "{error:?}");
            return;
        }
    };
    for extension in [&*dialled, "101", "*101", "142"] {
        let destination = config.destination(extension);
        if let Some(Destination::Person(route) | Destination::Login(route)) = &destination {
            fits_a_command(route.dial.as_str(), &route.mailbox.to_string());
        }
        // Of the file a call reads less, and finds the same.
        let narrowed = on_disk(&text, extension).expect("what is whole is right in part");
        assert_eq!(narrowed.destination(extension), destination, "{extension}");
        assert_eq!(narrowed.keys, config.keys);
        if let Some(question) = config.question(extension) {
            for known in [&*answer, "PJSIP/anna,15,142@sales"] {
                if let Ok(Some(Destination::Person(route))) = config.answered(&question, known) {
                    fits_a_command(route.dial.as_str(), &route.mailbox.to_string());
                }
            }
        }
    }
}

fn fits_a_command(dial: &str, mailbox: &str) {
    // VoiceMail's options come behind the mailbox.
    for text in [dial, &format!("{mailbox},su")] {
        assert!(Argument::new(text).is_ok(), "{text:?}");
    }
}

/// The configuration of one call, by a file with this text.
fn on_disk(text: &str, extension: &str) -> Option<Config> {
    thread_local!(static FILE: RefCell<Scratch> = RefCell::new(Scratch::default()));
    FILE.with_borrow_mut(|scratch| {
        scratch.write(text);
        Config::load_for(&scratch.path, extension).ok()
    })
}

/// One file that is written anew only when its text changes.
struct Scratch {
    path: PathBuf,
    text: String,
}

impl Default for Scratch {
    fn default() -> Self {
        let name = format!("voiceagent-hostile-{}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, "").expect("a scratch file");
        let text = String::new();
        Self { path, text }
    }
}

impl Scratch {
    fn write(&mut self, text: &str) {
        if self.text != text {
            fs::write(&self.path, text).expect("a scratch file");
            text.clone_into(&mut self.text);
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
