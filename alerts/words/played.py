"""A message of a drill says so before all else, in every medium and language: nobody may take it for real."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from alerts.drills.drill import Drill
from alerts.incident import EventKind
from alerts.route import Audience, Language
from alerts.words.bidi import latin
from alerts.words.blocks import Draft, Text
from alerts.words.drill_over import over_draft
from alerts.words.escape import one_line
from alerts.words.scene import Scene
from alerts.words.urdu.wording import moment as urdu_moment
from checks.wording import local

#: The first word of every subject, text and SMS of a drill.
DRILL_WORDS: Final[Mapping[Language, str]] = {Language.ENGLISH: "DRILL", Language.URDU: "مشق"}

#: Of whoever started it, in an SMS.
_SHORT_NAME: Final = 20


def as_played(draft: Draft, scene: Scene) -> Draft:
    """`draft` with the mark before its subject, its text and its SMS; as it is where nothing is played. The end has
    words of its own.
    """
    drill = scene.incident.drill
    if drill is None:
        return draft
    if scene.event.kind is EventKind.RESOLVED:
        return over_draft(scene, drill)
    language = scene.receiver.language
    word = DRILL_WORDS[language]
    is_urdu = language is Language.URDU
    what, *rest = draft.short or ("",)
    brief = f"{word}{_urdu_brief(drill, scene) if is_urdu else _english_brief(drill, scene)} {what}"
    said = _urdu(drill, scene) if is_urdu else _english(drill, scene)
    return replace(
        draft,
        subject=f"{word} {draft.subject}",
        blocks=(Text((f"{word}{said}",)), *draft.blocks),
        short=(brief.strip(), *rest),
    )


def what_ends_it(drill: Drill, scene: Scene) -> str:
    """Of a bill that is played: nothing is paid, and nothing written down."""
    if scene.receiver.language is Language.URDU:
        return f"یہ مشق کے ساتھ خود ختم ہو گی: {urdu_moment(drill.ends_at, scene.zone)}۔ کچھ ادا یا درج نہ کیجیے۔"
    return f"The end of the drill, at {scene.moment(drill.ends_at)}. Pay nothing, and write nothing down."


def drill_fields(drill: Drill | None) -> Mapping[str, str | None]:
    """The mark among the facts of a message, for whoever reads those alone."""
    if drill is None:
        return {}
    return {"drill": drill.kind.value, "drill_by": drill.by, "drill_ends_at": drill.ends_at.isoformat()}


def _english_brief(drill: Drill, scene: Scene) -> str:
    """For an SMS, whose first words alone are sure to be read: a drill is over within hours, so it needs no day."""
    return f" by {one_line(drill.by, _SHORT_NAME)}, ends by itself {_clock(drill, scene)}: pay and mend nothing."


def _urdu_brief(drill: Drill, scene: Scene) -> str:
    return f"، از {latin(drill.by, _SHORT_NAME)}، {_clock(drill, scene)} تک: نہ کچھ ادا کریں نہ ٹھیک کریں۔"


def _clock(drill: Drill, scene: Scene) -> str:
    return f"{local(drill.ends_at, scene.zone):%H:%M}"


def _english(drill: Drill, scene: Scene) -> str:
    begun = f", started by {one_line(drill.by, 80)}: none of this is real"
    end = f"It ends by itself at {scene.moment(drill.ends_at)}."
    if scene.receiver.audience is Audience.DEPARTMENT:
        return f"{begun}, and it asks nothing of you. {end}"
    return (
        f"{begun}. Pay nothing and mend nothing for it; answer as you would if it were so, since what is asked is who "
        f"answers, and how soon. {end}"
    )


def _urdu(drill: Drill, scene: Scene) -> str:
    begun = f"، شروع کرنے والے: {latin(drill.by, 80)}۔ یہ سب فرضی ہے"
    end = f"مشق خود ختم ہو گی: {urdu_moment(drill.ends_at, scene.zone)}۔"
    if scene.receiver.audience is Audience.DEPARTMENT:
        return f"{begun}، اور آپ سے کچھ نہیں چاہتا۔ {end}"
    return (
        f"{begun}۔ اس کے لیے نہ کچھ ادا کیجیے نہ ٹھیک کیجیے؛ جواب ویسے ہی دیجیے جیسے یہ سچ ہو، کیونکہ دیکھا یہ جا"
        f" رہا ہے کہ کون اور کتنی دیر میں جواب دیتا ہے۔ {end}"
    )
