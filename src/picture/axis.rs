//! A time axis in seconds.

use super::{Anchor, Area, Colour, Picture, Size};

/// Times as places in a picture.
pub(crate) struct Axis {
    seconds: f64,
    /// Above the axis.
    area: Area,
}

impl Axis {
    /// From 0 to so many seconds, below and as wide as `area`.
    pub(crate) const fn new(seconds: f64, area: Area) -> Self {
        Self { seconds, area }
    }

    /// Where a time is.
    pub(crate) fn x(&self, seconds: f64) -> i32 {
        let part = (seconds / self.seconds).clamp(0.0, 1.0);
        self.area.x + (part * f64::from(self.area.width - 1)).round() as i32
    }

    /// The time at a place, before the beginning too.
    pub(crate) fn seconds_at(&self, x: i32) -> f64 {
        f64::from(x - self.area.x) / f64::from(self.area.width - 1) * self.seconds
    }

    pub(crate) fn draw(&self, picture: &mut Picture, ink: Colour) {
        let y = self.area.bottom();
        picture.line((self.area.x, y), (self.area.right() - 1, y), ink);
        let step = step(self.seconds);
        let ticks = (self.seconds / step + 1e-9) as u32;
        for tick in 0..=ticks {
            let at = f64::from(tick) * step;
            let x = self.x(at);
            picture.line((x, y), (x, y + 5), ink);
            picture.text(
                (x, y + 14),
                Anchor::Middle,
                Size::Small,
                ink,
                name(at, step),
            );
        }
    }
}

/// Between two ticks: a number that is easy to count with.
fn step(seconds: f64) -> f64 {
    let fits = |step: &&f64| seconds / **step <= most_ticks(**step);
    *STEPS.iter().find(fits).unwrap_or(&DAY)
}

fn name(at: f64, step: f64) -> String {
    let decimals = match step {
        ..0.001 => 4,
        ..0.01 => 3,
        ..0.1 => 2,
        ..1.0 => 1,
        _ => 0,
    };
    if step < MINUTE || at == 0.0 {
        return format!("{at:.decimals$} s");
    }
    let minutes = (at / MINUTE).round() as u64;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!("{at:.0} s ({hours}:{minutes:02}:00)")
}

/// Ticks for whose names there is room.
const fn most_ticks(step: f64) -> f64 {
    if step < MINUTE { 14.0 } else { 11.0 }
}

const MINUTE: f64 = 60.0;
const DAY: f64 = 86_400.0;
const STEPS: [f64; 24] = [
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
    10.0, 20.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 14_400.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_has_some_ticks_and_not_too_many() {
        for seconds in [
            0.001, 0.02, 0.125, 0.5, 3.66, 10.0, 59.0, 120.0, 600.0, 3_600.0, 86_400.0,
        ] {
            let step = step(seconds);
            let ticks = seconds / step;
            assert!((4.0..=14.0).contains(&ticks), "{seconds} s: {ticks}");
            // In the narrowest of pictures that have an axis.
            let room = (1_432.0 / ticks) as i32;
            let longest = name(ticks.floor() * step, step);
            assert!(Size::Small.width(&longest) < room, "{longest}");
        }
    }

    #[test]
    fn times_are_in_seconds_and_long_ones_in_hours_too() {
        assert_eq!(name(0.05, 0.05), "0.05 s");
        assert_eq!(name(2.5, 0.5), "2.5 s");
        assert_eq!(name(40.0, 20.0), "40 s");
        assert_eq!(name(0.0002, 0.0001), "0.0002 s");
        assert_eq!(name(5_400.0, 600.0), "5400 s (1:30:00)");
        assert_eq!(name(300.0, 300.0), "300 s (0:05:00)");
    }
}
