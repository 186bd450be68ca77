"""Whatever a registry does, look after look: a date that it stated or none, and no comfort from what says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.incident import EventKind, Nature
from alerts.judging.episode import CheckFacts
from alerts.judging.judge import judge
from alerts.record import SubjectRecord
from checks.model import Cause, CheckId, Observation, Status
from checks.network.errors import ProbeError
from tests.support.fake_network import NOW
from tests.support.registry import DAY, NO_MATCH, QUOTA, stated, whois_text
from tests.support.registry_series import Said, Series

FACTS = CheckFacts(kind="domain_expiry")
STEPS = st.sampled_from([10.0, 60.0, 3600.0, 7 * 3600.0, 86_400.0])
GOOD = st.sampled_from(["good", "renewed", "taken back", "held"])
BAD = st.sampled_from(["garbage", "nothing", "quota", "refused", "timeout", "contradictory", "ambiguous", "other name"])
NO_DATE = st.sampled_from(["withheld", "no match"])
SCRIPTS = st.lists(st.tuples(st.one_of(GOOD, BAD, NO_DATE), STEPS), min_size=1, max_size=40)
TELLING = frozenset({"good", "renewed", "taken back", "held"})


@dataclass(slots=True)
class Registry:
    """Keeps one true date, and tells it or does not."""

    true: datetime = NOW + 100 * DAY
    stated: list[datetime] = field(default_factory=list)
    """True dates told, in their order."""

    def says(self, behaviour: str) -> Said:
        match behaviour:
            case "renewed":
                self.true += 365 * DAY
            case "taken back":
                self.true -= 365 * DAY
            case _:
                pass
        return self._said(behaviour)

    def _said(self, behaviour: str) -> Said:
        told = stated(self.true)
        other = stated(self.true + 40 * DAY)
        said: dict[str, Said] = {
            "held": whois_text(expires=told, statuses=("clientHold",)),
            "garbage": b"<html>Domain expires 2031-01-01</html>\n",
            "nothing": b"",
            "quota": QUOTA,
            "refused": ProbeError(Cause.REFUSED, "refused"),
            "timeout": TimeoutError(),
            "contradictory": whois_text(expires=told, more=(f"Registry Expiry Date: {other}",)),
            "ambiguous": whois_text(expires="03/04/2031"),
            "other name": whois_text("example.org", other),
            "withheld": whois_text(expires="REDACTED"),
            "no match": NO_MATCH,
        }
        return said.get(behaviour, whois_text(expires=told))


@settings(max_examples=300)
@given(SCRIPTS)
def test_the_date_shown_is_the_last_true_one_or_none(script: Sequence[tuple[str, float]]) -> None:
    registry, series, last_asked = Registry(), Series(), ""
    shown: datetime | None = None
    for behaviour, step_s in script:
        said, asked_before = registry.says(behaviour), series.questions
        series.look(said, after=timedelta(seconds=step_s))
        if series.questions > asked_before:
            last_asked = behaviour
            registry.stated += [registry.true] if behaviour in TELLING else []
        if series.exported is None:
            assert registry.stated == []
        elif series.exported != registry.stated[-1]:
            assert series.exported == shown, "another date than before is one that was just stated"
            assert series.exported > registry.stated[-1], "only an earlier date has to wait"
            assert series.expiry.status is Status.UNKNOWN
        shown = series.exported
        assert (series.expiry.deadline is None) == (shown is None)
        if last_asked not in TELLING:
            assert series.expiry.status is Status.UNKNOWN
            assert series.fault.status is not Status.OK or last_asked == "withheld"
        if series.expiry.cause is Cause.EXPIRED:
            assert shown is not None
            assert shown <= series.now


@dataclass(slots=True)
class Watch:
    """What the daemon's judgement makes of a series, changes left out."""

    records: dict[str, SubjectRecord] = field(default_factory=dict)
    told: list[tuple[EventKind, Nature]] = field(default_factory=list)
    ids: "count[int]" = field(default_factory=count)

    def take(self, series: Series) -> None:
        for finding in series.findings:
            seen = Observation(check_id=CheckId("d"), finding=finding, observed_at=series.now, duration_s=0.1)
            judged = judge(self.records.get(finding.subject), seen, FACTS, lambda: str(next(self.ids)))
            self.records[finding.subject] = judged.record
            told = [(event.kind, event.incident.nature) for event in judged.events]
            self.told += [(kind, nature) for kind, nature in told if nature is not Nature.CHANGE]


def watched(script: Sequence[tuple[Said, timedelta, int]]) -> Watch:
    """Each entry: what the registry says, the step, and how many looks."""
    series, watch = Series(), Watch()
    for said, step, looks in script:
        for _ in range(looks):
            series.look(said, after=step)
            watch.take(series)
    return watch


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAR, NEAR = whois_text(expires=stated(NOW + 400 * DAY)), whois_text(expires=stated(NOW + 20 * DAY))


def test_one_answer_that_a_name_is_gone_opens_nothing_however_often_it_is_remembered() -> None:
    watch = watched([(FAR, MINUTE, 1), (NO_MATCH, 7 * HOUR, 1), (QUOTA, MINUTE, 500)])
    assert watch.told == []


def test_seven_answers_that_a_name_is_gone_open_an_incident_once_it_has_settled() -> None:
    seven = [(FAR, MINUTE, 1), (NO_MATCH, 7 * HOUR, 1), (NO_MATCH, timedelta(seconds=10), 6)]
    assert watched([*seven, (NO_MATCH, timedelta(seconds=10), 2)]).told == []
    assert watched([*seven, (NO_MATCH, timedelta(seconds=10), 3)]).told == [(EventKind.OPENED, Nature.FAULT)]


def test_it_closes_when_the_name_is_back() -> None:
    watch = watched([(NO_MATCH, MINUTE, 8), (FAR, 20 * MINUTE, 1), (FAR, MINUTE, 1)])
    assert watch.told == [(EventKind.OPENED, Nature.FAULT), (EventKind.RESOLVED, Nature.FAULT)]


def test_one_answer_of_a_renewal_closes_nothing_however_often_it_is_remembered() -> None:
    watch = watched([(NEAR, MINUTE, 1), (FAR, 2 * HOUR, 1), (QUOTA, MINUTE, 500)])
    assert watch.told == [(EventKind.OPENED, Nature.DEADLINE)]


def test_three_answers_of_a_renewal_close_its_incident() -> None:
    watch = watched([(NEAR, MINUTE, 1), (FAR, 2 * HOUR, 1), (FAR, MINUTE, 2)])
    assert watch.told == [(EventKind.OPENED, Nature.DEADLINE), (EventKind.RESOLVED, Nature.DEADLINE)]


def test_two_copies_that_tell_a_renewal_and_the_date_before_it_in_turn_close_nothing() -> None:
    watch = watched([(NEAR, MINUTE, 1), *[(FAR, 2 * HOUR, 1), (NEAR, MINUTE, 1)] * 10])
    assert watch.told == [(EventKind.OPENED, Nature.DEADLINE)]


def test_a_stale_copy_that_tells_an_earlier_date_twice_opens_nothing() -> None:
    watch = watched([(FAR, MINUTE, 1), (NEAR, 7 * HOUR, 2), (FAR, MINUTE, 10)])
    assert watch.told == []
