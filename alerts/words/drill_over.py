"""The end of a drill: that it is over, and nothing of how the real service is, which may be down all the while."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from alerts.drills.drill import Drill, DrillKind
from alerts.incident import EventKind, Incident, IncidentEvent, Nature
from alerts.route import Audience, Language
from alerts.words.bidi import address, latin, name
from alerts.words.blocks import Block, Draft, Rows, Text
from alerts.words.escape import one_line, visible
from alerts.words.lay import page_of, state_of
from alerts.words.scene import Scene
from alerts.words.subject import fault_word
from alerts.words.urdu.telling import Urdu
from alerts.words.urdu.wording import moment as urdu_moment
from alerts.words.urdu.wording import span as urdu_span
from alerts.words.wording import span
from checks.billing.labels import SERVICE

#: Named one by one; the rest are counted.
_MOST_NAMED: Final = 3

#: Those who can look an incident up.
_WITH_IDS: Final = frozenset({Audience.ON_CALL, Audience.FINANCE, Audience.SECRETARY})


def over_draft(scene: Scene, drill: Drill) -> Draft:
    """Its words beginning with the mark of a drill, for whatever audience."""
    return _urdu(scene, drill) if scene.receiver.language is Language.URDU else _english(scene, drill)


def _english(scene: Scene, drill: Drill) -> Draft:
    title = _title(scene, drill)
    is_bill = drill.kind is DrillKind.BILL
    about = f"the made-up bill for {title}" if is_bill else title
    nothing = f"it says nothing of {f'the real bills of {title}' if is_bill else f'how {title} really is'}."
    first = next((f": {_still_open(one, scene)}" for one in scene.event.real), "")
    subject = f"DRILL OVER {about}{first}"
    told = (f"DRILL over. That is all this message says: {nothing}", *_real_sentences(scene))
    return Draft(
        subject=subject,
        blocks=[Text(told), Text((_played(scene, drill),)), *_footnote(scene, "Drill", "Page")],
        short=(f"{subject}.", f"{nothing[0].upper()}{nothing[1:]}"),
    )


def _urdu(scene: Scene, drill: Drill) -> Draft:
    title = name(_title(scene, drill), 80)
    is_bill = drill.kind is DrillKind.BILL
    about = f"{title} کا فرضی بل" if is_bill else title
    nothing = f"{title} {'کے اصل بلوں' if is_bill else 'کی اصل حالت'} کے بارے میں یہ کچھ نہیں بتاتا۔"
    first = next((f"؛ {_urdu_still_open(one, scene)}" for one in scene.event.real), "")
    subject = f"مشق ختم: {about}{first}"
    told = (f"مشق ختم ہوئی۔ یہ پیغام صرف یہی بتاتا ہے؛ {nothing}", *_urdu_real_sentences(scene))
    return Draft(
        subject=subject,
        blocks=[Text(told), Text((_urdu_played(scene, drill),)), *_footnote(scene, "مشق", "صفحہ")],
        short=(f"{subject}۔", nothing),
    )


def _title(scene: Scene, drill: Drill) -> str:
    """Of the service that was played with: the routes of a drill of a bill may be those of a check of another."""
    said = dict(scene.incident.facts).get(SERVICE, "") if drill.kind is DrillKind.BILL else ""
    return one_line(said, 80) or scene.title


def _footnote(scene: Scene, drill: str, page: str) -> list[Block]:
    """For whoever looks things up."""
    if scene.receiver.audience not in {Audience.ON_CALL, Audience.FINANCE}:
        return []
    is_urdu, url = scene.receiver.language is Language.URDU, page_of(scene)
    rows = [(drill, latin(scene.incident.id) if is_urdu else visible(scene.incident.id))]
    if url:
        rows.append((page, address(url) if is_urdu else url))
    return [Rows(tuple(rows), is_footnote=True, link=url or "")]


def _lasted(scene: Scene) -> timedelta:
    return (scene.incident.closed_at or scene.event.at) - scene.incident.opened_at


def _played(scene: Scene, drill: Drill) -> str:
    incident, by = scene.incident, scene.event.by
    stopped = f", stopped by {one_line(by, 80)}" if by else ""
    ran = scene.period(incident.opened_at, incident.closed_at or scene.event.at)
    return f"It ran {ran}, {span(_lasted(scene))}, started by {one_line(drill.by, 80)}{stopped}."


def _urdu_played(scene: Scene, drill: Drill) -> str:
    begun, by = urdu_moment(scene.incident.opened_at, scene.zone), scene.event.by
    stopped = f"؛ روکنے والے: {latin(by, 80)}" if by else ""
    return f"آغاز: {begun}، دورانیہ: {urdu_span(_lasted(scene))}۔ شروع کرنے والے: {latin(drill.by, 80)}{stopped}۔"


# What is real ---------------------------------------------------------------------------------------------------------


def _real_sentences(scene: Scene) -> Iterator[str]:
    for one in scene.event.real[:_MOST_NAMED]:
        yield f"{_still_open(one, scene)}: {_how(one, scene)}{_named(one, scene)}."
    if (more := len(scene.event.real) - _MOST_NAMED) > 0:
        yield f"{more} more of it {'are' if more > 1 else 'is'} real and still open."


def _still_open(one: Incident, scene: Scene) -> str:
    if one.nature is not Nature.FAULT:
        return "Real and still open"
    return f"{fault_word(_real(one, scene))} since {scene.moment(one.since)} is real and still open"


def _how(one: Incident, scene: Scene) -> str:
    real, is_department = _real(one, scene), scene.receiver.audience is Audience.DEPARTMENT
    if one.nature is Nature.DEADLINE and one.deadline is not None and not is_department:
        return f"{real.summary}, {scene.day(one.deadline.at)}"
    return state_of(real, blames=not is_department)


def _named(one: Incident, scene: Scene) -> str:
    return f" (incident {visible(one.id)})" if scene.receiver.audience in _WITH_IDS else ""


def _urdu_real_sentences(scene: Scene) -> Iterator[str]:
    for one in scene.event.real[:_MOST_NAMED]:
        named = f" ({latin(one.id)})" if scene.receiver.audience in _WITH_IDS else ""
        yield f"{_urdu_still_open(one, scene)}{named}: {Urdu(_real(one, scene)).state()}"
    if (more := len(scene.event.real) - _MOST_NAMED) > 0:
        yield f"اس کے علاوہ {more} اور اصل واقعات بھی ابھی باقی ہیں۔"


def _urdu_still_open(one: Incident, scene: Scene) -> str:
    if one.nature is not Nature.FAULT:
        return "ایک اصل معاملہ ابھی باقی ہے"
    return f"اصل خرابی {urdu_moment(one.since, scene.zone)} سے جاری ہے"


def _real(one: Incident, scene: Scene) -> Scene:
    """As it was first told of."""
    return replace(scene, event=IncidentEvent(id="", kind=EventKind.OPENED, at=scene.event.at, incident=one))
