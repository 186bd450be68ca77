"""Records as people write them and as servers print them, made comparable."""

import re
from collections.abc import Mapping
from functools import lru_cache

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.svcbbase
import dns.rdtypes.txtbase
import idna
from dns.rdtypes.ANY.CAA import CAA

#: Every look compares the same few records; reading them anew would cost more than asking.
_KEPT = 20_000
_MAX_LABEL, _MAX_NAME = 63, 253

#: Types that are one text cut into strings of 255 bytes; where it is cut says nothing (RFC 7208 §3.3).
_TEXTS = frozenset({"TXT", "SPF"})
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ALL_QUOTED = re.compile(r'\s*"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*\s*', re.DOTALL)
#: A run of bytes over 127 as zone files write them, none of whose backslashes is itself escaped.
_HIGH_BYTES = re.compile(r"(?<!\\)(?:\\(?:12[89]|1[3-9][0-9]|2[0-5][0-9]))+")
_FINAL_DOT = re.compile(r"[^\s.\\]\.$")
#: The full stops of RFC 3490 §3.1.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[!-~]{1,63}")
#: Of printable ASCII, what a zone file gives another meaning.
_SPECIAL = frozenset('"();@$\\')

_EXAMPLES: Mapping[str, str] = {
    "A": "192.0.2.1",
    "AAAA": "2001:db8::1",
    "CAA": '0 issue "ca.example.org"',
    "CNAME": "www.example.gov.pk",
    "MX": "10 mx1.example.gov.pk",
    "NS": "ns1.example.gov.pk",
    "PTR": "mx1.example.gov.pk",
    "SRV": "0 5 587 mail.example.gov.pk",
    "TLSA": "3 1 1 and a SHA-256 in hexadecimal digits",
}


def a_labels(name: str) -> str:
    """`name` as name servers know it: labels in ASCII (RFC 5891 §4), lower case, no final dot. Raises ValueError."""
    labels = _DOTS.split(name.strip().lower())
    if labels[-1] == "" and len(labels) > 1:
        labels.pop()
    encoded = ".".join(label if label.isascii() else _a_label(label) for label in labels)
    well = all(_LABEL.fullmatch(label) and not _SPECIAL & set(label) for label in encoded.split("."))
    if not well or len(encoded) > _MAX_NAME:
        raise ValueError(
            f"is no name: labels of 1 to {_MAX_LABEL} characters with dots between them, {_MAX_NAME} in all, "
            "like _25._tcp.mx1.example.gov.pk"
        )
    return encoded


def _a_label(label: str) -> str:
    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError(f"{label!r} is no label of an internationalised name") from None


@lru_cache(_KEPT)
def expected_form(kind: str, text: str) -> bytes:
    """The canonical form of a record somebody wrote down. Raises ValueError with what would be right."""
    if kind in _TEXTS and not _ALL_QUOTED.fullmatch(text):
        return text.encode()
    if "\n" in text or ";" in _QUOTED.sub("", text).replace("\\;", ""):
        raise ValueError(f"is no {kind} record: one line, and quotes around a text with ';' in it")
    try:
        return _canonical(kind, _in_ascii(text))
    except (dns.exception.DNSException, ValueError):
        example = f"; write it like {_EXAMPLES[kind]}" if kind in _EXAMPLES else ""
        raise ValueError(f"is no {kind} record{example}") from None


@lru_cache(_KEPT)
def served_form(kind: str, text: str) -> bytes:
    """The canonical form of a record as a server's answer prints it; the text itself where that cannot be read back."""
    try:
        return _canonical(kind, text)
    except (dns.exception.DNSException, ValueError):
        return text.encode()


def plain_form(kind: str, text: str) -> str:
    """A record as people read it: a text in one piece and in its letters, names without their final dots."""
    if kind in _TEXTS and _ALL_QUOTED.fullmatch(text):
        return _lettered('"' + "".join(part[1:-1] for part in _QUOTED.findall(text)) + '"')
    if kind == "SOA":
        return " ".join(word[:-1] if _FINAL_DOT.search(word) else word for word in text.split(" "))
    return text[:-1] if _FINAL_DOT.search(text) else text


def _lettered(text: str) -> str:
    """`text` with what is UTF-8 in it as letters, as far as they can be printed; all else stays escaped."""

    def letters(escapes: re.Match[str]) -> str:
        data = bytes(int(number) & 0xFF for number in escapes[0].split("\\")[1:])
        try:
            found = data.decode()
        except UnicodeDecodeError:
            return escapes[0]
        return found if found.isprintable() else escapes[0]

    return _HIGH_BYTES.sub(letters, text)


def _canonical(kind: str, text: str) -> bytes:
    data = dns.rdata.from_text(
        dns.rdataclass.IN, dns.rdatatype.from_text(kind), text, origin=dns.name.root, relativize=False
    )
    match data:
        case dns.rdtypes.txtbase.TXTBase():
            return b"".join(data.strings)
        case CAA():
            return data.replace(tag=data.tag.lower()).to_digestable(dns.name.root)  # RFC 8659 §4.1: in any case
        case dns.rdtypes.svcbbase.SVCBBase():
            # RFC 4034 §6.2 lists no type as young as this one, so dnspython leaves its name as it was written.
            return data.replace(target=data.target.canonicalize()).to_digestable(dns.name.root)
        case _:
            return data.to_digestable(dns.name.root)


def _in_ascii(text: str) -> str:
    """`text` with every name that is not ASCII in the form name servers know."""
    return text if text.isascii() else " ".join(word if word.isascii() else a_labels(word) for word in text.split())
