"""Mailboxes that are not files: with `storage = "auto"` VoiceMail plays their greetings itself."""

import asyncio
import contextlib

from case import check
from scenarios.listing import ALONE, DATABASE, IMAP, LANE_102, scenario
from scenarios.steps import dialled, leaves_message, logs_in, stock_greeting
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


@scenario(lane=LANE_102, server=IMAP)
async def hash_in_the_greeting_of_an_imap_mailbox(case):
    """Messages are on the mail server, greetings are files: keys act in them, and the message gets there."""
    voice = case.server.voice(GREETING_VOICE, 4.0)
    recording = await asyncio.to_thread(case.server.record_greeting, "102", "unavail", voice)
    try:
        await case.dial("102")
        await case.hears(RECORDED, 1.0)
        clip = await case.presses_in_audio("#")
        await case.is_cut([RECORDED], clip)
        await leaves_message(case, "102")
    finally:
        recording.unlink()
    await case.ended(
        "VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"], "#", "audio"
    )


@scenario(lane=LANE_102, server=IMAP)
async def star_in_the_greeting_of_an_imap_mailbox(case):
    """The stock prompts, and `*` to the login as ever."""
    await case.dial("102")
    await case.hears("vm-intro", 1.0)
    clip = await case.presses_in_audio("*")
    await case.is_cut(["vm-intro"], clip)
    await logs_in(case, "321")
    await case.ended(
        "MAILBOX", [dialled(case, "peter"), "VoiceMailMain 102@sales"], "*", "audio"
    )


@scenario(lane=ALONE, server=IMAP)
async def recorded_greeting_on_an_imap_server(case):
    """With `imapgreetings` VoiceMail alone has the owner's own words, and plays them once."""
    voice = case.server.voice(GREETING_VOICE, 4.0)
    with case.server.greetings_with_messages():
        await asyncio.to_thread(case.server.mail_greeting, "102", "unavail", voice)
        await leaves_message_after(case, [RECORDED, "vm-intro"])


@scenario(lane=ALONE, server=IMAP)
async def check_knows_where_an_imap_mailbox_has_its_greetings(case):
    """`voiceagent check` warns of a `storage` that is wrong, and of no other."""
    with_messages = case.server.greetings_with_messages
    for storage, where, warned in (
        ("auto", contextlib.nullcontext, False),
        ("files", contextlib.nullcontext, False),
        ("elsewhere", contextlib.nullcontext, True),
        ("auto", with_messages, False),
        ("elsewhere", with_messages, False),
        ("files", with_messages, True),
    ):
        with where():
            more = f'[greeting]\nstorage = "{storage}"'
            found = await asyncio.to_thread(case.server.findings, more)
        about = [line for line in found if "storage" in line]
        check(len(about) == warned, f"of {storage} it says {found}")
        check(not any("error" in line for line in found), f"errors: {found}")
