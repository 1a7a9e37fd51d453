"""The list of scenarios, and where each may run."""

from dataclasses import dataclass

import g711
import g722
from clock import ClockServer
from database import DatabaseServer
from hardened import HardenedServer
from imap import ImapServer
from server import Server

LANE_101 = "101"
LANE_102 = "102"
LANE_CAPTURE = "capture"
ALONE = "alone"
BOTH_LAWS = (g711.ALAW, g711.ULAW)
# Which of a version's servers a call is for.
STOCK = Server
DATABASE = DatabaseServer
IMAP = ImapServer
HARDENED = HardenedServer
CLOCK = ClockServer


@dataclass(frozen=True)
class Scenario:
    """A call and where it may run.

    Calls to 101 (peter calls bob) run beside each other. Those to 102 (bob calls peter) change what
    lies in its mailbox and whether peter is registered: one at a time. ALONE changes the server,
    and calls 102 as well, because that does not ring for 5 s. LANE_CAPTURE calls 101, one call at
    a time, so that a file is one call's.
    """

    name: str
    run: object
    lane: str
    law: g711.Law | g722.G722
    server: type


SCENARIOS = []
CAPTURES = []


def scenario(lane=LANE_101, laws=(g711.ALAW,), server=STOCK):
    """Puts a function on the list under its own name, once for each codec."""
    return _listed(SCENARIOS, lane, laws, server)


def capture(laws=(g711.ALAW,)):
    """The same for a call that is only placed to keep its audio; one at a time."""
    return _listed(CAPTURES, LANE_CAPTURE, laws, STOCK)


def _listed(names, lane, laws, server):
    def put(function):
        base = function.__name__.replace("_", "-")
        for law in laws:
            name = base if len(laws) == 1 else f"{base}-{law.name}"
            names.append(Scenario(name, function, lane, law, server))
        return function

    return put
