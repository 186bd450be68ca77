"""Letters to vendors in Urdu: polite, exact, and nothing that is not on record. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from alerts.bill_links import stage_title
from alerts.letter_facts import THEIRS, Facts, LetterWords
from alerts.route import Language
from alerts.words.escape import one_line
from alerts.words.urdu.wording import day_of
from checks.ledger.event import BlockReason
from checks.ledger.rules import BillingRules

_WHY: Final[Mapping[BlockReason, str]] = {
    BlockReason.ACCOUNT_ATTACHED: "ٹیکس حکام نے آپ کا بینک اکاؤنٹ منسلک کر رکھا ہے",
    BlockReason.NOT_ACTIVE_TAXPAYER: "آپ فعال ٹیکس دہندگان کی فہرست میں شامل نہیں",
    BlockReason.IBAN_MISMATCH: "ہمارے پاس موجود آپ کا اکاؤنٹ نمبر (IBAN) قبول نہیں ہوا",
    BlockReason.NO_BUDGET: "اس کا بجٹ ابھی جاری نہیں ہوا",
    BlockReason.COURT_ORDER: "عدالتی حکم اس میں مانع ہے",
    BlockReason.FREEZE: "فی الحال کوئی بل ادا نہیں ہو رہے",
}


def _head(facts: Facts, subject: str) -> str:
    return "\n".join(
        [
            facts.office,
            f"نمبر: [حوالہ]                                        مورخہ: {day_of(facts.today)}",
            "",
            f"بخدمت: {facts.vendor}",
            "",
            f"عنوان: {subject.format(number=one_line(facts.bill.number, 60))}",
        ]
    )


def _bill(facts: Facts, rules: BillingRules) -> str:
    bill = facts.bill
    paid = f" (باقی {bill.remaining})" if bill.paid.settled else ""
    stage = one_line(stage_title(facts.stage, rules, Language.URDU), 80)
    return (
        f"آپ کا بل نمبر {one_line(bill.number, 60)}، رقم {bill.terms.amount}{paid}، ادائیگی کی آخری تاریخ "
        f"{day_of(bill.terms.due)}۔ یہ بل {day_of(facts.since)} سے اس مرحلے پر ہے: {stage}۔"
    )


def _obstacles(facts: Facts) -> str:
    why = [_WHY[block.reason] for block in facts.blocks]
    return f"اس وقت ادائیگی ممکن نہیں کیونکہ {'، اور '.join(why)}۔" if why else ""


def _coming(facts: Facts) -> str:
    if facts.still or facts.blocks:
        return ""
    return (
        f"متعلقہ دفاتر کے معمول کے اوقات کے مطابق غالب امکان ہے کہ رقم {day_of(facts.likely)} تک آپ کو مل جائے گی، "
        f"اور دس میں سے نو صورتوں میں {day_of(facts.surely)} تک۔"
    )


def _lost(facts: Facts) -> str:
    if not facts.services:
        return ""
    people = [f"{name} ({users:,} صارفین)" if users else name for name, users in facts.departments]
    who = f"، اور ان کا کام رک جائے گا: {'، '.join(people)}" if people else ""
    return f"سروس منقطع ہوئی تو یہ بند ہو جائے گا: {'، '.join(facts.services)}{who}۔"


def _keep(facts: Facts) -> str:
    return f"گزارش ہے کہ {day_of(facts.until)} سے پہلے سروس معطل یا منقطع نہ کی جائے، اور اس کی تحریری تصدیق فرمائیں۔"


def _grace(facts: Facts, rules: BillingRules) -> Sequence[str]:
    disputed = (
        f"جس بات پر اختلاف ہے وہ طے کی جا رہی ہے: {one_line(facts.bill.disputed, 200)}۔" if facts.bill.disputed else ""
    )
    return (
        _bill(facts, rules),
        _obstacles(facts),
        disputed,
        _coming(facts),
        _keep(facts),
        _lost(facts),
    )


def _notice(facts: Facts, rules: BillingRules) -> Sequence[str]:
    theirs = any(block.reason in THEIRS for block in facts.blocks)
    return (
        _bill(facts, rules),
        _obstacles(facts) or "رقم آپ تک نہیں پہنچ سکی: [بینک یا اکاؤنٹس آفس نے جو لکھا وہ یہاں لکھیے]۔",
        "اس کا تعلق آپ سے ہے، اس دفتر سے نہیں۔ براہ کرم متعلقہ ادارے سے معاملہ طے کر کے ثبوت ارسال فرمائیں: "
        "[رہائی کا حکم، فہرست کا صفحہ، بینک کا سرٹیفکیٹ]۔"
        if theirs
        else "رکاوٹ دور ہوتے ہی آپ کو اطلاع دی جائے گی۔"
        if facts.blocks
        else "",
        _keep(facts),
        _lost(facts),
    )


def _account(facts: Facts, rules: BillingRules) -> Sequence[str]:
    return (
        _bill(facts, rules),
        _obstacles(facts),
        (
            "ادائیگی کے لیے براہ کرم اپنی فرم ہی کے نام کا کوئی دوسرا اکاؤنٹ بتائیے، اور دستخط و مہر کے ساتھ "
            "یہ ارسال فرمائیں:\n"
            "  1. IBAN (24 حروف، PK سے شروع)، بینک کے لیٹر ہیڈ پر تصدیق شدہ؛\n"
            "  2. آپ کا NTN یا CNIC، اور فعال ٹیکس دہندہ ہونے کا صفحہ؛\n"
            "  3. بیان کہ یہ اکاؤنٹ منسلک نہیں، اور اس میں ادائیگی سے بل ادا ہو جائے گا۔"
        ),
        (
            "کسی فرد یا دوسری فرم کے اکاؤنٹ میں ادائیگی نہیں ہو سکتی۔ ادائیگی سے پہلے اکاؤنٹ کی تبدیلی کی تصدیق "
            "اس فون نمبر پر کی جائے گی جو پہلے سے ہمارے پاس ہے۔"
        ),
        _keep(facts),
        _lost(facts),
    )


def _close(facts: Facts) -> str:
    return f"[نام، عہدہ، دستخط]\n{facts.office}"


URDU: Final = LetterWords(
    subjects={
        "grace": "بل {number}: سروس منقطع نہ کرنے کی درخواست",
        "notice": "بل {number}: رقم وصول نہیں ہو سکتی",
        "alternate-account": "بل {number}: ادائیگی کے لیے دوسرا اکاؤنٹ",
    },
    head=_head,
    grace=_grace,
    notice=_notice,
    account=_account,
    close=_close,
)
