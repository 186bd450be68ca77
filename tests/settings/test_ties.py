"""What settings say of what hangs on what, and what is made of it."""

from pathlib import Path

from alerts.roots.family import Family, family, ties
from tests.support.settings_files import HEAD, load_text, problems_of
from watchdog.settings.shown import as_yaml, shown_settings
from watchdog.settings.ties import members_of


def relatives(folder: Path, text: str) -> Family:
    settings = load_text(folder, HEAD + text)
    return family(ties(settings.estate, members_of(settings.checks)))


def test_all_at_a_site_hangs_on_its_uplink_but_the_uplink_itself(tmp_path: Path) -> None:
    found = relatives(
        tmp_path,
        """\
sites: {peshawar: {title: Peshawar, uplink: link}}
checks:
  - {id: link, kind: tcp, host: a.example, port: 80, site: peshawar}
  - {id: mx, kind: smtp, targets: [b.example, c.example], site: peshawar}
  - {id: elsewhere, kind: tcp, host: d.example, port: 80}
""",
    )
    assert found.above == {"mx/b.example": ("link",), "mx/c.example": ("link",)}
    assert found.below == {"link": ("mx/b.example", "mx/c.example")}


def test_a_service_hangs_on_every_check_of_the_services_it_depends_on(tmp_path: Path) -> None:
    found = relatives(
        tmp_path,
        """\
services:
  portal: {title: Portal, depends_on: [data-base]}
  data-base: {title: Data base, depends_on: [power]}
  power: {title: Power}
checks:
  - {id: page, kind: tcp, host: a.example, port: 80, service: portal}
  - {id: sql, kind: tcp, port: 80, targets: [b.example, c.example], service: data-base}
  - {id: mains, kind: tcp, host: d.example, port: 80, service: power}
""",
    )
    assert found.above["page"] == ("sql/b.example", "sql/c.example", "mains")  # type: ignore[index]
    assert found.below["mains"] == ("page", "sql/b.example", "sql/c.example")  # type: ignore[index]


def test_the_checks_of_a_vendors_own_gateway_are_above_what_it_provides(tmp_path: Path) -> None:
    found = relatives(
        tmp_path,
        """\
vendors: {acme: {name: Acme, watched_by: [gateway]}}
services: {mail: {title: Mail, vendor: acme}}
checks:
  - {id: gateway, kind: tcp, host: a.example, port: 80, service: mail}
  - {id: mx, kind: smtp, host: b.example, service: mail}
""",
    )
    assert found.above == {"mx": ("gateway",)}


def test_the_id_of_an_entry_with_targets_names_all_of_them(tmp_path: Path) -> None:
    found = relatives(
        tmp_path,
        """\
checks:
  - {id: core, kind: tcp, port: 80, targets: [a.example, b.example]}
  - {id: page, kind: tcp, host: c.example, port: 80, depends_on: [core]}
  - {id: other, kind: tcp, host: d.example, port: 80, depends_on: [core/b.example]}
""",
    )
    assert found.above == {"page": ("core/a.example", "core/b.example"), "other": ("core/b.example",)}


def test_checks_that_hang_on_the_same_things_share_one_answer(tmp_path: Path) -> None:
    found = relatives(
        tmp_path,
        """\
sites: {peshawar: {title: Peshawar, uplink: link}}
checks:
  - {id: link, kind: tcp, host: a.example, port: 80}
  - {id: mx, kind: smtp, targets: [b.example, c.example], site: peshawar}
""",
    )
    first, second = (above for check_id, above in found.above.items() if check_id.startswith("mx/"))
    assert first is second


def test_a_site_is_a_label_that_routes_can_match(tmp_path: Path) -> None:
    text = HEAD.replace("[{match", "[{match: {site: peshawar}, to: [ops]}, {match") + (
        "sites: {peshawar: {title: Peshawar}}\n"
        "checks: [{id: p, kind: tcp, host: a.example, port: 80, site: peshawar, labels: {team: noc}}]\n"
    )
    (check,) = load_text(tmp_path, text).checks
    assert check.spec.labels == {"team": "noc", "site": "peshawar"}


def test_what_is_shown_of_ties_means_the_same_again(tmp_path: Path) -> None:
    text = HEAD + (
        "sites: {peshawar: {title: Peshawar, uplink: link}}\n"
        "vendors: {acme: {name: Acme, watched_by: [link]}}\n"
        "services: {mail: {title: Mail, vendor: acme, depends_on: [power]}, power: {title: Power}}\n"
        "checks:\n"
        "  - {id: link, kind: tcp, host: a.example, port: 80}\n"
        "  - {id: p, kind: tcp, host: a.example, port: 80, site: peshawar, service: mail, depends_on: [link]}\n"
    )
    shown = shown_settings(load_text(tmp_path, text))
    assert "uplink: link" in as_yaml(shown)
    assert shown["vendors"]["acme"]["watched_by"] == ["link"]
    assert shown["services"]["mail"]["depends_on"] == ["power"]
    (_, page) = shown["checks"]
    assert (page["site"], page["depends_on"], page["labels"]) == ("peshawar", ["link"], {})


def test_a_check_that_stays_out_of_every_circle_may_be_above_many(tmp_path: Path) -> None:
    text = HEAD + (
        "sites: {a: {title: A, uplink: core}, b: {title: B, uplink: edge}}\n"
        "checks:\n"
        "  - {id: core, kind: tcp, host: a.example, port: 80}\n"
        "  - {id: edge, kind: tcp, host: b.example, port: 80, site: a}\n"
        "  - {id: page, kind: tcp, host: c.example, port: 80, site: b, depends_on: [core]}\n"
    )
    assert problems_of(tmp_path, text) == []
