"""An Asterisk under the constraints of a hardened systemd service, in a system that lasts for one run."""

import subprocess
import sys

import chroot
import harden
from server import HERE, Server


class HardenedServer(Server):
    """The same Asterisk as a user of its own, with little that it may write, call and execute."""

    NETWORK = "127.0.3."

    def __init__(self, version, system):
        super().__init__(version, system.with_name(f"{system.name}-hardened"))
        self._system = system

    @property
    def name(self):
        """How the report calls it."""
        return f"{super().name}, hardened"

    def prepare(self, binary):
        """Gives the service's user what is its own."""
        self._mounted = chroot.layer(self._system, self.root)
        # What other users have left there is not this one's to overwrite.
        tmp = self.root / "tmp"
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(tmp)], check=True)
        self._mounted.append(tmp)
        super().prepare(binary)
        for folder in harden.WRITABLE:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        uid, gid = harden.user_of(self.root)
        own = [str(self.root / folder) for folder in harden.WRITABLE if folder != "tmp"]
        subprocess.run(["chown", "-R", f"{uid}:{gid}", *own], check=True)
        subprocess.run(["chown", "-R", f"root:{gid}", str(self.root / "etc/asterisk")], check=True)

    def _started_by(self):
        """As such a service."""
        return [sys.executable, str(HERE / "harden.py"), str(self.root)]
