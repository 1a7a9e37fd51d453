"""Runs the scenarios on both Asterisks and reports. Started by `run`, in a network of its own."""

import argparse
import asyncio
import contextlib
import fnmatch
import os
import pathlib
import signal
import sys
import threading
import time
import traceback

import chroot
import loopback
import report
import scenarios
import standstill
from case import SETTLED, Case, CheckFailed, check
from phone import Phone

# Calls at once on one server; each is a wait most of the time.
AT_ONCE = 8
# The longest scenario takes about 25 s.
LIMIT = 90
# Seconds for which one thread of this harness keeps another waiting, at the most: the phones send a
# packet every 20 ms each, and other threads wait for Asterisk's console.
TURN = 0.0005


async def main(options):
    """Everything between the first start and the last stop. True when all is well."""
    end_at_a_signal(asyncio.current_task())
    keep_time()
    chosen = select(options)
    loopback.up()
    watch = standstill.Watch()
    watching = asyncio.create_task(watch.forever())
    results = []
    # One kind of server after another: each has callers enough to keep two processors busy.
    for kind in dict.fromkeys(scenario.server for scenario in chosen):
        its_own = [scenario for scenario in chosen if scenario.server is kind]
        await run_kind(kind, its_own, results, watch, options)
    watching.cancel()
    report.delays(results)
    report.cancels(results)
    return report.close(results)


async def run_kind(kind, chosen, results, watch, options):
    """The scenarios for one kind of server, on both Asterisks at once."""
    servers = [kind(version, chroot.folder_of(options.folder, version)) for version in options.version]
    loop = asyncio.get_running_loop()
    begun = [loop.run_in_executor(None, begin, server, options) for server in servers]
    try:
        await asyncio.gather(*map(asyncio.shield, begun))
        await asyncio.gather(
            *(run_all(server, chosen, results, watch, options.capture) for server in servers)
        )
        if options.keep:
            await until_enter(servers)
    finally:
        # A thread cannot be stopped, only asked; what it starts until then is stopped after it.
        for server in servers:
            server.given_up.set()
        await asyncio.wait(begun)
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers))


def keep_time():
    """The phones' thread goes before whatever else runs here; what it starts does not."""
    sys.setswitchinterval(TURN)
    # Not in a container that may not: there the machine must be quiet.
    with contextlib.suppress(PermissionError):
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(1))


def end_at_a_signal(task):
    """The first signal ends the run in good order; until that is done, more change nothing."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end():
        for number in signals:
            loop.add_signal_handler(number, lambda: None)
        task.cancel()

    for number in signals:
        loop.add_signal_handler(number, end)


async def until_enter(servers):
    """Leaves the servers to whoever wants to look at them."""
    for server in servers:
        print(f"{server.name} runs in {server.root} until Enter is pressed", flush=True)
    loop = asyncio.get_running_loop()
    pressed = asyncio.Event()

    def read():
        sys.stdin.readline()
        loop.call_soon_threadsafe(pressed.set)

    # Not one of the loop's own threads: their end would be waited for.
    threading.Thread(target=read, daemon=True).start()
    await pressed.wait()


def select(options):
    """The scenarios whose name matches."""
    listed = scenarios.CAPTURES if options.capture else scenarios.SCENARIOS
    found = [s for s in listed if fnmatch.fnmatch(s.name, options.only)]
    if not found:
        raise SystemExit(f"no scenario is called {options.only}; --list names them")
    return found


def begin(server, options):
    """Brings one server up, from nothing if need be."""
    began = time.monotonic()
    server.package = options.package
    server.prepare(options.binary)
    server.start()
    if not server.given_up.is_set():
        print(f"{server.name} is up after {time.monotonic() - began:.1f} s", flush=True)


async def run_all(server, chosen, results, watch, capture_folder):
    """The lanes of one server beside each other; what needs it alone comes last."""
    peter, bob = (Phone(user, "123", server.address) for user in ("peter", "bob"))
    for phone in (peter, bob):
        await phone.open("127.0.0.1")
    await bob.register()
    at_once = asyncio.Semaphore(AT_ONCE)
    one_by_one = {lane: asyncio.Lock() for lane in (scenarios.LANE_102, scenarios.LANE_CAPTURE)}

    async def in_lane(scenario):
        calls_102 = scenario.lane in (scenarios.LANE_102, scenarios.ALONE)
        caller, callee = (bob, peter) if calls_102 else (peter, bob)

        def case(name):
            made = Case(name, server, caller, callee, scenario.law)
            made.capture_folder = capture_folder
            return made

        async with one_by_one.get(scenario.lane, at_once):
            began = time.monotonic()
            result = await run_one(scenario.run, case(scenario.name))
            if result.failure and (stood := watch.since(began)):
                report.again(result, stood)
                result = await run_one(scenario.run, case(f"{scenario.name}-again"))
            results.append(result)

    try:
        beside = [s for s in chosen if s.lane != scenarios.ALONE]
        await asyncio.gather(*(in_lane(scenario) for scenario in beside))
        for scenario in chosen:
            if scenario.lane == scenarios.ALONE:
                await in_lane(scenario)
        results.append(await run_one(nothing_left, Case("no-process-left", server, peter, bob)))
    finally:
        for phone in (peter, bob):
            phone.close()


async def nothing_left(case):
    """Soon after the last call no process of the program runs."""
    deadline = time.monotonic() + SETTLED
    while agents := case.server.agents():
        check(time.monotonic() < deadline, f"still running: {agents}")
        await asyncio.sleep(0.25)


async def run_one(scenario, case):
    """One scenario, whatever comes of it."""
    began = time.monotonic()
    failure = ""
    try:
        await asyncio.wait_for(scenario(case), LIMIT)
    except (CheckFailed, asyncio.TimeoutError) as error:
        failure = str(error) or f"not over after {LIMIT} s"
    except Exception:
        failure = traceback.format_exc()
    finally:
        if case.call is not None:
            if not case.call.over.is_set():
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(case.call.hang_up(), 5)
            case.call.close()
    seconds = time.monotonic() - began
    result = report.Result(
        case.server, case.name, seconds, failure, case.delays, case.cancels
    )
    report.line(result)
    return result


def parse():
    """The command line of `run`."""
    parser = argparse.ArgumentParser(prog="tests/live/run", description=__doc__)
    parser.add_argument(
        "--only", default="*", metavar="PATTERN", help="scenarios by name, * and ? allowed"
    )
    parser.add_argument(
        "--version", action="append", choices=sorted(chroot.RELEASES), help="default: both"
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave the servers up until Enter is pressed"
    )
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument(
        "--capture",
        type=pathlib.Path,
        metavar="DIR",
        help="instead of the scenarios, place the calls whose audio is kept, and keep it in DIR",
    )
    parser.add_argument("--folder", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--binary", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--package", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.version = options.version or sorted(chroot.RELEASES)
    return options


if __name__ == "__main__":
    OPTIONS = parse()
    if OPTIONS.list:
        for one in scenarios.SCENARIOS:
            print(f"{one.name:40} {one.run.__doc__.splitlines()[0]}")
        raise SystemExit(0)
    if OPTIONS.make:
        chroot.make_all(OPTIONS.folder, OPTIONS.version)
        raise SystemExit(0)
    try:
        raise SystemExit(0 if asyncio.run(main(OPTIONS)) else 1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise SystemExit("stopped before the end") from None
