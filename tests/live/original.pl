#!/usr/bin/perl
# The script that voiceagent replaces, in its shape: tables, Dial, VoiceMail. Kept to measure against.
use strict;
use warnings;
use Asterisk::AGI;

my %channel = (
    101 => { tech => 'SIP', peer => 'bob',   wait => 5, context => 'sales' },
    102 => { tech => 'SIP', peer => 'peter', wait => 5, context => 'sales' },
);

my $agi       = Asterisk::AGI->new;
my %input     = $agi->ReadParse();
my $extension = $ARGV[0] // $input{extension};

if ($extension =~ /^\*(\d+)$/ && $channel{$1}) {
    $agi->exec('VoiceMailMain', "$1\@$channel{$1}{context}");
}
elsif (my $person = $channel{$extension}) {
    $agi->exec('Dial', "$person->{tech}/$person->{peer},$person->{wait}");
    $agi->exec('VoiceMail', "$extension\@$person->{context}");
}
$agi->hangup();
