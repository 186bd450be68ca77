"""What came of a link that was pressed, for the record. Pure."""

from dataclasses import replace

from alerts.judging.episode import Judgement
from watchdog.store.views import LinkUse


def with_outcome(pressed: LinkUse, judged: Judgement) -> LinkUse:
    """`pressed`, of which `judged` came: where somebody was at it already, nothing was changed, and it says by whom."""
    if judged.events:
        return pressed
    said = next((one.acknowledged for one in judged.record.incidents if one.id == pressed.incident_id), None)
    return replace(pressed, already_by="somebody" if said is None else said.by)
