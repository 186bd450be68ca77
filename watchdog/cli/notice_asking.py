"""`nigehban invoices notice|proposals|confirm|refuse`: the file is read apart, the daemon is told what it says."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from alerts.words.escape import one_line
from checks.billing.intake.notice_text import MAX_FILE_BYTES
from watchdog.api.client import Question
from watchdog.cli.asking import DONE, REFUSED, TELL_WITHIN_S, USAGE, is_id, put, refused, say
from watchdog.cli.asking import show as show_answer
from watchdog.cli.columns import table, terminal_width
from watchdog.cli.listing import Asked, Whence
from watchdog.cli.listing import list_ as listed
from watchdog.clock import Clock, system_clock

_CHILD: Final = "checks.billing.intake.notice_child"
_READ_WITHIN_S: Final = 20.0
#: So that it fits into one question to the daemon.
_MAX_TEXT_BYTES: Final = 48_000
_MODULE: Final = "watchdog.cli.proposal_looks"
_GIVEN: Final = {name: f"--{name}" for name in ("vendor", "number", "amount", "due", "suspends", "service")}


class UnreadError(Exception):
    """The file says nothing; the text says why, and what would be right."""


def notice(
    file: str, given: Mapping[str, str], *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool
) -> int:
    """0 it waits for somebody's word; 1 nobody can tell what it is about, or it was refused; 2 wrong usage."""
    del config  # the daemon has its own
    try:
        raw = _bytes_of(file)
        text = text_apart(raw)
    except UnreadError as error:
        return say(f"{file}: {error}", USAGE)
    source = "a notice" if file == "-" else f"notice {one_line(Path(file).name, 120)}"
    body = {**given, "text": text, "file_hash": hashlib.sha256(raw).hexdigest(), "source": source}
    answer = put(Question(method="POST", path="/v1/notices", body=body, within_s=TELL_WITHIN_S), environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_GIVEN)
    print(json.dumps(answer.body, indent=2, ensure_ascii=False) if as_json else "\n".join(_lines(answer.body)))
    return DONE if answer.body["proposal"] is not None else REFUSED


def proposals(
    word: str,
    *,
    is_all: bool = False,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """As the daemon has them; where none answers, as they were written."""
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    if word and not is_id(word):
        return say("a proposal is named by its id, as `nigehban invoices proposals` shows it", USAGE)
    if word and is_all:
        return say("--all: either one proposal, or all", USAGE)
    path = f"/v1/proposals/{word}" if word else "/v1/proposals"
    asked = Asked(path=path, module=_MODULE, look="proposals", with_={"word": word, "is_all": is_all})
    if is_all:
        asked = replace(asked, query={"all": "true"})
    return listed(asked, whence, as_json=as_json)


def confirm(
    proposal: str, given: Mapping[str, str], *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool
) -> int:
    del config  # the daemon has its own
    return _decide(proposal, "confirm", given, state=state, environ=environ, as_json=as_json)


def refuse(proposal: str, *, reason: str, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    del config  # the daemon has its own
    return _decide(proposal, "refuse", {"reason": reason}, state=state, environ=environ, as_json=as_json)


def _decide(
    proposal: str, verb: str, body: Mapping[str, str], *, state: Path, environ: Mapping[str, str], as_json: bool
) -> int:
    if not is_id(proposal):
        return say("a proposal is named by its id, as `nigehban invoices proposals` shows it", USAGE)
    question = Question(method="POST", path=f"/v1/proposals/{proposal}/{verb}", body=body, within_s=TELL_WITHIN_S)
    answer = put(question, environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_GIVEN)
    return show_answer(answer, as_json=as_json)


def text_apart(raw: bytes) -> str:
    """The text of a notice, read in a process of its own. Raises UnreadError."""
    try:
        done = subprocess.run(  # noqa: S603  # ourselves
            [sys.executable, "-I", "-m", _CHILD],
            input=raw,
            capture_output=True,
            timeout=_READ_WITHIN_S,
            env={},
            check=False,
        )
        found = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        found = {}
    if "text" in found:
        return str(found["text"]).encode("utf-8", "replace")[:_MAX_TEXT_BYTES].decode("utf-8", "ignore")
    raise UnreadError(found.get("refused", "it takes more to read than a notice may; save it as text"))


def _bytes_of(file: str) -> bytes:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with Path(file).open("rb") as handle:
                raw = handle.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadError(f"cannot be read: {error.strerror or type(error).__name__}") from None
    if len(raw) > MAX_FILE_BYTES:
        raise UnreadError(f"larger than {MAX_FILE_BYTES // 1024 // 1024} MiB; no notice is")
    return raw


def _lines(body: Mapping[str, Any]) -> Iterator[str]:
    """What was found and from which words, what is doubtful, and what waits now."""
    yield table(("FOUND", "IS", "FROM THE WORDS"), list(_rows(body["found"])), terminal_width())
    if body["doubts"]:
        yield "\nTo be settled:"
        yield from (f"  {one_line(str(doubt), 600)}" for doubt in body["doubts"])
    waiting = body["proposal"]
    if waiting is None:
        yield "\nNothing waits, since nobody can tell whom it is from. Say so: --vendor ID"
        return
    if waiting["standing"] != "waiting":
        yield f"\nNothing waits: just that is proposal {waiting['id']}, {waiting['standing']} already"
        return
    events = ", ".join(f"{one['about']} {one['event']}" for one in waiting["events"])
    yield f"\nProposal {waiting['id']} waits: {one_line(events, 400)}"
    yield f"Compare it with the paper, then: nigehban invoices confirm {waiting['id']} (or refuse {waiting['id']})"


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for one in found["vendors"]:
        yield "vendor", f"{one['vendor']} (by {one['by']})", one["passage"]
    for one in found["numbers"]:
        known = one["bill"] or "not on record"
        yield "bill", f"{one['number']} ({known})", one["passage"]
    for one in found["amounts"]:
        yield f"amount, {one['meaning']}", one["amount"] or f"doubtful: {one['doubt']}", one["passage"]
    for one in found["days"]:
        readings = " or ".join(one["readings"]) or "no day"
        yield f"day, {one['meaning']}", one["day"] or f"doubtful: {readings}", one["passage"]
    for one in found["spans"]:
        yield "time", f"within {one['days']} {'working ' if one['is_working'] else ''}days", one["passage"]
    for one in found["flags"]:
        yield "says", one["flag"], one["passage"]
