//! A key with frames missing from its middle.
//!
//! Of a key of 50 ms a lost frame of 20 may leave 20 and 10 ms, or twice 15: no piece of them is a
//! key. But one oscillator made both, so the tones of one piece, continued for as long as the gap
//! took, are those of the other to the sample. That tells two pieces of a key from two short tones.
//!
//! A gap may be known, or something stands in for it: digital silence, or what was heard before once
//! more. To an EAGI program it is neither: frames lost on the way to Asterisk are just not there, and
//! all that is known of them is that they were whole.

use super::{
    bands::energy,
    behind::{Known, listen},
    edges::{STILL, last_match},
    evidence::Evidence,
    fragment::CLEAN,
    history::{History, KEPT},
    past::{BEFORE, BEFORE_GAP, QUIET},
    products::powers_at,
    silence::{FRAMES, LONGEST_SILENCE, borders_near, is_digital_silence},
    step::STEP,
};

/// `second` with the piece of the same key before it, if a gap is between them; `now` is the position
/// up to which all was heard.
pub(super) fn with_first_piece(second: &Evidence, history: &History, now: u64) -> Option<Evidence> {
    if second.rest > CLEAN {
        return None;
    }
    let oldest = now - (KEPT - STEP) as u64;
    Gap::before(second.onset, history).find_map(|gap| {
        let mut heard = [0.0; LONGEST_PIECE + BEFORE_GAP + BEFORE];
        let from = gap.end.saturating_sub(heard.len() as u64);
        if from < oldest || !gap.is_filled_in(second, history) {
            return None;
        }
        listen(history, from..gap.end, &mut heard);
        heard.reverse();
        let mut tones = [0.0; LONGEST_PIECE];
        let first = gap.end - LONGEST_PIECE as u64;
        let offset = first as i64 - gap.unheard() - second.model_start as i64;
        second.model.synthesize(offset, &mut tones);
        tones.reverse();
        let length = piece(&heard[..LONGEST_PIECE], &tones)?;
        let past = powers_at(
            &heard[length + BEFORE_GAP..][..BEFORE],
            second.model.radians,
        );
        let tones_before = [0, 1].map(|tone| past[tone] / second.powers[tone]);
        (tones_before[0].max(tones_before[1]) < QUIET).then_some(Evidence {
            onset: gap.end - length as u64,
            duration: second.duration + length as f32,
            tones_before,
            ..*second
        })
    })
}

/// `first` with the piece of the same key after it, likewise.
pub(super) fn with_second_piece(first: &Evidence, history: &History, now: u64) -> Option<Evidence> {
    if first.rest > CLEAN {
        return None;
    }
    Gap::after(first.end, history).find_map(|gap| {
        let length = now.checked_sub(gap.onset)? as usize;
        if length > LONGEST_PIECE || !gap.is_filled_in(first, history) {
            return None;
        }
        let (mut heard, mut tones) = ([0.0; LONGEST_PIECE], [0.0; LONGEST_PIECE]);
        let (heard, tones) = (&mut heard[..length], &mut tones[..length]);
        listen(history, gap.onset..now, heard);
        let start = first.model_start as i64 - gap.unheard();
        first.model.synthesize(gap.onset as i64 - start, tones);
        let length = piece(heard, tones)?;
        let end = gap.onset + length as u64;
        Some(Evidence {
            resumed: gap.onset,
            end,
            ongoing: end + STILL as u64 >= now,
            duration: first.duration + length as f32,
            model_start: start as u64,
            ..*first
        })
    })
}

/// What may be between two pieces of tone.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// Position after the first piece.
    end: u64,
    /// Position of the second piece.
    onset: u64,
    /// Samples that went by in between.
    lasted: u64,
}

impl Gap {
    /// The gaps that there may be before tones that begin at `onset`.
    fn before(onset: u64, history: &History) -> impl Iterator<Item = Self> {
        let filled = whole_frames(onset).map(|(border, lasted)| Self {
            end: border.saturating_sub(lasted),
            onset: border,
            lasted,
        });
        Self::without_samples(onset, history).chain(filled)
    }

    /// The gaps that there may be after tones that stop at `end`.
    fn after(end: u64, history: &History) -> impl Iterator<Item = Self> {
        let filled = whole_frames(end).map(|(border, lasted)| Self {
            end: border,
            onset: border + lasted,
            lasted,
        });
        Self::without_samples(end, history).chain(filled)
    }

    /// Those near `edge` that nothing stands in for, the one that is known of first.
    fn without_samples(edge: u64, history: &History) -> impl Iterator<Item = Self> {
        let known = history.lost_near(edge);
        let gaps = known.into_iter().chain(whole_frames(edge));
        gaps.map(|(at, lasted)| Self {
            end: at,
            onset: at,
            lasted,
        })
    }

    /// Samples that nothing stands in for.
    fn unheard(&self) -> i64 {
        (self.lasted - (self.onset - self.end)) as i64
    }

    /// Whether there is nothing in it but what stands in for lost frames: digital silence, or the tones
    /// once more.
    fn is_filled_in(&self, piece: &Evidence, history: &History) -> bool {
        let (frame, tones) = (FRAMES[0], Known::of(piece));
        is_digital_silence(history.range(self.end, self.onset))
            || (self.end..self.onset).step_by(frame as usize).all(|from| {
                let to = self.onset.min(from + frame);
                tones.sound_faintly(history, from..to)
            })
    }
}

/// Frames, one or more, that there may be before or after the border of one near `edge`: the border,
/// and samples.
fn whole_frames(edge: u64) -> impl Iterator<Item = (u64, u64)> {
    borders_near(edge).flat_map(|(border, frame)| {
        let most = LONGEST_SILENCE / frame;
        (1..=most).map(move |frames| (border, frames * frame))
    })
}

/// How many of these samples are the tones', from the first on, if it is a piece of them.
fn piece(heard: &[f32], tones: &[f32]) -> Option<usize> {
    let length = last_match(heard, tones).filter(|&length| length >= SHORTEST_PIECE)?;
    let pairs = heard.iter().zip(tones).take(length);
    let rest = pairs.map(|(x, tone)| (x - tone).powi(2)).sum::<f32>();
    (rest <= ASTRAY * energy(&tones[..length])).then_some(length)
}

/// Samples, 25 ms: a longer piece is a key by itself.
pub(super) const LONGEST_PIECE: usize = 200;

/// Samples, 6 ms: in a shorter one phases tell little.
const SHORTEST_PIECE: usize = 48;

/// Energy left in the other piece, relative to that of the tones continued to there: phases are off by
/// a fifth of a radian where a frequency is by 1.5 Hz and a frame was lost.
const ASTRAY: f32 = 0.05;
