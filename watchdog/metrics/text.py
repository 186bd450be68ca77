"""Prometheus' text format, 0.0.4: heads of families, labels, values
(prometheus.io/docs/instrumenting/exposition_formats).
"""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Looked up, since to format three digits costs as much as all the rest of an instant.
_MILLISECONDS = [f".{number:03}\n" for number in range(1000)]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def head(name: str, kind: str, text: str) -> str:
    """The two lines before the lines of a family."""
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {name} {escaped}\n# TYPE {name} {kind}\n"


def label_text(labels: Sequence[tuple[str, str]]) -> str:
    return ",".join(f'{name}="{escape_label(value)}"' for name, value in labels)


def escape_label(value: str) -> str:
    """A label value: backslash, quote and line feed are escaped."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def lines(name: str, labelled: Iterable[tuple[str, str]]) -> str:
    """Lines of one family, each of label text and an end, which closes the labels and gives the value."""
    return "".join([f"{name}{{{labels}{end}" for labels, end in labelled])


def number_end(value: float) -> str:
    if math.isfinite(value):
        return f"}} {value!r}\n"
    return "} NaN\n" if math.isnan(value) else "} +Inf\n" if value > 0 else "} -Inf\n"


def instant_end(at: datetime) -> str:
    """To the millisecond; what is below it is cut off."""
    since = at - _EPOCH
    if since.days < 0:
        return f"}} {at.timestamp():.3f}\n"
    return f"}} {since.days * 86400 + since.seconds}{_MILLISECONDS[since.microseconds // 1000]}"
