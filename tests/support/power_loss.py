"""What a disk may hold after the power went: what was synced, and any part of what was not.

Made from a trace of the real system calls of a process (strace -f -y -xx -s 9000).
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Disks write whole sectors; a page may be torn between them.
SECTOR_B = 512

TRACED = "pwrite64,write,fdatasync,ftruncate,unlink"

_CALL = re.compile(
    r'(?P<name>\w+)\((?:\d+<(?P<of>[^>]*)>)?(?:, )?(?:"(?P<text>[^"]*)")?(?:, )?(?P<rest>[\d, ]*)\) += \d+'
)


@dataclass(frozen=True)
class Call:
    name: str
    path: Path
    data: bytes = b""
    number: int = 0
    """Offset of a pwrite64, length of an ftruncate."""


def traced_calls(trace: str) -> Iterator[Call]:
    """Calls that came to a good end, in order."""
    for found in _CALL.finditer(trace):
        name, data = found["name"], _plain(found["text"] or "")
        if name == "unlink":
            yield Call(name, Path(data.decode()))
        else:
            numbers = [int(number) for number in found["rest"].split(",") if number.strip()]
            yield Call(name, Path(_plain(found["of"]).decode()), data, numbers[-1] if numbers else 0)


def _plain(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))


def lose_power(calls: Sequence[Call], source: Path, target: Path, rng: random.Random) -> None:
    """Write to `target` what may be left of the files of `source` when the power goes after `calls`."""
    kept_share = rng.choice((0.0, 0.5, 0.9, 1.0))
    synced = {call.path: place for place, call in enumerate(calls) if call.name == "fdatasync"}
    disk: dict[Path, bytearray] = {}
    for place, call in enumerate(calls):
        if call.path.parent == source:
            # A name is gone for certain only when its folder was synced.
            made_sure = synced.get(call.path.parent if call.name == "unlink" else call.path, 0)
            share = 1.0 if place < made_sure else kept_share
            _apply(disk, call, share, rng)
    for path, content in disk.items():
        (target / path.name).write_bytes(content)


def _apply(disk: dict[Path, bytearray], call: Call, share: float, rng: random.Random) -> None:
    match call.name:
        case "pwrite64":
            content = disk.setdefault(call.path, bytearray())
            for start, sector in _sectors(call):
                if rng.random() < share:
                    content.extend(bytes(max(0, start - len(content))))
                    content[start : start + len(sector)] = sector
        case "ftruncate" if rng.random() < share:
            content = disk.setdefault(call.path, bytearray())
            content.extend(bytes(max(0, call.number - len(content))))
            del content[call.number :]
        case "unlink" if rng.random() < share:
            disk.pop(call.path, None)


def _sectors(call: Call) -> Iterator[tuple[int, bytes]]:
    start, end = call.number, call.number + len(call.data)
    while start < end:
        stop = min(end, (start // SECTOR_B + 1) * SECTOR_B)
        yield start, call.data[start - call.number : stop - call.number]
        start = stop
