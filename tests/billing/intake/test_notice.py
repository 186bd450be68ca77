"""What is read in a vendor's notice: a corpus with what it says, and that no wrong day is ever taken for sure."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checks.billing.intake.notice import DayMeaning, Notice
from checks.billing.intake.notice_lines import MAX_NOTICE_CHARS, MAX_PASSAGE_CHARS
from checks.billing.intake.notice_reading import notice_of
from checks.estate import Vendor
from checks.invoice import bill_key
from checks.ledger.event import Terms
from checks.ledger.state import BillOnRecord, BillStanding
from checks.units import Money
from tests.support.tree import ROOT

TODAY = date(2026, 11, 20)
CORPUS = yaml.safe_load(Path(ROOT, "tests/billing/intake/notices.yaml").read_text(encoding="utf-8"))
VENDORS = {
    one.id: one
    for one in (
        Vendor(id="ntc", name="National Telecommunication Corporation"),
        Vendor(id="ptcl", name="Pakistan Telecommunication Company Limited"),
        Vendor(id="hostbright", name="HostBright (Pvt) Ltd"),
        Vendor(id="zeta", name="Zeta Systems", ntn="1234567-8"),
    )
}


def on_record(vendor: str, number: str) -> BillOnRecord:
    return BillOnRecord(
        key=bill_key(vendor, number),
        vendor=vendor,
        terms=Terms(number=number, amount=Money(Decimal(134000), "PKR"), due=date(2026, 11, 5)),
        received_at=datetime(2026, 10, 1, tzinfo=UTC),
        standing=BillStanding.OPEN,
        recorded_at=datetime(2026, 10, 1, tzinfo=UTC),
        events=1,
    )


BILLS = {one.key: one for one in (on_record("ntc", "NTC-2026-0871"), on_record("zeta", "ZS-4410"))}


def read(text: str) -> Notice:
    return notice_of(text, vendors=VENDORS, bills=BILLS, today=TODAY)


@dataclass(frozen=True, slots=True)
class Case:
    said: Mapping[str, Any]

    @property
    def notice(self) -> Notice:
        return read(self.said["text"])


CASES = [pytest.param(Case(one), id=one["name"]) for one in CORPUS]


@pytest.mark.parametrize("case", CASES)
def test_what_a_notice_says_is_found(case: Case) -> None:
    notice, said = case.notice, case.said
    assert notice.vendor == said["vendor"]
    assert [found.number for found in notice.numbers] == said["numbers"]
    assert (notice.amount.text() if notice.amount else None) == said["amount"]
    assert notice.day(DayMeaning.DUE) == said.get("due")
    assert notice.day(DayMeaning.SUSPENSION) == said.get("suspends")
    assert [span.days for span in notice.spans] == said.get("spans", [])
    assert sorted(flag.value for flag in notice.flagged) == sorted(said.get("flags", []))


@pytest.mark.parametrize("case", CASES)
def test_what_can_be_read_more_than_one_way_is_marked_so(case: Case) -> None:
    doubted = {found.meaning.value for found in case.notice.days if found.doubt}
    assert doubted == set(case.said.get("doubtful", []))


def test_of_the_corpus_no_wrong_day_is_proposed_and_most_that_are_there_are_found() -> None:
    """Precision 1, and recall over the days that can be read one way; the figures of docs/bills.md."""
    sure = wrong = wanted = 0
    for one in CORPUS:
        notice = read(one["text"])
        for meaning, name in ((DayMeaning.DUE, "due"), (DayMeaning.SUSPENSION, "suspends")):
            day, truth = notice.day(meaning), one.get(name)
            sure += day is not None
            wrong += day is not None and day != truth
            wanted += truth is not None
    assert wrong == 0
    assert (sure, wanted) == (31, 31)


def test_each_thing_comes_with_the_words_it_was_read_from() -> None:
    notice = read(CORPUS[0]["text"])
    text = " ".join(CORPUS[0]["text"].split())
    passages = passages_of(notice)
    assert len(passages) == 10
    assert all(one in text and len(one) <= MAX_PASSAGE_CHARS for one in passages)
    (cut_off,) = [one for one in notice.days if one.meaning is DayMeaning.SUSPENSION]
    assert "disconnected on 15 December 2026" in cut_off.passage


def passages_of(notice: Notice) -> list[str]:
    return [
        *(one.passage for one in notice.vendors),
        *(one.passage for one in notice.numbers),
        *(one.passage for one in notice.amounts),
        *(one.passage for one in notice.days),
        *(one.passage for one in notice.flags),
    ]


def sentences(parts: Sequence[str]) -> str:
    return " ".join(parts)


URDU_DAY = "".join(map(chr, (0x6F1, 0x6F5))) + " دسمبر 2026"
WORDS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ["due date", "Rs.", "1,34,000/-", "invoice no.", "INV-7", "will be disconnected on", "12/11/2026", "May",
             "15 December 2026", URDU_DAY, "منقطع", "within", "7", "days", "\n", "final notice", "not", "("]
        ),
    ),
    max_size=60,
).map(sentences)  # fmt: skip


@given(WORDS)
def test_no_text_breaks_the_reader(text: str) -> None:
    notice = read(text)
    assert all(len(one) <= MAX_PASSAGE_CHARS for one in passages_of(notice))


@given(st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31)), st.sampled_from("/-."))
def test_a_day_in_figures_is_sure_only_where_it_can_be_read_one_way(day: date, mark: str) -> None:
    notice = read(f"Due date: {day:%d}{mark}{day:%m}{mark}{day:%Y}")
    (found,) = notice.days
    assert day in found.readings
    assert (found.day == day) == (day.day > 12 or day.day == day.month)
    assert found.day in {day, None}


@given(st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 31)))
def test_a_day_with_its_month_in_letters_is_read_as_written(day: date) -> None:
    month = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December"][day.month - 1]  # fmt: skip
    for written in (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day}-{month[:3]}-{day.year}",
    ):
        assert read(f"Due date: {written}").day(DayMeaning.DUE) == day


@given(st.integers(min_value=1, max_value=10**9), st.sampled_from(["Rs. {}/-", "PKR {}", "₨ {}", "{} روپے"]))
def test_an_amount_is_read_exactly_with_either_kind_of_commas(number: int, dress: str) -> None:
    lakh = f"{number:,}" if number < 100_000 else _lakh(number)
    for written in (str(number), f"{number:,}", lakh):
        amount = read(f"Total {dress.format(written)}").amount
        assert amount == Money(Decimal(number).quantize(Decimal("0.01")), "PKR")


def _lakh(number: int) -> str:
    head, tail = str(number)[:-3], str(number)[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail])


@pytest.mark.parametrize(
    "text",
    [
        "9" * MAX_NOTICE_CHARS,
        "1/" * (MAX_NOTICE_CHARS // 2),
        "Rs " * (MAX_NOTICE_CHARS // 3),
        "1," * (MAX_NOTICE_CHARS // 2),
        "invoice no. " * (MAX_NOTICE_CHARS // 12),
        "12/11/2026 " * (MAX_NOTICE_CHARS // 11),
        "a-" * (MAX_NOTICE_CHARS // 2),
        "to avoid " * (MAX_NOTICE_CHARS // 9),
        " \n" * (MAX_NOTICE_CHARS // 2),
    ],
    ids=["digits", "slashes", "signs", "commas", "labels", "dates", "dashes", "words", "lines"],
)
def test_text_made_to_take_long_costs_no_more_than_its_share_of_the_processor(text: str) -> None:
    """Processor time, of which it takes milliseconds: however busy the machine is, it says the same."""
    with processor_time(20):
        read(text)


@contextmanager
def processor_time(most_s: float) -> Iterator[None]:
    def over(_number: int, _frame: object) -> None:
        raise AssertionError(f"takes over {most_s:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, most_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
