"""FAULTS row 24: of some hundred answers in dozens of layouts, and of each of them damaged, not one wrong date."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import pytest

from checks.domains.registration import RegistryAnswerError
from checks.domains.whois import parse_whois
from tests.support.chance import seeded
from tests.support.whois_samples import DOMAIN, NOW, Sample, samples

Damage = Callable[[Sample], bytes]


def date_in(raw: bytes, sample: Sample) -> datetime | None:
    """What is believed to be the registry's date, in the one layout that has only the registrar's to be his; None where
    nothing is.
    """
    try:
        found = parse_whois(raw, DOMAIN, now=NOW, layout=sample.layout)
    except RegistryAnswerError:
        return None
    return found.expires_at if found.is_registrars_date is sample.name.startswith("registrar_only") else None


def test_the_corpus_is_large_enough() -> None:
    assert len(samples()) >= 300
    assert len({sample.name.partition(" ")[0] for sample in samples()}) >= 40


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_sample_is_read_rightly_or_not_at_all(sample: Sample) -> None:
    assert date_in(sample.raw, sample) == (sample.truth if sample.is_readable else None)


def with_windows_endings(sample: Sample) -> bytes:
    return sample.raw.replace(b"\n", b"\r\n")


def in_capitals(sample: Sample) -> bytes:
    return sample.raw.upper()


def in_small_letters(sample: Sample) -> bytes:
    return sample.raw.lower()


def with_latin_1_names(sample: Sample) -> bytes:
    return "Office: Büro für Beispiele\n".encode("latin-1") + sample.raw if sample.raw.isascii() else sample.raw


def with_a_byte_order_mark(sample: Sample) -> bytes:
    return b"\xef\xbb\xbf" + sample.raw


def twice(sample: Sample) -> bytes:
    return sample.raw + b"\n" + sample.raw


def with_comments(sample: Sample) -> bytes:
    return b"% Expiry Date: 2031-01-01\n# expires: 2031-01-01\n\n" + sample.raw + b"\n% valid until 2031-01-01\n"


def indented(sample: Sample) -> bytes:
    return b"".join(b"   " + line for line in sample.raw.splitlines(keepends=True))


HARMLESS: Mapping[str, Damage] = {
    damage.__name__: damage
    for damage in (with_windows_endings, with_a_byte_order_mark, twice, with_comments, with_latin_1_names, indented)
}
PERHAPS: Mapping[str, Damage] = {damage.__name__: damage for damage in (in_capitals, in_small_letters)}


@pytest.mark.parametrize("damage", HARMLESS.values(), ids=HARMLESS)
def test_harmless_changes_change_no_date(damage: Damage) -> None:
    wrong = [
        sample.name
        for sample in samples()
        if date_in(damage(sample), sample) != (sample.truth if sample.is_readable else None)
    ]
    assert not wrong


def damaged(sample: Sample) -> Iterator[bytes]:
    """Cut off, without one of its lines, joined, mixed up, with letters lost."""
    chance = seeded(len(sample.raw))
    lines = sample.raw.splitlines(keepends=True)
    yield from (sample.raw[:end] for end in range(0, len(sample.raw), 3))
    yield from (b"".join(lines[:gap] + lines[gap + 1 :]) for gap in range(len(lines)))
    yield from (damage(sample) for damage in PERHAPS.values())
    yield sample.raw.replace(b"\n", b" ")
    if not any(line.strip() == sample.expiry_text.encode() for line in lines):
        yield b"".join(reversed(lines))
        yield from (b"".join(chance.sample(lines, len(lines))) for _ in range(5))
    for _ in range(5):
        yield bytes(byte for byte in sample.raw if chance.random() > 0.01 or chr(byte).isdigit())


@pytest.mark.slow
def test_damage_makes_no_date_another_one() -> None:
    tried = 0
    wrong = []
    for sample in samples():
        for raw in damaged(sample):
            tried += 1
            date = date_in(raw, sample)
            if date is not None and date.date() != sample.truth.date():
                wrong.append((sample.name, date, raw))
    assert not wrong, wrong[0]
    assert tried > 50_000


def test_a_second_date_of_another_day_leaves_none() -> None:
    other = b"\nExpiry Date: 2032-07-08\n"
    assert not [sample.name for sample in samples() if date_in(sample.raw + other, sample) == sample.truth]


def test_an_answer_about_another_name_gives_no_date() -> None:
    for sample in samples():
        raw = sample.raw.replace(DOMAIN.encode(), b"other.gov.pk").replace(DOMAIN.upper().encode(), b"OTHER.GOV.PK")
        assert date_in(raw, sample) is None, sample.name


def test_an_answer_in_which_the_date_itself_was_cut_gives_none() -> None:
    """A day of two digits that lost one would pass for another day."""
    for sample in samples():
        start = sample.raw.index(sample.expiry_text.encode()) if sample.expiry_text.encode() in sample.raw else 0
        for kept in range(len(sample.expiry_text)):
            assert date_in(sample.raw[: start + kept], sample) is None, (sample.name, kept)
