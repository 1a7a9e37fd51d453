"""Calls that the program records, run again outside of Asterisk."""

from case import check
from scenarios.listing import BOTH_LAWS, scenario
from scenarios.steps import dialled, leaves_message, logs_in, stock_greeting


@scenario(laws=BOTH_LAWS)
async def replay_star(case):
    """A key in the audio: the same key in the recording, and the same call."""
    await case.dial("recorded-101")
    await case.hears("vm-intro", 1.0)
    pressed = await case.presses_in_audio("*")
    await case.is_cut(stock_greeting("101"), pressed)
    await logs_in(case, "123")
    await case.ended("MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "audio")
    await case.replays("key * in the audio since")
    check_no_audio_in_login(case.recording().read_text())


@scenario()
async def replay_hash_leaking_beside_its_event(case):
    """One press twice, which only times tell."""
    await case.dial("recorded-101")
    await case.hears("vm-intro", 1.0)
    await case.presses_leaking("#")
    await leaves_message(case, "101")
    await case.ended(
        "VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "audio|signal"
    )
    await case.replays("the same press")


@scenario()
async def replay_hang_up(case):
    """The caller is gone in the middle of the greeting."""
    await case.dial("recorded-101")
    await case.hears("vm-intro", 1.0)
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])
    await case.replays("VOICEAGENTSTATUS=HANGUP")


def check_no_audio_in_login(recording):
    """Where the PIN is typed nothing is recorded."""
    login = recording.split(' > EXEC VoiceMailMain', 1)[1].splitlines()[1:]
    events = [line.split()[1] for line in login[: next_reply(login)]]
    check("audio" not in events, "there is audio while the mailbox is open")


def next_reply(lines):
    """The number of the first of these lines that Asterisk says."""
    return next(n for n, line in enumerate(lines) if line.split()[1] == "<")
