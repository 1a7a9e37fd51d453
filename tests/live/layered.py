"""An Asterisk with packages that the others do not have, in a system that lasts for one run."""

import chroot
from server import Server


class LayeredServer(Server):
    """The same Asterisk with more, or with another VoiceMail in place of the one for files."""

    # What is different: the name of the spare packages and of the overrides.
    EXTRA = ""

    def __init__(self, version, system):
        super().__init__(version, system.with_name(f"{system.name}-{self.EXTRA}"))
        self._system = system

    @property
    def name(self):
        """How the report calls it."""
        return f"{super().name}, {self.EXTRA}"

    @property
    def overrides(self):
        """Those for what is different come last."""
        return [*super().overrides, self.EXTRA, f"{self.EXTRA}-{self.version}"]

    def prepare(self, binary):
        """Puts the packages in."""
        self._mounted = chroot.layer(self._system, self.root)
        chroot.unpack(self.root, self.EXTRA)
        super().prepare(binary)
