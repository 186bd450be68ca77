"""A bill in Urdu: its subject and its rows, with all that the English ones say of it."""

from alerts.words.bidi import latin, name
from alerts.words.blocks import Row
from alerts.words.cut_off import cut_off
from alerts.words.due import is_past
from alerts.words.money.urdu_parts import day_written, stage_in_urdu
from alerts.words.money.urdu_rows import way_rows
from alerts.words.urdu.telling import Urdu
from alerts.words.urdu.wording import money
from checks.billing import labels
from checks.model import Cause, Deadline


def bill_in_subject(urdu: Urdu, deadline: Deadline) -> str:
    """Behind the first word: the bill, the day it is due, and what presses most."""
    begin = _late_or_begin(urdu, deadline)
    return "، ".join(filter(None, (urdu.bill(), f"آخری تاریخ {urdu.day(deadline.at)}", begin, _cut(urdu, deadline))))


def _late_or_begin(urdu: Urdu, deadline: Deadline) -> str:
    """When its money arrives, where that is too late, else by when to act; "" where neither is what counts."""
    if urdu.incident.cause in {Cause.BLOCKED, Cause.WITHDRAWN} or is_past(urdu.scene, deadline):
        return ""
    if when := urdu.facts.get(labels.TOO_LATE, ""):
        return f"معمول کے مطابق رقم {day_written(when)} کو"
    if deadline.act_by is None or deadline.act_by > deadline.at:
        return ""
    day = urdu.day(deadline.act_by)
    if day == urdu.day(urdu.event.at):
        return "آج کارروائی ضروری"
    return f"کارروائی {day} تک" if deadline.act_by > urdu.event.at else "فوراً کارروائی ضروری"


def _cut(urdu: Urdu, deadline: Deadline) -> str:
    """The day on which the vendor cuts off, where it presses."""
    if deadline.cuts_off_at is None or not cut_off(urdu.scene, deadline):
        return ""
    day = urdu.day(deadline.cuts_off_at)
    return f"بندش کی تاریخ {day} گزر چکی" if deadline.cuts_off_at <= urdu.event.at else f"سروس کی بندش {day}"


def bill_rows(urdu: Urdu) -> list[Row]:
    """Of a bill that stands; none of anything else."""
    deadline = urdu.incident.deadline
    if not urdu.is_bill or deadline is None:
        return []
    rows = [
        *_what(urdu),
        ("آخری تاریخ", urdu.day(deadline.at)),
        ("آخری تاریخ تک", _days_left(urdu, deadline)),
        ("سروس بند ہونے کی تاریخ", urdu.day(deadline.cuts_off_at) if deadline.cuts_off_at else ""),
        ("کارروائی شروع کرنے کی آخری تاریخ", urdu.day(deadline.act_by) if deadline.act_by else ""),
        ("مرحلہ", stage_in_urdu(urdu.facts[labels.STAGE]) if labels.STAGE in urdu.facts else ""),
        *way_rows(urdu.facts, is_day_named=deadline.cuts_off_at is not None),
        ("سروس", name(urdu.facts.get("Service", ""), 80)),
        ("کن کی سروس بند ہو گی", urdu.whom()),
    ]
    return [(label, value) for label, value in rows if value]


def settled_rows(urdu: Urdu) -> list[Row]:
    """Of a bill that is over."""
    rows = [*_what(urdu), ("ثبوت", name(urdu.facts.get("Evidence", "")))] if urdu.is_bill else []
    return [(label, value) for label, value in rows if value]


def _what(urdu: Urdu) -> list[Row]:
    return [
        ("بل نمبر", latin(urdu.facts["Bill"], 60)),
        ("فراہم کنندہ", name(urdu.facts.get("Vendor", ""), 80)),
        ("رقم", money(urdu.facts.get("Amount", ""))),
    ]


def _days_left(urdu: Urdu, deadline: Deadline) -> str:
    days = None if deadline.at < urdu.event.at else urdu.scene.working_days_until(deadline.at)
    if days is None:
        return ""
    return f"{days} دفتری دن باقی" if days else "آج آخری دن ہے"
