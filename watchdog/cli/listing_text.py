"""Listings as people read them on a terminal."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from alerts.record import SubjectRecord
from alerts.words.bidi import bare
from alerts.words.wording import day, span
from checks.estate import Estate
from checks.model import WORST_FIRST, Cause, CheckId, Status
from checks.wording import moment
from watchdog.cli.columns import cell_text, table
from watchdog.cli.timeline import delivery_text, incident_lines
from watchdog.sight_check import SIGHT_CHECK
from watchdog.store.views import Dated, IncidentHistory, NoticeLine


def status_text(
    records: Sequence[SubjectRecord],
    now: datetime,
    zone: ZoneInfo,
    width: int | None,
    unseen: Sequence[CheckId] = (),
) -> str:
    """`unseen` are checks that were not looked at yet: among what is unknown, not left out."""
    if not records and not unseen:
        return "nothing has been looked at yet"
    rows = [
        (
            record.status.value,
            "" if record.cause is Cause.NONE else record.cause.value,
            record.check_id,
            record.subject,
            f"{span(now - record.seen_at)} ago",
            _seen(record, zone),
        )
        for record in records
    ]
    worse = sum(WORST_FIRST.index(record.status) <= WORST_FIRST.index(Status.UNKNOWN) for record in records)
    rows[worse:worse] = [(Status.UNKNOWN.value, "", check_id, "", "", "not looked at yet") for check_id in unseen]
    listed = table(("STATUS", "CAUSE", "CHECK", "SUBJECT", "SEEN", "WHAT WAS SEEN"), rows, width)
    return "".join((*(_blind_banner(record, now) for record in records if record.check_id == SIGHT_CHECK), listed))


def _blind_banner(sight: SubjectRecord, now: datetime) -> str:
    """What stands above all else while no line below can be trusted."""
    if sight.status is not Status.UNKNOWN:
        return ""
    return f"BLIND for {span(now - sight.judged_at)}, nothing outside is judged: {sight.summary}\n\n"


def _seen(record: SubjectRecord, zone: ZoneInfo) -> str:
    """Summaries name no date: it may stand beside them."""
    if record.deadline is None or record.status is Status.UNKNOWN:
        return record.summary
    return f"{record.summary} (deadline {day(record.deadline.at, zone)})"


def deadlines_text(dated: Sequence[Dated], now: datetime, zone: ZoneInfo, width: int | None) -> str:
    if not dated:
        return "no deadline is known"

    @cache  # Thousands of bills share some hundred days.
    def when(at: datetime) -> tuple[str, str]:
        return moment(at, zone), _distance(at, now)

    rows = [
        (
            one.status.value,
            *when(one.at),
            "" if one.act_by is None else ", ".join(when(one.act_by)),
            one.check_id,
            one.summary,
        )
        for one in dated
    ]
    return table(("STATUS", "BY", "THAT IS", "ACT BY", "CHECK", "WHAT"), rows, width)


def _distance(at: datetime, now: datetime) -> str:
    return f"in {span(at - now)}" if at > now else f"{span(now - at)} ago"


def incidents_text(histories: Sequence[IncidentHistory], now: datetime, estate: Estate) -> str:
    if not histories:
        return "no incident"
    return "\n\n".join("\n".join(incident_lines(history, now, estate)) for history in histories)


def notices_text(notices: Sequence[NoticeLine], zone: ZoneInfo) -> str:
    said = [
        f"  {moment(one.delivery.at, zone)}  {delivery_text(one.delivery)}: {cell_text(bare(one.subject))}"
        for one in notices
    ]
    return "\n".join(["What the watchdog said of itself, newest first", *said])
