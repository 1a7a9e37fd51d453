//! What is remembered of a key that may have come in pieces, and the whole that they make.

use super::{
    decide::Judge,
    evidence::Evidence,
    fragment::Fragment,
    gap,
    history::History,
    tones::Pair,
    verdict::{Rejection, Test},
    window::View,
};

/// The first piece of a key, if there is one.
#[derive(Clone, Default)]
pub(super) struct Pieces {
    first: Option<Fragment>,
}

/// A key that is known without a second piece that could be measured by itself.
pub(super) struct Continued {
    pub(super) whole: Evidence,
    /// Whether its phases jumped since the first piece.
    pub(super) jumping: bool,
}

impl Pieces {
    /// Whether there is a first piece.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.first.is_some()
    }

    /// The first piece belongs to a key that is down.
    pub(super) fn forget(&mut self) {
        self.first = None;
    }

    /// The key that `evidence` shows, by itself or with the piece before it; or why it is none, and
    /// then it may be remembered as a first piece. `now` is the position up to which all was heard.
    pub(super) fn judge(
        &mut self,
        evidence: Evidence,
        judge: &Judge,
        history: &History,
        now: u64,
    ) -> Result<Evidence, Rejection> {
        let joined = |first: &Fragment| first.joined(&evidence, judge.longest_gap());
        let evidence = self.first.as_ref().and_then(joined).unwrap_or(evidence);
        let Err(rejection) = judge.judge(&evidence) else {
            return Ok(evidence);
        };
        if matches!(rejection.test, Test::Duration | Test::Contrast) {
            let whole = gap::with_first_piece(&evidence, history, now);
            if let Some(whole) = whole.filter(|whole| judge.judge(whole).is_ok()) {
                return Ok(whole);
            }
        }
        let clearer = |first: &Fragment| first.is_clearer_than(&evidence);
        if rejection.test == Test::Duration && !self.first.as_ref().is_some_and(clearer) {
            self.first = Some(Fragment::new(&evidence));
        }
        Err(rejection)
    }

    /// The key that is known now whose beginning was too short: it went on behind a gap, or its phases
    /// jump since. `strongest` is the pair in `view`, the window that ends `now`.
    #[inline(never)]
    pub(super) fn went_on(
        &mut self,
        strongest: Option<Pair>,
        view: &View,
        judge: &Judge,
        history: &History,
        now: u64,
    ) -> Option<Continued> {
        let Some(first) = self.first.filter(|first| !first.is_past(now)) else {
            self.first = None;
            return None;
        };
        let is_key = |whole: &Evidence| judge.judge(whole).is_ok();
        let behind_gap = gap::with_second_piece(first.evidence(), history, now);
        if let Some(whole) = behind_gap.filter(is_key) {
            return Some(Continued {
                whole,
                jumping: false,
            });
        }
        let whole = first.went_on(view, strongest?, now, judge.longest_gap())?;
        is_key(&whole).then_some(Continued {
            whole,
            jumping: true,
        })
    }
}
