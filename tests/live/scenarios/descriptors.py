"""The program gets too little, or descriptor 3 is not what it should be: what the caller gets."""

import asyncio

from case import check
from scenarios.listing import scenario
from scenarios.steps import dialled, leaves_message, stock_greeting


async def greeted_without_audio(case, number):
    """The whole greeting, and a `#` that is signalled in the middle of it acts. What happened."""
    await case.dial(number)
    await case.hears("vm-intro", 0.5)
    await case.presses("#")
    await leaves_message(case, "101")
    case.heard_whole(stock_greeting("101")[:-1])
    check(case.listener.fraction("vm-intro") < 0.9, "the key did not skip the instructions")
    executed = [dialled(case, "bob"), "VoiceMail 101@sales"]
    return await case.ended("VOICEMAIL", executed, "#", "signal")


def closing_line(transcript):
    """What the program told the console last."""
    return [entry.text for entry in transcript.of("rx") if entry.text.startswith("VERBOSE")][-1]


@scenario()
async def audio_not_asked_for(case):
    """With AGI in place of EAGI signalled keys act, and the console is told why nobody listens."""
    line = closing_line(await greeted_without_audio(case, "agi-101"))
    check(
        "not listening: the dialplan says AGI, not EAGI" in line and "listened" not in line,
        f"the console was told {line}",
    )


@scenario()
async def audio_closed(case):
    """Without descriptor 3 signalled keys act."""
    line = closing_line(await greeted_without_audio(case, "fault-closed-101"))
    told = "not listening: no audio on descriptor 3: No such file"
    check(told in line and "listened" not in line, f"the console was told {line}")


@scenario()
async def audio_that_never_comes(case):
    """Where descriptor 3 is never readable signalled keys act."""
    line = closing_line(await greeted_without_audio(case, "fault-mute-101"))
    check("listened 0.0 s" in line, f"the console was told {line}")


@scenario()
async def audio_without_end(case):
    """Where descriptor 3 is flooded signalled keys act no later, and no key is invented."""
    line = closing_line(await greeted_without_audio(case, "fault-flooded-101"))
    check("listened 0.0 s" not in line, f"the console was told {line}")


async def carried_on_by_the_dialplan(case, fault):
    """The program says nothing, and the dialplan rings and records without it; once each."""
    await case.dial(f"fault-{fault}-101")
    await leaves_message(case, "101")
    transcript = await case.transcript()
    check(not transcript.of("rx"), f"the program said {[e.text for e in transcript.of('rx')]}")
    steps = " ".join(transcript.steps)
    check(steps.count(f"Dial({case.server.technology}/bob,") == 1, f"not rung once: {steps}")
    check(steps.count("VoiceMail(101@sales,u)") == 1, f"not asked for a message once: {steps}")
    told = "voiceagent did not take the call: AGISTATUS="
    check(told in steps, f"the console was not told: {steps}")


@scenario()
async def without_descriptors(case):
    """A program that can open nothing ends before it has said anything."""
    await carried_on_by_the_dialplan(case, "descriptors")


@scenario()
async def without_memory(case):
    """A program that gets no memory ends before it has said anything."""
    await carried_on_by_the_dialplan(case, "memory")


@scenario()
async def crashed_at_the_start(case):
    """A program that crashes before it has said anything is as good as none."""
    await carried_on_by_the_dialplan(case, "crashed")


@scenario()
async def hung_up_without_audio(case):
    """Without descriptor 3 the program still notices that the caller has hung up."""
    await case.dial("fault-mute-101")
    await case.hears("vm-intro", 0.5)
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "bob")])
    await asyncio.sleep(0.5)
    check(not case.server.messages("101", case.name), "there is a message of nobody")
