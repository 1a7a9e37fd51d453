//! The manual pages and the shells' completions, which are written from the command line's own
//! description: a test compares what stands in `config` with what they should be.

use std::{env, fs, path::Path};

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::{
    Man,
    roff::{Roff, bold, italic, roman},
};

use super::Cli;

/// Set to write the documents instead of comparing them.
const WRITE: &str = "VOICEAGENT_WRITE_DOCUMENTS";

#[test]
fn documents_say_what_the_command_line_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    for (name, document) in documents() {
        let file = folder.join(name);
        if env::var_os(WRITE).is_some() {
            fs::write(&file, &document).expect("it can be written");
        }
        let found = fs::read(&file).unwrap_or_default();
        assert!(
            found == document,
            "{} is not up to date: run {WRITE}=1 cargo test documents",
            file.display()
        );
    }
}

/// Debian's policy: package managers list packages a line each.
#[test]
fn a_line_has_room_for_what_the_package_is() {
    let synopsis = env!("CARGO_PKG_DESCRIPTION");
    assert!(synopsis.len() < 80, "{synopsis}");
    assert!(!synopsis.starts_with("An "), "{synopsis}");
}

/// All documents, by their place below `config`.
fn documents() -> Vec<(String, Vec<u8>)> {
    let mut documents = Vec::new();
    // There are no pages for help on help.
    let mut cli = Cli::command().disable_help_subcommand(true);
    for (shell, file) in [
        (Shell::Bash, "voiceagent.bash"),
        (Shell::Zsh, "_voiceagent"),
        (Shell::Fish, "voiceagent.fish"),
    ] {
        let mut script = Vec::new();
        generate(shell, &mut cli, "voiceagent", &mut script);
        documents.push((format!("completions/{file}"), script));
    }
    cli.build();
    documents.push(("man/voiceagent.1".to_owned(), program_page(&cli)));
    for command in cli.get_subcommands() {
        // clap's names live as long as the program; a test's may.
        let name: &str = format!("voiceagent-{}", command.get_name()).leak();
        let typed: &str = format!("voiceagent {}", command.get_name()).leak();
        let page = command
            .clone()
            .name(name)
            .bin_name(typed)
            .version(env!("CARGO_PKG_VERSION"));
        let mut text = Vec::new();
        Man::new(page)
            .render(&mut text)
            .expect("a page is only text");
        documents.push((format!("man/{name}.1"), text));
    }
    documents
}

/// The program's own page: what the command line knows, and what Asterisk has to do with it.
fn program_page(cli: &Command) -> Vec<u8> {
    let man = Man::new(cli.clone());
    let mut page = Vec::new();
    let render = |page: &mut Vec<u8>| -> std::io::Result<()> {
        man.render_title(page)?;
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)?;
        man.render_subcommands_section(page)?;
        around_it().to_writer(page)
    };
    render(&mut page).expect("a page is only text");
    page
}

/// The sections that the command line cannot know of.
fn around_it() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["IN THE DIALPLAN"]);
    roff.text([roman("In extensions.conf:")]);
    roff.control("nf", []);
    roff.text([roman(
        "exten => _[*0-9]X.,1,NoOp(${CALLERID(all)} calls ${EXTEN})",
    )]);
    roff.text([roman(" same => n,EAGI(voiceagent,${EXTEN})")]);
    roff.control("fi", []);
    roff.control("PP", []);
    roff.text([roman("The program leaves these variables:")]);
    for (name, meaning) in VARIABLES {
        entry(&mut roff, name, meaning);
    }
    roff.control("SH", ["FILES"]);
    for (name, meaning) in FILES {
        entry(&mut roff, name, meaning);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in ENVIRONMENT {
        entry(&mut roff, name, meaning);
    }
    roff.control("SH", ["EXIT STATUS"]);
    roff.text([
        roman("0: done. 1: failed, or "),
        italic("check"),
        roman(" found something. 2: wrong usage."),
    ]);
    roff
}

/// A name and what it means.
fn entry(roff: &mut Roff, name: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(meaning)]);
}

const VARIABLES: [(&str, &str); 4] = [
    (
        "VOICEAGENTSTATUS",
        "ANSWERED, VOICEMAIL, MAILBOX, HANGUP, CANCELLED, NOROUTE (the extension is not \
         configured), UNHANDLED (DIALSTATUS says something only the dialplan can answer) or FAILED.",
    ),
    ("VOICEAGENTKEY", "The key that acted, if any."),
    ("VOICEAGENTKEYSOURCE", "audio or signal."),
    ("VOICEAGENTCAUSE", "DIALSTATUS, VMSTATUS, or what failed."),
];

const FILES: [(&str, &str); 3] = [
    (
        "/etc/asterisk/voiceagent.toml",
        "The configuration; \"voiceagent check\" finds what is wrong in it.",
    ),
    (
        "/usr/share/asterisk/agi-bin/voiceagent",
        "The program, where Asterisk looks for it (astagidir in asterisk.conf).",
    ),
    (
        "/usr/share/doc/voiceagent/examples",
        "Complete files for chan_sip and for PJSIP, and a dialplan that carries the caller on when \
         the program fails.",
    ),
];

const ENVIRONMENT: [(&str, &str); 3] = [
    (
        "VOICEAGENT_CONFIG",
        "The configuration, where no --config is given; empty is as not set.",
    ),
    (
        "AST_CONFIG_DIR",
        "The configuration's folder, set by Asterisk.",
    ),
    (
        "AST_AGI_DIR",
        "Set by Asterisk: the program is an EAGI program then, whatever its arguments are.",
    ),
];
