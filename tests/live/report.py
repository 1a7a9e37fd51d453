"""What a run prints."""

import statistics
from dataclasses import dataclass

# Enough of the dialogue to see what went wrong.
_LINES_SHOWN = 40


@dataclass(frozen=True)
class Result:
    """What came of one scenario on one server."""

    server: object
    scenario: str
    seconds: float
    failure: str
    delays: list
    cancels: list


def line(result):
    """One line for a scenario; a failed one adds its reason and what Asterisk wrote down."""
    verdict = "FAIL" if result.failure else "ok  "
    delays = "".join(f", cut after {delay * 1000:.0f} ms" for delay in result.delays)
    print(
        f"{verdict} {result.server.name} {result.scenario} ({result.seconds:.1f} s{delays})",
        flush=True,
    )
    if not result.failure:
        return
    for text in result.failure.splitlines():
        print(f"     {text}")
    transcript = result.server.transcript(result.scenario)
    if transcript is not None:
        for text in [line for line in transcript.lines if ">> agi_" not in line][-_LINES_SHOWN:]:
            print(f"     | {text}")


def again(result, stood):
    """Says that a failed scenario is run once more, because the phones did not do their part."""
    print(
        f"     {result.server.name} {result.scenario}: the phones stood still for {stood:.2f} s "
        "meanwhile: again",
        flush=True,
    )


def delays(results):
    """The measured time from a key to silence, over all scenarios that press one in the audio."""
    for server in dict.fromkeys(result.server for result in results):
        found = sorted(d * 1000 for r in results if r.server is server for d in r.delays)
        if found:
            print(
                f"{server.name}: from the tone's first sample sent to the greeting's last sample heard: "
                f"median {statistics.median(found):.0f} ms, worst {found[-1]:.0f} ms ({len(found)} presses)"
            )


def cancels(results):
    """The measured time from a key while it rings to the called phone's silence."""
    for server in dict.fromkeys(result.server for result in results):
        for result in results:
            found = sorted(d * 1000 for d in result.cancels)
            if result.server is server and found:
                print(
                    f"{server.name} {result.scenario}: from the key's first sample or packet sent to "
                    f"the CANCEL at the called phone: median {statistics.median(found):.0f} ms, worst "
                    f"{found[-1]:.0f} ms ({len(found)} presses)"
                )


def close(results):
    """What failed, each in a line, and the closing line; true when nothing failed."""
    failed = [result for result in results if result.failure]
    for result in failed:
        why = result.failure.strip().splitlines()[-1]
        print(f"failed: {result.server.name} {result.scenario}: {why}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed", flush=True)
    return not failed
