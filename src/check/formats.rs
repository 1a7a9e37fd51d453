//! The modules by which Asterisk plays and records files.

/// The module for files with this ending, which is the format's name in voicemail.conf as well;
/// none where builds differ.
pub(super) fn module(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "wav" | "wav16" => "format_wav",
        "WAV" | "wav49" => "format_wav_gsm",
        "gsm" => "format_gsm",
        "ulaw" | "ul" | "mu" | "pcm" | "ulw" | "alaw" | "al" | "alw" | "au" | "g722" => {
            "format_pcm"
        }
        "slin" | "raw" => "format_sln",
        _ if ending.starts_with("sln") => "format_sln",
        "g719" => "format_g719",
        "g723" | "g723sf" => "format_g723",
        _ if ending.starts_with("g726-") => "format_g726",
        "g729" => "format_g729",
        "ilbc" => "format_ilbc",
        "mp3" => "format_mp3",
        "ogg" => "format_ogg_vorbis",
        "siren7" => "format_siren7",
        "siren14" => "format_siren14",
        _ if ending.starts_with("spx") => "format_ogg_speex",
        "vox" => "format_vox",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::greeting::SOUND_ENDINGS;

    #[test]
    fn the_module_of_every_ending_is_known_but_that_of_opus() {
        let unknown = SOUND_ENDINGS
            .iter()
            .filter(|ending| module(ending).is_none());
        assert_eq!(unknown.collect::<Vec<_>>(), [&"opus"]);
    }
}
