"""What valid settings mean, and that no value leaks from invalid ones."""

import copy
import dataclasses
import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.channels.apprise_channel import ALLOWED_SCHEMAS
from alerts.incident import Nature
from alerts.judging.fault import Threshold
from checks.registry import Registry
from tests.support.settings_files import HEAD, load_text, own_registry, problems_of
from watchdog.settings.document import Document
from watchdog.settings.holiday_entries import HolidayEntry, holidays_of
from watchdog.settings.load import load
from watchdog.settings.needs import secrets_of
from watchdog.settings.problems import SettingsError
from watchdog.settings.schema import settings_schema
from watchdog.settings.shown import as_yaml, shown_settings
from watchdog.settings.telling_entries import PLAIN_APPRISE_SCHEMES
from watchdog.settings.values import Settings

EXAMPLE = Path(__file__).parents[2] / "config" / "nigehban.yaml"
CANARY = "canary7q"


def check(rest: str) -> str:
    return HEAD + f"checks: [{{id: p, kind: tcp, host: a.example, port: 80{rest}}}]\n"


def test_what_a_check_does_not_say_comes_from_the_defaults(tmp_path: Path) -> None:
    text = check("") + "defaults: {interval: 5m, failures_to_open: 3, settle: 0s}\n"
    (one,) = load_text(tmp_path, text).checks
    assert (one.spec.interval_s, one.spec.timeout_s) == (300.0, 10.0)
    assert one.threshold == Threshold(
        failures_to_open=3,
        passes_to_close=2,
        settle_s=0.0,
        flap_hold_s=1800.0,
        losses_to_warn=5,
        losses_within_s=18_000.0,
    )


@pytest.mark.parametrize(("interval", "within_h"), [("10s", 1.0), ("5m", 5.0), ("1h", 24.0), ("24h", 24.0)])
def test_failures_that_heal_count_for_sixty_intervals_but_for_a_day_at_most(
    tmp_path: Path, interval: str, within_h: float
) -> None:
    (one,) = load_text(tmp_path, check(f", interval: {interval}")).checks
    assert one.threshold.losses_within_s == within_h * 3600


def test_a_check_that_says_so_differs_from_the_defaults(tmp_path: Path) -> None:
    (one,) = load_text(tmp_path, check(", interval: 2m, timeout: 20s, retry_every: 5s, passes_to_close: 4")).checks
    assert (one.spec.interval_s, one.spec.timeout_s, one.spec.retry_every_s) == (120.0, 20.0, 5.0)
    assert one.threshold.passes_to_close == 4


@pytest.mark.parametrize(
    ("defaults", "own", "hold_s"), [("", "", 1800), ("1h", "", 3600), ("1h", "0s", 0), ("", "5m", 300)]
)
def test_a_check_takes_its_own_flap_hold_else_that_of_all(
    tmp_path: Path, defaults: str, own: str, hold_s: float
) -> None:
    text = check(f", flap_hold: {own}" if own else "")
    text += f"defaults: {{flap_hold: {defaults}}}\n" if defaults else ""
    (one,) = load_text(tmp_path, text).checks
    assert one.threshold.flap_hold_s == hold_s


@pytest.mark.parametrize(("defaults", "own", "losses"), [("", "", 5), ("7", "", 7), ("7", "0", 0), ("", "3", 3)])
def test_how_many_losses_warn_is_the_checks_own_word_else_that_of_all(
    tmp_path: Path, defaults: str, own: str, losses: int
) -> None:
    text = check(f", losses_to_warn: {own}" if own else "")
    text += f"defaults: {{losses_to_warn: {defaults}}}\n" if defaults else ""
    (one,) = load_text(tmp_path, text).checks
    assert one.threshold.losses_to_warn == losses


@pytest.mark.parametrize("value", ["", "5", "1.5", "true", "''", "[]", "{}", "[[]]", "[{}]", "text"])
@pytest.mark.parametrize("key", ["id", "kind", "service", "targets", "host", "port", "interval", "labels", "nonsense"])
@pytest.mark.parametrize("rest", ["kind: tcp, host: a.example, port: 80", "kind: invoice_due", "kind: http", ""])
def test_every_entry_makes_a_check_or_a_problem(tmp_path: Path, rest: str, key: str, value: str) -> None:
    kept = [part for part in f"id: p, {rest}".split(", ") if part and not part.startswith(f"{key}:")]
    text = HEAD + f"checks: [{{{', '.join([*kept, f'{key}: {value}'])}}}]\n"
    assert problems_of(tmp_path, text) or load_text(tmp_path, text).checks


def test_default_times_shrink_to_a_short_interval(tmp_path: Path) -> None:
    (one,) = load_text(tmp_path, check(", interval: 5s")).checks
    assert (one.spec.timeout_s, one.spec.retry_every_s) == (5.0, 5.0)


def test_so_they_do_where_only_the_interval_of_all_is_written(tmp_path: Path) -> None:
    (one,) = load_text(tmp_path, check("") + "defaults: {interval: 2s}\n").checks
    assert (one.spec.interval_s, one.spec.timeout_s, one.spec.retry_every_s) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("rest", "defaults", "times"),
    [
        ("", "", (3600.0, 30.0)),
        ("", "interval: 30s, timeout: 5s", (3600.0, 30.0)),
        (", interval: 10s", "", (10.0, 10.0)),
        (", timeout: 2m", "interval: 30s", (3600.0, 120.0)),
    ],
)
def test_a_kind_may_have_a_pace_of_its_own_which_goes_before_that_of_all(
    tmp_path: Path, rest: str, defaults: str, times: tuple[float, float]
) -> None:
    slow = dataclasses.replace(own_registry().kinds["tcp"], default_interval_s=3600.0, default_timeout_s=30.0)
    text = check(rest) + f"defaults: {{{defaults}}}\n"
    (one,) = load_text(tmp_path, text, Registry(kinds={"tcp": slow}, broken={})).checks
    assert (one.spec.interval_s, one.spec.timeout_s) == times


def test_a_default_ladder_goes_to_the_checks_of_its_kind(tmp_path: Path) -> None:
    text = HEAD + (
        "defaults: {ladder: {invoice_due: [9wd, 0wd]}}\n"
        "checks: [{id: a, kind: invoice_due}, {id: b, kind: invoice_due, ladder: [4wd, 0wd]}]\n"
    )
    ladders = [one.spec.options.model_dump(mode="json")["ladder"] for one in load_text(tmp_path, text).checks]
    assert ladders == [["9wd", "0wd"], ["4wd", "0wd"]]


def test_a_day_written_out_wins_over_the_seed() -> None:
    independence_day = date(2027, 8, 14)
    undone = holidays_of(["PK", HolidayEntry(date="2027-08-14", working=True)])
    renamed = holidays_of([HolidayEntry(date="2027-08-14", name="ours", estimated=True), "PK"])
    assert independence_day not in {one.date for one in undone}
    assert [(one.name, one.estimated) for one in renamed if one.date == independence_day] == [("ours", True)]


@pytest.mark.parametrize("said", ["settled_on: 2026-11-01", "evidence: receipt 12"])
def test_half_a_settlement_loads_and_closes_nothing(tmp_path: Path, said: str) -> None:
    text = HEAD + (
        "vendors: {acme: {name: Acme}}\nchecks: [{id: bills, kind: invoice_due}]\n"
        f"invoices: [{{vendor: acme, number: INV-7, amount: 1 PKR, due: 2026-12-01, {said}}}]\n"
    )
    (bill,) = load_text(tmp_path, text).invoices
    assert not bill.is_settled(date(2027, 1, 1))


@pytest.mark.parametrize("port", ["025", "1_000", "true", "'25'", "25.0", "0x19", "+25", "false"])
def test_a_number_is_written_as_one(tmp_path: Path, port: str) -> None:
    (told,) = problems_of(tmp_path, HEAD + f"checks: [{{id: p, kind: tcp, host: a.example, port: {port}}}]\n")
    assert told.startswith("4:52: checks[0].port: must be ")


@pytest.mark.parametrize("word", ["1", "'true'", "yes", "'on'", "0"])
def test_yes_and_no_are_written_as_true_and_false(tmp_path: Path, word: str) -> None:
    text = HEAD + f"checks: [{{id: p, kind: smtp, host: a.example, allow_plain_password: {word}}}]\n"
    assert [told.split(" ", 1)[1] for told in problems_of(tmp_path, text)] == [
        "checks[0].allow_plain_password: must be true or false"
    ]


def test_numbers_elsewhere_are_as_strict(tmp_path: Path) -> None:
    mail = "mail: {relay: smtp.example.org, port: true, from: n@example.org}\n"
    people = "departments: {health: {name: Health, users: '1200'}}\n"
    assert [told.split(" ")[1] for told in problems_of(tmp_path, HEAD + mail + people)] == [
        "mail.port:",
        "departments.health.users:",
    ]


def test_the_example_in_a_message_of_ours_is_shown_though_it_is_what_was_written(tmp_path: Path) -> None:
    (told,) = problems_of(tmp_path, HEAD + 'listen: "127.0.0.1"\n')
    assert told.endswith('must be an address and a port, say "127.0.0.1:9417" or "[::1]:9417"')
    (told,) = problems_of(tmp_path, HEAD + "offices: {hq: {week: {mon: '09:00'}}}\n")
    assert told.endswith('must be opening and closing time, say "09:00-17:00"')


def test_whole_numbers_may_stand_for_text_since_they_lose_nothing(tmp_path: Path) -> None:
    text = HEAD + "vendors: {acme: {name: Acme, ntn: 1234567}}\n"
    assert load_text(tmp_path, text).estate.vendors["acme"].ntn == "1234567"


def test_a_tax_number_keeps_its_zero_without_quotes(tmp_path: Path) -> None:
    text = HEAD + "vendors: {acme: {name: Acme, ntn: 0123456}}\n"
    assert load_text(tmp_path, text).estate.vendors["acme"].ntn == "0123456"


def test_schemes_that_may_stand_in_clear_are_among_those_in_use() -> None:
    assert PLAIN_APPRISE_SCHEMES <= ALLOWED_SCHEMAS


def test_what_is_shown_says_the_same_again(tmp_path: Path) -> None:
    """The shown settings load, but for what settings make by themselves: names of channels, ids of targets."""
    first = load(EXAMPLE, own_registry(), {})
    tree = shown_settings(first)
    for receiver in tree["receivers"].values():
        for channel in receiver["channels"]:
            del channel["name"]
    for entry in tree["checks"]:
        entry["id"] = entry["id"].replace("/", ".")
    second = load_text(tmp_path, as_yaml(tree))
    assert (second.estate, second.routes) == (first.estate, first.routes)
    for one, other in zip(second.checks, first.checks, strict=True):
        assert dataclasses.replace(one.spec, id=other.spec.id) == other.spec
        assert one.threshold == other.threshold
    assert (second.invoices, second.receivers, second.relay) == (first.invoices, first.receivers, first.relay)
    assert second.backup == first.backup


def test_every_section_is_shown() -> None:
    shown = shown_settings(load(EXAMPLE, own_registry(), {}))
    sections = {field.name for field in dataclasses.fields(Settings)} - {"source", "relay", "duty_calendars", "intake"}
    assert sections - set(shown) == set()


def test_how_lists_come_in_is_shown_and_means_the_same_again(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite://", "utf-8")
    vendors = "vendors: {acme: {name: Acme}}\n"
    text = (
        "billing:\n"
        "  layouts: {finance: {mapping: {Firm: vendor, S.No: '-'}, dates: dmy, mark: comma, vendor: acme}}\n"
        "  sources:\n"
        "    share: {kind: folder, folder: /srv/bills, layout: finance, every: 1h}\n"
        "    accounts: {kind: sql, database: !secret url, query: 'with x as (values (1)) table x'}\n"
        "    erp: {kind: api, url: !secret erp, rows: /data}\n"
    )
    first = load_text(tmp_path, HEAD + vendors + text)
    shown = shown_settings(first)["billing"]
    again = {"billing": {name: shown[name] for name in ("layouts", "sources")}}

    second = load_text(tmp_path, HEAD + vendors + as_yaml(again))

    assert len(first.intake.sources) == 3
    assert second.intake == first.intake


def test_the_path_and_query_of_an_interface_are_not_shown(tmp_path: Path) -> None:
    text = "billing: {sources: {erp: {kind: api, url: 'https://erp.example.org/t0ken/bills?key=t0ken'}}}\n"
    settings = load_text(tmp_path, HEAD + text)

    assert shown_settings(settings)["billing"]["sources"]["erp"]["url"] == "https://erp.example.org/..."


def test_what_a_source_needs_is_looked_for_at_the_start(tmp_path: Path) -> None:
    text = (
        "billing:\n  sources:\n"
        "    accounts: {kind: sql, database: !secret accounts-url, query: select 1}\n"
        "    erp: {kind: api, url: !secret erp-url, token: !secret erp-token}\n"
    )
    needed = secrets_of(load_text(tmp_path, HEAD + text))

    found = {secret.name: users for secret, users in needed.items() if users[0].startswith("source ")}
    assert found == {"accounts-url": ["source accounts"], "erp-url": ["source erp"], "erp-token": ["source erp"]}


def test_every_section_is_shown_and_means_the_same_again(tmp_path: Path) -> None:
    """But for the defaults, which every check shows as its own."""
    text = HEAD + "backup: {folder: /srv/copies, every: 36h, keep: 3}\nlisten: 0.0.0.0:9417\nlisten_publicly: true\n"
    first = load_text(tmp_path, text)
    tree = shown_settings(first)
    assert set(tree) == Document.model_fields.keys() - {"defaults"}
    for receiver in tree["receivers"].values():
        for channel in receiver["channels"]:
            del channel["name"]
    second = load_text(tmp_path, as_yaml(tree))
    assert (second.backup, second.listen, second.history) == (first.backup, first.listen, first.history)
    assert (second.api, second.resolver, second.heartbeat) == (first.api, first.resolver, first.heartbeat)


def test_the_schema_knows_every_kind_with_its_options_and_the_common_keys() -> None:
    kinds = own_registry().kinds
    entries = settings_schema(kinds)["properties"]["checks"]["items"]["oneOf"]
    assert {entry["properties"]["kind"]["const"] for entry in entries} == set(kinds)
    for entry in entries:
        options = kinds[entry["properties"]["kind"]["const"]].options
        assert {*options.model_fields, "interval", "runbook", "targets"} <= set(entry["properties"])


def test_the_schema_writes_defaults_as_people_do() -> None:
    schema = settings_schema(own_registry().kinds)
    ladders = {
        entry["properties"]["kind"]["const"]: entry["properties"]["ladder"]["default"]
        for entry in schema["properties"]["checks"]["items"]["oneOf"]
        if "ladder" in entry["properties"]
    }
    assert ladders["invoice_due"] == ["20wd", "15wd", "10wd", "5wd", "3wd", "1wd", "0wd"]
    assert ladders["tls_certificate"] == ["1/3", "1/6", "1/12", "7d", "3d", "1d", "0d"]
    assert schema["properties"]["defaults"]["default"]["settle"] == "30s"


def test_every_default_of_the_schema_may_be_written_into_a_file(tmp_path: Path) -> None:
    properties = settings_schema(own_registry().kinds)["properties"]
    defaults = {name: one["default"] for name, one in properties.items() if "default" in one and name != "receivers"}
    assert problems_of(tmp_path, HEAD + yaml.safe_dump(defaults)) == []


def test_the_schema_defines_nothing_that_it_does_not_use() -> None:
    schema = settings_schema(own_registry().kinds)
    text = json.dumps(schema)
    assert [name for name in schema["$defs"] if f'"#/$defs/{name}"' not in text] == []


@pytest.mark.parametrize("nature", list(Nature))
def test_a_route_may_ask_for_the_nature_of_an_incident(tmp_path: Path, nature: Nature) -> None:
    first = f"{{match: {{nature: {nature.value}}}, to: [ops]}}, "
    settings = load_text(tmp_path, HEAD.replace("routes: [", f"routes: [{first}"))
    assert settings.routes[0].match == {"nature": nature.value}


@pytest.mark.parametrize("match", ["kind: resolver", "check: nigehban/resolver"])
def test_a_route_may_name_what_the_daemon_checks_of_its_own_accord(tmp_path: Path, match: str) -> None:
    first = f"{{match: {{{match}}}, to: [ops]}}, "
    settings = load_text(tmp_path, HEAD.replace("routes: [", f"routes: [{first}"))
    assert settings.routes[0].to == ("ops",)


class _Plain(yaml.SafeLoader):
    """Reads the example for mutation; secrets become a mark that is written back as a tag."""


def _marked(_loader: _Plain, node: yaml.ScalarNode) -> str:
    return f"SECRET {node.value}"


def _as_text(_loader: _Plain, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Plain.add_constructor("!secret", _marked)
_Plain.add_constructor("tag:yaml.org,2002:timestamp", _as_text)
TREE: dict[str, Any] = yaml.load(EXAMPLE.read_text("utf-8"), Loader=_Plain)  # noqa: S506  # a SafeLoader, for a test


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401  # a tree
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def written(tree: dict[str, Any]) -> str:
    text = yaml.safe_dump(tree, sort_keys=False)
    for name in ("oncall_url", "relay_password"):
        text = text.replace(f"SECRET {name}", f"!secret {name}")
    return text


WRONG = [f"{CANARY}", f"https://u:{CANARY}@x/", {"a": CANARY}, [CANARY], [[CANARY]], None, 7, 1.5, True, "", [], {}]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), wrong=st.sampled_from(WRONG), times=st.integers(1, 3))
def test_no_change_of_a_value_crashes_the_reader_or_is_quoted(
    tmp_path: Path, seed: int, wrong: object, times: int
) -> None:
    tree = copy.deepcopy(TREE)
    chosen = random.Random(seed)
    for _ in range(times):
        *parents, last = chosen.choice(list(places(tree)))
        node: Any = tree
        for step in parents:
            node = node[step]
        node[last] = copy.deepcopy(wrong)
    told = "\n".join(problems_of(tmp_path, written(tree)))
    assert CANARY not in told


def test_canaries_in_secrets_are_in_no_output(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    for name in ("oncall_url", "relay_password"):
        file = tmp_path / "secrets" / name
        file.write_text(CANARY)
        file.chmod(0o600)
    settings = load_text(tmp_path, EXAMPLE.read_text("utf-8"))
    shown = as_yaml(shown_settings(settings))
    assert CANARY not in shown + repr(settings)
    assert "password: !secret 'relay_password'" in shown


def test_tokens_in_the_path_of_a_plain_url_are_not_shown(tmp_path: Path) -> None:
    text = HEAD.replace("example.org/x", f"example.org/{CANARY}")
    assert CANARY not in as_yaml(shown_settings(load_text(tmp_path, text)))


def test_what_a_check_asks_of_a_page_is_not_shown(tmp_path: Path) -> None:
    text = HEAD + f'checks: [{{id: page, kind: http, url: "https://portal.example.org/x?key={CANARY}"}}]\n'
    shown = as_yaml(shown_settings(load_text(tmp_path, text)))
    assert CANARY not in shown
    assert "https://portal.example.org/x?***" in shown


def test_addresses_are_shown_with_their_ports(tmp_path: Path) -> None:
    text = HEAD.replace("https://hooks.example.org/x", "https://hooks.example.org:8443/x") + 'listen: "[::1]:9417"\n'
    shown = shown_settings(load_text(tmp_path, text))
    assert shown["listen"] == "[::1]:9417"
    assert shown["receivers"]["ops"]["channels"][0]["url"] == "https://hooks.example.org:8443/..."


def test_all_of_many_wrong_checks_are_told(tmp_path: Path) -> None:
    lines = "".join(f"  - {{id: c{n}, kind: tcp, host: a.example, prot: 1, service: s}}\n" for n in range(500))
    file = tmp_path / "many.yaml"
    file.write_text(HEAD + "checks:\n" + lines)
    with pytest.raises(SettingsError) as caught:
        load(file, own_registry(), {})
    assert len(caught.value.problems) == 3 * 500
