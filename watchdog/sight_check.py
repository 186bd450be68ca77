"""The daemon's check of its own sight: what the anchors say, where every listing shows it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from alerts.judging.fault import Threshold
from checks.model import Cause, CheckId, Finding, Measurement, Status
from checks.network.transcript import escaped
from checks.plugin import CheckContext, CheckKind, Json, OptionsBase
from checks.spec import CheckSpec
from watchdog.engine.blindness import AnchorView, Sight, enough_answer, names_of
from watchdog.own_checks import FLAP_HOLD_S, OWN_ID
from watchdog.settings.values import ConfiguredCheck

SIGHT_CHECK: Final = CheckId(f"{OWN_ID}/sight")
SIGHT_KIND: Final = "sight"
SIGHT_TITLE: Final = "Our own sight"

_SUBJECT: Final = "anchors"
_INTERVAL_S: Final = 10.0

#: Looks in a row at which an anchor is silent until that is worth a word: half an hour. Another one answers meanwhile.
_LASTING: Final = 180

#: In the check's memory: of which blindness people were told whose end they were not, by its beginning; or nothing.
_TOLD_OF: Final = "told_of"


class _NoOptions(OptionsBase):
    """There is nothing to set."""


def sight_check(sight: Callable[[], Sight]) -> ConfiguredCheck:
    """Says what the lookout saw last (watchdog.engine.lookout); it looks at nothing itself, and is never critical:
    of blindness people are told straight from memory. An anchor that stays silent is a warning.
    """

    async def run(_options: _NoOptions, ctx: CheckContext) -> Sequence[Finding]:
        seen = sight()
        ctx.memory.set(_TOLD_OF, None if seen.told_of is None else seen.told_of.isoformat())
        return (_finding(seen),)

    kind = CheckKind(name=SIGHT_KIND, options=_NoOptions, run=run, subject=lambda _options: _SUBJECT, is_local=True)
    spec = CheckSpec(
        id=SIGHT_CHECK,
        kind=kind,
        options=_NoOptions(),
        interval_s=_INTERVAL_S,
        timeout_s=_INTERVAL_S,
        retry_every_s=_INTERVAL_S,
    )
    rule = Threshold(failures_to_open=_LASTING, flap_hold_s=FLAP_HOLD_S)
    return ConfiguredCheck(spec=spec, threshold=rule)


def told_of(memory: Mapping[str, Json]) -> datetime | None:
    """Of which blindness people were told in the last life, and of no end, by what the check remembers."""
    kept = memory.get(_TOLD_OF)
    try:
        since = datetime.fromisoformat(kept) if isinstance(kept, str) else None
    except ValueError:
        return None
    return since if since is not None and since.tzinfo is not None else None


def _finding(sight: Sight) -> Finding:
    answering, number = sum(view.ok is True for view in sight.anchors), len(sight.anchors)
    said = f"{answering} of {number} anchors answer, {sight.needed} must"
    silent, unasked = (names_of(sight.anchors, ok=ok) for ok in (False, None))
    match sight:
        case Sight(anchors=()):
            status, cause, summary = Status.UNKNOWN, Cause.BLIND, "anchors were not looked at yet"
        case Sight(is_blind=True):
            status, cause, summary = Status.UNKNOWN, Cause.BLIND, f"we are blind: {said}"
        case _ if enough_answer(sight.anchors, sight.needed) is None:
            status, cause, summary = Status.UNKNOWN, Cause.BLIND, f"{said}; {unasked} could not be asked"
        case _ if unasked:
            status, cause, summary = Status.WARNING, Cause.UNREACHABLE, f"{said}; {unasked} could not be asked"
        case _ if silent:
            status, cause, summary = Status.WARNING, Cause.UNREACHABLE, f"{said}; not {silent}"
        case _:
            status, cause, summary = Status.OK, Cause.NONE, said
    return Finding(
        subject=_SUBJECT,
        status=status,
        cause=cause,
        summary=summary,
        evidence="" if status is Status.OK else "\n".join(map(_line, sight.anchors)),
        measurements=(Measurement("anchors_answering", answering, ""),),
    )


def _line(view: AnchorView) -> str:
    return escaped(f"{view.name}: {view.words}")
