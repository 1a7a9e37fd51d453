//! Where the program's own messages go.
//!
//! What receives them is set up only where something is to be logged: a call that logs nothing,
//! which is most calls, does not pay for it.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer, Registry,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};
use voiceagent::config::{LogTo, Logging};

use crate::append;

/// Sends messages where the configuration says.
///
/// # Errors
/// Why that cannot be; nothing is logged then.
pub(crate) fn start(logging: &Logging) -> Result<(), String> {
    let json = logging.json;
    let layer = match &logging.to {
        LogTo::Stderr => lines(json, io::stderr),
        LogTo::File(path) => {
            try_append(path)?;
            lines(json, LogFile(path.clone()))
        }
        LogTo::Journal => journal()
            .map_err(|error| format!("cannot log to the journal: {error}"))?
            .boxed(),
    };
    install(logging.level, layer);
    Ok(())
}

/// Sends messages to standard error, for whoever tries the program by hand.
pub(crate) fn start_on_terminal(level: LevelFilter) {
    let layer = fmt::layer()
        .with_writer(io::stderr)
        .without_time()
        .with_target(false)
        .log_internal_errors(false);
    install(level, layer.boxed());
}

/// Whether lines can be appended to this file.
///
/// # Errors
/// Why not.
pub(crate) fn try_append(path: &Path) -> Result<(), String> {
    match append::open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(cannot(path, &error)),
    }
}

/// How it is told that a file cannot be written.
pub(crate) fn cannot(path: &Path, error: &io::Error) -> String {
    format!("cannot log to {}: {error}", path.display())
}

/// Notes that a line was lost; of lines that are lost for the same reason the first counts.
pub(crate) fn failed(reason: String) {
    if let Ok(mut reasons) = FAILURES.lock()
        && !reasons.contains(&reason)
    {
        reasons.push(reason);
    }
}

/// Why lines were lost, if any were.
pub(crate) fn failures() -> Vec<String> {
    FAILURES
        .lock()
        .map(|reasons| reasons.clone())
        .unwrap_or_default()
}

type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

fn install(level: LevelFilter, layer: AnyLayer) {
    tracing_subscriber::registry()
        .with(layer)
        .with(level)
        .init();
}

/// A line for each message.
fn lines<W>(json: bool, writer: W) -> AnyLayer
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer()
        .with_writer(writer)
        .with_target(false)
        .log_internal_errors(false);
    if json {
        layer
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed()
    } else {
        layer.boxed()
    }
}

fn journal() -> io::Result<tracing_journald::Layer> {
    let layer = tracing_journald::layer()?;
    // As in `journalctl VOICEAGENT_EXTENSION=101`.
    Ok(layer
        .with_field_prefix(Some(FIELDS.to_owned()))
        .with_syslog_identifier(NAME.to_owned()))
}

/// The file at this path, whichever it is when a line is written.
struct LogFile(PathBuf);

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Write for &LogFile {
    /// Takes whole lines; a message comes as one.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        append::line(&self.0, line).inspect_err(|error| failed(cannot(&self.0, error)))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

static FAILURES: Mutex<Vec<String>> = Mutex::new(Vec::new());
const NAME: &str = "voiceagent";
const FIELDS: &str = "VOICEAGENT";
