"""The example that users copy is valid and means what the contract says."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

from checks.registry import Registry, load_registry
from checks.units import Money
from watchdog.settings.load import load
from watchdog.settings.values import Settings

EXAMPLE = Path(__file__).parents[2] / "config" / "nigehban.yaml"


def registry() -> Registry:
    return load_registry(())


def example() -> Settings:
    return load(EXAMPLE, registry(), {})


def test_targets_make_one_check_each() -> None:
    ids = [check.spec.id for check in example().checks if not check.spec.id.startswith("billing/")]
    assert ids == ["link", "mx/mx1.example.gov.pk", "mx/mx2.example.gov.pk", "bills"]


def test_every_kind_stands_in_it_ready_to_be_taken(tmp_path: Path) -> None:
    whole = tmp_path / "nigehban.yaml"
    whole.write_text(EXAMPLE.read_text("utf-8").replace("\n#  - {", "\n  - {"), "utf-8")
    kinds = [check.spec.kind.name for check in load(whole, registry(), {}).checks]
    several = ["smtp", "tcp", "invoice_due"]
    assert sorted(kinds) == sorted([*registry().kinds, *several])


def test_channels_are_named_by_receiver_number_and_kind() -> None:
    channels = [channel.name for receiver in example().receivers.values() for channel in receiver.channels]
    assert channels == ["on-call-1-apprise", "on-call-2-mail", "finance-1-mail", "health-it-1-mail"]


def test_a_bill_is_exact_money_on_a_day() -> None:
    (bill,) = example().invoices
    assert (bill.amount, bill.due) == (Money(Decimal("134000.00"), "PKR"), date(2026, 12, 1))


def test_a_week_is_written_in_ranges() -> None:
    week = example().estate.offices["hq"].week
    assert week == {**{day: (time(9), time(17)) for day in (1, 2, 3, 4)}, 5: (time(9), time(13))}


def test_a_country_seeds_the_holidays_and_marks_those_of_the_moon_as_estimates() -> None:
    holidays = {one.date: one for one in example().estate.offices["hq"].holidays}
    assert not holidays[date(2026, 8, 14)].estimated
    assert any(one.estimated and one.date.year == 2030 for one in holidays.values())


def test_secrets_are_named_and_not_read() -> None:
    relay = example().relay
    assert relay is not None
    assert str(relay.password) == "!secret relay_password"
