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
        ("pendingDelete / redemptionPeriod", {"pendingDelete", "redemptionPeriod"}),
        ("ok / autoRenewPeriod", {"ok", "autoRenewPeriod"}),
        ("inactive / dnsHold", {"inactive", "serverHold"}),
        ("clientHold|serverHold", {"clientHold", "serverHold"}),
        ("Client Hold (clientHold)", {"clientHold"}),
        ("Connected (2027/06/30)", {"Connected"}),
        ("ok (paid and in zone)", {"ok", "paid and in zone"}),
        ("ok www.icann.org/epp#ok", {"ok"}),
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
        ["Domain is Registered"],
        ["REGISTERED", "DELEGATED", "VERIFIED"],
        ["Registered until expiry date"],
        ["paid and in zone"],
        ["published"],
        ["connect"],
        ["VerifiedID@SG-OK"],
        ["DeleteProhibited", "Transfer Allowed", "Delete Prohibited by Registrar"],
        ["Transfer Locked", "Delete forbidden", "Update Prohibited by Registrar"],
        [],
    ],
)
def test_everything_else_is_no_fault(statuses: Iterable[str]) -> None:
    assert judged(statuses) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Domain is Suspended for non-payment", Cause.ON_HOLD),
        ("Suspended", Cause.ON_HOLD),
        ("suspended by someone", Cause.ON_HOLD),
        ("On Hold", Cause.ON_HOLD),
        ("registryHold", Cause.ON_HOLD),
        ("NOT DELEGATED", Cause.ON_HOLD),
        ("not-active", Cause.ON_HOLD),
        ("Domain is not generated into zone", Cause.ON_HOLD),
        ("Domain blocked", Cause.ON_HOLD),
        ("deactivated", Cause.ON_HOLD),
        ("clientHold since yesterday", Cause.ON_HOLD),
        ("inactive now", Cause.ON_HOLD),
        ("Expired", Cause.EXPIRED),
        ("quarantine", Cause.EXPIRED),
        ("To be deleted", Cause.EXPIRED),
        ("pendingDeleteRestorable", Cause.EXPIRED),
        ("x " * 100 + "suspended " + "y " * 100, Cause.ON_HOLD),
    ],
)
def test_a_hold_in_the_words_of_the_registry_is_critical(text: str, cause: Cause) -> None:
    (fault,) = judged(normalised_all([text]))
    assert (fault.status, fault.cause) == (Status.CRITICAL, cause)


def test_a_lock_that_may_be_anybodys_is_a_warning() -> None:
    (fault,) = judged(normalised_all(["locked"]))
    assert (fault.status, fault.cause) == (Status.WARNING, Cause.ON_HOLD)


@pytest.mark.parametrize("text", ["hibernating", "not suspended", "UNVERIFIED", "domain", "معلق", "no hold"])
def test_words_that_nobody_knows_are_neither_fine_nor_a_fault(text: str) -> None:
    (fault,) = judged(normalised_all([text]))
    assert (fault.status, fault.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert f'a status we do not know: "{text}"' in fault.text


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
