"""A matter of money as each audience reads it in Urdu: the same order as in English."""

from collections.abc import Sequence
from typing import Final

from alerts.concern import OUTAGES, PAYEES
from alerts.incident import EventKind
from alerts.route import Audience
from alerts.words.bidi import address, latin, name
from alerts.words.blocks import Block, Draft, Quote, Row, Rows, Text, Titled
from alerts.words.escape import one_line
from alerts.words.lay import page_of
from alerts.words.money.said import Said, Wording
from alerts.words.money.urdu import wording_of
from alerts.words.money.urdu_rows import AT_THE_END, STANDING, rows_in_urdu
from alerts.words.scene import Scene
from alerts.words.urdu.catalogue import FIRST_WORDS
from alerts.words.urdu.ladder import next_reminder
from alerts.words.urdu.telling import Urdu
from alerts.words.urdu.wording import listed, users
from checks.billing import labels

_MAX_FACTS: Final = 24
_NOT_PAID_YET: Final = "ابھی ادائیگی نہیں ہوئی؛ جس میز پر ہے وہاں تاخیر ہو تو اطلاع دی جائے گی۔"
_MORE: Final = "ممکن ہے ایسا نہ ہو۔ تاریخ قریب آنے پر اور معاملہ ختم ہونے پر اطلاع دی جائے گی۔"
_NOTHING: Final = "آپ کو کچھ کرنے کی ضرورت نہیں۔ تاریخ قریب آنے پر یا معاملہ طے ہونے پر اطلاع دی جائے گی۔"
_OVER: Final = "ختم"


def urdu_money_draft(scene: Scene) -> Draft:
    said, urdu = Said(scene), Urdu(scene)
    words = wording_of(said)
    match scene.receiver.audience:
        case Audience.ON_CALL | Audience.FINANCE:
            return _to_see_to(said, words, urdu)
        case Audience.DEPARTMENT:
            return _ahead(said, words, urdu)
        case Audience.SECRETARY:
            return _in_three_sentences(said, words, urdu)


def _to_see_to(said: Said, words: Wording, urdu: Urdu) -> Draft:
    scene = said.scene
    subject = f"{_word(said, words)}: {words.subject}"
    others = listed([name(other, 80) for other in scene.others])
    blocks: list[Block | None] = [
        _text(urdu.preface, *words.lead),
        _facts(said),
        *([] if said.is_over else [Titled(title, _numbered(lines)) for title, lines in words.todo]),
        None if said.is_over else _text(words.ends),
        None if said.is_over else _text(next_reminder(urdu)),
        _text(f"یہ اطلاع ان کو بھی بھیجی جا رہی ہے: {others}۔" if others else ""),
        None if said.is_over else _details(scene),
        _footnote(scene),
    ]
    return Draft(subject=subject, blocks=_kept(blocks), short=(f"{subject}۔", *words.lead[1:]))


def _ahead(said: Said, words: Wording, urdu: Urdu) -> Draft:
    word = _OVER if said.is_over else "وقت قریب ہے" if said.is_told_again else "پیشگی اطلاع"
    brief = words.brief or words.kind
    more = _MORE if said.scene.incident.kind == OUTAGES else _NOTHING
    blocks: list[Block | None] = [
        _text(urdu.preface, f"{words.kind}۔", words.left),
        *(Titled(title, tuple(lines)) for title, lines in words.ahead),
        _text("آپ کے صبر کا شکریہ۔" if said.is_over else more),
    ]
    saved = words.ahead[0][1] if words.ahead else ()
    return Draft(subject=f"{word}: {brief}", blocks=_kept(blocks), short=(f"{word}: {brief}۔", *saved))


def _in_three_sentences(said: Said, words: Wording, urdu: Urdu) -> Draft:
    scene, whom = said.scene, urdu.whom()
    over = _NOT_PAID_YET if said.is_unpaid_still else "اب کسی کو مزید کچھ نہیں کرنا۔"
    who = over if said.is_over else urdu.in_hand()
    test = urdu.preface if scene.event.kind is EventKind.TEST else ""
    about = f"{urdu.title}، {users(scene.users)}" if scene.users else urdu.title
    subject = f"{_word(said, words)}: {f'{words.about}: ' if words.about else ''}{about}"
    block = _text(test, f"{words.lay}۔", f"متعلقہ محکمے: {whom}۔" if whom else "", who)
    return Draft(subject=subject, blocks=_kept([block]), short=(f"{_word(said, words)}: {words.lay}۔", who))


def _word(said: Said, words: Wording) -> str:
    kind = said.scene.event.kind
    if kind is EventKind.RESOLVED:
        return _last_word(said)
    is_standing = kind in {EventKind.OPENED, EventKind.REMINDER, EventKind.SEVERITY}
    return words.word if is_standing else FIRST_WORDS.get(kind, words.word)


def _last_word(said: Said) -> str:
    """What people wrote of an objection stands behind the words that tell one."""
    reason = said.scene.incident.close_reason
    if labels.SENT_BACK in reason:
        return "اعتراض کے ساتھ واپس"
    if labels.MONEY_IS_BACK in reason:
        return "پھر قابلِ ادائیگی"
    return "آگے بڑھ گیا" if labels.NOT_PAID_YET in reason else _OVER


def _facts(said: Said) -> Block | None:
    """What the sentences do not say; of an end, what is over."""
    incident = said.scene.incident
    wanted = AT_THE_END if said.is_over else STANDING
    rows = rows_in_urdu(incident.facts, wanted - {"Evidence"} if incident.kind == PAYEES else wanted)
    return Rows(tuple(rows)) if rows else None


def _details(scene: Scene) -> Block:
    """What the check said, word for word, but for what stands in rows."""
    facts = scene.incident.facts[:_MAX_FACTS]
    said = [f"{label}: {value}" for label, value in facts if value and label not in STANDING]
    return Quote("جانچ کے الفاظ", "\n".join(one_line(line, 160) for line in (scene.summary, *said)))


def _footnote(scene: Scene) -> Block:
    url = page_of(scene)
    rows: list[Row] = [("واقعہ", latin(scene.incident.id))]
    if url:
        rows.append(("صفحہ", address(url)))
    return Rows(tuple(rows), is_footnote=True, link=url or "")


def _numbered(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(lines) if len(lines) == 1 else tuple(f"{number}۔ {line}" for number, line in enumerate(lines, start=1))


def _text(*paragraphs: str) -> Block | None:
    kept = tuple(filter(None, paragraphs))
    return Text(kept) if kept else None


def _kept(blocks: Sequence[Block | None]) -> list[Block]:
    return [block for block in blocks if block is not None]
