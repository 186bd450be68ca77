"""Whether a page's title, or a sentence of it, is a notice's words and no more than custom puts around them.

People write about suspension: of bus services, of accounts of others, of what to do about it. A notice says it alone.
"""

import re

#: What changes nothing in a heading: "This account has been suspended" is "Account suspended".
_FILLERS = frozenset({"this", "the", "your", "our", "sorry", "is", "was", "has", "been", "currently", "temporarily"})
#: And in a sentence, where a label "Account suspended" of a table would be one too.
_ASIDES = frozenset({"sorry", "currently", "temporarily"})
#: What may follow in the same sentence.
_GOES_ON = frozenset({"because", "by", "contact", "due", "for", "of", "pending", "please"})
#: What sites that explain or report call themselves.
_TALK = frozenset(
    {
        "answers",
        "article",
        "articles",
        "base",
        "blog",
        "center",
        "centre",
        "closed",
        "community",
        "docs",
        "documentation",
        "faq",
        "forum",
        "guide",
        "help",
        "how",
        "knowledge",
        "maintenance",
        "news",
        "questions",
        "story",
        "support",
        "today",
        "tomorrow",
        "tutorial",
        "until",
        "what",
        "when",
        "why",
        "wiki",
    }
)
_MAX_HEADING = 200
_MAX_NAME_WORDS = 4

_HOST = re.compile(r"(?:[\w-]+\.)+[a-z][\w-]+")
_SEPARATOR = re.compile(r" [-|\u2013\u2014·»]+ ")
_SENTENCE_END = re.compile(r"[.!;](?: |$)")


def is_heading(text: str, words: str) -> bool:
    """Whether `text` is `words`, maybe beside a host or a site's name: "example.org - Account Suspended"."""
    text = text.rstrip("!. ")
    if len(text) > _MAX_HEADING:
        return False
    parts = [part for part in _SEPARATOR.split(text) if any(map(str.isalnum, part))]
    wanted = _bare(words, _FILLERS)
    rest = [part for part in parts if _bare(part, _FILLERS) != wanted]
    return len(rest) < len(parts) and len(rest) <= 1 and all(map(_is_name, rest))


def has_sentence(text: str, words: str) -> bool:
    """Whether a sentence of `text` is `words`, or begins with them and goes on with a reason or with whom to ask."""
    wanted = words.split()
    for sentence in _SENTENCE_END.split(text):
        said = _bare(sentence, _ASIDES)
        if said[: len(wanted)] == wanted and (len(said) == len(wanted) or said[len(wanted)] in _GOES_ON):
            return True
    return False


def _bare(text: str, fillers: frozenset[str]) -> list[str]:
    """Its words, without `fillers`, hosts, a status before them and signs around them; "?" stays, since it asks."""
    words = [word.strip("!.,:;\"'()[]<>*…") for word in text.split()]
    return [word for word in words if not _is_needless(word, fillers)]


def _is_needless(word: str, fillers: frozenset[str]) -> bool:
    return word in fillers or word.isdigit() or not any(map(str.isalnum, word)) or _HOST.fullmatch(word) is not None


def _is_name(part: str) -> bool:
    words = part.split()
    return len(words) <= _MAX_NAME_WORDS and not _TALK & set(words) and "?" not in part
