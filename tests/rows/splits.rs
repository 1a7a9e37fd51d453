//! The samples' division into calls is nobody's business.

use voiceagent::dtmf::{Detector, Event, Limits};

use crate::signal::{Concealment, Line, Piece, Presses, voice};

fn events(pieces: &[Piece], chunk: usize) -> Vec<Event> {
    let mut detector = Detector::new(&Limits::ETSI);
    let mut events = Vec::new();
    let mut on_event = |event| events.push(event);
    for piece in pieces {
        match piece {
            Piece::Heard(samples) => {
                for samples in samples.chunks(chunk) {
                    detector.push(samples, &mut on_event);
                }
            }
            Piece::Lost(samples) => {
                for told in (0..*samples).step_by(chunk) {
                    detector.lost((samples - told).min(chunk) as u64, &mut on_event);
                }
            }
        }
    }
    detector.finish(&mut on_event);
    events
}

fn lines() -> Vec<Line> {
    let voice = voice(28, 20);
    let short = Presses::lasting(45.0, 60.0);
    vec![
        short.record(26).bent(&short),
        Presses::default().record(21),
        Presses::default().record(28).in_place_of(&voice, 10.0),
        Presses::lasting(50.0, 0.0)
            .record(27)
            .with_white_noise(12.0),
        Presses::lasting(100.0, 30.0)
            .record(22)
            .with_white_noise(3.0),
        Presses::lasting(21.0, 60.0)
            .record(23)
            .with_white_noise(12.0),
        Presses::at(-16.0)
            .record(24)
            .with_sines(&[(350.0, -6.0), (440.0, -6.0)]),
        Presses::default().record(25).with_sines(&[(50.0, 0.0)]),
    ]
}

#[test]
fn any_split_gives_the_same_events() {
    for line in lines() {
        let whole = [Piece::Heard(line.samples())];
        let expected = events(&whole, usize::MAX);
        assert!(expected.len() > 100);
        for chunk in [1, 7, 77, 80, 137, 160, 240, 1000] {
            assert_eq!(events(&whole, chunk), expected, "{chunk} samples at once");
        }
    }
}

#[test]
fn any_split_between_losses_gives_the_same_events() {
    for concealment in [Concealment::Missing, Concealment::Faded] {
        for line in lines() {
            let lossy = line.losing(5.0, concealment);
            let expected = events(&lossy.pieces, usize::MAX);
            for chunk in [1, 7, 77, 80, 137] {
                assert_eq!(
                    events(&lossy.pieces, chunk),
                    expected,
                    "{concealment:?}, {chunk} samples at once"
                );
            }
        }
    }
}

#[test]
fn a_loss_is_the_same_told_in_any_pieces() {
    let presses = Presses::lasting(200.0, 60.0).record(29).samples();
    for lost in [799, 800, 801, 160_000] {
        let mut pieces = Vec::new();
        for heard in presses.chunks(1_111) {
            pieces.push(Piece::Heard(heard.to_vec()));
            pieces.push(Piece::Lost(lost));
        }
        let expected = events(&pieces, usize::MAX);
        for chunk in [80, 160, 799] {
            let found = events(&pieces, chunk);
            assert_eq!(found, expected, "{lost} lost, {chunk} told at once");
        }
    }
}

#[test]
fn explaining_changes_no_event() {
    for line in lines() {
        let samples = line.samples();
        let mut detector = Detector::new(&Limits::ETSI);
        let mut explained = Vec::new();
        let mut verdicts = 0;
        detector.push_explained(&samples, &mut |event| explained.push(event), &mut |_| {
            verdicts += 1;
        });
        detector.finish(&mut |event| explained.push(event));
        assert_eq!(explained, events(&[Piece::Heard(samples)], 160));
    }
}
