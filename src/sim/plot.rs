//! A simulated call as a picture: what Asterisk played, what the caller sent, keys, commands.

use std::{io, path::Path};

use super::timeline::{Entry, Timeline, Who};
use crate::{
    audio::SAMPLE_RATE,
    picture::{
        Anchor, Area, Axis, Colour, FAINT, INK, Label, PAPER, Picture, PictureFormat, Size,
        WAVEFORM, labels,
    },
    session::CallTime,
};

impl Timeline {
    /// Draws the call into `file`; `what` says in its title what call this is.
    ///
    /// # Errors
    /// When `file` cannot be written.
    pub fn save_picture(&self, what: &str, file: &Path, format: PictureFormat) -> io::Result<()> {
        let call = Call {
            timeline: self,
            what,
        };
        call.picture().save(file, format)
    }
}

struct Call<'a> {
    timeline: &'a Timeline,
    what: &'a str,
}

/// What a lane shows of what happens one after another.
struct Bar<'a> {
    from: CallTime,
    to: CallTime,
    text: &'a str,
    /// Whether the caller's audio reaches the program while it lasts.
    heard: bool,
}

impl Call<'_> {
    fn picture(&self) -> Picture {
        let (listed, more) = self.listed();
        let lines = listed.len().div_ceil(LIST_COLUMNS) + usize::from(more > 0);
        let height = HEAD + PANEL + lines as u32 * LINE + LEGEND;
        let mut picture = Picture::new(WIDTH, height, PAPER);
        let title = Size::Large.shortened(&self.title(), INNER);
        picture.text((LEFT, 22), Anchor::Start, Size::Large, INK, title);
        let lane = |y: u32, height: u32| Area {
            x: LEFT,
            y: (HEAD + y) as i32,
            width: INNER,
            height,
        };
        let asterisk = lane(0, LANE);
        let caller = lane(LANE + 6, WAVE);
        let keys = lane(LANE + WAVE + 12, LANE);
        let agent = lane(2 * LANE + WAVE + 18, MARKS);
        let seconds = self.timeline.end().since_start().as_secs_f64().max(0.001);
        let axis = Axis::new(seconds, agent);
        for (lane, name) in [
            (asterisk, "Asterisk"),
            (caller, "caller"),
            (keys, "keys"),
            (agent, "events"),
        ] {
            picture.fill(lane, FAINT);
            let middle = lane.y + lane.height as i32 / 2;
            picture.text((LEFT - 8, middle), Anchor::End, Size::Small, INK, name);
        }
        self.draw_asterisk(&mut picture, &axis, asterisk, caller);
        self.draw_audio(&mut picture, &axis, caller);
        self.draw_keys(&mut picture, &axis, keys);
        self.draw_marks(&mut picture, &axis, agent);
        axis.draw(&mut picture, INK);
        self.list(&mut picture, (HEAD + PANEL) as i32);
        legend(&mut picture, (height - LEGEND) as i32);
        picture
    }

    fn title(&self) -> String {
        let variables = self.timeline.own_variables();
        let said: Vec<String> = variables
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("{}: {}", self.what, said.join(" "))
    }

    /// What Asterisk does from one of its entries to the next, without those on the channel that
    /// hears the caller meanwhile.
    fn bars(&self) -> Vec<Bar<'_>> {
        let mut listener_waits = false;
        let is_own = |entry: &&Entry| {
            let begins = entry.what.chars().next().unwrap_or_default();
            match entry.who {
                Who::Listener => {
                    listener_waits |= begins.is_ascii_uppercase();
                    false
                }
                Who::Asterisk if begins.is_ascii_digit() => !std::mem::take(&mut listener_waits),
                Who::Asterisk => true,
                Who::Agent | Who::Caller => false,
            }
        };
        let own: Vec<_> = self.timeline.entries.iter().filter(is_own).collect();
        let last = self.timeline.end();
        let ends = own.iter().skip(1).map(|entry| entry.at).chain([last]);
        own.iter()
            .zip(ends)
            .filter(|(entry, _)| LASTING.iter().any(|begin| entry.what.starts_with(begin)))
            .map(|(entry, to)| Bar {
                from: entry.at,
                to,
                text: &entry.what,
                heard: entry.what.starts_with(PLAYS),
            })
            .collect()
    }

    fn draw_asterisk(&self, picture: &mut Picture, axis: &Axis, lane: Area, caller: Area) {
        for bar in self.bars() {
            let (from, to) = (x(axis, bar.from), x(axis, bar.to));
            let place = |lane: Area, width: i32| Area {
                x: from,
                width: width.max(1) as u32,
                ..lane
            };
            // So that two pieces of a greeting are seen to be two.
            let bars_own = place(lane, to - from - 1);
            picture.fill(bars_own, if bar.heard { PLAYING } else { APPLICATION });
            if bar.heard {
                picture.fill(place(caller, to - from), LISTENING);
            }
            let text = Size::Small.shortened(bar.text, (to - from - 6).max(0) as u32);
            if text.len() > 3 {
                let at = (from + 3, lane.y + lane.height as i32 / 2);
                picture.text(at, Anchor::Start, Size::Small, INK, text);
            }
        }
    }

    fn draw_audio(&self, picture: &mut Picture, axis: &Axis, lane: Area) {
        let middle = lane.y + lane.height as i32 / 2;
        picture.line((lane.x, middle), (lane.right() - 1, middle), QUIET);
        let half = lane.height as f32 / 2.0 - 1.0;
        let y = |sample: i16| middle - (f32::from(sample) / 32_768.0 * half) as i32;
        for clip in &self.timeline.audio {
            let begin = clip.at.since_start().as_secs_f64();
            let at = |column: i32| {
                let seconds = axis.seconds_at(column) - begin;
                let sample = (seconds.max(0.0) * f64::from(SAMPLE_RATE)) as usize;
                sample.min(clip.samples.len())
            };
            for column in x(axis, clip.at)..=x(axis, clip.end()) {
                let samples = &clip.samples[at(column)..at(column + 1)];
                if let (Some(&least), Some(&largest)) = (samples.iter().min(), samples.iter().max())
                {
                    picture.line((column, y(largest)), (column, y(least)), WAVEFORM);
                }
            }
        }
    }

    /// Keys as the program learned of them: in the audio, or signalled.
    fn draw_keys(&self, picture: &mut Picture, axis: &Axis, lane: Area) {
        let mut keys = Vec::new();
        for entry in &self.timeline.entries {
            let in_audio = is_program(entry.who) && entry.what.contains("in the audio since");
            let released = entry.who == Who::Caller && entry.what.starts_with("releases key");
            if !in_audio && !released {
                continue;
            }
            let x = x(axis, entry.at);
            picture.line((x, lane.y), (x, lane.y + TICK - 1), KEY);
            let label = entry.what.split("key ").nth(1).unwrap_or_default();
            keys.extend(label.chars().next().map(|key| Label {
                x,
                key,
                how: if in_audio { "heard" } else { "signalled" },
            }));
        }
        for (x, text) in labels(Size::Small, WIDTH as i32, keys) {
            let at = (x, (lane.y + TICK + lane.bottom()) / 2);
            picture.text(at, Anchor::Start, Size::Small, INK, text);
        }
    }

    /// The numbers of all entries at their times, below each other where many are at once; where
    /// they are too many, the lowest says up to which it goes.
    fn draw_marks(&self, picture: &mut Picture, axis: &Axis, lane: Area) {
        struct Mark {
            at: (i32, i32),
            text: String,
            colour: Colour,
        }
        // Where a text begins and ends: behind its time, or at the call's end before it.
        let place = |x: i32, text: &str| {
            let width = Size::Small.width(text);
            if x + 3 + width <= lane.right() {
                (x + 3, x + 3 + width)
            } else {
                (x - 3 - width, x)
            }
        };
        let mut marks: Vec<Mark> = Vec::new();
        let mut free = [lane.x - 40; (MARKS / LINE) as usize];
        for (number, entry) in self.timeline.entries.iter().enumerate() {
            let x = x(axis, entry.at);
            let text = (number + 1).to_string();
            let (begin, end) = place(x, &text);
            let Some(row) = free.iter().position(|&free| free <= begin.min(x)) else {
                if let Some(mark) = marks.last_mut() {
                    let first = mark.text.split('-').next().unwrap_or_default();
                    mark.text = format!("{first}-{text}");
                    free[free.len() - 1] = place(mark.at.0, &mark.text).1 + 3;
                }
                continue;
            };
            free[row] = end + 3;
            marks.push(Mark {
                at: (x, lane.y + (row as u32 * LINE) as i32),
                text,
                colour: colour(entry.who),
            });
        }
        for Mark {
            at: (x, y),
            text,
            colour,
        } in marks
        {
            picture.line((x, y), (x, y + LINE as i32 - 3), colour);
            let at = (place(x, &text).0, y + LINE as i32 / 2 - 1);
            picture.text(at, Anchor::Start, Size::Small, colour, text);
        }
    }

    /// What is listed of what happened, and how much more there is.
    fn listed(&self) -> (&[Entry], usize) {
        let entries = &self.timeline.entries;
        let listed = &entries[..entries.len().min(MOST_LISTED)];
        (listed, entries.len() - listed.len())
    }

    /// What happened, with its numbers, in columns.
    fn list(&self, picture: &mut Picture, top: i32) {
        let (listed, more) = self.listed();
        let lines = listed.len().div_ceil(LIST_COLUMNS);
        let width = (WIDTH - 2 * MARGIN) / LIST_COLUMNS as u32;
        for (number, entry) in listed.iter().enumerate() {
            let column = (number / lines) as u32;
            let at = (
                (MARGIN + column * width) as i32,
                top + ((number % lines) as u32 * LINE) as i32,
            );
            let seconds = entry.at.since_start().as_secs_f64();
            let text = format!("{:>3} {seconds:9.4} s  {}", number + 1, entry.what);
            let text = Size::Small.shortened(&text, width - 14);
            picture.text(at, Anchor::Start, Size::Small, colour(entry.who), text);
        }
        if more > 0 {
            let at = (MARGIN as i32, top + (lines as u32 * LINE) as i32);
            let text = format!("and {more} more, which are in the printed list");
            picture.text(at, Anchor::Start, Size::Small, INK, text);
        }
    }
}

fn x(axis: &Axis, at: CallTime) -> i32 {
    axis.x(at.since_start().as_secs_f64())
}

const fn is_program(who: Who) -> bool {
    matches!(who, Who::Agent | Who::Listener)
}

fn colour(who: Who) -> Colour {
    match who {
        Who::Caller => KEY,
        Who::Asterisk => REPLY,
        Who::Agent => INK,
        Who::Listener => LISTENER,
    }
}

fn legend(picture: &mut Picture, top: i32) {
    let entries = [
        (PLAYING, "Asterisk plays for the program"),
        (LISTENING, "the caller is listened to"),
        (APPLICATION, "Asterisk's own application"),
        (INK, "program"),
        (LISTENER, "program that listens while it rings"),
        (REPLY, "Asterisk"),
        (KEY, "caller"),
    ];
    picture.legend((LEFT, top + 8), &entries);
}

/// How the simulated Asterisk begins to tell of what takes time.
const LASTING: [&str; 4] = [PLAYS, "rings ", "VoiceMail", "the called person"];
const PLAYS: &str = "plays ";

/// Pixels.
const WIDTH: u32 = 1_600;
const MARGIN: u32 = 20;
const LEFT: i32 = 84;
const INNER: u32 = WIDTH - LEFT as u32 - 84;
const HEAD: u32 = 44;
const LANE: u32 = 22;
/// Of a key's mark, above its label.
const TICK: i32 = 7;
const WAVE: u32 = 120;
/// Of a line of small text.
const LINE: u32 = 15;
/// Eight lines.
const MARKS: u32 = 8 * LINE;
const PANEL: u32 = 2 * LANE + WAVE + 18 + MARKS + 48;
const LEGEND: u32 = 34;
const LIST_COLUMNS: usize = 2;
/// Entries: many times those of any call, and a picture that can still be looked at.
const MOST_LISTED: usize = 1_000;

const QUIET: Colour = Colour(190, 190, 190);
// Told apart with any kind of colour vision (Okabe and Ito 2008).
const KEY: Colour = Colour(213, 94, 0);
const REPLY: Colour = Colour(0, 114, 178);
const LISTENER: Colour = Colour(0, 158, 115);
const PLAYING: Colour = Colour(158, 212, 241);
const LISTENING: Colour = Colour(226, 241, 234);
const APPLICATION: Colour = Colour(245, 221, 164);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn of_a_call_without_end_the_beginning_is_listed_and_how_much_more_there_is() {
        let drawn = |entries: usize, format| {
            let mut timeline = Timeline::default();
            for _ in 0..entries {
                timeline.push(CallTime::ZERO, Who::Agent, "ends");
            }
            let folder = Scratch::new("plot");
            let file = folder.join("picture");
            let saved = timeline.save_picture("call", &file, format);
            saved.expect("it is written");
            std::fs::read(&file).expect("it is there")
        };
        let text = |entries| {
            String::from_utf8(drawn(entries, PictureFormat::Svg)).expect("an SVG is text")
        };
        assert!(!text(MOST_LISTED).contains(" more, "));
        let (one, many) = (text(MOST_LISTED + 1), text(120_000));
        assert!(one.contains("and 1 more, which are in the printed list"));
        assert!(many.contains("and 119000 more, which are in the printed list"));
        let heading = |svg: &str| svg.split('>').next().map(str::to_owned);
        assert_eq!(heading(&many), heading(&one), "it is no larger");
        assert!(drawn(120_000, PictureFormat::Png).starts_with(b"\x89PNG"));
    }
}
