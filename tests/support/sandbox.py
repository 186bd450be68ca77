"""Runs a command behind the unit's own system call filters, without systemd: `sandbox.py COMMAND…` (libseccomp).

Builds what systemd 252 builds of SystemCallFilter=, ProtectClock=, MemoryDenyWriteExecute=, RestrictAddressFamilies=
and NoNewPrivileges=, and becomes the command. `sandbox.py --and DROP_IN COMMAND…` reads a drop-in as well.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

UNIT: Final = Path(__file__).parents[2] / "systemd" / "nigehban.service"

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _EAFNOSUPPORT = 1, 97
_EQ, _GT, _MASKED_EQ = 4, 6, 7
_PROT_WRITE, _PROT_EXEC, _SHM_EXEC = 2, 4, 0o100000
_FAMILIES: Final = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
_LAST_FAMILY: Final = 45


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


class Filter:
    """One seccomp filter; once loaded it holds for this process and all it becomes."""

    def __init__(self, otherwise: int) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2")
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(otherwise)))

    def add(self, action: int, call: str, *comparisons: tuple[int, int, int, int]) -> None:
        """A call that this machine does not know is passed over, as systemd does."""
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            conditions = (_Comparison * len(comparisons))(*(_Comparison(*one) for one in comparisons))
            done = self._library.seccomp_rule_add_array(
                self._context, ctypes.c_uint32(action), number, len(comparisons), conditions
            )
            if done != 0:
                raise OSError(-done, os.strerror(-done), call)

    def load(self) -> None:
        """Implies that no privileges can be gained any more."""
        done = self._library.seccomp_load(self._context)
        if done != 0:
            raise OSError(-done, os.strerror(-done), "seccomp")


def unit_values(name: str, drop_ins: Sequence[Path] = ()) -> list[str]:
    """Every value of a key of the unit and its drop-ins, in order."""
    lines = [line for file in (UNIT, *drop_ins) for line in file.read_text(encoding="utf-8").splitlines()]
    return [line.partition("=")[2] for line in lines if line.partition("=")[0] == name]


def call_sets() -> Mapping[str, list[str]]:
    """systemd's own sets of system calls, by name; a set may hold others."""
    shown = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, timeout=60, check=True
    )
    sets: dict[str, list[str]] = {}
    for line in shown.stdout.splitlines():
        word = line.strip().partition(" ")[0]
        if line.startswith("@"):
            sets[word] = []
        elif word and not word.startswith("#") and sets:
            sets[next(reversed(sets))].append(word)
    return sets


def allowed_calls(drop_ins: Sequence[Path] = ()) -> set[str]:
    """What ProtectClock= and SystemCallFilter= leave: of the latter the first line allows, "~" takes away."""
    sets = call_sets()
    allowed = set(_expanded(["@default"], sets))
    for value in unit_values("SystemCallFilter", drop_ins):
        named = set(_expanded(value.removeprefix("~").split(), sets))
        allowed = allowed - named if value.startswith("~") else allowed | named
    is_protected = unit_values("ProtectClock", drop_ins)[-1:] == ["yes"]  # a filter of its own, whatever the others say
    return allowed - set(sets["@clock"]) if is_protected else allowed


def _expanded(words: Iterable[str], sets: Mapping[str, list[str]]) -> Iterator[str]:
    for word in words:
        if word.startswith("@"):
            yield from _expanded(sets[word], sets)
        else:
            yield word


def enter(drop_ins: Sequence[Path] = ()) -> None:
    """Put this process behind the unit's filters."""
    writable = Filter(_ALLOW)
    both = _PROT_WRITE | _PROT_EXEC
    writable.add(_ERRNO | _EPERM, "mmap", (2, _MASKED_EQ, both, both))
    for call in ("mprotect", "pkey_mprotect"):
        writable.add(_ERRNO | _EPERM, call, (2, _MASKED_EQ, _PROT_EXEC, _PROT_EXEC))
    writable.add(_ERRNO | _EPERM, "shmat", (2, _MASKED_EQ, _SHM_EXEC, _SHM_EXEC))
    families = Filter(_ALLOW)
    wanted = {_FAMILIES[word] for value in unit_values("RestrictAddressFamilies") for word in value.split()}
    for family in set(range(_LAST_FAMILY + 1)) - wanted:
        families.add(_ERRNO | _EAFNOSUPPORT, "socket", (0, _EQ, family, 0))
    families.add(_ERRNO | _EAFNOSUPPORT, "socket", (0, _GT, _LAST_FAMILY, 0))
    calls = Filter(_ERRNO | _EPERM)
    for call in allowed_calls(drop_ins):
        calls.add(_ALLOW, call)
    for one in (writable, families, calls):
        one.load()


if __name__ == "__main__":
    further, become = ([Path(sys.argv[2])], sys.argv[3:]) if sys.argv[1] == "--and" else ([], sys.argv[1:])
    enter(further)
    os.execvp(become[0], become)  # noqa: S606  # what it is for
