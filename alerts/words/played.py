"""A message of a drill says so before all else, in every medium and language: nobody may take it for real."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from alerts.drills.drill import Drill
from alerts.incident import EventKind
from alerts.route import Audience, Language
from alerts.words.bidi import latin
from alerts.words.blocks import Draft, Text
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.urdu.wording import moment as urdu_moment

#: The first word of every subject, text and SMS of a drill.
DRILL_WORDS: Final[Mapping[Language, str]] = {Language.ENGLISH: "DRILL", Language.URDU: "مشق"}

_ENGLISH_SHORT: Final = "nothing is wrong."
_URDU_SHORT: Final = "کوئی خرابی نہیں۔"


def as_played(draft: Draft, scene: Scene) -> Draft:
    """`draft` with the mark before its subject, its text and its SMS; as it is where nothing is played."""
    drill = scene.incident.drill
    if drill is None:
        return draft
    language = scene.receiver.language
    word = DRILL_WORDS[language]
    is_urdu = language is Language.URDU
    what, *rest = draft.short or ("",)
    brief = f"{word}، {_URDU_SHORT} {what}" if is_urdu else f"{word}, {_ENGLISH_SHORT} {what}"
    said = _urdu(drill, scene) if is_urdu else _english(drill, scene)
    return replace(
        draft,
        subject=f"{word} {draft.subject}",
        blocks=(Text((f"{word}{said}",)), *draft.blocks),
        short=(brief.strip(), *rest),
    )


def drill_fields(drill: Drill | None) -> Mapping[str, str | None]:
    """The mark among the facts of a message, for whoever reads those alone."""
    if drill is None:
        return {}
    return {"drill": drill.kind.value, "drill_by": drill.by, "drill_ends_at": drill.ends_at.isoformat()}


def _english(drill: Drill, scene: Scene) -> str:
    if scene.event.kind is EventKind.RESOLVED:
        return " over: nothing was wrong, and nothing is to be done."
    begun = f", started by {one_line(drill.by, 80)}: nothing is wrong"
    end = f"It ends by itself at {scene.moment(drill.ends_at)}."
    if scene.receiver.audience is Audience.DEPARTMENT:
        return f"{begun}, and nothing is to be done. {end}"
    return (
        f"{begun}. Pay nothing and mend nothing; answer as you would if it were so, since what is asked is who "
        f"answers, and how soon. {end}"
    )


def _urdu(drill: Drill, scene: Scene) -> str:
    if scene.event.kind is EventKind.RESOLVED:
        return " ختم: کوئی خرابی نہیں تھی، کچھ کرنے کی ضرورت نہیں۔"
    begun = f"، شروع کرنے والے: {latin(drill.by, 80)}۔ کوئی خرابی نہیں"
    end = f"مشق خود ختم ہو گی: {urdu_moment(drill.ends_at, scene.zone)}۔"
    if scene.receiver.audience is Audience.DEPARTMENT:
        return f"{begun}، کچھ کرنے کی ضرورت نہیں۔ {end}"
    return (
        f"{begun}۔ نہ کچھ ادا کیجیے نہ ٹھیک کیجیے؛ جواب ویسے ہی دیجیے جیسے یہ سچ ہو، کیونکہ دیکھا یہ جا رہا ہے کہ کون"
        f" اور کتنی دیر میں جواب دیتا ہے۔ {end}"
    )
