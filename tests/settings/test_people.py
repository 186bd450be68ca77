"""Routes, rotas and escalations of the settings: what they mean, and what is refused of calendars and ways out."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from alerts.people.escalation import Escalation, Step
from alerts.people.rota import Every, Turns, on_duty
from alerts.route import Audience, Language, Medium, Order, Route
from tests.support.settings_files import own_registry
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.settings.shown import as_yaml, shown_settings
from watchdog.settings.values import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
receivers:
  ops: {channels: [{kind: webhook, url: https://hooks.example.org/x}]}
  ali: {channels: [{kind: webhook, url: https://hooks.example.org/a}]}
  sara: {channels: [{kind: webhook, url: https://hooks.example.org/s}]}
  noc: {rota: noc}
"""
WEEKLY = 'rotas: {noc: {members: [ali, sara], hand_off: "Mon 09:00", starts: 2026-11-02}}\n'
ROUTES = "routes: [{match: {}, to: [noc]}]\n"


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "nigehban.yaml"
    file.write_text(text, "utf-8")
    return load(file, own_registry(), {}, clock=lambda: NOW)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text)
    return str(caught.value).removeprefix(f"{folder}/nigehban.yaml:")


def test_routes_keep_their_tree(tmp_path: Path) -> None:
    text = (
        HEAD
        + WEEKLY
        + (
            "escalations: {slow: {repeat_every: 30m}}\n"
            "routes:\n"
            "  - {match: {}, to: [ops], continue: true}\n"
            "  - match: {}\n"
            "    to: [noc]\n"
            "    escalation: slow\n"
            "    routes: [{match: {severity: warning}, to: [ali]}]\n"
        )
    )
    assert loaded(tmp_path, text).routes == (
        Route(to=("ops",), goes_on=True),
        Route(to=("noc",), escalation="slow", routes=(Route(match={"severity": "warning"}, to=("ali",)),)),
    )


def test_a_week_of_duty_is_read(tmp_path: Path) -> None:
    settings = loaded(tmp_path, HEAD + WEEKLY + ROUTES)
    assert settings.rotas["noc"].turns == Turns(
        members=("ali", "sara"),
        every=Every.WEEK,
        hand_off=time(9),
        zone=settings.estate.time_zone,
        starts=date(2026, 11, 2),
    )


def test_an_escalation_is_read(tmp_path: Path) -> None:
    text = (
        HEAD
        + WEEKLY
        + ROUTES.replace("]}]", "], escalation: critical}]")
        + (
            "escalations: {critical: {steps: [{after: 10m, to: [sara]}, {after: 25m, to: [ops, noc]}], "
            "repeat_every: 30m, repeats: 3}}\n"
        )
    )
    assert loaded(tmp_path, text).escalations == {
        "critical": Escalation(
            id="critical",
            steps=(
                Step(after=timedelta(minutes=10), to=("sara",)),
                Step(after=timedelta(minutes=25), to=("ops", "noc")),
            ),
            repeat_every=timedelta(minutes=30),
            repeats=3,
        )
    }


@pytest.mark.parametrize(
    ("route", "steps"),
    [
        pytest.param(
            "{match: {}, to: [ops]}", "steps: [{after: 10m, to: [ops]}, {after: 20m, to: [ali]}]", id="the last"
        ),
        pytest.param(
            "{match: {}, to: [noc]}", "steps: [{after: 10m, to: [ali]}]", id="somebody of the rota, on duty or not"
        ),
        pytest.param("{match: {}, to: [ali]}", "steps: [{after: 10m, to: [noc]}]", id="whoever is on duty then"),
        pytest.param(
            "{match: {}, to: [ops]}", "repeat_every: 30m", id="the same people again, if that is what is asked for"
        ),
        pytest.param(
            "{match: {}, to: [ops], routes: [{match: {severity: warning}, to: [ali]}]}",
            "steps: [{after: 10m, to: [ops]}]",
            id="those of one route, for another",
        ),
    ],
)
def test_an_escalation_reaches_somebody_who_would_not_hear_anyway(tmp_path: Path, route: str, steps: str) -> None:
    routes = f"routes: [{route[:-1]}, escalation: slow}}]\n"
    assert loaded(tmp_path, f"{HEAD}{WEEKLY}{routes}escalations: {{slow: {{{steps}}}}}\n").escalations


def test_what_a_receiver_and_a_channel_say_of_their_readers_is_read(tmp_path: Path) -> None:
    text = HEAD.replace("  ops: {", "  ops: {tell: first, audience: secretary, language: ur, ").replace(
        "hooks.example.org/x}", "hooks.example.org/x, rate: 20/min, medium: short, sign: !secret key}"
    )
    ops = loaded(tmp_path, text + WEEKLY + ROUTES).receivers["ops"]
    (channel,) = ops.channels
    assert (ops.order, ops.audience, ops.language) == (Order.FIRST, Audience.SECRETARY, Language.URDU)
    assert (channel.per_minute, channel.medium, str(channel.sign)) == (20, Medium.SHORT, "!secret key")


def test_what_is_shown_of_people_means_the_same_again(tmp_path: Path) -> None:
    text = HEAD + (
        "rotas:\n"
        "  noc:\n"
        "    members: [ali, sara]\n"
        "    every: day\n"
        '    hand_off: "08:30"\n'
        "    starts: 2026-11-02\n"
        "    time_zone: Europe/Berlin\n"
        "    overrides: [{from: 2026-12-24 09:00, to: 2026-12-26 09:00, who: ops}]\n"
        "    fallback: ops\n"
        "escalations: {slow: {steps: [{after: 10m, to: [ops]}], repeat_every: 1h}}\n"
        "routes: [{match: {}, to: [noc], escalation: slow, routes: [{match: {severity: warning}, to: [ali]}]}]\n"
    )
    first = loaded(tmp_path, text)
    tree = shown_settings(first)
    for receiver in tree["receivers"].values():
        for channel in receiver["channels"]:
            del channel["name"]
    second = loaded(tmp_path, as_yaml(tree))
    assert (second.rotas, second.escalations, second.routes) == (first.rotas, first.escalations, first.routes)


# Calendars ------------------------------------------------------------------------------------------------------


def calendar(*events: str) -> str:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, event in enumerate(events):
        whole += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20261101T000000Z", *event.split(), "END:VEVENT"]
    return "\r\n".join([*whole, "END:VCALENDAR", ""]).replace("_", " ")


#: Ali and Sara take turns by the week, each until the next begins.
FULL = (
    "SUMMARY:ali DTSTART:20261102T040000Z DURATION:P7D RRULE:FREQ=WEEKLY;INTERVAL=2",
    "SUMMARY:Sara_Khan DTSTART:20261109T040000Z DURATION:P7D RRULE:FREQ=WEEKLY;INTERVAL=2",
)
BY_CALENDAR = "rotas: {noc: {ical: noc.ics, names: {Sara Khan: sara}}}\n"


def test_a_calendar_says_who_is_on_duty(tmp_path: Path) -> None:
    (tmp_path / "noc.ics").write_text(calendar(*FULL), "utf-8")
    rota = loaded(tmp_path, HEAD + BY_CALENDAR + ROUTES).rotas["noc"]
    assert [on_duty(rota, NOW + timedelta(weeks=weeks)) for weeks in range(3)] == [("ali",), ("sara",), ("ali",)]


def test_an_event_that_names_no_receiver_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noc.ics").write_text(calendar(*FULL), "utf-8")
    told = refused(tmp_path, HEAD + "rotas: {noc: {ical: noc.ics}}\n" + ROUTES)
    assert told.startswith("7:21: rotas.noc.ical: the event 'Sara Khan' of ")
    assert told.endswith("is the id of no receiver; add it to names")


def test_a_gap_in_cover_is_refused_with_its_times(tmp_path: Path) -> None:
    (tmp_path / "noc.ics").write_text(calendar(FULL[0], FULL[1].replace("DURATION:P7D", "DURATION:P6D")), "utf-8")
    assert refused(tmp_path, HEAD + BY_CALENDAR + ROUTES) == (
        "7:14: rotas.noc: nobody is on duty from 09:00 on Sun 29 Nov 2026 to 09:00 on Mon 30 Nov 2026: fill it, "
        "or add fallback, the receiver that stands in"
    )


def test_a_calendar_that_ends_within_three_months_leaves_a_gap(tmp_path: Path) -> None:
    (tmp_path / "noc.ics").write_text(calendar(*(one + ";COUNT=4" for one in FULL)), "utf-8")
    told = refused(tmp_path, HEAD + BY_CALENDAR + ROUTES)
    assert told.startswith("7:14: rotas.noc: nobody is on duty from 09:00 on Mon 28 Dec 2026 to ")


def test_a_gap_is_nobodys_where_somebody_stands_in(tmp_path: Path) -> None:
    (tmp_path / "noc.ics").write_text(calendar(FULL[0]), "utf-8")
    settings = loaded(tmp_path, HEAD + BY_CALENDAR.replace("ical:", "fallback: ops, ical:") + ROUTES)
    assert settings.rotas["noc"].fallback == "ops"


def test_an_override_fills_a_gap(tmp_path: Path) -> None:
    (tmp_path / "noc.ics").write_text(calendar(*(one + ";COUNT=8" for one in FULL)), "utf-8")
    filled = "{ical: noc.ics, overrides: [{from: 2026-11-01 09:00, to: 2027-11-01 09:00, who: ali}], "
    loaded(tmp_path, HEAD + BY_CALENDAR.replace("{ical: noc.ics, ", filled) + ROUTES)


# Ways out -------------------------------------------------------------------------------------------------------

MAIL = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
mail: {relay: smtp.elsewhere.example, from: n@elsewhere.example}
services: {mail: {title: Mail, departments: [health]}}
departments: {health: {name: Health, contact: clerk}}
checks: [{id: mx, kind: smtp, service: mail, host: mx1.example.gov.pk}]
receivers:
  ops: {channels: [{kind: mail, to: [noc@example.gov.pk]}]}
  clerk: {channels: [{kind: mail, to: [it@health.gov.pk]}]}
  sms: {channels: [{kind: webhook, url: https://hooks.example.org/x}]}
  twice: {channels: [{kind: mail, to: [boss@example.gov.pk]}, {kind: mail, to: [boss@home.example]}]}
  noc: {rota: noc}
rotas: {noc: {members: [sms, twice], hand_off: "mon 09:00", starts: 2026-11-02}}
"""
LADDERS = {
    "by-sms": "{steps: [{after: 10m, to: [ops]}, {after: 20m, to: [sms]}]}",
    "by-rota": "{steps: [{after: 10m, to: [noc]}]}",
}


def mailed(routes: str) -> str:
    """With the escalations that `routes` names."""
    ladders = "".join(f"\n  {id_}: {said}" for id_, said in LADDERS.items() if id_ in routes)
    return f"{MAIL}{f'escalations:{ladders}' if ladders else ''}\nroutes: {routes}\n"


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param("[{match: {}, to: [sms]}]", id="another kind of channel"),
        pytest.param("[{match: {}, to: [clerk]}]", id="a mailbox of another domain"),
        pytest.param("[{match: {}, to: [twice]}]", id="a second mailbox elsewhere"),
        pytest.param("[{match: {}, to: [noc]}]", id="a rota whose members all have another way"),
        pytest.param("[{match: {}, to: [ops], escalation: by-sms}]", id="a step that goes another way"),
        pytest.param("[{match: {}, to: [ops], escalation: by-rota}]", id="a step to a rota"),
        pytest.param(
            "[{match: {service: mail}, to: [sms]}, {match: {}, to: [ops]}]", id="what concerns this mail goes elsewhere"
        ),
    ],
)
def test_there_is_another_way_past_the_mail_that_failed(tmp_path: Path, routes: str) -> None:
    assert loaded(tmp_path, mailed(routes)).routes


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param("[{match: {}, to: [ops]}]", id="only the mailbox that is lost"),
        pytest.param("[{match: {}, to: [ops, sms]}]", id="another receiver does not speak for this one"),
        pytest.param(
            "[{match: {}, to: [ops], continue: true}, {match: {}, to: [sms], escalation: by-sms}]",
            id="the escalation of another route does not cover it",
        ),
        pytest.param(
            "[{match: {}, to: [sms], routes: [{match: {severity: warning}, to: [ops]}]}]", id="one severity is enough"
        ),
    ],
)
def test_nobody_waits_for_the_mail_that_failed_to_hear_of_it(tmp_path: Path, routes: str) -> None:
    told = refused(tmp_path, mailed(routes))
    assert told.startswith("5:10: checks[0]: watches the mail server that holds the mailboxes of ops, ")
