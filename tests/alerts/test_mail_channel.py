import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import uvloop

from alerts.channel import Deferred, Delivered, Outcome, Rejected
from alerts.channels.mail_channel import MailChannel
from alerts.channels.mail_verdict import AUTH_PAUSE_S
from alerts.channels.relay import MailRelay
from checks.secret import Secret, secret_from_file
from tests.support.certificates import Authority
from tests.support.notifications import notification
from tests.support.smtp_sink import running_relay, running_sink, server_tls
from tests.support.virtual_loop import EPOCH

SENDER = "nigehban@example.org"
PASSWORD = "correct-horse-battery"
RELAY = MailRelay(host="127.0.0.1", tls="none", sender=SENDER, timeout_s=60)
LOGIN = replace(RELAY, tls="starttls", user="nigehban", password=Secret("relay_password", lambda: PASSWORD))


def now() -> datetime:
    return EPOCH


def channel(relay: MailRelay) -> MailChannel:
    return MailChannel("on-call-1-mail", relay, now)


async def told_to_relay(answers: Mapping[str, str], relay: MailRelay = RELAY) -> tuple[Outcome, list[str]]:
    """The outcome of one send to a relay that answers so, and what the relay heard."""
    async with running_relay(answers) as scripted:
        outcome = await channel(replace(relay, port=scripted.port)).send(notification())
        return outcome, scripted.lines


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.root(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_mail_goes_out_after_a_login_over_verified_tls(
    authority: Authority, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def main() -> None:
        tls = server_tls(authority.leaf("127.0.0.1"))
        async with running_sink({"nigehban": PASSWORD}, starttls=tls) as sink:
            relay = replace(LOGIN, port=sink.port, ca_file=authority.ca_file)
            outcome = await channel(relay).send(notification())
            assert outcome == Delivered("2.0.0 Ok: queued as 00000001")
            assert sink.logged_in == ["nigehban"]
            [taken] = sink.taken
            assert (taken.sender, taken.recipients) == (SENDER, ("noc@example.org",))
            assert taken.mail["Subject"] == notification().message.subject
            assert taken.mail["Date"].datetime == EPOCH

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def test_a_mail_goes_out_over_implicit_tls_to_the_address_our_resolver_found(authority: Authority) -> None:
    async def resolve(host: str) -> Sequence[str]:
        assert host == "relay.example.org"
        return ["127.0.0.2", "127.0.0.1"]  # nothing listens on the first

    async def main() -> None:
        tls = server_tls(authority.leaf("relay.example.org"))
        async with running_sink({"nigehban": PASSWORD}, implicit=tls) as sink:
            relay = replace(LOGIN, host="relay.example.org", port=sink.port, tls="implicit", ca_file=authority.ca_file)
            outcome = await MailChannel("mail", relay, now, resolve).send(notification())
            assert isinstance(outcome, Delivered)
            assert len(sink.taken) == 1

    asyncio.run(main())


def test_a_broken_resolver_of_ours_leaves_the_name_to_the_system() -> None:
    async def resolve(_host: str) -> Sequence[str]:
        raise LookupError("no name server answers")

    async def main() -> None:
        async with running_sink() as sink:
            relay = replace(RELAY, host="localhost", port=sink.port)
            outcome = await MailChannel("mail", relay, now, resolve).send(notification())
            assert isinstance(outcome, Delivered)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("verb", "answer", "outcome"),
    [
        ("banner", "421 4.3.2 closing", Deferred("temporary", "421 4.3.2 closing")),
        ("banner", "554 5.3.2 go away", Deferred("relay_refused", "554 5.3.2 go away")),
        ("banner", "hello there", Deferred("protocol", "an answer that is no SMTP reply, while connecting")),
        ("EHLO", "502 5.5.1 what", Deferred("relay_refused", "502 5.5.1 what")),
        ("MAIL", "530 5.7.0 authenticate first", Deferred("relay_refused", "530 5.7.0 authenticate first")),
        ("MAIL", "451 4.3.0 later", Deferred("temporary", "451 4.3.0 later")),
        ("RCPT", "450 4.2.0 greylisted", Deferred("temporary", "450 4.2.0 greylisted", only_this=True)),
        ("RCPT", "550 5.1.1 no such user", Rejected("recipient_refused", "550 5.1.1 no such user")),
        ("RCPT", "550 no such user", Rejected("recipient_refused", "550 no such user")),
        ("RCPT", "554 5.7.1 Relay access denied", Deferred("relay_refused", "554 5.7.1 Relay access denied")),
        ("DATA", "451 4.3.0 later", Deferred("temporary", "451 4.3.0 later", only_this=True)),
        (".", "452 4.3.1 no space", Deferred("temporary", "452 4.3.1 no space", only_this=True)),
        (".", "554 5.6.0 not like this", Rejected("message_refused", "554 5.6.0 not like this")),
        ("MAIL", "hang up", Deferred("disconnected", "the relay hung up while naming the sender")),
        (".", "hang up", Deferred("disconnected", "the relay hung up while handing over the message")),
    ],
)
def test_what_the_relay_answers_decides_between_later_and_never(verb: str, answer: str, outcome: Outcome) -> None:
    assert asyncio.run(told_to_relay({verb: answer}))[0] == outcome


@pytest.mark.parametrize("where", ["banner", "EHLO", "RCPT", "."])
@pytest.mark.parametrize("how", ["", "drip"])
def test_a_relay_that_stalls_costs_the_timeout_and_no_more(where: str, how: str) -> None:
    """Silence and drip of this relay are for ever."""
    outcome, _ = asyncio.run(told_to_relay({where: how}, replace(RELAY, timeout_s=0.4)))
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "timeout"


def test_a_relay_that_never_says_goodbye_has_the_message_all_the_same() -> None:
    """Nor is the relay's time waited for."""

    async def main() -> tuple[Outcome, list[str]]:
        async with asyncio.timeout(60):
            return await told_to_relay({"QUIT": ""}, replace(RELAY, timeout_s=3600))

    outcome, lines = asyncio.run(main())
    assert outcome == Delivered("2.0.0 Ok: queued as 4711")
    assert "QUIT" in lines


def test_an_endless_banner_is_cut_off() -> None:
    outcome, _ = asyncio.run(told_to_relay({"banner": "\r\n".join(["220-hello"] * 10_000)}))
    assert outcome == Deferred("protocol", "an answer that is no SMTP reply, while connecting")


def test_nobody_listening_is_a_reason_to_try_again() -> None:
    async def main() -> Outcome:
        async with running_relay() as relay:
            port = relay.port
        return await channel(replace(RELAY, port=port)).send(notification())

    outcome = asyncio.run(main())
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "unreachable"


def test_a_relay_stripped_of_starttls_gets_neither_login_nor_mail() -> None:
    outcome, lines = asyncio.run(told_to_relay({}, LOGIN))
    assert outcome == Deferred("tls_missing", "the relay offers no STARTTLS; nothing was sent")
    assert [line.split(" ")[0] for line in lines] == ["EHLO"]


@pytest.mark.parametrize("mistake", ["unknown authority", "wrong name"])
def test_an_untrusted_relay_gets_neither_login_nor_mail(authority: Authority, tmp_path: Path, mistake: str) -> None:
    async def main() -> tuple[Outcome, list[str]]:
        stranger = Authority.root(tmp_path) if mistake == "unknown authority" else authority
        names = ["127.0.0.1"] if mistake == "unknown authority" else ["other.example.org"]
        async with running_relay(starttls=server_tls(stranger.leaf(*names))) as relay:
            settings = replace(LOGIN, port=relay.port, ca_file=authority.ca_file)
            return await channel(settings).send(notification()), relay.lines

    outcome, lines = asyncio.run(main())
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "tls_untrusted"
    assert [line.split(" ")[0] for line in lines] == ["EHLO", "STARTTLS"]


def test_credentials_without_tls_are_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="needs tls: starttls or implicit"):
        channel(replace(LOGIN, tls="none"))


def test_a_refused_password_waits_and_is_not_tried_again_until_it_changes(authority: Authority, tmp_path: Path) -> None:
    credential = tmp_path / "password"
    credential.touch(mode=0o600)
    credential.write_text(PASSWORD)

    async def main() -> None:
        tls = server_tls(authority.leaf("127.0.0.1"))
        async with running_relay({"AUTH": "535 5.7.8 wrong"}, starttls=tls) as relay:
            settings = replace(LOGIN, port=relay.port, ca_file=authority.ca_file, password=secret_from_file(credential))
            mail = channel(settings)
            for _ in range(3):
                outcome = await mail.send(notification())
                assert outcome == Deferred("auth_failed", "535 while logging in", AUTH_PAUSE_S)
            assert len(relay.heard("AUTH")) == 1
            credential.write_text("rotated")
            await mail.send(notification())
            assert len(relay.heard("AUTH")) == 2

    asyncio.run(main())


def test_a_relay_that_repeats_the_login_does_not_get_it_into_the_log(authority: Authority) -> None:
    async def main() -> Outcome:
        tls = server_tls(authority.leaf("127.0.0.1"))
        async with running_relay({"AUTH": f"535 you said {PASSWORD}"}, starttls=tls) as relay:
            return await channel(replace(LOGIN, port=relay.port, ca_file=authority.ca_file)).send(notification())

    assert PASSWORD not in repr(asyncio.run(main()))


def test_a_relay_without_a_login_we_speak_is_named_so(authority: Authority) -> None:
    async def main() -> Outcome:
        tls = server_tls(authority.leaf("127.0.0.1"))
        answers = {"EHLO": "250-relay.example.org\r\n250 AUTH GSSAPI"}
        async with running_relay(answers, starttls=tls) as relay:
            return await channel(replace(LOGIN, port=relay.port, ca_file=authority.ca_file)).send(notification())

    outcome = asyncio.run(main())
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "auth_missing"


def test_a_missing_credential_is_named_and_keeps_the_message(authority: Authority, tmp_path: Path) -> None:
    async def main() -> Outcome:
        tls = server_tls(authority.leaf("127.0.0.1"))
        async with running_relay(starttls=tls) as relay:
            password = secret_from_file(tmp_path / "relay_password")
            settings = replace(LOGIN, port=relay.port, ca_file=authority.ca_file, password=password)
            return await channel(settings).send(notification())

    outcome = asyncio.run(main())
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "secret"
    assert "relay_password" in outcome.detail


def test_a_missing_ca_file_stops_this_channel_only(tmp_path: Path) -> None:
    relay = replace(LOGIN, ca_file=tmp_path / "none.pem")
    outcome = asyncio.run(channel(relay).send(notification()))
    assert isinstance(outcome, Deferred)
    assert outcome.reason == "ca_file"
    assert "none.pem" in outcome.detail


@pytest.mark.parametrize(
    "address", ["", "noc", "@example.org", "noc@", "a@b, c@d", "noc@example.org\nBcc: x@y", "نگہبان@example.org"]
)
def test_what_is_no_address_is_rejected_without_asking_anybody(address: str) -> None:
    outcome = asyncio.run(channel(RELAY).send(notification(recipient=address)))
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "bad_address"


def test_the_same_message_id_goes_out_on_every_try() -> None:
    async def main() -> None:
        async with running_sink() as sink:
            mail = channel(replace(RELAY, port=sink.port))
            await mail.send(notification())
            await mail.send(notification(repeat=True, attempts=2))
            first, second = (taken.mail for taken in sink.taken)
            assert first["Message-ID"] == second["Message-ID"]
            assert (first["X-Nigehban-Repeat"], second["X-Nigehban-Repeat"]) == (None, "1")
            assert second.get_content().startswith("(repeat after a restart)")

    asyncio.run(main())
