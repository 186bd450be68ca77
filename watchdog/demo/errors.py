"""Why a demo ended before its story did."""

from collections.abc import Sequence


class DemoError(Exception):
    """The message is one sentence for the person at the terminal."""

    log_lines: Sequence[str] = ()
    """What the daemon logged last, oldest first."""


class DaemonEndedError(DemoError):
    """The daemon ended by itself, or never began to watch."""
