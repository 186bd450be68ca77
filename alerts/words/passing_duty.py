"""The words in which duty passes on, in English and in Urdu."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from alerts.route import Language
from alerts.words import bidi
from alerts.words.urdu import wording as urdu
from checks.wording import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWords:
    """Texts of one language. Names are receiver ids; who is nobody is ()."""

    subject: Callable[[str, Sequence[str], Sequence[str]], str]
    """Of a rota, who comes and who goes."""
    ended: Callable[[str, str, Sequence[str]], str]
    """Of a rota: since when, and who is on duty now."""
    begun: Callable[[str, str, str, Sequence[str]], str]
    """Of a rota: since when, until when or "", and who was before."""
    nothing: str
    unanswered: str
    answered: str
    well: str
    failed: Callable[[str, str, str], str]
    """Of a thing that is well for now: since when it failed, and since when it is well."""
    since: Callable[[str, str], str]
    at_it: Callable[[str, str, str], str]
    """Who is at it, until when or "", and a note or ""."""
    more: Callable[[int], str]
    moment: Callable[[datetime, tzinfo], str]


def _named(names: Sequence[str], nobody: str) -> str:
    return ", ".join(names) or nobody


def _behind(words: str, names: Sequence[str], stop: str = "") -> str:
    return f"{words}{', '.join(names)}{stop}" if names else ""


def _in_urdu(names: Sequence[str]) -> str:
    return "، ".join(bidi.latin(one, 80) for one in names) or "کوئی نہیں"


def _quoted(line: str) -> str:
    return line if bidi.is_urdu(line) else bidi.latin(line)


DUTY_WORDS: Final[Mapping[Language, DutyWords]] = {
    Language.ENGLISH: DutyWords(
        subject=lambda rota, comes, goes: f"{rota}: {_named(comes, 'nobody')} is on duty now{_behind(' after ', goes)}",
        ended=lambda rota, since, now: f"Your duty in {rota} ended at {since}. {_named(now, 'Nobody')} is on duty now.",
        begun=lambda rota, since, until, before: (
            f"You are on duty in {rota} since {since}{f', until {until}' if until else ''}."
            f"{_behind(' Before you it was ', before, '.')}"
        ),
        nothing="Nothing is open.",
        unanswered="Open, and nobody has said to be at it:",
        answered="Open, and somebody is at it:",
        well="Well for now; the end is told once it has stayed so:",
        failed=lambda what, since, well: f"{what} (failed since {since}, well since {well})",
        since=lambda what, since: f"{what} (since {since})",
        at_it=lambda who, until, note: (
            f"; {who} is at it{f' until {until}' if until else ''}{f': {note}' if note else ''}"
        ),
        more=lambda number: f"And {number:,} more; `nigehban incidents` lists all of them.",
        moment=moment,
    ),
    Language.URDU: DutyWords(
        subject=lambda rota, comes, goes: (
            f"{bidi.latin(rota, 80)}: اب ڈیوٹی پر: {_in_urdu(comes)}{f'، پہلے: {_in_urdu(goes)}' if goes else ''}"
        ),
        ended=lambda rota, since, now: (
            f"{bidi.latin(rota, 80)} میں آپ کی ڈیوٹی {since} کو ختم ہوئی۔ اب ڈیوٹی پر: {_in_urdu(now)}۔"
        ),
        begun=lambda rota, since, until, before: (
            f"{bidi.latin(rota, 80)} میں {since} سے{f' {until} تک' if until else ''} آپ ڈیوٹی پر ہیں۔"
            f"{f' آپ سے پہلے: {_in_urdu(before)}۔' if before else ''}"
        ),
        nothing="کوئی معاملہ کھلا نہیں۔",
        unanswered="کھلے معاملات جن کی ذمہ داری کسی نے نہیں لی:",
        answered="کھلے معاملات جو کسی کے ذمے ہیں:",
        well="فی الحال ٹھیک؛ ایسا ہی رہا تو ختم ہونے کی اطلاع دی جائے گی:",
        failed=lambda what, since, well: f"{_quoted(what)} ({since} سے خراب، {well} سے ٹھیک)",
        since=lambda what, since: f"{_quoted(what)} ({since} سے)",
        at_it=lambda who, until, note: (
            f"؛ ذمے: {bidi.name(who, 80)}{f'، {until} تک' if until else ''}{f': {bidi.name(note)}' if note else ''}"
        ),
        more=lambda number: f"اور {number:,} مزید؛ سب کی فہرست: {bidi.latin('nigehban incidents')}۔",
        moment=urdu.moment,
    ),
}
