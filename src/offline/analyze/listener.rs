//! Both detectors on one channel, as a call has them, and what else people ask of a recording.

use std::{
    ops::RangeInclusive,
    time::{Duration, Instant},
};

use super::{
    clipped::Clipped,
    overview::Overview,
    quiet::Quiet,
    report::{Clipping, KeyReport, Report, Stretch, Summary},
    why::{Reason, Why},
};
use crate::{
    audio::{SAMPLE_RATE, SampleTime},
    dtmf,
    senses::{Sensed, Senses},
    speech,
};

/// Hears one channel and tells of keys and bursts of speech once they are over.
pub(super) struct Listener {
    senses: Senses,
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
    key: Option<(dtmf::KeyDown, SampleTime)>,
    /// Keys that are over before the frame is that brought them: the file may end first.
    early: Vec<KeyReport>,
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
        Self {
            senses: Senses::new(keys, Some(speech), delay),
            heard: Heard {
                key: None,
                early: Vec::new(),
                speech: None,
                why: why.map(|stretch| Why::new(stretch, keys.clone())),
                doubts: drawn.then(|| Why::of_all(keys.clone())),
                summary: Summary::default(),
            },
            quiet: Quiet::default(),
            clipped: Clipped::default(),
            overview: drawn.then(Overview::new),
            frame,
            spent: Duration::ZERO,
        }
    }

    pub(super) fn push(&mut self, mut samples: &[i16], on_report: &mut impl FnMut(Report)) {
        let Heard { summary, .. } = &mut self.heard;
        self.quiet.push(samples, &mut |stretch| {
            summary.on_silence(stretch, on_report);
        });
        self.clipped.push(samples, &mut |clipping| {
            summary.on_clipping(clipping, on_report);
        });
        if let Some(overview) = &mut self.overview {
            overview.push(samples);
        }
        let started = Instant::now();
        while !samples.is_empty() {
            let frame_end = self.frame_end();
            let room = frame_end.since(self.senses.arrived());
            let (head, rest) = samples.split_at(samples.len().min(room as usize));
            self.hear(head, frame_end, on_report);
            if self.senses.arrived() == frame_end {
                self.heard.tell_early(frame_end, on_report);
            }
            samples = rest;
        }
        self.spent += started.elapsed();
    }

    pub(super) fn finish(&mut self, on_report: &mut impl FnMut(Report)) {
        let frame_end = self.frame_end();
        let Self {
            senses,
            heard,
            quiet,
            clipped,
            ..
        } = self;
        senses.finish(&mut |sensed| heard.on_sensed(sensed, frame_end, on_report));
        heard.tell_early(senses.heard(), on_report);
        let summary = &mut heard.summary;
        quiet.finish(&mut |stretch| {
            summary.on_silence(stretch, on_report);
        });
        clipped.finish(&mut |clipping| {
            summary.on_clipping(clipping, on_report);
        });
    }

    /// No report still to come begins before this.
    pub(super) fn settled(&self) -> SampleTime {
        let Heard { key, speech, .. } = &self.heard;
        let key = key.as_ref().map(|(down, _)| down.onset);
        let early = self.heard.early.first().map(|report| report.onset);
        let unheard = self.senses.heard() - LONGEST_TO_DECIDE;
        [key, early, *speech]
            .into_iter()
            .flatten()
            .fold(unheard, SampleTime::min)
            .min(self.quiet.settled())
            .min(self.clipped.settled())
    }

    pub(super) fn summary(&self) -> Summary {
        let length = self.senses.heard();
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

    fn hear(&mut self, samples: &[i16], frame_end: SampleTime, on_report: &mut impl FnMut(Report)) {
        let Self { senses, heard, .. } = self;
        if heard.why.is_some() || heard.doubts.is_some() {
            let mut verdicts = Vec::new();
            senses.hear_explained(
                samples,
                &mut |sensed| heard.on_sensed(sensed, frame_end, on_report),
                &mut |verdict| verdicts.push(verdict),
            );
            for verdict in verdicts {
                for why in [&mut heard.why, &mut heard.doubts].into_iter().flatten() {
                    why.add(verdict);
                }
            }
        } else {
            senses.hear(samples, &mut |sensed| {
                heard.on_sensed(sensed, frame_end, on_report);
            });
        }
    }

    /// When the frame that brings the next sample has come in whole.
    fn frame_end(&self) -> SampleTime {
        let frames = self.senses.arrived().samples() / self.frame;
        SampleTime::from_samples((frames + 1) * self.frame)
    }
}

impl Heard {
    fn on_sensed(
        &mut self,
        sensed: Sensed,
        frame_end: SampleTime,
        on_report: &mut impl FnMut(Report),
    ) {
        match sensed {
            Sensed::Key(dtmf::Event::Down(down)) => {
                self.summary.keys.push(down.key.label());
                if let Some(why) = &mut self.why {
                    why.key_down(&down);
                }
                self.key = Some((down, frame_end));
            }
            Sensed::Key(dtmf::Event::Up(up)) => {
                if let Some((down, detected)) = self.key.take() {
                    let report = KeyReport {
                        key: up.key,
                        onset: up.onset,
                        detected,
                        end: up.end,
                        level: down.level,
                        twist_db: down.twist_db,
                        snr_db: down.snr_db,
                    };
                    if detected < frame_end {
                        on_report(Report::Key(report));
                    } else {
                        self.early.push(report);
                    }
                }
            }
            Sensed::Speech(speech::Event::Start(start)) => self.speech = Some(start.onset),
            Sensed::Speech(speech::Event::End(end)) => {
                self.speech = None;
                let stretch = Stretch {
                    start: end.onset,
                    end: end.end,
                    level: end.level,
                };
                self.summary.speech.add(&stretch);
                on_report(Report::Speech(stretch));
            }
        }
    }

    /// The frame has come in, or as much of it as there is.
    fn tell_early(&mut self, frame_end: SampleTime, on_report: &mut impl FnMut(Report)) {
        for mut report in self.early.drain(..) {
            report.detected = report.detected.min(frame_end);
            on_report(Report::Key(report));
        }
    }
}

impl Summary {
    fn on_silence(&mut self, stretch: Stretch, on_report: &mut impl FnMut(Report)) {
        self.silence.add(&stretch);
        on_report(Report::Silence(stretch));
    }

    fn on_clipping(&mut self, clipping: Clipping, on_report: &mut impl FnMut(Report)) {
        self.clipped += clipping.samples;
        on_report(Report::Clipping(clipping));
    }
}

/// How long after something begins it may be that the detectors first tell of it: well above
/// what either takes.
const LONGEST_TO_DECIDE: u64 = SAMPLE_RATE as u64;
