"""Fixed words in Urdu: of events, states and causes. A test holds them to the enums."""

from typing import Final

from alerts.incident import EventKind, Nature, Nobody
from checks.model import Cause

#: How a subject begins, by what happened; the nature decides for an opening, a reminder and an end. What is on record
#: alone has no words.
FIRST_WORDS: Final[dict[EventKind, str]] = {
    EventKind.SEVERITY: "نئی صورتحال",
    EventKind.HANDOFF: "آپ کے سپرد",
    EventKind.DIGEST: "خلاصہ",
    EventKind.NOTICE: "اطلاع",
    EventKind.TEST: "آزمائش",
}

OPENED: Final[dict[Nature, str]] = {
    Nature.FAULT: "خرابی",
    Nature.DEADLINE: "واجب",
    Nature.STALENESS: "حالت نامعلوم",
    Nature.CHANGE: "تبدیلی",
}

REMINDED: Final[dict[Nature, str]] = {
    Nature.FAULT: "خرابی جاری",
    Nature.DEADLINE: "یاد دہانی",
    Nature.STALENESS: "حالت اب بھی نامعلوم",
    Nature.CHANGE: "تبدیلی",
}

PREFACES: Final[dict[EventKind, str]] = {
    EventKind.HANDOFF: "اب یہ معاملہ آپ کے ذمے ہے۔",
    EventKind.DIGEST: "برائے اطلاع۔",
    EventKind.NOTICE: "برائے اطلاع۔",
    EventKind.TEST: "یہ صرف آزمائش ہے؛ کوئی خرابی نہیں۔",
}

NOBODY: Final[dict[Nobody, str]] = {
    Nobody.ON_DUTY: "اس وقت کوئی ڈیوٹی پر نہیں ہے۔",
    Nobody.REACHED: "پہلے جنہیں بتانا تھا ان تک کوئی پیغام نہیں پہنچ سکا۔",
}

WORSE, BETTER = "صورتحال مزید خراب ہو گئی ہے۔", "صورتحال کچھ بہتر ہے، مگر معاملہ ختم نہیں ہوا۔"

COMES_AND_GOES: Final = "خرابی بار بار آ جا رہی ہے: سروس تھوڑی دیر بحال ہوئی، پھر خراب ہو گئی۔"
CAME_AND_WENT: Final = "اس دوران خرابی بار بار آتی جاتی رہی۔"

#: First words of a turn.
TURNED: Final = {WORSE: "مزید خراب", BETTER: "کچھ بہتر"}

#: What a cause means, as an end of "…: ".
CAUSES: Final[dict[Cause, str]] = {
    Cause.NONE: "کوئی خاص وجہ نہیں",
    Cause.REFUSED: "رابطہ قبول نہیں کیا گیا",
    Cause.TIMEOUT: "بروقت جواب نہیں ملا",
    Cause.UNREACHABLE: "نیٹ ورک سے راستہ نہیں ملا",
    Cause.NAME_NOT_FOUND: "یہ نام انٹرنیٹ پر موجود نہیں",
    Cause.NAME_FAILED: "ناموں کے سرور نے جواب نہیں دیا",
    Cause.TLS_MISSING: "محفوظ رابطہ پیش نہیں کیا گیا",
    Cause.TLS_HANDSHAKE: "محفوظ رابطہ قائم نہ ہو سکا",
    Cause.TLS_UNTRUSTED: "سرٹیفکیٹ قابلِ اعتماد نہیں",
    Cause.TLS_NAME_MISMATCH: "سرٹیفکیٹ کسی اور نام کا ہے",
    Cause.TLS_WEAK: "حفاظتی رابطہ کمزور ہے",
    Cause.TLS_REVOKED: "سرٹیفکیٹ منسوخ ہو چکا ہے",
    Cause.NOT_YET_VALID: "سرٹیفکیٹ ابھی نافذ نہیں ہوا",
    Cause.EXPIRED: "میعاد ختم ہو چکی ہے",
    Cause.PROTOCOL: "جواب مقررہ قاعدے کے مطابق نہیں",
    Cause.REJECTED: "سرور نے انکار کر دیا",
    Cause.AUTH_FAILED: "لاگ اِن قبول نہیں ہوا",
    Cause.GREYLISTED: "بعد میں دوبارہ کوشش کرنے کو کہا گیا",
    Cause.SUSPENDED: "فراہم کنندہ نے سروس معطل کر دی ہے",
    Cause.MISMATCH: "جواب توقع کے مطابق نہیں",
    Cause.SLOW: "رفتار بہت سست ہے",
    Cause.REDIRECT_LOOP: "سرور ایک ہی دائرے میں گھما رہا ہے",
    Cause.TOO_LARGE: "جواب حد سے بڑا ہے",
    Cause.NOT_REGISTERED: "انٹرنیٹ کا نام رجسٹر نہیں",
    Cause.ON_HOLD: "انٹرنیٹ کا نام روک دیا گیا ہے",
    Cause.RATE_LIMITED: "بہت زیادہ بار پوچھا گیا",
    Cause.UNPARSABLE: "جواب سمجھ میں نہیں آیا",
    Cause.OVER_CAPACITY: "گنجائش سے زیادہ صارفین",
    Cause.MASS_LOGOUT: "بہت سے صارفین ایک ساتھ خارج ہو گئے",
    Cause.DUE: "ادائیگی واجب ہے",
    Cause.OVERDUE: "ادائیگی کی تاریخ گزر چکی ہے",
    Cause.BLOCKED: "ادائیگی رکی ہوئی ہے",
    Cause.WITHDRAWN: "فہرست میں نہیں رہا",
    Cause.STALE: "بہت دیر سے جانچ نہیں ہو سکی",
    Cause.BLIND: "ہمارا اپنا رابطہ منقطع ہے",
    Cause.BUG: "جانچ کے پروگرام میں غلطی",
}

#: Of the causes below, those that somebody is to blame for.
BLAMING_CAUSES: Final = frozenset({Cause.SUSPENDED, Cause.NOT_REGISTERED, Cause.ON_HOLD})

#: Causes that mean something to people who run no servers.
LAY_CAUSES: Final = frozenset(
    {Cause.SUSPENDED, Cause.OVER_CAPACITY, Cause.MASS_LOGOUT, Cause.SLOW, Cause.NOT_REGISTERED, Cause.ON_HOLD}
)

USUAL_ADVICE: Final = "آپ کو کچھ ٹھیک نہیں کرنا۔ جو کام رک سکے روک لیجیے؛ باقی کے لیے ٹیلی فون یا کاغذ استعمال کیجیے۔"
