//! What was heard against what was pressed.

use voiceagent::dtmf::{Detector, Event, KeyDown, KeyUp, Limits};

use crate::signal::{Line, Lossy, Piece, Press};

/// A report and the end of the frame that made it, as live.
pub struct Report {
    pub down: KeyDown,
    pub known: usize,
    pub up: Option<KeyUp>,
    /// The end of the frame that told of its end.
    pub up_known: usize,
}

/// The result of one row.
#[derive(Clone, Debug, Default)]
pub struct Score {
    pub pressed: usize,
    pub heard: usize,
    pub doubled: usize,
    pub wrong: usize,
    /// Milliseconds from onset to report, sorted.
    pub latencies: Vec<f32>,
}

impl Score {
    pub fn percent(&self) -> f32 {
        100.0 * self.heard as f32 / self.pressed as f32
    }

    /// The latency that so many of a hundred do not exceed.
    pub fn latency(&self, percentile: usize) -> f32 {
        match self.latencies.len() {
            0 => f32::NAN,
            n => self.latencies[(n * percentile / 100).min(n - 1)],
        }
    }

    pub fn add(&mut self, other: Self) {
        self.pressed += other.pressed;
        self.heard += other.heard;
        self.doubled += other.doubled;
        self.wrong += other.wrong;
        self.latencies.extend(other.latencies);
        self.latencies.sort_by(f32::total_cmp);
    }
}

/// All reports on a recording heard in frames of so many samples.
pub fn hear(samples: &[i16], frame: usize, limits: &Limits) -> Vec<Report> {
    let pieces = samples
        .chunks(frame)
        .map(|frame| Piece::Heard(frame.to_vec()));
    hear_pieces(pieces, limits)
}

pub fn hear_pieces(pieces: impl IntoIterator<Item = Piece>, limits: &Limits) -> Vec<Report> {
    let mut detector = Detector::new(limits);
    let mut reports: Vec<Report> = Vec::new();
    let mut known = 0;
    let mut on_event = |event: Event, known: usize| match event {
        Event::Down(down) => reports.push(Report {
            down,
            known,
            up: None,
            up_known: 0,
        }),
        Event::Up(up) => {
            let report = reports.last_mut().expect("down comes before up");
            assert_eq!(
                report.down.key, up.key,
                "the key that is up is the one that was down"
            );
            report.up = Some(up);
            report.up_known = known;
        }
    };
    for piece in pieces {
        match piece {
            Piece::Heard(samples) => {
                known += samples.len();
                detector.push(&samples, &mut |event| on_event(event, known));
            }
            Piece::Lost(samples) => {
                known += samples;
                detector.lost(samples as u64, &mut |event| on_event(event, known));
            }
        }
    }
    detector.finish(&mut |event| on_event(event, known));
    reports
}

/// Reports against presses: the press of its key that a report's onset lies in, give or take 15 ms.
pub fn score(reports: &[Report], presses: &[Press]) -> Score {
    const SLACK: usize = 120;
    let mut heard = vec![false; presses.len()];
    let mut score = Score {
        pressed: presses.len(),
        ..Score::default()
    };
    for report in reports {
        let onset = report.down.onset.samples() as usize;
        let press = presses.iter().position(|press| {
            press.key == report.down.key
                && (press.from.saturating_sub(SLACK)..press.to).contains(&onset)
        });
        match press {
            Some(i) => {
                if heard[i] {
                    score.doubled += 1;
                } else {
                    heard[i] = true;
                    let samples = report.known - presses[i].from;
                    score.latencies.push(samples as f32 / 8.0);
                }
            }
            None => score.wrong += 1,
        }
    }
    score.heard = heard.iter().filter(|&&heard| heard).count();
    score.latencies.sort_by(f32::total_cmp);
    score
}

/// One row: made with three seeds, heard in 20 ms frames, scored together.
pub fn row(make: impl Fn(u64) -> Line) -> Score {
    row_with(&Limits::ETSI, FRAME_20_MS, make)
}

pub fn row_with(limits: &Limits, frame: usize, make: impl Fn(u64) -> Line) -> Score {
    let mut all = Score::default();
    for seed in SEEDS {
        let line = make(seed);
        all.add(score(&hear(&line.samples(), frame, limits), &line.presses));
    }
    all
}

/// The same for a lossy line.
pub fn lossy_row(make: impl Fn(u64) -> Lossy) -> Score {
    let mut all = Score::default();
    for seed in SEEDS {
        let Lossy { pieces, presses } = make(seed);
        all.add(score(&hear_pieces(pieces, &Limits::ETSI), &presses));
    }
    all
}

pub const FRAME_20_MS: usize = 160;
const SEEDS: [u64; 3] = [3, 1415, 92653];
