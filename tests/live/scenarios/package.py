"""The Debian package, as an administrator installs, upgrades, removes and purges it."""

import asyncio
import contextlib
import pathlib
import stat
import subprocess
import tempfile

from case import check
from scenarios.faults import moved_away
from scenarios.listing import ALONE, scenario
from scenarios.steps import dialled, leaves_message

# The administrator's own line.
EDIT = "# max_wait of 102 is Peter's own wish\n"


@scenario(lane=ALONE)
async def installed_from_the_package(case):
    """A call by the installed package; then an upgrade keeps the edited file, purge leaves none."""
    root, configuration = case.server.root, case.server.configuration
    with moved_away(configuration), moved_away(case.server.program), tools_of_apt(root):
        await apt(root, "install", await package(case.server, "0"))
        check(
            owner_and_mode(root, configuration) == ("asterisk", 0o640),
            f"{configuration} has {owner_and_mode(root, configuration)}",
        )
        shown = await run(root, "voiceagent", "check", "--show", "101")
        check("Dial(SIP/bob," in shown, f"check --show says {shown}")
        # On chan_sip the file is right as it comes; on PJSIP the other example is.
        examples = root / "usr/share/doc/voiceagent/examples"
        example = "voiceagent.toml" if case.server.technology == "SIP" else "voiceagent-pjsip.toml"
        edited = (examples / example).read_text() + EDIT
        configuration.write_text(edited)
        await apt(root, "install", await package(case.server, "1"))
        check(configuration.read_text() == edited, "the upgrade changed the edited file")
        check("+live1" in await run(root, "dpkg", "-s", "voiceagent"), "the upgrade was not installed")
        await rung_and_recorded(case)
        await apt(root, "remove", "voiceagent")
        check(not case.server.program.exists(), "the program is still there")
        check(configuration.read_text() == edited, "removing it took the configuration away")
        await apt(root, "purge", "voiceagent")
        check(not configuration.exists(), "purging it left the configuration")


async def rung_and_recorded(case):
    """A call of which the program hears a key."""
    await case.dial("102")
    await case.hears("vm-theperson", 0.5)
    await case.presses_in_audio("#")
    await leaves_message(case, "102")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"], "#", "audio")


async def package(server, version):
    """The package as built, under a version of its own, inside the system; its path there."""
    built = server.package
    place = pathlib.Path(f"/tmp/voiceagent-live{version}.deb")
    with tempfile.TemporaryDirectory() as folder:
        await done("dpkg-deb", "-R", str(built), folder)
        control = pathlib.Path(folder) / "DEBIAN/control"
        lines = control.read_text().splitlines(keepends=True)
        lines = [
            line.rstrip("\n") + f"+live{version}\n" if line.startswith("Version:") else line
            for line in lines
        ]
        control.write_text("".join(lines))
        # Debian 11 reads no newer compression than xz.
        target = server.root / str(place)[1:]
        await done("dpkg-deb", "-Zxz", "--root-owner-group", "-b", folder, str(target))
    return str(place)


async def apt(root, verb, what):
    """What an administrator types; nobody answers questions, and there is no network."""
    await run(root, "apt-get", "-qq", "-o", "APT::Sandbox::User=root", "-y", verb, what)


async def run(root, *command):
    """Runs a command in the system; what it printed."""
    return await done("chroot", str(root), *command)


async def done(*command):
    """Runs a command while the telephones go on; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed = (await process.communicate())[0].decode(errors="replace")
    check(process.returncode == 0, f"{' '.join(command)}: {printed}")
    return printed


def owner_and_mode(root, path):
    """The group's name in that system, and the permissions."""
    status = path.stat()
    groups = dict(
        (int(fields[2]), fields[0])
        for fields in (line.split(":") for line in (root / "etc/group").read_text().splitlines())
    )
    return groups.get(status.st_gid), stat.S_IMODE(status.st_mode)


@contextlib.contextmanager
def tools_of_apt(root):
    """Without starting services in a chroot; and nothing of the package stays behind."""
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
        subprocess.run(
            ["chroot", str(root), "dpkg", "--purge", "voiceagent"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
