"""An event in Urdu, for each audience what it needs: the same order as in English."""

from typing import Final

from alerts.incident import EventKind, Nature
from alerts.route import Audience
from alerts.words.bidi import address, latin, name
from alerts.words.blocks import Block, Draft, Quote, Row, Rows, Text, Titled
from alerts.words.due import moved_to
from alerts.words.escape import one_line
from alerts.words.lay import page_of
from alerts.words.placeholders import replaced
from alerts.words.played import what_ends_it
from alerts.words.scene import Scene
from alerts.words.urdu.bill import bill_in_subject, bill_rows, settled_rows
from alerts.words.urdu.catalogue import USUAL_ADVICE
from alerts.words.urdu.ladder import next_reminder
from alerts.words.urdu.telling import Urdu
from alerts.words.urdu.wording import listed, moment, users

_WHAT_ENDS_IT: Final = (
    "ادائیگی کا دن اور اس کا ثبوت، مثلاً فراہم کنندہ کی رسید کا نمبر، بل کے ساتھ درج کیجیے۔ صرف رقم بھیج دینا کافی نہیں۔"
)


def urdu_draft(scene: Scene) -> Draft:
    urdu = Urdu(scene)
    match scene.receiver.audience:
        case Audience.ON_CALL:
            return _on_call(urdu)
        case Audience.FINANCE:
            return _finance(urdu)
        case Audience.DEPARTMENT:
            return _department(urdu)
        case Audience.SECRETARY:
            return _secretary(urdu)


def _on_call(urdu: Urdu) -> Draft:
    if urdu.event.kind is EventKind.RESOLVED:
        blocks = [_text(_end_of(urdu), urdu.not_over()), _others(urdu), _footnote(urdu, is_technical=True)]
        return _draft(urdu, _about(urdu), blocks, (_end_of(urdu),))
    what = _what(urdu, urdu.cause)
    blocks = [
        _text(urdu.preface, urdu.unpaid(), what),
        _text(urdu.also_down()),
        _text(urdu.since()),
        _rows(bill_rows(urdu)),
        _hit(urdu),
        _runbook(urdu),
        _what_ends_it(urdu),
        _others(urdu),
        _text(next_reminder(urdu)),
        _details(urdu),
        Quote("ثبوت", urdu.incident.evidence) if urdu.incident.evidence.strip() else None,
        _footnote(urdu, is_technical=True),
    ]
    return _draft(urdu, _about(urdu, urdu.cause), blocks, _in_short(urdu, what))


def _finance(urdu: Urdu) -> Draft:
    if urdu.event.kind is EventKind.RESOLVED:
        return _draft(urdu, _about(urdu), _finance_ended(urdu), (_end_of(urdu),))
    what = _what(urdu, urdu.lay_cause)
    vendor = urdu.scene.vendor
    rows = bill_rows(urdu) or ([("فراہم کنندہ", name(vendor.name, 80))] if vendor else [])
    blocks = [
        _text(urdu.preface, urdu.unpaid(), what),
        _text(urdu.also_down()),
        _text(urdu.since()),
        _rows(rows),
        _hit(urdu),
        _what_ends_it(urdu),
        _others(urdu),
        _text(next_reminder(urdu)),
        _footnote(urdu),
    ]
    return _draft(urdu, _about(urdu, urdu.lay_cause), blocks, _in_short(urdu, what))


def _department(urdu: Urdu) -> Draft:
    if urdu.event.kind is EventKind.RESOLVED:
        blocks = [_text(urdu.ended()), _text(urdu.not_over_for_departments() or "آپ کے صبر کا شکریہ۔")]
        return _draft(urdu, urdu.title, blocks, (urdu.ended(),))
    is_fault = urdu.incident.nature is Nature.FAULT
    advice, more = _advice(urdu), _MORE[urdu.incident.nature]
    blocks = [
        _text(urdu.preface, urdu.state(urdu.kind_cause)),
        _text(urdu.since()),
        Titled("اس دوران آپ کیا کر سکتے ہیں", (advice,)) if is_fault else None,
        _text(more),
    ]
    short = (urdu.state(urdu.kind_cause), urdu.since(), " ".join(advice.split("\n")) if is_fault else "", more)
    return _draft(urdu, urdu.title, blocks, short)


def _secretary(urdu: Urdu) -> Draft:
    is_over = urdu.event.kind is EventKind.RESOLVED
    what = (
        urdu.ended()
        if is_over
        else " ".join(filter(None, (urdu.state(urdu.lay_cause), urdu.blocked(), urdu.since(), urdu.unpaid())))
    )
    whom = urdu.whom()
    hit = f"متعلقہ محکمے: {whom}۔" if whom else "" if is_over else _nobody_known(urdu)
    who = (urdu.not_over() or "اب کسی کو مزید کچھ نہیں کرنا۔") if is_over else urdu.in_hand()
    preface = urdu.preface if urdu.event.kind is EventKind.TEST else ""
    about = f"{urdu.title}، {users(urdu.scene.users)}" if urdu.scene.users else urdu.title
    about = f"{urdu.bill()}: {about}" if urdu.is_bill else about
    return _draft(urdu, about, [_text(preface, what, hit, who)], (what, _users(urdu), who))


def _nobody_known(urdu: Urdu) -> str:
    return "کوئی محکمہ اس سے وابستہ درج نہیں۔" if urdu.scene.service else "متعلقہ محکمے ابھی معلوم نہیں۔"


def _finance_ended(urdu: Urdu) -> list[Block | None]:
    return [_text(_end_of(urdu), urdu.not_over()), _settled(urdu), _footnote(urdu)]


_MORE: Final[dict[Nature, str]] = {
    Nature.FAULT: "اس پر کام ہو رہا ہے۔ سروس بحال ہونے پر آپ کو اطلاع دی جائے گی۔",
    Nature.STALENESS: "جیسے ہی معلوم ہو گا آپ کو اطلاع دی جائے گی۔",
    Nature.DEADLINE: "آپ کو کچھ کرنے کی ضرورت نہیں۔ تاریخ قریب آنے پر یا معاملہ طے ہونے پر اطلاع دی جائے گی۔",
    Nature.CHANGE: "آپ کو کچھ کرنے کی ضرورت نہیں۔ اگر کوئی چیز پہلے کی طرح کام نہ کرے تو ہمیں بتائیے۔",
}


# Parts ---------------------------------------------------------------------------------------------------------------


def _draft(urdu: Urdu, about: str, blocks: list[Block | None], short: tuple[str, ...]) -> Draft:
    kept = [block for block in blocks if block is not None]
    first, *rest = short
    return Draft(
        subject=f"{urdu.first_word}: {about}", blocks=kept, short=(f"{urdu.first_word}: {first}", *filter(None, rest))
    )


def _text(*paragraphs: str) -> Block | None:
    kept = tuple(filter(None, paragraphs))
    return Text(kept) if kept else None


def _rows(rows: list[Row]) -> Block | None:
    return Rows(tuple(rows)) if rows else None


def _in_short(urdu: Urdu, what: str) -> tuple[str, ...]:
    deadline = urdu.incident.deadline
    if urdu.is_bill and deadline is not None:
        return *urdu.bill_in_short(deadline), _users(urdu)
    return what, urdu.unpaid(), urdu.since(), _users(urdu)


def _about(urdu: Urdu, cause: str = "") -> str:
    """Behind the first word of a subject: the bill with its day, or the thing and its cause."""
    deadline = urdu.incident.deadline
    if urdu.is_bill and deadline is not None and urdu.event.kind is not EventKind.RESOLVED:
        return bill_in_subject(urdu, deadline)
    if urdu.is_bill:
        return urdu.bill()
    is_plain = urdu.event.kind is EventKind.RESOLVED or urdu.incident.nature is Nature.DEADLINE or not cause
    return urdu.title if is_plain else f"{urdu.title}: {cause}"


def _what(urdu: Urdu, why: str) -> str:
    deadline = urdu.incident.deadline
    if urdu.is_bill and deadline is not None:
        return f"{urdu.bill_state(deadline)} {urdu.cut_off(deadline)}".strip()
    return urdu.state(why)


def _end_of(urdu: Urdu) -> str:
    return urdu.bill_ended() if urdu.is_bill else urdu.ended()


def _settled(urdu: Urdu) -> Block | None:
    deadline = urdu.incident.deadline
    is_moved = deadline is not None and moved_to(urdu.scene, deadline)
    return None if is_moved else _rows(settled_rows(urdu))


def _hit(urdu: Urdu) -> Block | None:
    whom = "" if bill_rows(urdu) else urdu.whom()
    return _text(f"متعلقہ محکمے: {whom}۔" if whom else "")


def _users(urdu: Urdu) -> str:
    return f"متاثر: {users(urdu.scene.users)}۔" if urdu.scene.users else ""


def _runbook(urdu: Urdu) -> Block | None:
    """In the words that somebody wrote, whatever their language."""
    service = urdu.scene.service
    of_check = urdu.scene.directory.runbooks.get(urdu.incident.check_id, "")
    is_fault = urdu.incident.nature in {Nature.FAULT, Nature.STALENESS}
    texts = dict.fromkeys((of_check, service.runbook if service and is_fault else ""))
    lines = [name(line, 400) for text in texts for line in text.split("\n")]
    return Titled("کیا کرنا ہے", tuple(filter(None, lines))) if any(lines) else None


def _what_ends_it(urdu: Urdu) -> Block | None:
    drill = urdu.incident.drill
    said = _WHAT_ENDS_IT if drill is None else what_ends_it(drill, urdu.scene)
    return Titled("یاد دہانی کیسے ختم ہو گی", (said,)) if urdu.is_bill else None


def _others(urdu: Urdu) -> Block | None:
    told = listed([name(other, 80) for other in urdu.scene.others])
    return _text(f"یہ اطلاع ان کو بھی بھیجی جا رہی ہے: {told}۔" if told else "")


def _details(urdu: Urdu) -> Block:
    """What the check said, word for word: a machine's words stay in its language."""
    facts = [] if urdu.is_bill else urdu.incident.facts[:24]
    said = [urdu.scene.summary, *(f"{label}: {value}" for label, value in facts if value)]
    return Quote("جانچ کے الفاظ", "\n".join(one_line(line, 160) for line in said))


def _footnote(urdu: Urdu, *, is_technical: bool = False) -> Block:
    incident, url = urdu.incident, page_of(urdu.scene)
    rows = [("واقعہ", latin(incident.id))]
    if is_technical:
        rows += [("جانچ", latin(f"{incident.check_id} ({incident.kind})")), ("موضوع", latin(incident.subject))]
    if url:
        rows.append(("صفحہ", address(url)))
    return Rows(tuple(rows), is_footnote=True, link=url or "")


def _advice(urdu: Urdu) -> str:
    """In words of the office's own where there are such in Urdu."""
    scene, vendor = urdu.scene, urdu.scene.vendor
    own = scene.service.advice_urdu if scene.service else ""
    said = {
        "service": urdu.title,
        "since": moment(urdu.incident.since, scene.zone),
        "vendor": name(vendor.name, 80) if vendor else "فراہم کنندہ",
        "departments": urdu.whom() or "نامعلوم",
        "users": f"{scene.users:,}",
        "estate": name(scene.directory.estate.name, 80),
    }
    written = own or scene.directory.estate.advice_urdu
    return replaced(one_line(written, 1000), said) if written else USUAL_ADVICE
