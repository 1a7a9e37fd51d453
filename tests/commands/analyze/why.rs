//! Why a key was heard, or none.

use crate::support::Folder;

#[test]
fn why_names_the_test_that_failed_and_by_how_much() {
    let folder = Folder::new("analyze_why");
    folder.run(&["tone", "5", "a.sln16", "--lead", "500", "--twist", "11.6"]);
    let why = ["analyze", "--why", "0.4-0.7", "a.sln16"];
    let done = folder.run(&why);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let nearest = done
        .stdout
        .lines()
        .find(|l| l.contains("nearest to a key"))
        .unwrap();
    assert!(nearest.contains("key 5? twist +11"), "{nearest}");
    assert!(nearest.contains("dB, limit +10.5: "), "{nearest}");

    let done = folder.run(&["analyze", "--json", "--why", "0.4-0.7", "a.sln16"]);
    let reasons = done.of_type("why");
    let twist = reasons.iter().find(|r| r["test"] == "twist").unwrap();
    assert_eq!((&twist["key"], &twist["unit"]), (&"5".into(), &"dB".into()));
    assert!(
        (twist["start"].as_f64().unwrap() - 0.53).abs() < 0.02,
        "{twist}"
    );
    assert_eq!(done.json().last().unwrap()["type"], "summary");

    folder.run(&["tone", "5", "b.wav"]);
    let done = folder.run(&["analyze", "--why", "0.2-0.5", "b.wav"]);
    assert!(
        done.stdout.contains("0.300 s: key 5 was taken: -10.0 dBm0"),
        "{}",
        done.stdout
    );
}

#[test]
fn why_has_the_times_of_what_it_tells_and_no_others() {
    let folder = Folder::new("analyze_why_times");
    folder.run(&["tone", "*", "a.wav", "--lead", "300", "--tail", "300"]);
    let rows = |stretch: &str| {
        let done = folder.run(&["analyze", "--json", "--why", stretch, "a.wav"]);
        assert_eq!(done.status, 0);
        let objects = done.of_type("why").into_iter();
        let rows: Vec<(f64, f64, String)> = objects
            .map(|row| {
                let time = |name: &str| row[name].as_f64().unwrap();
                let test = row["test"].as_str().unwrap().to_owned();
                (time("start"), time("end"), test)
            })
            .collect();
        (rows, done.stderr)
    };
    let (around, _) = rows("0.29-0.32");
    let [silence, begun, young] = &around[..] else {
        panic!("{around:?}");
    };
    assert_eq!(silence, &(0.29, 0.3, "silence".to_owned()));
    assert_eq!((begun.0, begun.1), (0.3, 0.31));
    assert_eq!(young, &(0.31, 0.32, "duration".to_owned()));
    let (end, _) = rows("0.5-0.7");
    assert_eq!(end.last().unwrap().1, 0.7);
    let (first, _) = rows("0-0");
    assert_eq!(first, [(0.0, 0.01, "silence".to_owned())]);
    let (none, said) = rows("100-200");
    assert!(none.is_empty());
    assert!(
        said.contains("a.wav: --why asks about 100.000 s on, and it ends at 0.700 s"),
        "{said}"
    );
    // The table has the same times.
    let done = folder.run(&["analyze", "--why", "0.29-0.32", "a.wav"]);
    assert!(
        done.stdout.contains(
            "\n   0.290 s    0.010 s  digital silence\n   0.300 s    0.010 s  key *? just begun\n"
        ),
        "{}",
        done.stdout
    );
}
