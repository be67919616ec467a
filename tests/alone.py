"""Run a command where only this machine exists: ``python tests/alone.py NOTES COMMAND ...`` (Linux).

Whatever the command or a process of it tries to reach beyond loopback, by whatever library, finds no way there and is
counted by the kernel; NOTES gets the number. Nothing is written where the system has no such place.
"""

import ctypes
import fcntl
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile

_USER, _NET, _MOUNTS = 0x10000000, 0x40000000, 0x00020000  # flags of unshare(2)
_BIND, _PRIVATE = 0x1000, 0x44000  # flags of mount(2)
_LIBC = ctypes.CDLL(None, use_errno=True)


def leave():
    """bool: go to a place with nothing but loopback, where names are asked for at an address that nobody has."""
    if sys.platform != "linux":
        return False
    if _LIBC.unshare(_NET | _MOUNTS) and _LIBC.unshare(_USER | _NET | _MOUNTS):
        return False
    with socket.socket() as one:
        fcntl.ioctl(one, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: up and running
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as resolver:
        resolver.write("nameserver 192.0.2.1\noptions timeout:1 attempts:1\n")
        resolver.flush()
        _LIBC.mount(None, b"/", None, _PRIVATE, None)
        return not _LIBC.mount(resolver.name.encode(), b"/etc/resolv.conf", None, _BIND, None)


def tried():
    """int: how often something found no way out since :func:`leave`."""
    names, values = pathlib.Path("/proc/net/snmp").read_text().splitlines()[:2]
    four = int(values.split()[names.split().index("OutNoRoutes")])
    six = re.search(r"Ip6OutNoRoutes\s+(\d+)", pathlib.Path("/proc/net/snmp6").read_text())
    return four + (int(six[1]) if six else 0)


if __name__ == "__main__":
    notes, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for the command
    alone = leave()
    heard = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    status = subprocess.run(command, preexec_fn=heard).returncode
    if alone:
        notes.write_text(str(tried()))
    sys.exit(status)
