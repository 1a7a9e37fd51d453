//! Mailboxes whose recordings may not be files: who plays their greeting.

use voiceagent::{
    config::{Config, Storage},
    session::{CallTime, Input, Output, Plan, Session},
    variant::Elsewhere,
};

use crate::support::CONFIG;

/// An Asterisk, by where its VoiceMail keeps what.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// Whether the modules for databases and for mail servers are loaded, `1` or `0` each.
    loaded: &'static str,
    /// What the module is that has the name of the one for files.
    variant: Option<Elsewhere>,
    /// Whether voicemail.conf can be asked, `1` or `0`, and its `imapgreetings`.
    mail_greetings: &'static str,
}

const FILES: Kept = Kept {
    loaded: "00",
    variant: None,
    mail_greetings: "1",
};

/// VoiceMail's arguments in a call that nobody answers, and whether a greeting was played before.
fn voice_mail(kept: Kept) -> (String, bool) {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = b"agi_extension: 101\nagi_enhanced: 1.0\nagi_threadid: 1\n\n";
    session.handle(CallTime::ZERO, Input::Agi(header));
    let mut plays = false;
    loop {
        let input = match session.poll_output().expect("the call goes on") {
            Output::Send(line) => {
                if let Some(arguments) = line.strip_prefix("EXEC VoiceMail ") {
                    return (arguments.trim().to_owned(), plays);
                }
                plays |= line.starts_with("STREAM FILE \"vm-intro");
                let value = match line.as_str() {
                    _ if line.contains("DIALSTATUS") => "NOANSWER",
                    _ if line.contains("app_voicemail_odbc.so") => kept.loaded,
                    _ if line.contains("imapgreetings") => kept.mail_greetings,
                    _ if line.contains("audioreadformat") => "alaw",
                    _ => "",
                };
                session.handle(
                    CallTime::ZERO,
                    Input::Agi(format!("200 result=0 ({value})\n").as_bytes()),
                );
                continue;
            }
            Output::LookUp { storage, .. } => match kept.variant {
                Some(variant) if storage == Storage::Auto => Input::Elsewhere(variant),
                _ => Input::Recorded(Default::default()),
            },
            _ => continue,
        };
        session.handle(CallTime::ZERO, input);
    }
}

#[test]
fn greetings_in_files_are_played_while_listening_wherever_the_messages_are() {
    for kept in [
        FILES,
        Kept {
            loaded: "01",
            ..FILES
        },
        Kept {
            variant: Some(Elsewhere::Mail),
            mail_greetings: "1no",
            ..FILES
        },
    ] {
        let expected = ("\"101@sales,s\"".to_owned(), true);
        assert_eq!(voice_mail(kept), expected, "{kept:?}");
    }
}

#[test]
fn greetings_elsewhere_are_left_to_voicemail() {
    let mail = Kept {
        loaded: "01",
        mail_greetings: "1yes",
        ..FILES
    };
    for kept in [
        Kept {
            loaded: "10",
            ..FILES
        },
        Kept {
            loaded: "11",
            ..FILES
        },
        Kept {
            variant: Some(Elsewhere::Database),
            ..FILES
        },
        mail,
        Kept {
            mail_greetings: "1On",
            ..mail
        },
        Kept {
            loaded: "00",
            variant: Some(Elsewhere::Mail),
            ..mail
        },
        // voicemail.conf cannot be asked.
        Kept {
            mail_greetings: "0",
            ..mail
        },
    ] {
        let expected = ("\"101@sales,u\"".to_owned(), false);
        assert_eq!(voice_mail(kept), expected, "{kept:?}");
    }
}
