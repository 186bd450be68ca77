"""The smallest estate there is: pages that go down and come back, watched by a real daemon, told to two sinks."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from checks.model import CheckId
from tests.support.background import in_background
from tests.support.daemon_process import DaemonProcess, Home
from tests.support.http_sink import HttpSink, running_http
from tests.support.kept_and_told import (
    Copy,
    Kept,
    assert_bad_news_first,
    assert_repeats,
    assert_told,
    hooks,
    kept,
    mails,
    standing,
)
from tests.support.mail_text import plain_text
from tests.support.pages import Pages, running_pages
from tests.support.peer import wait_until
from tests.support.smtp_sink import SmtpSink, running_sink
from watchdog.engine.beat import phase

CHANNELS = ("ops-1-mail", "ops-2-webhook")

SETTINGS = """\
estate: {{name: Office of A, time_zone: Asia/Karachi}}
receivers: {{ops: {{tell: all, channels: [{channels}]}}}}
mail: {{relay: 127.0.0.1, {mail}, from: nigehban@office.example}}
routes: [{{match: {{}}, to: [ops]}}]
defaults: {{interval: 1s, timeout: 1s, retry_every: 1s, failures_to_open: 1, passes_to_close: 1,
  settle: 0s, flap_hold: 0s}}
checks:
{checks}
"""


@dataclass(frozen=True)
class SmallEstate:
    """One watched site, one daemon's home, and both ways out of it."""

    home: Home
    pages: Pages
    mail: SmtpSink
    hook: HttpSink

    def text(
        self, paths: Sequence[str], channels: Sequence[str] = ("mail", "webhook"), *, mail: str = "tls: none"
    ) -> str:
        """Settings that watch `paths`; `channels` are words or written out, `mail` are further keys of the relay."""
        ways = {
            "mail": "{kind: mail, to: [noc@office.example]}",
            "webhook": f'{{kind: webhook, url: "{self.hook.url()}"}}',
        }
        all_ways = ", ".join(ways.get(one, one) for one in channels)
        checks = [f'  - {{id: "{path[1:]}", kind: http, url: "{self.pages.url(path)}"}}' for path in paths]
        return SETTINGS.format(channels=all_ways, mail=f"port: {self.mail.port}, {mail}", checks="\n".join(checks))

    def watch(
        self, paths: Sequence[str], channels: Sequence[str] = ("mail", "webhook"), *, mail: str = "tls: none"
    ) -> None:
        self.home.write(self.text(paths, channels, mail=mail))

    def wait_told(self, event: str, check: str) -> str:
        """The text of the first mail of this event, once it came."""

        def found() -> list[str]:
            mails_ = [taken.mail for taken in self.mail.taken]
            return [
                f"{mail['Subject']}\n{plain_text(mail)}"
                for mail in mails_
                if (mail["X-Nigehban-Event"], mail["X-Nigehban-Check"] or "") == (event, check)
            ]

        wait_until(lambda: bool(found()), 60, f"no {event} of {check or 'the daemon'} came")
        return found()[0]

    @property
    def told(self) -> list[Copy]:
        return mails(self.mail, CHANNELS[0]) + hooks(self.hook, CHANNELS[1])

    def wait_settled(self, daemon: DaemonProcess) -> None:
        """Until what is kept is what is true, and nothing waits to be told: hundreds of messages, on a busy machine."""
        down = frozenset(path[1:] for path in self.pages.down)

        def is_settled() -> bool:
            assert daemon.exit_code is None, daemon.text
            state = standing(self.home)
            return state.open_checks == down and state.is_drained

        wait_until(is_settled, 180, "state and truth differ, or the outbox is not empty")

    def assert_told_rightly(self, kills: int, channels: Sequence[str] = CHANNELS) -> Kept:
        state = kept(self.home)
        assert state.integrity == "ok"
        assert_told(state, self.told, channels)
        assert_repeats(self.told, kills)
        assert_bad_news_first(self.told)
        return state


@contextmanager
def small_estate(
    folder: Path,
    mail: SmtpSink | None = None,
    hook: HttpSink | None = None,
    *,
    tls: ssl.SSLContext | None = None,
) -> Iterator[SmallEstate]:
    """`tls` is what the mail sink starts TLS with, and asks for before a login."""
    logins = mail.logins if mail else {}
    with ExitStack() as stack:
        pages = stack.enter_context(in_background(running_pages()))
        taken = stack.enter_context(in_background(running_sink(logins, tls, sink=mail)))
        posted = stack.enter_context(in_background(running_http(hook)))
        yield SmallEstate(Home(folder), pages, taken, posted)


def prompt(count: int) -> list[str]:
    """Paths whose checks look at once after a start."""
    return sorted((f"/p{number}" for number in range(100 * count)), key=lambda path: phase_of(path[1:]))[:count]


def phase_of(check: str) -> float:
    return phase(CheckId(check))
