"""Every kind goes ok → bad → ok: a real daemon over real servers, every message that is sent, and every scrape."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest

from checks.registry import load_registry
from tests.support.daemon_process import DaemonProcess, running_daemon
from tests.support.every_kind import EveryKind, every_kind
from tests.support.mail_text import plain_text
from tests.support.peer import wait_until
from tests.support.prometheus import promtool
from tests.support.troubles import Trouble, troubles

pytestmark = [pytest.mark.peer, pytest.mark.slow]

_LINE = re.compile(r"nigehban_(?P<name>\w+)\{(?P<labels>.*)\} (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')

#: A registry or a mailbox that was too slow once is left alone for over a minute, and then asked twice.
_PATIENCE_S = 120

#: A check and its subject.
Of = tuple[str, str]


@dataclass(slots=True)
class Scrapes:
    """All that /metrics said, five times a second, from before the first trouble until after the last."""

    daemon: DaemonProcess
    texts: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._scrape)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _scrape(self) -> None:
        while not self._stop.is_set():
            self.texts.append(self.daemon.scrape())
            self._stop.wait(0.2)

    def values(self, name: str) -> list[Mapping[Of, float]]:
        """Of each scrape, the values of nigehban_`name`."""
        return [
            {(labels.get("check", ""), labels.get("subject", "")): value for labels, value in read(text, name)}
            for text in self.texts
        ]


def read(text: str, name: str) -> Iterator[tuple[dict[str, str], float]]:
    for line in text.splitlines():
        if (found := _LINE.fullmatch(line)) is not None and found["name"] == name:
            yield dict(_LABEL.findall(found["labels"])), float(found["value"])


@dataclass(slots=True)
class Life:
    """One check, as it goes bad and comes back."""

    here: EveryKind
    daemon: DaemonProcess
    trouble: Trouble

    def mails(self, event: str) -> list[EmailMessage]:
        mails = [taken.mail for taken in self.here.post.taken]
        return [
            one for one in mails if (one["X-Nigehban-Event"], one["X-Nigehban-Check"]) == (event, self.trouble.check)
        ]

    def wait_well(self) -> None:
        check = self.trouble.check
        wait_until(lambda: set(self.daemon.series("check_status", check=check)) == {0}, 60, f"{check} is not well")

    def live(self) -> None:
        check, trouble = self.trouble.check, self.trouble
        trouble.breaks()
        self._wait("opened", 1)
        self.daemon.wait_series("check_cause", 1, check=check, cause=trouble.cause)
        self._wait("notice", len(trouble.notices))
        trouble.mends()
        self._wait("resolved", 1)
        self.wait_well()

    def _wait(self, event: str, count: int) -> None:
        missing = f"{self.trouble.check}: no {event} came"
        wait_until(
            lambda: len(self.mails(event)) >= count, _PATIENCE_S, f"{missing}; the log:\n{self.daemon.text[-5000:]}"
        )

    # What is asked of it ---------------------------------------------------------------------------------------

    def assert_told(self) -> None:
        trouble = self.trouble
        (first,), (last,) = self.mails("opened"), self.mails("resolved")
        subject, text = str(first["Subject"]), plain_text(first)
        assert subject.startswith(trouble.subject), subject
        assert [words for words in trouble.says if words not in f"{subject}\n{text}"] == [], text
        assert str(last["Subject"]).startswith("RESOLVED ")
        assert last["In-Reply-To"] == first["Message-ID"]
        assert last["X-Nigehban-Incident"] == first["X-Nigehban-Incident"] != ""
        notices = [str(one["Subject"]) for one in self.mails("notice")]
        assert len(notices) == len(trouble.notices), notices
        assert all(
            told.startswith(wanted) for told, wanted in zip(sorted(notices), sorted(trouble.notices), strict=True)
        )
        of_check = [one for event in ("opened", "resolved", "notice") for one in self.mails(event)]
        assert {str(one["To"]) for one in of_check} == {trouble.to}


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[EveryKind]:
    with every_kind(tmp_path) as here:
        yield here


def test_every_kind_goes_bad_and_comes_back_and_people_hear_of_it_once(estate: EveryKind) -> None:
    with running_daemon(estate.home) as daemon:
        lives = [Life(estate, daemon, trouble) for trouble in troubles(estate)]
        for life in lives:
            life.wait_well()
        scrapes = Scrapes(daemon)
        with scrapes.running():
            live_all(lives)
        assert daemon.terminate() == 0
    print_mails(estate)
    for life in lives:
        life.assert_told()
    assert_nothing_else_told(estate, lives)
    assert_no_series_missed(scrapes)
    assert_shown(scrapes, lives)
    done = promtool("check", "metrics", text=scrapes.texts[-1])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def live_all(lives: Sequence[Life]) -> None:
    """All at once, since none may wait for another; raises what failed first.

    A life that fails breaks the barrier at which others wait for it: theirs say nothing of why.
    """
    with ThreadPoolExecutor(len(lives)) as pool:
        ended = as_completed([pool.submit(life.live) for life in lives])
        failures = [failure for one in ended if (failure := one.exception()) is not None]
    failures.sort(key=lambda one: isinstance(one, threading.BrokenBarrierError))
    for failure in failures:
        raise failure


def print_mails(estate: EveryKind) -> None:
    """For whoever reads them: pytest -s."""
    for taken in estate.post.taken:
        print(f"\n{'=' * 100}\nTo: {taken.mail['To']}\nSubject: {taken.mail['Subject']}\n\n{plain_text(taken.mail)}")  # noqa: T201  # to be read


def test_the_estate_leaves_no_kind_out(estate: EveryKind) -> None:
    kinds = set(re.findall(r"\bkind: (\w+)", estate.home.settings.read_text().partition("\nchecks:")[2]))
    assert kinds == set(load_registry(()).kinds)


def assert_nothing_else_told(estate: EveryKind, lives: Sequence[Life]) -> None:
    told = Counter((str(one.mail["X-Nigehban-Check"]), str(one.mail["X-Nigehban-Event"])) for one in estate.post.taken)
    wanted: Counter[Of] = Counter()
    for life in lives:
        wanted += Counter({(life.trouble.check, "opened"): 1, (life.trouble.check, "resolved"): 1})
        wanted[life.trouble.check, "notice"] += len(life.trouble.notices)
    assert told == +wanted


def assert_no_series_missed(scrapes: Scrapes) -> None:
    """A vanished series would end an alert just when it is worst."""
    for name in ("check_status", "check_duration_seconds", "check_last_run_timestamp_seconds"):
        first, *later = scrapes.values(name)
        assert all(first.keys() <= values.keys() for values in later), name
    for name in ("certificate_not_after_timestamp_seconds", "domain_expiry_timestamp_seconds", "eoffice_sessions"):
        first, *later = scrapes.values(name)
        assert first
        assert all(first.keys() <= values.keys() for values in later), name


def assert_shown(scrapes: Scrapes, lives: Sequence[Life]) -> None:
    """Each bad state was to be seen with its cause, and one cause at a time."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for text in scrapes.texts:
        causes = [labels for labels, _ in read(text, "check_cause")]
        assert Counter((one["check"], one["subject"]) for one in causes).most_common(1)[0][1] == 1
        for labels in causes:
            seen[labels["check"]].add(labels["cause"])
    for life in lives:
        assert {"none", life.trouble.cause} <= seen[life.trouble.check], seen
