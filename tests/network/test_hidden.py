"""What a peer quotes back of a secret."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.network.hidden import Hidden

PLAIN = base64.b64encode(b"\0probe\0correct horse").decode()


def hiding(line: str, shown: str) -> Hidden:
    hidden = Hidden()
    hidden.remember(line, shown)
    return hidden


@pytest.mark.parametrize(
    ("quoted", "told"),
    [
        (f"bad command: AUTH PLAIN {PLAIN}", "bad command: AUTH PLAIN ***"),
        (f"bad command: AUTH PLAIN {PLAIN.rstrip('=')}, sorry", "bad command: AUTH PLAIN ***, sorry"),
        (f"bad command: AUTH PLAIN {PLAIN[:11]}", "bad command: AUTH PLAIN ***"),
        (f"BAD COMMAND: AUTH PLAIN {PLAIN.upper()}", "BAD COMMAND: AUTH PLAIN ***"),
        ("wrong password 'correct horse' for probe", "wrong password '***' for probe"),
        ("WRONG: CORRECT HORSE", "WRONG: ***"),
        ("in base64: Y29ycmVjdCBob3JzZQ==", "in base64: ***=="),
        ("nothing of it", "nothing of it"),
    ],
)
def test_a_quotation_is_masked_in_whatever_form_it_comes(quoted: str, told: str) -> None:
    assert hiding(f"AUTH PLAIN {PLAIN}", "AUTH PLAIN ***").taken_out(quoted) == told


def test_before_anything_secret_is_sent_nothing_is_masked() -> None:
    assert Hidden().taken_out("*** PASS hunter2") == "*** PASS hunter2"


def test_a_line_shown_without_a_mask_is_secret_as_a_whole() -> None:
    assert hiding("hunter2", "(the password)").taken_out("no: hunter2") == "no: ***"


def test_a_password_that_is_short_tears_no_words_apart() -> None:
    assert hiding("PASS 25", "PASS ***").taken_out("250 ok, 25 is wrong, port 25") == "250 ok, *** is wrong, port ***"


def test_a_password_in_urdu_is_masked_in_the_bytes_that_come_back() -> None:
    quoted = "خفیہ".encode().decode("latin-1")
    assert hiding("PASS خفیہ", "PASS ***").taken_out(f"-ERR {quoted}") == "-ERR ***"


@given(secret=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=4, max_size=80), around=st.text())
def test_no_secret_survives_its_quotation(secret: str, around: str) -> None:
    hidden = hiding(f"PASS {secret}", "PASS ***")
    received = secret.encode().decode("latin-1")
    told = hidden.taken_out(f"{around}{received}{around}")
    assert received not in told.replace("***", "\0")
