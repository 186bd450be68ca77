"""What people who run no servers need: the same event without a word of any protocol."""

from typing import Final

from alerts.concern import BESIDE_BILLS
from alerts.incident import Nature
from alerts.words.due import is_past, lapses, lasted
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.wording import count, listed, span
from checks.model import Cause

#: Causes that mean something to anybody and blame nobody; the rest is "does not work as it should".
_WHY: Final = {
    Cause.OVER_CAPACITY: "more people use it than it can hold",
    Cause.MASS_LOGOUT: "many people were logged out at once",
    Cause.SLOW: "it is very slow",
}

#: The same for those who have to do with its provider.
_BEHIND: Final = {
    Cause.SUSPENDED: "its provider has suspended it",
    Cause.EXPIRED: "something it needs has expired",
    Cause.NOT_REGISTERED: "its internet name is not registered any more",
    Cause.ON_HOLD: "its internet name is on hold",
}

#: Where nothing else was written for a service or for the whole estate.
USUAL_ADVICE: Final = (
    "You need not do anything to repair it. What can wait may wait; for what cannot, use telephone or paper."
)


def state_of(scene: Scene, *, blames: bool = True) -> str:
    """Like "Official e-mail does not work as it should": the thing and how it stands, no full stop."""
    match scene.incident.nature:
        case Nature.FAULT:
            cause = scene.incident.cause
            why = _WHY.get(cause) or (_BEHIND.get(cause) if blames and not scene.incident.debts else None)
            shaky = "it comes and goes" if scene.incident.is_unstable else None
            said = ", and ".join(filter(None, (why, shaky)))
            return f"{scene.title} does not work as it should{f': {said}' if said else ''}"
        case Nature.STALENESS if scene.incident.kind in BESIDE_BILLS:
            return scene.summary.rpartition("; last look: ")[2]
        case Nature.STALENESS:
            return f"We cannot tell at present whether {scene.title} works"
        case Nature.DEADLINE:
            return _ahead(scene)
        case Nature.CHANGE:
            return f"Something about {scene.title} was changed"


def _ahead(scene: Scene) -> str:
    deadline = scene.incident.deadline
    if deadline is None:
        return f"A date of {scene.title} has to be seen to"
    if lapses(scene):
        verb = "expired" if is_past(scene, deadline) else "expires"
        return f"A registration or certificate of {scene.title} {verb} on {scene.day(deadline.at)}"
    at = deadline.cuts_off_at or deadline.at
    if deadline.cuts_off_at is not None and scene.event.at < deadline.cuts_off_at:
        return f"{scene.title} can stop on {scene.day(at)}, unless a matter with its provider is settled before"
    verb = "was" if is_past(scene, deadline) else "is"
    return f"A matter with the provider of {scene.title} {verb} due on {scene.day(deadline.at)} and is not settled"


def ended_well(scene: Scene) -> str:
    """How it ended, as a sentence."""
    incident = scene.incident
    if incident.retirement is not None:
        return f"{scene.title} is not watched any more, so nothing is known of it."
    match incident.nature:
        case Nature.DEADLINE:
            return f"The matter of {scene.title} is settled."
        case Nature.FAULT:
            went = ", in which it came and went" if incident.is_unstable else ""
            return f"{scene.title} works again, after {span(lasted(scene))}{went}."
        case Nature.STALENESS | Nature.CHANGE:
            return f"{scene.title} can be judged again, after {span(lasted(scene))}."


def whom_it_hits(scene: Scene) -> str:
    """Like "Police (3,400 users) and Health Department (1,200 users), 4,600 users in all"; "" for nobody known."""
    return scene.departments


def users(scene: Scene) -> str:
    return count(scene.users, "user") if scene.users else ""


def in_hand(scene: Scene) -> str:
    """Who has it, as a sentence without a full stop."""
    said = scene.incident.acknowledged
    if said is not None:
        return f"{one_line(said.by, 80)} has had it in hand since {scene.moment(said.at)}"
    told = listed((*scene.heard_before, *scene.others))
    return (
        f"it goes to {told}; nobody has confirmed yet to be at it" if told else "nobody has confirmed to be at it yet"
    )


def page_of(scene: Scene) -> str | None:
    base = scene.directory.estate.public_url
    return f"{base.rstrip('/')}/incidents/{one_line(scene.incident.id)}" if base else None
