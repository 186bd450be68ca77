"""Whether a channel is worth trying: closed while it works, out while it does not, then on trial with one message."""

from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from alerts.backoff import LONGEST_ASKED_S
from alerts.channel import Deferred, Delivered, Outcome, Rejected

#: Failures in a row, of any messages, after which a channel is left alone for a while.
FAILURES_TO_OPEN = 5

#: The first rest, doubled with each trial that fails up to the longest: what comes back is found within two minutes.
FIRST_REST_S = 15.0
LONGEST_REST_S = 120.0

#: However short a rest the other side asks for.
SHORTEST_REST_S = 1.0


@dataclass(frozen=True, slots=True)
class Closed:
    """It works, or has failed too seldom to say otherwise."""

    failures: int = 0
    """In a row."""
    refused: frozenset[str] = field(default_factory=frozenset)
    """Addresses among them that were put off for reasons of their own: each counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """Nothing is tried until `until_s`. Seconds are those of a clock that never steps back."""

    since_s: float
    until_s: float
    reason: str
    trials: int = 0
    """Trials that failed since `since_s`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Its rest is over; the outcome of one message decides."""

    since_s: float
    reason: str
    trials: int


State: TypeAlias = Closed | Out | Trial


def at(state: State, now_s: float) -> State:
    """`state` once `now_s` has come: a rest that is over leads to a trial."""
    if isinstance(state, Out) and now_s >= state.until_s:
        return Trial(since_s=state.since_s, reason=state.reason, trials=state.trials)
    return state


def after(state: State, outcome: Outcome, address: str, now_s: float) -> State:
    """What one try says of the channel.

    A refusal for ever says nothing against it: it answered. One that asks for patience (Retry-After) speaks for the
    whole channel, unless it is about this address alone.
    """
    match outcome:
        case Delivered():
            return Closed()
        case Rejected():
            return state if isinstance(state, Closed) else Closed()
        case Deferred(only_this=True):
            return _refused(state, outcome, address, now_s) if isinstance(state, Closed) else Closed()
        case Deferred(retry_after_s=float() as asked_s):
            return _out(state, outcome.reason, now_s, rest_s=asked_s)
        case Deferred():
            return _failed(state, outcome, now_s)
        case _:
            assert_never(outcome)


def _refused(state: Closed, outcome: Deferred, address: str, now_s: float) -> State:
    """One full mailbox is not the channel; five mailboxes one after the other are."""
    if address in state.refused:
        return state
    counted = Closed(state.failures + 1, state.refused | {address})
    return counted if counted.failures < FAILURES_TO_OPEN else _out(state, outcome.reason, now_s)


def _failed(state: State, outcome: Deferred, now_s: float) -> State:
    if isinstance(state, Closed) and state.failures + 1 < FAILURES_TO_OPEN:
        return Closed(state.failures + 1, state.refused)
    return _out(state, outcome.reason, now_s)


def _out(state: State, reason: str, now_s: float, *, rest_s: float | None = None) -> Out:
    since_s, trials = (now_s, 0) if isinstance(state, Closed) else (state.since_s, state.trials + 1)
    own_s = min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** min(trials, 16))
    rest_s = own_s if rest_s is None else max(SHORTEST_REST_S, min(rest_s, LONGEST_ASKED_S))
    return Out(since_s=since_s, until_s=now_s + rest_s, reason=reason, trials=trials)
