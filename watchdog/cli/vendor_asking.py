"""`nigehban vendors`: the daemon is told, and asked; listings go on without it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from watchdog.api.client import Question
from watchdog.cli.asking import DONE, REFUSED, TELL_WITHIN_S, put, refused, say
from watchdog.cli.asking import show as show_answer
from watchdog.cli.listing import Asked, Whence
from watchdog.cli.listing import list_ as listed
from watchdog.clock import Clock, system_clock

#: Where the listings of vendors are looked for without a daemon.
LOOKS: Final = "watchdog.cli.vendor_looks"

#: Keys of the API's body, as they are given here.
_OPTIONS: Final = {"evidence": "--evidence", "reason": "--reason", "at": "--at", "block": "REASON"}


def list_(*, config: Path, state: Path, environ: Mapping[str, str], as_json: bool, clock: Clock = system_clock) -> int:
    """As the daemon has them; where none answers, as they were written."""
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    return listed(Asked(path="/v1/vendors", module=LOOKS, look="vendors"), whence, as_json=as_json)


def show(
    vendor: str,
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
    clock: Clock = system_clock,
) -> int:
    whence = Whence(config=config, state=state, environ=environ, clock=clock)
    asked = Asked(path="/v1/vendor", module=LOOKS, look="vendor", with_={"word": vendor}, query={"vendor": vendor})
    return listed(asked, whence, as_json=as_json)


def check(vendor: str, *, config: Path, state: Path, environ: Mapping[str, str], as_json: bool) -> int:
    """0 payable; 1 somebody is not, or nobody can say. A script pays by it, so the daemon has to be asked."""
    del config  # the daemon has its own
    answer = put(Question(method="GET", path="/v1/vendors", query={"vendor": vendor}), environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json)
    items = answer.body["items"]
    if as_json:
        print(json.dumps(items, indent=2, ensure_ascii=False))
    bad = [one for one in items if one["is_payable"] is not True and (vendor or one["open"])]
    for one in bad if not as_json else ():
        reasons = [each["words"] or each["reason"] for each in one["reasons"]]
        why = "; ".join(reasons or [each["text"] for each in one["unknowns"]])
        say(f"{one['vendor']}: {'cannot be paid' if reasons else 'nobody can say'}: {why}", REFUSED)
    return REFUSED if bad else DONE


def said(
    vendor: str,
    words: Mapping[str, str],
    *,
    config: Path,
    state: Path,
    environ: Mapping[str, str],
    as_json: bool,
) -> int:
    """0 on record, or there already; 1 refused; 2 wrong usage."""
    del config  # the daemon has its own
    body = {"vendor": vendor, **{key: text for key, text in words.items() if text}}
    question = Question(method="POST", path="/v1/vendors/events", body=body, within_s=TELL_WITHIN_S)
    answer = put(question, environ, state)
    if answer is None or not answer.is_ok:
        return refused(answer, as_json=as_json, options=_OPTIONS)
    return show_answer(answer, as_json=as_json)
