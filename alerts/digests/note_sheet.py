"""The daily note laid out on one sheet of A4: what does not fit is counted. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from alerts.digests.bill_words import WORDS, BillWords, bills_counted, cut_off_of, events_counted, states_of
from alerts.digests.bills import PRESSING, Bill, BillState, totals
from alerts.digests.leaning import leaning
from alerts.digests.morning import in_groups
from alerts.digests.note import Duty, Note
from alerts.digests.note_words import NOTE_WORDS, NoteWords, Part, more_of
from alerts.incident import Incident
from alerts.record import SubjectRecord
from alerts.route import Language
from alerts.words.escape import one_line, wrapped_lines
from checks.billing import labels
from checks.estate import Estate
from checks.model import CheckId, Status
from checks.units import Money
from checks.wording import local

#: Lines that sections share beside their headings, as a browser prints them on A4 (watchdog/web/static/note.css).
LINES: Final[Mapping[Language, int]] = {Language.ENGLISH: 44, Language.URDU: 26}
#: What a row takes.
_HEIGHTS: Final[Mapping[Part, int]] = {
    Part.INCIDENTS: 2,
    Part.BILLS: 3,
    Part.PAYEES: 2,
    Part.DEADLINES: 1,
    Part.DUTY: 1,
}
_IN_A_TURN: Final[Mapping[Part, int]] = {Part.BILLS: 2}
_WARNING_LINES: Final = 2
_TEXT_LINE_CHARS: Final = 100
_HANGING: Final = "   "
_HASH_CHARS: Final = 16


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]
    under: str = ""
    """A second line below them, of bills a third."""
    presses: bool = False


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
    warnings = tuple(_warnings(note, reader))
    room = LINES[reader.language] - _WARNING_LINES * len(warnings)
    shown = shares({part: len(found) for part, found in rows.items()}, room)
    return Sheet(
        language=reader.language,
        estate=words.name(reader.estate.name),
        title=words.title.format(day=words.day(note.day)),
        lead=tuple(_lead(note, reader)),
        warnings=warnings,
        sections=[
            Section(
                part=part,
                title=words.titles[part],
                head=words.heads[part],
                rows=found[: shown[part]],
                nothing=words.unsaid_duty if part is Part.DUTY and note.duty is None else words.nothing[part],
                more=more_of(part, len(found) - shown[part], reader.language),
            )
            for part, found in rows.items()
        ],
        foot=tuple(_foot(note, reader)),
    )


def shares(wanted: Mapping[Part, int], lines: int) -> Mapping[Part, int]:
    """How many rows of each section fit into `lines`. They take turns, so that what was found wrong does not crowd out
    who is on duty; bills have two in a turn.
    """
    given = dict.fromkeys(wanted, 0)
    room = lines
    for turn in range(1, 1 + max(wanted.values(), default=0)):
        for part, number in wanted.items():
            while given[part] < min(number, turn * _IN_A_TURN.get(part, 1)) and _HEIGHTS[part] <= room:
                given[part] += 1
                room -= _HEIGHTS[part]
    return given


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


# As text -------------------------------------------------------------------------------------------------------------


def sheet_text(sheet: Sheet) -> str:
    """The same for a terminal or a line printer; a line of English is at most 100 characters long."""
    lines = [sheet.estate, sheet.title, *sheet.warnings, *sheet.lead]
    parting = NOTE_WORDS[sheet.language].parting
    for section in sheet.sections:
        numbered = enumerate(section.rows, start=1)
        rows = [line for place, row in numbered for line in _row_lines(place, row, section.head, parting)]
        lines += ["", section.title, *(rows or [f"  {section.nothing}"])]
        lines += [f"  {section.more}"] if section.more else []
    lines += ["", *sheet.foot]
    wrap: Callable[[str], Sequence[str]] = _wrapped if sheet.language is Language.ENGLISH else lambda line: [line]
    return "\n".join(part for line in lines for part in (wrap(line) if line else [""]))


def _row_lines(place: int, row: Row, head: Sequence[str], parting: str) -> Iterator[str]:
    first, *others = row.cells
    named = [f"{label}: {cell}" for label, cell in zip(head[1:], others, strict=True) if cell]
    yield parting.join([f"{place}. {first}", *named])
    if row.under:
        yield f"   {row.under}"


def _wrapped(line: str) -> Sequence[str]:
    """What goes on in the next line stands below the words of a row, not below its number."""
    inner = line.lstrip()
    indent = " " * (len(line) - len(inner))
    first, *rest = wrapped_lines(one_line(inner, 2000), _TEXT_LINE_CHARS - len(indent) - len(_HANGING)) or [""]
    return [f"{indent}{first}", *(f"{indent or _HANGING}{part}" for part in rest)]
