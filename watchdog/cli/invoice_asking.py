"""`nigehban invoices`: the daemon is told, and asked; listings go on without it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from watchdog.api.client import Answer, Question
from watchdog.cli.asking import DONE, TELL_WITHIN_S, USAGE, put, refused, say
from watchdog.cli.asking import show as show_answer
from watchdog.cli.listing import Asked, Whence
from watchdog.cli.listing import list_ as listed
from watchdog.clock import Clock, system_clock

#: A scan of a letter is smaller.
MAX_EVIDENCE_BYTES: Final = 100 * 1024 * 1024

#: A bill that is named by a longer word is none.
MAX_WORD_CHARS: Final = 300

#: Keys of the API's body, as they are given here.
_ADDED: Final = {
    name: f"--{name}" for name in ("due", "suspends", "service", "office", "contract", "received", "evidence")
}
_RECORDED: Final = {
    name: f"--{name}"
    for name in (
        *("amount", "stage", "reason", "block", "until", "payment", "at", "evidence"),
        *("due", "suspends", "service", "office", "contract", "received"),
    )
}


def add(
    said: Mapping[str, str],
    *,
    evidence_file: Path | None,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
) -> int:
    """0 on record, or there already; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    body = _with_proof(said, evidence_file)
    if isinstance(body, int):
        return body
    answer = put(Question(method="POST", path="/v1/bills", body=body, within_s=TELL_WITHIN_S), environ, state)
    return _told(answer, _ADDED, as_json=as_json)


def record(
    bills: str,
    said: Mapping[str, str],
    *,
    evidence_file: Path | None,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
) -> int:
    """0 on record, or there already; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    named = [word.strip() for word in bills.split(",") if word.strip()]
    if not named:
        return say("say which bill: VENDOR/NUMBER; `nigehban invoices list` shows them", USAGE)
    body = _with_proof(said, evidence_file)
    if isinstance(body, int):
        return body
    whole = {"whole": bills.strip()} if len(named) > 1 and len(bills) <= MAX_WORD_CHARS else {}
    told = {**body, "bills": named, **whole}
    question = Question(method="POST", path="/v1/bills/events", body=told, within_s=TELL_WITHIN_S)
    return _told(put(question, environ, state), _RECORDED, as_json=as_json)


def list_(
    *,
    every: bool,
    blocked: bool,
    late: bool,
    vendor: str,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """As the daemon has them; where none answers, as they were written."""
    if every + blocked + late > 1:
        return say("give one of --all, --blocked and --late", USAGE)
    which = "all" if every else "blocked" if blocked else "late" if late else "open"
    with_ = {"which": which, "vendor": vendor}
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    asked = Asked(path="/v1/bills", module=BILLS, look="bills", with_=with_, query=with_)
    return listed(asked, whence, as_json=as_json)


def show(
    bill: str,
    *,
    known_at: str,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    with_ = {"word": bill, "known_at": known_at}
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    return listed(Asked(path="/v1/bill", module=BILLS, look="bill", with_=with_, query=with_), whence, as_json=as_json)


def forecast(
    bill: str,
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """Of one bill, or of all that are open where `bill` is empty."""
    with_ = {"word": bill}
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    asked = Asked(path="/v1/bills/forecast", module=FORECASTS, look="forecast", with_=with_, query=with_)
    return listed(asked, whence, as_json=as_json)


def digest(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock) -> int:
    """The morning list as it would go out now."""
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    return listed(Asked(path="/v1/bills/digest", module=BILLS, look="digest"), whence, as_json=as_json)


#: Where the listings of bills are looked for without a daemon.
BILLS: Final = "watchdog.cli.bill_looks"
FORECASTS: Final = "watchdog.cli.forecast_looks"


def _with_proof(said: Mapping[str, str], evidence_file: Path | None) -> dict[str, object] | int:
    """`said` with the hash of the file, or the exit code where it cannot be read."""
    if evidence_file is None:
        return dict(said)
    if said.get("evidence"):
        return say("give one of --evidence and --evidence-file", USAGE)
    try:
        with evidence_file.open("rb") as handle:
            if evidence_file.stat().st_size > MAX_EVIDENCE_BYTES:
                return say("--evidence-file: larger than 100 MiB; a scan of the proof is smaller", USAGE)
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return say(f"--evidence-file: {evidence_file} cannot be read: {error.strerror or type(error).__name__}", USAGE)
    return {**said, "evidence": f"sha256:{digest}"}


def _told(answer: Answer | None, options: Mapping[str, str], *, as_json: bool) -> int:
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=options)
    for note in answer.body.get("notes", ()):
        say(str(note), DONE)
    return show_answer(answer, as_json=as_json)
