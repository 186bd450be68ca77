"""What the daemon has to say of itself, in Urdu: the same facts as in English, one function for each notice.

Reasons that a server, a file or a library gave stay as they are, from left to right.
"""

from collections.abc import Sequence
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


# Ways out ------------------------------------------------------------------------------------------------------------


def refused(whom: str, channel: str, subject: str, why: str, *, was_told: bool) -> Said:
    told = (
        "دوسروں کو یہ پیغام مل گیا ہے، یا دوسرے راستے سے چلا گیا ہے۔"
        if was_told
        else "یہ کسی تک نہیں پہنچا، اور ان تک کوئی دوسرا راستہ نہیں۔"
    )
    return Said(
        f"{latin(whom)} کو {latin(channel, 80)} کے ذریعے پیغامات قبول نہیں ہو رہے",
        f"یہ پیغام ہمیشہ کے لیے رد کر دیا گیا: {_quoted(subject)}۔ وجہ: {latin(why)}۔ {told} پتہ یا راستہ درست کیجیے۔",
    )


# The state -----------------------------------------------------------------------------------------------------------


def damaged(why: str, copied: str, source: str) -> Said:
    """`copied` is until when the copy reaches that was put in place, in Urdu; "" where there was none."""
    outcome = (
        f"اس کی جگہ وہ نقل رکھ دی گئی جو {copied} تک کی ہے ({latin(source)})؛ اس کے بعد جو درج ہوا وہ ضائع ہو گیا۔"
        " سب کچھ دیکھ لینے کے بعد خلاصہ بھیجا جائے گا۔"
        if copied
        else f"اس کی جگہ رکھنے کو کوئی نقل نہ تھی، اس لیے {_DAEMON} نئے سرے سے شروع ہو رہا ہے: جو خراب ہے اس کی اطلاع"
        " دوبارہ دی جائے گی، جن تاریخوں کا لوگوں کو علم ہے وہ دوبارہ بتائی جائیں گی، اور پچھلا ریکارڈ ضائع ہو گیا۔"
    )
    return Said(f"{_DAEMON} کا ریکارڈ خراب ہو گیا تھا", f"{latin(why)}\n{outcome}")


def trouble(key: str, text: str) -> Said:
    return Said(
        f"{_DAEMON} خود مشکل میں ہے: {latin(key, 80)}", f"نگرانی کے نظام میں خرابی ہے۔ تفصیل: {latin(text, 400)}"
    )


def from_memory(subjects: Sequence[str]) -> Said:
    """Outages told while nothing can be written; in words that others wrote."""
    return Said(
        f"{len(subjects)} خرابیاں (ریکارڈ کے بغیر)" if len(subjects) > 1 else "ایک خرابی (ریکارڈ کے بغیر)",
        "اس وقت کچھ لکھا نہیں جا سکتا، اس لیے یہ اطلاع براہِ راست دی جا رہی ہے؛ لکھنا ممکن ہونے پر دوبارہ دی"
        " جائے گی۔\n\n" + "\n".join(_quoted(one) for one in subjects),
    )


def writable_again(key: str, since: str, lasted: timedelta, began: int) -> Said:
    news = f" اس دوران شروع ہونے والے {began} واقعات ابھی کھلے ہیں۔" if began else ""
    return Said(
        f"ریکارڈ {span(lasted)} بعد پھر لکھا جا رہا ہے",
        f"{since} سے کچھ لکھا نہیں جا سکتا تھا ({latin(key, 80)})۔ اب لکھا جا رہا ہے: جو دیکھا گیا وہ محفوظ"
        " ہے، اور رکے ہوئے"
        f" پیغامات جا رہے ہیں۔{news} کچھ کرنے کی ضرورت نہیں۔",
    )


def not_copied(folder: str, error: str) -> Said:
    return Said(
        "ریکارڈ کی نقل نہیں بن سکی",
        f"ریکارڈ کی نقل {latin(folder)} میں نہیں بن سکی: {latin(error)}۔ ہر گھنٹے دوبارہ کوشش ہو گی۔ نگرانی جاری ہے؛"
        " ریکارڈ بھی ضائع ہوا تو پچھلا حال اور یہ کہ کس کو کیا بتایا گیا، دونوں ضائع ہو جائیں گے۔",
    )


# Time ----------------------------------------------------------------------------------------------------------------


def asleep(since: str, until: str, lasted: timedelta) -> Said:
    return Said(
        f"{_DAEMON} {span(lasted)} تک بند رہا",
        f"{since} سے {until} تک کچھ نہیں دیکھا گیا: مشین معطل تھی، یا پروگرام رکا ہوا تھا۔ ایک منٹ کے اندر سب"
        " کچھ نئے سرے سے"
        " دیکھا جا رہا ہے؛ اس دوران جن تاریخوں کا وقت آیا وہ اب بتائی جا رہی ہیں۔",
    )


def clock_jumped(should_be: str, stands_at: str, *, at_start: bool) -> Said:
    subject = "نگرانی والی مشین کی گھڑی شاید غلط ہے" if at_start else "نگرانی والی مشین کی گھڑی اچانک بدل گئی"
    found = "اس آغاز سے پہلے کی آخری جانچ کے مطابق وقت یہ ہے" if at_start else "وقت یہ ہونا چاہیے"
    return Said(
        subject,
        f"{found}: {should_be}، اور گھڑی یہ بتاتی ہے: {stands_at}۔ جب تک تصدیق نہ ہو، سب کچھ پہلے وقت کے"
        " مطابق چلے گا تاکہ کوئی"
        " تاریخ وقت سے پہلے یا دو بار نہ بتائی جائے۔ گھڑی غلط ہے تو درست کیجیے؛ درست ہے تو کچھ نہ کیجیے:"
        " تصدیق ہوتے ہی،"
        " ورنہ چھ گھنٹے بعد، مان لی جائے گی۔",
    )


def clock_right(now: str) -> Said:
    return Said(
        "نگرانی والی مشین کی گھڑی پھر درست ہے",
        f"گھڑی کے مطابق اب {now} ہے، جیسا ہونا چاہیے۔ غلط وقت پر کچھ نہیں ہوا؛ کچھ کرنے کی ضرورت نہیں۔",
    )


def clock_believed(was: str, now: str, *, vouched: bool, at_once: bool) -> Said:
    why = "وقت بتانے والی سروس نے تصدیق کر دی ہے" if vouched else "گھڑی چھ گھنٹے سے یہی بتا رہی ہے"
    subject = "نگرانی والی مشین کی گھڑی اچانک بدل گئی" if at_once else "جو گھڑی بدل گئی تھی وہ اب مان لی گئی ہے"
    return Said(
        subject,
        f"اب سے وقت {now} ہے، کیونکہ {why}؛ اب تک سب کچھ {was} کے مطابق تھا۔ درمیان میں جن تاریخوں کا وقت آیا"
        " وہ اب بتائی"
        " جا رہی ہیں۔",
    )


# Duty and work -------------------------------------------------------------------------------------------------------


def duty_unreadable(rota: str, why: str) -> Said:
    return Said(
        f"{latin(rota, 80)} کا ڈیوٹی کیلنڈر پڑھا نہیں جا سکتا",
        f"{latin(rota, 80)} میں کون ڈیوٹی پر ہے، یہ معلوم نہیں ہو سکا: {latin(why)}۔ آخری درست نقل استعمال ہو"
        " رہی ہے؛ اس کے بعد"
        " کی تبدیلیاں معلوم نہیں۔ کیلنڈر دوبارہ پڑھنے کے قابل بنائیے۔",
    )


def duty_unknown(rota: str, why: str) -> Said:
    return Said(
        f"{latin(rota, 80)} کا ڈیوٹی کیلنڈر پڑھا نہیں جا سکتا",
        f"{latin(rota, 80)} میں کون ڈیوٹی پر ہے، یہ معلوم نہیں ہو سکا: {latin(why)}۔ اس جگہ کے بارے میں پہلے سے"
        " کچھ معلوم نہیں، اس لیے وہاں کوئی ڈیوٹی پر نہیں سمجھا جاتا۔ کیلنڈر دوبارہ پڑھنے کے قابل بنائیے۔",
    )


def nobody_on_duty(rota: str, begins: str, ends: str, fallback: str | None) -> Said:
    instead = (
        f"ان کی جگہ {latin(fallback, 80)} کو بتایا جائے گا۔"
        if fallback
        else "ان کی جگہ ان سب کو بتایا جائے گا جو وہاں کبھی ڈیوٹی پر ہوتے ہیں۔"
    )
    return Said(
        f"{begins} سے {latin(rota, 80)} میں کوئی ڈیوٹی پر نہیں",
        f"کیلنڈر کے مطابق {begins} سے {ends} تک {latin(rota, 80)} میں کوئی ڈیوٹی پر نہیں۔ {instead}"
        " کیلنڈر میں باری، یا ترتیبات میں متبادل شامل کیجیے۔",
    )


def work_unreadable(window: str, title: str, why: str) -> Said:
    return Said(
        f"طے شدہ کام کا کیلنڈر {latin(window, 80)} پڑھا نہیں جا سکتا",
        f"{name(title, 80)} کا کیلنڈر ایک دن سے پڑھا نہیں جا سکا: {latin(why)}۔ آخری درست نقل استعمال ہو رہی"
        " ہے؛ اس کے بعد طے ہونے"
        " والا کام معلوم نہیں، اور اس سے جو بند ہو گا اس کی اطلاع لوگوں کو دی جائے گی۔",
    )


def work_unknown(window: str, title: str, why: str) -> Said:
    return Said(
        f"طے شدہ کام کا کیلنڈر {latin(window, 80)} پڑھا نہیں جا سکتا",
        f"{name(title, 80)} کا کیلنڈر پڑھا نہیں جا سکتا: {latin(why)}۔ اس جگہ کے بارے میں پہلے سے کچھ معلوم نہیں،"
        " اس لیے اس کا کوئی طے شدہ کام شمار نہیں ہوتا، اور جو بند ہو گا اس کی اطلاع لوگوں کو دی جائے گی۔",
    )


# Sight ---------------------------------------------------------------------------------------------------------------


def blind(since: str, answering: int, of: int, needed: int, views: Sequence[tuple[str, str]]) -> Said:
    lines = "\n".join(latin(f"{anchor}: {words}") for anchor, words in views)
    return Said(
        f"{_DAEMON} کچھ نہیں دیکھ سکتا: ہمارا اپنا نیٹ ورک بند معلوم ہوتا ہے",
        f"{since} سے {of} میں سے {answering} جگہوں کا جواب آ رہا ہے؛ {needed} کا آنا ضروری ہے۔\n\n{lines}\n\n"
        "ان کے جواب آنے تک باہر کی کسی چیز پر کوئی رائے قائم نہیں کی جائے گی اور کسی ایک سروس کی اطلاع نہیں"
        " دی جائے گی: جو بند"
        " دکھائی دے وہ چل رہا ہو سکتا ہے۔ تاریخیں اور بل دیکھے جا رہے ہیں، اور پیغامات رکے ہوئے ہیں۔ پہلے"
        " اسی مشین کا نیٹ ورک"
        " دیکھیے: تار، راؤٹر، فراہم کنندہ، فائر وال۔ نظر آنے پر اطلاع دی جائے گی۔",
    )


def seeing(
    lasted: timedelta, spells: Sequence[tuple[str, str]], unjudged: int, bad: Sequence[str], waited: int
) -> Said:
    """`bad` in the words of checks, `waited` messages that go out now."""
    parts = ["\n".join(["اس دوران کچھ نظر نہیں آیا:", *(f"{begins} سے {ends} تک" for begins, ends in spells)])]
    meanwhile = f"اس دوران {unjudged} جانچیں ناکام رہیں جن پر رائے نہیں دی گئی؛ انہیں دوبارہ دیکھا جا رہا ہے۔"
    parts.append(meanwhile if unjudged else "اس دوران کوئی جانچ ناکام نہیں ہوئی۔")
    wrong = "\n".join(["اب یہ خراب ہے:", *(latin(line) for line in bad)])
    parts.append(wrong if bad else "اب کسی خرابی کا علم نہیں۔")
    if waited:
        parts.append(f"رکے ہوئے {waited} پیغامات اب جا رہے ہیں، سوائے ان کے جو اس دوران ٹھیک ہو گئے۔")
    return Said(f"{_DAEMON} {span(lasted)} بعد پھر دیکھ رہا ہے", "\n\n".join(parts))
