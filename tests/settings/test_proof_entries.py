"""The canary mail and the dead man's switch, as they are read from settings."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from alerts.proof import ProofRule
from tests.support.settings_files import own_registry
from watchdog.settings.load import load
from watchdog.settings.problems import SettingsError
from watchdog.settings.values import Settings

BASE = """\
estate: {name: Office of A, time_zone: Asia/Karachi}
receivers: {ops: {channels: [{kind: webhook, url: https://hooks.example.org/x}]}}
routes: [{match: {}, to: [ops]}]
"""
MAIL = "mail: {relay: smtp.example.org, from: n@example.org}\n"
CANARY = (
    "canary: {to: c@example.net, within: WITHIN, mailbox: {host: imap.example.net, user: c, password: !secret box}}\n"
)


def read(folder: Path, text: str) -> Settings:
    file = folder / "nigehban.yaml"
    file.write_text(BASE + text)
    return load(file, own_registry(), {})


def test_a_dead_mans_switch_goes_to_all_once_a_day_unless_it_says_otherwise(tmp_path: Path) -> None:
    settings = read(tmp_path, "dead_mans_switch: {}\n")
    assert settings.dead_mans_switch == ProofRule(every=timedelta(days=1), at=time(9), to=())


@pytest.mark.parametrize(("protocol", "tls", "port"), [("imap", "implicit", 993), ("pop3", "starttls", 110)])
def test_the_mailbox_is_at_the_usual_port_of_its_protocol(tmp_path: Path, protocol: str, tls: str, port: int) -> None:
    text = CANARY.replace("WITHIN", "1h").replace("user: c", f"user: c, protocol: {protocol}, tls: {tls}")
    settings = read(tmp_path, MAIL + text)
    assert settings.canary is not None
    assert settings.canary.mailbox.port == port


def test_a_canary_without_mail_of_our_own_is_refused_with_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="add the section `mail:` with a relay"):
        read(tmp_path, CANARY.replace("WITHIN", "1h"))


def test_a_canary_is_awaited_no_longer_than_until_the_next_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="within lies between 1m and every"):
        read(tmp_path, MAIL + CANARY.replace("WITHIN", "2d"))
