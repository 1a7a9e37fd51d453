//! Where the greeting is that the caller shall hear.
//!
//! Greetings that are files are played here; all others VoiceMail alone can play.

use super::{FORMAT, Output, Session, state::State};
use crate::{
    agi::Command,
    asterisk_files::is_true,
    config::{Route, Storage},
    greeting::{Kind, Recorded},
    variant::Elsewhere,
};

impl Session {
    pub(super) fn on_answered(&mut self, route: Route, kind: Kind) {
        match self.config().greeting.storage {
            Storage::Files => self.look_up(route, kind, Storage::Files),
            Storage::Elsewhere => self.leave_message(route, kind, true),
            Storage::Auto => self.start(&STORAGE, State::AskingStorage { route, kind }),
        }
    }

    pub(super) fn on_storage(&mut self, route: Route, kind: Kind, loaded: &str) {
        match loaded {
            "01" => self.ask_mail_greetings(route, kind),
            _ if loaded.contains('1') => self.leave_message(route, kind, true),
            _ => self.look_up(route, kind, Storage::Auto),
        }
    }

    fn ask_mail_greetings(&mut self, route: Route, kind: Kind) {
        self.start(&MAIL_GREETINGS, State::AskingMailGreetings { route, kind });
    }

    pub(super) fn on_mail_greetings(&mut self, route: Route, kind: Kind, answer: &str) {
        match answer.strip_prefix('1') {
            Some(set) if !is_true(set) => self.look_up(route, kind, Storage::Files),
            // They are on the mail server, or Asterisk cannot tell.
            _ => self.leave_message(route, kind, true),
        }
    }

    fn look_up(&mut self, route: Route, kind: Kind, storage: Storage) {
        if self.hung_up.is_some() {
            return self.close_hung_up();
        }
        self.outputs.push_back(Output::LookUp {
            mailbox: route.mailbox.clone(),
            storage,
        });
        self.state = State::LookingUp { route, kind };
    }

    pub(super) fn on_elsewhere(&mut self, variant: Elsewhere) {
        match (self.state.take(), variant) {
            (State::LookingUp { route, kind }, Elsewhere::Database) => {
                self.leave_message(route, kind, true);
            }
            (State::LookingUp { route, kind }, Elsewhere::Mail) => {
                self.ask_mail_greetings(route, kind);
            }
            (state, _) => self.state = state,
        }
    }

    pub(super) fn on_recorded(&mut self, recorded: Recorded) {
        match self.state.take() {
            State::LookingUp { route, kind } => {
                // VoiceMail plays a temporary greeting whatever its options: were it played
                // here too, the caller would hear it twice.
                if recorded.temp.is_some() {
                    self.start(&HAS_EXIT, State::AskingExit { route });
                } else {
                    self.start(
                        &FORMAT,
                        State::AskingFormat {
                            route,
                            kind,
                            recorded,
                        },
                    );
                }
            }
            state => self.state = state,
        }
    }
}

/// Whether VoiceMail is the variant for a database, and whether it is the one for a mail server,
/// `1` or `0` each. Not where that module has the name of the one for files; the look-up tells then.
const STORAGE: Command = Command::GetFullVariable(
    "${IFMODULE(app_voicemail_odbc.so)}${IFMODULE(app_voicemail_imap.so)}",
);
/// What voicemail.conf sets for greetings to be on the mail server with the messages, behind a `1`:
/// without it Asterisk cannot tell.
const MAIL_GREETINGS: Command = Command::GetFullVariable(
    "${IFMODULE(func_config.so)}${AST_CONFIG(voicemail.conf,general,imapgreetings)}",
);
/// Whether VoiceMail finds extension `a` for a caller who presses `*`.
const HAS_EXIT: Command = Command::GetFullVariable("${DIALPLAN_EXISTS(${CONTEXT},a,1)}");
