"""With a section `billing` the way of bills is watched by itself."""

from pathlib import Path

import pytest

from tests.support.settings_files import HEAD, load_text, own_registry, problems_of
from watchdog.settings.billing_checks import BILLING_CHECKS
from watchdog.settings.shown import as_yaml, shown_settings

CHECKS = "checks: [{id: a, kind: tcp, host: a.example, port: 80}]\n"
THERE = {id_: kind for id_, kind in BILLING_CHECKS.items() if kind in own_registry().kinds}


def checks_of(folder: Path, text: str) -> dict[str, str]:
    return {check.spec.id: check.spec.kind.name for check in load_text(folder, HEAD + text).checks}


def test_an_empty_section_brings_a_check_of_every_kind_that_asks_about_bills(tmp_path: Path) -> None:
    assert checks_of(tmp_path, CHECKS + "billing: {}\n") == {"a": "tcp", "billing/due": "invoice_due", **THERE}


def test_without_the_section_there_is_none(tmp_path: Path) -> None:
    assert checks_of(tmp_path, CHECKS) == {"a": "tcp"}


CONTRACTS = "vendors: {acme: {name: Acme}}\ncontracts: {c1: {vendor: acme, title: Mail, ends: 2027-06-30}}\n"


def test_contracts_are_watched_without_the_section_too(tmp_path: Path) -> None:
    assert checks_of(tmp_path, CHECKS + CONTRACTS) == {"a": "tcp", "billing/contracts": "contract"}


def test_contracts_are_left_to_a_check_of_their_kind_that_is_configured(tmp_path: Path) -> None:
    text = "checks: [{id: ends, kind: contract}]\n"
    assert checks_of(tmp_path, text + CONTRACTS) == {"ends": "contract"}


def test_a_kind_that_is_configured_is_left_to_that_check(tmp_path: Path) -> None:
    found = checks_of(tmp_path, "billing: {}\nchecks: [{id: desks, kind: payment_stage}]\n")
    assert found["desks"] == "payment_stage"
    assert "billing/stages" not in found


def test_an_id_of_theirs_is_refused_for_another_kind(tmp_path: Path) -> None:
    text = "billing: {}\nchecks: [{id: billing, kind: tcp, port: 80, targets: [stages]}]\n"
    (problem,) = problems_of(tmp_path, HEAD + text)
    assert "the check billing/stages comes with the section billing" in problem


def test_what_is_on_record_is_told_without_a_second_look(tmp_path: Path) -> None:
    settings = load_text(tmp_path, HEAD + CHECKS + "billing: {}\n")
    of_bills = [check for check in settings.checks if check.spec.id in BILLING_CHECKS]
    assert {(check.threshold.failures_to_open, check.threshold.settle_s) for check in of_bills} == {(1, 0.0)}


def test_a_default_ladder_counts_for_them_too(tmp_path: Path) -> None:
    text = "billing: {}\ndefaults: {ladder: {payment_stage: [9wd, 0wd]}}\n"
    settings = load_text(tmp_path, HEAD + CHECKS + text)
    (stages,) = (check for check in settings.checks if check.spec.id == "billing/stages")
    assert dict(stages.spec.options)["ladder"].texts() == ["9wd", "0wd"]


def test_a_route_may_match_them_by_id(tmp_path: Path) -> None:
    text = HEAD.replace("routes: [", "routes: [{match: {check: billing/stages}, to: [ops]}, ")
    assert problems_of(tmp_path, text + CHECKS + "billing: {}\n") == []


@pytest.mark.parametrize("check_id", THERE)
def test_the_settings_in_force_show_them(tmp_path: Path, check_id: str) -> None:
    settings = load_text(tmp_path, HEAD + CHECKS + "billing: {}\n")
    assert f"id: {check_id}\n" in as_yaml(shown_settings(settings))


BILLING = HEAD + "billing: {}\nvendors: {acme: {name: Acme}, umbrella: {name: Umbrella}}\n"


def due_checks(folder: Path, text: str) -> dict[str, bool]:
    """By id, whether it sees to the rest."""
    checks = (check.spec for check in load_text(folder, text).checks)
    return {spec.id: dict(spec.options)["rest"] for spec in checks if spec.kind.name == "invoice_due"}


def test_bills_have_their_due_days_told_without_a_check_being_written(tmp_path: Path) -> None:
    assert due_checks(tmp_path, BILLING + CHECKS) == {"billing/due": True}


def test_a_check_that_looks_at_all_bills_needs_no_second_one(tmp_path: Path) -> None:
    assert due_checks(tmp_path, BILLING + "checks: [{id: bills, kind: invoice_due}]\n") == {"bills": False}


@pytest.mark.parametrize("narrow", ["csv: /srv/bills.csv", "vendor: acme"])
def test_beside_a_check_of_some_bills_another_sees_to_the_rest(tmp_path: Path, narrow: str) -> None:
    text = f"checks: [{{id: some, kind: invoice_due, {narrow}}}]\n"
    assert due_checks(tmp_path, BILLING + text) == {"some": False, "billing/due": True}


@pytest.mark.parametrize(("billing", "is_watched"), [("billing: {}\n", True), ("", False)])
def test_checks_of_a_list_know_whether_another_sees_to_what_it_does_not_have(
    tmp_path: Path, billing: str, *, is_watched: bool
) -> None:
    text = HEAD + billing + "checks: [{id: some, kind: invoice_due, csv: /srv/bills.csv}]\n"
    assert load_text(tmp_path, text).estate.billing.rest_is_watched is is_watched


def test_a_bill_of_the_settings_needs_no_check_of_its_own(tmp_path: Path) -> None:
    bill = "invoices: [{vendor: umbrella, number: I-1, amount: 5 PKR, due: 2030-01-01}]\n"
    narrow = "checks: [{id: some, kind: invoice_due, vendor: acme}]\n"
    assert problems_of(tmp_path, BILLING + narrow + bill) == []


def test_the_rest_of_a_list_is_refused(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, BILLING + "checks: [{id: x, kind: invoice_due, csv: /a.csv, rest: true}]\n")
    assert "take csv or rest" in problem
