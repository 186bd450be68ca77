"""The words of what goes as one message, since it waited or came all at once, in English and in Urdu."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from alerts.route import Language
from alerts.words import bidi, wording
from alerts.words.escape import one_line
from alerts.words.urdu import wording as urdu
from checks.wording import moment

#: Of the worst that waited, as much as leaves room for how much more there is.
_WORST_CHARS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldUpWords:
    """Texts of one language; `{…}` is filled by the digest."""

    lead: str
    worst: Callable[[str], str]
    """The subject of a message, as it begins the digest's."""
    more: Callable[[int], str]
    over: Callable[[int], str]
    """How many things are over again."""
    things: Callable[[int], str]
    waited: str
    """Ends the subject."""
    over_again: str
    after: str
    many_more: str
    others: str
    comma: str
    span: Callable[[timedelta], str]
    moment: Callable[[datetime, tzinfo], str]
    name: Callable[[str], str]

    def subject(self, worst: str, *, more: int, over: int) -> str:
        """What is worst before how many more there are."""
        counted = [self.more(more)] if more else []
        counted += [self.over(over)] if over else []
        rest = f"{self.comma}{self.comma.join(counted)}" if counted else ""
        return f"{self.worst(worst)}{rest} ({self.waited})"

    def counted(self, standing: int, over: int) -> str:
        """Begins the text for two SMS."""
        parts = [self.things(standing)] if standing else []
        return self.comma.join([*parts, *([self.over(over)] if over else [])])


HELD_UP: Final[Mapping[Language, HeldUpWords]] = {
    Language.ENGLISH: HeldUpWords(
        lead="These came while this way was out, or too many at once to be read one by one. Here is all of them, "
        "the most urgent first.",
        worst=lambda subject: one_line(subject, _WORST_CHARS),
        more=lambda number: f"{number:,} more",
        over=lambda number: f"{number:,} over again",
        things=lambda number: wording.count(number, "thing"),
        waited="all in one message",
        over_again="over again",
        after="over again after {span}",
        many_more="{count} of {service}{over}: {things}",
        others="other services",
        comma=", ",
        span=wording.span,
        moment=moment,
        name=lambda text: text,
    ),
    Language.URDU: HeldUpWords(
        lead="یہ اس وقت آئے جب یہ راستہ بند تھا، یا ایک ساتھ بہت سے آئے۔ سب یہاں درج ہیں، سب سے ضروری سب سے پہلے۔",
        worst=lambda subject: subject if bidi.is_urdu(subject) else bidi.latin(subject, _WORST_CHARS),
        more=lambda number: f"مزید {number:,}",
        over=lambda number: f"{number:,} ختم ہو چکے",
        things=lambda number: f"{number:,} معاملات" if number != 1 else "1 معاملہ",
        waited="سب ایک پیغام میں",
        over_again="ختم ہو چکا",
        after="{span} بعد ختم ہو چکا",
        many_more="{service}: {count}{over}: {things}",
        others="دیگر",
        comma="، ",
        span=urdu.span,
        moment=urdu.moment,
        name=lambda text: bidi.name(text, 80),
    ),
}
