//! What each of Asterisk's replies leads to.

use super::{
    Exit, FEIGNED, LOUD, Plan, Session,
    clock::CallTime,
    hearing::silence,
    listening::{Listening, Next, action},
    outcome::{Press, Status},
    overhearing,
    presses::Source,
    ringing::Caller,
    state::{AfterStop, DialEnded, Errand, Overheard, Progress, Role, State, position},
};
use crate::{
    agi::{Application, Argument, Command, Header, Reply, Variable},
    config::{Destination, Question, RingingKeys, Route},
    greeting::Kind,
    key::Key,
};

impl Session {
    pub(super) fn on_header(&mut self, header: &Header) {
        if let Some(caller) = overhearing::caller(header).filter(|_| !header.is_feigned()) {
            return self.overhear(caller);
        }
        self.role = Role::Serving;
        self.caller = Caller::new(header);
        let dialled = header.dialled();
        self.report.extension = dialled.to_owned();
        header.channel().clone_into(&mut self.report.channel);
        let unique_id = header.get("agi_uniqueid").unwrap_or_default();
        unique_id.clone_into(&mut self.report.unique_id);
        self.carries_audio = header.carries_audio();
        header.language().clone_into(&mut self.language);
        self.position = position(header);
        if header.is_feigned() {
            return self.close_with(Status::Failed, FEIGNED, Exit::Failure, LOUD);
        }
        let config = match &self.plan {
            Plan::Serve(config) => config,
            Plan::Refuse(reason) => {
                let reason = reason.clone();
                return self.close_with(Status::Failed, &reason, Exit::Failure, LOUD);
            }
        };
        let errand = match (config.destination(dialled), config.question(dialled)) {
            (Some(Destination::Person(route)), _) => Errand::Dial(route),
            (Some(Destination::Login(route)), _) => Errand::LogIn(route),
            (None, Some(question)) => Errand::LookUp(question),
            (None, None) => {
                return self.close(Status::NoRoute, "the extension is not configured");
            }
        };
        self.progress = Progress::To(errand.clone());
        let failed = Argument::readable(&Status::Failed.to_string());
        self.command(
            &Command::SetVariable(Variable::Status, failed),
            State::Opening(errand),
        );
    }

    /// Each state by itself: the order of these arms decides nothing.
    pub(super) fn on_reply(&mut self, now: CallTime, reply: &Reply) {
        let (result, value) = (reply.result(), reply.value());
        match self.state.take() {
            // The beginning.
            State::Opening(Errand::Dial(route)) => self.serve(route),
            State::Opening(Errand::LogIn(route)) => self.log_in(&route),
            State::Opening(Errand::LookUp(question)) => self.ask_route(question),
            State::AskingRoute(question) => self.on_route(&question, value),

            // Ringing.
            State::AnsweringFirst(route) => self.on_answered_first(route),
            State::AskingPressed(route) => self.on_pressed_before(route, value),
            State::TakingPress(route, key) => self.take_press(route, key),
            State::AskingPressFormat { route, key, next } => {
                self.on_press_format(now, (route, key, next), value);
            }
            State::AskingMeans(route) => self.on_means(route, value),
            State::ClearingPress(route) => self.announce_ringing(route),
            State::AnnouncingRinging(route) => self.originate(route),
            State::Originating(route) => self.on_originated(route, result),
            State::AskingOriginateStatus(route) => self.on_originate_status(route, value),
            State::Dialling(route) => self.on_dialled(route, result),
            State::EndingRinging { route, result } => self.ask_dial_status(route, result),
            State::AskingDialStatus { route, result } => {
                let status = value.to_owned();
                self.on_dial_status(DialEnded {
                    route,
                    result,
                    status,
                });
            }
            State::AskingDialPressed(ended) => self.on_dial_pressed(ended, value),
            State::AskingListener(ended) => self.end_listener(ended, value),
            State::EndingListener(ended) => self.on_dial_ended(ended),
            State::AskingDialExit(route) => self.on_dial_exit(route, value),

            // In the program that listens while it rings.
            State::AskingRinging(caller) => self.on_ringing(now, caller, value),
            State::AskingStillRinging(overhearing) => {
                self.on_still_ringing(now, overhearing, value);
            }
            State::SettingPressed(overhearing) => self.on_pressed_set(overhearing),
            State::AskingLastRinging(overhearing) => self.on_last_ringing(&overhearing, value),
            State::Redirecting => self.finish(Exit::Success),

            // The greeting.
            State::Answering { route, kind } => self.on_answered(route, kind),
            State::AskingStorage { route, kind } => self.on_storage(route, kind, value),
            State::AskingMailGreetings { route, kind } => {
                self.on_mail_greetings(route, kind, value);
            }
            State::AskingFormat {
                route,
                kind,
                recorded,
            } => self.listen(now, route, kind, &recorded, value),
            State::Playing(listening) => self.on_played(now, listening, reply),
            State::Stopping(listening, AfterStop::Settle(next)) => {
                self.settle(now, listening, next);
            }
            State::Stopping(listening, AfterStop::Go(next)) => self.check_caller(listening, next),
            State::Settling(listening, next, until) => {
                self.on_silence_played(now, (listening, next, until), result);
            }
            State::CheckingCaller(route, kind, next) => self.go(route, kind, next),

            // The mailbox, and the end.
            State::AskingExit { route } => self.on_exit_known(route, value),
            State::LeavingMessage(route) => self.on_message_left(route, result),
            State::AskingVmStatus { route, result } => {
                value.clone_into(&mut self.report.vm_status);
                self.on_vm_status(route, result, value);
            }
            State::AskingMailbox(route) => self.on_mailbox(&route, value),
            State::AskingVmExit(route) => self.on_vm_exit(route, value),
            State::LoggingIn => self.on_logged_in(result),
            State::Closing(rest, exit) => self.close_on(rest, exit),
            State::Rescuing => self.go_plain(),

            // No command is under way in these.
            state @ (State::Header
            | State::LookingUp { .. }
            | State::Overhearing(_)
            | State::Finished
            | State::Taken) => self.state = state,
        }
    }

    fn on_answered_first(&mut self, route: Route) {
        if route.ringing == RingingKeys::Heard && self.role != Role::Rescued {
            self.prepare_listener(route);
        } else {
            self.ring(route);
        }
    }

    fn on_dialled(&mut self, route: Route, result: i64) {
        match result {
            NOT_LOADED => self.lacks(Application::Dial),
            _ if self.overheard == Overheard::Now => self.end_ringing(route, result),
            _ => self.ask_dial_status(route, result),
        }
    }

    /// Dial has been left by a key, and the dialplan now stands at that key's extension.
    fn on_dial_exit(&mut self, route: Route, extension: &str) {
        match extension.parse() {
            Ok(key) => self.on_cancelled_by(route, key),
            Err(_) => self.close(Status::Cancelled, "CANCEL"),
        }
    }

    fn on_silence_played(
        &mut self,
        now: CallTime,
        (mut listening, next, until): (Listening, Next, CallTime),
        result: i64,
    ) {
        if result == 0 && now < until {
            return self.start(&silence(), State::Settling(listening, next, until));
        }
        if let Some(key) = Key::from_ascii(result) {
            self.signalled(now, &mut listening, key);
        }
        self.check_caller(listening, next);
    }

    /// Without an extension `a`, option d lets `*` through where the dialplan has any extension that
    /// begins with it.
    fn on_exit_known(&mut self, route: Route, exists: &str) {
        let options = if exists == "1" || !route.star {
            ""
        } else {
            "d"
        };
        self.voice_mail(route, options);
    }

    fn on_message_left(&mut self, route: Route, result: i64) {
        if result == NOT_LOADED {
            return self.lacks(Application::VoiceMail);
        }
        // Option d lets any digit out that an extension begins with, and VoiceMail answers it;
        // `*` is answered with 0. Who pressed a digit by mistake still wants to leave a message.
        if Key::from_ascii(result).is_some() {
            return self.voice_mail(route, "");
        }
        self.command(
            &Command::GetVariable(Variable::VmStatus),
            State::AskingVmStatus { route, result },
        );
    }

    fn on_logged_in(&mut self, result: i64) {
        if result == NOT_LOADED {
            self.lacks(Application::VoiceMailMain);
        } else {
            self.close(Status::Mailbox, "");
        }
    }

    fn ask_route(&mut self, question: Question) {
        self.command(
            &Command::LookUp(question.expression.clone()),
            State::AskingRoute(question),
        );
    }

    /// Asterisk has said where an extension leads that is not in the configuration.
    fn on_route(&mut self, question: &Question, answer: &str) {
        match self.config().answered(question, answer) {
            Ok(Some(Destination::Person(route))) => self.serve(route),
            Ok(Some(Destination::Login(route))) => self.log_in(&route),
            Ok(None) => self.close(Status::NoRoute, "the lookup knows no such extension"),
            Err(wrong) => self.close_with(Status::Failed, &wrong, Exit::Failure, LOUD),
        }
    }

    fn ask_dial_status(&mut self, route: Route, result: i64) {
        self.command(
            &Command::GetVariable(Variable::DialStatus),
            State::AskingDialStatus { route, result },
        );
    }

    fn on_dial_status(&mut self, ended: DialEnded) {
        // Whoever answers has ended what heard the caller, and no key counts any more.
        if self.overheard == Overheard::Now && ended.status != "ANSWER" {
            self.ask_pressed(ended);
        } else {
            self.on_dial_ended(ended);
        }
    }

    pub(super) fn on_dial_ended(&mut self, ended: DialEnded) {
        let DialEnded {
            route,
            result,
            status,
        } = ended;
        let status = status.as_str();
        status.clone_into(&mut self.report.dial_status);
        let kind = match status {
            "BUSY" => Kind::Busy,
            "NOANSWER" | "CHANUNAVAIL" | "CONGESTION" => Kind::Unavailable,
            "ANSWER" => return self.close(Status::Answered, status),
            "CANCEL" => return self.on_cancelled(route, result),
            _ => return self.close(Status::Unhandled, status),
        };
        if self.role == Role::Rescued {
            return self.leave_message(route, kind, true);
        }
        self.progress = Progress::Greeting(route.clone(), kind);
        self.start(&Command::Answer, State::Answering { route, kind });
    }

    /// Dial was ended by the caller: with a key, or by hanging up.
    fn on_cancelled(&mut self, route: Route, result: i64) {
        // The reply can be here before the signal that says the same.
        if self.hung_up.is_some() || result < 0 {
            return self.close(Status::HangUp, "CANCEL");
        }
        match Key::from_ascii(result) {
            Some(key) => self.on_cancelled_by(route, key),
            // With option g, Dial tells the key only by where it has taken the dialplan.
            None => self.start(&EXTENSION, State::AskingDialExit(route)),
        }
    }

    fn on_cancelled_by(&mut self, route: Route, key: Key) {
        match action(self.config(), &route, key) {
            Some(next) => {
                self.report.pressed(signalled(key), None);
                // Dial has moved the dialplan to the key's extension; what it is for, we do.
                self.moved = true;
                self.go(route, Kind::Unavailable, next);
            }
            // Dial asks only whether the key has an extension, not whether it acts for this route.
            None if route.ringing != RingingKeys::Off && self.config().keys.acts(key) => {
                self.moved = true;
                // Whoever heard the caller has been ended, and shall again.
                self.dial(route);
            }
            None => self.close(Status::Cancelled, "CANCEL"),
        }
    }

    fn go(&mut self, route: Route, kind: Kind, next: Next) {
        match next {
            Next::LeaveMessage { own_greeting } => self.leave_message(route, kind, own_greeting),
            Next::LogIn => self.log_in(&route),
            Next::Dial(extension) => match self.config().destination(&extension) {
                Some(Destination::Person(called)) => self.dial(called),
                Some(Destination::Login(_)) | None => self.leave_message(route, kind, false),
            },
        }
    }

    pub(super) fn dial(&mut self, route: Route) {
        match route.ringing {
            RingingKeys::Off => self.ring(route),
            RingingKeys::Signalled | RingingKeys::Heard => {
                self.progress = Progress::To(Errand::Dial(route.clone()));
                self.start(&Command::Answer, State::AnsweringFirst(route));
            }
        }
    }

    pub(super) fn ring(&mut self, route: Route) {
        route.section.clone_into(&mut self.report.route);
        self.reach(
            Progress::Dialled(route.clone()),
            &Command::Exec(Application::Dial, self.dial_arguments(&route)),
            State::Dialling(route),
        );
    }

    pub(super) fn leave_message(&mut self, route: Route, kind: Kind, own_greeting: bool) {
        if own_greeting {
            self.voice_mail(route, kind.option().encode_utf8(&mut [0; 4]));
        } else {
            self.voice_mail(route, "s");
        }
    }

    fn voice_mail(&mut self, route: Route, options: &str) {
        let arguments = match options {
            "" => route.mailbox.to_string(),
            options => format!("{},{options}", route.mailbox),
        };
        self.reach(
            Progress::Ending,
            &Command::Exec(Application::VoiceMail, Argument::readable(&arguments)),
            State::LeavingMessage(route),
        );
    }

    fn on_vm_status(&mut self, route: Route, result: i64, status: &str) {
        match status {
            "USEREXIT" if self.hung_up.is_none() => {
                self.command(&EXTENSION, State::AskingVmExit(route));
            }
            "FAILED" if self.hung_up.is_none() && result < 0 => self.voice_mail_failed(&route),
            "FAILED" if self.hung_up.is_none() => {
                let exists = format!("${{VM_INFO({},exists)}}", route.mailbox);
                self.command(
                    &Command::LookUp(Argument::readable(&exists)),
                    State::AskingMailbox(route),
                );
            }
            status => self.close(Status::VoiceMail, status),
        }
    }

    /// VoiceMail says FAILED as well where the mailbox is full, which the caller was told, and where
    /// the message was shorter than `minsecs`. Nobody shall hear the greeting again then.
    fn on_mailbox(&mut self, route: &Route, exists: &str) {
        if exists == "1" || self.hung_up.is_some() {
            self.close(Status::VoiceMail, "FAILED");
        } else {
            self.voice_mail_failed(route);
        }
    }

    fn voice_mail_failed(&mut self, route: &Route) {
        let cause = format!("VoiceMail failed for mailbox {}", route.mailbox);
        self.close(Status::Failed, &cause);
    }

    /// VoiceMail was left by a key of its own greeting.
    fn on_vm_exit(&mut self, route: Route, extension: &str) {
        // VoiceMail sends `*` to extension `a`; what that is for, we do ourselves.
        if extension == "a" && route.star && self.config().keys.login == Some(Key::STAR) {
            self.moved = true;
            self.report.pressed(signalled(Key::STAR), None);
            return self.log_in(&route);
        }
        self.close(Status::VoiceMail, "USEREXIT");
    }

    fn log_in(&mut self, route: &Route) {
        route.section.clone_into(&mut self.report.route);
        let mailbox = Argument::readable(&route.mailbox.to_string());
        self.reach(
            Progress::Ending,
            &Command::Exec(Application::VoiceMailMain, mailbox),
            State::LoggingIn,
        );
    }

    /// Asterisk does not have the application; only the dialplan may know another way.
    fn lacks(&mut self, application: Application) {
        let cause =
            format!("Asterisk has no application {application:?}: its module is not loaded");
        self.close(Status::Failed, &cause);
    }

    /// After a bug: what a plain script would do from here.
    fn go_plain(&mut self) {
        match self.progress.clone() {
            Progress::To(Errand::Dial(route)) => self.dial(route),
            Progress::To(Errand::LogIn(route)) => self.log_in(&route),
            Progress::To(Errand::LookUp(question)) => self.ask_route(question),
            Progress::Dialled(route) => self.command(
                &Command::GetVariable(Variable::DialStatus),
                State::AskingDialStatus { route, result: 0 },
            ),
            Progress::Greeting(route, kind) => self.leave_message(route, kind, true),
            Progress::NotStarted | Progress::Ending => {
                self.close(Status::Failed, "an error in the program");
            }
        }
    }
}

const fn signalled(key: Key) -> Press {
    Press {
        key,
        source: Source::Signal,
    }
}

/// What `EXEC` gives for an application that no loaded module has (`handle_exec` in res_agi).
pub(super) const NOT_LOADED: i64 = -2;
/// Where the dialplan is.
const EXTENSION: Command = Command::GetFullVariable("${EXTEN}");
