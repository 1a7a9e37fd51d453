"""Two Debian systems with the two Asterisks, each in a folder of its own, made once and reused."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
from dataclasses import dataclass, field

import imap_module

AGI_BIN = "usr/share/asterisk/agi-bin"


@dataclass(frozen=True)
class Release:
    """A Debian release by what it is here for."""

    version: str
    suite: str
    # debootstrap does not know releases younger than itself: the script to use instead, if any.
    script: str
    packages: tuple
    # Downloaded but not installed, because they take the place of others, by what they are for.
    spare: dict = field(default_factory=dict)
    # Whether Debian has the VoiceMail for IMAP only as source.
    builds_imap: bool = False


PACKAGES = (
    "asterisk",
    "asterisk-core-sounds-en-wav",
    "asterisk-core-sounds-es",
    "asterisk-core-sounds-es-gsm",
    "libasterisk-agi-perl",
    "libsqliteodbc",
    "odbcinst",
)
RELEASES = {
    "22": Release(
        "22",
        "forky",
        "sid",
        PACKAGES,
        {"imap": ("dovecot-imapd",), "clock": ("libfaketime",)},
        builds_imap=True,
    ),
    "16": Release(
        "16",
        "bullseye",
        "",
        (*PACKAGES, "asterisk-voicemail"),
        {
            "database": ("asterisk-voicemail-odbcstorage",),
            "imap": ("asterisk-voicemail-imapstorage", "dovecot-imapd"),
            "clock": ("libfaketime",),
        },
    ),
}


def mirror():
    """The Debian mirror that this machine's own apt uses, the first of its sources."""
    listed = sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*"))
    for path in [*listed, pathlib.Path("/etc/apt/sources.list")]:
        text = path.read_text() if path.is_file() else ""
        for line in text.splitlines():
            found = re.match(r"(?:URIs:|deb\s(?:\s*\[[^]]*\])?)\s*(\S+/debian)/?(?:\s|$)", line)
            if found:
                return found.group(1)
    raise SystemExit("no Debian mirror in /etc/apt/sources.list or /etc/apt/sources.list.d")


def folder_of(folder, version):
    """Where the system with this Asterisk is."""
    return folder / f"asterisk-{version}"


def make_all(folder, versions):
    """Makes the systems that are not there yet, beside each other."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda v: make(RELEASES[v], folder_of(folder, v)), versions))


def make(release, root):
    """Makes the system unless it is there. It counts as there once all of it has been made."""
    done = root / "var/lib/voiceagent-live-made"
    spare = " ".join(f"{name}: {', '.join(what)};" for name, what in release.spare.items())
    wanted = f"{' '.join(release.packages)} {spare}"
    if done.exists() and done.read_text() == wanted:
        return
    if root.exists():
        shutil.rmtree(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    command = [
        "debootstrap",
        "--variant=minbase",
        "--include=" + ",".join(release.packages),
        release.suite,
        str(root),
        mirror(),
    ]
    if release.script:
        command.append(f"/usr/share/debootstrap/scripts/{release.script}")
    log = root.with_suffix(".log")
    with log.open("w") as output:
        if subprocess.run(command, stdout=output, stderr=output, check=False).returncode:
            raise SystemExit(f"debootstrap {release.suite} failed:\n" + _tail(log))
    with log.open("a") as output:
        try:
            for name, packages in release.spare.items():
                download(root, name, packages, output)
            if release.builds_imap:
                imap_module.make(root, release.suite, mirror(), output)
        except subprocess.CalledProcessError as error:
            raise SystemExit(f"{error}:\n" + _tail(log)) from None
    # The configuration that Debian ships is kept: every run starts from it.
    shutil.copytree(root / "etc/asterisk", root / "etc/asterisk.debian", symlinks=True)
    done.write_text(wanted)


def download(root, name, packages, output):
    """Has the system's apt-get fetch these packages, and what else they need there."""
    archives = _archives(root, name)
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "-qq", "-y", "install", "--download-only", "--no-install-recommends"]
    command += ["-o", "APT::Sandbox::User=root"]
    command += ["-o", f"Dir::Cache::Archives=/{archives.relative_to(root)}"]
    subprocess.run(
        ["chroot", str(root), *command, *packages],
        env={"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        check=True,
    )


def unpack(root, name):
    """Puts the files of the packages fetched under this name in place; none of their scripts runs."""
    for archive in _archives(root, name).glob("*.deb"):
        files = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE)
        command = ["tar", "-C", root, "-x", "--keep-directory-symlink"]
        subprocess.run(command, stdin=files.stdout, check=True)
        files.stdout.close()
        if files.wait():
            raise RuntimeError(f"{archive} cannot be unpacked")


def _archives(root, name):
    return root / "var/lib/voiceagent-live-spare" / name


def layer(system, root):
    """Shows a system at `root` whose changes are in memory and gone with it; returns what to undo it with."""
    changes = root.with_name(root.name + ".changes")
    for folder in (root, changes):
        folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(changes)], check=True)
    for folder in ("upper", "work"):
        (changes / folder).mkdir()
    parts = f"lowerdir={system},upperdir={changes}/upper,workdir={changes}/work"
    subprocess.run(["mount", "-t", "overlay", "-o", parts, "overlay", str(root)], check=True)
    return [changes, root]


def mount(root):
    """Gives the system /proc and terminals; returns what to undo it with."""
    mounted = []
    for kind, place in (("proc", "proc"), ("devpts", "dev/pts")):
        target = root / place
        target.mkdir(exist_ok=True)
        if not os.path.ismount(target):
            subprocess.run(["mount", "-t", kind, kind, str(target)], check=True)
            mounted.append(target)
    return mounted


def unmount(mounted):
    """Undoes `mount`."""
    for target in reversed(mounted):
        subprocess.run(["umount", "-l", str(target)], check=False)


def processes(root):
    """(pid, command) of everything that runs in this system."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "root") == str(root):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                found.append((int(entry.name), command))
        except OSError:
            continue
    return found


def _tail(path):
    return "\n".join(path.read_text(errors="replace").splitlines()[-15:])
