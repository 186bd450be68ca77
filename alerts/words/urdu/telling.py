"""The sentences of an event in Urdu that more than one audience reads."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from alerts.incident import EventKind, Nature, Part
from alerts.words.bidi import latin, name
from alerts.words.due import is_past, lapses, lasted, moved_to
from alerts.words.money.urdu_parts import blocked, late_at, news, overpaid, paid_before, payment_word, too_late
from alerts.words.scene import Scene
from alerts.words.urdu.catalogue import (
    BETTER,
    BLAMING_CAUSES,
    CAME_AND_WENT,
    CAUSES,
    COMES_AND_GOES,
    FIRST_WORDS,
    LAY_CAUSES,
    NOBODY,
    OPENED,
    PREFACES,
    REMINDED,
    TURNED,
    WORSE,
)
from alerts.words.urdu.wording import day, listed, moment, money, people, people_written, span
from alerts.words.withdrawal import LISTED_AGAIN
from checks.model import Cause, Deadline, Status

_NOT_A_CAUSE: Final = frozenset({Cause.NONE, Cause.DUE, Cause.OVERDUE})

#: What else fails is named one by one up to so many.
_MOST_PARTS: Final = 12


class Urdu:
    """What stands in Urdu sentences about one scene: names isolated, days in words, every sentence with its stop."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.incident = scene.incident
        self.event = scene.event
        self.facts = dict(scene.incident.facts)
        self.title = name(scene.title, 80)

    # Words ------------------------------------------------------------------------------------------------------

    @property
    def first_word(self) -> str:
        nature, kind = self.incident.nature, self.event.kind
        if kind is EventKind.RESOLVED:
            return self._last_word()
        if kind is EventKind.SEVERITY:
            return TURNED.get(self.turn, FIRST_WORDS[kind])
        if kind not in {EventKind.OPENED, EventKind.REMINDER}:
            is_change = kind is EventKind.NOTICE and nature is Nature.CHANGE
            return OPENED[nature] if is_change else FIRST_WORDS.get(kind, FIRST_WORDS[EventKind.NOTICE])
        return self._deadline_word() or self._standing_word()

    def _last_word(self) -> str:
        if self.incident.retirement is not None:
            return "نگرانی ختم"
        return "طے ہو گیا" if self.incident.nature is Nature.DEADLINE else "بحال"

    def _standing_word(self) -> str:
        nature, is_told_again = self.incident.nature, self.event.kind is EventKind.REMINDER
        if nature is Nature.FAULT and self.incident.severity is not Status.CRITICAL:
            return "اب بھی کمزور" if is_told_again else "کمزور کارکردگی"
        return REMINDED[nature] if is_told_again else OPENED[nature]

    def _deadline_word(self) -> str:
        """Of a date that did not take its usual course; "" for any other."""
        deadline = self.incident.deadline
        if self.incident.cause is Cause.WITHDRAWN:
            return "فہرست سے غائب"
        if self.event.note == LISTED_AGAIN:
            return "دوبارہ فہرست میں"
        if held := payment_word(self.event):
            return held
        if deadline is None or not is_past(self.scene, deadline):
            return ""
        if deadline.is_to_confirm:
            return "تصدیق نہیں ہوئی"
        return "میعاد ختم" if lapses(self.scene) else "تاریخ گزر گئی"

    @property
    def turn(self) -> str:
        """How the severity turned; "" where only the cause did."""
        before, severity = self.event.before, self.incident.severity
        if before is None or before is severity:
            return ""
        return WORSE if severity is Status.CRITICAL else BETTER

    @property
    def preface(self) -> str:
        if self.event.kind is EventKind.SEVERITY:
            return self.turn or "اب خرابی کی وجہ دوسری ہے۔"
        return self.unanswered() if self.event.step else PREFACES.get(self.event.kind, "")

    @property
    def cause(self) -> str:
        """For people who run servers; "" where there is none."""
        return "" if self.incident.cause in _NOT_A_CAUSE else CAUSES[self.incident.cause]

    @property
    def lay_cause(self) -> str:
        is_said_by_bill = bool(self.incident.debts) and self.incident.cause in BLAMING_CAUSES
        return CAUSES[self.incident.cause] if self.incident.cause in LAY_CAUSES and not is_said_by_bill else ""

    @property
    def kind_cause(self) -> str:
        """The same, blaming nobody."""
        return "" if self.incident.cause in BLAMING_CAUSES else self.lay_cause

    # Sentences --------------------------------------------------------------------------------------------------

    def state(self, why: str = "") -> str:
        """How the thing stands; `why` goes behind a fault."""
        match self.incident.nature:
            case Nature.FAULT:
                shaky = f" {COMES_AND_GOES}" if self.incident.is_unstable else ""
                return f"{self.title} کی سروس ٹھیک کام نہیں کر رہی{f': {why}' if why else ''}۔{shaky}"
            case Nature.STALENESS:
                return f"اس وقت معلوم نہیں ہو سکتا کہ {self.title} کی سروس چل رہی ہے یا نہیں۔"
            case Nature.CHANGE:
                return f"{self.title} میں کوئی چیز تبدیل کی گئی ہے۔"
            case Nature.DEADLINE:
                return self.date_ahead()

    def date_ahead(self) -> str:
        """For those who pay nothing themselves."""
        deadline = self.incident.deadline
        if deadline is None:
            return f"{self.title} سے متعلق ایک تاریخ توجہ طلب ہے۔"
        if lapses(self.scene):
            return self._lapse(deadline)
        if deadline.cuts_off_at is not None and self.event.at < deadline.cuts_off_at:
            cut = self.day(deadline.cuts_off_at)
            return f"{self.title} کی سروس {cut} کو بند ہو سکتی ہے، اگر اس سے پہلے فراہم کنندہ کا معاملہ طے نہ ہوا۔"
        verb = "تھی اور معاملہ طے نہیں ہوا" if is_past(self.scene, deadline) else "ہے"
        return f"{self.title} کے فراہم کنندہ کے معاملے کی آخری تاریخ {self.day(deadline.at)} {verb}۔"

    def _lapse(self, deadline: Deadline) -> str:
        at = moment(deadline.at, self.scene.zone)
        if deadline.is_to_confirm:
            return f"{self.title} کی درج شدہ تاریخ کی {at} تک دوبارہ تصدیق ضروری ہے۔"
        verb = "کو ختم ہو چکی ہے" if is_past(self.scene, deadline) else "کو ختم ہو جائے گی"
        return f"{self.title} کی رجسٹریشن یا سرٹیفکیٹ کی میعاد {at} {verb}۔"

    def since(self) -> str:
        at = moment(self.incident.since, self.scene.zone)
        match self.incident.nature:
            case Nature.FAULT:
                return f"خرابی {at} سے ہے۔"
            case Nature.STALENESS:
                return f"آخری بار جانچ {at} کو ہو سکی تھی۔"
            case Nature.CHANGE:
                return f"تبدیلی {at} کو دیکھی گئی۔"
            case Nature.DEADLINE:
                return ""

    def whom(self) -> str:
        """Who is hit, with users; "" for nobody known."""
        written = self.facts.get("Goes dark for", "")
        if written:
            return people_written(written)
        return people(self.scene.hit)

    def in_hand(self) -> str:
        """Who has it."""
        said = self.incident.acknowledged
        if said is not None:
            return f"{moment(said.at, self.scene.zone)} سے یہ معاملہ {name(said.by, 80)} کے ذمے ہے۔"
        told = listed([name(other, 80) for other in (*self.scene.heard_before, *self.scene.others)])
        if told:
            return f"{told} کو اطلاع دی جا رہی ہے؛ ابھی کسی نے ذمہ داری لینے کی تصدیق نہیں کی۔"
        return "ابھی کسی نے ذمہ داری لینے کی تصدیق نہیں کی۔"

    def unanswered(self) -> str:
        """Which step of its escalation this is."""
        number, chases = self.event.step, self.incident.chases
        if self.event.nobody is not None:
            return f"{NOBODY[self.event.nobody]} اس لیے آپ کو فوراً بتایا جا رہا ہے؛ اطلاع کا یہ مرحلہ {number} ہے۔"
        # New settings may have put this step before others that were told: then they count otherwise.
        chase = next((one for one in chases if one.step == number), next(iter(chases), None))
        since = "" if chase is None else f"{span(self.event.at - chase.since)} سے "
        escalation = None if chase is None else self.scene.directory.escalations.get(chase.escalation)
        if escalation is not None and number > len(escalation.steps):
            return f"{since}کسی نے ذمہ داری نہیں لی، اس لیے دوبارہ اطلاع دی جا رہی ہے۔"
        return f"{since}کسی نے ذمہ داری نہیں لی؛ اطلاع کا یہ مرحلہ {number} ہے۔"

    def ended(self) -> str:
        if self.incident.retirement is not None:
            return f"{self.title} کی نگرانی اب نہیں ہو رہی، اس لیے اس کا حال معلوم نہیں۔"
        lasting = span(lasted(self.scene))
        match self.incident.nature:
            case Nature.FAULT:
                went = f" {CAME_AND_WENT}" if self.incident.is_unstable else ""
                return f"{self.title} کی سروس {lasting} بعد بحال ہو گئی ہے۔{went}"
            case Nature.STALENESS | Nature.CHANGE:
                return f"{self.title} کی جانچ {lasting} بعد پھر ہو رہی ہے۔"
            case Nature.DEADLINE:
                return f"{self.title} کا معاملہ طے ہو گیا ہے۔"

    # Bills ------------------------------------------------------------------------------------------------------

    @property
    def is_bill(self) -> bool:
        return "Bill" in self.facts and self.incident.nature is Nature.DEADLINE

    def bill(self) -> str:
        """Like "بل INV-7، Acme کے لیے 134,000 روپے"."""
        vendor = name(self.facts.get("Vendor", ""), 80)
        to = f"، {vendor} کو {money(self.facts['Amount'])}" if self.facts.get("Amount") else ""
        return f"بل {latin(self.facts['Bill'], 60)}{to}"

    def bill_state(self, deadline: Deadline) -> str:
        """What is to be paid, and by when to begin."""
        due, thing = self.day(deadline.at), self.bill()
        if self.incident.cause is Cause.WITHDRAWN:
            return f"{thing} اب فہرست میں نہیں، مگر ادائیگی کا کوئی ثبوت نہیں، اس لیے معاملہ کھلا ہے۔"
        again = "یہ بل دوبارہ فہرست میں آ گیا ہے۔" if self.event.note == LISTED_AGAIN else ""
        again = "".join(f"{one} " for one in (again, self.blocked(), news(self.event)) if one)
        if is_past(self.scene, deadline):
            return f"{again}ادائیگی نہیں ہوئی اور تاریخ گزر چکی ہے: {thing}۔ آخری تاریخ {due} تھی۔{late_at(self.scene)}"
        begin = deadline.act_by
        if begin is None:
            return f"{again}ابھی ادائیگی نہیں ہوئی: {thing}۔ آخری تاریخ {due} ہے۔"
        if late := too_late(self.facts):
            return f"{again}ابھی ادائیگی نہیں ہوئی: {thing}۔ آخری تاریخ {due} ہے۔ {late}"
        if begin > deadline.at:
            rest = f"کم سے کم {self.day(begin)} تک آگے بڑھنا ضروری ہے، ورنہ سروس بند ہو سکتی ہے۔"
            return f"{again}ابھی ادائیگی نہیں ہوئی: {thing}۔ آخری تاریخ {due} ہے۔ {rest}"
        verb = "تک کارروائی شروع ہو جانی چاہیے تھی" if begin < self.event.at else "تک کارروائی شروع ہونا ضروری ہے"
        rest = late_at(self.scene).strip() or f"{paid_before(self.facts)} {self.day(begin)} {verb}۔"
        return f"{again}ابھی ادائیگی نہیں ہوئی: {thing}۔ آخری تاریخ {due} ہے۔ {rest}"

    def cut_off(self, deadline: Deadline) -> str:
        if deadline.cuts_off_at is None:
            return ""
        verb = "تھی" if deadline.cuts_off_at <= self.event.at else "ہے"
        return f"فراہم کنندہ کی جانب سے سروس بند کرنے کی تاریخ {self.day(deadline.cuts_off_at)} {verb}۔"

    def bill_ended(self) -> str:
        deadline = self.incident.deadline
        if deadline is not None and moved_to(self.scene, deadline):
            return f"فی الحال کچھ واجب نہیں: {self.bill()}۔ نئی تاریخ {self.day(deadline.at)} ہے۔"
        if self.incident.retirement is not None:
            return f"{self.bill()} کی نگرانی اب نہیں ہو رہی؛ اس کا مطلب یہ نہیں کہ ادائیگی ہو گئی۔"
        return " ".join(filter(None, (f"{self.bill()} کا معاملہ طے ہو گیا ہے۔", overpaid(self.facts))))

    def blocked(self) -> str:
        """By what, of a bill that nobody can pay; "" for any other."""
        return blocked(self.facts) if self.incident.cause is Cause.BLOCKED else ""

    def bill_in_short(self, deadline: Deadline) -> tuple[str, ...]:
        """For an SMS, most important first."""
        amount = money(self.facts.get("Amount", "")).partition(" (")[0]
        what = f"بل {latin(self.facts['Bill'], 40)}، {name(self.facts.get('Vendor', ''), 40)}: {amount}۔"
        cut = f"سروس کی بندش {self.day(deadline.cuts_off_at)}۔" if deadline.cuts_off_at else ""
        return what, f"آخری تاریخ {self.day(deadline.at)}۔", cut

    def unpaid(self) -> str:
        """The bill that may lie behind it; "" where none is known."""
        if not self.incident.debts or self.incident.nature is not Nature.FAULT:
            return ""
        debt = self.incident.debts[0]
        why = "بل ادا نہ ہونے پر سروس بند کی گئی" if self.incident.cause is Cause.SUSPENDED else "غالباً بل ادا نہیں ہوا"
        amount = f"، {money(debt.amount).partition(' (')[0]}" if debt.amount else ""
        held = " ادائیگی رکی ہوئی ہے۔" if debt.cause is Cause.BLOCKED else ""
        held += " بل پر اعتراض ہے۔" if debt.is_disputed else ""
        return f"{why}: بل {latin(debt.number, 60)}{amount}، آخری تاریخ {self.day(debt.due_at)}۔{held}"

    def also_down(self) -> str:
        """What else fails because of it; "" for nothing."""
        titles = "" if self.event.kind is EventKind.RESOLVED else self._titles(self.event.parts)
        return f"اس کی وجہ سے یہ بھی متاثر ہیں: {titles}۔" if titles else ""

    def not_over(self) -> str:
        """At an end: what is not well with it, and what is not paid by it; "" for nothing."""
        down = self.not_over_for_departments()
        debts = self.incident.debts if self.incident.nature is Nature.FAULT else ()
        owed = f"بل {latin(debts[0].number, 60)} ہمارے علم کے مطابق اب بھی ادا نہیں ہوا۔" if debts else ""
        return " ".join(filter(None, (down, owed)))

    def not_over_for_departments(self) -> str:
        """The same without the bill."""
        titles = self._titles(part for part in self.event.parts if part.still_fails)
        return f"یہ ابھی تک بحال نہیں، ان کی اطلاع الگ سے دی جاتی ہے: {titles}۔" if titles else ""

    def _titles(self, parts: Iterable[Part]) -> str:
        services = self.scene.directory.estate.services
        ids = dict.fromkeys(part.service or part.check_id for part in parts)
        titles = [services[id_].title if id_ in services else id_ for id_ in ids]
        rest = f" اور {len(titles) - _MOST_PARTS} مزید" if len(titles) > _MOST_PARTS else ""
        return f"{'، '.join(name(one, 80) for one in titles[:_MOST_PARTS])}{rest}"

    def day(self, at: datetime) -> str:
        return day(at, self.scene.zone)
