//! The eight tones of a telephone keypad (ITU-T Q.23).

use std::f32::consts::TAU;

use crate::{
    audio::SAMPLE_RATE,
    key::{COLUMNS, Key, ROWS},
};

/// How many tones there are: four rows, then four columns.
pub(super) const TONES: usize = 8;

/// Hz; the four rows, then the four columns.
pub(super) const FREQUENCIES: [f32; TONES] = {
    let [a, b, c, d] = ROWS;
    let [e, f, g, h] = COLUMNS;
    [a, b, c, d, e, f, g, h]
};

/// Radians a sample of a tone of `hertz`.
pub(super) fn radians(hertz: f32) -> f32 {
    TAU * hertz / SAMPLE_RATE as f32
}

/// The row and the column tone of one key, where a key is still a pair of tones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) row: usize,
    pub(super) column: usize,
}

impl Pair {
    /// Places of the two tones among the eight.
    pub(super) fn tones(self) -> [usize; 2] {
        [self.row, 4 + self.column]
    }

    /// Nominal frequencies in radians a sample, low tone first.
    pub(super) fn radians(self) -> [f32; 2] {
        self.tones().map(|tone| radians(FREQUENCIES[tone]))
    }

    /// Which of its tones `other` has as well, if that is just one: 0 is the low one.
    pub(super) fn shared_with(self, other: Self) -> Option<usize> {
        match (self.row == other.row, self.column == other.column) {
            (true, false) => Some(0),
            (false, true) => Some(1),
            _ => None,
        }
    }

    pub(super) fn key(self) -> Key {
        Key::at(self.row, self.column)
    }
}
