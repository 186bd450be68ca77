"""Bills and events as people write them: what is read is what was written, or it is refused with a reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.calendars import OfficeCalendars
from checks.estate import Estate, Service, Vendor
from checks.ledger.event import Draft, LedgerEventKind
from checks.ledger.journal import Journal
from checks.ledger.state import BillOnRecord
from tests.support.virtual_loop import run_virtual
from watchdog.billing.spoken import SPOKEN, NewBill, Speaker, Word, new_bill, word_on
from watchdog.billing.spoken_values import SpokenError, money_of

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ESTATE = Estate(
    name="Test",
    time_zone=ZoneInfo("Asia/Karachi"),
    vendors={"acme": Vendor(id="acme", name="Acme")},
    services={"mail": Service(id="mail", title="Mail", vendor="acme")},
)
SPEAKER = Speaker(author="aisha", now=NOW, estate=ESTATE, calendar=OfficeCalendars(ESTATE).of(None))
BILL = NewBill(vendor="acme", number="INV-7", amount="134000", due="2026-12-01")


def on_record(said: NewBill = BILL) -> BillOnRecord:
    journal = Journal(clock=lambda: NOW)
    run_virtual(journal.record([new_bill(said, SPEAKER)]))
    (bill,) = journal.on_record()
    return bill


def outcome(say: Callable[[], Draft]) -> Draft | tuple[str, ...]:
    """The event, or what is wrong."""
    try:
        return say()
    except SpokenError as error:
        return error.problems


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("134000", "134000.00 PKR"),
        ("134,000.00", "134000.00 PKR"),
        ("1,34,000", "134000.00 PKR"),
        ("12,34,56,789.5", "123456789.50 PKR"),
        ("Rs. 1,34,000", "134000.00 PKR"),
        ("₨ 5", "5.00 PKR"),
        ("5 Rs", "5.00 PKR"),
        ("usd 1,200.50", "1200.50 USD"),
        ("1200.50 USD", "1200.50 USD"),
        ("0500", "500.00 PKR"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert money_of(text).text() == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-5",
        "0",
        "0.00",
        "134,00",
        "1,2345",
        "1.234,50",
        "5.001",
        "5 PKR USD",
        "Rs 5 PKR",
        "1e5",
        "²",
        "5%",
        "nan",
    ],
)
def test_what_could_be_two_amounts_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|digits after"):
        money_of(text)


@given(st.text(max_size=40))
def test_no_text_is_read_as_an_amount_that_it_does_not_spell(text: str) -> None:
    try:
        read = money_of(text)
    except ValueError:
        return
    digits = "".join(char for char in text if char.isdigit() or char == ".").rstrip(".")
    assert read.amount == Decimal(digits.lstrip(".") or "0")


@given(st.decimals(min_value="0.01", max_value=10**11, places=2), st.booleans())
def test_an_amount_written_with_commas_is_the_amount(amount: Decimal, with_currency: bool) -> None:  # noqa: FBT001  # drawn
    text = f"{amount:,}{' PKR' if with_currency else ''}"
    assert money_of(text).amount == amount


WORDS = st.text(max_size=12) | st.sampled_from(["2026-11-20", "0202-01-01", "2026-11-20 25:00", "acme", "mail", "5"])


@given(st.builds(NewBill, **dict.fromkeys(("vendor", "number", "amount", "due", "suspends", "service"), WORDS)))
def test_whatever_is_said_of_a_bill_is_taken_or_refused_in_words(said: NewBill) -> None:
    came = outcome(lambda: new_bill(said, SPEAKER))
    assert came
    assert not isinstance(came, Draft) or came.happened_at <= NOW


@given(
    st.sampled_from([kind.value for kind in LedgerEventKind]) | WORDS,
    st.builds(Word, event=st.just(""), **dict.fromkeys(("amount", "stage", "reason", "block", "until", "at"), WORDS)),
    st.booleans(),
)
def test_whatever_is_said_of_an_event_is_taken_or_refused_in_words(event: str, said: Word, of_bill: bool) -> None:  # noqa: FBT001  # drawn
    came = outcome(lambda: word_on(replace(said, event=event), _STANDING if of_bill else "acme", SPEAKER))
    assert came
    assert not isinstance(came, Draft) or (came.kind in SPOKEN and came.happened_at <= NOW)


_STANDING = on_record()


def test_the_first_day_of_a_bill_lies_before_all_else_of_that_day() -> None:
    bill = on_record(replace(BILL, received="2026-11-20"))
    word = word_on(Word(event="verified", at="2026-11-20"), bill, SPEAKER)
    assert bill.received_at < word.happened_at
    assert (bill.received_at + timedelta(days=1)) > word.happened_at


def test_what_happened_today_happened_now() -> None:
    assert new_bill(replace(BILL, received="2026-11-22"), SPEAKER).happened_at == NOW
    assert word_on(Word(event="verified", at="2026-11-22"), on_record(), SPEAKER).happened_at == NOW


def test_a_correction_changes_what_it_names_and_nothing_else() -> None:
    bill = on_record(replace(BILL, service="mail"))
    draft = word_on(Word(event="corrected", due="2026-12-05", reason="misread"), bill, SPEAKER)
    assert draft.details.terms == replace(bill.terms, due=date(2026, 12, 5))


def test_a_correction_gives_a_bill_the_service_it_was_written_down_without() -> None:
    bill = on_record()
    said = Word(event="corrected", service="mail", reason="left out")
    terms = word_on(said, bill, SPEAKER).details.terms
    assert terms == replace(bill.terms, service="mail")
    wrong = outcome(lambda: word_on(replace(said, service="male"), bill, SPEAKER))
    assert isinstance(wrong, tuple)
    assert wrong[0].startswith("service: ")


@pytest.mark.parametrize("term", ["due", "suspends", "service", "office", "contract"])
def test_only_a_correction_names_terms(term: str) -> None:
    said = replace(Word(event="noted", reason="x"), **{term: "2026-12-24"})
    assert outcome(lambda: word_on(said, on_record(), SPEAKER)) == (f"{term}: belongs to an event `corrected`",)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SpokenError) as refused:
        new_bill(NewBill(vendor="amce", number="", amount="x", due="1/12/2026", service="web"), SPEAKER)
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "vendor",
        "number",
        "amount",
        "due",
        "service",
    ]


@pytest.mark.parametrize(("said", "rupees"), [("Rs 45,000/-", "45000"), ("₨ ۱۲٬۳۴۵", "12345"), ("Rs. 5 only", "5")])
def test_amounts_are_taken_as_lists_have_them(said: str, rupees: str) -> None:
    assert money_of(said).amount == Decimal(rupees)
