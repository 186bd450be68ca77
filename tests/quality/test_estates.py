"""Estates as JSON: what is read, what is meant, and what a bad file gets."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.quality.estate import EstateError, load_estate, read_estate
from benchmarks.quality.generate import as_document, standard
from benchmarks.quality.hostile import hostile
from benchmarks.quality.implied import happenings, with_implied

EXAMPLE: dict[str, Any] = {
    "days": 90,
    "interval_s": 60,
    "noise": 0.0005,
    "checks": [{"id": "s1-http", "service": "s1", "site": "s1", "parents": ["s1-link"]}],
    "down": [{"check": "s1-http", "from_s": 10, "to_s": 2000, "incident": "i7"}],
    "loss": [{"check": "s1-http", "from_s": 0, "to_s": 3600, "p": 0.25}],
    "uplink_down": [[5, 400]],
    "channel_down": [[9000, 19800]],
    "maintenance": [{"checks": ["s1-http"], "from_s": 0, "to_s": 3600}],
}


def test_the_example_of_the_format_is_read() -> None:
    estate = read_estate(EXAMPLE)
    assert (estate.days, estate.noise, estate.uplink_down) == (90, 0.0005, ((5, 400),))


def test_keys_nobody_knows_are_ignored() -> None:
    estranged = json.loads(json.dumps(EXAMPLE))
    estranged["colour"] = estranged["checks"][0]["owner"] = estranged["down"][0]["why"] = "?"
    assert read_estate(estranged) == read_estate(EXAMPLE)


def test_a_blip_is_no_incident() -> None:
    assert happenings(read_estate({**EXAMPLE, "down": [{**EXAMPLE["down"][0], "incident": None}]})) == []


def test_one_incident_may_have_rows_at_many_checks() -> None:
    rows = [{"check": check, "from_s": 10, "to_s": 900, "incident": "link"} for check in ("a", "b")]
    (one,) = happenings(read_estate({"days": 1, "checks": [{"id": "a"}, {"id": "b"}], "down": rows}))
    assert one.checks == {"a", "b"}


def test_spells_of_coming_and_going_are_one_episode() -> None:
    rows = [
        {"check": "a", "from_s": start, "to_s": start + 180, "incident": str(start), "flapping": True}
        for start in (0, 300, 600, 20_000)
    ]
    found = happenings(read_estate({"days": 1, "checks": [{"id": "a"}], "down": rows}))
    assert [(one.from_s, one.to_s, one.is_flapping) for one in found] == [(0, 780, True), (20_000, 20_180, True)]


def test_work_that_overruns_its_window_matters_from_the_end_of_the_window_on() -> None:
    (one,) = happenings(read_estate({**EXAMPLE, "down": [{**EXAMPLE["down"][0], "to_s": 5400}]}))
    assert (one.from_s, one.to_s) == (3600, 5400)


def test_a_parent_that_nobody_listed_is_watched_and_is_down_when_all_behind_it_are() -> None:
    checks = [{"id": name, "site": "s", "parents": ["link"]} for name in ("a", "b")]
    rows = [{"check": name, "from_s": 10, "to_s": 900, "incident": "i"} for name in ("a", "b")]
    alone = {"check": "a", "from_s": 2000, "to_s": 2900, "incident": "j"}
    estate = with_implied(read_estate({"days": 1, "checks": checks, "down": [*rows, alone]}))
    assert [(row.from_s, row.to_s) for row in estate.down if row.check == "link"] == [(10, 900)]


@pytest.mark.parametrize("generate", [standard, hostile])
def test_what_is_written_is_read_again_as_it_was(generate: Any, tmp_path: Path) -> None:  # noqa: ANN401  # either one
    estate, file = generate(3, 10.0), tmp_path / "estate.json"
    file.write_text(json.dumps(as_document(estate)), encoding="utf-8")
    assert load_estate(file) == estate


def test_the_standard_estate_has_the_numbers_it_is_known_by() -> None:
    estate = standard(1)
    flaps = [one for one in happenings(estate) if one.is_flapping]
    links = {row.incident for row in estate.down if row.incident and row.incident.startswith("link")}
    assert len(estate.checks) == 300
    assert (len(flaps), len({check for one in flaps for check in one.checks})) == (108, 12)
    assert (len(links), len(estate.uplink_down), len(estate.channel_down)) == (120, 6, 3)
    assert len([row for row in estate.down if row.incident and row.incident.startswith("outage")]) in range(100, 170)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"days": "ninety"}, "the estate.days: must be a number"),
        ({"days": 0}, "the estate.days: must be at least 0.001"),
        ({"noise": 2}, "the estate.noise: must be a probability"),
        ({"checks": {}}, "checks: must be a list"),
        ({"checks": [{}]}, r"checks\[0\].id: must be a text"),
        ({"checks": [{"id": "a"}, {"id": "a"}], "down": []}, "the id 'a' is there more than once"),
        ({"down": [{"check": "s9", "from_s": 1, "to_s": 2}]}, r"down\[0\]: there is no check 's9'"),
        ({"down": [{"check": "s1-http", "from_s": 3, "to_s": 2}]}, r"down\[0\]: ends before it begins"),
        ({"uplink_down": [[1, 2, 3]]}, r"uplink_down\[0\]: must be two numbers"),
        ({"channel_down": [[1, None]]}, r"channel_down\[0\].to_s: must be a number"),
        ({"maintenance": [{"checks": "s1", "from_s": 1, "to_s": 2}]}, r"maintenance\[0\].checks: must be a list"),
        (
            {"checks": [{"id": "s1-http", "parents": ["b"]}, {"id": "b", "parents": ["s1-http"]}]},
            "parents go in a circle: s1-http on b, b on s1-http",
        ),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(EstateError, match=said):
        read_estate({**EXAMPLE, **change})


def test_a_file_that_is_no_json_is_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "estate.json"
    file.write_text('{"days": 90,', encoding="utf-8")
    with pytest.raises(EstateError, match=r"estate\.json: is not JSON"):
        load_estate(file)
