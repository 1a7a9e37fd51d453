"""The program cannot do its work: the caller must not notice."""

import asyncio
import contextlib

from case import check
from scenarios.listing import ALONE, scenario
from scenarios.steps import leaves_message


async def carried_on_by_the_dialplan(case, launched=True):
    """The caller gets Dial and VoiceMail without the program. Returns what happened."""
    await case.dial("102")
    await leaves_message(case, "102")
    transcript = await case.transcript(launched)
    check(not transcript.executed, f"the program executed {transcript.executed}")
    steps = " ".join(transcript.steps)
    check(f"Dial({case.server.technology}/peter," in steps, f"nobody was rung: {steps}")
    check("VoiceMail(102@sales,u)" in steps, f"no VoiceMail: {steps}")
    return transcript


def told(transcript):
    """What the program told the console."""
    return [entry.text for entry in transcript.of("rx") if entry.text.startswith("VERBOSE")]


@scenario(lane=ALONE)
async def without_configuration(case):
    """The console is told which file is missing."""
    with moved_away(case.server.configuration):
        transcript = await carried_on_by_the_dialplan(case)
    check(any("voiceagent.toml" in line for line in told(transcript)), f"told {told(transcript)}")


@scenario(lane=ALONE)
async def with_a_broken_configuration(case):
    """The console is told the line and the nearest key."""
    path = case.server.configuration
    with moved_away(path):
        path.write_text(
            '[extensions.102]\ndial = "SIP/peter"\nmax_weight = 5\nmailbox = "102@sales"\n'
        )
        transcript = await carried_on_by_the_dialplan(case)
    check(
        any("3" in line and "max_wait" in line for line in told(transcript)),
        f"told {told(transcript)}",
    )


@scenario(lane=ALONE)
async def with_half_a_configuration(case):
    """As it is while an editor writes it, or after the disk was full."""
    path = case.server.configuration
    text = path.read_text()
    with moved_away(path):
        path.write_text(text[: text.rindex("@sales")])
        transcript = await carried_on_by_the_dialplan(case)
    check(any("line" in line for line in told(transcript)), f"told {told(transcript)}")


@scenario(lane=ALONE)
async def with_an_empty_configuration(case):
    """The console is told what is missing in it."""
    path = case.server.configuration
    with moved_away(path):
        path.write_text("")
        transcript = await carried_on_by_the_dialplan(case)
    check(any("[extensions.101]" in line for line in told(transcript)), f"told {told(transcript)}")


@scenario(lane=ALONE)
async def without_the_program(case):
    """Asterisk itself says so."""
    with moved_away(case.server.program):
        transcript = await carried_on_by_the_dialplan(case, launched=False)
    check("AGISTATUS=NOTFOUND" in " ".join(transcript.steps), f"steps {transcript.steps}")


@scenario(lane=ALONE)
async def transferred_to_where_the_program_is_missing(case):
    """What became of the call before, which the caller brings along, decides nothing."""
    case.caller, case.callee = case.callee, case.caller
    answered = asyncio.get_running_loop().create_future()

    async def answers(incoming):
        await incoming.pick_up(case.law)
        answered.set_result(incoming)

    await case.dial("101", answers)
    incoming = await answered
    await case.until(case.call.answered, "the answer")
    # At first Asterisk moves the media, and takes nothing else meanwhile.
    await asyncio.sleep(1.0)
    with moved_away(case.server.program):
        await incoming.transfer("102")
        await leaves_message(case, "102")
    incoming.close()
    steps = " ".join((await case.transcript()).steps)
    check("AGISTATUS=NOTFOUND" in steps, f"steps {steps}")
    check(f"Dial({case.server.technology}/peter," in steps, f"nobody was rung: {steps}")


@contextlib.contextmanager
def moved_away(path):
    """A file that is not there for the length of one scenario."""
    kept = path.with_name(path.name + ".kept")
    path.rename(kept)
    try:
        yield
    finally:
        kept.rename(path)
