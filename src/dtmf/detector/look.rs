//! What becomes of a candidate: the audio is analysed and the evidence judged, at once or, where it is still
//! too young, at the next look.

use super::{
    super::{
        Event,
        bank::BLOCK,
        evidence::{Evidence, Place},
        excerpt::{Excerpt, SPAN},
        fragment::CLEAN,
        previous::Previous,
        screen::Candidate,
        step::{STEP, STEP_BLOCKS},
        verdict::{Asker, Rejection, Test},
        window::View,
    },
    Detector,
};

/// A candidate that is worth an analysis.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) candidate: Candidate,
    /// Looks before this one at which it was at its fullest.
    pub(super) back: usize,
    /// Looks since this one.
    pub(super) ago: usize,
    pub(super) view: View,
}

/// A candidate that was too young and what was seen of it then.
#[derive(Clone, Copy)]
pub(super) struct Young {
    pub(super) candidate: Candidate,
    pub(super) view: View,
    pub(super) why: Rejection,
}

impl Detector {
    /// Analyses what was too young at the last look, unless it just went on, and what is seen now.
    #[inline(never)]
    pub(super) fn analyse(
        &mut self,
        look: Option<Look>,
        young: Option<Young>,
        on_event: &mut impl FnMut(Event),
        asker: &mut impl Asker,
    ) {
        let found = look.map(|look| (look, self.evidence(&look)));
        if let Some(young) = young {
            let went_on = matches!(&found, Some((_, Ok(evidence)))
                if evidence.onset + STILL_YOUNG < self.done && evidence.rest <= CLEAN);
            if went_on {
                asker.tell(|| self.why_young(&young, true));
            } else {
                let look = Look {
                    candidate: young.candidate,
                    back: 0,
                    ago: 1,
                    view: young.view,
                };
                let found = self.evidence(&look);
                self.conclude(&look, found, on_event, asker);
            }
        }
        if let Some((look, found)) = found {
            self.conclude(&look, found, on_event, asker);
        }
    }

    /// What the audio says about a candidate.
    fn evidence(&self, look: &Look) -> Result<Evidence, Rejection> {
        let pair = look.candidate.pair;
        let nominal = pair.radians();
        let steps = self
            .window
            .phase_steps(pair, (look.back + look.ago) * STEP_BLOCKS);
        let place = Place {
            pair,
            back: look.back * STEP,
            underlay: look.candidate.underlay,
            dial_tone: self.dial_tone.most(),
            start: [0, 1].map(|tone| {
                let offset = steps[tone] / BLOCK as f32;
                let range = START_RANGE * nominal[tone];
                nominal[tone] + offset.clamp(-range, range)
            }),
            previous: self.previous(pair),
        };
        let mut samples = [0.0; SPAN];
        let mut excerpt = Excerpt::new(&self.history, self.time_of(look), &mut samples);
        self.analysis.run(&place, &mut excerpt)
    }

    /// Position after the last sample of a look.
    fn time_of(&self, look: &Look) -> u64 {
        self.done - (look.ago * STEP) as u64
    }

    /// What becomes of a candidate.
    fn conclude(
        &mut self,
        look: &Look,
        found: Result<Evidence, Rejection>,
        on_event: &mut impl FnMut(Event),
        asker: &mut impl Asker,
    ) {
        let now = self.time_of(look);
        let rejection = match found {
            Ok(evidence) => {
                let continues = self.hold.as_ref().is_some_and(|hold| {
                    hold.continues(
                        &evidence,
                        &self.history,
                        self.done,
                        self.judge.longest_gap(),
                    )
                });
                if continues && let Some(hold) = &mut self.hold {
                    hold.resume(&evidence, &look.view, now);
                    return;
                }
                // The whole is asked too: its first piece may be the end of the key that is up.
                let judged = self
                    .is_another_press(&evidence)
                    .and_then(|()| self.pieces.judge(evidence, &self.judge, &self.history, now))
                    .and_then(|whole| self.is_another_press(&whole).map(|()| whole));
                match judged {
                    Ok(evidence) => {
                        self.down(&evidence, &look.view, now, on_event);
                        return;
                    }
                    Err(rejection) => rejection,
                }
            }
            Err(rejection) => rejection,
        };
        asker.tell(|| self.why(rejection, look.candidate.pair, now, true));
    }

    /// Whether this is not the key that is up already: it may have gone on, too faint to be seen.
    fn is_another_press(&self, evidence: &Evidence) -> Result<(), Rejection> {
        match self.released {
            Some(Previous { pair, end, .. }) if pair == evidence.pair => Rejection::unless_above(
                Test::Pause,
                evidence.onset.saturating_sub(end) as f32,
                self.judge.longest_gap() as f32,
            ),
            _ => Ok(()),
        }
    }
}

/// Samples, 25 ms: tones that began as long ago are those that were too young at the last look, and have
/// only gone on.
const STILL_YOUNG: u64 = 200;

/// Relative; the fit starts no farther from nominal.
const START_RANGE: f32 = 0.03;
