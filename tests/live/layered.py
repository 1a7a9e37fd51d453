"""An Asterisk whose mailboxes are no files, in a system that lasts for one run."""

import chroot
from server import Server


class LayeredServer(Server):
    """The same Asterisk with another VoiceMail in place of the one for files."""

    # What the mailboxes are in: the name of the spare packages and of the overrides.
    STORE = ""

    def __init__(self, version, system):
        super().__init__(version, system.with_name(f"{system.name}-{self.STORE}"))
        self._system = system

    @property
    def name(self):
        """How the report calls it."""
        return f"{super().name}, {self.STORE}"

    @property
    def overrides(self):
        """Those for what its mailboxes are in come last."""
        return [*super().overrides, self.STORE, f"{self.STORE}-{self.version}"]

    def prepare(self, binary):
        """Puts the other VoiceMail in."""
        self._mounted = chroot.layer(self._system, self.root)
        chroot.unpack(self.root, self.STORE)
        super().prepare(binary)
