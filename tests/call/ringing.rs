//! Keys while it rings, where the configuration lets Dial take them (its option `d`).

use voiceagent::{
    config::Config,
    session::{CallTime, Input, Output, Plan, Session},
};

use crate::support::CONFIG;

/// The commands of a call in which Dial is ended by this key.
fn commands_after(key: char) -> Vec<String> {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = "agi_enhanced: 1.0\nagi_context: users\nagi_extension: 101\nagi_priority: 2\n\n";
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let mut commands = Vec::new();
    loop {
        match session.poll_output().expect("the call goes on") {
            Output::Send(line) => {
                let reply = match line.trim_end() {
                    "GET VARIABLE DIALSTATUS" => "200 result=1 (CANCEL)\n".to_owned(),
                    dial if dial.starts_with("EXEC Dial") => {
                        format!("200 result={}\n", u32::from(key))
                    }
                    _ => "200 result=0\n".to_owned(),
                };
                session.handle(CallTime::ZERO, Input::Agi(reply.as_bytes()));
                commands.push(line.trim_end().to_owned());
            }
            Output::Finish(_) => return commands,
            _ => {}
        }
    }
}

#[test]
fn a_hash_goes_straight_to_the_beep_and_leaves_the_dialplan_where_it_was() {
    let commands = commands_after('#');
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    assert_eq!(
        commands[commands.len() - 3..],
        [
            "SET CONTEXT \"users\"",
            "SET EXTENSION \"101\"",
            "SET PRIORITY \"2\""
        ]
    );
}

#[test]
fn a_star_opens_the_mailbox_login() {
    let commands = commands_after('*');
    assert!(commands.contains(&"EXEC VoiceMailMain \"101@sales\"".to_owned()));
    assert_eq!(commands.last().map(String::as_str), Some("HANGUP"));
}

#[test]
fn a_key_that_means_nothing_is_the_dialplans() {
    let commands = commands_after('5');
    assert!(!commands.iter().any(|command| command.starts_with("EXEC V")));
    assert!(
        !commands
            .iter()
            .any(|command| command.starts_with("SET CONTEXT"))
    );
    assert!(commands.contains(&"SET VARIABLE VOICEAGENTSTATUS \"CANCELLED\"".to_owned()));
}
