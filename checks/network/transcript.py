"""What one run saw, written down cheaply and turned into text only when somebody asks."""

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from checks.network import caps
from checks.network.hidden import Hidden

_HEAD_ENTRIES = 200
_TAIL_ENTRIES = 40
_TAIL_BYTES = caps.TRANSCRIPT_BYTES // 4

#: Seconds on a clock that never jumps; only differences mean something.
Stopwatch: TypeAlias = Callable[[], float]

_Entry: TypeAlias = tuple[float, str, tuple[object, ...]]


class Transcript:
    """The first and the last entries of a run; what lies between is counted once there is too much of it."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._started = stopwatch()
        self._head: list[_Entry] = []
        self._tail: deque[_Entry] = deque(maxlen=_TAIL_ENTRIES)
        self._overflowed = 0
        self.hidden = Hidden()
        self.old_addresses: dict[str, str] = {}
        """Hosts and why the run went on by an old address of theirs: people must read it even where all is well."""

    def add(self, template: str, *values: object) -> None:
        """Keep `template.format(*values)` for later. Texts from outside go in as values, cut by `clipped`."""
        entry = (self._stopwatch(), template, values)
        if len(self._head) < _HEAD_ENTRIES:
            self._head.append(entry)
        else:
            self._tail.append(entry)
            self._overflowed += 1

    def text(self) -> str:
        """One entry a line, "+0.012 connected to …": no secret, control characters escaped, at most 16 KiB."""
        lines = [self._line(entry) for entry in self._head]
        left_out = self._overflowed - len(self._tail)
        if left_out:
            lines.append(f"… {left_out} entries left out …")
        lines.extend(self._line(entry) for entry in self._tail)
        return _capped("\n".join(lines))

    def _line(self, entry: _Entry) -> str:
        at, template, values = entry
        return f"+{at - self._started:.3f} {escaped(self.hidden.taken_out(template.format(*values)))}"


def clipped(text: str) -> str:
    """`text` as the transcript keeps it: its first characters, and how many more there were."""
    if len(text) <= caps.TRANSCRIPT_LINE:
        return text
    return f"{text[: caps.TRANSCRIPT_LINE]}… ({len(text)} characters)"


def escaped(text: str) -> str:
    """`text` with everything that could move a cursor, break a line or turn its direction made visible."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _capped(text: str) -> str:
    raw = text.encode()
    if len(raw) <= caps.TRANSCRIPT_BYTES:
        return text
    mark = "\n… cut …\n"
    head = raw[: caps.TRANSCRIPT_BYTES - _TAIL_BYTES - len(mark.encode())].decode(errors="ignore")
    return head + mark + raw[-_TAIL_BYTES:].decode(errors="ignore")
