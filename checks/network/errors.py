"""The one border where foreign failures become causes."""

from checks.model import Cause


class ProbeError(Exception):
    """A look outward failed in a way that says something about the target.

    `cause` is the closed reason, `detail` one line for people; what was seen stands in the run's transcript.
    """

    def __init__(self, cause: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause
        self.detail = detail


class BodyError(ProbeError):
    """The body of an HTTP answer cannot be read (coding, size), while its `status` is known."""

    def __init__(self, cause: Cause, detail: str, status: int) -> None:
        super().__init__(cause, detail)
        self.status = status


class BlindError(ProbeError):
    """The failure is ours, not the target's: no route at all, no file descriptors, the resolver is dead."""

    def __init__(self, detail: str) -> None:
        super().__init__(Cause.BLIND, detail)


class StarvedError(BlindError):
    """We have run out of something of our own: file descriptors, ports, buffers. People are told of it at once."""
