"""The VoiceMail for IMAP of an Asterisk whose Debian packages have none.

Debian left it out when c-client, the library that it speaks IMAP with, went; the source package still
has it. It is built from the source of the very version that is installed, with the c-client of the
last release that had one.
"""

import pathlib
import shutil
import subprocess
import tempfile

MODULE = "app_voicemail_imap.so"
LIBRARY = "libc-client.so.2007e"
# Where they lie in a system until a server wants them.
PLACE = "var/lib/voiceagent-live-module"
_RELEASE_OF_LIBRARY = "bookworm"
_LIBRARY_PACKAGES = ("libc-client2007e", "libc-client2007e-dev")
_SELF = MODULE.removesuffix(".so")


def make(root, suite, mirror, output):
    """Builds it for the system at `root`, with this machine's compiler."""
    place = root / PLACE
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / "tmp") as work:
        work = pathlib.Path(work)
        _download(root, work, suite, mirror, output)
        for package in work.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, work], stdout=output, check=True)
        (archive,) = work.glob("asterisk_*.orig.tar.xz")
        options = ["--wildcards", "--strip-components=2", "*/apps/app_voicemail.c"]
        subprocess.run(["tar", "-C", work, "-xf", archive, *options], stdout=output, check=True)
        library = (work / "usr/lib" / LIBRARY).resolve()
        _compile(work, library, place / MODULE, output)
        shutil.copy(library, place / LIBRARY)


def install(root):
    """Puts it where Asterisk finds it."""
    libraries = root / "usr/lib/x86_64-linux-gnu"
    shutil.copy(root / PLACE / LIBRARY, libraries)
    shutil.copy(root / PLACE / MODULE, libraries / "asterisk/modules")


def _download(root, work, suite, mirror, output):
    inside = f"/{work.relative_to(root)}"
    (work / "sources.list").write_text(
        f"deb {mirror} {suite} main\ndeb-src {mirror} {suite} main\n"
        f"deb {mirror} {_RELEASE_OF_LIBRARY} main\n"
    )
    (work / "lists/partial").mkdir(parents=True)
    settings = (
        f"Dir::Etc::SourceList={inside}/sources.list",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State::Lists={inside}/lists",
        "Dir::Cache::PkgCache=",
        "Dir::Cache::SrcPkgCache=",
        "Acquire::Languages=none",
        # A mirror that lags behind has what is wanted here.
        "Acquire::Check-Valid-Until=false",
        "APT::Sandbox::User=root",
    )
    options = " ".join(f"-o {setting}" for setting in settings)
    script = f"""set -e
        cd {inside}
        version=$(dpkg-query --show --showformat='${{Version}}' asterisk)
        apt-get -qq {options} update
        apt-get -qq {options} download asterisk-dev=$version {" ".join(_LIBRARY_PACKAGES)}
        apt-get -qq {options} source --download-only asterisk=$version
    """
    command = ["chroot", root, "sh", "-c", script]
    subprocess.run(command, stdout=output, stderr=output, check=True)


def _compile(work, library, module, output):
    command = ["cc", "-shared", "-fPIC", "-O1", "-w", f"-I{work}/usr/include"]
    # As Asterisk's own makefiles do.
    command += ["-D_GNU_SOURCE", "-include", "asterisk/autoconfig.h"]
    command += [f'-DAST_MODULE="{_SELF}"', f"-DAST_MODULE_SELF_SYM=__internal_{_SELF}_self"]
    command += ["-DIMAP_STORAGE", "-DUSE_SYSTEM_CCLIENT", "-DHAVE_IMAP_TK2006"]
    # What the library needs itself is in the system, not on this machine.
    command += [work / "app_voicemail.c", library, "-Wl,--allow-shlib-undefined", "-o", module]
    subprocess.run(command, stdout=output, stderr=output, check=True)
