//! The keys `record…`: where calls are recorded, and how much of them.

use std::{ops::Range, path::PathBuf};

use toml::Spanned;

use super::{
    ConfigError,
    raw::{unplaced, within},
    source::Source,
};

/// Where calls are recorded, and within which limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The folder that gets a file for each call.
    pub folder: PathBuf,
    /// What all files in it may have, in bytes; the oldest give way, but none of a call under way.
    pub limit: u64,
    /// What one call's file may have, in bytes.
    pub call_limit: u64,
}

/// Checks the three keys; without a folder, calls are not recorded.
pub(super) fn check(
    source: &Source,
    folder: Option<&Spanned<String>>,
    limit: Option<&Spanned<i64>>,
    call_limit: Option<&Spanned<i64>>,
) -> Result<Option<Recording>, ConfigError> {
    let mebibytes = |value: Option<&Spanned<i64>>, default, key| {
        let default = unplaced(default);
        let value = within(source, value.unwrap_or(&default), MEBIBYTES, key)?;
        Ok(u64::try_from(value).expect("the range begins above 0") << 20)
    };
    let all = mebibytes(limit, ALL, "record_limit_mib")?;
    let one = mebibytes(call_limit, ONE, "record_call_limit_mib")?;
    if let Some(place) = call_limit.or(limit)
        && one > all
    {
        return Err(source.at(
            place.span().start,
            format!(
                "a call may have {} MiB (record_call_limit_mib), all together {} MiB (record_limit_mib); expected more for all",
                one >> 20,
                all >> 20
            ),
        ));
    }
    match folder {
        None => Ok(None),
        Some(folder) if folder.get_ref().is_empty() => Ok(None),
        Some(folder) if folder.get_ref().starts_with('/') => Ok(Some(Recording {
            folder: folder.get_ref().into(),
            limit: all,
            call_limit: one,
        })),
        // Asterisk's folder at the time is nobody's choice.
        Some(folder) => Err(source.at(
            folder.span().start,
            format!(
                "record is \"{}\"; expected a folder's whole path, such as \"/var/spool/asterisk/voiceagent\"",
                folder.get_ref()
            ),
        )),
    }
}

/// For some hundred calls with a greeting each.
const ALL: i64 = 100;
/// A quarter of an hour of G.711.
const ONE: i64 = 10;
/// A terabyte is more than any folder that is looked through for each call should hold.
const MEBIBYTES: Range<i64> = 1..1_048_577;
