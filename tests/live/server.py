"""One real Asterisk in its chroot: configured, started, asked and stopped."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time

import audio
import chroot
import g711
import g722
import log
import sounds

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
CODECS = (g711.ALAW, g711.ULAW, g722.G722())
# What a caller can hear on the way to a message, and what tells that a login was reached.
STOCK = (
    "vm-theperson digits/0 digits/1 digits/2 vm-isunavail vm-isonphone vm-intro beep "
    "vm-login vm-password vm-youhave vm-incorrect-mailbox vm-goodbye auth-thankyou pbx-invalid "
    "vm-mailboxfull"
).split()
# How the sound of a greeting recorded by a mailbox's owner is called.
RECORDED = "recorded"
# Recordings of speech, for greetings and callers; no scenario plays them as prompts.
# A sample beyond this is speech, not the recording's noise.
AUDIBLE = 500
GREETING_VOICE = "demo-congrats"
CALLER_VOICE = "demo-instruct"
# Seconds.
GRACE = 2.0


class Server:
    """Asterisk 16 with chan_sip or Asterisk 22 with PJSIP, as Debian installs it."""

    # Where the overrides have it.
    NETWORK = OVERRIDDEN = "127.0.0."

    def __init__(self, version, root):
        self.version = version
        self.root = root
        self.address = (f"{self.NETWORK}{version}", 5060)
        self.technology = "SIP" if version == "16" else "PJSIP"
        self.log_path = root / "var/log/asterisk/live"
        # The Debian package; its own scenario installs it, else the program is copied.
        self.package = None
        self.libraries = {}
        self._converting = threading.Lock()
        # Set when nobody waits for it any more.
        self.given_up = threading.Event()
        self._mounted = []
        self._process = None
        self._running_beside = []
        # Where in the log its latest start begins: from there on channels are called as before.
        self._began = 0

    @property
    def name(self):
        """How the report calls it."""
        return f"Asterisk {self.version}"

    @property
    def pid(self):
        """Asterisk's process."""
        return self._process.pid

    @property
    def overrides(self):
        """The folders of overrides for it; of two for the same file the later one counts."""
        return ["both", self.version]

    @property
    def beside(self):
        """The commands that run beside Asterisk, from before it until after it."""
        return []

    @property
    def configuration(self):
        """The file that voiceagent reads."""
        return self.root / "etc/asterisk/voiceagent.toml"

    @property
    def program(self):
        """Where it is installed."""
        return self.root / chroot.AGI_BIN / "voiceagent"

    @property
    def mailboxes(self):
        """The folder of the mailboxes of context `sales`."""
        return self.root / "var/spool/asterisk/voicemail/sales"

    @property
    def recordings(self):
        """The folder that voiceagent-recorded has calls recorded in."""
        return self.root / "var/spool/asterisk/voiceagent"

    def prepare(self, binary):
        """Installs the program and the shipped configuration on a clean system."""
        etc = self.root / "etc/asterisk"
        shutil.rmtree(etc, ignore_errors=True)
        shutil.copytree(self.root / "etc/asterisk.debian", etc, symlinks=True)
        shutil.copytree(HERE / "overrides", etc / "live")
        for path in (etc / "live").rglob("*.conf"):
            path.write_text(path.read_text().replace(self.OVERRIDDEN, self.NETWORK))
        shipped = {path.name: path for path in (PROJECT / "config").glob("*.conf")}
        shutil.copy(shipped["voicemail.conf"], etc)
        for folder in self.overrides:
            for override in (HERE / "overrides" / folder).glob("*.conf"):
                _override(etc, override.name, folder, shipped.get(override.name))
        toml = "voiceagent.toml" if self.technology == "SIP" else "voiceagent-pjsip.toml"
        shutil.copy(PROJECT / "config" / toml, self.configuration)
        # The two directives that Debian ships as a template, which makes them void.
        conf = etc / "asterisk.conf"
        conf.write_text(conf.read_text().replace("[directories](!)", "[directories]"))
        agi_bin = self.root / chroot.AGI_BIN
        programs = {program.name: program for program in (HERE / "agi-bin").iterdir()}
        for name, program in {"voiceagent": binary, **programs}.items():
            shutil.copy(program, agi_bin / name)
            (agi_bin / name).chmod(0o755)
        shutil.rmtree(self.mailboxes, ignore_errors=True)
        shutil.rmtree(self.recordings, ignore_errors=True)
        self.log_path.unlink(missing_ok=True)
        for leftover in (self.root / "tmp").glob("voiceagent-*"):
            leftover.unlink()

    def start(self):
        """Starts it and waits until it takes calls, or until it is given up."""
        if self.given_up.is_set():
            return
        self._mounted += chroot.mount(self.root)
        self._running_beside = [self._run(command) for command in self.beside]
        self._process = self._run(["asterisk", "-f", "-C", "/etc/asterisk/asterisk.conf"])
        if self.wait_until_up():
            self._learn_sounds()

    def wait_until_up(self):
        """Waits until it takes calls; false when it is given up before."""
        self._began = self.log_path.stat().st_size if self.log_path.exists() else 0
        for _ in range(120):
            if "fully booted" in self.cli("core waitfullybooted"):
                break
            if self.given_up.is_set():
                return False
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended at its start, see {self.log_path}")
            time.sleep(0.5)
        else:
            raise RuntimeError(f"{self.name} does not come up, see {self.log_path}")
        self.cli("agi set debug on")
        if "VoiceMailMain" not in self.cli("core show application VoiceMailMain"):
            raise RuntimeError(f"{self.name} has no VoiceMail")
        return True

    def stop(self):
        """Stops what `start` started."""
        if self._process is not None and self._process.poll() is None:
            self.cli("core stop now")
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for process in self._running_beside:
            process.terminate()
            process.wait()
        self._running_beside = []
        # Programs of calls that were under way end with Asterisk; they get a moment for it.
        patience = time.monotonic() + GRACE
        while left := chroot.processes(self.root):
            if time.monotonic() > patience:
                for pid, _ in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        chroot.unmount(self._mounted)
        self._mounted = []

    def _run(self, command):
        return subprocess.Popen(
            [*self._started_by(), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _started_by(self):
        """What brings a command into this system; it is killed with this harness, even when that
        cannot say goodbye."""
        return ["setpriv", "--pdeathsig", "KILL", "chroot", str(self.root)]

    def cli(self, command):
        """What Asterisk's console answers."""
        done = subprocess.run(
            ["chroot", str(self.root), "asterisk", "-rx", command],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return done.stdout

    def findings(self, more):
        """What `voiceagent check` says of this Asterisk and the configuration with more at its end."""
        path = self.root / "tmp/voiceagent-check.toml"
        path.write_text(f"{self.configuration.read_text()}\n{more}\n")
        program = f"/{self.program.relative_to(self.root)}"
        done = subprocess.run(
            ["chroot", str(self.root), program, "check", "--config", f"/{path.relative_to(self.root)}"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return done.stdout.splitlines()

    def agents(self):
        """The processes of voiceagent that run now."""
        return [line for _, line in chroot.processes(self.root) if "voiceagent" in line]

    def captures(self):
        """The files that voiceagent-capture has written."""
        found = (self.root / "tmp").glob("voiceagent-capture.*")
        return [path for path in found if path.is_file()]

    def replay(self, recording):
        """What the program says outside of Asterisk of a call that it recorded in there."""
        done = subprocess.run(
            [str(self.program), "simulate", "--replay", str(recording)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def transcript(self, caller_name):
        """What the log has about the call with this caller name."""
        return log.read(self.log_path, caller_name, self._began)

    def voice(self, name, seconds):
        """The first seconds of a recording of speech, without the silence before it."""
        # `en` is a link that only leads somewhere inside the chroot: take the folder itself.
        (path,) = (self.root / "usr/share/asterisk/sounds").glob(f"en_*_f_*/{name}.wav")
        samples = audio.read_wav(path)
        begin = next(n for n, sample in enumerate(samples) if abs(sample) > AUDIBLE)
        return samples[begin : begin + round(seconds * audio.RATE)]

    def record_greeting(self, box, name, samples):
        """Puts a greeting into a mailbox, as if its owner had recorded it."""
        folder = self.mailboxes / box
        folder.mkdir(parents=True, exist_ok=True)
        audio.write_wav(folder / f"{name}.wav", samples)
        self._learn(RECORDED, f"/var/spool/asterisk/voicemail/sales/{box}/{name}.wav")
        return folder / f"{name}.wav"

    def messages(self, box, caller_name):
        """The recordings that this caller left, as samples."""
        found = []
        for text in sorted((self.mailboxes / box / "INBOX").glob("msg*.txt")):
            if caller_name in text.read_text(errors="replace"):
                found.append(audio.read_wav(text.with_suffix(".wav")))
        return found

    def learn_language(self, language, names):
        """Makes these sounds known in a language, as `es/beep`."""
        for name in names:
            (path,) = (self.root / "usr/share/asterisk/sounds").glob(f"{language}_*/{name}.gsm")
            self._learn(f"{language}/{name}", f"/{path.relative_to(self.root)}")

    def _learn_sounds(self):
        self.libraries = {law.name: sounds.Library() for law in CODECS}
        for name in STOCK:
            self._learn(name, f"/usr/share/asterisk/sounds/en/{name}.wav")

    def _learn(self, name, path):
        for law, library in self.libraries.items():
            converted = f"/tmp/voiceagent-live.{law}"
            # Scenarios that learn at the same time convert into the same file.
            with self._converting:
                answer = self.cli(f"file convert {path} {converted}")
                if "Converted" not in answer:
                    raise RuntimeError(f"{self.name} cannot convert {path}: {answer}")
                library.add(name, (self.root / converted[1:]).read_bytes())


def _override(etc, name, folder, shipped):
    """Makes `name` a file of includes: what was shipped, by us or else by Debian, then the override."""
    base = etc / "shipped" / name
    if not base.exists():
        base.parent.mkdir(exist_ok=True)
        shutil.copy(shipped or etc / name, base)
    (etc / name).write_text(f"#include shipped/{name}\n#include live/{folder}/{name}\n")
