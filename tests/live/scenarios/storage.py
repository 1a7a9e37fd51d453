"""Mailboxes that are not files: with `storage = "auto"` VoiceMail plays their greetings itself."""

import asyncio

from case import check
from scenarios.listing import DATABASE, LANE_102, scenario
from scenarios.steps import dialled, leaves_message, stock_greeting
from server import GREETING_VOICE, RECORDED


async def leaves_message_after(case, greeting):
    """The caller of 102 hears this greeting, once, then the beep, and leaves a message."""
    await case.dial("102")
    await leaves_message(case, "102")
    case.heard_whole(greeting)
    heard = case.listener.sounds()
    check(heard == [*greeting, "beep"], f"heard {heard}")
    transcript = await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])
    check(transcript.executed[-1].endswith(",u"), f"executed {transcript.executed}")


@scenario(lane=LANE_102, server=DATABASE)
async def recorded_greeting_in_a_database(case):
    """The owner's own words come from the database."""
    voice = case.server.voice(GREETING_VOICE, 4.0)
    await asyncio.to_thread(case.server.record_greeting, "102", "unavail", voice)
    try:
        await leaves_message_after(case, [RECORDED, "vm-intro"])
    finally:
        case.server.forget_greeting("102", "unavail")


@scenario(lane=LANE_102, server=DATABASE)
async def stock_greeting_of_a_mailbox_in_a_database(case):
    """A mailbox without recordings has VoiceMail's own prompts, once."""
    await leaves_message_after(case, stock_greeting("102"))
