"""The calls. Each runs on both Asterisks; the name of a function is the name of its scenario."""

from scenarios import calls, faults, greetings, keys
from scenarios.listing import ALONE, LANE_102, SCENARIOS, Scenario

__all__ = ["ALONE", "LANE_102", "SCENARIOS", "Scenario", "calls", "faults", "greetings", "keys"]
