//! The program as Asterisk starts it: no subcommand, the call on descriptors 0, 1 and 3.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use voiceagent::{
    config::{Config, ConfigError},
    driver,
    session::{Exit, Plan},
};

/// Whether Asterisk started this process: then every argument is the dialplan's, whatever it
/// looks like, and none is read here (they are in the header as well).
pub(crate) fn is_started_by_asterisk() -> bool {
    env::var_os("AST_AGI_DIR").is_some()
}

/// Serves one call by the configuration in this file, or where it usually is.
pub(crate) fn run(config: Option<&Path>, started: Instant) -> ExitCode {
    let config = config.map_or_else(default_config, Path::to_owned);
    let plan = match load(&config) {
        Ok(config) => Plan::Serve(Box::new(config)),
        Err(error) => Plan::Refuse(error.to_string()),
    };
    let spool = env::var_os("AST_SPOOL_DIR").map_or_else(|| PathBuf::from(SPOOL), PathBuf::from);
    match driver::run(plan, spool, started) {
        Ok(Exit::Success) => ExitCode::SUCCESS,
        Ok(Exit::Failure) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!("cannot serve the call: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The configuration of the extension that the dialplan names, as `EAGI(voiceagent,${EXTEN})`
/// does; without a name, which the header will tell, all of it.
fn load(config: &Path) -> Result<Config, ConfigError> {
    let named = env::args_os().nth(1).filter(|_| is_started_by_asterisk());
    match named.as_deref().and_then(OsStr::to_str) {
        Some(extension) if !extension.is_empty() => Config::load_for(config, extension),
        _ => Config::load(config),
    }
}

/// The configuration to use where none is named.
pub(crate) fn default_config() -> PathBuf {
    if let Some(file) = env::var_os("VOICEAGENT_CONFIG") {
        return file.into();
    }
    let folder = env::var_os("AST_CONFIG_DIR").map_or_else(|| PathBuf::from(ETC), PathBuf::from);
    folder.join("voiceagent.toml")
}

/// Asterisk's spool folder where it does not tell (it always does).
const SPOOL: &str = "/var/spool/asterisk";
/// Asterisk's configuration folder where it does not tell.
pub(crate) const ETC: &str = "/etc/asterisk";
