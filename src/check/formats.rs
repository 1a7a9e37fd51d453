//! The modules by which Asterisk plays and records files.

/// The module for files with this ending, which is the format's name in voicemail.conf as well;
/// none where builds differ.
pub(super) fn module(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "wav" => "format_wav",
        "WAV" | "wav49" => "format_wav_gsm",
        "gsm" => "format_gsm",
        "ulaw" | "ul" | "mu" | "pcm" | "ulw" | "alaw" | "al" | "alw" | "g722" => "format_pcm",
        _ if ending.starts_with("sln") => "format_sln",
        "g719" => "format_g719",
        "g729" => "format_g729",
        "ilbc" => "format_ilbc",
        "vox" => "format_vox",
        _ => return None,
    })
}
