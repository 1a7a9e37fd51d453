//! What would happen for one extension, and why.

use std::{
    fmt::{self, Write},
    path::Path,
};

use super::own::Own;
use crate::{
    config::{ConfigError, Destination, Question, RingingKeys, Route, Storage, nearest},
    key::Key,
};

/// What is known of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether it leads anywhere, or may, as far as this configuration knows.
    pub leads_somewhere: bool,
    /// Lines for a reader.
    pub text: String,
}

/// Tells what would happen for a caller who dials `extension`, by this configuration file.
///
/// # Errors
/// What is wrong with the configuration.
pub fn show(file: &Path, extension: &str) -> Result<Shown, ConfigError> {
    let own = Own::load(file)?;
    let mut text = String::new();
    let written = match own.config.destination(extension) {
        Some(Destination::Person(route)) => person(&mut text, &own, extension, &route),
        Some(Destination::Login(route)) => login(&mut text, &own, extension, &route),
        None => match own.config.question(extension) {
            Some(question) => asked(&mut text, &own, extension, &question),
            None => nowhere(&mut text, &own, extension),
        },
    };
    written.expect("a String takes all that is written");
    Ok(Shown {
        leads_somewhere: own.config.destination(extension).is_some()
            || own.config.question(extension).is_some(),
        text,
    })
}

fn person(out: &mut String, own: &Own, extension: &str, route: &Route) -> fmt::Result {
    let (spot, mailbox) = (own.extension(route), &route.mailbox);
    writeln!(out, "{extension}: {spot}: [extensions.{}]", route.section)?;
    writeln!(out, "  rings    Dial({})", route.dial.as_str())?;
    writeln!(
        out,
        "  answered, or the caller gave up: the call ends, never voicemail"
    )?;
    if own.config.greeting.storage == Storage::Elsewhere {
        return left_to_voicemail(out, own, route);
    }
    writeln!(
        out,
        "  busy: the busy greeting of {mailbox}, then VoiceMail({mailbox},s)"
    )?;
    writeln!(
        out,
        "  else: the unavailable greeting of {mailbox}, then VoiceMail({mailbox},s)"
    )?;
    let ringing = match route.ringing {
        RingingKeys::Off => "",
        RingingKeys::Signalled => " and, where Asterisk reports them, while it rings",
        RingingKeys::Heard => " and while it rings",
    };
    writeln!(out, "  keys in the greeting{ringing}:")?;
    actions(out, own, route)
}

/// The end of a call whose greeting is where VoiceMail alone can play it.
fn left_to_voicemail(out: &mut String, own: &Own, route: &Route) -> fmt::Result {
    let (spot, mailbox) = (own.spot(&["greeting", "storage"]), &route.mailbox);
    writeln!(out, "  busy: VoiceMail({mailbox},b)")?;
    writeln!(out, "  else: VoiceMail({mailbox},u)")?;
    writeln!(
        out,
        "  keys in the greeting: those of VoiceMail, which plays it ({spot}: storage = \"elsewhere\")"
    )?;
    let ringing = match route.ringing {
        RingingKeys::Off => return Ok(()),
        RingingKeys::Signalled => ", where Asterisk reports them",
        RingingKeys::Heard => "",
    };
    writeln!(out, "  keys while it rings{ringing}:")?;
    actions(out, own, route)
}

/// What each key does.
fn actions(out: &mut String, own: &Own, route: &Route) -> fmt::Result {
    let (keys, mailbox) = (&own.config.keys, &route.mailbox);
    match keys.login {
        Some(key) if route.star => writeln!(out, "    {key}  VoiceMailMain({mailbox})")?,
        Some(key) => writeln!(out, "    {key}  nothing: star = false for this extension")?,
        None => {}
    }
    if let Some(key) = keys.skip {
        writeln!(out, "    {key}  straight to the beep")?;
    }
    for (key, target) in &keys.goto {
        writeln!(out, "    {key}  extension {target}")?;
    }
    if !Key::ALL.into_iter().any(|key| keys.acts(key)) {
        writeln!(out, "    none")?;
    }
    Ok(())
}

fn login(out: &mut String, own: &Own, extension: &str, route: &Route) -> fmt::Result {
    let (spot, prefix) = (own.extension(route), own.config.login_prefix());
    writeln!(
        out,
        "{extension}: the login prefix \"{prefix}\" before {spot}: [extensions.{}]",
        route.section
    )?;
    writeln!(
        out,
        "  opens    VoiceMailMain({}), which asks for the PIN",
        route.mailbox
    )
}

fn asked(out: &mut String, own: &Own, extension: &str, question: &Question) -> fmt::Result {
    let (spot, expression) = (own.spot(&["lookup"]), question.expression.as_str());
    writeln!(out, "{extension}: {spot}: asks Asterisk for {expression}")?;
    let known = if question.login {
        "opens    VoiceMailMain of the mailbox there"
    } else {
        "rings    whom it names"
    };
    writeln!(out, "  {known}")?;
    writeln!(out, "  empty    VOICEAGENTSTATUS=NOROUTE; nobody is rung")
}

fn nowhere(out: &mut String, own: &Own, extension: &str) -> fmt::Result {
    let mut routes = own.config.routes();
    if let Some(sample) = routes.find(|route| route.section == extension) {
        return writeln!(
            out,
            "{extension}: {}: a pattern, which nobody dials; one that it takes is {}",
            own.extension(sample),
            sample.extension
        );
    }
    let near = own.config.routes().map(|route| route.section.as_str());
    let hint = nearest(extension, near)
        .map(|near| format!("; the nearest is {near}"))
        .unwrap_or_default();
    writeln!(
        out,
        "{extension}: not in {}{hint}\n  ends     VOICEAGENTSTATUS=NOROUTE; nobody is rung",
        own.file.display()
    )
}
