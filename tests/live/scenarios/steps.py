"""What several scenarios do or expect."""

import asyncio
import time

from call import ring
from case import check
from server import CALLER_VOICE

SAID = 3.0


def stock_greeting(box, state="vm-isunavail", language=""):
    """The prompts of a mailbox without recordings, in VoiceMail's own order."""
    prompts = ["vm-theperson", *(f"digits/{digit}" for digit in box), state, "vm-intro"]
    return [f"{language}/{prompt}" if language else prompt for prompt in prompts]


def dialled(case, peer):
    """The application that rings somebody."""
    return f"Dial {case.server.technology}/{peer}"


async def rings(case, callee=ring):
    """101 rings for a second. The phone that calls among what is ALONE is registered: here it is the
    one that is called."""
    case.caller, case.callee = case.callee, case.caller
    await case.dial("101", callee)
    await case.until(case.call.ringing, "ringing")
    await asyncio.sleep(1.0)


async def leaves_message(case, box, beep="beep"):
    """Waits for the beep, speaks, hangs up; the message must be there, whole."""
    await case.hears(beep, 0.1)
    beep_left = case.server.libraries[case.law.name].seconds(beep) - 0.1
    await asyncio.sleep(beep_left + 0.3)
    await speaks_and_hangs_up(case, box, beep)


async def speaks_and_hangs_up(case, box, beep="beep"):
    """In the recording: the message must be as long as that was, with every word in it."""
    said = case.server.voice(CALLER_VOICE, SAID)
    await case.says(said)
    await asyncio.sleep(0.3)
    recorded = time.monotonic() - case.listener.last_of([beep])
    await case.hangs_up()
    await case.left_message(box, said, recorded)


async def logs_in(case, pin):
    """The mailbox asks for its PIN, which is right at the first attempt."""
    await case.hears("vm-password")
    await asyncio.sleep(0.5)
    await case.enters(pin + "#")
    await case.hears("vm-youhave")
    await case.hangs_up()
    check("vm-incorrect-mailbox" not in case.listener.sounds(), "the PIN was refused at first")
