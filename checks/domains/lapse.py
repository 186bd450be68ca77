"""When a domain lapses: by the date its registry states, by the last one it stated, or by the declared one."""

from datetime import datetime, timedelta

from checks.deadline import grade
from checks.domains.declaration import Declared
from checks.domains.known import Known
from checks.domains.outcome import Answered, Believed, Failed, Unregistered
from checks.domains.registration import Precision, Registration
from checks.domains.scene import Scene, deadline_of, evidence_of, facts_of, lines_of
from checks.domains.statuses import is_date_provisional
from checks.model import Cause, Change, Deadline, Finding, Measurement, Status
from checks.network.transcript import escaped
from checks.wording import day_of, local

_DAY = timedelta(days=1)

_NO_DATE = Failed(cause=Cause.UNPARSABLE, reason="its registry states no date of expiry")


def expiry_finding(scene: Scene, known: Known, changes: tuple[Change, ...] = ()) -> Finding:
    """The date stated now; else the last one that was, as unknown; else the declared one; else none.

    A declaration that was written, or written anew, since a registry last stated a date is newer than that date.
    """
    trouble = _why_no_date(scene, known)
    believed, declared = known.believed, scene.declared
    if believed is not None and trouble is None:
        return _stated(scene, believed, changes)
    trouble = trouble or _NO_DATE
    if declared is not None and (believed is None or believed.declared != declared.text):
        return _declared(scene, declared, trouble)
    if believed is not None:
        return _kept(scene, believed, trouble, known)
    return Finding(
        subject=_subject(scene),
        status=Status.UNKNOWN,
        cause=trouble.cause,
        summary=escaped(f"when {scene.shown} lapses is not known: {trouble.reason}"),
        facts=facts_of(("Domain", scene.shown), ("What helps", "declare the date, with evidence, in the settings")),
        evidence=evidence_of(scene, known),
    )


def _why_no_date(scene: Scene, known: Known) -> Failed | None:
    """None where the last answer states the date that is believed."""
    if scene.unasked or known.failure is not None:
        return known.failure or Failed(cause=Cause.STALE, reason=scene.unasked)
    match known.last:
        case Unregistered():
            return Failed(cause=Cause.NOT_REGISTERED, reason="the registry says that it is not registered")
        case Answered(trouble=Failed() as trouble):
            return trouble
        case Answered(registration=Registration(expires_at=datetime() as at)) if known.contested is not None:
            reason = f"the registry now says {_day(at, scene)}, earlier than before, and is asked again to be sure"
            return Failed(cause=Cause.MISMATCH, reason=reason)
        case Answered(registration=Registration(expires_at=datetime())):
            return None
        case _:
            return _NO_DATE


def _stated(scene: Scene, believed: Believed, changes: tuple[Change, ...]) -> Finding:
    deadline = deadline_of(believed.at, scene.ladder, scene.ctx)
    status = grade(deadline, scene.ctx.now)
    return Finding(
        subject=_subject(scene),
        status=status,
        cause=_near(deadline, status, scene.ctx.now),
        summary=f"registration of {escaped(scene.shown)}",
        measurements=_measured(scene, believed.at),
        deadline=deadline,
        facts=facts_of(*_dated(scene, believed), ("Disagreement", disagreement(scene, believed))),
        evidence="" if status is Status.OK else "\n".join(lines_of(believed.registration.raw_excerpt)),
        changes=changes,
    )


def _kept(scene: Scene, believed: Believed, trouble: Failed, known: Known) -> Finding:
    """The deadline stands, and its rungs go on to be told as time passes; nothing is judged by this look."""
    seen = f"by a date seen last at {scene.moment(believed.seen_at)}"
    return Finding(
        subject=_subject(scene),
        status=Status.UNKNOWN,
        cause=trouble.cause,
        summary=escaped(f"registration of {scene.shown}, {seen} ({trouble.reason})"),
        measurements=_measured(scene, believed.at),
        deadline=deadline_of(believed.at, scene.ladder, scene.ctx),
        facts=facts_of(*_dated(scene, believed), ("Not confirmed", trouble.reason)),
        evidence=evidence_of(scene, known),
    )


def _declared(scene: Scene, declared: Declared, trouble: Failed) -> Finding:
    at = scene.ctx.calendars.of(None).end_of_day(declared.expires)
    deadline = deadline_of(at, scene.ladder, scene.ctx)
    status = grade(deadline, scene.ctx.now)
    return Finding(
        subject=_subject(scene),
        status=status,
        cause=_near(deadline, status, scene.ctx.now),
        summary=f"registration of {escaped(scene.shown)}, by its declared date",
        measurements=_measured(scene, at),
        deadline=deadline,
        facts=facts_of(("Domain", scene.shown), *declared.facts(), ("No registry's date", trouble.reason)),
        evidence="" if status is Status.OK else escaped(declared.evidence),
    )


def disagreement(scene: Scene, believed: Believed | None) -> str:
    """What to say where the declared date is another day than the registry's; "" where it is not."""
    if scene.declared is None or believed is None:
        return ""
    end = scene.ctx.calendars.of(None).end_of_day(scene.declared.expires)
    if -_DAY <= believed.at - end <= _DAY:
        return ""
    stated = _day(believed.at, scene)
    return f"declared is {day_of(scene.declared.expires)}; the registry says {stated}, which counts"


def _day(at: datetime, scene: Scene) -> str:
    """In the estate's zone, as messages show the deadline itself."""
    return day_of(local(at, scene.ctx.estate.time_zone).date())


def _dated(scene: Scene, believed: Believed) -> tuple[tuple[str, str], ...]:
    told = believed.registration
    to_the_day = " (to the day only)" if told.precision is Precision.DAY else ""
    registrars = "the registrar's own; the registry's may be another" if told.is_registrars_date else ""
    provisional = "the registry renewed it by itself, and takes that back unless it is paid"
    return (
        ("Domain", scene.shown),
        ("Stated as", f"{told.expiry_text}{to_the_day}"),
        ("Seen", scene.source(told, believed.server, believed.seen_at)),
        ("Registrar", told.registrar),
        ("Whose date", registrars),
        ("Provisional", provisional if is_date_provisional(told.statuses) else ""),
    )


def _measured(scene: Scene, at: datetime) -> tuple[Measurement, ...]:
    labels = (("domain", scene.domain),)
    return (Measurement(name="domain_expiry", value=at.timestamp(), unit="timestamp_seconds", labels=labels),)


def _near(deadline: Deadline, status: Status, now: datetime) -> Cause:
    if deadline.at <= now:
        return Cause.EXPIRED
    return Cause.NONE if status is Status.OK else Cause.DUE


def _subject(scene: Scene) -> str:
    return f"{scene.domain} expiry"
