//! Why there is no key in a stretch of time: the detector's verdicts, put together and in words.

use std::{fmt, ops::RangeInclusive};

use crate::{
    Key,
    audio::SampleTime,
    dtmf::{KeyDown, Limits, STEP, Test, Verdict, WINDOW},
};

/// Collects verdicts on the looks of one stretch.
pub(super) struct Why {
    /// What was asked about.
    stretch: RangeInclusive<SampleTime>,
    limits: Limits,
    reasons: Vec<Reason>,
    taken: Vec<String>,
}

/// Looks one after another that failed the same test.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reason {
    /// From where the first of these looks had something new to see, to the end of the last: they
    /// are 10 ms apart.
    pub(super) start: SampleTime,
    pub(super) end: SampleTime,
    /// The look that failed by the least, and what it said.
    pub(super) at: SampleTime,
    pub(super) verdict: Verdict,
}

impl Why {
    /// For a stretch of a recording.
    pub(super) fn new(stretch: &RangeInclusive<SampleTime>, limits: Limits) -> Self {
        Self {
            stretch: stretch.clone(),
            limits,
            reasons: Vec::new(),
            taken: Vec::new(),
        }
    }

    pub(super) fn key_down(&mut self, down: &KeyDown) {
        if self.stretch.contains(&down.onset) {
            let at = down.onset.seconds();
            self.taken
                .push(format!("{at:.3} s: {}", taken(down, &self.limits)));
        }
    }

    pub(super) fn add(&mut self, verdict: Verdict) {
        let at = verdict.at;
        let start = at - STEP as u64;
        if at <= *self.stretch.start() || start > *self.stretch.end() {
            return;
        }
        if let Some(last) = self.reasons.last_mut()
            && at.since(last.end) <= WINDOW as u64
            && last.verdict.failed == verdict.failed
            && last.verdict.analysed == verdict.analysed
            && (last.verdict.key == verdict.key || is_of_no_key(&verdict))
        {
            last.end = at;
            if verdict.excess() < last.verdict.excess() {
                (last.at, last.verdict) = (at, verdict);
            }
            return;
        }
        self.reasons.push(Reason {
            start,
            end: at,
            at,
            verdict,
        });
    }

    pub(super) fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// For a whole recording.
    pub(super) fn of_all(limits: Limits) -> Self {
        let end = SampleTime::from_samples(u64::MAX / 2);
        Self::new(&(SampleTime::ZERO..=end), limits)
    }

    /// The looks that measured two tones.
    pub(super) fn analysed(&self) -> Vec<Reason> {
        lasting(&self.reasons)
            .filter(|reason| reason.verdict.analysed)
            .cloned()
            .collect()
    }

    /// The keys that there were, in words.
    pub(super) fn taken(&self) -> &[String] {
        &self.taken
    }
}

/// The one that passed the most tests, and of those failed by the least.
pub(super) fn nearest(reasons: &[Reason]) -> Option<&Reason> {
    let nearness = |reason: &&Reason| {
        let verdict = &reason.verdict;
        (verdict.passed(), -verdict.excess())
    };
    lasting(reasons)
        .filter(|reason| reason.verdict.key.is_some())
        .max_by(|a, b| {
            let (a, b) = (nearness(a), nearness(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
}

/// All but that tones had not lasted long enough yet, where they did and another test failed then.
fn lasting(reasons: &[Reason]) -> impl Iterator<Item = &Reason> {
    reasons.iter().enumerate().filter_map(|(n, reason)| {
        let went_on = reasons.get(n + 1).is_some_and(|next| {
            next.verdict.analysed
                && next.verdict.key == reason.verdict.key
                && next.start.since(reason.end) <= STEP as u64
        });
        let young = reason.verdict.failed == Test::Duration && went_on;
        (!young).then_some(reason)
    })
}

impl Reason {
    /// In a few words, for where there is little room.
    pub(super) fn brief(&self) -> String {
        let Verdict {
            measured, limit, ..
        } = self.verdict;
        let key = self.verdict.key.map_or('?', Key::label);
        let unit = self.verdict.failed.unit();
        format!("{key}? {} {measured:.1} ({limit:.1}) {unit}", self.name())
    }

    /// The test's name for programs.
    pub(super) fn name(&self) -> &'static str {
        match self.verdict.failed {
            Test::Silence => "silence",
            Test::Fit => "fit",
            Test::Onset => "onset",
            Test::Growth => "growth",
            Test::Fall => "fall",
            Test::Level => "level",
            Test::Twist => "twist",
            Test::Frequency => "frequency",
            Test::Duration => "duration",
            Test::Pause => "pause",
            Test::Contrast => "contrast",
            Test::Steadiness => "steadiness",
            Test::Replacement => "replacement",
            Test::Harmonics => "harmonics",
            Test::Residual => "residual",
            Test::ResidualAbove => "residual above",
            Test::ResidualBelow => "residual below",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = &self.verdict;
        let unit = verdict.failed.unit();
        let (measured, limit) = (verdict.measured, verdict.limit);
        let excess = verdict.excess();
        // Levels differ by plain decibels.
        let apart = unit.trim_end_matches("m0");
        if let Some(key) = verdict.key {
            write!(f, "key {key}? ")?;
        }
        let at_most = |f: &mut fmt::Formatter<'_>, what: &str| {
            write!(
                f,
                "{what} {measured:.1} {unit}, at most {limit:.1}: {excess:.1} {apart} too much"
            )
        };
        let at_least = |f: &mut fmt::Formatter<'_>, what: &str| {
            write!(
                f,
                "{what} {measured:.1} {unit}, at least {limit:.1}: {excess:.1} {apart} too little"
            )
        };
        match verdict.failed {
            Test::Silence if measured.is_finite() => at_least(f, "all is quiet,"),
            Test::Silence => write!(f, "digital silence"),
            Test::Growth if !measured.is_finite() => write!(f, "just begun"),
            Test::Level => at_least(f, "the weaker tone has"),
            Test::Duration => at_least(f, "the tones have lasted"),
            Test::Fit => at_most(f, "besides the tones there is"),
            Test::Frequency => at_most(f, "a tone is off by"),
            Test::Twist => write!(
                f,
                "twist {measured:+.1} dB, limit {limit:+.1}: {excess:.1} dB too much"
            ),
            Test::Onset => at_most(f, "the tones do not just begin, shortly before they had"),
            Test::Growth => at_most(f, "still growing, in 10 ms by"),
            Test::Fall => write!(f, "ending: {measured:.1} dB in 10 ms"),
            Test::Pause => at_least(f, "the same key has been up for"),
            Test::Contrast => at_most(f, "a tone was there before with"),
            Test::Steadiness => at_most(f, "beside something else a tone changes by"),
            Test::Replacement => at_most(f, "in their place there was before"),
            Test::Harmonics => at_most(f, "of what is left, harmonics of the tones are"),
            Test::Residual => at_most(f, "left among the tones"),
            Test::ResidualAbove => at_most(f, "left above the tones"),
            Test::ResidualBelow => at_most(f, "left below the tones"),
        }
    }
}

/// Whether the screen saw no tones that stand out: whose they would be says nothing then.
fn is_of_no_key(verdict: &Verdict) -> bool {
    !verdict.analysed && matches!(verdict.failed, Test::Silence | Test::Fit | Test::Level)
}

/// A key that was taken, against the limits that it was within.
fn taken(down: &KeyDown, limits: &Limits) -> String {
    let offset = down.low_offset.abs().max(down.high_offset.abs());
    format!(
        "key {} was taken: {} (least {:.1}), twist {:+.1} dB (+{:.1}, -{:.1}), off by {:.2} % \
         ({:.2}), left among the tones {:.1} dB ({:.1}; more in noise)",
        down.key,
        down.level,
        limits.min_level_dbm0,
        down.twist_db,
        limits.max_twist_db,
        limits.max_reverse_twist_db,
        100.0 * offset,
        limits.max_offset_percent,
        10.0 * down.residual.log10(),
        limits.max_residual_db,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(at: u64, failed: Test, measured: f32, limit: f32) -> Verdict {
        Verdict {
            key: Some(Key::STAR),
            at: SampleTime::from_samples(at),
            analysed: failed != Test::Onset,
            failed,
            measured,
            limit,
        }
    }

    #[test]
    fn looks_that_fail_alike_are_one_reason_and_the_nearest_to_a_key_is_found() {
        let stretch = SampleTime::from_samples(720)..=SampleTime::from_samples(1_600);
        let mut why = Why::new(&stretch, Limits::ETSI);
        for verdict in [
            verdict(720, Test::Onset, -2.0, -6.0),
            verdict(800, Test::Onset, -3.0, -6.0),
            verdict(880, Test::Onset, -4.0, -6.0),
            verdict(960, Test::Twist, -12.0, -10.5),
            verdict(1_040, Test::Onset, -5.0, -6.0),
        ] {
            why.add(verdict);
        }
        let told: Vec<String> = why
            .reasons()
            .iter()
            .map(|reason| {
                format!(
                    "{}-{} {reason}",
                    reason.start.samples(),
                    reason.end.samples()
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "720-880 key *? the tones do not just begin, shortly before they had -4.0 dB, at most \
                 -6.0: 2.0 dB too much",
                "880-960 key *? twist -12.0 dB, limit -10.5: 1.5 dB too much",
                "960-1040 key *? the tones do not just begin, shortly before they had -5.0 dB, at \
                 most -6.0: 1.0 dB too much",
            ]
        );
        let nearest = nearest(why.reasons()).expect("there are reasons");
        assert_eq!(nearest.verdict.failed, Test::Twist);
    }

    #[test]
    fn tones_that_went_on_were_not_too_short() {
        let mut why = Why::of_all(Limits::ETSI);
        for verdict in [
            verdict(800, Test::Duration, 20.0, 21.0),
            verdict(880, Test::Twist, 11.5, 10.5),
        ] {
            why.add(verdict);
        }
        let reasons = why.analysed();
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0].verdict.failed, Test::Twist);
    }
}
