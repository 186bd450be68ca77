"""Parts of sentences about money in Urdu: days, stages, blocks, and how a matter ended."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from alerts.concern import STAGES, is_money_back, is_sooner
from alerts.incident import EventKind, IncidentEvent
from alerts.words.bidi import latin, name
from alerts.words.cut_off import changed_from, missed_cut_off
from alerts.words.money.said import Said
from alerts.words.money_back import money_back
from alerts.words.scene import Scene
from alerts.words.urdu.wording import day, day_of, money
from checks.billing import labels
from checks.model import Cause

_STAGES: Final = {
    "received and diarised": "وصولی اور اندراج",
    "verification": "تصدیق",
    "payee check": "وصول کنندہ کی جانچ",
    "budget": "بجٹ",
    "sanction": "منظوری",
    "bill prepared and signed": "بل کی تیاری اور دستخط",
    "pre-audit": "پری آڈٹ",
    "payment authorised": "ادائیگی کی اجازت",
    "credited by the bank": "بینک میں جمع",
    "vendor confirms receipt": "فراہم کنندہ کی تصدیق",
}

#: By how the check of payees and that of bills begin a reason.
_BLOCKS: Final = (
    (re.compile("(?:the vendor's )?account (?:is )?attached by the tax authority"), "ٹیکس ادارے نے اکاؤنٹ روک رکھا ہے"),
    (
        re.compile("(?:the vendor is )?not on the list of active taxpayers"),
        "فراہم کنندہ فعال ٹیکس گزاروں کی فہرست میں نہیں",
    ),
    (re.compile("account number does not fit|the account number is not the vendor's"), "اکاؤنٹ نمبر درست نہیں"),
    (re.compile("(?:there is )?no budget(?: for it)?"), "بجٹ موجود نہیں"),
    (re.compile("(?:a )?court order(?: forbids it)?"), "عدالت نے ادائیگی روک رکھی ہے"),
    (re.compile("all payments frozen|no bills are cleared at present"), "تمام ادائیگیاں رکی ہوئی ہیں"),
)


def block_in_urdu(why: str) -> str:
    """Why somebody cannot be paid; what else is said of it stays quoted behind it."""
    for form, said in _BLOCKS:
        if found := form.match(why):
            rest = why[found.end() :].strip(" :;,")
            return f"{said} ({latin(rest.strip('()'), 200)})" if rest else said
    return latin(why, 200)


def said_day(said: Said) -> str:
    return "" if said.at is None else day(said.at, said.scene.zone)


def stage_in_urdu(stage: str) -> str:
    """A stage that the settings name otherwise keeps its name."""
    return _STAGES.get(stage) or name(stage, 80)


def day_written(text: str) -> str:
    """A day as kinds write it, "Mon 6 Nov 2017", in words; anything else stays quoted."""
    try:
        return day_of(datetime.strptime(text.partition(" (")[0], "%a %d %b %Y").replace(tzinfo=UTC).date())
    except ValueError:
        return latin(text, 40)


def blocked(facts: Mapping[str, str]) -> str:
    """A sentence on a bill that nobody can pay, by what."""
    why = facts.get(labels.BLOCK, "")
    return f"ادائیگی رکی ہوئی ہے{f': {block_in_urdu(why)}' if why else ''}۔"


def came_back(facts: Mapping[str, str]) -> str:
    """A sentence on money that came back, with why; "" where none did."""
    back = money_back(facts)
    if back is None:
        return ""
    much, because = back.much, f" ({latin(back.why, 200)})" if back.why else ""
    if back.is_unfounded:
        what = money(much) if much else "رقم"
        return (
            f"اندراج ہے کہ {what} {day_written(back.day)} کو واپس آئی{because}، مگر بھیجی گئی کسی رقم کا اندراج نہیں۔"
        )
    what = f"بھیجی گئی رقم میں سے {money(much)}" if much else "بھیجی گئی رقم"
    return f"{what} {day_written(back.day)} کو واپس آ گئی{because}؛ بل پھر واجب الادا ہے۔"


def payment_word(event: IncidentEvent) -> str:
    """The first word of a bill that does not take its usual course; "" for any other."""
    if is_money_back(event):
        back = money_back(dict(event.incident.facts))
        return f"رقم واپس آ گئی: {money(back.much)}، اب واجب الادا" if back and back.much else "رقم واپس آ گئی"
    if is_sooner(event):
        return "سروس بند کرنے کی تاریخ پہلے کر دی گئی"
    if event.incident.cause is Cause.BLOCKED:
        return "ادائیگی اب بھی بند" if event.kind is EventKind.REMINDER else "ادائیگی بند"
    deadline = event.incident.deadline
    is_ahead = deadline is not None and event.at < deadline.at and event.incident.cause is not Cause.WITHDRAWN
    return "رقم دیر سے پہنچے گی" if is_ahead and labels.TOO_LATE in dict(event.incident.facts) else ""


def news(event: IncidentEvent) -> str:
    """What is new of a bill: its money came back, or its vendor cuts off sooner; "" for no such news."""
    facts = dict(event.incident.facts)
    return " ".join(filter(None, (came_back(facts), _sooner(facts) if is_sooner(event) else "")))


def _sooner(facts: Mapping[str, str]) -> str:
    now, was = facts.get("Vendor cuts off", ""), changed_from(facts)
    day = f": اب {day_written(now)}{f'، پہلے {day_written(was)}' if was else ''}" if now else ""
    return f"فراہم کنندہ نے سروس بند کرنے کی تاریخ پہلے کر دی ہے{day}۔"


def paid_before(facts: Mapping[str, str]) -> str:
    """Before which day the act-by day has it paid: the cut-off, which may lie behind the due day."""
    named, first = facts.get("Vendor cuts off", ""), facts.get(labels.CUT_OFF_FROM, "")
    day = day_written(named or first) if named or first else ""
    return f"{day} {'کی بندش سے' if named else 'کی ممکنہ بندش سے'} پہلے ادائیگی کے لیے" if day else "اس کے لیے"


def late_at(scene: Scene) -> str:
    """Behind a sentence: the stage that a bill lies in and should have left; "" for a bill that is not late there."""
    deadline, facts = scene.incident.deadline, dict(scene.incident.facts)
    stage = facts.get(labels.STAGE, "")
    if not stage or deadline is None or deadline.act_by is None or deadline.act_by >= scene.event.at:
        return ""
    whole = paid_before(facts) if "Vendor cuts off" in facts or labels.CUT_OFF_FROM in facts else "اسے"
    left = f"{whole} {day(deadline.act_by, scene.zone)} تک آگے بڑھنا تھا"
    return f" بل ابھی {stage_in_urdu(stage)} میں ہے، جہاں سے {left}۔"


def overpaid(facts: Mapping[str, str]) -> str:
    """A sentence at the end of a bill of which too much was paid; "" for any other."""
    much = facts.get(labels.OVERPAID, "")
    said = money(much).partition(" (")[0] if much else ""
    return f"بل سے {said} زیادہ ادا ہوئے؛ رقوم کی جانچ کیجیے اور فراہم کنندہ سے پوچھیے۔" if said else ""


def too_late(facts: Mapping[str, str]) -> str:
    """A sentence; "" where its money comes in time by usual times."""
    when = facts.get(labels.TOO_LATE, "")
    if not when:
        return ""
    ask = "فراہم کنندہ سے ابھی مہلت مانگیے"
    return f"معمول کے مطابق رقم {day_written(when)} کو پہنچے گی، جو بہت دیر ہے{_behind(facts)}؛ {ask}۔"


def _behind(facts: Mapping[str, str]) -> str:
    """The cut-off that its money waits behind."""
    one = missed_cut_off(facts)
    if one is None:
        return ""
    missed = f"{day_written(one.day)} کی آخری تاریخ ({latin(one.title, 80)}) نکل جائے گی"
    return f"، کیونکہ {missed} اور رقم {day_written(one.returns)} سے دوبارہ ملے گی"


def became(said: Said) -> str:
    """What became of a bill whose stage or cut-off is over; "" where nobody knows. What people wrote stands last."""
    reason, back, why = said.scene.incident.close_reason.partition(f"; {labels.SENT_BACK}")
    if labels.IS_PAID in reason:
        return "بل ادا ہو گیا"
    if labels.IS_CANCELLED in reason:
        return "بل منسوخ ہو گیا"
    _, lies, rest = reason.partition(f"{labels.LIES_NOW} ")
    stage, _, unpaid = rest.partition(f", {labels.NOT_PAID_YET}")
    if not lies or unpaid.strip(". "):
        return ""
    lies_now, left = f"اب {stage_in_urdu(stage)} میں ہے، ابھی ادا نہیں ہوا", _stage_left(said, stage)
    if back:
        objection = latin(why.removeprefix(": ").rstrip(". "), 120)
        from_there = f"{left} سے " if left else ""
        return f"{from_there}اعتراض کے ساتھ واپس آ گیا{f' ({objection})' if objection else ''}؛ {lies_now}"
    if labels.MONEY_IS_BACK in reason:
        return f"رقم دوبارہ دستیاب ہے؛ {lies_now}"
    return f"{left} سے نکل کر {lies_now}" if left else lies_now


def _stage_left(said: Said, now: str) -> str:
    """Which stage ended by this; "" where another matter did, or nobody knows."""
    stage = said.fact(labels.STAGE) if said.scene.incident.kind == STAGES else ""
    return stage_in_urdu(stage) if stage and stage != now else ""
