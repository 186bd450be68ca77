"""`nigehban notify why`: what somebody reads who wonders whether anybody would have heard."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Rota, Shift
from alerts.route import Receiver, Route
from tests.support.settings_files import own_registry
from tests.support.telling import local
from watchdog.assembly import directory_of
from watchdog.cli import why
from watchdog.cli.main import execute
from watchdog.cli.why_text import heard_lines, why_text
from watchdog.explaining import Known, NoSuchCheckError, explained
from watchdog.settings.load import load

SETTINGS = """\
estate: {name: KP Directorate of IT, time_zone: Asia/Karachi}
offices: {hq: {week: {mon-thu: "09:00-17:00", fri: "09:00-13:00"}, holidays: pk}}
services: {official-email: {title: Official e-mail}}
receivers:
  boss: {channels: [{kind: webhook, url: https://hooks.example.org/b}]}
  asad: {tell: all, channels: [{kind: webhook, url: https://hooks.example.org/x}, {kind: webhook, url: https://h.example/y}]}
  finance: {office: hq, hold_for_office_hours: true, channels: [{kind: webhook, url: https://hooks.example.org/z}]}
routes: [{match: {severity: warning}, to: [finance]}, {match: {}, to: [asad]}]
checks:
  - {id: link, kind: tcp, host: 192.0.2.1, port: 443}
  - {id: mx, kind: smtp, service: official-email, port: 25, depends_on: [link], targets: [a.example.org, b.example.org]}
"""
#: A Sunday.
NOW = local("2026-11-22 12:00")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "nigehban.yaml"
    file.write_text(SETTINGS, "utf-8")
    return file


def told(config: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Code, what is printed, and what is said beside it."""
    code = why.why(
        words[0],
        config=config,
        state=config.parent / "state",
        environ={},
        subject=None,
        as_json="--json" in words,
        clock=lambda: NOW,
    )
    read = capsys.readouterr()
    return code, read.out, read.err


def test_without_a_daemon_the_settings_explain_and_say_that_they_do(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(config, capsys, "mx/a.example.org")
    assert code == 0
    assert "the daemon is not running: this is by the settings alone" in err
    assert "mx/a.example.org  (smtp, Official e-mail)" in out
    assert "  at worst 3 min 50 s after a critical fault begins:" in out
    assert "60 s interval + 10 s timeouts + 60 s confirm + 30 s settle + 60 s root + 10 s send = 230 s" in out
    assert "  route 2 matches {}: asad" in out
    assert "    asad: asad-1-webhook and asad-2-webhook" in out
    assert "      waits for office hours: 09:00 on Mon 23 Nov 2026" in out
    assert "  not known: no daemon was asked" in out
    assert "  link: not known" in out


MONEY = """\
vendors: {acme: {name: Acme}}
departments: {health: {name: Health Department, contact: boss}}
billing: {owners: {pre-audit: finance}}
"""


def test_stage_owners_and_departments_are_shown_beside_the_routes(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SETTINGS.replace("{title: Official e-mail}", "{title: Official e-mail, vendor: acme, departments: [health]}")
    config.write_text(text + MONEY, "utf-8")
    _, stages, _ = told(config, capsys, "billing/stages")
    assert "  whom it concerns: finance, for pre-audit" in stages
    assert "  no route names this kind: nobody else hears of it" in stages
    _, outages, _ = told(config, capsys, "billing/outages")
    assert "  whom it concerns: boss, for Health Department" in outages
    assert "    boss: boss-1-webhook" in outages
    _, payees, _ = told(config, capsys, "billing/payees")
    assert "whom it concerns" not in payees
    assert "  no route names this kind: it goes the way of bills" in payees
    _, out, _ = told(config, capsys, "billing/stages", "--json")
    assert json.loads(out)[0]["told"][0]["concerns"] == [{"receiver": "finance", "for": "pre-audit"}]


def test_the_id_of_an_entry_means_all_its_targets(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(config, capsys, "mx", "--json")
    assert [one["check"] for one in json.loads(out)] == ["mx/a.example.org", "mx/b.example.org"]


def test_the_sum_of_the_parts_is_the_worst_case(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(config, capsys, "link", "--json")
    (one,) = json.loads(out)
    assert one["worst_s"] == sum(part["seconds"] for part in one["parts"]) == 170


def test_mail_may_take_as_long_as_the_settings_let_it(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_by_webhook = told(config, capsys, "link")[1]
    by_mail = SETTINGS.replace("kind: webhook, url: https://hooks.example.org/x", "kind: mail, to: [asad@example.org]")
    config.write_text(f"{by_mail}\nmail: {{relay: mail.example.org, from: n@example.org, timeout: 50s}}\n", "utf-8")
    assert "+ 10 s send" in told_by_webhook
    assert "+ 50 s send" in told(config, capsys, "link")[1]


def test_a_warning_is_told_later_since_nobody_looks_into_it_in_haste(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = told(config, capsys, "link")
    assert "  at worst 7 min 20 s after a fault begins that is no more than a warning:" in out
    assert "60 s interval + 360 s confirm + 10 s timeouts + 10 s send = 440 s" in out


def test_a_check_that_is_not_there_is_named_with_one_that_is(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(config, capsys, "lnk")
    assert (code, out) == (1, "")
    assert "no check 'lnk'; did you mean" in err


def test_a_subject_that_was_never_seen_is_refused(config: Path) -> None:
    settings = load(config, own_registry(), {})
    known = Known(settings=settings, directory=directory_of(settings, settings.checks), now=NOW, is_watched=True)
    with pytest.raises(NoSuchCheckError, match="has seen no subject 'nothing'"):
        explained("link", "nothing", known)


def test_the_verb_is_there(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = str(config.parent / "state")
    assert execute(["notify", "why", "link", "--config", str(config), "--state", state]) == 0
    assert "How soon people hear" in capsys.readouterr().out


def test_who_is_told_because_nobody_is_on_duty_is_not_called_on_duty(config: Path) -> None:
    settings = load(config, own_registry(), {})
    over = Shift(who="asad", begins=NOW - timedelta(days=9), ends=NOW - timedelta(days=1))
    deserted = replace(
        settings,
        receivers={"asad": settings.receivers["asad"], "duty": Receiver(id="duty", channels=(), rota="noc")},
        routes=(Route(to=("duty",)),),
        rotas={"noc": Rota(id="noc", shifts=(over,))},
    )
    known = Known(settings=deserted, directory=directory_of(deserted, deserted.checks), now=NOW, is_watched=True)
    (found,) = explained("link", None, known)
    (heard,) = found.told[0].heard
    assert next(heard_lines(heard, ZoneInfo("Asia/Karachi"))).startswith("  asad (as nobody is on duty in noc): ")


def test_where_nobody_is_on_duty_the_next_in_line_is_said_to_hear_at_once(config: Path) -> None:
    settings = load(config, own_registry(), {})
    over = Shift(who="asad", begins=NOW - timedelta(days=9), ends=NOW - timedelta(days=1))
    ladder = (Step(after=timedelta(minutes=10), to=("boss",)), Step(after=timedelta(minutes=25), to=("finance",)))
    deserted = replace(
        settings,
        receivers={**settings.receivers, "duty": Receiver(id="duty", channels=(), rota="noc")},
        routes=(Route(to=("duty",), escalation="urgent"),),
        rotas={"noc": Rota(id="noc", shifts=(over,))},
        escalations={"urgent": Escalation(id="urgent", steps=ladder)},
    )
    known = Known(settings=deserted, directory=directory_of(deserted, deserted.checks), now=NOW, is_watched=True)
    (found,) = explained("link", None, known)
    lines = why_text(found, deserted.estate, NOW).splitlines()
    at = lines.index("    at once: boss (Nobody is on duty in noc)")
    assert lines[at + 1] == "    after 15 min: finance"


def test_after_the_last_step_everybody_who_was_told_is_named_again(config: Path) -> None:
    settings = load(config, own_registry(), {})
    climb = Escalation(
        id="urgent",
        steps=(Step(after=timedelta(minutes=10), to=("boss",)),),
        repeat_every=timedelta(minutes=30),
    )
    chased = replace(settings, routes=(Route(to=("finance",), escalation="urgent"),), escalations={"urgent": climb})
    known = Known(settings=chased, directory=directory_of(chased, chased.checks), now=NOW, is_watched=True)
    (found,) = explained("link", None, known)
    lines = why_text(found, chased.estate, NOW).splitlines()
    assert "    after 10 min: boss" in lines
    assert "    then every 30 min, until somebody does: finance and boss" in lines
