//! Routes that are kept elsewhere: in AstDB, a database, whatever a dialplan function can read.

use super::{
    raw::{DEFAULT_WAIT, WAIT},
    ringing::{Defaults, RingingKeys},
    route::{BadValue, Route, Section, is_dialled},
    template::Template,
};
use crate::agi::{Argument, Plain};

/// An expression that Asterisk evaluates to somebody's route, such as `${DB(route/${EXTEN})}`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lookup {
    expression: Template,
    /// Options of Dial.
    options: String,
    ringing: RingingKeys,
}

/// What is to be asked for an extension that is not in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whose route it is: what was dialled, without the login prefix.
    pub extension: String,
    /// Whether the login prefix was dialled before it.
    pub login: bool,
    /// What Asterisk evaluates.
    pub expression: Argument,
}

impl Lookup {
    pub(super) fn new(expression: &str, defaults: &Defaults) -> Result<Self, String> {
        let template = Template::new(expression);
        if template.is_fixed() || !expression.starts_with("${") {
            return Err(format!(
                "lookup \"{expression}\" asks nothing of an extension; expected a dialplan function with ${{EXTEN}}, such as \"${{DB(route/${{EXTEN}})}}\""
            ));
        }
        Argument::new(&template.fill(&"0".repeat(Plain::MAX)))
            .map_err(|error| format!("lookup \"{expression}\" cannot be sent: {error}"))?;
        Ok(Self {
            expression: template,
            options: defaults.options.clone(),
            ringing: defaults.ringing,
        })
    }

    /// What to ask for this extension; none for what nobody can dial, which must not come to
    /// stand in an expression.
    pub(super) fn question(&self, extension: &str, login: bool) -> Option<Question> {
        if extension.is_empty() || extension.len() > Plain::MAX || !is_dialled(extension) {
            return None;
        }
        Some(Question {
            extension: extension.to_owned(),
            login,
            expression: Argument::new(&self.expression.fill(extension)).ok()?,
        })
    }

    /// The route that an answer describes: `DIAL,SECONDS,MAILBOX`, where the seconds can be empty.
    pub(super) fn route(&self, question: &Question, answer: &str) -> Result<Route, String> {
        let extension = question.extension.as_str();
        let wrong = |what: &str| {
            format!(
                "the lookup for {extension} gave \"{answer}\": {what}; expected DIAL,SECONDS,MAILBOX such as \"PJSIP/bob,20,101@sales\""
            )
        };
        let fields: Vec<&str> = answer.split(',').map(str::trim).collect();
        let [dial, seconds, mailbox] = fields[..] else {
            return Err(wrong(&format!("it has {} fields", fields.len())));
        };
        let wait = match seconds {
            "" => DEFAULT_WAIT,
            seconds => seconds
                .parse()
                .ok()
                .filter(|seconds| WAIT.contains(seconds))
                .ok_or_else(|| wrong(&format!("\"{seconds}\" is no number of seconds to ring")))?,
        };
        let section = Section {
            name: extension.to_owned(),
            dial: Template::new(dial),
            wait,
            options: self.options.clone(),
            mailbox: Template::new(mailbox),
            star: true,
            ringing: self.ringing,
        };
        section
            .route(extension)
            .map_err(|(BadValue::Dial(message) | BadValue::Mailbox(message))| wrong(&message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Defaults {
        Defaults {
            options: "g".to_owned(),
            ringing: RingingKeys::Off,
        }
    }

    fn lookup() -> Lookup {
        Lookup::new("${ODBC_ROUTE(${EXTEN})}", &defaults()).expect("it asks something")
    }

    #[test]
    fn the_extension_stands_in_the_expression() {
        let question = lookup().question("142", true).expect("it can be dialled");
        assert_eq!(question.expression.as_str(), "${ODBC_ROUTE(142)}");
        assert!(question.login);
    }

    #[test]
    fn nothing_else_than_what_can_be_dialled_is_asked_for() {
        let long = "1".repeat(80);
        for hostile in [
            "", "1)}", "${X}", "1,2", "a", "1 ", "1\n", "1/2", "../1", &long,
        ] {
            assert_eq!(lookup().question(hostile, false), None, "{hostile:?}");
        }
    }

    #[test]
    fn an_answer_is_who_how_long_and_whose_mailbox() {
        let question = lookup().question("142", false).expect("it can be dialled");
        for (answer, dial) in [
            ("PJSIP/bob,5,101@sales", "PJSIP/bob,5,g"),
            (
                "PJSIP/bob&PJSIP/${EXTEN}, ,101@sales",
                "PJSIP/bob&PJSIP/142,20,g",
            ),
        ] {
            let route = lookup().route(&question, answer).expect("it is a route");
            assert_eq!(route.dial.as_str(), dial);
            assert_eq!(route.mailbox.to_string(), "101@sales");
        }
    }

    #[test]
    fn an_answer_that_is_no_route_is_told_with_what_is_wrong() {
        let question = lookup().question("142", false).expect("it can be dialled");
        for (answer, expected) in [
            ("PJSIP/bob", "it has 1 fields"),
            ("PJSIP/bob,5,101@sales,s", "it has 4 fields"),
            ("bob,5,101@sales", "dial \"bob\" is not TECHNOLOGY/PEER"),
            (
                "PJSIP/bob,0,101@sales",
                "\"0\" is no number of seconds to ring",
            ),
            ("PJSIP/bob,5,101", "mailbox \"101\" has no context"),
            ("PJSIP/${X},5,1@s", "has a variable"),
        ] {
            let error = lookup().route(&question, answer).expect_err(answer);
            assert!(error.contains(expected), "{answer}: {error}");
        }
    }

    #[test]
    fn an_expression_that_asks_nothing_is_refused() {
        for expression in ["", "route", "${DB(route)}", "route ${EXTEN}"] {
            assert!(
                Lookup::new(expression, &defaults()).is_err(),
                "{expression}"
            );
        }
        let long = format!("${{EXTEN}}{}", "x".repeat(Argument::MAX - Plain::MAX + 1));
        assert!(Lookup::new(&long, &defaults()).is_err());
    }
}
