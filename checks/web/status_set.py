"""Sets of HTTP status codes as people write them: "200", "200-299,404"."""

import re
from functools import lru_cache

_PART = re.compile(r"([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?")


@lru_cache(maxsize=256)
def parse_status_set(text: str) -> tuple[tuple[int, int], ...]:
    """Inclusive ranges. Raises ValueError that says what is right."""
    ranges = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None or (match[2] is not None and match[2] < match[1]):
            raise ValueError('expected status codes from 100 to 599 and ranges of them, like "200" or "200-299,404"')
        ranges.append((int(match[1]), int(match[2] or match[1])))
    return tuple(ranges)


@lru_cache(maxsize=1024)
def contains_status(text: str, status: int) -> bool:
    return any(low <= status <= high for low, high in parse_status_set(text))
