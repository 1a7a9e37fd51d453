use std::fs;

use crate::support::Installation;

#[test]
fn a_mailbox_that_is_not_there_is_an_error_that_names_the_nearest() {
    let installation = Installation::new("boxes_missing");
    installation.replace("voiceagent.toml", "102@sales", "112@sales");
    let line = installation.line("voiceagent.toml", "112@sales");
    let place = format!("voiceagent.toml:{line}");
    let found = installation.check();
    found.only(
        "error",
        &place,
        "112@sales is not in voicemail.conf",
        "did you mean \"1",
    );
}

#[test]
fn the_right_number_in_the_wrong_context_is_told() {
    let installation = Installation::new("boxes_context");
    installation.replace("voiceagent.toml", "102@sales", "102@default");
    let place = format!(
        "voiceagent.toml:{}",
        installation.line("voiceagent.toml", "102@default")
    );
    installation.check().only(
        "error",
        &place,
        "102@default is not",
        "did you mean \"102@sales\"?",
    );
}

#[test]
fn mailboxes_in_included_files_and_templates_are_found() {
    let installation = Installation::new("boxes_included");
    installation.write(
        "voicemail.conf",
        "[boxes](!)\n101 => 77,Bob\n[sales](boxes) ; Bob\n#include \"vm.d/*.conf\"\n",
    );
    installation.write("vm.d/peter.conf", ";-- 103 => 9\n--;102 => 78,Peter\n");
    installation.check().nothing();
}

#[test]
fn an_alias_is_no_mailbox_to_voicemail() {
    let installation = Installation::new("boxes_alias");
    installation.write(
        "voicemail.conf",
        "[general]\naliasescontext=short\n[sales]\n101 => 77,Bob\n[short]\n102@sales => 101@sales\n",
    );
    let line = installation.line("voiceagent.toml", "102@sales");
    installation.check().only(
        "error",
        &format!("voiceagent.toml:{line}"),
        "102@sales is an alias, which VoiceMail does not take",
        "write \"101@sales\"",
    );
}

#[test]
fn where_contexts_are_searched_the_number_is_enough_for_voicemail_alone() {
    let installation = Installation::new("boxes_searched");
    installation.replace("voiceagent.toml", "102@sales", "102@office");
    installation
        .check()
        .has("error", "voiceagent.toml:12", "102@office is not", "");
    installation.replace(
        "voicemail.conf",
        "format=wav",
        "format=wav\nsearchcontexts=yes",
    );
    installation.check().only(
        "warning",
        "voiceagent.toml:12",
        "takes 102@office for 102@sales, whose greetings are in another folder",
        "write \"102@sales\"",
    );
    installation.replace("voiceagent.toml", "102@office", "109@office");
    installation
        .check()
        .has("error", "voiceagent.toml:12", "109@office is not", "");
}

#[test]
fn a_context_in_other_letters_is_a_warning_where_greetings_are_files() {
    let installation = Installation::new("boxes_letters");
    installation.replace("voiceagent.toml", "102@sales", "102@Sales");
    installation.check().only(
        "warning",
        "voiceagent.toml:12",
        "takes 102@Sales for 102@sales",
        "write \"102@sales\"",
    );
    // VoiceMail plays those itself.
    installation.append("voiceagent.toml", "\n[greeting]\nstorage = \"elsewhere\"\n");
    installation.replace(
        "voicemail.conf",
        "format=wav",
        "format=wav\nodbcstorage=asterisk",
    );
    fs::rename(
        installation.path("../modules/app_voicemail.so"),
        installation.path("../modules/app_voicemail_odbc.so"),
    )
    .unwrap();
    installation.check().nothing();
}

#[test]
fn users_with_voicemail_have_mailboxes() {
    let installation = Installation::new("boxes_users");
    installation.replace("voiceagent.toml", "101@sales", "301@default");
    installation.replace("voiceagent.toml", "102@sales", "302@default");
    installation.write(
        "users.conf",
        "[general]\nhasvoicemail = yes\n[301]\n[302]\nhasvoicemail = no\n",
    );
    installation
        .check()
        .only("error", "voiceagent.toml:12", "302@default is not", "");
    installation.replace("users.conf", "[302]\nhasvoicemail = no\n", "[302]\n");
    installation.check().nothing();
    // They can be in another context.
    installation.replace(
        "voicemail.conf",
        "format=wav",
        "format=wav\nuserscontext=people",
    );
    let found = installation.check();
    found.has(
        "error",
        "voiceagent.toml:7",
        "301@default is not",
        "\"301@people\"",
    );
}

#[test]
fn without_voicemail_conf_there_is_no_mailbox() {
    let installation = Installation::new("boxes_none");
    fs::remove_file(installation.path("voicemail.conf")).unwrap();
    installation
        .check()
        .only("error", "voicemail.conf", "no voicemail.conf", "create it");
}

#[test]
fn mailboxes_in_a_database_are_a_note() {
    let installation = Installation::new("boxes_realtime");
    installation.write("extconfig.conf", "[settings]\nvoicemail => odbc,asterisk\n");
    fs::remove_file(installation.path("voicemail.conf")).unwrap();
    installation
        .check()
        .only("note", "extconfig.conf:2", "in a database", "compare");
}

#[test]
fn a_pin_that_anybody_would_try_is_a_warning_that_does_not_tell_it() {
    let installation = Installation::new("boxes_pin");
    installation.write(
        "voicemail.conf",
        "[sales]\n101 => -101,Bob\n102 => ,Peter\n103 => 8642,Anna\n",
    );
    let found = installation.check();
    assert_eq!(found.count("warning"), 2, "{found}");
    found.has(
        "warning",
        "voicemail.conf:2",
        "101@sales has its own number",
        "set a PIN",
    );
    found.has(
        "warning",
        "voicemail.conf:3",
        "102@sales has no PIN",
        "set a PIN",
    );
    // Then voicemail.conf holds only the first PIN.
    installation.append("voicemail.conf", "[general]\npasswordlocation=spooldir\n");
    installation.check().nothing();
}

#[test]
fn greetings_elsewhere_than_storage_says_are_a_warning() {
    let installation = Installation::new("boxes_storage");
    fs::remove_file(installation.path("../modules/app_voicemail.so")).unwrap();
    installation.write("../modules/app_voicemail_odbc.so", "a module");
    installation.replace(
        "voicemail.conf",
        "format=wav",
        "format=wav\nodbcstorage=asterisk",
    );
    installation.check().nothing();
    installation.append("voiceagent.toml", "\n[greeting]\nstorage = \"files\"\n");
    let place = format!(
        "voiceagent.toml:{}",
        installation.line("voiceagent.toml", "storage")
    );
    let found = installation.check();
    found.only("warning", &place, "keeps greetings elsewhere", "auto");

    installation.replace("voicemail.conf", "\nodbcstorage=asterisk", "");
    installation.check().nothing();
    installation.replace("voiceagent.toml", "\"files\"", "\"elsewhere\"");
    installation
        .check()
        .only("warning", &place, "greetings in files", "auto");
}

#[test]
fn storage_in_a_database_counts_only_where_its_module_runs() {
    let installation = Installation::new("boxes_module");
    installation.replace(
        "voicemail.conf",
        "format=wav",
        "format=wav\nodbcstorage=asterisk",
    );
    installation.append("voiceagent.toml", "\n[greeting]\nstorage = \"files\"\n");
    installation.append("modules.conf", "noload => app_voicemail_odbc.so\n");
    installation.check().nothing();
}

#[test]
fn a_variant_with_the_name_of_the_one_for_files_is_known_by_its_description() {
    let installation = Installation::new("boxes_variant");
    installation.write(
        "../modules/app_voicemail.so",
        "\0Comedian Mail (Voicemail System) with ODBC Storage\0",
    );
    installation.append("voiceagent.toml", "\n[greeting]\nstorage = \"elsewhere\"\n");
    installation.check().nothing();
    installation.replace("voiceagent.toml", "\"elsewhere\"", "\"files\"");
    let place = format!(
        "voiceagent.toml:{}",
        installation.line("voiceagent.toml", "storage")
    );
    let found = installation.check();
    found.only(
        "warning",
        &place,
        "app_voicemail.so that is installed",
        "auto",
    );
}

#[test]
fn greetings_of_an_imap_mailbox_are_files_unless_voicemail_conf_says_otherwise() {
    let installation = Installation::new("boxes_imap");
    installation.replace(
        "voicemail.conf",
        "format=wav",
        "format=wav\nimapserver=mail",
    );
    installation.append("voiceagent.toml", "\n[greeting]\nstorage = \"files\"\n");
    let place = format!(
        "voiceagent.toml:{}",
        installation.line("voiceagent.toml", "storage")
    );
    let description = "\0Comedian Mail (Voicemail System) with IMAP Storage\0";
    for (module, text) in [
        ("app_voicemail_imap.so", "a module"),
        ("app_voicemail.so", description),
    ] {
        fs::remove_file(installation.path("../modules/app_voicemail.so")).unwrap();
        installation.write(&format!("../modules/{module}"), text);
        installation.check().nothing();
        installation.replace("voiceagent.toml", "\"files\"", "\"elsewhere\"");
        let found = installation.check();
        found.only("warning", &place, "greetings in files", "auto");
        installation.replace("voicemail.conf", "=mail", "=mail\nimapgreetings=yes");
        installation.check().nothing();
        installation.replace("voiceagent.toml", "\"elsewhere\"", "\"files\"");
        let found = installation.check();
        found.only("warning", &place, "keeps greetings elsewhere", "auto");

        installation.replace("voicemail.conf", "\nimapgreetings=yes", "");
        fs::rename(
            installation.path(&format!("../modules/{module}")),
            installation.path("../modules/app_voicemail.so"),
        )
        .unwrap();
    }
}
