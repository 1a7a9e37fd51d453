"""Starts a command in a system as a hardened systemd service would: ROOT COMMAND...

No systemd runs in the systems of the tests. What these lines of a unit mean is done here, in the same
way, by what systemd itself says of its groups of system calls:

    User=asterisk  NoNewPrivileges=yes  CapabilityBoundingSet=  ProtectSystem=strict
    ReadWritePaths=/etc/asterisk/keys /run/asterisk /tmp /var/lib/asterisk /var/log/asterisk /var/spool/asterisk
    SystemCallFilter=@system-service  SystemCallArchitectures=native  MemoryDenyWriteExecute=yes
    RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
"""

import ctypes
import errno
import os
import pathlib
import signal
import socket
import subprocess
import sys

USER = "asterisk"
WRITABLE = ("run/asterisk", "tmp", "var/lib/asterisk", "var/log/asterisk", "var/spool/asterisk")
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
# linux/prctl.h, linux/seccomp.h, seccomp.h, sys/mman.h
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
EQUAL, GREATER, MASKED_EQUAL = 4, 6, 7
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000
CLONE_NEWNS = 0x00020000


class Argument(ctypes.Structure):
    """libseccomp's `scmp_arg_cmp`: how an argument of a system call compares."""

    _fields_ = [
        ("number", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    ]


def main(root, command):
    """Becomes the command."""
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    # The second allows no further filter.
    filters = [no_new_code(seccomp), system_service(seccomp)]
    uid, gid = user_of(root)

    done(libc, libc.unshare(CLONE_NEWNS))
    protect_system(root)
    os.chroot(root)
    os.chdir("/")
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # Killed with the harness, even when that cannot say goodbye.
    done(libc, libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    done(libc, libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    for one in filters:
        if seccomp.seccomp_load(ctypes.c_void_p(one)):
            raise SystemExit("the filter of system calls cannot be loaded")
    os.execvp(command[0], command)


def done(libc, result):
    """What a C function returned, when that is no failure."""
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def user_of(root):
    """The user's numbers in that system."""
    for line in (pathlib.Path(root) / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == USER:
            return int(fields[2]), int(fields[3])
    raise SystemExit(f"{root} has no user {USER}")


def protect_system(root):
    """Everything is read-only but for what a service may write."""
    mount("--make-rprivate", "/")
    for folder in WRITABLE:
        mount("--bind", f"{root}/{folder}", f"{root}/{folder}")
    mount("-o", "remount,bind,ro", root)


def mount(*arguments):
    """Runs mount(8)."""
    subprocess.run(["mount", *arguments], check=True)


def system_service(seccomp):
    """The calls of a usual service; others fail as under systemd: the known as forbidden."""
    groups = groups_of_calls()
    allowed = calls_of("@system-service", groups)
    context = seccomp.seccomp_init(REFUSE | errno.ENOSYS)
    for name in sorted(allowed | calls_of("@known", groups)):
        rule(seccomp, context, ALLOW if name in allowed else REFUSE | errno.EPERM, name)
    return context


def no_new_code(seccomp):
    """No memory that is written to is ever executed, and no socket of another family made."""
    context = seccomp.seccomp_init(ALLOW)
    refuse = REFUSE | errno.EPERM
    both = PROT_WRITE | PROT_EXEC
    rule(seccomp, context, refuse, "mmap", Argument(2, MASKED_EQUAL, both, both))
    for name in ("mprotect", "pkey_mprotect"):
        rule(seccomp, context, refuse, name, Argument(2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
    rule(seccomp, context, refuse, "shmat", Argument(2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC))
    refuse = REFUSE | errno.EAFNOSUPPORT
    rule(seccomp, context, refuse, "socket", Argument(0, GREATER, max(FAMILIES), 0))
    for family in range(max(FAMILIES)):
        if family not in FAMILIES:
            rule(seccomp, context, refuse, "socket", Argument(0, EQUAL, family, 0))
    return context


def rule(seccomp, context, action, name, *arguments):
    """Adds one; what this machine's library does not know cannot be called by number either."""
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    # Negative numbers are those of calls that this processor does not have.
    if number < 0:
        return
    compared = (Argument * len(arguments))(*arguments)
    if seccomp.seccomp_rule_add_array(
        ctypes.c_void_p(context), ctypes.c_uint32(action), number, len(arguments), compared
    ):
        raise SystemExit(f"no rule can be made for {name}")


def groups_of_calls():
    """systemd's own groups, by name: what stands in each."""
    listed = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter"], capture_output=True, text=True, check=True
    ).stdout
    groups = {}
    for line in listed.splitlines():
        if line.startswith("@"):
            group = groups.setdefault(line.strip(), [])
        elif line.startswith(" ") and not line.strip().startswith("#"):
            group.append(line.strip())
    return groups


def calls_of(group, groups):
    """Every call in a group and in those that stand in it."""
    found = set()
    for name in groups[group]:
        found |= calls_of(name, groups) if name.startswith("@") else {name}
    return found


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
