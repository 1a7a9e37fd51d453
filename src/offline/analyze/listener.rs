//! Both detectors on one channel, as a call has them, and what else people ask of a recording.

use std::{
    ops::RangeInclusive,
    time::{Duration, Instant},
};

use super::{
    clipped::Clipped,
    overview::Overview,
    quiet::Quiet,
    report::{KeyReport, Report, Stretch, Summary},
    why::{Reason, Why},
};
use crate::{
    audio::{SAMPLE_RATE, SampleTime},
    dtmf, speech,
};

/// Hears one channel and tells of keys and bursts of speech once they are over.
pub(super) struct Listener {
    keys: dtmf::Detector,
    speech: speech::Detector,
    heard: Heard,
    quiet: Quiet,
    clipped: Clipped,
    overview: Option<Overview>,
    /// Samples of a frame.
    frame: u64,
    spent: Duration,
}

/// What has been heard, and what of it is not over.
struct Heard {
    /// How many samples the detectors' clocks are ahead of the recording's.
    delay: u64,
    key: Option<(dtmf::KeyDown, SampleTime)>,
    speech: Option<SampleTime>,
    why: Option<Why>,
    /// The same of all the recording, for its picture.
    doubts: Option<Why>,
    summary: Summary,
}

impl Listener {
    pub(super) fn new(
        keys: &dtmf::Limits,
        speech: &speech::Limits,
        frame: u64,
        delay: u64,
        why: Option<&RangeInclusive<SampleTime>>,
        drawn: bool,
    ) -> Self {
        let mut listener = Self {
            keys: dtmf::Detector::new(keys),
            speech: speech::Detector::new(speech),
            heard: Heard {
                delay,
                key: None,
                speech: None,
                why: why.map(|stretch| Why::new(stretch, keys.clone(), delay)),
                doubts: drawn.then(|| Why::of_all(keys.clone(), delay)),
                summary: Summary::default(),
            },
            quiet: Quiet::default(),
            clipped: Clipped::default(),
            overview: drawn.then(Overview::new),
            frame,
            spent: Duration::ZERO,
        };
        // As in a call, the detectors count what has arrived, of which a resampler holds a little.
        listener.hear(&vec![0; delay as usize], SampleTime::ZERO, &mut |_| {});
        listener
    }

    pub(super) fn push(&mut self, mut samples: &[i16], on_report: &mut impl FnMut(Report)) {
        let Heard { summary, .. } = &mut self.heard;
        self.quiet.push(samples, &mut |stretch| {
            summary.on_silence(stretch, on_report);
        });
        self.clipped.push(samples, &mut |clipping| {
            summary.clipped += clipping.samples;
            on_report(Report::Clipping(clipping));
        });
        if let Some(overview) = &mut self.overview {
            overview.push(samples);
        }
        let started = Instant::now();
        while !samples.is_empty() {
            let frame_end = self.frame_end();
            let room = frame_end.since(self.keys.now());
            let (head, rest) = samples.split_at(samples.len().min(room as usize));
            self.hear(head, frame_end, on_report);
            samples = rest;
        }
        self.spent += started.elapsed();
    }

    pub(super) fn finish(&mut self, on_report: &mut impl FnMut(Report)) {
        let frame_end = self.frame_end();
        let Self {
            keys,
            speech,
            heard,
            quiet,
            clipped,
            ..
        } = self;
        keys.finish(&mut |event| heard.on_key(event, frame_end, speech, on_report));
        speech.finish(&mut |event| heard.on_speech(event, on_report));
        let summary = &mut heard.summary;
        quiet.finish(&mut |stretch| {
            summary.on_silence(stretch, on_report);
        });
        clipped.finish(&mut |clipping| {
            summary.clipped += clipping.samples;
            on_report(Report::Clipping(clipping));
        });
    }

    /// No report still to come begins before this.
    pub(super) fn settled(&self) -> SampleTime {
        let Heard {
            delay, key, speech, ..
        } = &self.heard;
        let key = key.as_ref().map(|(down, _)| down.onset);
        let unheard = self.keys.now() - LONGEST_TO_DECIDE;
        let settled = [key, *speech]
            .into_iter()
            .flatten()
            .fold(unheard, SampleTime::min);
        (settled - *delay)
            .min(self.quiet.settled())
            .min(self.clipped.settled())
    }

    pub(super) fn summary(&self) -> Summary {
        let length = self.keys.now() - self.heard.delay;
        Summary {
            seconds: length.seconds(),
            cpu_ns_per_sample: self.spent.as_secs_f64() * 1e9 / length.samples().max(1) as f64,
            ..self.heard.summary.clone()
        }
    }

    /// Why there were no more keys, if that was asked.
    pub(super) fn why(&self) -> Option<&Why> {
        self.heard.why.as_ref()
    }

    /// What is to be drawn of it, if that was asked: the overview, and looks that found no key.
    pub(super) fn into_drawn(self) -> Option<(Overview, Vec<Reason>)> {
        let mut overview = self.overview?;
        overview.finish();
        let doubts = self.heard.doubts.as_ref().map(Why::analysed);
        Some((overview, doubts.unwrap_or_default()))
    }

    /// Keys first: what is a key must not count as speech.
    fn hear(&mut self, samples: &[i16], frame_end: SampleTime, on_report: &mut impl FnMut(Report)) {
        let Self {
            keys,
            speech,
            heard,
            ..
        } = self;
        if heard.why.is_some() || heard.doubts.is_some() {
            let mut events = Vec::new();
            keys.push_explained(samples, &mut |event| events.push(event), &mut |verdict| {
                for why in [&mut heard.why, &mut heard.doubts].into_iter().flatten() {
                    why.add(verdict);
                }
            });
            for event in events {
                heard.on_key(event, frame_end, speech, on_report);
            }
        } else {
            keys.push(samples, &mut |event| {
                heard.on_key(event, frame_end, speech, on_report);
            });
        }
        speech.push(samples, &mut |event| heard.on_speech(event, on_report));
    }

    /// When the frame that brings the next sample has come in whole.
    fn frame_end(&self) -> SampleTime {
        let frames = self.keys.now().samples() / self.frame;
        SampleTime::from_samples((frames + 1) * self.frame)
    }
}

impl Heard {
    fn on_key(
        &mut self,
        event: dtmf::Event,
        frame_end: SampleTime,
        speech: &mut speech::Detector,
        on_report: &mut impl FnMut(Report),
    ) {
        match event {
            dtmf::Event::Down(down) => {
                speech.key_down(down.onset);
                self.summary.keys.push(down.key.label());
                if let Some(why) = &mut self.why {
                    why.key_down(&down);
                }
                self.key = Some((down, frame_end));
            }
            dtmf::Event::Up(up) => {
                speech.key_up(up.end);
                if let Some((down, detected)) = self.key.take() {
                    on_report(Report::Key(KeyReport {
                        key: up.key,
                        onset: up.onset - self.delay,
                        detected,
                        end: up.end - self.delay,
                        level: down.level,
                        twist_db: down.twist_db,
                        snr_db: down.snr_db,
                    }));
                }
            }
        }
    }

    fn on_speech(&mut self, event: speech::Event, on_report: &mut impl FnMut(Report)) {
        match event {
            speech::Event::Start(start) => self.speech = Some(start.onset),
            speech::Event::End(end) => {
                self.speech = None;
                let stretch = Stretch {
                    start: end.onset - self.delay,
                    end: end.end - self.delay,
                    level: end.level,
                };
                self.summary.speech.add(&stretch);
                on_report(Report::Speech(stretch));
            }
        }
    }
}

impl Summary {
    fn on_silence(&mut self, stretch: Stretch, on_report: &mut impl FnMut(Report)) {
        self.silence.add(&stretch);
        on_report(Report::Silence(stretch));
    }
}

/// How long after something begins it may be that the detectors first tell of it: well above
/// what either takes.
const LONGEST_TO_DECIDE: u64 = SAMPLE_RATE as u64;
