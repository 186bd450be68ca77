"""Draft letters to a vendor about an unpaid bill, for somebody to read, change and sign. Facts in, text out. Pure."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from alerts.letter_english import ENGLISH
from alerts.letter_facts import Facts, LetterWords
from alerts.letter_urdu import URDU
from alerts.route import Language
from checks.ledger.rules import BillingRules


class LetterKind(Enum):
    """The value stands on the command line."""

    GRACE = "grace"
    """Asks not to be cut off before a day."""
    NOTICE = "notice"
    """Tells that the money cannot be received, and asks to mend that."""
    ALTERNATE_ACCOUNT = "alternate-account"
    """Asks for another account, with what proves that it is the vendor's."""


_WORDS: Final[Mapping[Language, LetterWords]] = {Language.ENGLISH: ENGLISH, Language.URDU: URDU}


def letter(kind: LetterKind, facts: Facts, rules: BillingRules, language: Language) -> str:
    """A whole letter in plain text; what is to be filled in by hand stands in brackets."""
    words = _WORDS[language]
    paragraphs = {
        LetterKind.GRACE: words.grace,
        LetterKind.NOTICE: words.notice,
        LetterKind.ALTERNATE_ACCOUNT: words.account,
    }[kind](facts, rules)
    head = words.head(facts, words.subjects[kind.value])
    return "\n\n".join([head, *(one for one in paragraphs if one), words.close(facts)]) + "\n"
