"""VoiceMail takes no message of a caller who is still there: nobody hears the greeting again."""

import asyncio
import contextlib
import shutil

import audio
from case import check
from scenarios.listing import ALONE, scenario
from scenarios.steps import dialled, stock_greeting

# How the shipped mailbox ends, behind which its options stand.
ADDRESS = "peter@example.com"


@contextlib.asynccontextmanager
async def mailbox_with(case, option):
    """The mailbox 102 with this option, for the length of one scenario."""
    path = case.server.root / "etc/asterisk/voicemail.conf"
    text = path.read_text()
    path.write_text(text.replace(ADDRESS, f"{ADDRESS},,{option}"))
    await asyncio.to_thread(case.server.cli, "module reload app_voicemail.so")
    try:
        yield case.server.mailboxes / "102"
    finally:
        path.write_text(text)
        await asyncio.to_thread(case.server.cli, "module reload app_voicemail.so")


async def ended_at_once(case, *key):
    """The call is over, and the dialplan did not go on to a VoiceMail of its own."""
    await case.until(case.call.over, "the end of the call")
    executed = [dialled(case, "peter"), "VoiceMail 102@sales"]
    transcript = await case.ended("VOICEMAIL", executed, *key)
    cause = transcript.variables.get("VOICEAGENTCAUSE")
    check(cause == "FAILED", f"VOICEAGENTCAUSE is {cause!r}")
    again = [step for step in transcript.steps if step.startswith("VoiceMail(")]
    check(not again, f"steps {transcript.steps}")


@scenario(lane=ALONE)
async def full_mailbox(case):
    """The caller hears the greeting once, and once that the mailbox is full."""
    async with mailbox_with(case, "maxmsg=1") as mailbox:
        inbox = mailbox / "INBOX"
        shutil.rmtree(inbox, ignore_errors=True)
        inbox.mkdir(parents=True)
        audio.write_wav(inbox / "msg0000.wav", audio.key_tone("1", 1.0))
        (inbox / "msg0000.txt").write_text("[message]\norigmailbox=102\nduration=1\n")
        try:
            await case.dial("102")
            await case.hears("vm-mailboxfull")
            await ended_at_once(case)
        finally:
            shutil.rmtree(inbox)
    case.heard_whole([*stock_greeting("102"), "vm-mailboxfull"])


@scenario(lane=ALONE)
async def message_too_short_to_be_kept(case):
    """Who ends a message that `minsecs` has dropped is not asked for another."""
    async with mailbox_with(case, "minsecs=3"):
        await case.dial("102")
        await case.hears("vm-theperson", 0.5)
        await case.presses("#")
        await case.hears("beep", 0.1)
        await asyncio.sleep(1.0)
        await case.presses("#")
        await ended_at_once(case, "#", "signal")
    check(case.listener.sounds().count("vm-theperson") == 1, f"heard {case.listener.sounds()}")
