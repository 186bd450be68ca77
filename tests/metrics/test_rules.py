"""Every alert rule that users copy fires when it should, is silent before, and says what a person understands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.prometheus import promtool
from tests.support.tree import ROOT
from watchdog.cli.main import app

RULES = ROOT / "config" / "prometheus" / "nigehban.rules.yml"
DAY_S = 86400

BILL = {"vendor": "acme", "invoice": "INV-7", "service": "mail"}
CERTIFICATE = {"check": "lapse", "subject": "mx1:25", "kind": "tls_certificate", "service": "mail"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Series in promtool's notation, one value a minute from the Unix epoch on, and what becomes of one alert."""

    alert: str
    series: Mapping[str, str]
    quiet_at: str
    fires_at: str
    severity: str
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str


def series(name: str, **labels: str) -> str:
    own = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"nigehban_{name}{{{own}}}"


CASES = (
    Case(
        alert="NigehbanGone",
        series={series("build_info"): "1x10 stale"},
        quiet_at="10m",
        fires_at="15m",
        severity="critical",
        summary="Nigehban does not answer",
    ),
    Case(
        alert="NigehbanSeesNothing",
        series={series("check_last_run_timestamp_seconds", instance="here"): "0x60"},
        quiet_at="14m",
        fires_at="20m",
        severity="critical",
        labels={"instance": "here"},
        summary="Nigehban runs, but has looked at nothing for 20m 0s",
    ),
    Case(
        alert="NigehbanBlind",
        series={series("blind"): "0x4 1x60"},
        quiet_at="14m",
        fires_at="16m",
        severity="critical",
        summary="Nigehban has lost sight of the outside",
    ),
    Case(
        alert="NigehbanCannotTell",
        series={series("outbox_oldest_timestamp_seconds", channel="sms"): "0x60"},
        quiet_at="19m",
        fires_at="21m",
        severity="critical",
        labels={"channel": "sms"},
        summary="A message of nigehban has waited 21m 0s on sms",
    ),
    Case(
        alert="NigehbanDeliveriesFail",
        series={series("deliveries_total", channel="sms", outcome="deferred", reason="timeout"): "0x10 1+1x60"},
        quiet_at="15m",
        fires_at="40m",
        severity="warning",
        labels={"channel": "sms"},
        summary="sms has refused or lost 30 tries in half an hour",
    ),
    Case(
        alert="NigehbanChannelOpen",
        series={series("channel_open", instance="here", channel="sms"): "0x4 1x60"},
        quiet_at="19m",
        fires_at="21m",
        severity="warning",
        labels={"instance": "here", "channel": "sms"},
        summary="sms has failed for a quarter of an hour and is left alone",
    ),
    Case(
        alert="NigehbanCannotWrite",
        series={series("store_standstill", instance="here", reason="disk full"): "0x4 1x60"},
        quiet_at="9m",
        fires_at="11m",
        severity="critical",
        labels={"instance": "here", "reason": "disk full"},
        summary="Nigehban can keep nothing: disk full",
    ),
    Case(
        alert="NigehbanNoCopy",
        series={series("backup_last_timestamp_seconds", instance="here"): f"-{8 * DAY_S - 3600}x200"},
        quiet_at="60m",
        fires_at="120m",
        severity="warning",
        labels={"instance": "here"},
        summary="The newest copy of nigehban's state is 8d 1h 0m 0s old",
    ),
    Case(
        alert="NigehbanNeverCopied",
        series={series("build_info", instance="here"): "1x4000"},
        quiet_at="47h",
        fires_at="49h",
        severity="warning",
        labels={"instance": "here"},
        summary="There is no copy of nigehban's state",
    ),
    Case(
        alert="NigehbanRefusedSettings",
        series={series("settings_reload_success"): "1x4 0x60"},
        quiet_at="19m",
        fires_at="21m",
        severity="warning",
        summary="Nigehban has refused its new settings",
    ),
    Case(
        alert="NigehbanLate",
        series={
            series("scheduler_lateness_seconds_bucket", instance="here", le="2.5"): "0x60",
            series("scheduler_lateness_seconds_bucket", instance="here", le="10.0"): "0+60x60",
            series("scheduler_lateness_seconds_bucket", instance="here", le="+Inf"): "0+60x60",
        },
        quiet_at="10m",
        fires_at="30m",
        severity="warning",
        labels={"instance": "here"},
        summary="Checks of nigehban start 9.925s late",
    ),
    Case(
        alert="CertificateLapsesInDays",
        series={series("certificate_not_after_timestamp_seconds", **CERTIFICATE): f"{3 * DAY_S + 3600}x200"},
        quiet_at="60m",
        fires_at="120m",
        severity="warning",
        labels=CERTIFICATE,
        summary="The certificate of mx1:25 lapses in 2d 23h 0m 0s",
    ),
    Case(
        alert="DomainLapsesInDays",
        series={series("domain_expiry_timestamp_seconds", domain="kp.gov.pk"): f"{14 * DAY_S + 3600}x200"},
        quiet_at="60m",
        fires_at="120m",
        severity="warning",
        labels={"domain": "kp.gov.pk"},
        summary="The registration of kp.gov.pk lapses in 13d 23h 0m 0s",
    ),
    Case(
        alert="BillDueInDays",
        series={series("invoice_due_timestamp_seconds", **BILL): f"{3 * DAY_S + 3600}x200"},
        quiet_at="60m",
        fires_at="120m",
        severity="warning",
        labels=BILL,
        summary="Bill INV-7 of acme is due in 2d 23h 0m 0s",
    ),
    Case(
        alert="ServiceCutOffInDays",
        series={series("invoice_suspension_timestamp_seconds", **BILL): f"{5 * DAY_S + 3600}x200"},
        quiet_at="60m",
        fires_at="120m",
        severity="warning",
        labels=BILL,
        summary="acme cuts mail off in 4d 23h 0m 0s",
    ),
    Case(
        alert="BillLateOnItsWay",
        series={series("invoice_runway_seconds", **BILL): f"{DAY_S}x60 -{DAY_S}x60"},
        quiet_at="60m",
        fires_at="75m",
        severity="warning",
        labels=BILL,
        summary="Bill INV-7 of acme is late on its way by 1d 0h 0m 0s",
    ),
    Case(
        alert="VendorCannotBePaid",
        series={series("payee_payable", vendor="acme"): "1x4 0x60"},
        quiet_at="9m",
        fires_at="11m",
        severity="critical",
        labels={"vendor": "acme"},
        summary="acme cannot be paid",
    ),
    Case(
        alert="ServiceMayBeCutOff",
        series={series("outage_earliest_timestamp_seconds", service="mail"): f"{5 * DAY_S + 3600}x200"},
        quiet_at="60m",
        fires_at="120m",
        severity="warning",
        labels={"service": "mail"},
        summary="mail may be cut off in 4d 23h 0m 0s for unpaid bills",
    ),
    Case(
        alert="EOfficeNearlyFull",
        series={series("eoffice_sessions_share", subject="e-office"): "0.5x4 0.95x60"},
        quiet_at="9m",
        fires_at="11m",
        severity="warning",
        labels={"subject": "e-office"},
        summary="e-office is at 95% of the sessions it bears",
    ),
)

#: A daemon to which nothing of the kind happens.
WELL = {
    series("build_info"): "1x200",
    series("check_last_run_timestamp_seconds"): "0+60x200",
    series("blind"): "0x200",
    series("deliveries_total", channel="sms", outcome="delivered", reason=""): "0+1x200",
    series("store_standstill", reason="locked"): "0x200",
    series("settings_reload_success"): "1x200",
    series("backup_last_timestamp_seconds"): "0x200",
    series("scheduler_lateness_seconds_bucket", le="0.1"): "0+60x200",
    series("scheduler_lateness_seconds_bucket", le="+Inf"): "0+60x200",
    series("certificate_not_after_timestamp_seconds"): f"{60 * DAY_S}x200",
    series("domain_expiry_timestamp_seconds"): f"{300 * DAY_S}x200",
    series("invoice_due_timestamp_seconds", **BILL): f"{60 * DAY_S}x200",
    series("invoice_suspension_timestamp_seconds", **BILL): f"{60 * DAY_S}x200",
    series("eoffice_sessions_share"): "0.5x200",
    # Held for office hours: it may go out in the morning only.
    series("outbox_oldest_timestamp_seconds", channel="mail"): f"{DAY_S}x200",
}


def rules() -> Sequence[Mapping[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


def complaint_of(
    folder: Path, inputs: Mapping[str, str], expected: Sequence[tuple[str, str, list[dict[str, Any]]]]
) -> str:
    """What promtool has to complain of, where `expected` says at which time which alert stands how; "" for nothing."""
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in inputs.items()],
        "alert_rule_test": [
            {"alertname": alert, "eval_time": at, "exp_alerts": alerts} for alert, at, alerts in expected
        ],
    }
    file = folder / "rules.test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
    done = promtool("test", "rules", str(file), text="")
    return "" if done.returncode == 0 else done.stdout + done.stderr


def expected_of(case: Case) -> dict[str, Any]:
    (rule,) = (rule for rule in rules() if rule["alert"] == case.alert)
    description = re.sub(
        r"\{\{ \$labels\.(\w+) }}", lambda found: case.labels[found[1]], rule["annotations"]["description"]
    )
    labels = {**case.labels, "severity": case.severity}
    return {"exp_labels": labels, "exp_annotations": {"summary": case.summary, "description": description}}


@pytest.mark.peer
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_a_rule_is_silent_first_and_then_says_what_is_wrong(case: Case, tmp_path: Path) -> None:
    expected = [(case.alert, case.quiet_at, []), (case.alert, case.fires_at, [expected_of(case)])]
    assert complaint_of(tmp_path, case.series, expected) == ""


@pytest.mark.peer
def test_no_rule_fires_while_all_is_well(tmp_path: Path) -> None:
    assert complaint_of(tmp_path, WELL, [(rule["alert"], at, []) for rule in rules() for at in ("1h", "3h")]) == ""


@pytest.mark.peer
def test_what_is_held_while_blind_is_no_channel_that_fails(tmp_path: Path) -> None:
    held = {series("outbox_oldest_timestamp_seconds", channel="sms"): "0x60", series("blind"): "1x60"}
    assert complaint_of(tmp_path, held, [("NigehbanCannotTell", "50m", [])]) == ""


def test_rules_name_verbs_that_exist() -> None:
    verbs = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    groups = {group.name for group in app.registered_groups}
    named = set(re.findall(r"nigehban ([a-z]+) (?:shows|names|says)", RULES.read_text("utf-8")))
    named |= {found.split()[0] for found in re.findall(r"nigehban (config validate)", RULES.read_text("utf-8"))}
    assert named
    assert named <= verbs | groups


@pytest.mark.peer
def test_promtool_finds_no_fault_in_the_rules() -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES), text="")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.peer
def test_promtool_finds_no_fault_in_the_example_of_scraping() -> None:
    done = promtool("check", "config", str(RULES.parent / "prometheus.yml"), text="")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_has_a_case_of_its_own() -> None:
    assert [case.alert for case in CASES] == [rule["alert"] for rule in rules()]
