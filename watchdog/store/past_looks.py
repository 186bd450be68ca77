"""Looks read back: columns of numbers, made into values only where somebody asks for one."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import overload

from checks.model import Cause, Status
from watchdog.store.columns import STATUS_BY_CODE, from_us, to_us
from watchdog.store.errors import StoreUnreadableError
from watchdog.store.looks_codec import MAX_STATES, LookColumns, State
from watchdog.store.past_views import Look, Slice


class Looks(Sequence[Look]):
    """Oldest first. A month of one check is some 43,000 of them: look at `counts` or `slices` where that is enough."""

    def __init__(self, columns: LookColumns) -> None:
        self._columns = columns
        self._outcomes = tuple(map(_outcome, columns.states))

    def __len__(self) -> int:
        return len(self._columns.at_us)

    @overload
    def __getitem__(self, index: int) -> Look: ...

    @overload
    def __getitem__(self, index: slice) -> "Looks": ...

    def __getitem__(self, index: int | slice) -> "Look | Looks":
        columns = self._columns
        if isinstance(index, slice):
            cut = columns.at_us[index], columns.states, columns.state_of[index], columns.took_s[index]
            return Looks(LookColumns(*cut))
        status, cause = self._outcomes[columns.state_of[index]]
        at = from_us(columns.at_us[index])
        return Look(observed_at=at, status=status, cause=cause, duration_s=columns.took_s[index])

    def between(self, since: datetime, until: datetime) -> "Looks":
        at_us = self._columns.at_us
        return self[bisect_left(at_us, to_us(since)) : bisect_left(at_us, to_us(until))]

    def sliced(self, edges: Sequence[datetime]) -> tuple[Slice, ...]:
        """A slice between each two of `edges`, which rise. Costs what slices there are, hardly what looks."""
        columns = self._columns
        cuts = [bisect_left(columns.at_us, to_us(edge)) for edge in edges]
        statuses = columns.state_of.translate(bytes(state.status for state in columns.states).ljust(256, b"\0"))
        return tuple(
            Slice(
                begins_at=edges[number],
                ends_at=edges[number + 1],
                ok=statuses.count(0, cuts[number], cuts[number + 1]),
                warning=statuses.count(1, cuts[number], cuts[number + 1]),
                critical=statuses.count(2, cuts[number], cuts[number + 1]),
                unknown=statuses.count(3, cuts[number], cuts[number + 1]),
            )
            for number in range(len(edges) - 1)
        )


def _outcome(state: State) -> tuple[Status, Cause]:
    try:
        return STATUS_BY_CODE[state.status], Cause(state.cause) if state.cause else Cause.NONE
    except (KeyError, ValueError) as error:
        raise StoreUnreadableError(f"a look that is kept ended in a way this program does not know: {error}") from error


def gathered(packed: Iterable[LookColumns], others: Iterable[tuple[int, int, str, float]]) -> LookColumns:
    """One history of packed hours in order and single looks in any order; of two at one time, the last stands."""
    at_us: list[int] = []
    took_s: list[float] = []
    state_of = bytearray()
    known: dict[State, int] = {}
    states: Sequence[State] = ()
    indexes = b""
    for hour in packed:
        at_us += hour.at_us
        took_s += hour.took_s
        if hour.states is not states:  # most hours share theirs with the one before
            states = hour.states
            indexes = bytes(_index(known, state) for state in states).ljust(256, b"\0")
        state_of += hour.state_of.translate(indexes)
    is_in_order = True
    for at, status, cause, took in others:
        is_in_order = is_in_order and (not at_us or at > at_us[-1])
        at_us.append(at)
        took_s.append(took)
        state_of.append(_index(known, State(status, cause)))
    if not is_in_order:
        last = {at: number for number, at in enumerate(at_us)}
        order = [last[at] for at in sorted(last)]
        at_us, took_s = [at_us[number] for number in order], [took_s[number] for number in order]
        state_of = bytearray(state_of[number] for number in order)
    return LookColumns(at_us, tuple(known), bytes(state_of), took_s)


def _index(known: dict[State, int], state: State) -> int:
    index = known.setdefault(state, len(known))
    if index > MAX_STATES:
        raise StoreUnreadableError("looks that are kept ended in more ways than there are")
    return index
