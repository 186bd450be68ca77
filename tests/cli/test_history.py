"""What people are told of a check's past."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from checks.model import Cause, CheckId, Finding, Measurement, Observation, Status
from tests.support.kept_state import SETTINGS
from watchdog.cli.history import _with_days, history
from watchdog.cli.history_shown import Shown, history_text
from watchdog.cli.sparkline import Pen
from watchdog.store.changes import Changes
from watchdog.store.past_standing import outages, standing
from watchdog.store.past_views import Look, Slice
from watchdog.store.store import open_store

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def look(minute: float, status: Status = Status.OK, cause: Cause = Cause.NONE) -> Look:
    return Look(observed_at=NOW + minute * MINUTE, status=status, cause=cause, duration_s=0.1)


def down(minute: float, cause: Cause = Cause.TIMEOUT) -> Look:
    return look(minute, Status.CRITICAL, cause)


def blind(minute: float) -> Look:
    return look(minute, Status.UNKNOWN, Cause.BLIND)


def test_availability_is_of_time_and_not_of_looks() -> None:
    often = [look(0), *(down(30 + n / 10) for n in range(100)), look(40), look(50)]
    stood = standing([*(look(-n) for n in range(300, 0, -1)), *often], NOW - 300 * MINUTE, NOW + 50 * MINUTE)
    assert (stood.down, stood.unseen) == (10 * MINUTE, 30 * MINUTE - 5 * MINUTE + 10 * MINUTE - 5 * MINUTE)
    assert stood.availability == pytest.approx(310 / 320)


def test_what_could_not_be_judged_is_neither_up_nor_down() -> None:
    stood = standing([look(0), blind(1), blind(2), look(3)], NOW, NOW + 4 * MINUTE)
    assert (stood.up, stood.down, stood.unseen) == (2 * MINUTE, timedelta(), 2 * MINUTE)
    assert (stood.availability, stood.unseen_share) == (1.0, 0.5)
    assert standing([blind(0)], NOW, NOW + MINUTE).availability is None
    assert standing([], NOW, NOW + MINUTE).availability is None


def test_an_outage_lasts_until_a_look_sees_it_up_and_has_the_cause_most_looks_saw() -> None:
    looks = [look(0), down(1, Cause.REFUSED), down(2), blind(3), down(4), look(5, Status.WARNING), blind(6), down(7)]
    first, second = outages(looks, NOW + 8 * MINUTE)
    assert (first.began_at, first.ended_at, first.cause) == (NOW + MINUTE, NOW + 5 * MINUTE, Cause.TIMEOUT)
    assert (second.began_at, second.ended_at, second.last_at) == (NOW + 7 * MINUTE, None, NOW + 7 * MINUTE)


def a_slice(ok: int = 0, critical: int = 0, unknown: int = 0) -> Slice:
    return Slice(begins_at=NOW, ends_at=NOW + MINUTE, ok=ok, critical=critical, unknown=unknown)


def test_pictures_tell_up_down_unknown_and_nobody_apart() -> None:
    slices = [a_slice(ok=9), a_slice(ok=1, critical=1), a_slice(critical=3), a_slice(unknown=2), a_slice()]
    assert Pen(has_blocks=True, has_colour=False).state(slices) == "█▄▁? "
    assert Pen(has_blocks=False, has_colour=False).state(slices) == "@=_? "
    assert Pen(has_blocks=True, has_colour=True).state(slices[:1]) == "\x1b[32m█\x1b[0m"


def test_one_look_that_saw_it_down_is_seen_in_the_picture() -> None:
    assert Pen(has_blocks=True, has_colour=False).state([a_slice(ok=999, critical=1)]) != "█"


def test_a_picture_of_numbers_reaches_from_the_least_to_the_greatest() -> None:
    assert Pen(has_blocks=True, has_colour=False).numbers([1.0, None, 8.0, 4.5]) == "▁ █▅"
    assert Pen(has_blocks=True, has_colour=False).numbers([2.0, 2.0]) == "▁▁"


@dataclass(frozen=True, slots=True)
class Seen:
    config: Path
    state: Path

    def told(self, *words: str, days: int = 1, as_json: bool = False, encoding: str = "utf-8") -> tuple[int, str]:
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding=encoding)
        check, subject = (*words, None)[:2]
        code = history(
            check or "",
            subject,
            days=days,
            config=self.config,
            state=self.state,
            environ={},
            as_json=as_json,
            clock=lambda: NOW,
            out=out,
        )
        out.flush()
        return code, raw.getvalue().decode(encoding)


def seen_at(minute: int) -> Observation:
    is_down = 600 <= minute < 633
    finding = Finding(
        subject="portal.example.org",
        status=Status.CRITICAL if is_down else Status.OK,
        cause=Cause.TIMEOUT if is_down else Cause.NONE,
        summary="seen",
        measurements=(
            Measurement("total_s", 0.08 + minute % 60 / 1000, "s"),
            Measurement("certificate_not_after", 1.9e9, "timestamp_seconds"),
        ),
    )
    at = NOW - timedelta(days=1) + minute * MINUTE
    return Observation(check_id=CheckId("portal"), finding=finding, observed_at=at, duration_s=0.1)


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    kept = Seen(tmp_path / "nigehban.yaml", tmp_path / "state")
    kept.config.write_text(SETTINGS, "utf-8")
    kept.state.mkdir(mode=0o700)
    store = open_store(kept.state)
    store.commit(Changes(observations=tuple(map(seen_at, range(1440)))))
    store.close()
    return kept


def test_people_are_told_availability_outages_and_numbers_in_the_zone_of_the_estate(seen: Seen) -> None:
    code, text = seen.told("portal")
    assert code == 0
    assert "portal  portal.example.org\n" in text
    assert "up 97.71 % of the time that was judged\n" in text
    assert "down from 19:00 to 19:33 on Sun 1 Nov 2026, 33 min: no answer in time\n" in text
    assert "total_s: 0.08 to 0.139 s, mean 0.1095 s\n" in text
    assert "certificate_not_after" not in text
    assert "\x1b" not in text


def shown(looks: Sequence[Look], since: datetime, earlier: Sequence[Look] = ()) -> str:
    """What people are told of these looks up to NOW."""
    counts = {status.value: sum(one.status is status for one in looks) for status in Status}
    told = Shown(
        check_id=CheckId("x"),
        subject="x",
        since=since,
        until=NOW,
        slices=[Slice(begins_at=since, ends_at=NOW, **counts)],
        looks=len(looks) + len(earlier),
        single_since=None,
        standing=standing(looks, since, NOW, earlier),
        outages=outages(looks, NOW),
        measured=(),
    )
    return history_text(told, ZoneInfo("Asia/Karachi"), Pen(has_blocks=True, has_colour=False))


def test_a_day_that_is_near_or_past_is_no_outage() -> None:
    looks = [look(-n, Status.CRITICAL, Cause.OVERDUE if n < 30 else Cause.DUE) for n in range(60, 0, -1)]
    text = shown(looks, NOW - 60 * MINUTE)
    assert "down" not in text
    assert "  its day near or past 100 % of the time, which is no outage\n  no outage" in text


def test_of_what_nobody_could_judge_no_outage_is_denied() -> None:
    text = shown([blind(-n) for n in range(60, 0, -1)], NOW - 60 * MINUTE)
    assert text.endswith("nothing could be judged")


def test_time_in_which_nobody_looked_is_no_time_it_was_down() -> None:
    text = shown([look(-7000), *(down(-n) for n in range(6999, 6990, -1))], NOW - 7000 * MINUTE)
    assert "down since 12:21 on Wed 28 Oct 2026, last seen down at 12:29 on Wed 28 Oct 2026, not judged since" in text


def test_a_check_that_looks_once_a_day_is_not_unseen_between_its_looks() -> None:
    earlier = [look(-1440 * n - 300) for n in range(5, 0, -1)]
    assert "nobody could see" not in shown([look(-300)], NOW - 1440 * MINUTE, earlier)
    assert "looked at once, and it was up" in shown([look(-300)], NOW - 1440 * MINUTE)


def test_short_times_are_told_in_thousandths_and_nothing_with_an_exponent(seen: Seen) -> None:
    store = open_store(seen.state)
    for number, value in (("resolve_s", 2.2e-05), ("bytes", 1_340_000.0)):
        for at in (1, 2):
            measured = Measurement(number, value * at, "s" if number == "resolve_s" else "B")
            finding = Finding(subject=number, status=Status.OK, summary="seen", measurements=(measured,))
            when = NOW - at * 60 * MINUTE
            store.commit(
                Changes(
                    observations=(
                        Observation(check_id=CheckId("n"), finding=finding, observed_at=when, duration_s=0.1),
                    )
                )
            )
    store.close()
    _, text = seen.told("n")
    assert "resolve_s: 0.02 to 0.04 ms, mean 0.03 ms\n" in text
    assert "bytes: 1,340,000 to 2,680,000 B" in text


def test_years_are_drawn_from_sums_of_days_where_single_looks_are_gone(seen: Seen) -> None:
    code, text = seen.told("portal", days=365)
    assert code == 0
    assert "single looks" not in text, "all looks are there"


def test_a_cell_without_looks_is_filled_from_its_days() -> None:
    day = timedelta(days=1)
    days = [Slice(begins_at=NOW + n * day, ends_at=NOW + (n + 1) * day, ok=9, critical=1) for n in range(3)]
    wide = Slice(begins_at=NOW, ends_at=NOW + 2 * day)
    assert _with_days(wide, days) == replace(wide, ok=18, critical=2)
    narrow = Slice(begins_at=NOW + day / 2, ends_at=NOW + day * 3 / 4)
    assert _with_days(narrow, days) == replace(narrow, ok=9, critical=1)
    assert _with_days(replace(narrow, ok=1), days) == replace(narrow, ok=1)


def test_a_terminal_without_blocks_gets_plain_signs(seen: Seen) -> None:
    code, text = seen.told("portal", encoding="ascii")
    assert code == 0
    assert "@@@@_" in text


def test_scripts_get_the_same_as_json(seen: Seen) -> None:
    _, text = seen.told("portal", "portal.example.org", as_json=True)
    (one,) = json.loads(text)
    assert one["availability"] == pytest.approx(1 - 33 / 1440)
    assert one["outages"] == [
        {
            "from": "2026-11-01T14:00:00Z",
            "to": "2026-11-01T14:33:00Z",
            "last_seen_down": "2026-11-01T14:32:00Z",
            "cause": "timeout",
        }
    ]
    assert sum(part["ok"] + part["critical"] for part in one["slices"]) == 1440
    assert {numbers["name"]: len(numbers["hours"]) for numbers in one["measurements"]} == {
        "certificate_not_after": 24,
        "total_s": 24,
    }


def test_a_check_that_was_never_seen_is_said_to_be_unknown(seen: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    assert seen.told("portla")[0] == 1
    assert seen.told("portal", "other")[0] == 1
    errors = capsys.readouterr().err
    assert "nothing was ever seen of a check portla" in errors
    assert "check portal has no subject other; it has: portal.example.org" in errors


def test_without_a_database_nothing_is_made_up(seen: Seen, tmp_path: Path) -> None:
    assert Seen(seen.config, tmp_path / "nowhere").told("portal")[0] == 1
