"""What is said of a domain, look by look: dates that are right or absent, and faults that were seen."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Cause, Status
from checks.network.errors import ProbeError, StarvedError
from tests.support.fake_network import NOW, answer
from tests.support.registry import DAY, DOMAIN, NO_MATCH, QUOTA, stated, whois_text
from tests.support.registry_series import BY_RDAP, BY_WHOIS, Said, Series

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATE = NOW + 200 * DAY
GOOD = whois_text(expires=stated(LATE))
GARBAGE = b"<html><body>Welcome to our site</body></html>\n"
REFUSED = ProbeError(Cause.REFUSED, "whois.example.org:43: connection refused")


def series(**options: object) -> Series:
    return Series(options={**BY_WHOIS, **options})


def test_a_good_answer_is_one_fault_finding_and_one_deadline() -> None:
    fault, expiry = series().look(GOOD)
    assert (fault.subject, fault.status, fault.deadline) == (DOMAIN, Status.OK, None)
    assert (expiry.subject, expiry.status, expiry.cause) == (f"{DOMAIN} expiry", Status.OK, Cause.NONE)
    assert expiry.deadline is not None
    assert expiry.deadline.at == LATE
    assert [rung.name for rung in expiry.deadline.rungs] == ["60d", "30d", "14d", "7d", "3d", "1d", "0d"]


def test_the_date_is_measured_by_domain() -> None:
    seen = series(domain="mail.KP.gov.pk")
    seen.look(GOOD)
    (measured,) = seen.expiry.measurements
    assert (measured.name, measured.unit, measured.labels) == (
        "domain_expiry",
        "timestamp_seconds",
        (("domain", DOMAIN),),
    )
    assert measured.value == LATE.timestamp()


def test_the_name_that_is_registered_is_asked_for_and_said() -> None:
    seen = series(domain="mail.kp.gov.pk")
    seen.look(GOOD)
    assert dict(seen.fault.facts)["Watched for"] == f"mail.kp.gov.pk, of which {DOMAIN} is the registered name"


def test_an_international_name_is_shown_in_both_forms() -> None:
    seen = series(domain="www.bücher.de")
    seen.look(whois_text("xn--bcher-kva.de", stated(LATE)))
    assert seen.fault.subject == "xn--bcher-kva.de"
    assert dict(seen.fault.facts)["Domain"] == "bücher.de (xn--bcher-kva.de)"


@pytest.mark.parametrize(
    ("left", "status", "cause"),
    [
        (61 * DAY, Status.OK, Cause.NONE),
        (60 * DAY, Status.WARNING, Cause.DUE),
        (3 * DAY, Status.CRITICAL, Cause.DUE),
        (-DAY, Status.CRITICAL, Cause.EXPIRED),
    ],
)
def test_the_lapse_is_graded_by_its_ladder_and_stays_exported(left: timedelta, status: Status, cause: Cause) -> None:
    seen = series()
    seen.look(whois_text(expires=stated(NOW + left)))
    assert (seen.expiry.status, seen.expiry.cause, seen.exported) == (status, cause, NOW + left)
    assert seen.fault.status is Status.OK, "a lapse is a deadline, not a fault"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("clientHold", Cause.ON_HOLD),
        ("serverHold", Cause.ON_HOLD),
        ("inactive", Cause.ON_HOLD),
        ("redemptionPeriod", Cause.EXPIRED),
        ("pendingDelete", Cause.EXPIRED),
    ],
)
def test_a_registry_that_holds_a_domain_is_a_fault_apart_from_the_date(code: str, cause: Cause) -> None:
    seen = series()
    seen.look(whois_text(expires=stated(LATE), statuses=("clientTransferProhibited", code)))
    assert (seen.fault.status, seen.fault.cause) == (Status.CRITICAL, cause)
    assert code in seen.fault.summary
    assert code in seen.fault.evidence
    assert (seen.expiry.status, seen.exported) == (Status.OK, LATE)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("pendingDelete / redemptionPeriod", Cause.EXPIRED),
        ("Domain is Suspended for non-payment", Cause.ON_HOLD),
    ],
)
def test_a_hold_in_the_words_of_a_registry_is_a_fault_too(said: str, cause: Cause) -> None:
    seen = series()
    seen.look(whois_text(expires=stated(LATE), statuses=(), more=[f"Status: {said}"]))
    assert (seen.fault.status, seen.fault.cause) == (Status.CRITICAL, cause)
    assert "nothing holds it" not in seen.fault.summary


def test_a_status_nobody_knows_is_named_and_not_taken_for_good() -> None:
    seen = series()
    seen.look(whois_text(expires=stated(LATE), statuses=(), more=["Status: hibernating"]))
    assert (seen.fault.status, seen.fault.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert 'has a status we do not know: "hibernating"' in seen.fault.summary
    assert seen.expiry.status is Status.OK


def test_a_registry_that_tells_no_status_is_not_said_to_hold_nothing() -> None:
    seen = series()
    seen.look(whois_text(expires=stated(LATE), statuses=()))
    assert seen.fault.status is Status.OK
    assert "does not say whether anything holds it" in seen.fault.summary


def test_a_province_is_no_status() -> None:
    seen = series()
    seen.look(whois_text(expires=stated(LATE), more=["State: Khyber Pakhtunkhwa"]))
    assert seen.fault.status is Status.OK


def test_a_domain_nobody_registered_is_a_fault_without_a_date() -> None:
    seen = series()
    seen.look(NO_MATCH)
    assert (seen.fault.status, seen.fault.cause) == (Status.CRITICAL, Cause.NOT_REGISTERED)
    assert (seen.expiry.status, seen.expiry.deadline, seen.exported) == (Status.UNKNOWN, None, None)


BAD: Mapping[str, tuple[Said, Cause]] = {
    "garbage": (GARBAGE, Cause.UNPARSABLE),
    "nothing": (b"", Cause.UNPARSABLE),
    "binary": (bytes(range(256)) * 10, Cause.UNPARSABLE),
    "quota": (QUOTA, Cause.RATE_LIMITED),
    "refused": (REFUSED, Cause.REFUSED),
    "timeout": (TimeoutError(), Cause.TIMEOUT),
    "blind": (ProbeError(Cause.BLIND, "no route at all"), Cause.BLIND),
    "another name": (whois_text("example.org", stated(LATE)), Cause.UNPARSABLE),
    "ambiguous": (whois_text(expires="03/04/2027"), Cause.UNPARSABLE),
    "cut": (GOOD[: GOOD.index(b"Registry Expiry Date: ") + 30], Cause.UNPARSABLE),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_read_is_unknown_and_no_date(bad: str) -> None:
    said, cause = BAD[bad]
    seen = series()
    seen.look(said)
    assert [(one.status, one.cause) for one in seen.findings] == [(Status.UNKNOWN, cause)] * 2
    assert (seen.expiry.deadline, seen.exported) == (None, None)


@pytest.mark.parametrize("bad", BAD)
def test_the_last_good_date_is_kept_with_its_age(bad: str) -> None:
    said, cause = BAD[bad]
    seen = series()
    seen.look(GOOD)
    seen.look(said, after=7 * HOUR)
    assert [(one.status, one.cause) for one in seen.findings] == [(Status.UNKNOWN, cause)] * 2
    assert seen.exported == LATE
    assert seen.expiry.deadline is not None
    assert seen.expiry.deadline.at == LATE
    assert "asked at 11:00 on Fri 20 Nov 2026" in dict(seen.expiry.facts)["Seen"]
    assert "11:00 on Fri 20 Nov 2026" in seen.expiry.summary


def test_a_failed_question_never_says_expired() -> None:
    seen = series()
    seen.look(whois_text(expires=stated(NOW + HOUR)))
    seen.look(GARBAGE, after=2 * HOUR)
    assert (seen.expiry.status, seen.expiry.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)


def test_a_registry_that_states_no_date_is_well_itself_and_its_date_unknown() -> None:
    seen = series()
    seen.look(whois_text(expires=None))
    assert seen.statuses == [Status.OK, Status.UNKNOWN]
    assert "declare" in dict(seen.expiry.facts)["What helps"]


def test_a_hold_is_seen_even_where_the_date_cannot_be_read() -> None:
    seen = series()
    seen.look(whois_text(expires="03/04/2027", statuses=("clientHold",)))
    assert [(one.status, one.cause) for one in seen.findings] == [
        (Status.CRITICAL, Cause.ON_HOLD),
        (Status.UNKNOWN, Cause.UNPARSABLE),
    ]


# Sources ----------------------------------------------------------------------------------------------------------


def test_whois_has_its_turn_where_rdap_fails() -> None:
    seen = Series(options={**BY_WHOIS, **BY_RDAP})
    seen.look(GOOD)
    assert seen.net.asked == [f"https://rdap.example.org/domain/{DOMAIN}", "whois whois.example.org:43"]
    assert seen.exported == LATE
    assert "answers 503" in dict(seen.fault.facts)["Also"]


def test_without_a_named_server_the_published_one_is_asked() -> None:
    seen = Series(options={"domain": DOMAIN})
    seen.look(GOOD)
    assert seen.net.asked == ["whois whois.pknic.net.pk:43"]


def test_a_name_that_whois_knows_is_registered_whatever_rdap_says() -> None:
    seen = Series(options={**BY_WHOIS, **BY_RDAP})
    seen.net.rdap = answer(404)
    seen.look(GOOD)
    assert (seen.fault.status, seen.exported) == (Status.OK, LATE)
    seen.look(REFUSED, after=7 * HOUR)
    assert seen.fault.cause is Cause.NOT_REGISTERED


def test_our_own_starvation_is_told_as_such() -> None:
    with pytest.raises(StarvedError):
        series().look(StarvedError("no file descriptors left"))


# Asking -----------------------------------------------------------------------------------------------------------


def test_an_answer_serves_for_hours() -> None:
    seen = series()
    seen.look(GOOD)
    for _ in range(300):
        seen.look(after=MINUTE)
    assert seen.questions == 1
    assert seen.statuses == [Status.OK, Status.OK]
    seen.look(after=2 * HOUR)
    assert seen.questions == 2


def test_an_answer_serves_over_a_restart() -> None:
    first = series()
    first.look(GOOD)
    second = Series(options=first.options, memory=first.memory, now=first.now + HOUR)
    second.look(GARBAGE)
    assert (second.questions, second.exported) == (0, LATE)


def test_another_domain_under_the_same_check_starts_anew() -> None:
    first = series()
    first.look(GOOD)
    second = Series(options={**first.options, "domain": "example.gov.pk"}, memory=first.memory, now=first.now)
    second.look(GARBAGE)
    assert (second.questions, second.exported) == (1, None)


def test_other_servers_are_asked_at_once_and_the_date_stays() -> None:
    first = series()
    first.look(GOOD)
    second = Series(options={**first.options, "whois_server": "127.0.0.1:4343"}, memory=first.memory, now=first.now)
    second.look(GARBAGE)
    assert (second.questions, second.exported) == (1, LATE)


@pytest.mark.parametrize("damage", [7, [], {"domain": DOMAIN}, {"domain": DOMAIN, "last": 7, "alike": "x"}])
def test_memory_that_cannot_be_read_is_no_memory(damage: object) -> None:
    seen = series()
    seen.memory.values["domain/1"] = damage  # type: ignore[assignment]  # damaged on purpose
    seen.look(GOOD)
    assert (seen.questions, seen.exported) == (1, LATE)


def test_a_failing_registry_is_asked_less_and_less() -> None:
    seen = series()
    for _ in range(24 * 60):
        seen.look(REFUSED, after=MINUTE)
    assert 20 <= seen.questions <= 32


def test_a_registry_that_limits_us_is_left_alone_for_as_long_as_it_says() -> None:
    seen = Series(options=BY_RDAP)
    seen.net.rdap = answer(429)._replace(fields=((b"Retry-After", b"7200"),))
    for _ in range(120):
        seen.look(after=MINUTE)
    assert seen.questions == 1
    assert seen.net.resting == [("rdap.example.org", 7200.0)]
    assert (seen.fault.status, seen.fault.cause) == (Status.UNKNOWN, Cause.RATE_LIMITED)
    seen.look(after=20 * MINUTE)
    assert seen.questions == 2


def test_a_quota_without_a_time_is_left_alone_for_longer_and_longer() -> None:
    seen = series()
    for _ in range(24 * 60):
        seen.look(QUOTA, after=MINUTE)
    assert 5 <= seen.questions <= 8


def test_without_a_turn_a_settled_answer_still_serves_and_none_is_made_up() -> None:
    seen = series()
    seen.net.gives_turns = False
    seen.look(GOOD)
    assert [(one.status, one.cause) for one in seen.findings] == [(Status.UNKNOWN, Cause.RATE_LIMITED)] * 2
    seen.net.gives_turns = True
    seen.look(after=MINUTE)
    seen.net.gives_turns = False
    assert [one.status for one in seen.look(after=8 * HOUR)] == [Status.OK, Status.OK]
    assert [one.status for one in seen.look(after=8 * HOUR)] == [Status.UNKNOWN, Status.UNKNOWN]
    assert seen.exported == LATE


def test_a_clock_that_was_set_back_asks_again() -> None:
    seen = series()
    seen.look(GOOD)
    seen.look(after=-3 * HOUR)
    assert seen.questions == 2


def test_what_is_kept_stays_small_whatever_the_registry_says() -> None:
    names = [f"ns{number}.{'x' * 60}.example.org" for number in range(1000)]
    seen = series()
    seen.look(whois_text(expires=stated(LATE), name_servers=names, registrar="R" * 5000, statuses=["x" * 90] * 50))
    assert len(repr(seen.kept)) < 40_000


# News -------------------------------------------------------------------------------------------------------------


def test_news_is_heard_three_times_before_it_is_kept() -> None:
    seen = series()
    seen.look(GOOD)
    renewed = whois_text(expires=stated(LATE + 365 * DAY))
    seen.look(renewed, after=7 * HOUR)
    assert seen.exported == LATE + 365 * DAY
    for _ in range(30):
        seen.look(after=MINUTE)
    assert seen.questions == 1 + 3


def test_a_fault_is_heard_seven_times_and_each_time_anew() -> None:
    seen = series()
    seen.look(GOOD)
    seen.look(NO_MATCH, after=7 * HOUR)
    for _ in range(12):
        seen.look(after=timedelta(seconds=10))
    assert seen.questions == 1 + 7
    assert seen.fault.status is Status.CRITICAL
    assert seen.exported == LATE


def test_a_fault_that_cannot_be_heard_again_is_not_counted_again() -> None:
    seen = series()
    seen.look(GOOD)
    seen.look(NO_MATCH, after=7 * HOUR)
    for _ in range(50):
        seen.look(QUOTA, after=timedelta(seconds=10))
        assert seen.fault.status is Status.UNKNOWN


def test_the_end_of_a_fault_is_looked_for_every_quarter_of_an_hour() -> None:
    seen = series()
    for _ in range(7):
        seen.look(NO_MATCH, after=MINUTE)
    seen.look(GOOD, after=17 * MINUTE)
    assert seen.fault.status is Status.OK


def test_an_earlier_date_waits_until_three_answers_agree() -> None:
    seen = series()
    seen.look(GOOD)
    early = NOW - DAY
    back = whois_text(expires=stated(early))
    for _ in range(2):
        seen.look(back, after=7 * HOUR)
        assert (seen.expiry.status, seen.expiry.cause, seen.exported) == (Status.UNKNOWN, Cause.MISMATCH, LATE)
    seen.look(back, after=MINUTE)
    assert (seen.expiry.status, seen.exported) == (Status.CRITICAL, early)
    (change,) = seen.changes
    assert (change.what, change.is_routine) == ("expiry", False)
    assert "moved back" in change.summary


def test_two_copies_of_a_registry_that_differ_never_say_the_earlier_date_and_never_settle() -> None:
    seen = series()
    seen.look(GOOD)
    early = whois_text(expires=stated(NOW + 10 * DAY))
    for number in range(20):
        seen.look(early if number % 2 else GOOD, after=7 * HOUR)
        assert seen.exported == LATE
        assert seen.expiry.status is (Status.UNKNOWN if number % 2 else Status.OK)


def test_a_renewal_that_only_some_copies_know_goes_back_at_once() -> None:
    seen = series()
    seen.look(whois_text(expires=stated(NOW + 10 * DAY)))
    seen.look(GOOD, after=7 * HOUR)
    assert seen.exported == LATE
    seen.look(whois_text(expires=stated(NOW + 10 * DAY)), after=MINUTE)
    assert (seen.exported, seen.expiry.status) == (NOW + 10 * DAY, Status.WARNING)


def test_a_plain_renewal_is_routine_and_one_by_the_registry_itself_is_told() -> None:
    for statuses, is_routine in ((("ok",), True), (("autoRenewPeriod",), False)):
        seen = series()
        seen.look(GOOD)
        told = []
        for _ in range(5):
            seen.look(whois_text(expires=stated(LATE + 365 * DAY), statuses=statuses), after=7 * HOUR)
            told += [change for change in seen.changes if change.what == "expiry"]
        assert [change.is_routine for change in told] == [is_routine]


# Changes ----------------------------------------------------------------------------------------------------------


def test_a_transfer_that_is_under_way_is_told_in_words() -> None:
    seen = series()
    seen.look(GOOD)
    seen.look(whois_text(expires=stated(LATE), statuses=("pendingTransfer",)), after=7 * HOUR)
    (change,) = seen.changes
    assert "pendingTransfer (a transfer to another registrar is under way)" in change.summary


def test_a_hold_that_comes_with_another_registrar_is_told_as_a_fault_and_not_once_more() -> None:
    seen = series()
    seen.look(GOOD)
    held = whois_text(expires=stated(LATE), registrar="Other Registrar", statuses=("clientHold",))
    seen.look(held, after=7 * HOUR)
    told = [change for change in seen.changes if not change.is_routine]
    assert [change.what for change in told] == ["registrar"]
    assert "clientHold" not in told[0].summary


def test_a_move_to_another_registrar_is_told_once_and_in_one_piece() -> None:
    seen = series()
    seen.look(GOOD)
    assert seen.changes == []
    other = whois_text(
        expires=stated(LATE),
        registrar="Other Registrar",
        name_servers=("ns1.elsewhere.example",),
        statuses=("clientTransferProhibited",),
    )
    seen.look(other, after=7 * HOUR)
    (change,) = seen.changes
    assert change.summary == (
        f"{DOMAIN} moved to another registrar: Other Registrar; name servers are now ns1.elsewhere.example; "
        "statuses are now clientTransferProhibited"
    )
    assert dict(change.facts) == {
        "Registrar before": "PKNIC",
        "Registrar now": "Other Registrar",
        "Name servers before": "ns1.kp.gov.pk, ns2.kp.gov.pk",
        "Name servers now": "ns1.elsewhere.example",
        "Statuses before": "ok",
        "Statuses now": "clientTransferProhibited",
    }
    seen.look(after=7 * HOUR)
    assert seen.changes == []


def test_a_hold_is_told_as_a_fault_and_a_renewal_by_its_date_so_their_statuses_are_routine_changes() -> None:
    seen = series()
    seen.look(GOOD)
    for code in ("clientHold", "autoRenewPeriod", "ok"):
        seen.look(whois_text(expires=stated(LATE), statuses=(code,)), after=7 * HOUR)
        assert [(change.what, change.is_routine) for change in seen.changes] == [("statuses", True)]


def test_order_and_case_are_no_change() -> None:
    seen = series()
    seen.look(whois_text(expires=stated(LATE), registrar="Acme, Inc.", statuses=("ok", "addPeriod")))
    again = whois_text(
        expires=stated(LATE),
        registrar="ACME Inc",
        name_servers=("NS2.kp.gov.pk.", "ns1.KP.gov.pk"),
        statuses=("addPeriod", "ok"),
    )
    seen.look(again, after=7 * HOUR)
    assert seen.changes == []


def test_what_an_answer_leaves_out_has_not_changed() -> None:
    seen = series()
    seen.look(GOOD)
    seen.look(whois_text(expires=stated(LATE), registrar="", name_servers=(), statuses=()), after=7 * HOUR)
    assert seen.changes == []


# The declared date ------------------------------------------------------------------------------------------------

DECLARED = {"expires": "2027-06-01", "evidence": "PKNIC bill 4711", "confirm_by": "2027-03-01"}
#: 17:00 in Peshawar.
DECLARED_END = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)


def test_a_declared_date_counts_where_no_registry_states_one() -> None:
    seen = series(declared=DECLARED)
    fault, expiry, declaration = seen.look(GARBAGE)
    assert (fault.status, fault.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert (expiry.status, seen.exported) == (Status.OK, DECLARED_END)
    assert dict(expiry.facts)["Declared"] == "Tue 1 Jun 2027, by PKNIC bill 4711"
    assert (declaration.subject, declaration.status) == (f"{DOMAIN} declaration", Status.OK)


def test_a_declaration_that_nobody_confirmed_anew_is_a_warning_with_a_deadline() -> None:
    seen = series(declared=DECLARED)
    seen.now = datetime(2027, 3, 2, tzinfo=UTC)
    _, _, declaration = seen.look(GARBAGE)
    assert (declaration.status, declaration.cause) == (Status.WARNING, Cause.STALE)
    assert declaration.deadline is not None
    assert [rung.status for rung in declaration.deadline.rungs] == [Status.WARNING] * 2


def test_the_registry_wins_over_the_declared_date_and_the_difference_is_said() -> None:
    seen = series(declared=DECLARED)
    _, expiry, declaration = seen.look(GOOD)
    assert seen.exported == LATE
    words = "declared is Tue 1 Jun 2027; the registry says Tue 8 Jun 2027, which counts"
    assert dict(expiry.facts)["Disagreement"] == words
    assert (declaration.status, declaration.cause) == (Status.WARNING, Cause.MISMATCH)


def test_a_kept_date_is_not_replaced_by_an_old_declaration_but_by_a_new_one() -> None:
    seen = series(declared=DECLARED)
    seen.look(GOOD)
    seen.look(GARBAGE, after=7 * HOUR)
    assert (seen.exported, seen.expiry.status) == (LATE, Status.UNKNOWN)
    newer = {**DECLARED, "expires": "2028-06-01", "evidence": "PKNIC bill 5000"}
    seen.options = {**seen.options, "declared": newer}
    seen.look(after=MINUTE)
    assert (seen.exported, seen.expiry.status) == (datetime(2028, 6, 1, 12, 0, tzinfo=UTC), Status.OK)


def test_nobody_is_asked_where_the_settings_say_so() -> None:
    seen = Series(options={"domain": DOMAIN, "ask_registry": False, "declared": DECLARED})
    expiry, declaration = seen.look(GOOD)
    assert [expiry.status, declaration.status] == [Status.OK] * 2
    assert expiry.measurements[0].value == DECLARED_END.timestamp()
    assert seen.questions == 0


def test_a_declaration_says_what_to_do() -> None:
    *_, declaration = series(declared=DECLARED).look(GARBAGE)
    assert "change expires, evidence and confirm_by" in dict(declaration.facts)["What to do"]


@pytest.mark.parametrize("end", [b"Status: clientH", b"Sta", b"Status: ok"])
def test_an_answer_that_ends_in_mid_line_tells_its_date_and_leaves_the_statuses_unknown(end: bytes) -> None:
    seen = series()
    seen.look(GOOD + end)
    assert (seen.fault.status, seen.fault.cause) == (Status.UNKNOWN, Cause.UNPARSABLE)
    assert seen.exported == LATE


def test_name_servers_that_are_all_gone_are_a_fault_and_a_change_until_some_are_back() -> None:
    seen = series()
    seen.look(GOOD)
    gone = whois_text(expires=stated(LATE), name_servers=())
    seen.look(gone, after=7 * HOUR)
    assert "name servers" in [change.what for change in seen.changes]
    for _ in range(10):
        assert (seen.fault.status, seen.fault.cause) == (Status.CRITICAL, Cause.ON_HOLD)
        assert "has no name servers any more" in seen.fault.summary
        seen.look(after=HOUR)
        assert "name servers" not in [change.what for change in seen.changes]
    seen.look(GOOD, after=HOUR)
    assert seen.fault.status is Status.OK


def test_a_registry_that_never_told_name_servers_has_not_lost_any() -> None:
    seen = series()
    for _ in range(3):
        seen.look(whois_text(expires=stated(LATE), name_servers=()), after=7 * HOUR)
        assert seen.fault.status is Status.OK


def test_a_registrar_that_vanishes_is_told() -> None:
    seen = series()
    seen.look(GOOD)
    seen.look(whois_text(expires=stated(LATE), registrar=""), after=7 * HOUR)
    (change,) = seen.changes
    assert dict(change.facts)["Registrar now"] == "none"
