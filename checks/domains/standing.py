"""What is wrong with a domain today, apart from its date."""

from checks.domains.known import Known
from checks.domains.outcome import Answered, Failed, Unregistered
from checks.domains.scene import Scene, evidence_of, facts_of
from checks.domains.statuses import judged
from checks.fault import Fault
from checks.model import Cause, Change, Finding, Status
from checks.network.transcript import escaped

_NAME_SERVERS_SHOWN = 8


def fault_finding(scene: Scene, known: Known, changes: tuple[Change, ...] = ()) -> Finding:
    standing = _standing(known)
    is_ok = standing.status is Status.OK
    return Finding(
        subject=scene.domain,
        status=standing.status,
        cause=standing.cause,
        summary=escaped(f"{scene.shown} {standing.text}"),
        facts=_facts(scene, known),
        evidence="" if is_ok else evidence_of(scene, known),
        changes=changes,
    )


def _standing(known: Known) -> Fault:
    match known.failure, known.last:
        case Failed() as failure, _:
            return _unknown(failure)
        case None, Unregistered(reason=reason):
            return Fault(Cause.NOT_REGISTERED, Status.CRITICAL, f"is not registered: {reason}")
        case None, Answered() as answer:
            return _answered(answer)
        case _:
            return Fault(Cause.BLIND, Status.UNKNOWN, "was never asked about")


def _answered(answer: Answered) -> Fault:
    """Statuses that speak of a fault count even in an answer whose date cannot be read; their absence does not."""
    told = answer.registration
    faults = judged(told.statuses)
    if faults:
        return faults[0]
    if answer.trouble is not None:
        return _unknown(answer.trouble)
    if told.is_cut:
        reason = f"the answer of {answer.server} ends in mid-line, so a status may be missing"
        return _unknown(Failed(cause=Cause.UNPARSABLE, reason=reason))
    if told.expires_at is None and not told.statuses:
        return _unknown(Failed(cause=Cause.UNPARSABLE, reason=f"{answer.server} states neither date nor status"))
    if not told.statuses:
        return Fault(Cause.NONE, Status.OK, "is registered; its registry does not say whether anything holds it")
    return Fault(Cause.NONE, Status.OK, "is registered, and nothing holds it")


def _unknown(failure: Failed) -> Fault:
    return Fault(failure.cause, Status.UNKNOWN, f"cannot be judged: {failure.reason}")


def _facts(scene: Scene, known: Known) -> tuple[tuple[str, str], ...]:
    within = f"{scene.asked_for}, of which {scene.domain} is the registered name" if scene.asked_for else ""
    in_vain = f"{scene.moment(known.asked_at)}, in vain" if known.failure and known.asked_at else ""
    return facts_of(
        ("Domain", scene.shown),
        ("Watched for", within),
        *_said(scene, known),
        ("Last asked", in_vain),
    )


def _said(scene: Scene, known: Known) -> tuple[tuple[str, str], ...]:
    match known.last:
        case Answered(registration=told) as answer:
            return (
                ("Source", scene.source(told, answer.server, known.answered_at)),
                ("Registrar", told.registrar),
                ("Name servers", _some(sorted(told.name_servers))),
                ("Statuses", ", ".join(sorted(told.statuses))),
                *(("Also", fault.text) for fault in judged(told.statuses)[1:]),
                ("Also", answer.also),
            )
        case Unregistered(source=source, server=server, also=also):
            when = f", asked at {scene.moment(known.answered_at)}" if known.answered_at else ""
            return (("Source", f"{source.name} of {server}{when}"), ("Also", also))
        case None:
            return ()


def _some(names: list[str]) -> str:
    more = len(names) - _NAME_SERVERS_SHOWN
    shown = ", ".join(names[:_NAME_SERVERS_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
