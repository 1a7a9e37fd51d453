"""Prompts in the language of the channel."""

import asyncio
import re

from case import check
from scenarios.listing import scenario
from scenarios.steps import dialled, leaves_message, stock_greeting

SPANISH = "es"
_PLAYING = re.compile(r"Playing '(?P<sound>[^'.]+)\S*' .*\(language '(?P<language>\w+)'\)")


async def hears_spanish(case, number):
    """The call to 101 by this number: its greeting is Spanish from the first word to the beep."""
    greeting = stock_greeting("101", language=SPANISH)
    beep = f"{SPANISH}/beep"
    known = {name.removeprefix(f"{SPANISH}/") for name in (*greeting, beep)}
    await asyncio.to_thread(case.server.learn_language, SPANISH, sorted(known))
    await case.dial(number)
    await leaves_message(case, "101", beep)
    # Everything that was heard is Spanish: each piece whole, once, and in order.
    case.heard_whole([*greeting, beep])
    heard = case.listener.sounds()
    check(heard == [*greeting, beep], f"heard {heard}")
    transcript = await case.transcript(launched=not number.startswith("voicemail-"))
    played = [match.groups() for match in map(_PLAYING.search, transcript.lines) if match]
    expected = [(name.removeprefix(f"{SPANISH}/"), SPANISH) for name in (*greeting, beep)]
    check(played == expected, f"Asterisk played {played}")


@scenario()
async def greeting_in_the_channels_language(case):
    """A Spanish channel hears the greeting in Spanish."""
    await hears_spanish(case, "spanish-101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario()
async def voicemails_own_greeting_in_that_language(case):
    """What VoiceMail plays there by itself, without the program, is the same."""
    await hears_spanish(case, "voicemail-spanish-101")
