"""`nigehban invoices import` and `export`: the daemon takes lists in; it is asked for what is written to a file."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from alerts.words.wording import count
from checks.billing.intake.limits import MAX_FILE_BYTES
from watchdog.api.client import Answer, NoAnswerError, NobodyAnswersError, NotAllowedError, Question, ask
from watchdog.cli.asking import DONE, REFUSED, USAGE, print_json, put, refused, say
from watchdog.cli.asking import show as show_answer
from watchdog.clock import Clock, system_clock

#: As base64 with what stands around it, less than one body may have (watchdog.api.bounded).
PIECE_BYTES: Final = 45_000
#: Reading takes 30 s at most; another list may be before this one.
TAKEN_WITHIN_S: Final = 180.0
_PIECE_WITHIN_S: Final = 30.0
_OPTIONS: Final = {
    "mapping": "--map",
    **{name: f"--{name}" for name in ("layout", "dates", "mark", "encoding", "currency", "sheet", "vendor", "due")},
}
_KINDS: Final = (".xlsx", ".csv", ".json")


def import_(
    file: Path,
    mapping: str,
    said: Mapping[str, str],
    *,
    dry_run: bool,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
) -> int:
    """0 taken in, or on record already; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    mapped = mapping_of(mapping)
    if mapped is None:
        return say('--map: write "Your heading=column", several with commas between', USAGE)
    try:
        with file.open("rb") as handle:
            raw = handle.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return say(f"{file} cannot be read: {error.strerror or type(error).__name__}", USAGE)
    if len(raw) > MAX_FILE_BYTES:
        return say(f"{file} is larger than {MAX_FILE_BYTES // 2**20} MiB; split it", REFUSED)
    body = {"name": file.name[:300], "dry_run": dry_run, "mapping": mapped, **{k: v for k, v in said.items() if v}}
    answer = _handed_in(raw, body, environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_OPTIONS)
    if not as_json:
        for note in answer.body.get("notes", ()):
            say(str(note), DONE)
    return show_answer(answer, as_json=as_json)


def mapping_of(text: str) -> dict[str, str] | None:
    """What "Bill No=number,Firm=vendor" means; None where it is not."""
    found: dict[str, str] = {}
    for part in filter(str.strip, text.split(",")):
        heading, mark, column = part.rpartition("=")
        if not (mark and heading.strip() and column.strip()):
            return None
        found[heading.strip()] = column.strip()
    return found


def _handed_in(raw: bytes, body: dict[str, object], environ: Mapping[str, str], state: Path) -> Answer | None:
    """The answer to the last question, which is the first that is refused."""
    answer = put(Question(method="POST", path="/v1/imports", body={}), environ, state)
    if answer is None or not answer.is_ok:
        return answer
    path = f"/v1/imports/{answer.body['import']}"
    for piece in _pieces(raw):
        question = Question(method="POST", path=f"{path}/pieces", body={"data": piece}, within_s=_PIECE_WITHIN_S)
        answer = put(question, environ, state)
        if answer is None or not answer.is_ok:
            return answer
    return put(Question(method="POST", path=path, body=body, within_s=TAKEN_WITHIN_S), environ, state)


def _pieces(raw: bytes) -> Iterator[str]:
    for start in range(0, len(raw), PIECE_BYTES):
        yield base64.b64encode(raw[start : start + PIECE_BYTES]).decode("ascii")


# Export -------------------------------------------------------------------------------------------------------------


def export(
    file: Path | None,
    *,
    every: bool,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """0 written; 1 it cannot be; 2 wrong usage. With `as_json` the file may be left out."""
    if file is None and not as_json:
        return say(f"say where to write them: a FILE whose name ends in {', '.join(_KINDS)}; or --json", USAGE)
    if file is not None and file.suffix.lower() not in _KINDS:
        return say(f"the name of the file says what is written: {', '.join(_KINDS)}", USAGE)
    found = _exported(every=every, config=config, state=state, environ=environ, as_json=as_json, clock=clock)
    if found is None:
        return REFUSED
    head, rows = found[0], found[1:]
    if file is not None and (refusal := _not_written(file, rows, str(head["head"]))) is not None:
        return refusal
    if as_json:
        return print_json({"file": None if file is None else str(file), **head, "bills": rows})
    print(f"{count(len(rows), 'bill')} in {file}")
    return DONE


def _not_written(file: Path, rows: list[dict[str, Any]], head: str) -> int | None:
    """The exit code where it cannot be."""
    try:
        from watchdog.cli.list_files import written  # noqa: PLC0415  # openpyxl costs a while

        written(file, rows, head)
    except ModuleNotFoundError:
        return say("writing .xlsx needs openpyxl: pip install 'nigehban[sheets]', or write a .csv", REFUSED)
    except OSError as error:
        return say(f"{file} cannot be written: {error.strerror or type(error).__name__}", REFUSED)
    return None


def _exported(
    *, every: bool, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock
) -> list[dict[str, Any]] | None:
    """From the daemon; where none answers, from what it has written."""
    query = {"every": "true"} if every else {}
    try:
        question = Question(method="GET", path="/v1/exports", query=query, within_s=TAKEN_WITHIN_S)
        answer = ask(question, environ=environ, state=state)
    except (NobodyAnswersError, NotAllowedError, NoAnswerError) as error:
        if not isinstance(error, NobodyAnswersError):
            say(str(error), REFUSED)
        return _read(every=every, config=config, state=state, environ=environ, clock=clock)
    if not answer.is_ok:
        refused(answer, as_json=as_json)
        return None
    return list(answer.body["items"])


def _read(
    *, every: bool, config: Path, state: Path, environ: Mapping[str, str], clock: Clock
) -> list[dict[str, Any]] | None:
    from watchdog.cli.reading import found  # noqa: PLC0415  # costs half a second

    listing = found(
        "watchdog.billing.exporting",
        "exported_bills",
        {"every": every},
        config=config,
        state=state,
        environ=environ,
        clock=clock,
    )
    return None if listing is None else json.loads(json.dumps(listing.objects))
