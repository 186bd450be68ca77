"""What an answer of a name server means for people: found, missing, refused, failed. No I/O."""

from collections.abc import Sequence
from typing import TypeAlias

from checks.fault import Fault
from checks.model import Cause, Status
from checks.names.records import expected_form, plain_form, served_form
from checks.network.values import DnsAnswer

_SHOWN_RECORDS = 4
_SHOWN_CHARACTERS = 120

Texts: TypeAlias = Sequence[str]


def no_records(answer: DnsAnswer, kind: str, *, who: str) -> Fault | None:
    """What is wrong with an answer without regard to what its records are; None where it has some.

    `who` answered, as a reader knows it: "the server", "name server 192.0.2.53".
    """
    alias = f"is an alias of {_name(answer.aliases[-1])}, " if answer.aliases else ""
    match answer.code:
        case "NOERROR" if answer.records:
            return None
        case "NOERROR" if answer.is_referral:
            others = listed(answer.referred_to, "NS")
            text = f"{who} does not serve this zone: it knows no answer and names {others} instead"
            return _fault(Cause.NAME_FAILED, alias and f"{alias}and ", text)
        case "NOERROR" if answer.aliases:
            return _fault(Cause.MISMATCH, "", f"{alias}and {who} names no {kind} record there")
        case "NOERROR":
            return _fault(Cause.MISMATCH, "", f"exists, but has no {kind} record")
        case "NXDOMAIN":
            return _fault(
                Cause.NAME_NOT_FOUND,
                "",
                f"{alias}which does not exist" if alias else "does not exist, nor does the name itself",
            )
        case _:
            cause, text = _refused(answer.code, who)
            said = f", saying {_clip(answer.note)!r}" if answer.note else ""
            return _fault(cause, alias and f"{alias}and ", f"{text}{said}")


def _refused(code: str, who: str) -> tuple[Cause, str]:
    """By RFC 1035 §4.1.1, RFC 2136 §2.2 and RFC 6891 §9."""
    match code:
        case "SERVFAIL":
            return Cause.NAME_FAILED, f"{who} cannot find out (SERVFAIL)"
        case "REFUSED":
            return Cause.REJECTED, f"{who} refuses to answer (REFUSED): it does not serve this zone, or not to us"
        case "NOTAUTH":
            return Cause.REJECTED, f"{who} says that it does not serve this zone (NOTAUTH)"
        case "FORMERR" | "NOTIMP" | "BADVERS":
            return Cause.PROTOCOL, f"{who} makes nothing of the question ({code})"
        case _:
            return Cause.NAME_FAILED, f"{who} answers with the error {code}"


def differing(records: Texts, kind: str, *, equals: Texts | None, contains: Texts | None) -> Fault | None:
    """How `records` differ from the whole set `equals`, or lack some of `contains`; None where they do not."""
    expected = {expected_form(kind, text): text for text in equals or contains or ()}
    if not expected:
        return None
    found = {served_form(kind, text): text for text in records}
    missing = listed([text for form, text in expected.items() if form not in found], kind)
    extra = [text for form, text in found.items() if form not in expected] if equals is not None else []
    if extra and len(extra) == len(found):
        return _fault(Cause.MISMATCH, "", f"is {served(extra, kind)}, expected {missing}")
    has = f", has {served(records, kind)}" if contains is not None else ""
    told = [f"lacks {missing}{has}"] if missing else []
    told.extend([f"has {served(extra, kind)}, which is not expected"] if extra else [])
    return _fault(Cause.MISMATCH, "", " and ".join(told)) if told else None


def served(records: Texts, kind: str) -> str:
    """`records` in an order of their own: servers shuffle them from answer to answer."""
    return listed(sorted(records), kind)


def listed(texts: Texts, kind: str) -> str:
    """The first few of `texts`, each cut to a line people can read; "" for none."""
    more = len(texts) - _SHOWN_RECORDS
    shown = ", ".join(_clip(plain_form(kind, text)) for text in texts[:_SHOWN_RECORDS])
    return f"{shown} and {more} more" if more > 0 else shown


def _clip(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}… ({len(text)} characters)"


def _name(text: str) -> str:
    return text.removesuffix(".") or "the root"


def _fault(cause: Cause, before: str, text: str) -> Fault:
    return Fault(cause, Status.CRITICAL, f"{before}{text}")
