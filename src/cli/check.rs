//! `voiceagent check`: what would not work, said before a caller finds it.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use voiceagent::check::{self, Finding, Severity};

use super::{Common, ended, failed, output::Data};
use crate::agent;

/// Checks the configuration against itself and against Asterisk's own files
///
/// One line for each finding: FILE:LINE: how bad: what is wrong; how to mend it. Nothing is executed
/// or changed, and nothing is read but the configuration, Asterisk's configuration folder, and the
/// folders that its asterisk.conf names. Exit status: 0 clean (there may be notes), 1 findings, 2
/// wrong usage.
#[derive(Args)]
#[command(after_help = "Examples:
  voiceagent check
  voiceagent check --asterisk-dir /srv/pbx/etc/asterisk --json
  voiceagent check --show 101

In JSON each line is an object: severity (error, warning or note), file, line (or null), message,
remedy.")]
pub(super) struct Arguments {
    /// Asterisk's configuration folder, else $AST_CONFIG_DIR or /etc/asterisk; voiceagent.toml is
    /// looked for there as well
    #[arg(long, value_name = "DIR")]
    asterisk_dir: Option<PathBuf>,
    /// One JSON object a line instead of text
    #[arg(long)]
    json: bool,
    /// Only tell what would happen for this extension, and why
    #[arg(long, value_name = "EXTENSION", conflicts_with = "json")]
    show: Option<String>,
}

/// Checks, or shows, and prints.
pub(super) fn run(arguments: &Arguments, common: &Common) -> ExitCode {
    let config = match (&common.config, &arguments.asterisk_dir) {
        (Some(file), _) => file.clone(),
        (None, Some(folder)) => folder.join("voiceagent.toml"),
        (None, None) => agent::default_config(),
    };
    let mut out = BufWriter::new(Data::new());
    let (written, is_clean) = if let Some(extension) = &arguments.show {
        match check::show(&config, extension) {
            Ok(shown) => (out.write_all(shown.text.as_bytes()), shown.leads_somewhere),
            Err(error) => return failed(&error),
        }
    } else {
        let folder = arguments.asterisk_dir.clone();
        let folder = folder.unwrap_or_else(agent::config_folder);
        let findings = check::check(&config, &folder);
        let is_clean = findings.iter().all(|f| f.severity == Severity::Note);
        (write_all(&findings, arguments.json, &mut out), is_clean)
    };
    let status = if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    ended(written.and_then(|()| out.flush()), status)
}

fn write_all(findings: &[Finding], json: bool, out: &mut impl Write) -> io::Result<()> {
    for finding in findings {
        if json {
            serde_json::to_writer(&mut *out, finding)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{finding}")?;
        }
    }
    Ok(())
}
