import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from checks.eoffice import eoffice_capacity
from checks.eoffice.eoffice_capacity import Options
from checks.model import Cause, Finding, Status
from checks.network.errors import BodyError, ProbeError
from checks.network.values import ApiAnswer, ApiRequest
from checks.secret import Secret, secret_from_file
from tests.support.eoffice_day import EofficeDay, api_answer, instant, seen
from tests.support.fake_network import FakeNetwork, context, look

PROMETHEUS = {"prometheus": "http://127.0.0.1:9090/", "query": "sum(eoffice_sessions)"}
URL = {"url": "https://eoffice.example/load", "pointer": "/sessions"}


def counted(sessions: float, **options: object) -> Finding:
    return seen(api_answer(b'{"sessions": %s}' % str(sessions).encode()), **options)


def numbers(finding: Finding) -> Mapping[str, float]:
    return {one.name: one.value for one in finding.measurements}


@pytest.mark.parametrize(
    ("sessions", "status", "summary"),
    [
        (12, Status.OK, "e-office: 12 of 100 seats in use"),
        (80, Status.WARNING, "e-office: filling up: 80 of 100 seats in use"),
        (95, Status.CRITICAL, "e-office: nearly full: 95 of 100 seats in use"),
        (104.5, Status.CRITICAL, "e-office: over its limit: 104.5 of 100 seats in use"),
    ],
)
def test_the_share_of_the_seats_is_judged(sessions: float, status: Status, summary: str) -> None:
    finding = counted(sessions)
    assert (finding.status, finding.summary) == (status, summary)
    assert finding.cause is (Cause.NONE if status is Status.OK else Cause.OVER_CAPACITY)


def test_a_quarter_of_the_registered_users_is_a_limit_too() -> None:
    finding = counted(72, users=300)
    assert finding.status is Status.CRITICAL
    assert finding.summary == ("e-office: nearly full: 72 of 75 seats in use (it bears 25% of 300 registered users)")
    assert ("Logged in", "24% of 300 registered users") in finding.facts


def test_the_numbers_are_measured_and_unknown_ones_are_missing() -> None:
    assert numbers(counted(87)) == {
        "eoffice_sessions": 87,
        "eoffice_sessions_capacity": 100,
        "eoffice_sessions_share": 0.87,
        "eoffice_sessions_peak": 87,
    }
    assert set(eoffice_capacity.KIND.exports) == {*numbers(counted(87)), "eoffice_time_to_full"}


def test_the_time_to_full_is_told_and_measured() -> None:
    finding = EofficeDay().count(*range(40, 65))
    assert finding.summary == "e-office: 64 of 100 seats in use, full in about 35 min at this pace"
    assert numbers(finding)["eoffice_time_to_full"] == pytest.approx(36 * 60)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([*range(60, 96, 3)], "full in about 2 min at this pace"),
        ([*range(0, 99, 9)], "full in about 1 min at this pace"),
        ([*range(10, 99, 8)], "full within a minute at this pace"),
    ],
)
def test_the_nearer_it_is_the_finer_it_is_told(counts: list[float], words: str) -> None:
    assert words in EofficeDay().count(*counts).summary


def test_recovery_needs_more_than_the_threshold() -> None:
    found = EofficeDay().counts([79, 80, 79, 76, 75, 74, 79, 95, 91, 90, 89])
    assert [finding.status.value for finding in found] == [
        *["ok", "warning", "warning", "warning", "warning", "ok", "ok"],
        *["critical", "critical", "critical", "warning"],
    ]
    assert ("Eases", "below 75 sessions") in found[1].facts
    assert ("Eases", "below 90 sessions") in found[7].facts


def test_the_peak_of_the_day_is_kept_until_midnight_of_the_estate() -> None:
    day = EofficeDay(now=datetime(2026, 11, 20, 18, 50, tzinfo=UTC), every=timedelta(minutes=5))
    peaks = [numbers(finding)["eoffice_sessions_peak"] for finding in day.counts([50, 40, 30, 20])]
    assert peaks == [50, 50, 30, 30]  # 19:00 UTC is midnight in Karachi
    assert ("Peak of the day", "30 at 00:00 on Sat 21 Nov 2026") in day.count(10).facts


def test_nothing_is_forgotten_or_learnt_from_an_answer_that_is_none() -> None:
    day = EofficeDay()
    day.count(80)
    before = dict(day.memory.values)
    finding = day.nonsense()
    assert (finding.status, finding.cause, finding.measurements) == (Status.UNKNOWN, Cause.UNPARSABLE, ())
    assert day.memory.values == before


def test_as_many_as_there_are_seats_are_at_the_limit() -> None:
    assert EofficeDay().count(100).summary == "e-office: at its limit: 100 of 100 seats in use"


def test_nobody_is_shown_without_a_sign() -> None:
    assert EofficeDay().count(-0.0).summary == "e-office: 0 of 100 seats in use"


def test_a_mass_logout_comes_before_a_full_house() -> None:
    day = EofficeDay(options={"capacity": 10, "users": None})
    finding = day.count(90, 90, 20)
    assert finding.cause is Cause.MASS_LOGOUT
    assert ("Also", "over its limit: 20 of 10 seats in use") in finding.facts


@pytest.mark.parametrize(
    ("status", "location", "cause", "words"),
    [
        (404, "", Cause.UNPARSABLE, "answers 404, expected 200"),
        (204, "", Cause.UNPARSABLE, "answers 204, expected 200"),
        (302, "/login", Cause.UNPARSABLE, "answers 302, a redirect; name the address it leads to"),
        (401, "", Cause.AUTH_FAILED, "answers 401: the token is missing or refused"),
        (403, "", Cause.AUTH_FAILED, "answers 403: the token"),
        (429, "", Cause.RATE_LIMITED, "answers 429: it is asked too often"),
    ],
)
@pytest.mark.parametrize("source", [{}, PROMETHEUS], ids=["url", "prometheus"])
def test_another_status_is_unknown(
    status: int, location: str, cause: Cause, words: str, *, source: Mapping[str, object]
) -> None:
    finding = seen(api_answer(b'{"sessions": 87}', status, location), **source)
    assert (finding.status, finding.cause) == (Status.UNKNOWN, cause)
    assert words in finding.summary


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_eoffice_that_answers_with_an_error_of_its_own_is_for_the_runner_to_tell(status: int) -> None:
    with pytest.raises(ProbeError, match=f"its address answers {status}, expected 200") as caught:
        seen(api_answer(b"", status))
    assert caught.value.cause is Cause.MISMATCH


def test_a_prometheus_that_answers_with_an_error_says_nothing_of_the_eoffice() -> None:
    assert seen(api_answer(b"", 500), **PROMETHEUS).status is Status.UNKNOWN


def failing(error: Exception, **options: object) -> Finding:
    def fail(_request: ApiRequest) -> ApiAnswer:
        raise error

    (finding,) = asyncio.run(look(eoffice_capacity.KIND, options, context(FakeNetwork(api=fail))))
    return finding


def test_an_eoffice_that_does_not_answer_is_for_the_runner_to_tell() -> None:
    with pytest.raises(ProbeError, match="connection refused"):
        failing(ProbeError(Cause.REFUSED, "eoffice.example: connection refused"), **URL)


def test_a_prometheus_that_does_not_answer_says_nothing_of_the_eoffice() -> None:
    finding = failing(ProbeError(Cause.REFUSED, "127.0.0.1:9090: connection refused"), **PROMETHEUS)
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.REFUSED)
    assert finding.summary == "e-office: the count cannot be read: Prometheus: 127.0.0.1:9090: connection refused"


def test_a_bug_of_ours_is_not_blamed_on_prometheus() -> None:
    with pytest.raises(KeyError):
        failing(KeyError("x"), **PROMETHEUS)


@pytest.mark.parametrize("source", [URL, PROMETHEUS], ids=["url", "prometheus"])
def test_a_body_that_cannot_be_read_is_unknown(source: Mapping[str, object]) -> None:
    finding = failing(BodyError(Cause.TOO_LARGE, "the body is larger than 1024 KiB decoded", 200), **source)
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.TOO_LARGE)


def test_a_prometheus_that_hangs_is_unknown_within_the_time_of_the_run() -> None:
    class Hanging(FakeNetwork):
        async def ask_api(self, request: ApiRequest) -> ApiAnswer:
            del request
            return await asyncio.Event().wait()  # type: ignore[return-value]  # it never does

    (finding,) = asyncio.run(look(eoffice_capacity.KIND, PROMETHEUS, context(Hanging(), timeout_s=0.05)))
    assert (finding.status, finding.cause) == (Status.UNKNOWN, Cause.TIMEOUT)


def test_prometheus_is_asked_at_its_api_with_the_query() -> None:
    asked: list[ApiRequest] = []

    def answer(request: ApiRequest) -> ApiAnswer:
        asked.append(request)
        return api_answer(instant("87", warnings=["partial"]))

    (finding,) = asyncio.run(look(eoffice_capacity.KIND, PROMETHEUS, context(FakeNetwork(api=answer))))
    assert (asked[0].url, asked[0].parameters) == (
        "http://127.0.0.1:9090/api/v1/query",
        {"query": "sum(eoffice_sessions)"},
    )
    assert numbers(finding)["eoffice_sessions"] == 87
    assert ("The source warns", "partial") in finding.facts


@pytest.mark.parametrize("status", [400, 422, 503])
def test_an_error_of_prometheus_is_told_in_its_own_words(status: int) -> None:
    body = b'{"status":"error","errorType":"bad_data","error":"parse error: unclosed brace"}'
    finding = seen(api_answer(body, status), **PROMETHEUS)
    assert finding.summary.endswith("Prometheus answers an error: bad_data: parse error: unclosed brace")


def test_the_token_goes_along(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("t0ken-abc\n")
    path.chmod(0o600)
    day = EofficeDay(options={"token": secret_from_file(path)})
    day.count(12)
    assert (day.asked[0].token, day.asked[0].allow_plain_token) == ("t0ken-abc", False)
    assert "t0ken" not in repr(day.asked[0])


def test_what_is_kept_names_no_address() -> None:
    day = EofficeDay(options={"url": "https://eoffice.example/load?key=s3cret"})
    day.count(12)
    assert "s3cret" not in repr(day.memory.values)
    assert "eoffice.example" not in repr(day.memory.values)


TOKEN = Secret("token", lambda: "t0ken")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs one source"),
        ({**URL, **PROMETHEUS}, "needs one source"),
        ({"url": "https://a.example/"}, "pointer is where the count stands"),
        ({**URL, "query": "x"}, "prometheus and query belong together"),
        ({"prometheus": "https://a.example/"}, "prometheus and query belong together"),
        ({**PROMETHEUS, "pointer": "/x"}, "url and pointer belong together"),
        ({**PROMETHEUS, "prometheus": "https://a.example/?x=1"}, "base address, without a query"),
        ({**URL, "pointer": "sessions"}, "expected a JSON pointer"),
        ({**URL, "url": "ftp://a.example/"}, "is no web address"),
        ({**URL, "url": "https://u:p@a.example/"}, "must not hold a user or password"),
        ({**URL, "capacity": 0}, "greater than or equal to 1"),
        ({**URL, "users": 0}, "greater than or equal to 1"),
        ({**URL, "users_share": 0}, "greater than 0"),
        ({**URL, "warn_share": 0.96}, "must be less than critical_share"),
        ({**URL, "warn_share": float("nan")}, "less than or equal to 1"),
        ({**URL, "url": "http://a.example/", "token": TOKEN}, "would travel readable"),
        ({**URL, "url": "http://192.0.2.1/", "token": TOKEN}, "would travel readable"),
        ({**URL, "token": "t0ken"}, "passwords never stand in settings"),
        ({**URL, "name": ""}, "at least 1 character"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: Mapping[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Options.model_validate(options)


@pytest.mark.parametrize(
    "options",
    [
        {**URL, "url": "http://127.0.0.1/", "token": TOKEN},
        {**URL, "url": "http://[::1]:8080/", "token": TOKEN},
        {**URL, "url": "http://localhost/", "token": TOKEN},
        {**URL, "url": "http://a.example/", "token": TOKEN, "allow_plain_token": True},
        {**URL, "pointer": ""},
    ],
)
def test_options_that_can_be_meant_are_taken(options: Mapping[str, object]) -> None:
    assert Options.model_validate(options).limits.seats == 100


def test_the_host_it_burdens_is_that_of_its_source() -> None:
    hosts = [eoffice_capacity.KIND.host(Options.model_validate(options)) for options in (URL, PROMETHEUS)]
    assert hosts == ["eoffice.example", "127.0.0.1"]
