//! The sections of detector limits: each limit named replaces one of a profile.

use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, de::DeTable};

use super::{
    ConfigError,
    error::{explain, nearest},
};
use crate::{dtmf, speech};

/// The section `[detector]`: a profile, and limits that differ from it.
pub(super) fn detector(text: &str, mut section: Table) -> Result<dtmf::Limits, ConfigError> {
    let profile = match section.remove("profile") {
        None => dtmf::Limits::default(),
        Some(toml::Value::String(name)) if name == "etsi" => dtmf::Limits::ETSI,
        Some(toml::Value::String(name)) if name == "att" => dtmf::Limits::ATT,
        Some(toml::Value::String(name)) if name == "ntt" => dtmf::Limits::NTT,
        Some(_) => {
            let message = "profile is none that is known; expected \"etsi\", \"att\" or \"ntt\"";
            return Err(at(text, DETECTOR, "profile", message.to_owned()));
        }
    };
    let limits = merged(text, DETECTOR, section, &profile)?;
    limits
        .check()
        .map_err(|error| at(text, DETECTOR, error.field, error.to_string()))?;
    Ok(limits)
}

/// The section `[speech]`.
pub(super) fn speech(text: &str, section: Table) -> Result<speech::Limits, ConfigError> {
    let limits = merged(text, SPEECH, section, &speech::Limits::default())?;
    limits
        .check()
        .map_err(|error| at(text, SPEECH, error.field, error.to_string()))?;
    Ok(limits)
}

/// `base` with the values of `section` in their places.
fn merged<T: Serialize + DeserializeOwned>(
    text: &str,
    name: &str,
    section: Table,
    base: &T,
) -> Result<T, ConfigError> {
    let mut table = Table::try_from(base).expect("limits are a table of numbers");
    for (key, value) in section {
        if !table.contains_key(&key) {
            let known = table.keys().map(String::as_str);
            let message = match nearest(&key, known) {
                Some(near) => format!("unknown key \"{key}\"; did you mean \"{near}\"?"),
                None => format!("unknown key \"{key}\""),
            };
            return Err(at(text, name, &key, message));
        }
        if !(value.is_float() || value.is_integer()) {
            let message = format!("{key} is not a number");
            return Err(at(text, name, &key, message));
        }
        table.insert(key, value);
    }
    T::deserialize(table).map_err(|error| ConfigError::whole(explain(error.message())))
}

/// A fault at `key` of the section `name`.
fn at(text: &str, name: &str, key: &str, message: String) -> ConfigError {
    let offset = DeTable::parse(text).ok().and_then(|document| {
        let section = document.get_ref().get(name)?.get_ref().as_table()?;
        Some(section.get_key_value(key)?.0.span().start)
    });
    match offset {
        Some(offset) => ConfigError::at(text, offset, message),
        None => ConfigError::whole(message),
    }
}

const DETECTOR: &str = "detector";
const SPEECH: &str = "speech";
