"""What was said of money in one currency, added up: a payment counts once, and takes back what it brought. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from checks.ledger.event import Details, LedgerEventKind

_K = LedgerEventKind
_NOTHING: Final = Decimal(0)
#: What a credit that came back unsays, and what unsays that.
_SENT: Final = frozenset({_K.CREDITED, _K.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Sums in the currency of the bill."""

    credited: Decimal = Decimal(0)
    acknowledged: Decimal = Decimal(0)
    withheld: Decimal = Decimal(0)
    credit_notes: Decimal = Decimal(0)

    @property
    def settled(self) -> Decimal:
        return self.acknowledged + self.withheld + self.credit_notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What one payment brought, which has a reference."""

    reference: str
    credited: Decimal = Decimal(0)
    acknowledged: Decimal = Decimal(0)
    said: tuple[tuple[LedgerEventKind, Decimal], ...] = ()
    """What was said of it, and of what amount, as far as it still stands."""
    is_known: bool = False
    """It was credited or acknowledged once, whatever came back since."""

    @property
    def most(self) -> Decimal:
        return max(self.credited, self.acknowledged)

    @property
    def on_its_way(self) -> Decimal:
        """Credited, and not acknowledged by this reference."""
        return max(self.credited - self.acknowledged, _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """In one currency."""

    currency: str
    paid: Paid = Paid()
    payments: tuple[Payment, ...] = ()
    """Those with a reference; what is in `paid` and in none of them was said without one."""
    said: int = 0
    """How often an amount was said."""

    def named(self, reference: str) -> Payment | None:
        wanted = same_reference(reference)
        return next((one for one in self.payments if one.reference == wanted), None) if wanted else None

    def knows(self, reference: str) -> bool:
        """Whether that payment was credited or acknowledged once."""
        payment = self.named(reference)
        return payment is not None and payment.is_known

    def has(self, kind: LedgerEventKind, details: Details) -> bool:
        """Whether just that was said of the same payment before."""
        payment = self.named(details.payment)
        return payment is not None and details.amount is not None and (kind, details.amount.amount) in payment.said


def same_reference(text: str) -> str:
    """However it is spelled: case and blanks do not count."""
    return "".join(text.casefold().split())


def added(sums: Sums, kind: LedgerEventKind, details: Details, left: Decimal) -> Sums:
    """`sums` once that was said. Without an amount it is about `left`; a credit that came back, about all it brought.

    The same amount of the same payment is counted once.
    """
    if kind is _K.CREDIT_RETURNED:
        return _returned(sums, details)
    amount = left if details.amount is None else details.amount.amount
    payment = sums.named(details.payment)
    if payment is not None and (kind, amount) in payment.said:
        return sums
    sums = replace(sums, paid=_raised(sums.paid, kind, amount), said=sums.said + 1)
    if not (reference := same_reference(details.payment)):
        return sums
    payment = payment or Payment(reference=reference)
    kept = payment.said if kind not in _SENT else tuple(one for one in payment.said if one[0] is not _K.CREDIT_RETURNED)
    return _with(
        sums,
        replace(
            payment,
            credited=payment.credited + (amount if kind is _K.CREDITED else _NOTHING),
            acknowledged=payment.acknowledged + (amount if kind is _K.ACKNOWLEDGED else _NOTHING),
            said=(*kept, (kind, amount)),
            is_known=payment.is_known or kind in _SENT,
        ),
    )


def _raised(paid: Paid, kind: LedgerEventKind, amount: Decimal) -> Paid:
    match kind:
        case _K.CREDITED:
            return replace(paid, credited=paid.credited + amount)
        case _K.ACKNOWLEDGED:
            return replace(paid, acknowledged=paid.acknowledged + amount)
        case _K.WITHHELD:
            return replace(paid, withheld=paid.withheld + amount)
        case _:
            return replace(paid, credit_notes=paid.credit_notes + amount)


def _with(sums: Sums, payment: Payment) -> Sums:
    others = tuple(one for one in sums.payments if one.reference != payment.reference)
    return replace(sums, payments=(*others, payment))


def _returned(sums: Sums, details: Details) -> Sums:
    """A reference that nobody knows, or of tax alone, may be that of anything: better open by mistake than paid by
    mistake.
    """
    said = None if details.amount is None else details.amount.amount
    reference = same_reference(details.payment)
    payment = sums.named(details.payment) or Payment(reference=reference)
    most = payment.most if payment.is_known else max(sums.paid.credited, sums.paid.acknowledged)
    amount = most if said is None else said
    if (_K.CREDIT_RETURNED, amount) in payment.said:
        return sums
    if payment.is_known:
        return replace(_with_name(sums, payment, amount), said=sums.said + 1)
    after = _without_name(sums, amount)
    if reference:
        after = _with(after, replace(payment, said=(*payment.said, (_K.CREDIT_RETURNED, amount))))
    return replace(after, said=sums.said + 1)


def _with_name(sums: Sums, payment: Payment, amount: Decimal) -> Sums:
    """Takes what this payment brought: first what nobody acknowledged of it, never what others brought."""
    back = min(amount, payment.most)
    others = [one for one in sums.payments if one.reference != payment.reference]
    credited, acknowledged = _nameless(sums)
    on_its_way = credited + sum((one.on_its_way for one in others), _NOTHING)
    of_this = max(acknowledged - on_its_way, _NOTHING)
    free = max(payment.credited - payment.acknowledged - of_this, _NOTHING)
    taken = max(back - free, _NOTHING)
    by_name = min(taken, payment.acknowledged)
    less = replace(
        payment,
        credited=max(payment.credited - back, _NOTHING),
        acknowledged=payment.acknowledged - by_name,
    )
    after = replace(less, said=(*_unsaid(less, amount), (_K.CREDIT_RETURNED, amount)))
    paid = replace(
        sums.paid,
        credited=sums.paid.credited - (payment.credited - after.credited),
        acknowledged=sums.paid.acknowledged - by_name - min(taken - by_name, of_this),
    )
    return _with(replace(sums, paid=paid), after)


def _unsaid(payment: Payment, back: Decimal) -> tuple[tuple[LedgerEventKind, Decimal], ...]:
    """What still stands of what was said of it, once `back` came back: what was sent as one sum may be sent again, and
    all of it where nothing is left.
    """
    is_over = not payment.most
    return tuple(one for one in payment.said if one[0] not in _SENT or not (is_over or one[1] == back))


def _without_name(sums: Sums, back: Decimal) -> Sums:
    """Takes first what is credited and nobody acknowledged, whichever payment that is."""
    paid = sums.paid
    credited, acknowledged = _nameless(sums)
    free = max(credited - acknowledged + sum((one.on_its_way for one in sums.payments), _NOTHING), _NOTHING)
    less = min(back, paid.credited)
    taken = min(max(back - free, _NOTHING), paid.acknowledged)
    payments = list(sums.payments)
    rest = _spread(payments, max(less - credited, _NOTHING), of_ways=True)
    _spread(payments, rest, of_ways=False)
    named_taken = max(taken - acknowledged, _NOTHING)
    for place in reversed(range(len(payments))):
        one = payments[place]
        part = min(named_taken, one.acknowledged)
        named_taken -= part
        payments[place] = replace(one, acknowledged=one.acknowledged - part)
    left = replace(paid, credited=paid.credited - less, acknowledged=paid.acknowledged - taken)
    gone = [replace(one, said=_unsaid(one, back)) if one.is_known and not one.most else one for one in payments]
    return replace(sums, paid=left, payments=tuple(gone))


def _spread(payments: list[Payment], amount: Decimal, *, of_ways: bool) -> Decimal:
    """Takes `amount` from what `payments` have credited, the last first; what is left of it."""
    for place in reversed(range(len(payments))):
        one = payments[place]
        part = min(amount, one.on_its_way if of_ways else one.credited)
        amount -= part
        payments[place] = replace(one, credited=one.credited - part)
    return amount


def _nameless(sums: Sums) -> tuple[Decimal, Decimal]:
    """Credited and acknowledged without a reference."""
    credited = sum((one.credited for one in sums.payments), _NOTHING)
    acknowledged = sum((one.acknowledged for one in sums.payments), _NOTHING)
    return sums.paid.credited - credited, sums.paid.acknowledged - acknowledged
