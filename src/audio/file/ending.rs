//! What a file's ending says of its contents: the endings that Asterisk itself uses.

use std::path::Path;

use crate::audio::AudioFormat;

/// The format of bare samples in a file of this name.
pub(super) fn format_of_ending(name: &str) -> Option<AudioFormat> {
    let ending = Path::new(name).extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "sln" | "raw" | "slin" => AudioFormat::SLIN,
        "ulaw" | "ul" | "ulw" | "mu" | "pcm" => AudioFormat::ULAW,
        "alaw" | "al" | "alw" => AudioFormat::ALAW,
        "g722" => AudioFormat::G722,
        // What is slin16 elsewhere is sln16 in a file's name.
        _ => format!("slin{}", ending.strip_prefix("sln")?)
            .parse()
            .ok()?,
    })
}

/// Whether `name` ends so, in either case.
pub(super) fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// For messages.
pub(super) const ENDINGS: &str =
    ".wav, .sln, .raw, .sln12 to .sln192, .ulaw, .ul, .pcm, .alaw, .al or .g722";
