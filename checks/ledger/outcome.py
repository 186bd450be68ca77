"""What became of what was proposed: kept with the decision, so that an audit finds every word of it again. Pure."""

from dataclasses import dataclass
from enum import Enum


class Became(Enum):
    """The value stands in rows."""

    RECORDED = "recorded"
    """It went on record by the decision, as the event named."""
    THERE = "there"
    """Just that stood on record before, as the event named."""
    WAITS = "waits"
    """It waits for one more person, in the proposal named."""
    LEFT_OUT = "left-out"
    """It was not needed any more, for the reason given."""
    REPLACED = "replaced"
    """The whole was put right: the proposal named stands in its place."""
    OVERTAKEN = "overtaken"
    """The whole was overtaken, by the event named."""


@dataclass(frozen=True, slots=True)
class Outcome:
    became: Became
    of: str
    """Id of an event or of a proposal, or words."""
