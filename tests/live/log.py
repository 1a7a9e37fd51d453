"""What Asterisk wrote down about one call: the AGI dialogue and the applications it executed.

Asterisk's log with `agi set debug on` has every line that passed between it and the program, by
channel. The channel of a scenario is the one whose header carries the scenario's caller name.
"""

import datetime
import re
import subprocess
from dataclasses import dataclass, field

_LINE = re.compile(r"^\[(?P<at>[-\d]+ [:\d.]+)\] \S+ (?P<where>[^:]+): (?P<text>.*)$")
_DIALOGUE = re.compile(r"<(?P<channel>[^>]+)>AGI (?P<way>[TR]x) (?:>>|<<) (?P<text>.*)$")
_ENDED = re.compile(r"<(?P<channel>[^>]+)>AGI Script \S+ completed, returning (?P<code>-?\d+)")
_STEP = re.compile(r'Executing \[[^]]*\] (?P<app>\w+)\("(?P<channel>[^"]+)", "(?P<data>.*)"\)')
_PLAYS = re.compile(r"<(?P<channel>[^>]+)> Playing '(?P<sound>[^'.]+)")
_VARIABLE = re.compile(r'SET VARIABLE "?(?P<name>\w+)"? "?(?P<value>.*?)"?$')


@dataclass
class Entry:
    """One thing that happened on the channel; times are seconds since the epoch."""

    at: float
    kind: str
    text: str


@dataclass
class Transcript:
    """One call, in order."""

    channel: str
    entries: list = field(default_factory=list)
    lines: list = field(default_factory=list)

    def of(self, kind):
        """The entries of one kind: tx, rx, step, plays or ended."""
        return [entry for entry in self.entries if entry.kind == kind]

    @property
    def executed(self):
        """What the program had executed, in order, as `Dial SIP/bob,5,g`."""
        commands = (entry.text for entry in self.of("rx"))
        return [_unquote(text[5:]) for text in commands if text.startswith("EXEC ")]

    @property
    def variables(self):
        """The variables that the program set, with their last values."""
        found = (_VARIABLE.match(entry.text) for entry in self.of("rx"))
        return {match["name"]: match["value"] for match in found if match}

    @property
    def steps(self):
        """The dialplan's steps, as `VoiceMail(101@sales,u)`."""
        return [entry.text for entry in self.of("step")]

    def executed_after(self, moment):
        """What the program had executed later than this."""
        late = (entry.text for entry in self.of("rx") if entry.at > moment)
        return [_unquote(text[5:]) for text in late if text.startswith("EXEC ")]


def read(path, caller_name, offset=0):
    """The transcript of the call with this caller name, or None when there is none yet."""
    channel = _channel_of(_search("--fixed-strings", caller_name, path, offset), caller_name)
    if channel is None:
        return None
    transcript = Transcript(channel)
    for line in _search("--fixed-strings", channel, path, offset):
        match = _LINE.match(line)
        if match is None:
            continue
        transcript.lines.append(line)
        at = datetime.datetime.fromisoformat(match["at"]).timestamp()
        for kind, text in _kinds(match["text"], channel):
            transcript.entries.append(Entry(at, kind, text))
    return transcript


def moments(path, pattern):
    """When each line was written that matches this, in seconds since the epoch."""
    found = (_LINE.match(line) for line in _search("--perl-regexp", pattern, path))
    return [datetime.datetime.fromisoformat(m["at"]).timestamp() for m in found if m]


def dialogue(path, offset):
    """Every line that passed between Asterisk and any program from here on, with its channel."""
    with path.open(errors="replace") as file:
        file.seek(offset)
        for line in file:
            match = _LINE.match(line.rstrip("\n"))
            passed = match and _DIALOGUE.search(match["text"])
            if passed:
                at = datetime.datetime.fromisoformat(match["at"]).timestamp()
                yield passed["channel"], Entry(at, passed["way"].lower(), passed["text"].strip())


def _search(kind, pattern, path, offset=0):
    """The lines from here on that match. Another process reads them all: a thread of this one would
    keep the phones waiting, for only one thread of Python runs at a time."""
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        command = ["grep", "--text", kind, "--", pattern]
        # Names are of any bytes.
        found = subprocess.run(
            command, env={"LC_ALL": "C"}, stdin=file, stdout=subprocess.PIPE, check=False
        )
    return found.stdout.decode(errors="replace").splitlines()


def _channel_of(lines, caller_name):
    for line in lines:
        match = _DIALOGUE.search(line) or _STEP.search(line)
        if match and (
            f"agi_calleridname: {caller_name}" in line
            or f'"{caller_name}"' in line.replace("\\", "")
        ):
            return match["channel"]
    return None


def _kinds(text, channel):
    if (match := _DIALOGUE.search(text)) and match["channel"] == channel:
        yield match["way"].lower(), match["text"].strip()
    elif (match := _ENDED.search(text)) and match["channel"] == channel:
        yield "ended", match["code"]
    elif (match := _PLAYS.search(text)) and match["channel"] == channel:
        yield "plays", match["sound"]
    elif (match := _STEP.search(text)) and match["channel"] == channel:
        yield "step", f"{match['app']}({match['data']})"


def _unquote(text):
    return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: re.sub(r"\\(.)", r"\1", m[1]), text).strip()
