use std::fs;

use crate::support::Installation;

/// Every file that is read.
const FILES: [&str; 11] = [
    "asterisk.conf",
    "extconfig.conf",
    "extensions.conf",
    "modules.conf",
    "pjsip.conf",
    "pjsip_wizard.conf",
    "sip.conf",
    "sorcery.conf",
    "users.conf",
    "voiceagent.toml",
    "voicemail.conf",
];

#[test]
fn whatever_a_file_holds_is_a_finding() {
    let binary: Vec<u8> = (0..100_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8)
        .collect();
    let hostile: [(&str, Vec<u8>); 6] = [
        ("binary", binary),
        ("long", [b"[users]\nexten => ".to_vec(), vec![b'['; 3 << 20]].concat()),
        ("zeros", vec![0; 1 << 16]),
        ("loop", "#include extensions.conf\n#include *.conf\n".repeat(50).into_bytes()),
        ("nested", ";--".repeat(10_000).into_bytes()),
        ("shapes", b"[a](+,+,!,)\n[](,)\n[a]()\n=\n+=\n\\\n#\n# x\n#include \"\n[b](a)\nexten=>,,\nsame=>\nexten=>_[,1,(\ninclude=>b\n101=>\n".to_vec()),
    ];
    for (kind, bytes) in hostile {
        let installation = Installation::new(&format!("hostile_{kind}"));
        for file in FILES {
            let before = fs::read(installation.path(file)).ok();
            installation.write(file, &bytes);
            let done = installation.run(&["--json"]);
            assert!(
                [0, 1].contains(&done.status),
                "{kind} {file}: {}",
                done.stderr
            );
            assert_eq!(done.stderr, "", "{kind} {file}");
            match before {
                Some(before) => installation.write(file, before),
                None => fs::remove_file(installation.path(file)).unwrap(),
            }
        }
    }
}

#[test]
fn files_that_include_each_other_are_one_error_where_it_is_too_deep() {
    let installation = Installation::new("hostile_include");
    installation.append("sip.conf", "#include more.conf\n");
    installation.write("more.conf", "\n#include sip.conf\n#include more.conf\n");
    // Each second level is sip.conf, and so is the eleventh.
    let line = installation.line("sip.conf", "#include");
    let place = format!("sip.conf:{line}");
    let found = installation.check();
    found.only(
        "error",
        &place,
        "more than 10 levels deep",
        "include itself",
    );
}

#[test]
fn a_folder_where_a_file_should_be_is_a_finding() {
    let installation = Installation::new("hostile_folder");
    for file in FILES {
        let path = installation.path(file);
        let before = fs::read(&path).ok();
        let _ = fs::remove_file(&path);
        fs::create_dir(&path).unwrap();
        assert_eq!(installation.run(&[]).status, 1, "{file}");
        fs::remove_dir(&path).unwrap();
        if let Some(before) = before {
            installation.write(file, before);
        }
    }
}

#[test]
fn findings_are_one_line_whatever_names_hold() {
    let installation = Installation::new("hostile_names");
    installation.append("voicemail.conf", "[x\u{1b}[2J\r\u{7}](no\tbody)\n");
    let done = installation.run(&[]);
    assert_eq!(done.stdout.lines().count(), 1, "{}", done.stdout);
    assert!(
        !done.stdout.trim_end().contains(char::is_control),
        "{:?}",
        done.stdout
    );
}
