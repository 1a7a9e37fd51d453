"""How long the phones themselves stood still.

All of them share one thread on a machine that may be busy with other things. What a scenario
measured while that thread did not run says nothing about Asterisk or the program.
"""

import asyncio
import time

# Seconds between two looks, and how late one must be to matter: several of a phone's packets.
LOOK = 0.02
STANDSTILL = 0.1


class Watch:
    """Notes every time that the thread did not run for so long."""

    def __init__(self):
        self._found = []

    async def forever(self):
        """Looks at the clock until it is cancelled."""
        due = time.monotonic() + LOOK
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            now = time.monotonic()
            if now - due > STANDSTILL:
                self._found.append((now, now - due))
            due = now + LOOK

    def since(self, moment):
        """The longest standstill that ended after this moment, in seconds."""
        return max((late for ended, late in self._found if ended > moment), default=0.0)
