"""`nigehban notify test`: what a person sees of every way out, against servers on loopback."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.http_sink import HttpSink, running_http
from tests.support.smtp_sink import running_relay, running_sink, server_tls
from watchdog.cli import notify
from watchdog.cli.main import execute

PASSWORD = "correct-horse-battery"
TWO = "noc@example.org, chief@example.org"


@dataclass(frozen=True, slots=True)
class Tried:
    code: int
    out: str
    err: str

    def line(self, of: str) -> str:
        """The one row that names `of`."""
        (found,) = [line for line in self.out.splitlines() if of in line]
        return found


@dataclass(frozen=True, slots=True)
class Office:
    """Settings in a folder, and the verb tried on them."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, *, mail: str = "", to: str = "noc@example.org", more: str = "") -> None:
        channels = f"{{kind: mail, to: [{to}]}}{more}" if mail else more.removeprefix(", ")
        (self.folder / "nigehban.yaml").write_text(
            "estate: {name: Office of A, time_zone: Asia/Karachi}\n"
            f"receivers: {{ops: {{channels: [{channels}]}}}}\n"
            "routes: [{match: {}, to: [ops]}]\n" + (f"mail: {{{mail}, from: n@example.org}}\n" if mail else ""),
            "utf-8",
        )

    def keep(self, name: str, secret: str) -> None:
        (self.folder / "secrets").mkdir(exist_ok=True)
        file = self.folder / "secrets" / name
        file.touch(0o600)
        file.write_text(secret)

    def tries(self, *receivers: str, as_json: bool = False) -> Tried:
        config = self.folder / "nigehban.yaml"
        code = notify.test(config=config, environ={}, receivers=receivers, as_json=as_json)
        said = self.capsys.readouterr()
        assert PASSWORD not in said.out + said.err
        return Tried(code, said.out, said.err)

    async def try_beside(self, *receivers: str, as_json: bool = False) -> Tried:
        """While servers of this very loop answer."""
        return await asyncio.to_thread(self.tries, *receivers, as_json=as_json)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.root(tmp_path_factory.mktemp("authority"))


def test_a_marked_mail_goes_to_everybody_over_a_login_that_is_shown_nowhere(
    office: Office, authority: Authority
) -> None:
    async def main() -> None:
        tls = server_tls(authority.leaf("127.0.0.1"))
        async with running_sink({"nigehban": PASSWORD}, starttls=tls) as sink:
            office.keep("relay_password", PASSWORD)
            login = "user: nigehban, password: !secret relay_password"
            office.write(mail=f"relay: 127.0.0.1, port: {sink.port}, {login}, ca_file: {authority.ca_file}", to=TWO)
            tried = await office.try_beside()
            assert tried.code == 0, tried
            assert tried.line("chief@example.org").startswith("delivered  ops       ops-1-mail  chief@example.org")
            assert [taken.recipients for taken in sink.taken] == [("noc@example.org",), ("chief@example.org",)]
            assert {taken.mail["X-Nigehban-Event"] for taken in sink.taken} == {"test"}
            assert all(taken.mail["Subject"].startswith("TEST") for taken in sink.taken)

    asyncio.run(main())


def test_a_missing_secret_is_named_with_its_place(office: Office, authority: Authority) -> None:
    async def main() -> None:
        async with running_sink({"nigehban": PASSWORD}, starttls=server_tls(authority.leaf("127.0.0.1"))) as sink:
            login = "user: nigehban, password: !secret relay_password"
            office.write(mail=f"relay: 127.0.0.1, port: {sink.port}, {login}, ca_file: {authority.ca_file}")
            tried = await office.try_beside()
            assert tried.code == 1
            assert f"secret {office.folder}/secrets/relay_password: No such file or directory [secret]" in tried.out
            assert sink.taken == []

    asyncio.run(main())


def test_a_relay_that_nobody_vouches_for_is_said_and_gets_no_password(office: Office, authority: Authority) -> None:
    async def main() -> None:
        async with running_sink({"nigehban": PASSWORD}, starttls=server_tls(authority.leaf("127.0.0.1"))) as sink:
            office.keep("relay_password", PASSWORD)
            login = "user: nigehban, password: !secret relay_password"
            office.write(mail=f"relay: 127.0.0.1, port: {sink.port}, {login}")
            tried = await office.try_beside()
            assert tried.code == 1
            assert tried.line("not now").endswith("unable to get local issuer certificate [tls_untrusted]")
            assert f"127.0.0.1:{sink.port}: the relay's certificate:" in tried.out
            assert sink.logged_in == []

    asyncio.run(main())


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "the relay offers no STARTTLS; nothing was sent [tls_missing]"),
        ({"banner": "554 5.7.1 go away"}, "554 5.7.1 go away [relay_refused]"),
        ({"banner": "421 too busy"}, "421 too busy [temporary]"),
    ],
)
def test_what_a_relay_has_against_us_is_said(office: Office, answers: dict[str, str], said: str) -> None:
    async def main() -> None:
        async with running_relay(answers) as relay:
            office.write(mail=f"relay: 127.0.0.1, port: {relay.port}")
            tried = await office.try_beside()
            assert tried.code == 1
            assert tried.line("not now").endswith(f"127.0.0.1:{relay.port}: {said}")

    asyncio.run(main())


def test_a_wrong_password_is_tried_once_however_many_recipients_there_are(office: Office, authority: Authority) -> None:
    async def main() -> None:
        answers = {"AUTH": "535 5.7.8 no, not correct-horse-battery"}
        async with running_relay(answers, starttls=server_tls(authority.leaf("127.0.0.1"))) as relay:
            office.keep("relay_password", PASSWORD)
            login = "user: nigehban, password: !secret relay_password"
            office.write(mail=f"relay: 127.0.0.1, port: {relay.port}, {login}, ca_file: {authority.ca_file}", to=TWO)
            tried = await office.try_beside()
            assert tried.code == 1
            assert tried.out.count("[auth_failed]") == 2
            assert len(relay.heard("AUTH")) == 1

    asyncio.run(main())


def test_a_wrong_password_is_tried_once_however_many_channels_go_over_the_relay(
    office: Office, authority: Authority
) -> None:
    async def main() -> None:
        answers = {"AUTH": "535 5.7.8 no"}
        async with running_relay(answers, starttls=server_tls(authority.leaf("127.0.0.1"))) as relay:
            office.keep("relay_password", PASSWORD)
            login = "user: nigehban, password: !secret relay_password"
            others = "".join(f", {{kind: mail, to: [so-{number}@example.org]}}" for number in range(4))
            office.write(
                mail=f"relay: 127.0.0.1, port: {relay.port}, {login}, ca_file: {authority.ca_file}", more=others
            )
            tried = await office.try_beside()
            assert tried.out.count("[auth_failed]") == 5
            assert len(relay.heard("AUTH")) == 1

    asyncio.run(main())


def test_a_refused_recipient_is_told_apart_from_the_others(office: Office) -> None:
    async def main() -> None:
        async with running_relay({"RCPT": "550 5.1.1 no such user"}) as relay:
            office.write(mail=f"relay: 127.0.0.1, port: {relay.port}, tls: none")
            tried = await office.try_beside()
            assert (tried.code, tried.line("refused")[:7]) == (1, "refused")
            assert "550 5.1.1 no such user [recipient_refused]" in tried.out

    asyncio.run(main())


def test_a_relay_that_is_not_there_is_said_in_plain_words(office: Office) -> None:
    office.write(mail="relay: 127.0.0.1, port: 1, tls: none")
    tried = office.tries()
    assert tried.code == 1
    assert tried.line("not now").endswith("127.0.0.1:1: Connection refused, while connecting [unreachable]")


def test_every_channel_is_tried_though_one_fails(office: Office) -> None:
    async def main() -> None:
        async with running_http(HttpSink()) as sink:
            office.write(mail="relay: 127.0.0.1, port: 1, tls: none", more=f", {{kind: webhook, url: {sink.url()}}}")
            tried = await office.try_beside("ops")
            assert tried.code == 1
            assert tried.line("ops-2-webhook").startswith("delivered")
            assert [posted.json["event"] for posted in sink.posted] == ["test"]

    asyncio.run(main())


def test_a_webhook_s_place_is_told_but_not_its_path(office: Office) -> None:
    office.write(more=", {kind: webhook, url: http://127.0.0.1:1/a-token}")
    tried = office.tries()
    assert "127.0.0.1:1: refused [unreachable]" in tried.out
    assert "a-token" not in tried.out


def test_the_outcome_in_json_has_every_field(office: Office) -> None:
    async def main() -> None:
        async with running_http(HttpSink(status=503)) as sink:
            office.write(more=f", {{kind: webhook, url: {sink.url()}}}")
            tried = await office.try_beside(as_json=True)
            assert tried.code == 1
            assert json.loads(tried.out) == [
                {
                    "receiver": "ops",
                    "channel": "ops-1-webhook",
                    "recipient": "",
                    "outcome": "not now",
                    "reason": "busy",
                    "detail": "HTTP 503",
                }
            ]

    asyncio.run(main())


def test_a_receiver_that_is_not_there_is_wrong_usage_and_nothing_is_sent(office: Office) -> None:
    office.write(more=", {kind: webhook, url: http://127.0.0.1:1/x}")
    tried = office.tries("ops", "opps")
    assert (tried.code, tried.out) == (2, "")
    assert tried.err == "nigehban: no receiver 'opps'; did you mean ops?\n"


def test_settings_that_are_wrong_send_nothing_and_say_where(office: Office) -> None:
    office.write(more=", {kind: webhook, ulr: x}")
    assert execute(["notify", "test", "-c", str(office.folder)]) == 2
    assert "nigehban.yaml:2:" in office.capsys.readouterr().err
