"""What a peer quotes back of a secret."""

import base64
import html
import json
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

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


USER = "probe@example.org"
#: What it looks like in the hands of a server that logs, escapes or cuts what it was sent.
WAYS: Mapping[str, Callable[[str], str]] = {
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "IMAP's quoted string": lambda text: text.replace("\\", "\\\\").replace('"', '\\"'),
    "a URL": lambda text: quote(text, safe=""),
    "a form": quote_plus,
    "HTML": html.escape,
    "HTML in ASCII": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 with the user": lambda text: base64.b64encode(f"{USER}:{text}".encode()).decode(),
    "its tail": lambda text: text[-6:],
    "its first five characters": lambda text: text[:5],
    "small letters": str.lower,
    "capitals": str.upper,
    "doubled blanks": lambda text: text.replace(" ", "  "),
    "two lines": lambda text: f"{text[:4]}\r\n{text[4:]}",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("codec", ["utf-8", "latin-1"])
def test_no_piece_of_a_password_survives_however_it_is_quoted(way: str, codec: str) -> None:
    hidden = Hidden()
    hidden.hide('Tr0ub"dor&3 ünïx', USER)
    received = WAYS[way]('Tr0ub"dor&3 ünïx').encode(codec).decode("latin-1")
    told = hidden.taken_out(f"<{received}>").replace("***", "")
    assert len(told.strip("<>=").split()) <= 1
    assert len(told.strip("<>=")) < 5


@pytest.mark.parametrize("name", ["some", "someb", "somebo"])
def test_in_base64_a_password_is_hidden_whatever_stands_before_it(name: str) -> None:
    received = base64.b64encode(f"{name}\0correct horse".encode()).decode()
    told = hiding("PASS correct horse", "PASS ***").taken_out(received)
    before, _, after = told.partition("***")
    # The letters at its ends hold bits of what stands beside it too.
    assert len(before) <= len(base64.b64encode(f"{name}\0".encode()).rstrip(b"=")) + 1
    assert len(after.rstrip("=")) <= 1


_SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=6, max_size=40)


@given(secret=_SECRETS, way=st.sampled_from(["JSON", "JSON in UTF-8", "a URL", "a form", "HTML", "hex", "base64"]))
def test_no_escape_brings_a_secret_back(secret: str, way: str) -> None:
    hidden = Hidden()
    hidden.hide(secret, USER)
    received = WAYS[way](secret).encode().decode("latin-1")
    assert hidden.taken_out(f"({received.rstrip('=')})") in {"(***)", "***)", "(***", "***"}


@given(secret=_SECRETS, cut=st.integers(1, 39))
def test_a_secret_broken_over_two_lines_is_hidden_in_both(secret: str, cut: int) -> None:
    hidden = Hidden()
    hidden.hide(secret)
    received = secret.encode().decode("latin-1")
    broken = f"{received[:cut]}\n{received[cut:]}"
    assert hidden.taken_out(f"<{broken.strip()}>").count("***") == 1
    assert broken.strip() not in hidden.taken_out(broken)


def test_what_a_long_answer_costs_to_mask_is_little() -> None:
    hidden = Hidden()
    hidden.hide("correct horse battery staple")
    started = time.process_time()
    hidden.taken_out("correct hors " * 1300)
    assert time.process_time() - started < 0.5


@given(secret=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=4, max_size=80), around=st.text())
def test_no_secret_survives_its_quotation(secret: str, around: str) -> None:
    hidden = hiding(f"PASS {secret}", "PASS ***")
    received = secret.encode().decode("latin-1")
    told = hidden.taken_out(f"{around}{received}{around}")
    assert received not in told.replace("***", "\0")
