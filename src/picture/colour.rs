//! Colours, and the scale of a spectrogram.

/// Red, green, blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Colour {
    /// From dark to light as `part` goes from 0 to 1, with the same difference to the eye
    /// everywhere, and to those who see few colours too.
    pub(crate) fn of_scale(part: f32) -> Self {
        // What is no number is dark.
        let part = if part > 0.0 { part.min(1.0) } else { 0.0 };
        let place = part * (SCALE.len() - 1) as f32;
        let below = (place as usize).min(SCALE.len() - 2);
        let (from, to) = (SCALE[below], SCALE[below + 1]);
        let between = |from: u8, to: u8| {
            let (from, to) = (f32::from(from), f32::from(to));
            (from + (place - below as f32) * (to - from)).round() as u8
        };
        Self(
            between(from.0, to.0),
            between(from.1, to.1),
            between(from.2, to.2),
        )
    }
}

/// The ground of every picture, what is written and lined on it, and empty lanes.
pub(crate) const PAPER: Colour = Colour(255, 255, 255);
pub(crate) const INK: Colour = Colour(30, 30, 30);
pub(crate) const FAINT: Colour = Colour(244, 244, 244);
/// The caller's audio, or a recording's.
pub(crate) const WAVEFORM: Colour = Colour(58, 96, 150);

/// Nine points of matplotlib's "magma" (CC0).
const SCALE: [Colour; 9] = [
    Colour(0, 0, 4),
    Colour(29, 17, 71),
    Colour(81, 18, 124),
    Colour(131, 38, 129),
    Colour(183, 55, 121),
    Colour(229, 80, 100),
    Colour(252, 137, 97),
    Colour(254, 201, 141),
    Colour(252, 253, 191),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_grows_lighter_from_end_to_end() {
        let light = |part: f32| {
            let Colour(red, green, blue) = Colour::of_scale(part);
            0.2 * f32::from(red) + 0.7 * f32::from(green) + 0.1 * f32::from(blue)
        };
        let steps: Vec<f32> = (0..=20).map(|step| light(step as f32 / 20.0)).collect();
        assert!(steps.is_sorted(), "{steps:?}");
        assert_eq!(Colour::of_scale(-1.0), SCALE[0]);
        assert_eq!(Colour::of_scale(f32::NAN), SCALE[0]);
        assert_eq!(Colour::of_scale(2.0), SCALE[8]);
    }
}
