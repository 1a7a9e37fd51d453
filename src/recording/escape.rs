//! Any bytes as one line of text, and back.

/// Appends a piece of a stream that has a line break at its end or none at all.
pub(super) fn line(bytes: &[u8], out: &mut String) {
    match bytes.strip_suffix(b"\n") {
        Some(line) => text(line, out),
        None => {
            text(bytes, out);
            out.push('\\');
        }
    }
}

/// Appends bytes as text without a line break.
pub(super) fn text(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => hex(c.encode_utf8(&mut [0; 4]).as_bytes(), out),
                c => out.push(c),
            }
        }
        hex(chunk.invalid(), out);
    }
}

fn hex(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        out.push_str("\\x");
        for digit in [byte >> 4, byte & 0xF] {
            out.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}

/// The bytes that [`line()`] made this text of; an error says what is wrong with it.
pub(super) fn line_of(text: &str) -> Result<Vec<u8>, String> {
    let (mut bytes, ended) = read(text)?;
    if ended {
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// The bytes that [`text`] made this text of.
pub(super) fn bytes_of(text: &str) -> Result<Vec<u8>, String> {
    match read(text)? {
        (bytes, true) => Ok(bytes),
        (_, false) => Err("a backslash with nothing behind it".to_owned()),
    }
}

/// The bytes, and whether no single backslash follows them.
fn read(text: &str) -> Result<(Vec<u8>, bool), String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escaped, behind)) = rest.split_first() else {
            return Ok((bytes, false));
        };
        rest = behind;
        bytes.push(match escaped {
            b'\\' => b'\\',
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let digits = rest.split_at_checked(2);
                let Some((value, behind)) =
                    digits.and_then(|(digits, behind)| Some((byte_of(digits)?, behind)))
                else {
                    return Err("\\x without two hexadecimal digits".to_owned());
                };
                rest = behind;
                value
            }
            other => {
                let other = other.escape_ascii();
                return Err(format!("\\{other} means nothing"));
            }
        });
    }
    Ok((bytes, true))
}

/// The byte of two hexadecimal digits.
pub(super) fn byte_of(digits: &[u8]) -> Option<u8> {
    let &[high, low] = digits else { return None };
    let digit = |c: u8| u8::try_from(char::from(c).to_digit(16)?).ok();
    Some(digit(high)? << 4 | digit(low)?)
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> String {
        let mut out = String::new();
        line(bytes, &mut out);
        out
    }

    #[test]
    fn any_line_is_text_and_comes_back_as_it_was() {
        let all: Vec<u8> = (0..=255).filter(|&byte| byte != b'\n').collect();
        for bytes in [
            &all[..],
            b"",
            b"a\\",
            b"\\x41",
            "J\u{f6}rg \u{9b}".as_bytes(),
        ] {
            for end in [&b""[..], b"\n"] {
                let bytes = [bytes, end].concat();
                let text = written(&bytes);
                assert!(!text.contains(char::is_control), "{text:?}");
                assert_eq!(line_of(&text).as_deref(), Ok(&bytes[..]), "{text}");
            }
        }
    }

    #[test]
    fn what_can_be_read_stands_as_it_is() {
        assert_eq!(
            written("agi_calleridname: \"J\u{f6}rg\"\n".as_bytes()),
            "agi_calleridname: \"J\u{f6}rg\""
        );
        assert_eq!(written(b"200 result="), "200 result=\\");
        assert_eq!(written(b"\x1b[31m\xff\r\n"), "\\x1b[31m\\xff\\r");
    }

    #[test]
    fn what_nobody_writes_is_refused() {
        for text in ["\\q", "\\x", "\\x1", "\\xg0", "\\x\u{f6}"] {
            assert!(line_of(text).is_err(), "{text}");
        }
        assert!(bytes_of("a\\").is_err());
    }
}
