"""Matters of money in Urdu."""

from typing import Final

from alerts.concern import BOOKS, CONTRACTS, CUT_OFFS, OUTAGES, PAYEES, STAGES
from alerts.words.bidi import latin, name
from alerts.words.due import moved_to
from alerts.words.money.books import books_in_urdu
from alerts.words.money.said import Said, Wording, is_behind
from alerts.words.money.urdu_contracts import contract_in_urdu
from alerts.words.money.urdu_parts import became, block_in_urdu, day_written, said_day, stage_in_urdu, too_late
from alerts.words.urdu.wording import money, people, people_written, span
from checks.billing import labels

_SAVE: Final = (
    "جو چیزیں ضروری ہیں محفوظ کر لیجیے: خطوط، پتے، زیرِ کارروائی فائلیں۔ جن سے روز کام پڑتا ہے ان سے ٹیلی فون یا کوئی "
    "اور ذریعہ طے کر لیجیے۔"
)

_OTHER_WAYS: Final = (
    "اس اکاؤنٹ میں رقم نہ بھیجیے: رقم واپس آ جائے گی اور ہفتے ضائع ہوں گے۔",
    "فراہم کنندہ کو آج ہی لکھیے کہ رکاوٹ کب اور کیسے دور ہو گی، تحریری جواب لیجیے۔",
    "فراہم کنندہ کے اپنے نام کا دوسرا اکاؤنٹ تحریری طور پر مانگیے اور اس کی جانچ نئے سرے سے کیجیے۔",
    "اگر اکاؤنٹ ٹیکس ادارے یا عدالت نے روکا ہے تو اکاؤنٹس آفس سے پوچھیے کہ کیا رقم وہیں جمع ہو سکتی ہے۔",
    "فراہم کنندہ سے تحریری مہلت مانگیے اور اس کا جواب درج کیجیے۔",
)

_STILL_POSSIBLE: Final = (
    "فائل آج ہی خود اس میز تک پہنچائیے جہاں وہ رکی ہے۔",
    "اکاؤنٹس آفس سے پوچھیے کہ اعتراض والے بل واپس لینے کی آخری تاریخ کیا ہے۔",
    "رقم واپس ملنے تک فراہم کنندہ سے تحریری مہلت مانگیے۔",
)


def wording_of(said: Said) -> Wording:
    kind = said.scene.incident.kind
    return books_in_urdu(said) if kind == BOOKS else _KINDS[kind](said)


def _stage(said: Said) -> Wording:
    stage, title = _stage_name(said), _title(said)
    waited = f"{said.days_there} دفتری دن سے {stage} میں" if stage and said.days_there else stage
    usual = f" (عموماً {said.usual_days} دفتری دن)" if said.usual_days is not None else ""
    move = f"{said_day(said)} تک آگے بڑھنا {'چاہیے تھا' if said.is_past else 'ضروری ہے'}"
    way = said.fact(labels.IN_THE_WAY)
    over = _over(said, became(said) or "یہ مرحلہ ختم ہو گیا")
    return Wording(
        word=_late(said) if said.is_past else _told(said, "واجب", "یاد دہانی"),
        subject=over or "، ".join(filter(None, (_bill(said), waited, move))),
        lead=(f"{over}۔",)
        if over
        else (
            f"{_bill(said)}: {waited or 'راستے میں'}{usual}۔ {move}، ورنہ رقم بروقت نہیں پہنچے گی۔",
            "" if said.is_over else too_late(said.facts),
            _goes_dark(said),
        ),
        lay=over or f"{title} کی ادائیگی ({_bill(said)}){f' {stage} میں' if stage else ''} رکی ہے؛ {move}",
        about=_bill(said),
        kind=_going_on(said) or f"{title} کے فراہم کنندہ کا معاملہ معمول سے زیادہ وقت لے رہا ہے",
        todo=_listed(("وہاں عموماً رکاوٹ", (latin(way, 200),) if way else ())),
        ends="بل آگے بڑھے تو اندراج کیجیے: صبح کی فہرست کے ربط سے، یا ترمیم شدہ شیٹ سے۔",
    )


def _cut_off(said: Said) -> Wording:
    back, title = said.fact(labels.MONEY_RETURNS), said.fact(labels.CUT_OFF)
    called = f" ({latin(title, 80)})" if title else ""
    over = _over(said, f"{said_day(said)} کی آخری تاریخ{called} اب رکاوٹ نہیں؛ {became(said) or 'بل اس سے آگے ہے'}")
    returns = f"، رقم دوبارہ {day_written(back)} سے" if back else ""
    missed = "آخری تاریخ نکل گئی" if said.is_past else "آخری تاریخ تک نہیں پہنچ سکے گا"
    what = f"{_bill(said)}: {said_day(said)} کی {missed}{returns}"
    return Wording(
        word="موقع گیا" if said.is_past else "موقع جا رہا ہے",
        subject=over or what,
        lead=(f"{over}۔",)
        if over
        else (f"{what}۔{f' آخری تاریخ: {latin(title, 80)}۔' if title else ''}", _goes_dark(said)),
        lay=over or f"{_title(said)}، {_bill(said)}: {said_day(said)} کی {missed}{returns}",
        about=_bill(said),
        kind=_going_on(said) or f"{_title(said)} کے فراہم کنندہ کا معاملہ {said_day(said)} تک شاید طے نہ ہو",
        todo=_listed(("اب بھی کیا ہو سکتا ہے", () if said.is_past else _STILL_POSSIBLE)),
        ends="بل کافی آگے بڑھ جائے یا ادا ہو جائے تو یہ یاد دہانی ختم ہو جائے گی۔",
    )


def _payee(said: Said) -> Wording:
    who, why = _vendor(said), said.fact(labels.BLOCK)
    because = f": {block_in_urdu(why)}" if why else ""
    cannot = "کو ادائیگی نہیں ہو سکتی" if said.is_blocked else "کو ادائیگی شاید نہ ہو سکے"
    word = "ادائیگی بند" if said.is_blocked else "شبہ"
    over, proof = _unblocked(said, who), f" ثبوت: {latin(said.lifted_by, 200)}۔" if said.lifted_by else ""
    return Wording(
        word=f"{word} (جاری)" if said.is_told_again or said.is_turn else word,
        subject=over or f"{who} {cannot}{because}",
        lead=(f"{over}۔{' جو بل رکے ہیں انہیں آگے بڑھائیے۔' if said.is_payable_again else ''}{proof}",)
        if over
        else (f"{who} {cannot}{because}۔", _goes_dark(said)),
        lay=over or f"{_title(said)} کے فراہم کنندہ {who} {cannot}",
        about=who if said.is_over else f"{who} {cannot}",
        kind=(_settled(said) if said.is_payable_again else _going_on(said))
        or f"{_title(said)} کے فراہم کنندہ کا معاملہ طے نہیں ہوا",
        todo=_listed(("دوسرے راستے، اسی ترتیب سے", _OTHER_WAYS)),
        ends="رکاوٹ دور ہونے کا ثبوت درج ہو تو یہ ختم ہو جائے گا۔",
    )


def _unblocked(said: Said, who: str) -> str:
    """Of one reason that is over; "" while it stands."""
    if not said.is_over:
        return ""
    lasted = span((said.scene.incident.closed_at or said.scene.event.at) - said.scene.incident.since)
    if said.is_payable_again:
        return f"{who} کو {lasted} بعد پھر ادائیگی ہو سکتی ہے"
    why = said.fact(labels.BLOCK)
    what = f" ({block_in_urdu(why)})" if why else ""
    return f"{who}: ایک رکاوٹ {lasted} بعد دور ہو گئی{what}؛ دیکھ لیجیے کہ کوئی اور رکاوٹ تو نہیں"


def _outage(said: Said) -> Wording:
    title, when, safe = _title(said), _window(said), _safe(said)
    bill = f": {_bill(said)} ادا نہیں ہوا" if said.amount and said.vendor else ""
    service, estate = said.scene.service, said.scene.directory.estate
    meanwhile = (service.advice_urdu if service else "") or estate.advice_urdu
    days = None if said.at is None else said.scene.working_days_until(said.at)
    left = f"پہلے دن تک {days} دفتری دن باقی ہیں۔" if days and days > 0 else ""
    return Wording(
        word="کسی بھی دن" if said.is_past else "پیشگی اطلاع",
        subject=safe or f"{title} کی سروس {when} بند ہو سکتی ہے{bill}",
        lead=(f"{safe}۔",)
        if safe
        else (f"فراہم کنندہ {title} کی سروس {when} بند کر سکتا ہے{bill}۔", _goes_dark(said), left),
        lay=safe or f"{title} کی سروس {when} بند ہو سکتی ہے، اگر اس سے پہلے بل ادا نہ ہوا",
        about=_bill(said) if said.amount and said.vendor else "",
        kind=safe or f"{title} کی سروس {when} بند ہو سکتی ہے، اگر اس سے پہلے فراہم کنندہ کا معاملہ طے نہ ہوا",
        brief=safe or f"{title} کی سروس {when} بند ہو سکتی ہے",
        left=left,
        ahead=_listed(
            ("اس سے پہلے کیا محفوظ کرنا ہے", () if safe else (_SAVE,)),
            ("اگر سروس پھر بھی بند ہو جائے", () if safe or not meanwhile else (name(meanwhile, 1000),)),
        ),
        ends="فراہم کنندہ رقم ملنے کی تصدیق کر دے تو یہ ختم ہو جائے گا؛ اس کی دی ہوئی مہلت تاریخ آگے کر دیتی ہے۔",
    )


_KINDS: Final = {STAGES: _stage, CUT_OFFS: _cut_off, PAYEES: _payee, OUTAGES: _outage, CONTRACTS: contract_in_urdu}


# Parts ---------------------------------------------------------------------------------------------------------------


def _told(said: Said, first: str, again: str) -> str:
    return again if said.is_told_again else first


def _late(said: Said) -> str:
    return "تاخیر جاری" if said.is_late_again else "تاخیر"


def _title(said: Said) -> str:
    return name(said.scene.title, 80)


def _vendor(said: Said) -> str:
    return name(said.vendor or said.scene.subject, 80)


def _bill(said: Said) -> str:
    if not (said.amount and said.vendor):
        return latin(said.scene.summary, 200)
    number = f"بل {latin(said.bill, 60)}، " if said.bill else ""
    return f"{number}{_vendor(said)} کو {money(said.amount).partition(' (')[0]}"


def _stage_name(said: Said) -> str:
    return stage_in_urdu(said.fact(labels.STAGE))


def _goes_dark(said: Said) -> str:
    written = said.fact(labels.GOES_DARK_FOR)
    whom = people_written(written) if written else people(said.scene.hit)
    return (
        ""
        if said.is_over or not whom
        else f"بروقت ادائیگی نہ ہوئی تو {_title(said)} کی سروس ان کے لیے بند ہو گی: {whom}۔"
    )


def _window(said: Said) -> str:
    first, last = said.fact(labels.CUT_OFF_FROM), said.fact(labels.CUT_OFF_UNTIL)
    if said.is_past:
        is_ahead = last and last != first and not is_behind(last, said)
        return f"اب کسی بھی دن، زیادہ سے زیادہ {day_written(last)} تک،" if is_ahead else "کسی بھی دن"
    start = said_day(said)
    return f"{start} اور {day_written(last)} کے درمیان" if last and last != first else f"{start} کو"


def _safe(said: Said) -> str:
    deadline = said.scene.incident.deadline
    if not said.is_over:
        return ""
    if deadline is not None and (moved_to(said.scene, deadline)):
        return f"{_title(said)} کی سروس بند ہونے کا پہلا ممکنہ دن اب {said_day(said)} ہے"
    if said.will_be_in_time:
        return f"{_title(said)} کا معاملہ غالباً بروقت طے ہو جائے گا"
    if said.is_lost_sight_of:
        return f"{_title(said)} اب زیرِ نگرانی نہیں؛ معاملہ طے ہونے کا کوئی اندراج نہیں"
    if said.is_past:
        return f"{_title(said)} کا معاملہ طے ہو گیا؛ اس کی وجہ سے کچھ بند ہوا تھا تو اب بحال ہو جانا چاہیے"
    return f"{_title(said)} کا معاملہ طے ہو گیا، سروس بند کرنے کی کوئی وجہ نہیں رہی"


def _settled(said: Said) -> str:
    return f"{_title(said)} کے فراہم کنندہ کا معاملہ طے ہو گیا ہے" if said.is_over else ""


def _going_on(said: Said) -> str:
    return f"{_title(said)} کے فراہم کنندہ کا معاملہ آگے بڑھ رہا ہے" if said.is_over else ""


def _over(said: Said, what: str) -> str:
    if not said.is_over:
        return ""
    deadline = said.scene.incident.deadline
    if deadline is not None and moved_to(said.scene, deadline):
        return f"{_bill(said)}: پھر سے وقت پر، اگلی تاریخ {said_day(said)}"
    return f"{_bill(said)}: {what}"


def _listed(*sections: tuple[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(title, lines) for title, lines in sections if lines]
