"""What a list says that is not on record: events, proposals, and what stands against it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final, TypeAlias

from checks.billing.intake.limits import MAX_PROBLEMS
from checks.billing.intake.request import Exported, ReadBill
from checks.billing.path.position import position
from checks.billing.refusal import WHOLE_FILE, BadCell
from checks.estate import Estate
from checks.invoice import bill_key, former_key
from checks.ledger.event import Details, Draft, LedgerEventKind, Terms
from checks.ledger.state import BillOnRecord
from checks.pasted import record_command

_K = LedgerEventKind

#: A sheet on which more stages differ is no list that somebody edited.
MAX_STAGES: Final = 200
_BEFORE: Final = timedelta(microseconds=1)
Keyed: TypeAlias = tuple[str, ReadBill]
"""With its key, which takes as long to make as all else of a row takes to compare."""
_TERMS: Final = ("amount", "due", "suspends", "service", "office", "contract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A list as it was handed in."""

    name: str
    """Of the file, or of the source."""
    digest: str
    """sha256 of its bytes, in hex."""
    author: str
    at: datetime
    is_source: bool = False
    """It comes by itself, again and again, and nobody waits for the answer: a row that differs from the ledger is told
    and passed over, and keeps no new bill out."""
    proof: str = field(init=False)
    """One text for all events, not a copy for each."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "proof", f"sha256:{self.digest}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEdit:
    """A stage that the list says of a bill on record, and the ledger does not."""

    draft: Draft
    note: str
    returned_at: datetime | None = None
    """When the bill came back to a stage before: what was decided of it until then is no decision any more."""


@dataclass(slots=True, kw_only=True)
class ImportPlan:
    news: list[Draft] = field(default_factory=list)
    """Bills that were not on record, and how far they are; whoever puts them on record takes them out."""
    bills: int = 0
    """How many were not on record."""
    settled: list[Draft] = field(default_factory=list)
    """What closes bills, new or not; whoever puts it on record, or aside, takes it out."""
    paid: int = 0
    """How many of `settled` went on record with the bills."""
    later: list[Draft] = field(default_factory=list)
    """Those that need somebody else's word."""
    asked: list[str] = field(default_factory=list)
    """Ids of what a source had proposed before, and waits."""
    edits: list[StageEdit] = field(default_factory=list)
    problems: list[BadCell] = field(default_factory=list)
    same: int = 0
    """Bills on record as the list says them."""
    unread: Sequence[str] = ()
    """Headings and sheets that nobody reads."""
    ignored: list[BadCell] = field(default_factory=list)
    """What a sheet that came back, or a source, says otherwise, and nobody takes."""
    _stages: int = 0

    def ignore(self, cell: BadCell) -> None:
        """Rows that follow MAX_PROBLEMS of them are not named."""
        if len(self.ignored) < MAX_PROBLEMS:
            self.ignored.append(cell)
        elif len(self.ignored) == MAX_PROBLEMS:
            self.ignored.append(BadCell(cell.row, WHOLE_FILE, "more rows differ from what is on record"))

    def edit(self, edit: StageEdit, handed: Handed) -> None:
        self._stages += 1
        if self._stages <= MAX_STAGES:
            self.edits.append(edit)
        elif self._stages == MAX_STAGES + 1:
            self.edits.clear()
            text = f"the stages of more than {MAX_STAGES} bills differ; use `nigehban invoices record`"
            tell = self.ignore if handed.is_source else self.problems.append
            tell(BadCell(1, "stage", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """Compares the rows of one list with the ledger."""

    handed: Handed
    estate: Estate
    exported: Exported | None = None

    def add(self, plan: ImportPlan, bills: Sequence[Keyed], on_record: Mapping[str, BillOnRecord]) -> None:
        """Some rows; `on_record` has what the ledger has of them, by key."""
        for key, bill in bills:
            standing = _standing(key, on_record)
            if standing is None:
                self._new(key, bill, plan)
            else:
                self._known(bill, standing, plan)

    def _new(self, key: str, bill: ReadBill, plan: ImportPlan) -> None:
        if self.exported is not None:
            text = "a sheet of ours does not have this bill; write new bills on a list of their own"
            plan.problems.append(BadCell(bill.row, "number", text))
            return
        if bill.received is not None and bill.settled_on is not None and bill.settled_on < bill.received:
            plan.problems.append(BadCell(bill.row, "settled_on", "lies before the day on which it was received"))
            return
        received_at = self._received_at(bill)
        plan.bills += 1
        plan.news.append(
            self._draft(key, _K.RECEIVED, received_at, bill, Details(terms=bill.terms, reason=self._where(bill)))
        )
        if bill.stage and bill.stage != self.estate.billing.path[0].id and bill.settled_on is None:
            details = Details(stage=bill.stage, reason=self._where(bill))
            plan.news.append(self._draft(key, _K.MOVED, self.handed.at, bill, details))
        plan.settled.extend(self._settlement(key, bill))

    def _known(self, bill: ReadBill, standing: BillOnRecord, plan: ImportPlan) -> None:
        if differing := list(_differing(bill.terms, standing.terms)):
            is_passed_over = self.exported is not None or self.handed.is_source
            tell = plan.ignore if is_passed_over else plan.problems.append
            correct = f"`{record_command(standing.key, 'corrected')}` changes it"
            for column, value in differing:
                tell(BadCell(bill.row, column, f"already on record with {value}; {correct}"))
            if not is_passed_over:
                return
        else:
            plan.same += 1
        if why := self._why_not_then(bill, standing):
            plan.ignore(BadCell(bill.row, "received", why))
        if not standing.is_open:
            return
        if why := self._why_not_paid(bill, standing):
            plan.ignore(BadCell(bill.row, "settled_on", why))
        else:
            plan.settled.extend(self._settlement(standing.key, bill))
        if bill.stage and (edit := self._edit(bill, standing)) is not None:
            plan.edit(edit, self.handed)

    def _why_not_then(self, bill: ReadBill, standing: BillOnRecord) -> str:
        """Why the row's day of receipt is not taken; "" where it is the one on record, or none. A source would say it
        again and again.
        """
        if bill.received is None or self.handed.is_source:
            return ""
        on_record, day = (
            at.astimezone(self._zone(bill)).date() for at in (standing.received_at, self._received_at(bill))
        )
        correct = f"`{record_command(standing.key, f'corrected --received {bill.received}')}` changes it"
        return "" if day == on_record else f"already on record as received on {on_record}; {correct}"

    def _why_not_paid(self, bill: ReadBill, standing: BillOnRecord) -> str:
        """Why the row's word that its bill is paid is not taken; "" where it is, or says no such thing."""
        if bill.settled_on is None:
            return ""
        if self.exported is not None:
            return "a payment is not taken from a sheet that came back; record it as acknowledged"
        record = f"`{record_command(standing.key, 'acknowledged')}` does"
        if bill.terms.amount != standing.terms.amount:
            return f"this amount is not the one on record, so its payment is not taken; {record}"
        received = standing.received_at.astimezone(self._zone(bill)).date()
        if bill.settled_on < received and self._is_receipt_said(bill, standing):
            correct = f"`{record_command(standing.key, 'corrected --received DAY')}` puts that right"
            return f"lies before the day of receipt on record, {received}, so this payment is not taken; {correct}"
        back = _last(standing, _K.CREDIT_RETURNED)
        if self.handed.is_source and back is not None and self._begin(bill.settled_on, bill) <= back:
            return f"the money came back since, so this payment is not taken once more; {record}"
        return ""

    def _is_receipt_said(self, bill: ReadBill, standing: BillOnRecord) -> bool:
        """Whether somebody named its day. Else it is the moment at which some list was taken, and says nothing of when
        the bill came in: offices bring their open bills first, and what was paid of them long ago with the next list.
        """
        day = standing.received_at.astimezone(self._zone(bill)).date()
        return bool(standing.receipt_changes) or standing.received_at == self._begin(day, bill)

    def _edit(self, bill: ReadBill, standing: BillOnRecord) -> StageEdit | None:
        """What somebody wrote over the stage that was exported; of a plain list, what differs from the ledger."""
        rules = self.estate.billing
        now = position(standing, rules).stage.id
        was = now if self.exported is None else self.exported.stages.get(standing.key, now)
        if bill.stage in {was, now}:
            return None
        details = Details(stage=bill.stage, reason=self._where(bill))
        note = f"{self._where(bill)}: {was} became {bill.stage}" + ("" if was == now else f"; it is at {now} meanwhile")
        draft = self._draft(standing.key, _K.MOVED, self.handed.at, bill, details)
        return StageEdit(draft=draft, note=note, returned_at=_last(standing, _K.RETURNED))

    # Events ---------------------------------------------------------------------------------------------------------

    def _settlement(self, key: str, bill: ReadBill) -> Iterator[Draft]:
        if bill.settled_on is not None:
            at = self._begin(bill.settled_on, bill)
            details = Details(reason=self._where(bill))
            yield self._draft(key, _K.ACKNOWLEDGED, at, bill, details, evidence=bill.evidence)

    def _draft(  # what an event has
        self, key: str, kind: LedgerEventKind, at: datetime, bill: ReadBill, details: Details, *, evidence: str = ""
    ) -> Draft:
        proof = self.handed.proof
        if kind is _K.RECEIVED and bill.evidence and bill.settled_on is None:
            proof = f"{proof}; {bill.evidence}"
        return Draft(
            about=key,
            kind=kind,
            happened_at=at,
            author=self.handed.author,
            evidence=f"{evidence} ({proof})" if evidence else "" if kind is _K.ACKNOWLEDGED else proof,
            details=details,
        )

    def _where(self, bill: ReadBill) -> str:
        notes = f"; {bill.notes}" if bill.notes else ""
        return f"row {bill.row} of {self.handed.name}{notes}"

    def _received_at(self, bill: ReadBill) -> datetime:
        """A day means its beginning; a bill that is settled was there before that."""
        at = self.handed.at if bill.received is None else self._begin(bill.received, bill)
        return at if bill.settled_on is None else min(at, self._begin(bill.settled_on, bill) - _BEFORE)

    def _begin(self, day: date, bill: ReadBill) -> datetime:
        return min(_begin(day, self._zone(bill)), self.handed.at)

    def _zone(self, bill: ReadBill) -> tzinfo:
        office = self.estate.offices.get(bill.terms.office or "") or next(iter(self.estate.offices.values()), None)
        return self.estate.time_zone if office is None or office.time_zone is None else office.time_zone


@lru_cache(maxsize=1024)
def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _standing(key: str, on_record: Mapping[str, BillOnRecord]) -> BillOnRecord | None:
    """Also one whose key was made while nothing counted that parts two digits of its number."""
    if (bill := on_record.get(key)) is not None:
        return bill
    bill = on_record.get(former_key(key))
    return bill if bill is not None and bill_key(bill.vendor, bill.terms.number) == key else None


def keyed(bills: Iterable[ReadBill]) -> list[Keyed]:
    return [(bill_key(bill.vendor, bill.terms.number), bill) for bill in bills]


def keys_of(bills: Sequence[Keyed]) -> Sequence[str]:
    """All that any of `bills` may be on record by."""
    keys = [key for key, _ in bills]
    return list(dict.fromkeys([*keys, *map(former_key, keys)]))


def _last(bill: BillOnRecord, kind: LedgerEventKind) -> datetime | None:
    return max((step.at for step in bill.path if step.kind is kind), default=None)


def _differing(said: Terms, on_record: Terms) -> Iterator[tuple[str, str]]:
    """What a row says otherwise. An empty cell says nothing."""
    for name in _TERMS:
        new, old = getattr(said, name), getattr(on_record, name)
        if new is not None and new != old:
            yield name, old.text() if name == "amount" else "none" if old is None else str(old)
