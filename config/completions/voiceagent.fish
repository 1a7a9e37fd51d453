# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_voiceagent_global_optspecs
    string join \n config= v/verbose h/help V/version
end

function __fish_voiceagent_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_voiceagent_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_voiceagent_using_subcommand
    set -l cmd (__fish_voiceagent_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c voiceagent -n "__fish_voiceagent_needs_command" -l config -d 'The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or /etc/asterisk/voiceagent.toml; tone and headroom have no use for one' -r -F
complete -c voiceagent -n "__fish_voiceagent_needs_command" -s v -l verbose -d 'Say more on standard error'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -s V -l version -d 'Print version'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -a "simulate" -d 'Runs a whole call offline: the real agent against a simulated Asterisk on a virtual clock'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -a "analyze" -d 'Tells which keys and what speech the detectors hear in recordings'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -a "tone" -d 'Makes test audio: keys as tones, clean or spoiled on purpose'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -a "check" -d 'Checks the configuration against itself and against Asterisk\'s own files'
complete -c voiceagent -n "__fish_voiceagent_needs_command" -a "headroom" -d 'Measures how many calls this machine can listen to at once'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l exten -d 'The extension that the caller dials' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l replay -d 'Run this recording of a call again' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l audio -d 'What the caller says or plays: .wav, all its channels averaged into one, or bare samples by ending (.sln, .alaw, .ulaw …); - is standard input' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l rate -d 'The caller\'s audio has so many samples a second, whatever the file says' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l encoding -d 'The caller\'s audio is bare samples: slin (16 bits, low byte first), ulaw, alaw or g722' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l dial-status -d 'How Dial ends: NOANSWER, BUSY, ANSWER, CANCEL, CONGESTION, CHANUNAVAIL …' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l key -d 'A key that the caller\'s telephone signals, and when: KEY@SECONDS, optionally +SECONDS held' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l codec -d 'The codec between the caller\'s telephone and Asterisk' -r -f -a "alaw\t''
ulaw\t''
g722\t''
slin\t''"
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l recorded -d 'A greeting that the mailbox\'s owner has recorded' -r -f -a "temp\t''
unavail\t''
busy\t''
greet\t''"
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l hang-up -d 'When the caller hangs up, in seconds from the start of the call' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l lookup -d 'What a configured lookup gives for the extension: DIAL,SECONDS,MAILBOX' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l plot -d 'Draw it, into FILE.svg or FILE.png' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l config -d 'The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or /etc/asterisk/voiceagent.toml; tone and headroom have no use for one' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -l json -d 'One JSON object a line instead of text'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -s v -l verbose -d 'Say more on standard error'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand simulate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l why -d 'Say of every look at this stretch why there was no key: which test failed, and by how much' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l plot -d 'Draw it, into FILE.svg or FILE.png, or each of several recordings into a folder' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l frame-ms -d 'Audio arrives in frames of so many milliseconds: keys are detected at the end of one' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l jobs -d 'How many recordings to listen to at once (else as many as there are processors)' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l rate -d 'Samples a second, whatever the file says' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l encoding -d 'The files are bare samples: slin (16 bits, low byte first), ulaw, alaw or g722' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l config -d 'The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or /etc/asterisk/voiceagent.toml; tone and headroom have no use for one' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l json -d 'Write JSON, an object a line'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -l mix -d 'Average all channels of a file into one'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -s v -l verbose -d 'Say more on standard error'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand analyze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l level -d 'Level of each tone, dBm0' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l twist -d 'How much louder the higher tone is than the lower one, dB' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l offset -d 'How far both tones are off their frequencies, per cent' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l row-offset -d 'How far the lower tone is off, instead of --offset' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l column-offset -d 'How far the higher tone is off, instead of --offset' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l length -d 'How long each key sounds' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l pause -d 'Silence between keys' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l lead -d 'Silence before the first key' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l tail -d 'Silence after the last key' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l gap -d 'A gap in each key: how long' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l gap-at -d 'A gap in each key: how long after its beginning (else in its middle)' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l noise -d 'White noise below 4 kHz: its level, dBm0' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l snr -d 'White noise below 4 kHz: how much quieter than one tone, dB' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l seed -d 'Which noise; the same number gives the same noise' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l under -d 'A tone that sounds all the time, such as 50@-10 for hum; may be given again' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l rate -d 'Samples a second of a .wav (other endings have their own)' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -l config -d 'The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or /etc/asterisk/voiceagent.toml; tone and headroom have no use for one' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -s v -l verbose -d 'Say more on standard error'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand tone" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand check" -l asterisk-dir -d 'Asterisk\'s configuration folder, else $AST_CONFIG_DIR or /etc/asterisk; voiceagent.toml is looked for there as well' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand check" -l show -d 'Only tell what would happen for this extension, and why' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand check" -l config -d 'The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or /etc/asterisk/voiceagent.toml; tone and headroom have no use for one' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand check" -l json -d 'One JSON object a line instead of text'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand check" -s v -l verbose -d 'Say more on standard error'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand headroom" -l seconds -d 'How long to measure, about' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand headroom" -l calls -d 'The most calls to try' -r
complete -c voiceagent -n "__fish_voiceagent_using_subcommand headroom" -l config -d 'The configuration. Else $VOICEAGENT_CONFIG, $AST_CONFIG_DIR/voiceagent.toml or /etc/asterisk/voiceagent.toml; tone and headroom have no use for one' -r -F
complete -c voiceagent -n "__fish_voiceagent_using_subcommand headroom" -l json -d 'Write JSON'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand headroom" -s v -l verbose -d 'Say more on standard error'
complete -c voiceagent -n "__fish_voiceagent_using_subcommand headroom" -s h -l help -d 'Print help (see more with \'--help\')'
