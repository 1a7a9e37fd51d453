//! What a call costs besides listening: the AGI dialogue, the configuration, a whole session.

use std::{fs, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use voiceagent::{
    Key,
    agi::{Application, Argument, Command, Dialogue},
    audio::{Press, SAMPLE_RATE, Synth},
    config::Config,
    sim::{self, Caller, DialEnd, Recordings, Script},
};

const HEADER: &str = "agi_request: voiceagent\nagi_channel: PJSIP/peter-00000001\n\
    agi_language: en\nagi_type: PJSIP\nagi_uniqueid: 1790000000.1\nagi_version: 22.10.0\n\
    agi_callerid: 102\nagi_calleridname: Peter\nagi_callingpres: 0\nagi_callingani2: 0\n\
    agi_callington: 0\nagi_callingtns: 0\nagi_dnid: 101\nagi_rdnis: unknown\n\
    agi_context: users\nagi_extension: 101\nagi_priority: 2\nagi_enhanced: 1.0\n\
    agi_accountcode: \nagi_threadid: 139\nagi_arg_1: 101\n\n";

fn agi(c: &mut Criterion) {
    let mut group = c.benchmark_group("agi");
    group.throughput(Throughput::Bytes(HEADER.len() as u64));
    group.bench_function("header", |b| {
        b.iter(|| {
            let mut dialogue = Dialogue::default();
            dialogue.receive(HEADER.as_bytes());
            dialogue.poll()
        });
    });
    let dial = Argument::readable("PJSIP/bob,20,g");
    let command = Command::Exec(Application::Dial, dial);
    group.throughput(Throughput::Elements(1));
    group.bench_function("command and reply", |b| {
        let mut dialogue = Dialogue::default();
        dialogue.receive(HEADER.as_bytes());
        let _header = dialogue.poll();
        b.iter(|| {
            let line = dialogue.send(&command);
            dialogue.receive(b"200 result=0\n");
            (line, dialogue.poll())
        });
    });
    group.finish();
}

fn configuration(c: &mut Criterion) {
    let mut group = c.benchmark_group("configuration");
    for extensions in [2, 1_000] {
        let text: String = (0..extensions)
            .map(|n| {
                format!("[extensions.{n}]\ndial = \"PJSIP/p{n}\"\nmailbox = \"{n}@default\"\n")
            })
            .collect();
        group.throughput(Throughput::Elements(extensions));
        group.bench_function(format!("{extensions} extensions"), |b| {
            b.iter(|| Config::parse(&text).expect("well formed"));
        });
    }
    let people = 10_000;
    let text: String = (0..people)
        .map(|n| format!("[extensions.{n}]\ndial = \"PJSIP/p{n}\"\nmax_wait = 20\nmailbox = \"{n}@default\"\n\n"))
        .collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ten_thousand.toml");
    fs::write(&file, text).expect("the folder of benchmarks can be written");
    group.throughput(Throughput::Elements(1));
    group.bench_function("one of 10000 extensions, from the file", |b| {
        b.iter(|| Config::load_for(&file, "5142").expect("well formed"));
    });
    group.finish();
}

fn session(c: &mut Criterion) {
    let config = Config::parse(
        "[extensions.101]\ndial = \"PJSIP/bob\"\nmax_wait = 5\nmailbox = \"101@default\"\n",
    )
    .expect("well formed");
    let mut synth = Synth::new(SAMPLE_RATE);
    synth.silence(8.0);
    synth.press(Key::HASH, &Press::default());
    let script = Script {
        extension: "101".to_owned(),
        dial: DialEnd::NoAnswer,
        caller: Caller {
            audio: synth.into_samples(),
            ..Caller::default()
        },
        recordings: Recordings::default(),
        lookup: String::new(),
        prompts: None,
        can_listen: true,
        starved: None,
    };
    c.bench_function("session/whole simulated call, 8 s heard", |b| {
        b.iter(|| sim::run(&config, &script).expect("it ends"));
    });
}

criterion_group!(benches, agi, configuration, session);
criterion_main!(benches);
