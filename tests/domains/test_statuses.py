from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.statuses import MEANINGS, is_date_provisional, judged, normalised, normalised_all
from checks.model import Cause, Status


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("clientHold", "clientHold"),
        ("client hold", "clientHold"),
        ("CLIENT-HOLD", "clientHold"),
        ("client_hold", "clientHold"),
        ("clientHold https://icann.org/epp#clientHold", "clientHold"),
        ("clientHold (https://www.icann.org/epp#clientHold)", "clientHold"),
        ("  Redemption Period  ", "redemptionPeriod"),
        ("auto renew period", "autoRenewPeriod"),
        ("active", "ok"),
        ("ACTIVE", "ok"),
        ("associated", "linked"),
        ("server delete prohibited.", "serverDeleteProhibited"),
        ("Registered until expiry date.", "Registered until expiry date"),
        ("https://icann.org/epp#ok", ""),
        ("", ""),
    ],
)
def test_a_status_has_one_spelling(text: str, code: str) -> None:
    assert normalised(text) == code


def test_words_that_are_no_code_are_kept_short() -> None:
    assert len(normalised("x" * 5000)) == 60


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("REGISTERED, DELEGATED, VERIFIED", {"REGISTERED", "DELEGATED", "VERIFIED"}),
        ("clientHold serverHold", {"clientHold", "serverHold"}),
        ("client hold, pending delete", {"clientHold", "pendingDelete"}),
        ("ok https://icann.org/epp#ok", {"ok"}),
    ],
)
def test_one_line_may_hold_several(text: str, codes: set[str]) -> None:
    assert normalised_all([text]) == codes


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("clientHold", Cause.ON_HOLD),
        ("serverHold", Cause.ON_HOLD),
        ("inactive", Cause.ON_HOLD),
        ("redemptionPeriod", Cause.EXPIRED),
        ("pendingRestore", Cause.EXPIRED),
        ("pendingDelete", Cause.EXPIRED),
    ],
)
def test_a_name_that_does_not_work_any_more_is_critical(code: str, cause: Cause) -> None:
    (fault,) = judged([code, "clientTransferProhibited"])
    assert (fault.status, fault.cause) == (Status.CRITICAL, cause)
    assert fault.text.startswith(f"has the status {code}: ")


@pytest.mark.parametrize(
    "statuses",
    [
        ["ok"],
        ["pendingTransfer"],
        ["clientDeleteProhibited", "serverUpdateProhibited"],
        ["addPeriod", "renewPeriod"],
        ["autoRenewPeriod"],
        ["suspended by someone"],
        [],
    ],
)
def test_everything_else_is_no_fault(statuses: Iterable[str]) -> None:
    assert judged(statuses) == []


def test_a_date_that_the_registry_moved_by_itself_is_provisional() -> None:
    assert is_date_provisional(normalised_all(["auto renew period"]))
    assert not is_date_provisional(normalised_all(["renew period"]))


def test_every_code_means_the_same_in_every_spelling() -> None:
    spelt_apart = ("".join(f" {c.lower()}" if c.isupper() else c for c in code) for code in MEANINGS)
    assert [normalised(text) for text in spelt_apart] == list(MEANINGS)


@given(texts=st.lists(st.text(max_size=300), max_size=60))
def test_any_text_is_taken(texts: list[str]) -> None:
    statuses = normalised_all(texts)
    assert len(statuses) <= 30
    judged(statuses)
