"""From an event to words: subject, text, and the same facts one by one."""

from collections.abc import Mapping

from alerts.concern import BILLS, STAGES, as_reader
from alerts.directory import Directory
from alerts.incident import EventKind, IncidentEvent
from alerts.message import Message
from alerts.route import Audience, Language, Receiver
from alerts.words.bidi import shown
from alerts.words.blocks import Draft
from alerts.words.body import body, in_short, incident_url
from alerts.words.department import department_draft
from alerts.words.deserted import with_desertion
from alerts.words.escape import one_line, visible
from alerts.words.finance import finance_draft
from alerts.words.framed import MAX_SUBJECT_CHARS, safe_fields
from alerts.words.html import html
from alerts.words.money.drafts import money_draft
from alerts.words.money.said import has_words
from alerts.words.money.urdu_drafts import urdu_money_draft
from alerts.words.plain import plain
from alerts.words.played import as_played, drill_fields
from alerts.words.replies import with_replies
from alerts.words.scene import Scene
from alerts.words.secretary import secretary_draft
from alerts.words.sms import fitted
from alerts.words.subject import subject
from alerts.words.unpaid import unpaid
from alerts.words.urdu.drafts import urdu_draft
from checks.billing.labels import STAGE


def render(event: IncidentEvent, receiver: Receiver, directory: Directory) -> Message:
    """What `receiver` is told of `event`, in its audience's words and its language, for every medium."""
    scene = Scene(event=event, receiver=as_reader(receiver, event.incident, directory), directory=directory)
    draft, language = as_played(with_desertion(_draft(scene), scene), scene), receiver.language
    blocks = with_replies(draft, scene)
    line = shown(draft.subject) if language is Language.URDU else one_line(draft.subject, MAX_SUBJECT_CHARS)
    return Message(
        subject=line,
        text=plain(blocks, language),
        event=event.kind,
        check=one_line(event.incident.check_id),
        incident=visible(event.incident.id),
        fields=_fields(scene),
        language=language,
        html=html(line, blocks, language),
        short=fitted(draft.short),
    )


def _draft(scene: Scene) -> Draft:
    if scene.receiver.language is Language.URDU:
        return urdu_money_draft(scene) if has_words(scene) else urdu_draft(scene)
    if has_words(scene):
        return money_draft(scene)
    match scene.receiver.audience:
        case Audience.ON_CALL:
            return Draft(subject=subject(scene), blocks=body(scene), short=in_short(scene))
        case Audience.FINANCE:
            return finance_draft(scene)
        case Audience.DEPARTMENT:
            return department_draft(scene)
        case Audience.SECRETARY:
            return secretary_draft(scene)


def _fields(scene: Scene) -> Mapping[str, str]:
    incident, deadline = scene.incident, scene.incident.deadline
    return safe_fields(
        {
            "event": scene.event.kind.value,
            "service": incident.service,
            "check": incident.check_id,
            "kind": incident.kind,
            "subject": incident.subject,
            "nature": incident.nature.value,
            "severity": incident.severity.value,
            "cause": incident.cause.value,
            "summary": incident.summary,
            "changed": incident.changed,
            "opened_at": incident.opened_at.isoformat(),
            "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
            "close_reason": incident.close_reason,
            "deadline_at": deadline.at.isoformat() if deadline else None,
            "act_by": deadline.act_by.isoformat() if deadline and deadline.act_by else None,
            "probably_unpaid": unpaid(scene),
            "stage": dict(incident.facts).get(STAGE) if incident.kind in {BILLS, STAGES} else None,
            "also_down": _checks(scene, still=False),
            "still_down": _checks(scene, still=True),
            "incident": incident.id,
            "url": incident_url(scene),
            **drill_fields(incident.drill),
        }
    )


def _checks(scene: Scene, *, still: bool) -> str:
    """What fails because of it; at its end, what fails `still`."""
    if still is not (scene.event.kind is EventKind.RESOLVED):
        return ""
    return ", ".join(part.check_id for part in scene.event.parts if part.still_fails or not still)
