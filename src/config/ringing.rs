//! Which keys act while it rings, and what Dial needs for it.

use serde::Deserialize;

/// Which of the caller's keys act while it rings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RingingKeys {
    /// None: the caller is not answered before the called person is.
    #[default]
    Off,
    /// Those that Asterisk reports. The caller is answered first, because telephones send no keys
    /// before.
    Signalled,
    /// Those and keys in the audio, which a channel of its own hears.
    Heard,
}

impl RingingKeys {
    /// Dial's options with those that it needs for this.
    pub(super) fn options(self, options: &str) -> String {
        let mut all = options.to_owned();
        if self == Self::Off {
            return all;
        }
        let given = letters(options);
        // Who is answered hears only what Asterisk plays: ringing, unless it is something else.
        if !given.contains(['r', 'R', 'm']) {
            all.push('r');
        }
        if !given.contains('d') {
            all.push('d');
        }
        all
    }
}

/// Where the called person's channel comes through when they answer while somebody hears the caller.
pub(crate) const ANSWERED: &str = "voiceagent-answered";

/// What every section has unless it says otherwise.
pub(super) struct Defaults {
    /// Options of Dial.
    pub(super) options: String,
    pub(super) ringing: RingingKeys,
}

/// Option letters without their arguments in parentheses.
pub(crate) fn letters(options: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => return (depth == 0).then_some(c),
        }
        None
    };
    options.chars().filter_map(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_options_are_no_options() {
        assert_eq!(letters("gU(sub^d)dL(1:2)"), "gUdL");
        assert_eq!(letters(")s"), "s");
    }

    #[test]
    fn dial_gets_what_keys_need_and_nothing_when_they_are_off() {
        assert_eq!(RingingKeys::Off.options("g"), "g");
        for (given, all) in [
            ("g", "grd"),
            ("", "rd"),
            ("gd", "gdr"),
            ("m(jazz)d", "m(jazz)d"),
            ("U(road)", "U(road)rd"),
        ] {
            assert_eq!(RingingKeys::Signalled.options(given), all, "{given}");
        }
    }
}
