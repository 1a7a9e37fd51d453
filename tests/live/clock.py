"""An Asterisk whose time of day can be set, in a system that lasts for one run: libfaketime stands
between it and the kernel's clock, which is everybody's."""

import contextlib
import time

from layered import LayeredServer

# How far the time of day is from the right one, as libfaketime reads it; as Asterisk sees the file.
_OFFSET = "/tmp/voiceagent-live-offset"
_HOUR = 3600


class ClockServer(LayeredServer):
    """The same Asterisk with a clock of its own."""

    NETWORK = "127.0.4."
    EXTRA = "clock"

    def prepare(self, binary):
        """The clock is right at first."""
        super().prepare(binary)
        self._set_clock(0)

    @contextlib.contextmanager
    def clock_set(self, hours):
        """The time of day is set to so many hours later, and back."""
        self._set_clock(hours)
        try:
            yield
        finally:
            self._set_clock(0)

    def transcript(self, caller_name):
        """The call as if the clock had always been right: no call here takes half an hour."""
        found = super().transcript(caller_name)
        for entry in found.entries if found else []:
            entry.at -= _HOUR * _hours_late(entry)
        return found

    def hours_logged(self, caller_name):
        """By how many hours the times were wrong at which Asterisk logged this call, in order."""
        entries = super().transcript(caller_name).entries
        return list(dict.fromkeys(map(_hours_late, entries)))

    def _set_clock(self, hours):
        offset = self.root / _OFFSET[1:]
        # Never half a file.
        written = offset.with_suffix(".new")
        written.write_text(f"{hours:+d}h\n")
        written.rename(offset)

    def _started_by(self):
        """With libfaketime. The clock that is never set stays the kernel's: timers go by it."""
        return [
            *super()._started_by(),
            "env",
            "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
            f"FAKETIME_TIMESTAMP_FILE={_OFFSET}",
            # Otherwise it would look at that file every ten seconds.
            "FAKETIME_NO_CACHE=1",
            "DONT_FAKE_MONOTONIC=1",
        ]


def _hours_late(entry):
    return round((entry.at - time.time()) / _HOUR)
