"""The daemon's log: one event, one line, JSON to a journal and plain text to a terminal.

Writing happens on a thread of its own behind a bounded queue: a reader that stalls (FAULTS row 48) costs log
lines, which are counted and told, and never the loop's time.
"""

import json
import logging
import os
import re
import select
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from watchdog.clock import Clock
from watchdog.redaction import redact

#: What may wait for a reader. A line is seldom over 300 bytes, so this is some ten thousand lines.
MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
#: A longer text is cut: evidence belongs into the store.
MAX_TEXT_CHARS: Final = 8_000

# Controls (C0, C1), soft hyphen, zero-width and bidi marks, line and paragraph separators, BOM, lone surrogates,
# tags: all that could end a line, move a cursor or turn a text around.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_PLAIN_VALUE: Final = re.compile(r"[^\s\"=]+")

Line = Callable[[EventDict], str]


class LineWriter:
    """Writes lines to a descriptor from a daemonic thread. `offer` never waits for the reader."""

    def __init__(self, descriptor: int, told_dropped: Callable[[int], str]) -> None:
        self._descriptor = descriptor
        self._told_dropped = told_dropped
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._untold = 0
        self._closing = False
        self._changed = threading.Condition()
        self.dropped = 0
        """Lines that never reached the descriptor, since the start."""
        self._thread = threading.Thread(target=self._write_forever, name="log", daemon=True)
        self._thread.start()

    def offer(self, line: str) -> None:
        """Queue one line, or count it as dropped when too much waits already."""
        encoded = _encoded(line)
        with self._changed:
            if self._closing or self._waiting_bytes + len(encoded) > MAX_WAITING_BYTES:
                self._drop()
                return
            self._tell_gap()
            self._enqueue(encoded)

    def close(self, timeout_s: float = 1.0) -> None:
        """Write out what waits, for at most `timeout_s`: a stalled reader does not keep us from stopping."""
        with self._changed:
            self._tell_gap()
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def _write_forever(self) -> None:
        while (line := self._next()) is not None:
            try:
                _write_all(self._descriptor, line)
            except OSError:  # the reader is gone; there is nowhere left to say so but the count
                with self._changed:
                    self._drop()

    def _next(self) -> bytes | None:
        with self._changed:
            while not self._waiting:
                if self._closing:
                    return None
                self._changed.wait()
            line = self._waiting.popleft()
            self._waiting_bytes -= len(line)
            return line

    def _enqueue(self, encoded: bytes) -> None:
        self._waiting.append(encoded)
        self._waiting_bytes += len(encoded)
        self._changed.notify()

    def _drop(self) -> None:
        self.dropped += 1
        self._untold += 1

    def _tell_gap(self) -> None:
        """Stands where the lines are missing: before the first one that found room again."""
        if self._untold:
            self._enqueue(_encoded(self._told_dropped(self._untold)))
            self._untold = 0


class Logs:
    """The log of one process: `logger` for whoever is handed it, `install` for the libraries that look for one."""

    def __init__(self, descriptor: int, clock: Clock, *, level: int = logging.INFO, plain: bool | None = None) -> None:
        shown_plain = os.isatty(descriptor) if plain is None else plain
        self._line: Line = plain_line if shown_plain else json_line
        self._clock = clock
        self._level = level
        self._writer = LineWriter(descriptor, self._gap)
        self._processors: tuple[Callable[..., Any], ...] = (
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            self._finish,
        )
        self._wrapper = structlog.make_filtering_bound_logger(level)
        self.logger: FilteringBoundLogger = structlog.wrap_logger(
            _Sink(self._writer), processors=self._processors, wrapper_class=self._wrapper
        )

    @property
    def dropped(self) -> int:
        return self._writer.dropped

    def install(self) -> None:
        """Make this the log of everything in the process: structlog's default and the standard library's root."""
        structlog.configure(
            processors=self._processors,
            wrapper_class=self._wrapper,
            logger_factory=lambda *_args: _Sink(self._writer),
        )
        root = logging.getLogger()
        root.handlers[:] = [_StandardHandler(self.logger)]
        root.setLevel(self._level)

    def close(self, timeout_s: float = 1.0) -> None:
        self._writer.close(timeout_s)

    def _finish(self, _logger: WrappedLogger, _method: str, event: EventDict) -> str:
        return self._line(self._stamped(event))

    def _gap(self, count: int) -> str:
        return self._line(self._stamped({"level": "warning", "event": "log lines were dropped", "dropped": count}))

    def _stamped(self, event: EventDict) -> EventDict:
        at = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        first = {"at": at, "level": event.pop("level", "info"), "event": event.pop("event", "")}
        redacted = {name: redact(value, name) for name, value in {**first, **event}.items()}
        return {name: _cut(value) for name, value in redacted.items()}


def json_line(event: Mapping[str, object]) -> str:
    """One JSON object on one line. Urdu stays readable; whatever could break or turn the line is escaped."""
    return _escaped(json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=str))


def plain_line(event: Mapping[str, object]) -> str:
    """For a person at a terminal: time, level, event, then name=value."""
    rest = (f"{name}={_plain(value)}" for name, value in event.items() if name not in {"at", "level", "event"})
    return _escaped(" ".join((str(event["at"]), f"{event['level']:<8}", str(event["event"]), *rest)).rstrip())


def _plain(value: object) -> str:
    if isinstance(value, str) and _PLAIN_VALUE.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _escaped(line: str) -> str:
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], line)


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > MAX_TEXT_CHARS:
        return f"{value[:MAX_TEXT_CHARS]}… ({len(value) - MAX_TEXT_CHARS} more characters)"
    return value


def _encoded(line: str) -> bytes:
    return line.encode("utf-8", "backslashreplace") + b"\n"


def _write_all(descriptor: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:  # whoever shares the descriptor made it non-blocking; wait on its behalf
            select.select((), (descriptor,), ())


class _Sink:
    """What structlog calls with the finished line, under the name of the level."""

    def __init__(self, writer: LineWriter) -> None:
        self._writer = writer

    def msg(self, line: str) -> None:
        self._writer.offer(line)

    debug = info = warning = error = critical = fatal = exception = log = warn = msg


class _StandardHandler(logging.Handler):
    """Brings what libraries log into the same form."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._logger.log(
                _known_level(record.levelno),
                "%s",
                record.getMessage(),
                logger=record.name,
                exc_info=record.exc_info or None,
            )
        except Exception:  # noqa: BLE001  # a log line that cannot be formatted must not end what it tells of
            self.handleError(record)


def _known_level(level: int) -> int:
    """The nearest level below: libraries invent levels of their own."""
    return max(logging.DEBUG, min(logging.CRITICAL, level // 10 * 10))
