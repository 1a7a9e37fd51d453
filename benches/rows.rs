//! The README's table: how well keys are heard, condition by condition, beside spandsp.
//!
//! `cargo bench --features peers --bench rows`. The conditions are those of `tests/rows`, over more
//! seeds, and both detectors hear the same samples, 20 ms at a time. A press is heard when its key is
//! told of between its onset and 60 ms after its end; whatever else is told is false.

#[path = "support/score.rs"]
mod score;
#[expect(dead_code, unreachable_pub, reason = "the tests use more of it")]
#[path = "../tests/rows/signal.rs"]
mod signal;
#[expect(dead_code, reason = "the other benches use more of it")]
mod support;

use std::io::{self, Write};

use score::{Score, score};
use signal::{
    Concealment::{Dropped, Repeated, Zeroed},
    Law, Line, Lossy, Piece, Press, Presses,
};
use support::signals;
use voiceagent::Key;

/// A condition and its recording for a seed.
type Row = (String, Box<dyn Fn(u64) -> (Vec<i16>, Vec<Press>)>);

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}\n{}", HEADINGS, "| --- ".repeat(COLUMNS) + "|")?;
    for (name, record) in rows() {
        let [own, peer] = score(|seed| Ok(record(seed)))?.map(|score| cells(&score));
        writeln!(out, "| {name} | {own} | {peer} |")?;
    }
    Ok(())
}

fn cells(score: &Score) -> String {
    let (percent, after) = (score.percent(), score.after());
    format!(
        "{percent:.1} % | {} | {} | {after}",
        score.doubled, score.wrong
    )
}

fn rows() -> Vec<Row> {
    let plain = Presses::default;
    let both_off = |percent| Presses::off_by(percent, percent);
    let broken = Presses {
        dropout_ms: Some((45.0, 15.0)),
        ..Presses::lasting(100.0, 60.0)
    };
    let same = Presses {
        keys: vec![Key::at(1, 1); 160],
        ..Presses::lasting(60.0, 20.0)
    };
    let long = || Presses::lasting(100.0, 100.0);
    let dial_tone = |line: Line| line.with_sines(&[(350.0, -6.0), (440.0, -6.0)]);
    let hum = |line: Line| line.with_sines(&[(50.0, 0.0), (150.0, -10.0)]);
    let music = as_background(&signals::music());
    let voice = signal::voice(41, 60);
    vec![
        row("50 ms tone, 50 ms pause", plain(), |line| line),
        row(
            "50 ms tone, no pause",
            Presses::lasting(50.0, 0.0),
            |line| line,
        ),
        row("22 ms tone", Presses::lasting(22.0, 60.0), |line| line),
        row("20 ms tone, no key", Presses::lasting(20.0, 60.0), |line| {
            line
        }),
        row("both tones 2.0 % high", both_off(2.0), |line| line),
        row(
            "low tone 3.0 % high, no key",
            Presses::off_by(3.0, 0.0),
            |line| line,
        ),
        row("twist +10 dB", plain().with_twist(10.0), |line| line),
        row("twist -10 dB", plain().with_twist(-10.0), |line| line),
        row("+3 dBm0 a tone", Presses::at(3.0), |line| line),
        row("-45 dBm0 a tone", Presses::at(-45.0), |line| line),
        row("white noise, 6 dB", plain(), |line| {
            line.with_white_noise(6.0)
        }),
        row("white noise, 3 dB", plain(), |line| {
            line.with_white_noise(3.0)
        }),
        row("white noise, 0 dB", plain(), |line| {
            line.with_white_noise(0.0)
        }),
        row("dropout of 15 ms in 100", broken, |line| line),
        row("pause of 20 ms, the same key", same, |line| line),
        row(
            "dial tone (US) 10 dB over each tone",
            Presses::at(-16.0),
            dial_tone,
        ),
        row(
            "dial tone that beats (Australia), likewise",
            Presses::at(-16.0),
            |line| line.with_sines(&[(413.0, -6.0), (438.0, -6.0)]),
        ),
        row("hum (50, 150 Hz) 10 dB over each tone", plain(), hum),
        row("its own echo, 20 ms, -10 dB", plain(), |line| {
            line.with_echo(20.0, 10.0)
        }),
        row("music 9 dB under each tone", plain(), move |line| {
            line.with_background(&music, 9.0)
        }),
        row("a voice 12 dB under each tone", plain(), {
            let voice = voice.clone();
            move |line| line.with_background(&voice, 12.0)
        }),
        row(
            "a voice 10 dB over each tone until the key begins",
            plain(),
            move |line| line.in_place_of(&voice, 10.0),
        ),
        row("A-law", plain(), |line| line.through_g711(Law::A)),
        row("µ-law, -40 dBm0 a tone", Presses::at(-40.0), |line| {
            line.through_g711(Law::Mu)
        }),
        lossy("100 ms tone, 5 % of frames lost: silence", long(), Zeroed),
        lossy(
            "100 ms tone, 5 % of frames lost: repeated",
            long(),
            Repeated,
        ),
        lossy("50 ms tone, 5 % of frames lost: silence", plain(), Zeroed),
        lossy("50 ms tone, 5 % of frames lost: nothing", plain(), Dropped),
    ]
}

fn row(name: &str, presses: Presses, put: impl Fn(Line) -> Line + 'static) -> Row {
    let record = move |seed| {
        let line = put(presses.record(seed));
        (line.samples(), line.presses)
    };
    (name.to_owned(), Box::new(record))
}

fn lossy(name: &str, presses: Presses, concealment: signal::Concealment) -> Row {
    let record = move |seed| {
        let Lossy { pieces, presses } = presses.record(seed).losing(5.0, concealment);
        let heard = pieces.into_iter().flat_map(|piece| match piece {
            Piece::Heard(samples) => samples,
            Piece::Lost(samples) => vec![0; samples],
        });
        (heard.collect(), presses)
    };
    (name.to_owned(), Box::new(record))
}

fn as_background(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&x| f32::from(x)).collect()
}

const HEADINGS: &str = "| | heard | doubled | false | after (median / 99 %) \
    | spandsp 0.0.6 | doubled | false | after |";
const COLUMNS: usize = 9;
