"""What of an Urdu text is not Urdu, outside of names and quotations."""

import re

#: From an isolate's beginning to its end: names, ids, what a machine said.
_QUOTED = re.compile("[\u2066\u2068][^\u2066-\u2069]*\u2069")
_WORD = re.compile(r"[A-Za-z]{2,}")


def english_words(text: str) -> set[str]:
    """Words of two and more Latin letters that stand in `text` itself."""
    return set(_WORD.findall(_QUOTED.sub("", text)))
