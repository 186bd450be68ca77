"""The daily note laid out on one sheet of A4: what does not fit is counted. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from alerts.digests.bill_words import WORDS, BillWords, bills_counted, cut_off_of, events_counted, states_of
from alerts.digests.bills import PRESSING, Bill, BillState, totals
from alerts.digests.leaning import leaning
from alerts.digests.morning import in_groups
from alerts.digests.note import Duty, Note
from alerts.digests.note_fit import LINES, Row, frame_lines, laid_out
from alerts.digests.note_words import NOTE_WORDS, NoteWords, Part, more_of
from alerts.incident import Incident
from alerts.record import SubjectRecord
from alerts.route import Language
from checks.billing import labels
from checks.estate import Estate
from checks.model import CheckId, Status
from checks.units import Money
from checks.wording import local

_HASH_CHARS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    part: Part
    title: str
    head: tuple[str, ...]
    rows: Sequence[Row]
    nothing: str
    """Stands there where there is no row."""
    more: str = ""
    """How many did not fit; "" where all did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    language: Language
    estate: str
    title: str
    lead: Sequence[str]
    warnings: Sequence[str]
    """Why this may not be how things stand."""
    sections: Sequence[Section]
    foot: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """In what words, names and clock a sheet is written."""

    language: Language
    estate: Estate
    titles: Mapping[CheckId, str]
    zone: tzinfo

    @property
    def words(self) -> NoteWords:
        return NOTE_WORDS[self.language]

    @property
    def bill_words(self) -> BillWords:
        return WORDS[self.language]

    def day(self, at: datetime | None) -> str:
        return "" if at is None else self.words.short_day(local(at, self.zone).date())


def sheet_of(note: Note, reader: Reader) -> Sheet:
    """What fits of `note`."""
    words = reader.words
    rows = {
        Part.INCIDENTS: [_incident(one, reader) for one in note.incidents],
        Part.BILLS: [_bill(one, reader) for one in note.bills],
        Part.PAYEES: [_payee(one, reader) for one in note.payees],
        Part.DEADLINES: [_deadline(one, note, reader) for one in note.deadlines],
        Part.DUTY: [_duty(one, reader) for one in note.duty or ()],
    }
    lead, warnings, foot = tuple(_lead(note, reader)), tuple(_warnings(note, reader)), tuple(_foot(note, reader))
    estate = words.name(reader.estate.name)
    room = LINES[reader.language] - frame_lines(estate, " ".join(lead), warnings, foot)
    shown = laid_out(rows, words.heads, room)
    return Sheet(
        language=reader.language,
        estate=estate,
        title=words.title.format(day=words.day(note.day)),
        lead=lead,
        warnings=warnings,
        sections=[
            Section(
                part=part,
                title=words.titles[part],
                head=words.heads[part],
                rows=shown[part],
                nothing=words.unsaid_duty if part is Part.DUTY and note.duty is None else words.nothing[part],
                more=more_of(part, len(found) - len(shown[part]), reader.language),
            )
            for part, found in rows.items()
        ],
        foot=foot,
    )


# Rows ----------------------------------------------------------------------------------------------------------------


def _incident(one: Incident, reader: Reader) -> Row:
    words = reader.words
    service = reader.estate.services.get(one.service or "")
    title = service.title if service else reader.titles.get(one.check_id, one.check_id)
    who = one.acknowledged.by if one.acknowledged else ""
    at_it = words.at_it.format(who=words.name(who)) if who else words.nobody_at_it
    return Row(
        (words.short_moment(one.since, reader.zone), words.name(title), words.text(one.summary)),
        f"{words.severities[one.severity]}{words.comma}{at_it}",
        presses=one.severity is Status.CRITICAL,
    )


def _bill(bill: Bill, reader: Reader) -> Row:
    words, theirs = reader.words, reader.bill_words
    between = cut_off_of(bill, theirs)
    place = theirs.lies(bill.stage, bill.days_there, bill.desk) if bill.stage else ""
    dark = theirs.people(bill.goes_dark)
    under = (
        words.comma.join(states_of(bill, theirs)),
        words.name(bill.stopped_by),
        words.cut_off.format(when=between) if between else "",
        words.lies.format(place=place) if place else "",
        words.dark.format(whom=dark) if dark else "",
    )
    return Row(
        (
            words.number(bill.number),
            words.name(bill.vendor),
            said_money(bill.money, reader) if bill.money else theirs.money(bill.amount),
            reader.day(bill.due_at),
            reader.day(bill.act_by),
        ),
        words.parting.join(filter(None, under)),
        presses=not PRESSING.isdisjoint(bill.states),
    )


def said_money(amount: Money, reader: Reader) -> str:
    """In digits, and in lakh and crore: "Rs 134,000 (Rs 1.34 lakh)"."""
    if reader.language is Language.URDU:
        return reader.bill_words.money(str(amount))
    return str(amount) if amount.short() == str(amount) else f"{amount} ({amount.short()})"


def _payee(one: Incident, reader: Reader) -> Row:
    words, facts = reader.words, dict(one.facts)
    bills = facts.get(labels.OPEN_BILLS, "")
    since = facts.get(labels.BLOCKED_SINCE, "")
    return Row(
        (
            words.name(facts.get(labels.VENDOR, one.subject)),
            words.text(facts.get(labels.BLOCK, "") or facts.get("Not known", "") or one.summary),
            reader.bill_words.between(since, "") if since else reader.day(one.since),
        ),
        words.open_bills.format(bills=words.text(bills)) if bills else "",
        presses=one.severity is Status.CRITICAL,
    )


def _deadline(record: SubjectRecord, note: Note, reader: Reader) -> Row:
    words, deadline = reader.words, record.deadline
    summary = record.deadline_words.summary if record.deadline_words else record.summary
    at = None if deadline is None else deadline.at
    by = at if deadline is None or deadline.act_by is None else deadline.act_by
    cells = (reader.day(by), words.text(summary), reader.day(at))
    return Row(cells, presses=at is not None and at <= note.at)


def _duty(duty: Duty, reader: Reader) -> Row:
    words = reader.words
    who = words.people([words.name(one) for one in duty.who])
    then = words.people([words.name(one) for one in duty.then]) or words.nobody
    until = "" if duty.until is None else words.until.format(when=words.moment(duty.until, reader.zone), who=then)
    there = words.stands_in.format(who=who) if duty.stands_in and who else who or words.nobody
    return Row((words.number(duty.rota), there, until), presses=not duty.who)


# Above and below -----------------------------------------------------------------------------------------------------


def _lead(note: Note, reader: Reader) -> Iterator[str]:
    words = reader.words
    yield words.wrong(len(note.incidents)) if note.incidents else words.nothing[Part.INCIDENTS]
    if note.bills:
        overdue = sum(BillState.OVERDUE in bill.states for bill in note.bills)
        said = [said_money(amount, reader) for amount in totals(note.bills)]
        count = bills_counted(len(note.bills), reader.language)
        yield words.bills.format(count=count, overdue=overdue, sum=words.people(said) or "-")
    if note.office is not None:
        yield words.office.format(office=words.number(note.office))


def _warnings(note: Note, reader: Reader) -> Iterator[str]:
    words = reader.words
    if note.seen_at is None:
        yield words.never
    elif note.is_old:
        yield words.old.format(when=words.moment(note.seen_at, reader.zone))
    if note.at > note.printed_at:
        yield words.ahead
    unread = dict.fromkeys(bill.unread.partition(";")[0] for bill in note.bills if bill.unread)
    yield from (reader.bill_words.unread.format(when=words.number(when)) for when in list(unread)[:1])


def _foot(note: Note, reader: Reader) -> Iterator[str]:
    words = reader.words
    seen = "" if note.seen_at is None else f" {words.seen.format(when=words.moment(note.seen_at, reader.zone))}"
    yield f"{words.printed.format(when=words.moment(note.printed_at, reader.zone))}{seen}"
    if hangs := leaning(reader.estate, reader.language):
        yield hangs
    if note.chain is not None and note.chain.events:
        events = events_counted(note.chain.events, reader.language)
        end = words.number(in_groups(note.chain.hash[:_HASH_CHARS]))
        yield words.chain.format(events=events, hash=end)
