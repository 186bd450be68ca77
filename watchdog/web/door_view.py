"""Pages behind signed links, in the words of somebody who has only a phone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import assert_never

from alerts.incident import Incident
from alerts.links import Action, Refused, Ticket
from alerts.words.escape import one_line
from checks.estate import Estate
from watchdog.store.views import LinkUse
from watchdog.web.words import clock_time, since_words


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """One answer to whoever follows a link. `token` is "" where there is nothing left to press."""

    status: HTTPStatus
    title: str
    lines: Sequence[str] = ()
    token: str = ""
    button: str = ""
    field: str = ""
    """What is to be written before it is pressed; "" where there is nothing to write."""
    field_is_needed: bool = False
    press: str = "Nothing happens before you press it. The link works once."
    tone: str = "note"
    estate: str = ""
    language: str = "en"


def asked(ticket: Ticket, token: str, incident: Incident | None, estate: Estate, now: datetime) -> LinkPage:
    """What will be done if the button is pressed."""
    return LinkPage(
        status=HTTPStatus.OK,
        title=_question(ticket),
        lines=[*_about(incident, estate, now), f"This goes on record as said by {one_line(ticket.receiver, 80)}."],
        token=token,
        button=_button(ticket),
        tone="note" if incident is None else incident.severity.value,
        estate=one_line(estate.name, 120),
    )


def _question(ticket: Ticket) -> str:
    match ticket.action:
        case Action.FOUR_HOURS:
            return "Are you at it?"
        case Action.UNTIL_WELL:
            return "Will you stay at it until it is well?"
        case Action.PASS_ON:
            return "Shall somebody else be told now?"
        case Action.ANSWER | Action.BILL | Action.PROPOSAL:
            return "Is this your answer?"
        case _:
            assert_never(ticket.action)


def _button(ticket: Ticket) -> str:
    match ticket.action:
        case Action.FOUR_HOURS:
            return "I am at it. Tell me again in 4 hours if it is still bad"
        case Action.UNTIL_WELL:
            return "I am at it until it is well"
        case Action.PASS_ON:
            return "I cannot. Pass it on"
        case Action.ANSWER | Action.BILL | Action.PROPOSAL:
            return one_line(ticket.answer, 120)
        case _:
            assert_never(ticket.action)


def _about(incident: Incident | None, estate: Estate, now: datetime) -> Sequence[str]:
    if incident is None:
        return ()
    service = estate.services.get(incident.service or "")
    title = one_line(service.title if service else incident.service or incident.check_id, 80)
    since = since_words(incident.since, now, estate.time_zone)
    played = "" if incident.drill is None else "DRILL, nothing is wrong. "
    return [f"{played}{title}: {one_line(incident.summary or incident.subject, 300)}", since]


def done(ticket: Ticket, use: LinkUse, estate: Estate, now: datetime) -> LinkPage:
    return LinkPage(
        status=HTTPStatus.OK,
        title="It is on record",
        lines=[_did(use, estate, now), _follows(ticket)],
        tone="ok",
        estate=one_line(estate.name, 120),
    )


def _follows(ticket: Ticket) -> str:
    match ticket.action:
        case Action.FOUR_HOURS:
            return "If it is still bad in 4 hours, people are told again. When it is well, you hear so."
        case Action.UNTIL_WELL:
            return "Nobody is reminded of it meanwhile. When it is well, you hear so."
        case Action.PASS_ON:
            return "Whoever is next is told now."
        case Action.ANSWER | Action.BILL | Action.PROPOSAL:
            return "Nothing more is to do."
        case _:
            assert_never(ticket.action)


def already_used(use: LinkUse, estate: Estate, now: datetime) -> LinkPage:
    return LinkPage(
        status=HTTPStatus.GONE,
        title="This link was used already",
        lines=[_did(use, estate, now), "Nothing was changed now."],
        estate=one_line(estate.name, 120),
    )


def somebody_else(use: LinkUse, incident: Incident | None, estate: Estate, now: datetime) -> LinkPage:
    """Who comes second changes nothing, and learns who was first."""
    said = None if incident is None else incident.acknowledged
    when = "" if said is None else f" since {clock_time(said.at, now, estate.time_zone)}"
    return LinkPage(
        status=HTTPStatus.OK,
        title="Somebody is at it already",
        lines=[f"{one_line(use.already_by, 120)} is at it{when}.", "Nothing was changed now."],
        tone="ok",
        estate=one_line(estate.name, 120),
    )


def nobody_next(estate: Estate) -> LinkPage:
    return LinkPage(
        status=HTTPStatus.CONFLICT,
        title="There is nobody to pass it on to",
        lines=[
            "Somebody is at it, it is well for now, it must not be told, or everybody who is next was told already.",
            "Nothing was changed now. Call them if it must be now.",
        ],
        tone="warning",
        estate=one_line(estate.name, 120),
    )


def over(incident: Incident | None, estate: Estate, now: datetime) -> LinkPage:
    closed_at = None if incident is None else incident.closed_at
    when = "" if closed_at is None else f" since {clock_time(closed_at, now, estate.time_zone)}"
    return LinkPage(
        status=HTTPStatus.GONE,
        title="There is nothing to do any more",
        lines=[f"What the message told of is over{when}.", "Nothing was changed now."],
        tone="ok",
        estate=one_line(estate.name, 120),
    )


def refused(why: Refused) -> LinkPage:
    """Says nothing of the estate: whoever made the token up learns nothing by it."""
    match why:
        case Refused.FORGED:
            status, more = HTTPStatus.FORBIDDEN, "Copy the whole address from the message, and try again."
        case Refused.EXPIRED:
            status, more = HTTPStatus.GONE, "A newer message has a newer link; else answer whoever sent it."
        case _:
            assert_never(why)
    return LinkPage(status=status, title="This link does nothing", lines=[why.value, more], tone="warning")


def not_done(status: HTTPStatus, why: str) -> LinkPage:
    return LinkPage(status=status, title="It could not be done", lines=[one_line(why, 300)], tone="warning")


def silent() -> LinkPage:
    lines = ["What is on record cannot be read just now. Try again in a minute."]
    return LinkPage(status=HTTPStatus.SERVICE_UNAVAILABLE, title="It could not be done", lines=lines, tone="warning")


NOT_CONFIRMED = "It is not on record yet, and may still be: open the link again in a minute, and it says whether it is."


def unconfirmed(estate: Estate) -> LinkPage:
    """It was pressed, and may be done. It does not act a second time."""
    return LinkPage(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="It is not confirmed",
        lines=[NOT_CONFIRMED, "If it still says this after some minutes, call somebody."],
        tone="warning",
        estate=one_line(estate.name, 120),
    )


def stranger() -> LinkPage:
    """Another site's page tried to press the button."""
    lines = ["It was not asked for from its own page. Open the link of the message and press the button there."]
    return LinkPage(status=HTTPStatus.FORBIDDEN, title="It could not be done", lines=lines, tone="warning")


def too_often() -> LinkPage:
    lines = ["This was asked for too often. Try again in a minute."]
    return LinkPage(status=HTTPStatus.TOO_MANY_REQUESTS, title="Not so fast", lines=lines, tone="warning")


def _did(use: LinkUse, estate: Estate, now: datetime) -> str:
    when = clock_time(use.at, now, estate.time_zone)
    return one_line(f"{use.receiver}, at {when}: {said_by_link(use)}.", 300)


def said_by_link(use: LinkUse) -> str:
    """Like "at it, for 4 hours"."""
    already = "" if use.has_changed else f", which changed nothing, since {use.already_by} was at it already"
    return f"{_pressed(use)}{already}"


def _pressed(use: LinkUse) -> str:
    match use.action:
        case Action.FOUR_HOURS:
            return "at it, for 4 hours"
        case Action.UNTIL_WELL:
            return "at it until it is well"
        case Action.PASS_ON:
            return "passed it on"
        case Action.ANSWER:
            return f"answered {use.answer}"
        case Action.BILL:
            return f"said of {use.about}: {use.answer.partition(' ')[0]}"
        case Action.PROPOSAL:
            return f"decided of {use.about}: {use.answer}"
        case _:
            assert_never(use.action)
