"""The examples of docs/messages.md, told by the real code. `python -m tests.support.messages` writes them anew."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

from alerts.digests.bills import bills_of
from alerts.digests.morning import ChainEnd, morning_list
from alerts.digests.week import Told, Week, week_list
from alerts.incident import EventKind, IncidentEvent
from alerts.judging.judge import judge
from alerts.message import Message
from alerts.plan import plan, plan_notice
from alerts.route import Audience, Language, Receiver
from alerts.trial import plan_test
from alerts.words.bidi import bare
from alerts.words.render import render
from alerts.words.sms import parts
from checks.model import CheckId, Finding, Observation, Status
from tests.support.audiences import told
from tests.support.money_matters import AHEAD, LATE
from tests.support.telling import (
    BILLS,
    CALENDAR,
    CERTIFICATE,
    CHANGED,
    FINANCE,
    INVOICE,
    KARACHI,
    NAME_SERVERS,
    NIGHT,
    ON_CALL,
    OUTAGE,
    STALE,
    bill_events,
    bill_look,
    directory,
    event,
    local,
)
from watchdog.engine.blind_words import BLIND_SUBJECT, blind_text, seeing_subject, seeing_text
from watchdog.engine.blindness import AnchorView, Spell
from watchdog.engine.hold import Hold
from watchdog.engine.timekeeper import belief_notice, jump_notice, set_back_notice, sleep_notice
from watchdog.engine.writer import Standstill
from watchdog.own_checks import RESOLVER_CHECK, RESOLVER_RUNBOOK
from watchdog.unwritten import again, from_memory

PAGE = Path(__file__).parents[2] / "docs" / "messages.md"

_HEAD = """\
# What people read

Every message begins with its event in a plain word, then names what it is about and why. The text below goes in
the order a person needs it: what is wrong, since when, who is hit, what to do, the proof, and last the ids. Days and
hours are those of the estate's time zone; working days are those of the receiver's office.

| first word | what happened |
|---|---|
| `DOWN` | a fault, confirmed by re-checks; `STILL DOWN` when it is told again |
| `DEGRADED` | a warning that lasts, or failures that come and go: not down, for office hours; `STILL DEGRADED` again |
| `NOW DOWN`, `BETTER` | what was degraded is down; what was down is degraded, and not over |
| `DUE`, `REMINDER`, `OVERDUE` | a bill or another date to act by: first told, told again, past |
| `LATE`, `STILL LATE` | a bill that lies at one stage past the day by which it had to move on: first, again |
| `LAPSES`, `LAPSED` | a bill that will miss, or has missed, a day after which it waits for other money |
| `BLOCKED`, `STILL BLOCKED` | a vendor that cannot be paid, or a bill in whose way something stands: first, again |
| `DOUBTFUL` | a vendor that perhaps cannot be paid |
| `MISSING` | a bill that a contract lets one expect and that did not come |
| `AHEAD`, `SOON`, `ANY DAY` | a service that a vendor may cut off: in advance, urgent, the days have begun |
| `WITHDRAWN?` | a bill that vanished from its list while nobody said that it was settled |
| `LISTED AGAIN` | a bill that vanished and stands in its list again, not settled; told once a day at most |
| `EXPIRES`, `REMINDER`, `EXPIRED` | a certificate or a domain |
| `CONFIRM`, `REMINDER`, `UNCONFIRMED` | a declared date of a domain, by when somebody must look again |
| `STALE` | something that has not been judged for too long: not known to be down, not known to be well |
| `CHANGED` | something is not what it was, and that is no fault: another certificate, another registrar; told once |
| `NOW` | a fault that became another while it lasted, seen three times in a row; each other cause is told once |
| `HANDED OVER`, `DIGEST` | an incident that is yours now; several in one message |
| `RESOLVED` | the end, with how long it lasted and what ended it |
| `CLOSED` | the end of what is watched no more: its check was taken out or looks elsewhere; not a word on its health |
| `NOTICE`, `TEST` | the watchdog about itself; a trial of a way out |
| `DRILL` | stands before any of these words: it is only played ([drills](drills.md)) |

Notices of the watchdog about itself go to whoever hears of critical things. While nothing can be written (the disk is
full, the database is locked), an outage is told once from memory after half a minute, and in the usual form when it
can be written again; one notice ends what another began. A pause of the machine or of the program is told from five
minutes on; a shorter one stands in the log alone.

What a server or a list says is never trusted: control characters, line breaks and marks that turn the reading
direction are shown as escapes (`\\x1b`, `\\u202e`), personal numbers (CNIC) as `XXXXX-XXXXXXX-X`, and proof is cut to
20 lines.

First come messages to those on call; then [the same outage and the same bill told to each
audience](#the-same-to-everybody), in both languages, with the short text under each.

The examples are what the code says, word for word; a test compares them, `python -m tests.support.messages` writes
them anew. What each kind of check says: [messages-by-kind.md](messages-by-kind.md).
"""

_PEOPLE = directory(
    runbooks={
        CheckId("bills"): "Ask the section officer where the file lies.",
        RESOLVER_CHECK: RESOLVER_RUNBOOK,
    }
)
_ANCHORS = (
    AnchorView("192.0.2.1:443", ok=True, words="answered in 12 ms"),
    AnchorView("198.51.100.1:443", ok=False, words="no answer within 3 s"),
    AnchorView("203.0.113.1:443", ok=False, words="203.0.113.1:443: host unreachable"),
)
_PAID = replace(INVOICE, settled_on=date(2017, 12, 1), evidence="Acme receipt 0991")


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    message: Message


def examples() -> Iterator[Example]:
    """In the order of the page."""
    yield _of("A mail server stops answering at night", event(OUTAGE), ON_CALL)
    ended = NIGHT + timedelta(minutes=13)
    healed = replace(OUTAGE, closed_at=ended, close_reason="mx1.example.gov.pk:25 takes mail (0.12 s)")
    yield _of("It answers again", event(healed, EventKind.RESOLVED, ended), ON_CALL)
    yield from _a_bill()
    yield _of("A certificate will lapse", event(CERTIFICATE, rung="1/3"), ON_CALL)
    lapsed = event(
        replace(CERTIFICATE, severity=Status.CRITICAL), EventKind.REMINDER, local("2017-12-01 17:00"), rung="0d"
    )
    yield _of("It has lapsed", lapsed, ON_CALL)
    yield _of("Nobody can tell", event(STALE), ON_CALL)
    yield _of("No name can be looked up", event(NAME_SERVERS), ON_CALL)
    yield _of("It presents another certificate", event(CHANGED, EventKind.NOTICE), ON_CALL)
    yield from _without_incident()


def _a_bill() -> Iterator[Example]:
    told = bill_events(
        bill_look("2017-10-30 09:00"),
        bill_look("2017-11-13 09:00"),
        bill_look("2017-11-29 09:00"),
        bill_look("2017-11-30 10:00", gone_at="2017-11-30 10:00"),
        bill_look("2017-11-30 15:00"),
        bill_look("2017-12-04 11:00", _PAID),
    )
    titles = (
        "A bill is due in four weeks",
        "It lies where it lay",
        "It is overdue",
        "It vanishes from the list",
        "It stands in the list again",
        "It is settled",
    )
    for title, happened in zip(titles, told, strict=True):
        yield _of(title, happened, FINANCE)


def _without_incident() -> Iterator[Example]:
    blind = blind_text(NIGHT - timedelta(seconds=30), _ANCHORS, 2, KARACHI)
    yield _notice("When we are blind", BLIND_SUBJECT, blind)
    spell = Spell(NIGHT, NIGHT + timedelta(minutes=12), 720)
    opened, hold = event(OUTAGE), Hold()
    hold.shut(NIGHT)
    hold.planned(opened, plan(opened, _PEOPLE))
    seeing = seeing_text([spell], 212, [OUTAGE.summary], hold, KARACHI, unknown=3)
    yield _notice("When we see again", seeing_subject([spell]), seeing)
    yield from _unwritten()
    jump = jump_notice(NIGHT, NIGHT + timedelta(days=30), KARACHI)
    yield _notice("When the clock jumped", jump.subject, jump.text)
    right = set_back_notice(NIGHT + timedelta(minutes=20), KARACHI)
    yield _notice("When it is set right", right.subject, right.text, NIGHT + timedelta(minutes=20))
    now = NIGHT + timedelta(days=30, minutes=3)
    belief = belief_notice(NIGHT + timedelta(minutes=3), now, KARACHI, vouched=True, at_once=False)
    yield _notice("When that clock is believed", belief.subject, belief.text, now)
    sleep = sleep_notice(NIGHT - timedelta(minutes=10), NIGHT, KARACHI)
    yield _notice("When the machine slept", sleep.subject, sleep.text)
    test = plan_test("finance", event_id="t1", at=NIGHT, directory=_PEOPLE)
    yield Example("A trial", test[0].message)


def _unwritten() -> Iterator[Example]:
    down = render(event(OUTAGE), replace(ON_CALL, id=""), replace(_PEOPLE, routes=()))
    subject, text = from_memory([down])
    yield _notice("When a mail server stops answering while nothing can be written", subject, text)
    stood = Standstill(key="disk full", text="", since=NIGHT)
    end = NIGHT + timedelta(minutes=12)
    subject, text = again(stood, end, 1, _PEOPLE)
    yield _notice("When it can be written again", subject, text, end)


def _notice(title: str, subject: str, text: str, at: datetime = NIGHT) -> Example:
    notice = plan_notice(event_id="n1", at=at, subject=subject, text=text, directory=_PEOPLE, labels={})
    return Example(title, notice[0].message)


def _of(title: str, happened: IncidentEvent, receiver: Receiver) -> Example:
    return Example(title, render(happened, receiver, _PEOPLE))


def page() -> str:
    """The whole page, as Markdown."""
    shown = (f"\n## {one.title}\n\n```text\n{one.message.subject}\n\n{one.message.text}\n```\n" for one in examples())
    return _HEAD + "".join(shown) + _AUDIENCES + "".join(map(_in_every_medium, to_everybody()))


_AUDIENCES = """
## The same to everybody

Under each message stands its short text, and how many SMS that takes. Urdu is shown with the marks that isolate names
left out.
"""


def to_everybody() -> Iterator[Example]:
    """An outage, its end and a bill, to every audience in every language; then the lists."""
    ended = NIGHT + timedelta(minutes=13)
    healed = replace(OUTAGE, closed_at=ended, close_reason="mx1.example.gov.pk:25 takes mail (0.12 s)")
    scenes = {
        "an outage": event(OUTAGE),
        "its end": event(healed, EventKind.RESOLVED, ended),
        "a bill": bill_events(bill_look("2017-11-29 09:00"))[0],
        "a stage that is late": event(LATE, rung="10wd"),
        "a service that may be cut off": event(AHEAD, rung="10wd"),
    }
    for audience, language in product(Audience, Language):
        for title, happened in scenes.items():
            yield Example(f"{audience.value}, {language.value}: {title}", told(happened, audience, language))
    for language in Language:
        yield Example(f"finance, {language.value}: the list of the morning", _morning(language))
        yield Example(f"on-call, {language.value}: the week", _week(language))


def _morning(language: Language) -> Message:
    now = local("2017-11-29 09:15")
    record = judge(None, _seen(bill_look("2017-11-29 09:00")), BILLS, lambda: "").record
    chain = ChainEnd(hash="3f9a1c2bd4e5f60718293a4b5c6d7e8f", events=1234)
    return morning_list(bills_of([record], CALENDAR, now), language=language, zone=KARACHI, now=now, chain=chain)


def _seen(look: tuple[str, Finding]) -> Observation:
    at, finding = look
    return Observation(check_id=CheckId("bills"), finding=finding, observed_at=local(at), duration_s=0.0)


def _week(language: Language) -> Message:
    ended = NIGHT + timedelta(minutes=13)
    heard = Told(
        incident=replace(OUTAGE, closed_at=ended),
        title="Official e-mail",
        pages=("ayesha", "ayesha", "bilal"),
        answered_at=NIGHT + timedelta(minutes=4),
        flaps=1,
    )
    idle = ("check=old-portal (bilal: it moves)",)
    week = Week(since=NIGHT - timedelta(days=1), until=NIGHT + timedelta(days=6), told=(heard,), idle_silences=idle)
    return week_list(week, language=language, zone=KARACHI)


def _in_every_medium(one: Example) -> str:
    message = one.message
    texts = (message.subject, message.text, f"SMS ({parts(message.short)}): {message.short}")
    shown = "\n\n".join(map(bare, texts))
    files = "".join(f"\n`{file.name}`:\n\n```text\n{_file(file.text)}\n```\n" for file in message.attachments)
    return f"\n### {one.title}\n\n```text\n{shown}\n```\n{files}"


def _file(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
