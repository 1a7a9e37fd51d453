"""The program cannot do its work: the caller must not notice."""

import contextlib

from case import check
from scenarios.listing import ALONE, scenario
from scenarios.steps import leaves_message


async def carried_on_by_the_dialplan(case):
    """The caller gets ringing and voicemail without the program."""
    await case.dial("101")
    await leaves_message(case, "101")
    transcript = await case.transcript()
    check(not transcript.executed, f"the program executed {transcript.executed}")
    steps = " ".join(transcript.steps)
    check(f"Dial({case.server.technology}/bob," in steps, f"nobody was rung: {steps}")
    check("VoiceMail(101@sales,u)" in steps, f"no VoiceMail: {steps}")


@scenario(lane=ALONE)
async def without_configuration(case):
    """The message names the file, and the caller is not the one who pays."""
    with moved_away(case.server.configuration):
        await carried_on_by_the_dialplan(case)
    transcript = await case.transcript()
    told = [entry.text for entry in transcript.of("rx") if entry.text.startswith("VERBOSE")]
    check(any("voiceagent.toml" in line for line in told), f"the console was told {told}")


@scenario(lane=ALONE)
async def with_a_broken_configuration(case):
    """So does one that does not parse, with its line."""
    path = case.server.configuration
    with moved_away(path):
        path.write_text('[extensions.101]\ndial = "SIP/bob"\nmax_weight = 5\nmailbox = "101@sales"\n')
        await carried_on_by_the_dialplan(case)
    transcript = await case.transcript()
    told = [entry.text for entry in transcript.of("rx") if entry.text.startswith("VERBOSE")]
    check(any("max_wait" in line for line in told), f"the console was told {told}")


@contextlib.contextmanager
def moved_away(path):
    """A file that is not there for the length of one scenario."""
    kept = path.with_name(path.name + ".kept")
    path.rename(kept)
    try:
        yield
    finally:
        kept.rename(path)
