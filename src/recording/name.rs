//! What a recording is called.

/// The name of a recording's file: by the time of day, as in `2026-03-02T09:14:07.512345Z`, so that
/// names sort by it, the extension, and the channel.
///
/// Both are what others say, and anything can be in them: letters, digits and `-.@+` stand as they
/// are, all else as `%` and two hexadecimal digits, and what is long is cut.
#[must_use]
pub fn file_name(time: &str, extension: &str, channel: &str) -> String {
    let time: String = time.chars().filter(|c| !"-:".contains(*c)).collect();
    let extension = plain(extension, EXTENSION);
    let channel = plain(channel, CHANNEL);
    format!("{time}_{extension}_{channel}.{ENDING}")
}

/// Whether [`file_name`] gives such names.
pub(super) fn is_one(name: &str) -> bool {
    if name.contains('/') {
        return false;
    }
    let stem = name
        .strip_suffix(ENDING)
        .and_then(|name| name.strip_suffix('.'));
    let parts = stem.map(|stem| stem.split('_').collect::<Vec<_>>());
    let Some([time, _, _]) = parts.as_deref() else {
        return false;
    };
    let begins = |digits: usize, then: char| {
        let (number, rest) = time.split_at_checked(digits).unwrap_or_default();
        number.len() == digits
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with(then)
    };
    begins("YYYYMMDD".len(), 'T')
}

/// At most so many bytes that mean nothing to a file system or a shell.
fn plain(text: &str, longest: usize) -> String {
    let mut plain = String::with_capacity(longest);
    for byte in text.bytes() {
        let piece = if byte.is_ascii_alphanumeric() || b"-.@+".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        };
        if plain.len() + piece.len() > longest {
            break;
        }
        plain.push_str(&piece);
    }
    plain
}

const ENDING: &str = "recording";
/// Bytes. A name may have 255; the time has 23.
const EXTENSION: usize = 60;
const CHANNEL: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "2026-03-02T09:14:07.512345Z";

    #[test]
    fn a_name_tells_when_where_and_who() {
        assert_eq!(
            file_name(TIME, "101", "SIP/peter-00000001"),
            "20260302T091407.512345Z_101_SIP%2Fpeter-00000001.recording"
        );
        assert_eq!(
            file_name(TIME, "*101", "Local/s@x-0000000a;2"),
            "20260302T091407.512345Z_%2A101_Local%2Fs@x-0000000a%3B2.recording"
        );
    }

    #[test]
    fn whatever_a_channel_is_called_it_is_one_short_name() {
        for hostile in [
            "",
            ".",
            "../..",
            "a_b",
            "a\0b\n",
            "\u{202e}",
            &"/".repeat(1_000),
        ] {
            let name = file_name(TIME, hostile, hostile);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.@+%_".contains(&byte);
            assert!(name.bytes().all(plain), "{name}");
            assert!(name.len() <= 255 && is_one(&name), "{name}");
        }
    }

    #[test]
    fn other_files_are_known_as_others() {
        for name in [
            "",
            "recording",
            "a.recording",
            "a_b_c.recording",
            "20260302T091407Z_101.recording",
            "20260302T091407Z_101_x.wav",
            "20260302T091407Z_101_../x.recording",
            "20260302 091407Z_101_x.recording",
            "\u{f6}\u{f6}\u{f6}\u{f6}\u{f6}T_1_2.recording",
        ] {
            assert!(!is_one(name), "{name}");
        }
    }
}
