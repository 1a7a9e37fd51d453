//! Of a long file, what one call needs.
//!
//! A configuration of ten thousand people is a megabyte, and to parse it takes longer than all
//! else that a call needs. So while a file is read, line by line, the sections of other people's
//! extensions are passed over, and only the rest is parsed. A section that is not written in the
//! usual way is not recognised, and kept.

use std::io::{self, BufRead};

/// A file's lines that matter.
pub(super) struct Narrowed {
    pub(super) bytes: Vec<u8>,
    /// Where they begin anew behind something left out: byte of them, line in the file.
    pub(super) stretches: Vec<(usize, usize)>,
    /// Whether anything was left out.
    pub(super) partial: bool,
}

/// Reads all but the sections of extensions that are not wanted; none where the file is written
/// so that a section's end cannot be told without parsing it.
///
/// Patterns are always kept.
pub(super) fn narrow(
    mut file: impl BufRead,
    wanted: impl Fn(&[u8]) -> bool,
) -> io::Result<Option<Narrowed>> {
    let mut bytes = Vec::new();
    let mut stretches = Vec::new();
    let mut keeping = true;
    let mut interrupted = true;
    let mut partial = false;
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if file.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if may_begin_long_string(&line) {
            return Ok(None);
        }
        match heading(&line) {
            Heading::Extension(name) => keeping = name.starts_with(b"_") || wanted(name),
            Heading::Other => keeping = true,
            Heading::None => {}
        }
        if keeping {
            if interrupted {
                stretches.push((bytes.len(), number));
            }
            bytes.extend_from_slice(&line);
        }
        interrupted = !keeping;
        partial |= !keeping;
    }
    Ok(Some(Narrowed {
        bytes,
        stretches,
        partial,
    }))
}

/// What a line begins.
enum Heading<'a> {
    /// `[extensions.NAME]`
    Extension(&'a [u8]),
    /// Another section.
    Other,
    /// None: it belongs to the section before.
    None,
}

fn heading(line: &[u8]) -> Heading<'_> {
    let line = line.trim_ascii();
    if !line.starts_with(b"[") {
        return Heading::None;
    }
    extension(line).map_or(Heading::Other, Heading::Extension)
}

/// The name in `[extensions.NAME]` or `[extensions."NAME"]`, or in a part of that section such as
/// `[extensions.NAME.ringing]`, with nothing but a comment behind.
fn extension(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"[extensions.")?;
    let (name, behind) = match rest.first()? {
        quote @ (b'"' | b'\'') => {
            let end = 1 + rest[1..].iter().position(|byte| byte == quote)?;
            (&rest[1..end], &rest[end + 1..])
        }
        _ => rest.split_at(rest.iter().position(|byte| b".]".contains(byte))?),
    };
    let plain = !name
        .iter()
        .any(|byte| matches!(byte, b'\\' | b' ' | b'\t' | b'"' | b'\''));
    let part = behind.strip_prefix(b".").map_or(0, |part| {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
        1 + part.iter().take_while(|byte| is_name(byte)).count()
    });
    let behind = behind[part..].strip_prefix(b"]")?.trim_ascii_start();
    (plain && matches!(behind.first(), None | Some(b'#'))).then_some(name)
}

/// Whether a string may begin that goes on over lines that look like sections: in a value, or
/// anywhere within one.
fn may_begin_long_string(line: &[u8]) -> bool {
    line.windows(3)
        .any(|three| matches!(three, b"\"\"\"" | b"'''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(text: &str) -> Option<(String, Vec<(usize, usize)>)> {
        narrow(text.as_bytes(), |name| name == b"101")
            .expect("it is read")
            .map(|narrowed| {
                let text = String::from_utf8(narrowed.bytes).expect("it was text");
                (text, narrowed.stretches)
            })
    }

    #[test]
    fn other_peoples_sections_are_left_out_and_lines_still_known() {
        let text = "a = 1\n[extensions.100]\nx = 1\n[extensions.101]\ny = 1\n\
                    [extensions.102] # Anna\nz = 1\n[keys]\nb = 1\n[extensions._2X]\nc = 1\n";
        let expected = "a = 1\n[extensions.101]\ny = 1\n[keys]\nb = 1\n[extensions._2X]\nc = 1\n";
        assert_eq!(
            narrowed(text),
            Some((expected.to_owned(), vec![(0, 1), (6, 4), (29, 8)]))
        );
    }

    #[test]
    fn names_can_be_quoted() {
        for heading in [
            "[extensions.\"102\"]",
            "  [extensions.'102']  \r",
            "[extensions.102]# x",
            "[extensions.\"*1\"]",
            "[extensions.102.ringing]",
            "[extensions.\"*1\".ringing] # x",
        ] {
            let (text, _) = narrowed(&format!("{heading}\nz = 1\n")).expect("it is narrowed");
            assert_eq!(text, "", "{heading}");
        }
    }

    #[test]
    fn what_is_written_in_another_way_is_kept() {
        for text in [
            "[extensions . 102]\nz = 1\n",
            "[extensions]\n102 = { z = 1 }\n",
            "[[extensions.102]]\nz = 1\n",
            "[extensions.102.\"more\"]\nz = 1\n",
            "[extensions.102 .more]\nz = 1\n",
            "[extensions.\"1\\u0030\"]\nz = 1\n",
            "[extensions.102\nz = 1\n",
            "[extensions.102] x\nz = 1\n",
            "[extensions.\"102]\nz = 1\n",
        ] {
            assert_eq!(narrowed(text).expect("it is narrowed").0, text);
        }
    }

    #[test]
    fn a_string_over_several_lines_makes_all_of_the_file_needed() {
        for begin in [
            "z = \"\"\"",
            "z='''",
            "z = { a = \"\"\"",
            "\"a=b\" = \"\"\"",
            "z = [ 1, '''",
            "z = [\n[\"\"\"",
        ] {
            let text = format!("[extensions.102]\n{begin}\n[keys]\n");
            assert_eq!(narrowed(&text), None, "{begin}");
        }
    }
}
