"""The vendor on whom half of all users or more hang, in one sentence."""

from typing import Final

from alerts.digests.note_words import NOTE_WORDS
from alerts.route import Language
from checks.billing.risk.concentration import concentrations
from checks.estate import Estate

#: From this share of users on, that it all hangs on one vendor is said.
HEAVY: Final = 0.5


def leaning(estate: Estate, language: Language) -> str:
    """Empty where no vendor carries as much, or where one carries every service, which everybody knows."""
    words, heaviest = NOTE_WORDS[language], next(iter(concentrations(estate)), None)
    if heaviest is None or heaviest.share < HEAVY or heaviest.services == heaviest.of_services:
        return ""
    return words.hangs(heaviest, words.name(estate.vendors[heaviest.vendor].name))
