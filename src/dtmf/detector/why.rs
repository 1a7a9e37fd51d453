//! What a detector says when it is asked why there is no key.

use super::{
    super::{
        screen::NotBegun,
        step::STEP,
        tones::Pair,
        verdict::{Rejection, Test, Verdict},
        window::View,
    },
    Detector,
    look::Young,
};

impl Detector {
    /// What a failed test says of the look that ended at position `now`.
    pub(super) fn why(
        &self,
        rejection: Rejection,
        pair: Pair,
        now: u64,
        analysed: bool,
    ) -> Verdict {
        let at = self.history.end_of(now);
        rejection.verdict(Some(pair.key()), at, analysed)
    }

    /// Why there was no key yet at the last look.
    pub(super) fn why_young(&self, young: &Young, analysed: bool) -> Verdict {
        let last_look = self.done - STEP as u64;
        self.why(young.why, young.candidate.pair, last_look, analysed)
    }

    /// Why a window that was not looked into holds no key.
    pub(super) fn why_silence(&self) -> Verdict {
        let heard = self
            .history
            .range(self.done - 2 * STEP as u64, self.done)
            .iter()
            .map(|&x| f32::from(x));
        let length = 2.0 * STEP as f32;
        let mean = heard.clone().sum::<f32>() / length;
        let rejection = Rejection {
            test: Test::Silence,
            measured: heard.map(|x| (x - mean).powi(2)).sum::<f32>() / length,
            limit: self.least_mean_square,
        };
        rejection.verdict(None, self.history.end_of(self.done), false)
    }

    /// Why a pair that is seen does not begin.
    pub(super) fn why_not_begun(&self, why: NotBegun, view: &View, pair: Pair) -> Verdict {
        let rejection = self.screen.not_begun(why, view, pair);
        self.why(rejection, pair, self.done, false)
    }

    /// Why no pair is seen.
    pub(super) fn why_nothing(&self, view: &View) -> Verdict {
        let rejection = self.screen.rejection(view);
        self.why(rejection, view.strongest_pair(), self.done, false)
    }
}
