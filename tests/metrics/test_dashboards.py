"""What Grafana would stumble over, found without it: what its panels show is asked in tests/acceptance."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest
import yaml

from checks.registry import load_registry
from tests.support.dashboards import FOLDER, VARIABLES, Panel, boards, metrics_in, panels, resolved
from tests.support.tree import ROOT
from watchdog.metrics.names import FAMILIES, PREFIX

BOARDS = boards()
PANELS = list(panels())
SHOWN = [panel for panel in PANELS if not panel.is_row]

of_each_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS.keys())
of_each_panel = pytest.mark.parametrize("panel", SHOWN, ids=lambda panel: panel.title)

#: Grafana's grid is so wide.
COLUMNS = 24


def known_metrics() -> Iterator[str]:
    for family in FAMILIES:
        yield family.full_name
        if family.type == "histogram":
            yield from (f"{family.full_name}_{part}" for part in ("bucket", "count", "sum"))
    for kind in load_registry(()).kinds.values():
        for name in kind.exports:
            yield from (f"{PREFIX}{name}{unit}" for unit in ("", "_seconds", "_timestamp_seconds"))


def cells(panel: Mapping[str, Any]) -> set[tuple[int, int]]:
    place = panel["gridPos"]
    return {(place["x"] + column, place["y"] + line) for column in range(place["w"]) for line in range(place["h"])}


def test_there_are_the_four_that_are_documented() -> None:
    page = (ROOT / "docs" / "grafana.md").read_text("utf-8")
    assert set(BOARDS) == {"nigehban-overview", "nigehban-deadlines", "nigehban-mail", "nigehban-eoffice"}
    assert all(f"| `{name}` |" in page for name in BOARDS)
    assert {board["uid"] for board in BOARDS.values()} == set(BOARDS)


@of_each_board
def test_a_board_asks_which_prometheus_is_refreshed_and_shows_times_where_its_reader_is(board: Any) -> None:  # noqa: ANN401  # JSON
    assert (board["timezone"], board["refresh"], board["schemaVersion"]) == ("browser", "30s", 41)
    kinds = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
    assert kinds == {"datasource": "datasource", "service": "query"}
    assert board["id"] is None if "id" in board else True


@of_each_board
def test_panels_have_numbers_of_their_own_and_lie_side_by_side(board: Any) -> None:  # noqa: ANN401  # JSON
    numbers = Counter(panel["id"] for panel in board["panels"])
    assert max(numbers.values()) == 1
    assert all(column < COLUMNS for panel in board["panels"] for column, _ in cells(panel))
    for one, other in combinations(board["panels"], 2):
        assert not cells(one) & cells(other), (one["title"], other["title"])


@of_each_panel
def test_a_panel_asks_the_chosen_prometheus_for_metrics_that_exist(panel: Panel) -> None:
    assert panel.queries
    assert panel.json["datasource"]["uid"] == "${datasource}"
    assert {target["datasource"]["uid"] for target in panel.json["targets"]} == {"${datasource}"}
    assert {target["refId"] for target in panel.json["targets"]} == set("ABCDEF"[: len(panel.queries)])
    for query in panel.queries:
        assert metrics_in(query)
        assert metrics_in(query) <= set(known_metrics())
        assert "$" not in resolved(query)


@of_each_panel
def test_an_instant_is_shown_as_the_time_left(panel: Panel) -> None:
    """Prometheus has seconds, Grafana takes milliseconds."""
    in_milliseconds = [query for query in panel.queries if query.endswith("* 1000")]
    assert ("dateTimeFromNow" in str(panel.json["fieldConfig"])) == bool(in_milliseconds)
    assert all("timestamp_seconds" in query for query in in_milliseconds)


@of_each_panel
def test_whoever_shows_a_status_has_a_word_and_a_colour_for_each(panel: Panel) -> None:
    mappings = [found for found in _mappings(panel.json) if len(found) > len(("yes", "no"))]
    for found in mappings:
        assert set(found) == {"0", "1", "2", "3"}
        assert {one["text"] for one in found.values()} == {"well", "warning", "down", "cannot tell"}
        assert len({one["color"] for one in found.values()}) == len(found)
    if panel.json["type"] == "state-timeline":
        assert mappings


def _mappings(panel: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    fields = panel["fieldConfig"]
    yield from (mapping["options"] for mapping in fields["defaults"]["mappings"])
    for override in fields["overrides"]:
        for one in override["properties"]:
            if one["id"] == "mappings":
                yield from (mapping["options"] for mapping in one["value"])


def test_every_variable_is_one_that_grafana_or_the_board_knows() -> None:
    names = {name.strip("${}") for name in VARIABLES}
    own = {variable["name"] for board in BOARDS.values() for variable in board["templating"]["list"]}
    assert own <= names
    assert names - own == {"__rate_interval", "__range", "__interval"}


def test_what_provisions_them_is_what_grafana_reads() -> None:
    folder = FOLDER.parent / "provisioning"
    (provider,) = yaml.safe_load((folder / "dashboards" / "nigehban.yml").read_text("utf-8"))["providers"]
    assert (provider["type"], provider["options"]["path"].rpartition("/")[2]) == ("file", FOLDER.name)
    (source,) = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text("utf-8"))["datasources"]
    assert source["type"] == "prometheus"
