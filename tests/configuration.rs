//! Configuration files: folders that are included, and what of a long file a call reads.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
    process::Command,
};

use voiceagent::config::{Config, Destination, Source};

/// A folder of this test's own, with these files.
fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("configuration_{test}"));
    let _ = fs::remove_dir_all(&folder);
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn section(extension: &str) -> String {
    format!(
        "[extensions.{extension}]\ndial = \"PJSIP/p{extension}\"\nmailbox = \"{extension}@sales\"\n"
    )
}

fn leads(config: &Config, extension: &str) -> bool {
    config.destination(extension).is_some()
}

/// A fault without the folder's name.
fn fault(loaded: Result<Config, voiceagent::config::ConfigError>, folder: &Path) -> String {
    let error = loaded.expect_err("it is wrong").to_string();
    error.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn a_folder_is_included_file_by_file() {
    let folder = folder(
        "include",
        &[
            (
                "main.toml",
                &format!("include = \"people\"\n{}", section("101")),
            ),
            (
                "people/b.toml",
                &format!("{}{}", section("102"), section("103")),
            ),
            ("people/a.toml", &section("_2XX")),
            ("people/empty.toml", ""),
            ("people/notes.txt", "not read"),
            ("people/.b.toml.swp.toml", "not read"),
        ],
    );
    let main = folder.join("main.toml");
    for config in [
        Config::load(&main).unwrap(),
        Config::load_for(&main, "*103").unwrap(),
    ] {
        assert!(leads(&config, "103") && leads(&config, "*103") && leads(&config, "200"));
        let names: Vec<_> = config
            .included()
            .iter()
            .map(|file| file.file_name())
            .collect();
        assert_eq!(
            names,
            ["a.toml", "b.toml", "empty.toml"].map(|name| Some(name.as_ref()))
        );
    }
    assert!(leads(&Config::load(&main).unwrap(), "101"));
    let Some(Destination::Person(route)) = Config::load(&main).unwrap().destination("205") else {
        panic!("the pattern in people/a.toml fits");
    };
    assert_eq!(route.section, "_2XX");
}

#[test]
fn a_fault_in_an_included_file_is_named_with_that_file_and_its_line() {
    for (name, file, expected) in [
        (
            "twice",
            section("101"),
            "people/a.toml: line 1: extension \"101\" is configured twice; the other one is at main.toml:2, keep one",
        ),
        (
            "section",
            "\n[keys]\nskip = \"1\"\n".to_owned(),
            "people/a.toml: line 2: unknown key \"keys\"; expected one of extensions",
        ),
        (
            "value",
            section("102").replace("@sales", ""),
            "people/a.toml: line 3: mailbox \"102\" has no context",
        ),
    ] {
        let main = format!("include = \"people\"\n{}", section("101"));
        let folder = folder(name, &[("main.toml", &main), ("people/a.toml", &file)]);
        let fault = fault(Config::load(&folder.join("main.toml")), &folder);
        assert!(fault.starts_with(expected), "{fault}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error_at_its_name() {
    let folder = folder("missing", &[("main.toml", "\ninclude = \"people\"\n")]);
    let fault = fault(Config::load(&folder.join("main.toml")), &folder);
    assert!(
        fault.starts_with("main.toml: line 2: the included folder people cannot be read: "),
        "{fault}"
    );
}

#[test]
fn a_key_that_leads_to_a_login_is_an_error_whoever_is_called() {
    let goto = "[keys.goto]\n0 = \"*101\"\n";
    let operator = "[extensions.\"_*1XX\"]\ndial = \"PJSIP/operator\"\nmailbox = \"1@sales\"\n";
    let text = format!("{}{}{operator}{goto}", section("101"), section("102"));
    let folder = folder("login", &[("main.toml", &text)]);
    for extension in ["101", "102", "*102"] {
        let fault = fault(
            Config::load_for(&folder.join("main.toml"), extension),
            &folder,
        );
        assert!(fault.contains("which opens a mailbox"), "{fault}");
    }
}

#[test]
fn of_a_long_file_a_call_reads_what_it_needs() {
    let mut text = String::new();
    for extension in 100..300 {
        text += &section(&extension.to_string());
    }
    text += "[keys.goto]\n0 = \"150\"\n";
    let folder = folder("long", &[("main.toml", &text)]);
    let main = folder.join("main.toml");
    for dialled in ["*142", "142"] {
        let config = Config::load_for(&main, dialled).unwrap();
        assert!(leads(&config, "142") && leads(&config, "*142"));
        assert!(leads(&config, "150"), "key 0 leads there");
        // 42 and 2 end 142 as well, but nobody has them.
        assert_eq!(config.routes().count(), 2);
        let whole = Config::load(&main).unwrap();
        assert_eq!(config.destination(dialled), whole.destination(dialled));
        assert_eq!(config.keys, whole.keys);
    }
    let nobody = Config::load_for(&main, "999").unwrap();
    assert!(!leads(&nobody, "999"));
}

#[test]
fn another_persons_fault_costs_only_their_calls() {
    let text = format!(
        "{}[extensions.102]\ndial = 5\n{}",
        section("101"),
        section("103")
    );
    let folder = folder("fault", &[("main.toml", &text)]);
    let main = folder.join("main.toml");
    assert!(leads(&Config::load_for(&main, "103").unwrap(), "103"));
    let expected = "main.toml: line 5: invalid type: integer `5`, expected a string";
    assert_eq!(fault(Config::load_for(&main, "102"), &folder), expected);
    assert_eq!(fault(Config::load_for(&main, "*102"), &folder), expected);
    assert_eq!(fault(Config::load(&main), &folder), expected);
}

#[test]
fn lines_are_those_of_the_file_also_behind_what_was_passed_over() {
    let text = format!(
        "{}{}[keys]\nskip = \"##\"\n",
        section("101"),
        section("102")
    );
    let folder = folder("lines", &[("main.toml", &text)]);
    let expected = "main.toml: line 8: \"##\" is no key; expected one of 0 to 9, *, #, A to D";
    for loaded in [
        Config::load(&folder.join("main.toml")),
        Config::load_for(&folder.join("main.toml"), "102"),
        Config::load_for(&folder.join("main.toml"), "7"),
    ] {
        assert_eq!(fault(loaded, &folder), expected);
    }
}

#[test]
fn a_file_without_anybody_is_an_error_and_one_without_the_dialled_is_none() {
    let folder = folder(
        "nobody",
        &[
            ("empty.toml", "[keys]\n"),
            ("one.toml", &section("101")),
            ("commented.toml", &format!("# Sales\n{}", section("101"))),
        ],
    );
    assert!(
        fault(Config::load_for(&folder.join("empty.toml"), "101"), &folder)
            .contains("no extension is configured")
    );
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/voiceagent.toml");
    for file in [
        folder.join("one.toml"),
        folder.join("commented.toml"),
        sample,
    ] {
        let config = Config::load_for(&file, "999").unwrap();
        assert_eq!(config.destination("999"), None, "{}", file.display());
    }
}

#[test]
fn an_extension_twice_is_an_error_on_its_own_call() {
    let text = format!("{}{}", section("101"), section("101"));
    let folder = folder("double", &[("main.toml", &text)]);
    let fault = fault(Config::load_for(&folder.join("main.toml"), "101"), &folder);
    assert!(
        fault.starts_with("main.toml: line 4: \"101\" is there twice"),
        "{fault}"
    );
}

/// A folder with 101 and a pattern in the main file, 102 in an included one, and another included
/// file, with 103, that is broken.
fn with_broken(test: &str, more: &str, broken: &str) -> PathBuf {
    let main = format!(
        "include = \"people\"\n{more}{}{}",
        section("101"),
        section("_1XX")
    );
    folder(
        test,
        &[
            ("main.toml", &main),
            ("people/a.toml", &section("102")),
            ("people/b.toml", broken),
        ],
    )
}

/// What of an included file cannot be read as a configuration, each with the fault that is told.
fn broken_files() -> [(&'static str, String, &'static str); 4] {
    [
        ("bracket", section("103").replace(']', ""), "line 1: "),
        (
            "string",
            section("103").replace("\"PJSIP", "\"\"\"PJSIP"),
            "line ",
        ),
        (
            "number",
            "[extensions]\n103 = 5\n".to_owned(),
            "line 2: invalid type: integer `5`",
        ),
        (
            "pattern",
            section("103") + &section("_2XX").replace("PJSIP/", ""),
            "line 5: dial \"p_2XX\" is not TECHNOLOGY/PEER",
        ),
    ]
}

#[test]
fn a_broken_included_file_costs_only_those_who_may_be_in_it() {
    for (name, broken, expected) in broken_files() {
        let folder = with_broken(&format!("broken_{name}"), "", &broken);
        let main = folder.join("main.toml");
        let expected = format!("people/b.toml: {expected}");
        for sound in ["101", "*101", "102", "*102"] {
            let config = Config::load_for(&main, sound).unwrap();
            assert!(leads(&config, sound), "{name} {sound}");
            let [fault] = config.set_aside() else {
                panic!("{name} {sound}: {:?}", config.set_aside());
            };
            assert!(fault.to_string().contains(&expected), "{fault}");
        }
        // The file may have the section that goes before the pattern _1XX.
        for lost in ["142", "*142", "999"] {
            let fault = fault(Config::load_for(&main, lost), &folder);
            assert!(fault.starts_with(&expected), "{name} {lost}: {fault}");
        }
        assert!(fault(Config::load(&main), &folder).starts_with(&expected));
    }
}

#[test]
fn what_cannot_be_read_among_the_included_costs_only_those_who_may_be_in_it() {
    let folder = with_broken("unreadable", "", &section("103"));
    let main = folder.join("main.toml");
    fs::create_dir(folder.join("people/d.toml")).unwrap();
    symlink("nowhere", folder.join("people/e.toml")).unwrap();
    let config = Config::load_for(&main, "103").unwrap();
    let told: Vec<_> = config.set_aside().iter().map(ToString::to_string).collect();
    assert!(
        told[0]
            .contains("people/d.toml: the configuration file is a folder; expected a file of text"),
        "{told:?}"
    );
    assert!(
        told[1].contains(
            "people/e.toml: the configuration file is a link to one that does not exist;"
        ),
        "{told:?}"
    );
    assert_eq!(
        fault(Config::load_for(&main, "142"), &folder),
        told[0].split_once("unreadable/").unwrap().1
    );
}

#[test]
fn what_is_no_regular_file_is_told_at_once_and_a_link_to_one_is_followed() {
    let folder = folder("irregular", &[("file.toml", &section("101"))]);
    let path = |name: &str| folder.join(name);
    let made = Command::new("mkfifo").arg(path("pipe.toml")).status();
    assert!(made.unwrap().success());
    let _socket = UnixListener::bind(path("socket.toml")).unwrap();
    symlink("/dev/zero", path("device.toml")).unwrap();
    symlink("pipe.toml", path("link.toml")).unwrap();
    for name in ["pipe.toml", "socket.toml", "device.toml", "link.toml"] {
        for loaded in [
            Config::load(&path(name)),
            Config::load_for(&path(name), "101"),
        ] {
            assert_eq!(
                fault(loaded, &folder),
                format!(
                    "{name}: the configuration file is no regular file; expected a file of text, or a link to one"
                )
            );
        }
    }
    symlink("file.toml", path("good.toml")).unwrap();
    for loaded in [
        Config::load(&path("good.toml")),
        Config::load_for(&path("good.toml"), "101"),
    ] {
        assert!(leads(&loaded.unwrap(), "101"));
    }
}

#[test]
fn of_what_is_not_utf_8_the_line_is_told() {
    let folder = folder("encoding", &[("main.toml", "")]);
    let main = folder.join("main.toml");
    let mut text = format!("{}{}# M", section("101"), section("102")).into_bytes();
    text.extend(b"\xfcller\n");
    fs::write(&main, text).unwrap();
    for (loaded, line) in [
        (Config::load(&main), 7),
        (Config::load_for(&main, "102"), 7),
    ] {
        assert_eq!(
            fault(loaded, &folder),
            format!(
                "main.toml: line {line}: the configuration file is not UTF-8 text; save it in that encoding"
            )
        );
    }
    // It is in what a call to 101 passes over.
    assert!(leads(&Config::load_for(&main, "101").unwrap(), "101"));
}

#[test]
fn a_folder_that_cannot_be_read_costs_only_those_who_may_be_in_it() {
    let goto = "[keys.goto]\n0 = \"102\"\n1 = \"103\"\n";
    let main = format!(
        "record = \"/x\"\ninclude = \"people\"\n{goto}{}{}{}",
        section("101"),
        section("102"),
        section("_1XX")
    );
    for (name, file) in [("missing", "main.toml"), ("file", "people")] {
        let folder = folder(
            &format!("no_folder_{name}"),
            &[(file, ""), ("main.toml", &main)],
        );
        let main = folder.join("main.toml");
        let expected = "main.toml: line 2: the included folder people cannot be read: ";
        for sound in ["101", "*101"] {
            let config = Config::load_for(&main, sound).unwrap();
            assert!(leads(&config, sound), "{name} {sound}");
            let told = config.set_aside()[0].to_string();
            assert!(
                told.replace(&format!("{}/", folder.display()), "")
                    .starts_with(expected),
                "{told}"
            );
            let targets: Vec<_> = config.keys.goto.values().collect();
            assert_eq!(targets, ["102"]);
            let again = read_again(&config);
            assert_eq!(again.destination(sound), config.destination(sound));
            assert_eq!(again.keys, config.keys);
        }
        // The folder may have the section that goes before the pattern _1XX.
        for lost in ["142", "*142", "999"] {
            let fault = fault(Config::load_for(&main, lost), &folder);
            assert!(fault.starts_with(expected), "{name} {lost}: {fault}");
        }
        assert!(fault(Config::load(&main), &folder).starts_with(expected));
    }
}

#[test]
fn a_key_leads_nowhere_where_its_extension_may_be_in_a_broken_file() {
    let (_, broken, _) = &broken_files()[0];
    let goto = "[keys.goto]\n0 = \"102\"\n1 = \"103\"\n2 = \"142\"\n";
    let folder = with_broken("broken_goto", goto, broken);
    let config = Config::load_for(&folder.join("main.toml"), "101").unwrap();
    let targets: Vec<_> = config.keys.goto.values().collect();
    assert_eq!(targets, ["102"]);
}

#[test]
fn an_extension_in_two_files_is_an_error_on_its_own_call() {
    let folder = with_broken("two_files", "", &section("102"));
    let main = folder.join("main.toml");
    assert_eq!(
        fault(Config::load_for(&main, "102"), &folder),
        "people/b.toml: line 1: extension \"102\" is configured twice; the other one is at people/a.toml:1, keep one"
    );
    assert!(
        Config::load_for(&main, "101")
            .unwrap()
            .set_aside()
            .is_empty()
    );
}

/// What was read for a call, read once more as from its recording.
fn read_again(config: &Config) -> Config {
    let read = config.sources().iter().map(|source| {
        let file = source.file().unwrap().to_owned();
        Source::quoted(source.as_str().to_owned(), file, 1, source.is_partial())
    });
    let read: Vec<_> = read.collect();
    Config::read_again(&read[0], &read[1..]).unwrap()
}

#[test]
fn what_was_read_for_a_call_is_the_same_when_it_is_read_again() {
    for (name, broken, _) in broken_files() {
        let more = "record = \"/x\"\n[keys.goto]\n0 = \"102\"\n1 = \"103\"\n2 = \"142\"\n";
        let folder = with_broken(&format!("again_{name}"), more, &broken);
        symlink("nowhere", folder.join("people/e.toml")).unwrap();
        let config = Config::load_for(&folder.join("main.toml"), "101").unwrap();
        let again = read_again(&config);
        assert_eq!(again.keys, config.keys);
        assert_eq!(again.destination("101"), config.destination("101"));
    }
}
