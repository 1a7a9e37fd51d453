"""What a caller sends: it reaches the program, and no application's argument."""

import asyncio

import call
import g711
import log
import rtp
from case import Case, check
from scenarios.listing import ALONE, scenario
from scenarios.steps import dialled

# As they stand in quotes in a From header.
NAMES = (
    r"\" , & | ; ' ${SHELL(touch /tmp/voiceagent-evil)}",
    r"${EXTEN}@sales,s\\\"&PJSIP/bob",
    "J\u00f6rg \u7530\u4e2d \U0001f600 %n%s",
    "x" * 10_000,
)
# As they stand in a request URI.
NUMBERS = (
    "102&SIP%2fbob",
    "102,5,g",
    "102%22%20%22x",
    "10%0aEXEC%20System",
    "1%24%7bEXTEN%7d",
    "10%c3%bc",
)
# Lines of the header that the program reads, and replies, as they stand in a request URI behind a number.
SMUGGLED_LINES = (
    "agi_arg_1%3a%20*102",
    "agi_context%3ausers%0aagi_extension%3a101%0aagi_priority%3a1",
    "agi_threadid%3a1%0aagi_arg_1%3a%20*102%0a",
    "agi_threadid%3a1%0aagi_arg_1%3a*102%0a%0a200%20result%3d1%0a200%20result%3d1",
    "%0a200%20result%3d1%0a200%20result%3d1%20(SIP%2fbob)",
)


@scenario(lane=ALONE)
async def names_of_any_kind(case):
    """The person is rung and nobody else, whatever the caller is called."""
    for number, name in enumerate(NAMES):
        transcript = await placed(case, number, name, "102")
        check(transcript is not None, f"nothing is known of the caller {name[:50]!r}")
        executed = [command.split(",")[0] for command in transcript.executed]
        check(executed == [dialled(case, "peter")], f"executed {transcript.executed}")
    evil = case.server.root / "tmp/voiceagent-evil"
    check(not evil.exists(), "the caller's name was evaluated")


@scenario(lane=ALONE)
async def numbers_of_any_kind(case):
    """Nobody is rung but whose own number it is, and by the configuration's words alone."""
    # The dialplan takes a comma for the end of its argument: 102 is what the program is told.
    harmless = ([], [f"{dialled(case, 'peter')},5,g"])
    reached = 0
    for number, dialled_number in enumerate(NUMBERS):
        transcript = await placed(case, number, "", dialled_number)
        if transcript is not None:
            reached += 1
            executed = transcript.executed
            check(executed in harmless, f"{dialled_number}: executed {executed}")
    check(reached >= 3, f"only {reached} of {len(NUMBERS)} reached the program")


@scenario(lane=ALONE)
async def numbers_with_lines_that_only_asterisk_sends(case):
    """Who dials lines that Asterisk itself sends, or replies, is taken nowhere by the program."""
    for number, lines in enumerate(SMUGGLED_LINES):
        transcript = await placed(case, number, "", f"102%0a{lines}")
        check(transcript is not None, f"{lines} did not reach the program")
        check(not transcript.executed, f"{lines}: executed {transcript.executed}")


async def placed(case, number, name, dialled_number):
    """A call of that name, ended in its greeting; None when it did not reach the program."""
    caller = Case(f"{case.name}-{number}", case.server, case.caller, case.callee)
    written = case.server.log_path.stat().st_size
    caller.call = call.OutgoingCall(caller.caller, f"{caller.name}{name}", rtp.Media(g711.ALAW))
    await caller.call.dial(dialled_number)
    await asyncio.sleep(1.5)
    if caller.call.over.is_set():
        caller.call.close()
    else:
        await asyncio.wait_for(caller.call.hang_up(), 5)
    await asyncio.sleep(0.5)
    return await asyncio.to_thread(log.read, case.server.log_path, caller.name, written)
