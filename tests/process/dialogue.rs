//! Descriptors 0 and 1, and the signal.

use crate::support::{Agent, Audio};

#[test]
fn a_call_runs_to_its_end_and_only_commands_are_said() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    let verbs = [
        "ANSWER", "CHANNEL", "EXEC", "GET", "SAY", "SET", "STREAM", "VERBOSE",
    ];
    for command in &commands {
        let verb = command.split(' ').next().unwrap();
        assert!(verbs.contains(&verb), "{command}");
    }
}

#[test]
fn there_is_no_thread_besides_the_main_one() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    assert_eq!(agent.threads(), 1);
}

#[test]
fn a_hang_up_while_it_rings_ends_it_without_another_exec() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("EXEC Dial");
    agent.hang_up();
    agent.say("200 result=-1\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(!commands.iter().any(|command| command.starts_with("EXEC")));
    assert!(commands.contains(&"SET VARIABLE VOICEAGENTSTATUS \"HANGUP\"".to_owned()));
}

#[test]
fn a_hang_up_while_it_rings_is_one_though_its_signal_is_still_to_come() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("EXEC Dial");
    agent.say("200 result=-1\n");
    agent.answer_until("GET VARIABLE DIALSTATUS");
    agent.say("200 result=1 (CANCEL)\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"SET VARIABLE VOICEAGENTSTATUS \"HANGUP\"".to_owned()));
}

#[test]
fn a_hang_up_without_a_reply_ends_it_too() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    agent.hang_up();
    assert!(agent.wait().success());
}

#[test]
fn a_hang_up_ends_it_where_nothing_more_comes_on_what_is_no_pipe() {
    let mut agent = Agent::start_on_socket();
    agent.header();
    agent.answer_until("STREAM FILE");
    agent.hang_up();
    assert!(agent.wait().success());
}

#[test]
fn a_channel_that_is_dead_without_a_signal_ends_it() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    agent.say("200 result=-1 endpos=800\n");
    assert_eq!(agent.command(), "CHANNEL STATUS");
    agent.say("511 Command Not Permitted on a dead channel or intercept routine\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(!commands.iter().any(|command| command.starts_with("EXEC")));
}

#[test]
fn when_asterisk_is_gone_so_is_the_program() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("EXEC Dial");
    agent.close();
    assert!(agent.wait().success());
}

#[test]
fn without_a_configuration_the_console_is_told_and_the_dialplan_goes_on() {
    for (config, expected) in [
        ("", "does not exist"),
        ("[extensions.101]\ndial = 5\n", "line 2: "),
    ] {
        let mut agent = Agent::start_with(config, Audio::Pipe);
        agent.header();
        let (commands, status) = agent.answer_to_the_end();
        assert_eq!(status.code(), Some(1));
        let verbose = commands.last().unwrap();
        assert!(
            verbose.starts_with("VERBOSE \"voiceagent: 101 FAILED (")
                && verbose.contains("voiceagent.toml: ")
                && verbose.contains(expected),
            "{verbose}"
        );
        assert!(!commands.iter().any(|command| command.starts_with("EXEC")));
    }
}

#[test]
fn hostile_values_in_the_header_reach_no_command() {
    let mut agent = Agent::start(Audio::Pipe);
    let evil = "x\" \\\" ${SHELL(id)}\r${X}";
    agent.say(&format!(
        "agi_enhanced: 1.0\nagi_callerid: {evil}\nagi_calleridname: {}\nagi_extension: {evil}\nagi_threadid: 1\n\n",
        "y".repeat(10_000)
    ));
    let (commands, _) = agent.answer_to_the_end();
    for command in commands {
        assert!(command.len() < 2_048);
        let told = command.starts_with("VERBOSE");
        assert!(told || !command.contains("SHELL"), "{command}");
    }
}
