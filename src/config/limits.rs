//! The sections of detector limits: each limit named replaces one of a profile.

use serde::{Serialize, de::DeserializeOwned};
use toml::{Table, de::DeTable};

use super::{
    ConfigError,
    error::{explain, hint},
    source::Source,
};
use crate::{dtmf, speech};

/// Both sections.
pub(super) fn both(
    source: &Source,
    detector_section: Table,
    speech_section: Table,
) -> Result<(dtmf::Limits, speech::Limits), ConfigError> {
    Ok((
        detector(source, detector_section)?,
        speech(source, speech_section)?,
    ))
}

/// The section `[detector]`: a profile, and limits that differ from it.
fn detector(source: &Source, mut section: Table) -> Result<dtmf::Limits, ConfigError> {
    let profile = match section.remove("profile") {
        None => dtmf::Limits::default(),
        Some(toml::Value::String(name)) if name == "etsi" => dtmf::Limits::ETSI,
        Some(toml::Value::String(name)) if name == "att" => dtmf::Limits::ATT,
        Some(toml::Value::String(name)) if name == "ntt" => dtmf::Limits::NTT,
        Some(other) => {
            let name = other.as_str();
            let is = name.map_or("no text".to_owned(), |name| format!("\"{name}\""));
            let hint = name.map_or_else(String::new, |name| hint(name, ["etsi", "att", "ntt"]));
            let message = format!("profile is {is}; expected \"etsi\", \"att\" or \"ntt\"{hint}");
            return Err(at(source, DETECTOR, "profile", message));
        }
    };
    let limits = merged(source, DETECTOR, section, &profile)?;
    limits
        .check()
        .map_err(|error| at(source, DETECTOR, error.field, error.to_string()))?;
    Ok(limits)
}

/// The section `[speech]`.
fn speech(source: &Source, section: Table) -> Result<speech::Limits, ConfigError> {
    let limits = merged(source, SPEECH, section, &speech::Limits::default())?;
    limits
        .check()
        .map_err(|error| at(source, SPEECH, error.field, error.to_string()))?;
    Ok(limits)
}

/// `base` with the values of `section` in their places.
fn merged<T: Serialize + DeserializeOwned>(
    source: &Source,
    name: &str,
    section: Table,
    base: &T,
) -> Result<T, ConfigError> {
    let mut table = Table::try_from(base).expect("limits are a table of numbers");
    for (key, value) in section {
        if !table.contains_key(&key) {
            let hint = hint(&key, table.keys().map(String::as_str));
            let message = format!("unknown key \"{key}\"{hint}");
            return Err(at(source, name, &key, message));
        }
        if !(value.is_float() || value.is_integer()) {
            let message = format!("{key} is not a number");
            return Err(at(source, name, &key, message));
        }
        table.insert(key, value);
    }
    T::deserialize(table).map_err(|error| source.fault(explain(error.message(), "")))
}

/// A fault at `key` of the section `name`.
fn at(source: &Source, name: &str, key: &str, message: String) -> ConfigError {
    let offset = DeTable::parse(&source.text).ok().and_then(|document| {
        let section = document.get_ref().get(name)?.get_ref().as_table()?;
        Some(section.get_key_value(key)?.0.span().start)
    });
    match offset {
        Some(offset) => source.at(offset, message),
        None => source.fault(message),
    }
}

const DETECTOR: &str = "detector";
const SPEECH: &str = "speech";
