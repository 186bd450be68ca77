"""A value in a JSON document, by its pointer (RFC 6901)."""

import json
import re
from collections import Counter
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from checks.plugin import Json

#: Array index: no sign, no leading zero (RFC 6901 §4).
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_BAD_ESCAPE = re.compile(r"~(?![01])")


#: A document in memory takes up to thirty times its bytes ([{"":0}, …]).
MAX_BYTES = 256 * 1024


class TooLargeError(ValueError):
    """The body is larger than what is read as JSON."""


class NotJsonError(ValueError):
    """The body cannot be read as JSON; the message says where it breaks."""


class NotThereError(LookupError):
    """The document has nothing at that place; the message says how far the pointer led."""


def check_pointer(pointer: str) -> None:
    """Raise ValueError unless `pointer` is one: empty, or parts that each begin with a slash."""
    if (pointer and not pointer.startswith("/")) or _BAD_ESCAPE.search(pointer):
        raise ValueError('expected a JSON pointer like "/data/0/status" ("~1" stands for a slash, "~0" for a tilde)')


def _checked(pointer: str) -> str:
    check_pointer(pointer)
    return pointer


#: As an option.
JsonPointer: TypeAlias = Annotated[str, AfterValidator(_checked)]


def value_at(body: bytes, pointer: str) -> Json:
    """What stands at `pointer`. Raises TooLargeError, NotJsonError, NotThereError."""
    if len(body) > MAX_BYTES:
        raise TooLargeError(f"{len(body) // 1024} KiB, and {MAX_BYTES // 1024} KiB are read at most")
    value = _parsed(body)
    walked = ""
    for part in _parts(pointer):
        value = _step(value, part, walked)
        walked = f"{walked}/{part}"
    return value


def same(left: object, right: object) -> bool:
    """JSON's equality: unlike Python's, true is not 1; 1 and 1.0 are one number."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(one, other) for one, other in zip(left, right, strict=True))
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _parsed(body: bytes) -> Json:
    try:
        document: Json = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object)
    except RecursionError:
        raise NotJsonError("nested too deeply") from None
    except NotJsonError:
        raise
    except ValueError as error:  # broken syntax, broken UTF-8, numbers of thousands of digits
        raise NotJsonError(str(error)) from None
    return document


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Raises NotJsonError for a name that stands twice: readers differ in which value they take (RFC 8259 §4)."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    (doubled, _), *_ = Counter(name for name, _ in pairs).most_common(1)
    raise NotJsonError(f"{doubled!r} stands twice in one object")


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _step(value: Json, part: str, walked: str) -> Json:
    match value:
        case dict() if part in value:
            return value[part]
        case list() if _INDEX.fullmatch(part) and int(part) < len(value):
            return value[int(part)]
        case dict():
            raise NotThereError(f"{walked or 'the document'} has no {part!r}")
        case list():
            raise NotThereError(f"{walked or 'the document'} is a list of {len(value)}")
        case _:
            raise NotThereError(f"{walked or 'the document'} is neither an object nor a list")
