"""What several rivals share."""

from collections import defaultdict

from benchmarks.quality.truth import Spans, Truth, ticks


def windows_of(truth: Truth) -> defaultdict[str, Spans]:
    """By check id, when its maintenance is; all rivals are granted theirs."""
    spans = defaultdict(list)
    for row in truth.estate.maintenance:
        for check in row.checks:
            spans[check].append((ticks(row.from_s), ticks(row.to_s)))
    found: defaultdict[str, Spans] = defaultdict(lambda: Spans(()))
    found.update({check: Spans(rows) for check, rows in spans.items()})
    return found
