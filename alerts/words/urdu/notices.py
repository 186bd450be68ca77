"""What the daemon has to say of itself, in Urdu: the same facts as in English, one function for each notice.

Reasons that a server, a file or a library gave stay as they are, from left to right.
"""

from datetime import timedelta
from typing import Final

from alerts.words.bidi import is_urdu, latin, name
from alerts.words.framed import Said
from alerts.words.urdu.wording import span

_DAEMON: Final = latin("Nigehban")


def trial(receiver: str, estate: str) -> Said:
    return Said(
        f"{latin(receiver, 80)} کے لیے پیغام، {name(estate, 80)}",
        f"کوئی خرابی نہیں، یہ صرف آزمائش ہے۔ یہ پیغام ملا تو {_DAEMON} اس راستے سے {latin(receiver, 80)} تک پہنچتا ہے۔",
    )


def set_aside(subject: str, receiver: str, channel: str, why: str) -> Said:
    what = f"یہ پیغام: {_quoted(subject)}" if subject else "ایک پیغام جو اب پڑھا نہیں جا سکتا"
    return Said(
        "ایک پیغام نہیں بھیجا جا سکا",
        f"{what}۔ {latin(receiver, 80)} کو {latin(channel, 80)} کے ذریعے جانا تھا، کسی کو نہیں پہنچا۔"
        f" وجہ: {latin(why)}۔ دوبارہ کوشش نہیں ہو گی؛ انہیں کسی اور طریقے سے بتائیے۔",
    )


def canary_lost(to: str, within: timedelta, why: str) -> Said:
    return Said(
        "ہماری اپنی ای میل نہیں پہنچ رہی",
        f"ہمارے اپنے سرور سے {latin(to)} کو آزمائشی ای میل بھیجی گئی، جو {span(within)} بعد بھی نہیں پہنچی۔"
        f" تفصیل: {latin(why)}۔ دوسرے پیغامات بھی اسی طرح گم ہو سکتے ہیں۔"
        " ای میل سرور کا ریکارڈ اور قطار دیکھیے؛ تب تک لوگوں کو کسی اور طریقے سے بتائیے۔",
    )


def canary_back(to: str) -> Said:
    return Said("ای میل پھر پہنچ رہی ہے", f"{latin(to)} کو بھیجی گئی آزمائشی ای میل پہنچ گئی ہے۔")


def _quoted(subject: str) -> str:
    """The subject of another message, in whichever language that is."""
    return subject if is_urdu(subject) else latin(subject)
