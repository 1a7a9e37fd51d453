//! The variables of the caller's channel, and what expressions over them come to.

use std::collections::BTreeMap;

use crate::{audio::AudioFormat, sim::script::Script};

/// What commands can set and ask for.
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    extension: String,
    lookup: String,
    /// Whether the dialplan has what hears the caller while it rings.
    can_listen: bool,
}

impl Variables {
    pub(super) fn new(script: &Script) -> Self {
        Self {
            values: BTreeMap::new(),
            extension: script.extension.clone(),
            lookup: script.lookup.clone(),
            can_listen: script.can_listen,
        }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn into_values(self) -> BTreeMap<String, String> {
        self.values
    }

    /// The reply to a command that is about variables alone; `None` to any other. `format` is
    /// that of the audio on descriptor 3.
    pub(super) fn reply(&mut self, words: &[&str], format: AudioFormat) -> Option<String> {
        Some(match words {
            ["SET", "VARIABLE", name, value] => {
                self.set(without_channel(name), value);
                "200 result=1".to_owned()
            }
            ["GET", "VARIABLE", name] => match self.values.get(*name) {
                Some(value) => format!("200 result=1 ({value})"),
                None => "200 result=0".to_owned(),
            },
            ["GET", "FULL", "VARIABLE", expression] => {
                format!("200 result=1 ({})", self.evaluate(expression, format))
            }
            _ => return None,
        })
    }

    fn evaluate(&self, expression: &str, format: AudioFormat) -> String {
        if let Some(name) = expression.strip_prefix("${SHARED(") {
            let name = format!("SHARED({name}");
            let name = without_channel(name.trim_end_matches('}'));
            return self.values.get(name).cloned().unwrap_or_default();
        }
        match expression {
            "${CHANNEL(audioreadformat)}" => format.to_string(),
            "${EXTEN}" => self.values.get("EXTEN").unwrap_or(&self.extension).clone(),
            // The original's dialplan: files for storage, no extension `a`.
            "${DIALPLAN_EXISTS(${CONTEXT},a,1)}" => "0".to_owned(),
            "${IFMODULE(app_voicemail_odbc.so)}${IFMODULE(app_voicemail_imap.so)}" => {
                "00".to_owned()
            }
            // What hears the caller: two contexts of the dialplan, and the modules that it takes.
            _ if expression.contains("voiceagent-listen") => {
                let contexts = if self.can_listen { "11" } else { "00" };
                format!("{contexts}/111111")
            }
            _ => self.lookup.clone(),
        }
    }
}

/// A variable's name, for `SHARED(name,channel)` without the channel, of which there is one.
fn without_channel(name: &str) -> &str {
    match name {
        name if name.starts_with("SHARED(VOICEAGENTRINGING") => "SHARED(VOICEAGENTRINGING)",
        name if name.starts_with("SHARED(VOICEAGENTPRESSED") => "SHARED(VOICEAGENTPRESSED)",
        name if name.starts_with("SHARED(VOICEAGENTLISTENER") => "SHARED(VOICEAGENTLISTENER)",
        name => name,
    }
}
