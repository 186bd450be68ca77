"""Matters of money in English."""

from typing import Final

from alerts.concern import BOOKS, CONTRACTS, CUT_OFFS, OUTAGES, PAYEES, STAGES
from alerts.words.money.books import books_in_english
from alerts.words.money.contracts import contract_in_english
from alerts.words.money.endings import after_the_block, end_of_block, end_of_forecast, too_late
from alerts.words.money.english_parts import (
    before_verb,
    capital,
    ending,
    settled,
    thing_of,
    told_word,
)
from alerts.words.money.said import Said, Wording, is_behind
from alerts.words.placeholders import filled
from alerts.words.wording import count
from checks.billing import labels

_SAVE: Final = (
    "Save what you cannot do without: letters, addresses, files of running cases. Agree with those you work with most "
    "on a telephone number or another way for the days it may be gone."
)

_OTHER_WAYS: Final = (
    "Send no money to this account: what is sent now comes back, and weeks are lost.",
    "Write to the vendor today; ask for its plan and its day to lift this, in writing.",
    "Ask for another account in the vendor's own name, with a letter that says so; check the payee anew.",
    "Where the tax authority or a court holds the account, ask the accounts office whether the sum may go there.",
    "Ask the vendor for grace in writing (nigehban invoices letter) and record its answer.",
)

_STILL_POSSIBLE: Final = (
    "Carry the file by hand to the desk where it lies, today.",
    "Ask the accounts office for its last day for bills that came back with an objection.",
    "Ask the vendor for grace in writing until the money returns (nigehban invoices letter).",
)


def wording_of(said: Said) -> Wording:
    kind = said.scene.incident.kind
    return books_in_english(said) if kind == BOOKS else _KINDS[kind](said)


def _stage(said: Said) -> Wording:
    at, dark = _stage_name(said), _goes_dark(said)
    over = ending(said, f"no longer {at or 'there'}")
    waited = f"{_days(said)} {at}" if at and said.days_there else at
    move = f"had to move by {said.day}" if said.is_past else f"act by {said.day}"
    desk = said.fact(labels.DESK)
    way = said.fact(labels.IN_THE_WAY)
    usual = f"; {count(said.usual_days, 'working day')} would be usual" if said.usual_days is not None else ""
    where = f"{thing_of(said)}, {_lain(said, at)}{usual}." if at else f"{said.scene.summary}."
    first = said.fact(labels.CUT_OFF_FROM)
    cut = f", from {first} on" if first else ""
    must = "had to move on" if said.is_past else "must move on"
    return Wording(
        word=_late(said) if said.is_past else told_word(said, "DUE", "REMINDER"),
        subject=over or _joined(f"{thing_of(said)}: {waited}" if waited else thing_of(said), move),
        lead=(f"{over}.",)
        if over
        else (
            where,
            f"It {must} by {said.day} for the money to arrive before the vendor may cut off{cut}."
            + (f" It lies with {desk}." if desk else ""),
            too_late(said),
            dark,
        ),
        lay=over
        or f"{thing_of(said)}, for {said.scene.title}, is held up{f' {at}' if at else ''} and {must} by {said.day}",
        about=_joined(thing_of(said), "" if said.is_over else at),
        kind=_going_on(said) or f"A matter with the provider of {said.scene.title} takes longer than it should",
        todo=_listed(("What usually stands in the way there", (f"{capital(way)}." if way else "",))),
        ends="It ends when somebody says that the bill has moved on: with one of the links, with the edited sheet, "
        "or with nigehban invoices record.",
    )


def _cut_off(said: Said) -> Wording:
    name, stage, back = (said.fact(one) for one in (labels.CUT_OFF, labels.MUST_HAVE_REACHED, labels.MONEY_RETURNS))
    returns, the_day = f", money returns {back}" if back else "", f"the cut-off of {said.day}"
    missed, called = "missed" if said.is_past else "will miss", f" ({name})" if name else ""
    over = ending(said, "it is safe from it", f"{thing_of(said)}, cut-off of {said.day}{called}")
    reach = f" It has to be in {stage} by then." if stage and not said.is_past else ""
    waits = f"What has not come so far by then waits for other money{f', which returns {back}' if back else ''}."
    return Wording(
        word="LAPSED" if said.is_past else "LAPSES",
        subject=over or f"{thing_of(said)}: {missed} {the_day}{returns}",
        lead=(f"{over}.",)
        if over
        else (
            f"By the pace of its way so far, {before_verb(said)} {missed} {the_day}{called}.{reach} {waits}",
            _goes_dark(said),
        ),
        lay=over or f"{thing_of(said)}, for {said.scene.title}, {missed} {the_day}{returns}",
        about=_joined(thing_of(said), "" if said.is_over else f"{missed} {the_day}"),
        kind=_going_on(said)
        or f"A matter with the provider of {said.scene.title} may not be settled before {said.day}",
        todo=_listed(("What can still be done", () if said.is_past else _STILL_POSSIBLE)),
        ends="It ends when the bill is far enough on its way, or paid.",
    )


def _payee(said: Said) -> Wording:
    why, since = said.fact(labels.BLOCK), said.fact(labels.BLOCKED_SINCE)
    bills, who = said.fact(labels.OPEN_BILLS), said.vendor or said.scene.subject
    because = f": {why}" if why else ""
    cannot = "cannot be paid" if said.is_blocked else "can perhaps not be paid"
    word = "BLOCKED" if said.is_blocked else "DOUBTFUL"
    idle = "" if said.is_critical or not said.is_blocked else "; nothing is owed to it now"
    over, open_ = end_of_block(said, who), f" Open bills: {bills}." if bills else ""
    return Wording(
        word=f"STILL {word}" if said.is_told_again or said.is_turn else word,
        subject=over or f"{who} {cannot}{because}{idle}",
        lead=(
            (f"{over}.{open_} {after_the_block(said)}",)
            if said.is_over
            else (f"{who} {cannot}{because}{idle}.{f' Since {since}.' if since else ''}{open_}", _goes_dark(said))
        ),
        lay=over or f"{who}, which provides {said.scene.title}, {cannot}",
        about=who if said.is_over else f"{who} {cannot}",
        kind=(settled(said) if said.is_payable_again else _going_on(said))
        or f"A matter with the provider of {said.scene.title} is not settled",
        todo=_listed(("Other ways, in this order", tuple(said.steps()) or _OTHER_WAYS)),
        ends="It ends when what stands in the way is over: a block that is recorded as lifted, with what proves it "
        "(nigehban vendors), or a newer list on which the vendor stands.",
    )


def _outage(said: Said) -> Wording:
    title, when = said.scene.title, _window(said)
    bill = f": {thing_of(said)}, not paid" if said.amount and said.vendor else ""
    bill_before = before_verb(said) if bill else "a bill of its provider"
    safe = end_of_forecast(said)
    advice = said.scene.service.advice if said.scene.service else ""
    meanwhile = filled(advice or said.scene.directory.estate.advice, said.scene)
    return Wording(
        word="ANY DAY" if said.is_past else "AHEAD",
        subject=safe or f"{title} may be cut off {when}{bill}",
        lead=(f"{safe}.",)
        if safe
        else (f"The vendor may cut off {title} {when}{bill}.", _goes_dark(said), _closing_in(said)),
        lay=safe or f"{title} may be cut off {when}, unless {bill_before} is paid before",
        about=thing_of(said) if said.amount and said.vendor else "",
        kind=safe or f"{title} may go dark {when}, unless a matter with its provider is settled before",
        brief=safe or f"{title} may go dark {when}: save what you need",
        ahead=()
        if safe
        else _listed(("What to save before then", (_SAVE,)), ("If it stops all the same", (meanwhile,))),
        left=_closing_in(said),
        ends="It ends when the vendor has said that it has its money; a grace that the vendor gives moves it.",
    )


_KINDS: Final = {STAGES: _stage, CUT_OFFS: _cut_off, PAYEES: _payee, OUTAGES: _outage, CONTRACTS: contract_in_english}


# Parts ---------------------------------------------------------------------------------------------------------------


def _late(said: Said) -> str:
    return "STILL LATE" if said.is_late_again else "LATE"


def _lain(said: Said, at: str) -> str:
    if said.days_there == 0:
        return f"came to be {at} today"
    return f"has been {at}{f' for {_days(said)}' if said.days_there is not None else ''}"


def _days(said: Said) -> str:
    return count(said.days_there or 0, "working day")


def _goes_dark(said: Said) -> str:
    whom = said.fact(labels.GOES_DARK_FOR) or said.scene.departments
    what = said.fact(labels.SERVICE)
    if said.is_over or not (whom or what):
        return ""
    return f"If it is not paid in time, {what or 'what it pays for'} goes dark{f' for {whom}' if whom else ''}."


def _stage_name(said: Said) -> str:
    """Like "in pre-audit"; one of several words is quoted. "" where it is not known."""
    stage = said.fact(labels.STAGE)
    if not stage:
        return ""
    return f'at "{stage}"' if " " in stage else f"in {stage}"


def _going_on(said: Said) -> str:
    return f"The matter with the provider of {said.scene.title} goes on as it should" if said.is_over else ""


def _window(said: Said) -> str:
    """Like "between Thu 19 Oct 2017 and Thu 16 Nov 2017"."""
    first, last = said.fact(labels.CUT_OFF_FROM) or said.day, said.fact(labels.CUT_OFF_UNTIL)
    if said.is_past:
        is_ahead = last and last != first and not is_behind(last, said)
        return f"any day now, by {last} at the latest" if is_ahead else "any day now"
    return f"between {first} and {last}" if last and last != first else f"on {first}"


def _closing_in(said: Said) -> str:
    days = None if said.at is None else said.scene.working_days_until(said.at)
    if days is None or days < 0:
        return ""
    return f"{capital(count(days, 'working day'))} to the first of these days." if days else "The first is today."


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _listed(*sections: tuple[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """Those with anything in them."""
    kept = ((title, tuple(filter(None, lines))) for title, lines in sections)
    return [(title, lines) for title, lines in kept if lines]
