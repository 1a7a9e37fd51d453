//! Both detectors on one channel, as a call and a recording have them.

use std::time::Duration;

use crate::{
    audio::SampleTime,
    dtmf::{self, KeyDown, KeyUp, STEP, Verdict},
    speech,
};

/// Something that a detector tells of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sensed {
    Key(dtmf::Event),
    Speech(speech::Event),
}

/// Hears keys and, where asked, speech in samples that arrive some time late, and tells of both in
/// the time of what was sent.
pub(crate) struct Senses {
    keys: dtmf::Detector,
    speech: Option<speech::Detector>,
    /// How many samples the detectors' clocks are ahead of the audio's.
    delay: u64,
}

impl Senses {
    /// For samples that a resampler holds back by `delay`.
    pub(crate) fn new(keys: &dtmf::Limits, speech: Option<&speech::Limits>, delay: u64) -> Self {
        let mut senses = Self {
            keys: dtmf::Detector::new(keys),
            speech: speech.map(speech::Detector::new),
            delay,
        };
        // With as many samples before the first as are held back, the detectors' steps still end
        // where Asterisk's frames do, and nothing waits for the next.
        for _ in 0..delay {
            senses.hear(&[0], &mut |_| {});
        }
        senses
    }

    /// Takes the next samples, in any pieces.
    pub(crate) fn hear(&mut self, samples: &[i16], on_sensed: &mut impl FnMut(Sensed)) {
        self.take_in(samples, on_sensed, |keys, samples, on_key| {
            keys.push(samples, &mut |event| on_key(event));
        });
    }

    /// As [`hear`](Self::hear), and says why there are no more keys.
    pub(crate) fn hear_explained(
        &mut self,
        samples: &[i16],
        on_sensed: &mut impl FnMut(Sensed),
        on_verdict: &mut impl FnMut(Verdict),
    ) {
        let delay = self.delay;
        self.take_in(samples, on_sensed, |keys, samples, on_key| {
            keys.push_explained(samples, &mut |event| on_key(event), &mut |verdict| {
                on_verdict(Verdict {
                    at: verdict.at - delay,
                    ..verdict
                });
            });
        });
    }

    /// The end of the audio: what goes on is over.
    pub(crate) fn finish(&mut self, on_sensed: &mut impl FnMut(Sensed)) {
        let Self {
            keys,
            speech,
            delay,
        } = self;
        keys.finish(&mut |event| on_key(event, *delay, speech.as_mut(), on_sensed));
        if let Some(speech) = speech {
            speech.finish(&mut |event| on_sensed(Sensed::Speech(earlier(event, *delay))));
        }
    }

    /// Tells what is being played from now on; its echo is not speech.
    pub(crate) fn playing(&mut self, prompt: Option<speech::Prompt>) {
        if let Some(speech) = &mut self.speech {
            speech.playing(prompt);
        }
    }

    /// So much of what was due by now has not arrived; what is played has gone on.
    pub(crate) fn behind(&mut self, time: Duration) {
        if let Some(speech) = &mut self.speech {
            speech.behind(time);
        }
    }

    /// How much has arrived, with what is held back.
    pub(crate) fn arrived(&self) -> SampleTime {
        self.keys.now()
    }

    /// How much of what was sent has been heard.
    pub(crate) fn heard(&self) -> SampleTime {
        self.keys.now() - self.delay
    }

    /// Samples to the key detector by `hear_keys`, and to that of speech, which knows of a key by the step in
    /// which the other one heard it, however many samples come at once.
    fn take_in(
        &mut self,
        mut samples: &[i16],
        on_sensed: &mut impl FnMut(Sensed),
        mut hear_keys: impl FnMut(&mut dtmf::Detector, &[i16], &mut dyn FnMut(dtmf::Event)),
    ) {
        let Self {
            keys,
            speech,
            delay,
        } = self;
        while !samples.is_empty() {
            let of_step = STEP - (keys.now().samples() % STEP as u64) as usize;
            let most = speech.as_ref().map_or(samples.len(), |_| of_step);
            let (piece, later) = samples.split_at(samples.len().min(most));
            hear_keys(keys, piece, &mut |event| {
                on_key(event, *delay, speech.as_mut(), on_sensed);
            });
            if let Some(speech) = speech {
                speech.push(piece, &mut |event| {
                    on_sensed(Sensed::Speech(earlier(event, *delay)));
                });
            }
            samples = later;
        }
    }
}

/// What is a key must not count as speech, so the speech detector learns of it first.
fn on_key(
    event: dtmf::Event,
    delay: u64,
    speech: Option<&mut speech::Detector>,
    on_sensed: &mut impl FnMut(Sensed),
) {
    let event = match event {
        dtmf::Event::Down(down) => {
            if let Some(speech) = speech {
                speech.key_down(down.onset);
            }
            dtmf::Event::Down(KeyDown {
                onset: down.onset - delay,
                ..down
            })
        }
        dtmf::Event::Up(up) => {
            if let Some(speech) = speech {
                speech.key_up(up.end);
            }
            dtmf::Event::Up(KeyUp {
                onset: up.onset - delay,
                end: up.end - delay,
                ..up
            })
        }
    };
    on_sensed(Sensed::Key(event));
}

fn earlier(event: speech::Event, delay: u64) -> speech::Event {
    match event {
        speech::Event::Start(start) => speech::Event::Start(speech::Start {
            onset: start.onset - delay,
        }),
        speech::Event::End(end) => speech::Event::End(speech::End {
            onset: end.onset - delay,
            end: end.end - delay,
            ..end
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Key,
        audio::{Press, Rng, SAMPLE_RATE, Synth, talk},
    };

    #[test]
    fn however_the_samples_are_cut_the_same_is_sensed() {
        let mut rng = Rng::new(1);
        let mut samples = talk(&mut rng, 10 * SAMPLE_RATE as usize);
        let keys = samples.chunks_exact_mut(3_333).skip(1).step_by(2);
        for (key, talked) in Key::ALL.into_iter().zip(keys) {
            let mut synth = Synth::new(SAMPLE_RATE);
            synth.press(key, &Press::default());
            for (x, tone) in talked.iter_mut().zip(synth.into_samples()) {
                *x = 0.1 * *x + f32::from(tone) / 9_000.0;
            }
        }
        let samples: Vec<i16> = samples.iter().map(|x| (9_000.0 * x) as i16).collect();
        let sensed = |piece: usize| {
            let limits = (dtmf::Limits::default(), speech::Limits::default());
            let mut senses = Senses::new(&limits.0, Some(&limits.1), 0);
            let mut all = Vec::new();
            for piece in samples.chunks(piece) {
                senses.hear(piece, &mut |sensed| all.push(sensed));
            }
            senses.finish(&mut |sensed| all.push(sensed));
            all
        };
        let whole = sensed(samples.len());
        let keys = whole
            .iter()
            .filter(|sensed| matches!(sensed, Sensed::Key(_)));
        let keys = keys.count();
        assert!(keys >= 20 && whole.len() >= keys + 10, "{whole:?}");
        for piece in [1, 7, 77, 80, 160, 1_000] {
            assert_eq!(sensed(piece), whole, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_is_held_back_changes_no_time_that_is_told() {
        let mut synth = Synth::new(SAMPLE_RATE);
        synth.silence(0.1);
        synth.press(Key::STAR, &Press::default());
        synth.silence(0.5);
        let samples = synth.into_samples();
        let heard = |delay: u64| {
            let limits = (dtmf::Limits::default(), speech::Limits::default());
            let mut senses = Senses::new(&limits.0, Some(&limits.1), delay);
            let (mut keys, mut verdicts) = (Vec::new(), Vec::new());
            let mut on_sensed = |sensed| match sensed {
                Sensed::Key(dtmf::Event::Down(down)) => keys.push(down.onset.samples()),
                Sensed::Key(dtmf::Event::Up(up)) => keys.push(up.end.samples()),
                Sensed::Speech(_) => {}
            };
            senses.hear_explained(&samples, &mut on_sensed, &mut |verdict| {
                verdicts.push(verdict.at.samples());
            });
            senses.finish(&mut on_sensed);
            assert_eq!(senses.heard().samples(), samples.len() as u64);
            assert_eq!(senses.arrived().samples(), samples.len() as u64 + delay);
            (keys, verdicts)
        };
        let (at_once, _) = heard(0);
        for delay in [1, 37, 80] {
            let (keys, verdicts) = heard(delay);
            // Edges are estimates, and the detector's looks fall elsewhere.
            let same = |(told, expected): (&u64, &u64)| told.abs_diff(*expected) <= 1;
            assert!(keys.iter().zip(&at_once).all(same), "{delay}: {keys:?}");
            assert_eq!(keys.len(), at_once.len());
            assert!(!verdicts.is_empty(), "{delay}");
            assert!(verdicts.iter().all(|at| (at + delay) % 80 == 0));
        }
    }
}
