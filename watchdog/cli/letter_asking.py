"""`nigehban invoices letter` and `calendar`: the daemon is asked; where none answers, what it has written is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from alerts.letters import LetterKind
from alerts.route import Language
from alerts.words.wording import count
from watchdog.api.client import NoAnswerError, NobodyAnswersError, NotAllowedError, Question, ask
from watchdog.cli.asking import DONE, REFUSED, USAGE, print_json, put, refused, say
from watchdog.cli.asking import show as show_answer
from watchdog.cli.listing import Asked, Whence
from watchdog.cli.listing import list_ as listed
from watchdog.clock import Clock, system_clock

_MODULE: Final = "watchdog.cli.letter_looks"
_MADE_WITHIN_S: Final = 60.0


def letter(
    bill: str,
    *,
    kind: str,
    lang: str,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """0 written; 1 there is none to write; 2 wrong usage."""
    if kind not in {one.value for one in LetterKind}:
        return say(f"--kind: there are {', '.join(one.value for one in LetterKind)}", USAGE)
    if (wrong := _no_language(lang)) is not None:
        return wrong
    with_ = {"word": bill, "kind": kind, "lang": lang}
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    asked = Asked(path="/v1/letter", module=_MODULE, look="draft_letter", with_=with_, query=with_)
    return listed(asked, whence, as_json=as_json)


def calendar(
    file: Path | None,
    *,
    address: str,
    lang: str,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    """0 written; 1 it cannot be; 2 wrong usage. With `as_json` the file may be left out."""
    if (file is None) == (not address) and (address or not as_json):
        return say("say where to write it (FILE.ics, or - to print it), or --address RECEIVER", USAGE)
    if (wrong := _no_language(lang)) is not None:
        return wrong
    if address:
        question = Question(method="GET", path="/v1/calendar/address", query={"receiver": address})
        answer = put(question, environ, state)
        if answer is None or not answer.is_ok:
            return refused(answer, as_json=as_json)
        return show_answer(answer, as_json=as_json)
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    made = _calendar(lang, whence, as_json=as_json)
    return REFUSED if made is None else _written(file, made, as_json=as_json)


def _no_language(lang: str) -> int | None:
    known = [one.value for one in Language]
    return None if lang in known else say(f"--lang: there are {' and '.join(known)}", USAGE)


def _written(file: Path | None, made: Mapping[str, Any], *, as_json: bool) -> int:
    kept = None if file is None or str(file) == "-" else file
    if kept is not None:
        try:
            kept.write_text(made["text"], encoding="utf-8", newline="")
        except OSError as error:
            return say(f"{kept} cannot be written: {error.strerror or type(error).__name__}", REFUSED)
    if as_json:
        return print_json({"file": None if kept is None else str(kept), "bills": made["bills"], "text": made["text"]})
    if kept is None:
        print(made["text"], end="")
    else:
        print(f"{count(made['bills'], 'bill')} in {kept}")
    return DONE


def _calendar(lang: str, whence: Whence, *, as_json: bool) -> Mapping[str, Any] | None:
    """From the daemon; where none answers, from what it has written. None where neither can, which is said."""
    question = Question(method="GET", path="/v1/calendar", query={"lang": lang}, within_s=_MADE_WITHIN_S)
    try:
        answer = ask(question, environ=whence.environ, state=whence.state)
    except (NobodyAnswersError, NotAllowedError, NoAnswerError) as error:
        if not isinstance(error, NobodyAnswersError):
            say(str(error), REFUSED)
        return _read(lang, whence)
    if not answer.is_ok:
        refused(answer, as_json=as_json)
        return None
    (made,) = answer.body["items"]
    return dict(made)


def _read(lang: str, whence: Whence) -> Mapping[str, Any] | None:
    from watchdog.cli.reading import found  # noqa: PLC0415  # costs half a second

    listing = found(
        _MODULE,
        "calendar",
        {"lang": lang},
        config=whence.config,
        state=whence.state,
        environ=whence.environ,
        clock=whence.clock,
    )
    return None if listing is None else listing.objects[0]
