"""The calls. Each runs on both Asterisks; the name of a function is the name of its scenario."""

from scenarios import (
    calls,
    captures,
    faults,
    greetings,
    hostile,
    keys,
    killed,
    languages,
    package,
    races,
    ringing,
    storage,
    unheard,
)
from scenarios.listing import ALONE, CAPTURES, LANE_101, LANE_102, LANE_CAPTURE, SCENARIOS, Scenario

__all__ = [
    "ALONE",
    "CAPTURES",
    "LANE_101",
    "LANE_102",
    "LANE_CAPTURE",
    "SCENARIOS",
    "Scenario",
    "calls",
    "captures",
    "faults",
    "greetings",
    "hostile",
    "keys",
    "killed",
    "languages",
    "package",
    "races",
    "ringing",
    "storage",
    "unheard",
]
