//! What was read of descriptor 3 at once, exactly, in as little text as is easy.
//!
//! Asterisk hands on 16-bit samples, but most of them have come to it as G.711: then one byte a
//! sample says all. Telephones that suppress silence leave long stretches of one value.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::escape::byte_of;
use crate::{
    audio::g711::{alaw_to_linear, linear_to_alaw, linear_to_ulaw, ulaw_to_linear},
    pipe,
};

/// Appends the form and the data; `codes` is used up meanwhile.
pub(super) fn write(bytes: &[u8], codes: &mut Vec<u8>, out: &mut String) {
    use std::fmt::Write as _;

    let first = bytes.first().copied().unwrap_or_default();
    if bytes.iter().all(|&byte| byte == first) {
        // A string takes whatever is written.
        let _ = write!(out, "{ALL} {} {first:02x}", bytes.len());
        return;
    }
    for law in [&ALAW, &ULAW] {
        if law.take(bytes, codes) {
            out.push_str(law.form);
            out.push(' ');
            return base64(codes, out);
        }
    }
    out.push_str(BYTES);
    out.push(' ');
    base64(bytes, out);
}

/// Appends bytes as Base64.
pub(super) fn base64(bytes: &[u8], out: &mut String) {
    STANDARD.encode_string(bytes, out);
}

/// The bytes that form and data stand for; an error says what is wrong with them.
pub(super) fn read(text: &str) -> Result<Vec<u8>, String> {
    let (form, data) = text.split_once(' ').unwrap_or((text, ""));
    let law = match form {
        ALL => return repeated(data),
        BYTES => None,
        _ if form == ALAW.form => Some(&ALAW),
        _ if form == ULAW.form => Some(&ULAW),
        _ => {
            return Err(format!(
                "audio as \"{form}\"; expected {ALL}, {BYTES}, {} or {}",
                ALAW.form, ULAW.form
            ));
        }
    };
    let bytes = of_base64(data)?;
    Ok(match law {
        Some(law) => {
            let samples = bytes.into_iter().map(law.to_linear);
            samples.flat_map(i16::to_le_bytes).collect()
        }
        None => bytes,
    })
}

/// The bytes of Base64.
pub(super) fn of_base64(text: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(text)
        .map_err(|error| format!("no Base64: {error}"))
}

fn repeated(data: &str) -> Result<Vec<u8>, String> {
    let (length, byte) = data.split_once(' ').unwrap_or((data, ""));
    match (length.parse(), byte_of(byte.as_bytes())) {
        (Ok(length), Some(byte)) if length <= pipe::CAPACITY => Ok(vec![byte; length]),
        _ => Err(format!(
            "\"{data}\" is no number of bytes up to {} and no byte as two digits",
            pipe::CAPACITY
        )),
    }
}

/// A way from 16-bit samples to codes and back.
struct Law {
    form: &'static str,
    to_code: fn(i16) -> u8,
    to_linear: fn(u8) -> i16,
}

impl Law {
    /// Fills `codes` with those of these samples, if they give exactly them.
    fn take(&self, bytes: &[u8], codes: &mut Vec<u8>) -> bool {
        codes.clear();
        let (samples, odd) = bytes.as_chunks::<2>();
        odd.is_empty()
            && samples.iter().all(|&sample| {
                let sample = i16::from_le_bytes(sample);
                let code = (self.to_code)(sample);
                codes.push(code);
                (self.to_linear)(code) == sample
            })
    }
}

const ALAW: Law = Law {
    form: "from-alaw",
    to_code: linear_to_alaw,
    to_linear: alaw_to_linear,
};
const ULAW: Law = Law {
    form: "from-ulaw",
    to_code: linear_to_ulaw,
    to_linear: ulaw_to_linear,
};
const BYTES: &str = "bytes";
const ALL: &str = "all";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Rng;

    fn written(bytes: &[u8]) -> String {
        let mut out = String::new();
        write(bytes, &mut Vec::new(), &mut out);
        assert_eq!(read(&out).as_deref(), Ok(bytes), "{out}");
        out
    }

    #[test]
    fn any_bytes_come_back_as_they_were() {
        let mut rng = Rng::new(1);
        for length in 0..700 {
            let bytes: Vec<u8> = (0..length).map(|_| rng.bits() as u8).collect();
            written(&bytes);
            let codes = bytes.iter();
            let samples = codes.clone().map(|&code| alaw_to_linear(code));
            written(&samples.flat_map(i16::to_le_bytes).collect::<Vec<_>>());
            let samples = codes.map(|&code| ulaw_to_linear(code));
            written(&samples.flat_map(i16::to_le_bytes).collect::<Vec<_>>());
        }
    }

    #[test]
    fn samples_of_g711_take_half_of_what_they_had() {
        let slin: Vec<u8> = (0..160)
            .flat_map(|n| alaw_to_linear(n).to_le_bytes())
            .collect();
        let text = written(&slin);
        assert!(text.starts_with("from-alaw "));
        assert!(text.len() < 230, "{}", text.len());
        assert_eq!(written(&[0; 320]), "all 320 00");
        assert_eq!(written(&[0; pipe::CAPACITY]), "all 65536 00");
    }

    #[test]
    fn what_nobody_writes_is_refused() {
        for text in [
            "",
            "all",
            "all 4",
            "all 4 0",
            "all -1 00",
            "all 65537 00",
            "bytes AA=",
            "bytes A A=",
            "opus AAAA",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
