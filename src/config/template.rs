//! Text with `${EXTEN}` in it, as the dialplan writes it.

/// Text in which `${EXTEN}`, `${EXTEN:1}` and `${EXTEN:-2:1}` stand for what was dialled, or a
/// part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Dialled(Cut),
}

/// As Asterisk's `:offset:length`: an offset below 0 counts from the end, a length below 0 leaves
/// that many off there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    offset: isize,
    length: Option<isize>,
}

impl Template {
    /// Reads the text; whatever is not `${EXTEN}` stands for itself.
    pub(super) fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        let mut plain = String::new();
        while let Some(at) = rest.find(OPEN) {
            let behind = &rest[at + OPEN.len()..];
            let cut = behind
                .split_once('}')
                .and_then(|(inside, after)| Some((Cut::read(inside)?, after)));
            match cut {
                Some((cut, after)) => {
                    plain.push_str(&rest[..at]);
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(Part::Dialled(cut));
                    rest = after;
                }
                None => {
                    plain.push_str(&rest[..at + OPEN.len()]);
                    rest = behind;
                }
            }
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        parts.retain(|part| *part != Part::Text(String::new()));
        Self(parts)
    }

    /// The text for this extension.
    pub(super) fn fill(&self, extension: &str) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Dialled(cut) => cut.of(extension),
            })
            .collect()
    }

    /// Whether it is the same text for every extension.
    pub(super) fn is_fixed(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Whether something is left that only Asterisk could evaluate.
    pub(super) fn has_other_variables(&self) -> bool {
        self.0
            .iter()
            .any(|part| matches!(part, Part::Text(text) if text.contains("${")))
    }
}

impl Cut {
    /// Reads what stands between `EXTEN` and the brace.
    fn read(text: &str) -> Option<Self> {
        let Some(numbers) = text.strip_prefix(':') else {
            return text.is_empty().then_some(Self {
                offset: 0,
                length: None,
            });
        };
        let (offset, length) = match numbers.split_once(':') {
            Some((offset, length)) => (offset, Some(length.parse().ok()?)),
            None => (numbers, None),
        };
        Some(Self {
            offset: offset.parse().ok()?,
            length,
        })
    }

    fn of(self, text: &str) -> &str {
        let from_end = |back: isize| text.len().saturating_sub(back.unsigned_abs());
        let start = match self.offset {
            back @ ..0 => from_end(back),
            on => text.len().min(on.unsigned_abs()),
        };
        let end = match self.length {
            None => text.len(),
            Some(back @ ..0) => from_end(back).max(start),
            Some(on) => text.len().min(start.saturating_add(on.unsigned_abs())),
        };
        // Extensions that get here are ASCII; of others nothing is cut.
        text.get(start..end).unwrap_or(text)
    }
}

const OPEN: &str = "${EXTEN";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_stands_in_whole_or_in_part() {
        for (text, filled) in [
            ("PJSIP/${EXTEN}", "PJSIP/142"),
            ("${EXTEN:1}@x", "42@x"),
            ("${EXTEN:-2}", "42"),
            ("${EXTEN:-5}", "142"),
            ("${EXTEN:1:1}", "4"),
            ("${EXTEN:0:-1}", "14"),
            ("${EXTEN:9}", ""),
            ("${EXTEN:9:9}", ""),
            ("${EXTEN:2:-3}", ""),
            ("${EXTEN}&Local/${EXTEN}0@y", "142&Local/1420@y"),
            ("SIP/bob", "SIP/bob"),
            ("", ""),
        ] {
            assert_eq!(Template::new(text).fill("142"), filled, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_stands_as_it_is() {
        for text in ["${EXTENX}", "${EXTEN:a}", "${EXTEN", "$EXTEN", "${EXTEN:}"] {
            let template = Template::new(text);
            assert_eq!(template.fill("142"), text);
            assert!(template.is_fixed());
        }
        assert!(Template::new("${EXTEN:a}").has_other_variables());
        assert!(Template::new("${DB(${EXTEN})}").has_other_variables());
        assert!(!Template::new("SIP/${EXTEN}").has_other_variables());
    }
}
