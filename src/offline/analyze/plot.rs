//! A recording as a picture: waveform, spectrogram, keys, why there were no keys, speech.

use std::{io, path::Path};

use super::{
    overview::{BINS, Overview},
    report::{Report, Summary},
    why::Reason,
};
use crate::{
    audio::{Dbm0, SampleTime},
    key::{COLUMNS, ROWS},
    picture::{
        Anchor, Area, Axis, Colour, FAINT, INK, Label, PAPER, Picture, PictureFormat, Size,
        WAVEFORM, labels,
    },
};

/// What is drawn of a recording.
pub(super) struct Plot {
    file: String,
    rate: u32,
    channels: Vec<Channel>,
}

/// What is drawn of one channel.
pub(super) struct Channel {
    pub(super) overview: Overview,
    pub(super) reports: Vec<Report>,
    /// Looks that measured two tones and found no key.
    pub(super) reasons: Vec<Reason>,
    pub(super) summary: Summary,
}

impl Plot {
    pub(super) fn new(file: &str, rate: u32, channels: Vec<Channel>) -> Self {
        Self {
            file: file.to_owned(),
            rate,
            channels,
        }
    }

    fn title(&self) -> String {
        let rate = format!(": {} Hz", self.rate);
        let room = INNER - Size::Large.width(&rate) as u32;
        Size::Large.shortened_path(&self.file, room) + &rate
    }

    pub(super) fn save(&self, file: &Path, format: PictureFormat) -> io::Result<()> {
        let height = HEAD + PANEL * self.channels.len() as u32 + LEGEND;
        let mut picture = Picture::new(WIDTH, height, PAPER);
        picture.text((LEFT, 22), Anchor::Start, Size::Large, INK, self.title());
        for (number, channel) in self.channels.iter().enumerate() {
            let top = (HEAD + PANEL * number as u32) as i32;
            let name = match self.channels.len() {
                1 => String::new(),
                _ => format!("channel {}: ", number + 1),
            };
            channel.draw(&mut picture, top, &name);
        }
        legend(&mut picture, (height - LEGEND) as i32);
        picture.save(file, format)
    }
}

impl Channel {
    fn draw(&self, picture: &mut Picture, top: i32, name: &str) {
        let area = |y: i32, height: u32| Area {
            x: LEFT,
            y: top + y,
            width: INNER,
            height,
        };
        let wave = area(24, WAVE);
        let spectrogram = area(wave.bottom() + 8 - top, SPECTROGRAM);
        let keys = area(spectrogram.bottom() + 6 - top, LANE);
        let names = area(keys.bottom() - top, LANE);
        let doubts = area(names.bottom() + 2 - top, LANE);
        let words = area(doubts.bottom() - top, LANE);
        let speech = area(words.bottom() + 2 - top, LANE);
        let axis = Axis::new(self.seconds(), speech);

        let said = format!("{name}{}", self.summary);
        let said = Size::Small.shortened(&said, INNER);
        picture.text((LEFT, top + 10), Anchor::Start, Size::Small, INK, said);
        self.draw_wave(picture, wave);
        self.draw_spectrogram(picture, spectrogram);
        for (lane, title) in [
            (keys, "keys"),
            (names, ""),
            (doubts, "no key"),
            (words, "because"),
            (speech, "speech"),
        ] {
            picture.fill(lane, FAINT);
            label(picture, lane.y + LANE as i32 / 2, title);
        }
        self.draw_reports(picture, &axis, [wave, spectrogram, keys, speech]);
        self.draw_names(picture, &axis, names);
        self.draw_reasons(picture, &axis, doubts, words);
        axis.draw(picture, INK);
    }

    fn seconds(&self) -> f64 {
        SampleTime::from_samples(self.overview.samples().max(1)).seconds()
    }

    fn draw_wave(&self, picture: &mut Picture, area: Area) {
        picture.fill(area, FAINT);
        let middle = area.y + area.height as i32 / 2;
        let half = area.height as f32 / 2.0 - 1.0;
        // From the sample before on, so that what changes fast is one line too.
        let sample = 1.0 / self.overview.samples().max(1) as f64;
        for (column, from, to) in columns() {
            if let Some(extent) = self.overview.extent((from - sample).max(0.0), to) {
                let y = |sample: i16| middle - (f32::from(sample) / 32_768.0 * half) as i32;
                let x = area.x + column as i32;
                picture.line((x, y(extent.largest)), (x, y(extent.least)), WAVEFORM);
            }
        }
        for (part, text) in [(0.0, "+3 dBm0"), (0.5, "0"), (1.0, "+3 dBm0")] {
            let y = area.y + (part * f64::from(area.height - 1)) as i32;
            picture.line((area.x - 4, y), (area.x - 1, y), INK);
            label(picture, y, text);
        }
    }

    fn draw_spectrogram(&self, picture: &mut Picture, area: Area) {
        let mut pixels = vec![Colour::of_scale(0.0); (area.width * area.height) as usize];
        for (column, from, to) in columns() {
            let Some(spectrum) = self.overview.spectrum(from, to) else {
                continue;
            };
            let decibels = spectrum
                .0
                .map(|power| Dbm0::from_mean_square(power).0.max(DARKEST));
            for line in 0..area.height {
                let hertz = hertz_at(1.0 - line as f32 / area.height as f32);
                let bin = hertz / HIGHEST * BINS as f32;
                let below = (bin as usize).min(BINS - 1);
                let above = (below + 1).min(BINS - 1);
                let level = decibels[below] + bin.fract() * (decibels[above] - decibels[below]);
                pixels[(line * area.width + column) as usize] =
                    Colour::of_scale((level - DARKEST) / (LIGHTEST - DARKEST));
            }
        }
        picture.raster(area, pixels);
        let y = |hertz: f32| area.bottom() - 1 - (height_of(hertz) * area.height as f32) as i32;
        for hertz in [0, 300, 2_000, 3_000] {
            picture.line(
                (area.x - 4, y(hertz as f32)),
                (area.x - 1, y(hertz as f32)),
                INK,
            );
            label(picture, y(hertz as f32), &format!("{hertz} Hz"));
        }
        for (hertz, colour) in tones() {
            let y = y(hertz);
            picture.dashed((area.x, y), (area.right() - 1, y), colour);
            picture.text(
                (area.x - 8, y),
                Anchor::End,
                Size::Small,
                INK,
                format!("{hertz:.0}"),
            );
            picture.line((area.x - 4, y), (area.x - 1, y), INK);
        }
    }

    fn draw_reports(
        &self,
        picture: &mut Picture,
        axis: &Axis,
        [wave, spectrogram, keys, speech]: [Area; 4],
    ) {
        for report in &self.reports {
            let (from, to) = (
                axis.x(report.start().seconds()),
                axis.x(report.end().seconds()),
            );
            let bar = |lane: Area| Area {
                x: from,
                width: (to - from).max(1) as u32,
                ..lane
            };
            match report {
                Report::Key(_) => {
                    picture.fill(bar(keys), KEY);
                    let wide = to - from >= WIDE_KEY;
                    let reach = if wide {
                        spectrogram.height as i32
                    } else {
                        TICK
                    };
                    for x in [from, to] {
                        let bottom = spectrogram.bottom() - 1;
                        picture.line((x, bottom + 1 - reach), (x, bottom), KEY);
                    }
                }
                Report::Speech(_) => picture.fill(bar(speech), SPEECH),
                Report::Silence(_) => picture.fill(bar(speech), SILENCE),
                Report::Clipping(_) => picture.fill(
                    Area {
                        height: 4,
                        ..bar(wave)
                    },
                    CLIPPING,
                ),
            }
        }
    }

    /// The keys' names, each under its key where there is room.
    fn draw_names(&self, picture: &mut Picture, axis: &Axis, lane: Area) {
        let keys = self.reports.iter().filter_map(|report| match report {
            Report::Key(key) => {
                let middle = axis
                    .x(key.onset.seconds())
                    .midpoint(axis.x(key.end.seconds()));
                Some(Label {
                    x: middle - Size::Large.width(" ") / 2,
                    key: key.key.label(),
                    how: "",
                })
            }
            Report::Speech(_) | Report::Silence(_) | Report::Clipping(_) => None,
        });
        for (x, text) in labels(Size::Large, lane.right(), keys) {
            let at = (x, lane.y + LANE as i32 / 2);
            picture.text(at, Anchor::Start, Size::Large, INK, text);
        }
    }

    /// Marks for all, and words for as many as there is room for, the nearest to a key first.
    fn draw_reasons(&self, picture: &mut Picture, axis: &Axis, lane: Area, words: Area) {
        let keys: Vec<_> = self
            .reports
            .iter()
            .filter(|report| matches!(report, Report::Key(_)))
            .map(|report| report.start() - AROUND..=report.end() + AROUND)
            .collect();
        let mut doubts: Vec<&Reason> = self
            .reasons
            .iter()
            .filter(|reason| !keys.iter().any(|key| key.contains(&reason.at)))
            .collect();
        for doubt in &doubts {
            let x = axis.x((doubt.at - HALF_LOOK).seconds());
            picture.line((x, lane.y), (x, lane.bottom() - 1), DOUBT);
        }
        doubts.sort_by(|a, b| {
            let nearness = |reason: &Reason| (reason.verdict.passed(), -reason.verdict.excess());
            let (a, b) = (nearness(a), nearness(b));
            b.0.cmp(&a.0).then(b.1.total_cmp(&a.1))
        });
        let mut taken: Vec<(i32, i32)> = Vec::new();
        for doubt in doubts.into_iter().take(MOST_WORDS) {
            let text = doubt.brief();
            let x = axis.x((doubt.at - HALF_LOOK).seconds()) + 4;
            let end = x + Size::Small.width(&text) + 6;
            if end < lane.right() && taken.iter().all(|&(from, to)| end < from || x > to) {
                picture.line((x - 4, words.y), (x - 4, words.bottom() - 5), DOUBT);
                let at = (x, words.y + LANE as i32 / 2);
                picture.text(at, Anchor::Start, Size::Small, INK, text);
                taken.push((x - 6, end));
            }
        }
    }
}

/// Number of each column of the picture, and from which to which part of the recording it is.
fn columns() -> impl Iterator<Item = (u32, f64, f64)> {
    let part = |column: u32| f64::from(column) / f64::from(INNER);
    (0..INNER).map(move |column| (column, part(column), part(column + 1)))
}

/// The height at which a frequency is drawn, as part of the whole: there is the most room where a
/// keypad's tones are.
fn height_of(hertz: f32) -> f32 {
    let mut last = HEIGHTS[0];
    for next in HEIGHTS {
        if hertz <= next.0 {
            let part = (hertz - last.0) / (next.0 - last.0).max(1.0);
            return last.1 + part * (next.1 - last.1);
        }
        last = next;
    }
    1.0
}

/// The frequency that is drawn at a height.
fn hertz_at(height: f32) -> f32 {
    let mut last = HEIGHTS[0];
    for next in HEIGHTS {
        if height <= next.1 {
            let part = (height - last.1) / (next.1 - last.1).max(0.01);
            return last.0 + part * (next.0 - last.0);
        }
        last = next;
    }
    HIGHEST
}

fn label(picture: &mut Picture, y: i32, text: &str) {
    picture.text((LEFT - 8, y), Anchor::End, Size::Small, INK, text);
}

fn legend(picture: &mut Picture, top: i32) {
    let y = top + 12;
    let entries = [
        (KEY, "key taken"),
        (DOUBT, "tones that were no key, and the test they failed"),
        (SPEECH, "speech"),
        (SILENCE, "silence"),
        (CLIPPING, "clipping"),
        (OF_ROWS, "a key's low tones"),
        (OF_COLUMNS, "high tones"),
    ];
    picture.legend((LEFT, y), &entries);
    let scale = Area {
        x: LEFT + INNER as i32 - 200,
        y: y - 5,
        width: 200,
        height: 10,
    };
    let line = (0..scale.width).map(|x| Colour::of_scale(x as f32 / scale.width as f32));
    let line: Vec<Colour> = line.collect();
    picture.raster(scale, line.repeat(scale.height as usize));
    for (x, anchor, level) in [
        (scale.x - 5, Anchor::End, format!("{DARKEST:.0}")),
        (
            scale.right() + 5,
            Anchor::Start,
            format!("{LIGHTEST:.0} dBm0"),
        ),
    ] {
        picture.text((x, y), anchor, Size::Small, INK, level);
    }
}

/// The tones of a keypad in Hz, with their colours.
fn tones() -> impl Iterator<Item = (f32, Colour)> {
    let rows = ROWS.map(|hertz| (hertz, OF_ROWS));
    rows.into_iter()
        .chain(COLUMNS.map(|hertz| (hertz, OF_COLUMNS)))
}

/// Pixels.
const WIDTH: u32 = 1_600;
const LEFT: i32 = 76;
const INNER: u32 = WIDTH - LEFT as u32 - 84;
const HEAD: u32 = 36;
const WAVE: u32 = 120;
const SPECTROGRAM: u32 = 400;
const LANE: u32 = 20;
const PANEL: u32 = 24 + WAVE + 8 + SPECTROGRAM + 6 + 5 * (LANE + 2) + 36;
const LEGEND: u32 = 30;

// Told apart with any kind of colour vision (Okabe and Ito 2008).
const KEY: Colour = Colour(0, 158, 115);
const DOUBT: Colour = Colour(213, 94, 0);
const SPEECH: Colour = Colour(86, 180, 233);
const SILENCE: Colour = Colour(200, 200, 200);
const CLIPPING: Colour = Colour(204, 51, 51);
const OF_ROWS: Colour = Colour(120, 200, 255);
const OF_COLUMNS: Colour = Colour(240, 228, 66);

/// Hz.
const HIGHEST: f32 = 4_000.0;

/// Frequencies in Hz and their heights; in between, both grow alike.
const HEIGHTS: [(f32, f32); 4] = [(0.0, 0.0), (600.0, 0.13), (1_750.0, 0.77), (HIGHEST, 1.0)];

/// dBm0 of the spectrogram's ends: below all that is a key, and the loudest.
const DARKEST: f32 = -70.0;
const LIGHTEST: f32 = 0.0;

/// Samples, 40 ms: looks so near a key are looks at its own edges.
const AROUND: u64 = 320;

/// Samples from the middle of what a look sees to its end.
const HALF_LOOK: u64 = 80;

/// Pixels; lines at a narrower key's ends would hide it.
const WIDE_KEY: i32 = 4;
const TICK: i32 = 10;

/// More words than there is room for in any picture.
const MOST_WORDS: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_and_frequencies_are_each_others_inverse() {
        for hertz in [0.0, 300.0, 600.0, 941.0, 1_633.0, 1_750.0, 3_000.0, 4_000.0] {
            let there_and_back = hertz_at(height_of(hertz));
            assert!(
                (there_and_back - hertz).abs() < 0.5,
                "{there_and_back} {hertz}"
            );
        }
    }

    #[test]
    fn there_is_room_for_the_name_of_every_tone() {
        let tones: Vec<_> = tones().collect();
        for pair in tones.windows(2) {
            let apart = (height_of(pair[1].0) - height_of(pair[0].0)) * SPECTROGRAM as f32;
            assert!(apart >= 13.0, "{pair:?}: {apart} pixels");
        }
    }
}
