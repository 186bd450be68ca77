"""Credentials: read when needed, named when missing, and shown nowhere."""

import asyncio
import base64
import contextlib
import http.client
import random
import re
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.support.background import in_background
from tests.support.certificates import Authority, self_signed
from tests.support.daemon_process import DaemonProcess, Home, running_daemon
from tests.support.http_sink import HttpSink, running_http
from tests.support.peer import free_port, wait_until
from tests.support.small_estate import SmallEstate, prompt, small_estate
from tests.support.smtp_sink import ScriptedRelay, SmtpSink, running_relay, server_tls


def keep_secret(folder: Path, name: str, value: str) -> Path:
    """As an administrator does it: a file of its own, for the owner alone."""
    path = folder / "secrets" / name
    path.parent.mkdir(exist_ok=True)
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(value + "\n")
    return path


def wait_deferred(daemon: DaemonProcess, reason: str, count: int) -> None:
    """Until so many tries of the mail channel failed for `reason`."""
    labels = {"channel": "ops-1-mail", "outcome": "deferred", "reason": reason}
    wait_until(lambda: sum(daemon.series("deliveries_total", **labels)) >= count, 60, f"{reason}: {daemon.text}")


def test_a_missing_password_fails_its_channel_alone_and_a_new_one_needs_no_restart(tmp_path: Path) -> None:
    logins = {"nigehban": "first-s3cret"}
    authority = Authority.root(tmp_path)
    tls = server_tls(authority.leaf("127.0.0.1"))
    paths = prompt(4)
    with small_estate(tmp_path, SmtpSink(logins), tls=tls) as here:
        here.watch(paths, mail=f"ca_file: {authority.ca_file}, user: nigehban, password: !secret relay_password")
        with running_daemon(here.home) as daemon:
            # Nobody has written the file yet: mail fails, the webhook does not.
            here.pages.down = frozenset(paths[:1])
            wait_deferred(daemon, "secret", 1)
            wait_until(lambda: len(here.hook.posted) == 1, 60, "the other channel said nothing")
            told = here.home.call("incidents", "--json").stdout
            assert f"secret {tmp_path / 'secrets' / 'relay_password'}: No such file" in told

            path = keep_secret(tmp_path, "relay_password", logins["nigehban"])
            here.pages.down |= {paths[1]}
            here.wait_told("opened", paths[1][1:])

            # Rotated on both sides.
            logins["nigehban"] = "second-s3cret"
            path.write_text("second-s3cret")
            here.pages.down |= {paths[2]}
            here.wait_told("opened", paths[2][1:])

            path.chmod(0o644)
            failed = sum(daemon.series("deliveries_total", reason="secret"))
            here.pages.down |= {paths[3]}
            wait_deferred(daemon, "secret", int(failed) + 1)
            assert "readable by everyone; chmod 0600 it" in here.home.call("incidents", "--json").stdout
            path.chmod(0o600)
            here.wait_settled(daemon)
            assert daemon.terminate() == 0
        assert here.mail.logged_in
        here.assert_told_rightly(kills=0)
        shown = daemon.text + here.home.database.read_bytes().decode("latin-1")
        assert "s3cret" not in shown


@pytest.mark.parametrize("mistake", ["self-signed", "wrong name"])
def test_a_relay_that_cannot_prove_itself_gets_no_password_and_no_mail(tmp_path: Path, mistake: str) -> None:
    authority = Authority.root(tmp_path)
    pair = self_signed(tmp_path, "127.0.0.1") if mistake == "self-signed" else authority.leaf("elsewhere.example")
    keep_secret(tmp_path, "relay_password", "s3cret")
    (path,) = prompt(1)
    with small_estate(tmp_path) as here, in_background(running_relay(starttls=server_tls(pair))) as relay:
        text = here.text(
            [path], ("mail",), mail=f"ca_file: {authority.ca_file}, user: nigehban, password: !secret relay_password"
        )
        here.home.write(text.replace(f"port: {here.mail.port}", f"port: {relay.port}"))
        here.pages.down = frozenset({path})
        with running_daemon(here.home) as daemon:
            wait_deferred(daemon, "tls_untrusted", 1)
            assert relay.heard("STARTTLS")
            assert relay.heard("AUTH") + relay.heard("MAIL") == []


# Canaries ------------------------------------------------------------------------------------------------------


#: Mailboxes with a password each.
BOXES = 11
MAX_PAGES = 100


@dataclass(slots=True)
class Parrot(ScriptedRelay):
    """Tells whoever logs in, in its refusal, all it was told."""

    async def _answer(self, verb: str, writer: asyncio.StreamWriter) -> bool:
        if verb != "AUTH":
            return await ScriptedRelay._answer(self, verb, writer)
        token = self.lines[-1].split(" ")[-1]
        secret = base64.b64decode(token).split(b"\0")[-1].decode()
        writer.write(f"535-5.7.8 you said {token}\r\n535 5.7.8 and meant {secret}\r\n".encode())
        await writer.drain()
        return True


@contextlib.asynccontextmanager
async def running(relay: ScriptedRelay) -> AsyncIterator[ScriptedRelay]:
    server = await asyncio.start_server(relay.talk, "127.0.0.1", 0)
    async with server:
        relay.port = server.sockets[0].getsockname()[1]
        yield relay
        await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Aviary:
    """Twenty secrets by name, and a daemon's home that uses each of them."""

    here: SmallEstate
    canaries: Mapping[str, str]

    @property
    def home(self) -> Home:
        return self.here.home

    def forms(self) -> Iterator[tuple[str, bytes]]:
        """Every canary as it is, and as it goes over a wire."""
        for name, value in self.canaries.items():
            yield name, value.encode()
            for plain in (value, f"\0probe\0{value}", f"\0nigehban\0{value}", f"user:{value}"):
                yield name, base64.b64encode(plain.encode()).rstrip(b"=")

    def seen_in(self, text: bytes) -> list[str]:
        return sorted({name for name, form in self.forms() if form in text})


@pytest.fixture
def aviary(tmp_path: Path) -> Iterator[Aviary]:
    rng = random.Random(20)
    names = [
        "relay",
        *(f"hook{n}" for n in range(3)),
        *(f"apprise{n}" for n in range(4)),
        "heartbeat",
        *(f"box{n}" for n in range(BOXES)),
    ]
    canaries = {name: f"canary{rng.getrandbits(64):016x}" for name in names}
    authority = Authority.root(tmp_path)
    tls = server_tls(authority.leaf("127.0.0.1"))
    mail = SmtpSink({"nigehban": canaries["relay"]})
    with (
        small_estate(tmp_path, mail, tls=tls) as here,
        in_background(running(Parrot(starttls=tls))) as parrot,
        in_background(running_relay(starttls=tls)) as polite,
        in_background(running_relay({"AUTH": "hang up"}, tls)) as rude,
        in_background(running_http(HttpSink(status=500))) as broken,
    ):
        urls = {
            "hook0": f"http://127.0.0.1:{here.hook.port}/{canaries['hook0']}",
            "hook1": f"http://127.0.0.1:{free_port()}/{canaries['hook1']}",
            "hook2": f"http://127.0.0.1:{broken.port}/{canaries['hook2']}",
            "apprise0": f"json://user:{canaries['apprise0']}@127.0.0.1:{here.hook.port}/",
            "apprise1": f"gotify://127.0.0.1:{broken.port}/{canaries['apprise1']}",
            "apprise2": f"ntfy://user:{canaries['apprise2']}@127.0.0.1:{free_port()}/topic",
            "heartbeat": f"http://127.0.0.1:{broken.port}/{canaries['heartbeat']}",
            "apprise3": f"mmost://127.0.0.1:{broken.port}/{canaries['apprise3']}",
        }
        for name, value in canaries.items():
            keep_secret(tmp_path, name, urls.get(name, value))
        ways = [
            "mail",
            *(
                f"{{kind: {name.rstrip('0123').replace('hook', 'webhook')}, url: !secret {name}}}"
                for name in urls
                if name != "heartbeat"
            ),
        ]
        servers = (parrot, polite, rude)
        boxes = [
            f"  - {{id: box{n}, kind: smtp, host: 127.0.0.1, port: {servers[n % 3].port}, ca_file: {authority.ca_file},"
            f" user: probe, password: !secret box{n}}}"
            for n in range(BOXES)
        ]
        text = here.text(
            prompt(2),
            ways,
            mail=f"ca_file: {authority.ca_file}, user: nigehban, password: !secret relay",
        )
        beat = "heartbeat: {url: !secret heartbeat, every: 1s}"
        here.home.write("\n".join([text.rstrip("\n"), *boxes, beat, ""]))
        yield Aviary(here, canaries)


@pytest.mark.slow
def test_twenty_canaries_are_sung_nowhere_even_when_every_step_is_logged(aviary: Aviary) -> None:
    here, home = aviary.here, aviary.home
    assert len(aviary.canaries) == 20
    assert aviary.seen_in(b"AUTH PLAIN " + base64.b64encode(f"\0probe\0{aviary.canaries['box1']}".encode())) == ["box1"]
    here.pages.down = frozenset(prompt(1))
    with running_daemon(home, debug=True) as daemon:
        here.wait_told("opened", prompt(1)[0][1:])
        for number in range(BOXES):
            wait_until(partial(has_looked, daemon, f"box{number}"), 60, "no look")
        wait_until(lambda: here.hook.posted != [], 60, "no webhook came")
        wait_until(lambda: len(ways_tried(daemon)) == 8, 60, f"not every way was tried: {daemon.text}")
        wait_until(lambda: sum(daemon.series("heartbeat_total", outcome="failed")) > 1, 60, "no heartbeat was tried")
        # A password written where it must not stand: refused, and not repeated.
        good = home.settings.read_text()
        home.settings.write_text(good.replace("!secret box3", aviary.canaries["box3"]))
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("settings refused, the former ones stay in force")
        validated = home.call("config", "validate")
        home.settings.write_text(good)
        shown = {
            "metrics": daemon.scrape().encode(),
            "process": Path(f"/proc/{daemon.pid}/environ").read_bytes()
            + Path(f"/proc/{daemon.pid}/cmdline").read_bytes(),
            **pages_of(daemon),
            "validate": (validated.stdout + validated.stderr).encode(),
        }
        for verb in VERBS:
            done = home.call(*verb.split())
            assert done.stdout, verb
            shown[verb] = (done.stdout + done.stderr).encode()
        assert daemon.terminate() == 0
    shown["log"] = daemon.text.encode()
    shown["state"] = b"".join(path.read_bytes() for path in home.state.rglob("*") if path.is_file())
    shown["mail"] = b"".join(taken.raw for taken in here.mail.taken)
    shown["hooks"] = b"".join(posted.body for posted in here.hook.posted)
    assert '"level":"debug"' in daemon.text
    assert {"/", f"/checks/{prompt(1)[0][1:]}", "/checks/box1"} <= shown.keys(), "the pages were not seen"
    assert here.mail.logged_in, "the relay never saw a password"
    assert {place: aviary.seen_in(text) for place, text in shown.items() if aviary.seen_in(text)} == {}


def pages_of(daemon: DaemonProcess) -> dict[str, bytes]:
    """Every page that the first one leads to, by its path."""
    host, _, port = daemon.address.rpartition(":")
    seen: dict[str, bytes] = {}
    waiting = ["/"]
    while waiting and len(seen) < MAX_PAGES:
        path = waiting.pop()
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", path)
        seen[path] = connection.getresponse().read()
        connection.close()
        links = re.findall(r'href="(/[^"#?]*)', seen[path].decode("utf-8", "replace"))
        waiting += [link for link in links if link not in {*seen, *waiting}]
    return seen


def has_looked(daemon: DaemonProcess, check: str) -> bool:
    return bool(daemon.series("check_status", check=check))


def ways_tried(daemon: DaemonProcess) -> set[str]:
    lines = [line for line in daemon.scrape().splitlines() if line.startswith("nigehban_deliveries_total{")]
    return {line.partition('channel="')[2].partition('"')[0] for line in lines}


VERBS = (
    "config show",
    "config show --json",
    "config validate --json",
    "status",
    "status --json",
    "incidents --closed --json",
    "incidents",
    "deadlines --json",
    "doctor",
    "doctor --json",
)
