//! The program as Asterisk starts it: no subcommand, the call on descriptors 0, 1 and 3.

use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use tracing::{error, level_filters::LevelFilter, warn};
use voiceagent::{
    agi::{Argument, Command},
    config::{Config, ConfigError, LogTo, Logging},
    driver::{self, Audio, Recorder},
    session::{CallTime, Exit, Input, Plan, Session},
};

use crate::{call_log, logging, sandbox};

/// Whether Asterisk started this process: then every argument is the dialplan's, whatever it
/// looks like, and none is read here (they are in the header as well).
pub(crate) fn is_started_by_asterisk() -> bool {
    env::var_os("AST_AGI_DIR").is_some()
}

/// Who sees what this program writes to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stderr {
    /// Mostly nobody: it is Asterisk's, and what matters goes to the console by `VERBOSE`.
    Asterisk,
    /// Somebody who tries the program by hand.
    Person {
        /// Whether they want to see all of it.
        all: bool,
    },
}

/// Tells the session, and the recording that it was told, before the call begins.
fn begin_with(session: &mut Session, recorder: &mut Option<Recorder>, input: Input<'_>) {
    if let Some(recorder) = recorder {
        recorder.input(CallTime::ZERO, &input);
    }
    session.handle(CallTime::ZERO, input);
}

/// Serves one call by the configuration in this file, or where it usually is; nothing where no
/// header told of a call, which is a failure.
pub(crate) fn run(config: Option<&Path>, stderr: Stderr, started: Instant) -> Option<ExitCode> {
    let audio = Audio::open();
    let plan = plan(config);
    let config = match &plan {
        Plan::Serve(config) => Some(config.as_ref()),
        Plan::Refuse(_) => None,
    };
    let logging = config.map(|config| config.logging.clone());
    let wants_sandbox = config.is_some_and(|config| config.sandbox);
    let set_aside = config.map_or_else(Vec::new, |config| config.set_aside().to_vec());
    // Before the sandbox, in which no process can be started.
    let mut recorder = config.and_then(|config| Recorder::new(config, call_log::now));
    let mut session = Session::new(plan);
    if let Err(reason) = start_logging(logging.as_ref(), stderr) {
        warn!("{reason}");
        begin_with(&mut session, &mut recorder, Input::Unlogged(&reason));
    }
    for fault in &set_aside {
        warn!("passed over, since this call does without: {fault}");
    }
    // Who tries the program by hand may do so from a terminal, which needs a thread.
    if wants_sandbox
        && stderr == Stderr::Asterisk
        && let Err(reason) = sandbox::enter(&logs(logging.as_ref()))
    {
        warn!("{reason}");
        begin_with(&mut session, &mut recorder, Input::Unconfined(&reason));
    }
    let spool = env::var_os("AST_SPOOL_DIR").map_or_else(|| PathBuf::from(SPOOL), PathBuf::from);
    let (exit, session) = match driver::run(session, audio, recorder, spool, started) {
        Ok(served) => served,
        Err(error) => {
            error!("cannot serve the call: {error}");
            return Some(ExitCode::FAILURE);
        }
    };
    if let Some(file) = logging.and_then(|logging| logging.calls) {
        log_call(&file, &session, started.elapsed());
    }
    tell_failures(&session);
    match exit {
        Exit::Success => Some(ExitCode::SUCCESS),
        Exit::Failure if session.told().is_none() => None,
        Exit::Failure => Some(ExitCode::FAILURE),
    }
}

/// What can be done by the configuration in this file, or where it usually is.
fn plan(config: Option<&Path>) -> Plan {
    let config = config.map_or_else(default_config, Path::to_owned);
    match load(&config) {
        Ok(config) => Plan::Serve(Box::new(config)),
        Err(error) => Plan::Refuse(error.to_string()),
    }
}

/// Makes ready what the configuration wants logged; says why, where that cannot be.
fn start_logging(logging: Option<&Logging>, stderr: Stderr) -> Result<(), String> {
    let all = stderr == Stderr::Person { all: true };
    let started = logging
        .filter(|logging| logging.level != LevelFilter::OFF && !all)
        .map(logging::start);
    if let Stderr::Person { all } = stderr
        && started != Some(Ok(()))
    {
        logging::start_on_terminal(if all {
            LevelFilter::DEBUG
        } else {
            LevelFilter::WARN
        });
    }
    started.unwrap_or(Ok(()))?;
    let calls = logging.and_then(|logging| logging.calls.as_deref());
    calls.map_or(Ok(()), logging::try_append)
}

/// The files that the configuration wants written.
fn logs(logging: Option<&Logging>) -> Vec<&Path> {
    let Some(Logging { to, calls, .. }) = logging else {
        return Vec::new();
    };
    let log = match to {
        LogTo::File(file) => Some(file.as_path()),
        LogTo::Stderr | LogTo::Journal => None,
    };
    log.into_iter().chain(calls.as_deref()).collect()
}

/// Appends the call's line, if this program is the one that tells of the call.
fn log_call(file: &Path, session: &Session, took: Duration) {
    let Some(report) = session.told() else {
        return;
    };
    if let Err(error) = call_log::write(file, report, took) {
        let reason = logging::cannot(file, &error);
        warn!("{reason}");
        logging::failed(reason);
    }
}

/// Says why lines of logs were lost. What the closing line has told is not told again.
fn tell_failures(session: &Session) {
    let told = &session.report().unlogged;
    let failures = logging::failures();
    let untold = failures.iter().filter(|reason| !told.contains(*reason));
    untold.for_each(|reason| tell(reason));
}

/// Says on the console what happened after the closing line. Nobody waits for Asterisk's reply.
fn tell(reason: &str) {
    let text = Argument::readable(&format!("voiceagent: {reason}"));
    let line = format!("{}\n", Command::Verbose(text, 1));
    // Asterisk may have gone meanwhile.
    let _ = io::stdout().lock().write_all(line.as_bytes());
}

/// The configuration of the extension that the dialplan names, as `EAGI(voiceagent,${EXTEN})`
/// does; without a name, which the header will tell, all of it.
fn load(config: &Path) -> Result<Config, ConfigError> {
    let named = env::args_os().nth(1).filter(|_| is_started_by_asterisk());
    match named.as_deref().and_then(OsStr::to_str).map(str::trim) {
        Some(extension) if !extension.is_empty() => Config::load_for(config, extension),
        _ => Config::load(config),
    }
}

/// The configuration to use where no option names one.
pub(crate) fn default_config() -> PathBuf {
    named_config().unwrap_or_else(usual_config)
}

/// The configuration that the environment names, if it does.
pub(crate) fn named_config() -> Option<PathBuf> {
    let file = env::var_os("VOICEAGENT_CONFIG")?;
    (!file.is_empty()).then(|| file.into())
}

/// The configuration in its usual place.
pub(crate) fn usual_config() -> PathBuf {
    config_folder().join("voiceagent.toml")
}

/// Asterisk's configuration folder.
pub(crate) fn config_folder() -> PathBuf {
    env::var_os("AST_CONFIG_DIR").map_or_else(|| PathBuf::from(ETC), PathBuf::from)
}

/// Asterisk's spool folder where it does not tell (it always does).
const SPOOL: &str = "/var/spool/asterisk";
/// Asterisk's configuration folder where it does not tell.
const ETC: &str = "/etc/asterisk";
