"""What can be switched off, one at a time, to see what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from alerts.judging.fault import Threshold

#: CONTRACT, "Defaults of judging".
DEFAULT_RULE = Threshold(
    failures_to_open=7, passes_to_close=2, settle_s=30.0, flap_hold_s=1800.0, losses_to_warn=5, losses_within_s=3600.0
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanisms:
    rule: Threshold = field(default_factory=lambda: DEFAULT_RULE)
    haste: bool = True
    """Suspects are looked at again every ten seconds, not at their next regular time."""
    roots: bool = True
    """What is explained by something above it is no incident of its own."""
    hurried_parents: bool = True
    """What is above a suspect is looked at at once."""
    wait_for_root: bool = True
    """What could be told waits while what is above it is undecided."""
    blindness: bool = True
    """Nothing is judged while too few anchors answer."""
    maintenance: bool = True
    skipping: bool = True
    """Rounds in which a healthy check passes are not run; that this changes nothing is what a test proves."""


def ablations(whole: Mechanisms) -> Mapping[str, Mechanisms]:
    """Each mechanism off in turn, by what is missing."""
    rule = whole.rule
    return {
        "confirmation (1 failure opens)": replace(whole, rule=replace(rule, failures_to_open=1)),
        "settle wait": replace(whole, rule=replace(rule, settle_s=0.0)),
        "second pass to close": replace(whole, rule=replace(rule, passes_to_close=1)),
        "flap hold": replace(whole, rule=replace(rule, flap_hold_s=0.0)),
        "haste (re-checks at the interval)": replace(whole, haste=False),
        "root causes": replace(whole, roots=False),
        "hurried looks at parents": replace(whole, hurried_parents=False),
        "waiting for the root": replace(whole, wait_for_root=False),
        "blindness gate": replace(whole, blindness=False),
        "maintenance windows": replace(whole, maintenance=False),
    }
