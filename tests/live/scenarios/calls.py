"""Who answers, who hangs up, and when."""

import asyncio

from call import busy as is_busy
from case import check
from scenarios.listing import BOTH_LAWS, LANE_102, scenario
from scenarios.steps import dialled, leaves_message, stock_greeting
from server import CALLER_VOICE, CODECS


@scenario(laws=BOTH_LAWS)
async def no_key(case):
    """The whole greeting, the beep, a message."""
    await case.dial("101")
    await leaves_message(case, "101")
    case.heard_whole(stock_greeting("101"))
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario()
async def talking_over_the_greeting(case):
    """Speech is no key, and by default it does not stop the greeting."""
    await case.dial("101")
    await case.hears("vm-theperson")
    case.call.media.play(case.server.voice(CALLER_VOICE, 5.0))
    await leaves_message(case, "101")
    case.heard_whole(stock_greeting("101"))
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario(laws=CODECS)
async def barge_in_by_voice(case):
    """With `barge_in = true` the caller's voice ends the greeting."""
    await case.dial("barge-in-101")
    await case.hears("vm-intro", 0.5)
    clip = case.call.media.play(case.server.voice(CALLER_VOICE, 1.0))
    await case.hears("beep")
    await case.until(clip.done, "the end of the first words")
    delay = case.went_on(["vm-intro"], clip)
    check(delay < 0.6, f"the greeting went on for {delay:.3f} s after the first word")
    await asyncio.sleep(1.0)
    await case.hangs_up()
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario()
async def echo_of_the_greeting(case):
    """With `barge_in = true` the greeting that the caller's own set returns is no voice."""
    await case.dial("barge-in-101")
    await case.until(case.call.answered, "the answer")
    case.call.media.send_back(gain=0.1, delay=0.1)
    await case.hears("beep")
    case.heard_whole(stock_greeting("101"))
    # Whoever hangs up in the beep itself is only missed by VoiceMail 4 s later.
    await asyncio.sleep(1.0)
    await case.hangs_up()
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario()
async def called_person_hangs_up(case):
    """A finished conversation never ends in voicemail."""

    async def talks_for_two_seconds(incoming):
        incoming.answer(180, "Ringing")
        await asyncio.sleep(0.5)
        await incoming.pick_up(case.law)
        await asyncio.sleep(2.0)
        await incoming.hang_up()

    await case.dial("101", talks_for_two_seconds)
    await case.until(case.call.answered, "the answer")
    await case.until(case.call.over, "the end of the call")
    transcript = await case.ended("ANSWERED", [dialled(case, "bob")])
    check(not any("VoiceMail" in step for step in transcript.steps), "VoiceMail was executed")


@scenario()
async def caller_hangs_up_after_the_answer(case):
    """The caller ends the conversation."""

    async def picks_up(incoming):
        incoming.answer(180, "Ringing")
        await asyncio.sleep(0.5)
        await incoming.pick_up(case.law)

    await case.dial("101", picks_up)
    await case.until(case.call.answered, "the answer")
    await asyncio.sleep(2.0)
    await case.hangs_up()
    await case.ended("ANSWERED", [dialled(case, "bob")])


@scenario()
async def busy(case):
    """486 leads to the busy greeting."""
    await case.dial("101", is_busy)
    await leaves_message(case, "101")
    case.heard_whole(stock_greeting("101", "vm-isonphone"))
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario(lane=LANE_102)
async def unreachable(case):
    """A phone that is not registered leads to the unavailable greeting at once."""
    await case.dial("102")
    await leaves_message(case, "102")
    case.heard_whole(stock_greeting("102"))
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario()
async def hang_up_while_ringing(case):
    """Nothing more is started."""
    await case.dial("101")
    await case.until(case.call.ringing, "ringing")
    await asyncio.sleep(1.5)
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])


@scenario()
async def hang_up_in_the_greeting(case):
    """Nothing more is started."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])
    check(not case.server.messages("101", case.name), "there is a message of nobody")


@scenario()
async def hang_up_in_the_recording(case):
    """The usual end of a message: it is stored and the program is gone."""
    await case.dial("101")
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario()
async def unknown_extension(case):
    """The dialplan tells the caller's phone that there is no such number."""
    await case.dial("999")
    await case.until(case.call.over, "the refusal")
    check(case.call.final.status == 404, f"the phone was told {case.call.final.first_line}")
    await case.ended("NOROUTE", [])


@scenario()
async def without_an_argument(case):
    """`EAGI(voiceagent)` alone takes the extension that the call is at."""
    await case.dial("bare-101")
    await case.until(case.call.ringing, "ringing")
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])


@scenario(lane=LANE_102)
async def spaces_around_the_argument(case):
    """`EAGI(voiceagent, 102 )` is the same call, though Asterisk keeps the spaces."""
    await case.dial("spaced-102")
    await case.hears("vm-theperson")
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "peter")])


@scenario()
async def route_by_lookup(case):
    """Who is not in the configuration is found in Asterisk's own database."""
    route = f"{case.server.technology}/bob,5,101@sales"
    await asyncio.to_thread(case.server.cli, f"database put route 142 {route}")
    await case.dial("lookup-142")
    await case.until(case.call.ringing, "ringing")
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])


@scenario()
async def route_by_a_shells_output(case):
    """A value with a line break at its end, as any command gives, is a route as well."""
    route = f"{case.server.technology}/bob,5,101@sales"
    await asyncio.to_thread(case.server.cli, f"database put route 143 {route}")
    await case.dial("shell-143")
    await case.until(case.call.ringing, "ringing")
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])
