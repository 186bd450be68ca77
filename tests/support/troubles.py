"""How each thing of the estate of every kind goes bad and comes back, and what must be told of it to whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Barrier

from tests.support.dovecot import USER
from tests.support.every_kind import (
    DEPUTY,
    DESK,
    FINANCE,
    MINISTER,
    ON_CALL,
    REGISTRAR,
    VENDOR,
    WEB,
    EveryKind,
    today,
)
from tests.support.registry import DAY

_RECORD = "@ IN MX 20 MX2\n"
_NOTICE = "<html><head><title>Account Suspended</title></head><body>This Account has been suspended.</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How one check goes bad and comes back, and what must be told of it to whom."""

    check: str
    to: str
    subject: str
    """How the subject of the first message begins."""
    cause: str
    says: Sequence[str]
    """What its text must hold."""
    breaks: Callable[[], None]
    mends: Callable[[], None]
    notices: Sequence[str] = ()
    """Beginnings of subjects of changes that are told besides, once each."""


def troubles(here: EveryKind) -> Sequence[Trouble]:
    """One for each check of the estate."""
    good = here.mail.authority.leaf("127.0.0.1")
    here.mail.use_certificate(good)
    return (
        Trouble(
            check="mx",
            to=ON_CALL,
            subject="DOWN Official e-mail: 127.0.0.1:",
            cause="suspended",
            says=[
                "with 550 5.2.1 ",
                "suspended, contact billing",
                "an unpaid bill",
                "Call Acme NOC",
                "Health Department",
            ],
            breaks=lambda: here.mail.suspend(MINISTER),
            mends=here.mail.take_all_recipients,
        ),
        Trouble(
            check="mailbox",
            to=ON_CALL,
            subject="DOWN Official e-mail: 127.0.0.1:",
            cause="auth_failed",
            says=["answers the login with NO [AUTHENTICATIONFAILED]", "Call Acme NOC"],
            breaks=lambda: here.know(USER, "another one"),
            mends=lambda: here.know(USER),
        ),
        Trouble(
            check="maildrop",
            to=ON_CALL,
            subject="DOWN Official e-mail: 127.0.0.1:",
            cause="suspended",
            says=["answers the login with -ERR", "Likely reason", "Call Acme NOC"],
            breaks=lambda: here.keep_out(DEPUTY),
            mends=here.keep_out,
        ),
        Trouble(
            check="mx-certificate",
            to=ON_CALL,
            subject="DOWN Official e-mail: 127.0.0.1:",
            cause="tls_untrusted",
            says=["self-signed", "Call Acme NOC"],
            breaks=here.install_self_signed,
            mends=lambda: here.mail.use_certificate(good),
            notices=["CHANGED Official e-mail: certificate of 127.0.0.1:"],
        ),
        Trouble(
            check="page",
            to=WEB,
            subject="DOWN Citizen portal: http://127.0.0.1:",
            cause="suspended",
            says=["Account Suspended"],
            breaks=lambda: here.portal.page("index.html", _NOTICE),
            mends=lambda: here.portal.page("index.html", "<h1>Portal</h1>"),
        ),
        Trouble(
            check="page-certificate",
            to=WEB,
            subject="EXPIRED Citizen portal: certificate of 127.0.0.1:",
            cause="expired",
            says=["Expired at ", "CN=Test Root"],
            breaks=lambda: here.install(lapses_in_days=-1),
            mends=lambda: here.install(lapses_in_days=80),
            notices=["CHANGED Citizen portal: certificate of 127.0.0.1:"],
        ),
        Trouble(
            check="door",
            to=WEB,
            subject="DOWN Citizen portal: 127.0.0.1:",
            cause="refused",
            says=["refused"],
            breaks=here.door.close,
            mends=here.door.open,
        ),
        Trouble(
            check="zone",
            to=ON_CALL,
            subject="DOWN Official e-mail: office.example MX ",
            cause="mismatch",
            says=["20 mx2.office.example"],
            breaks=lambda: here.withhold(_RECORD),
            mends=lambda: here.publish(_RECORD),
        ),
        Trouble(
            check="held",
            to=REGISTRAR,
            subject="DOWN Citizen portal: kp.gov.pk ",
            cause="on_hold",
            says=["clientHold"],
            breaks=lambda: here.state_held("client hold", registrar="Somebody Else"),
            mends=lambda: here.state_held("active", registrar="Somebody Else"),
            notices=["CHANGED Citizen portal: registrar of kp.gov.pk is now Somebody Else"],
        ),
        Trouble(
            check="lapsing",
            to=REGISTRAR,
            subject="EXPIRES registration of example.pk, on ",
            cause="due",
            says=["example.pk"],
            breaks=lambda: here.state_lapse(2.5),
            mends=lambda: here.state_lapse(365),
            notices=["CHANGED lapsing: expiry of example.pk was moved back"],
        ),
        Trouble(
            check="office",
            to=VENDOR,
            subject="DOWN E-office: nearly full: 97 of 100 seats in use",
            cause="over_capacity",
            says=["97"],
            breaks=lambda: here.count_sessions(97),
            mends=lambda: here.count_sessions(41),
        ),
        Trouble(
            check="bills",
            to=FINANCE,
            subject="OVERDUE Rs 134,000 to Seats (Pvt) Ltd, bill INV-7: was due ",
            cause="overdue",
            says=["Office suite", "Health Department"],
            breaks=lambda: here.write_bill(due=today() - 3 * DAY),
            mends=lambda: here.write_bill(today() - 3 * DAY, str(today()), "receipt 4711"),
        ),
        *_money_troubles(here),
    )


def _money_troubles(here: EveryKind) -> Sequence[Trouble]:
    """Of the kinds that stand on the ledger: they look at no server, and hear what people say."""
    return (
        *_troubles_of_one_bill(here),
        Trouble(
            check="cut-offs",
            to=FINANCE,
            subject="LAPSES Rs 45,000 to June Paper",
            cause="due",
            says=["bills to the accounts office", "will miss the cut-off"],
            breaks=lambda: here.receive("june", "J-1", today() + 200 * DAY),
            mends=lambda: here.say_of_bill("june/J-1", "acknowledged"),
        ),
        Trouble(
            check="payees",
            to=FINANCE,
            subject="BLOCKED Held Links cannot be paid: account attached by the tax authority",
            cause="blocked",
            says=["letter of the bank 17"],
            breaks=lambda: here.say_of_vendor("held", "blocked", "letter of the bank 17"),
            mends=lambda: here.say_of_vendor("held", "unblocked", "order of the FBR 9"),
        ),
        *_troubles_of_settings(here),
    )


def _troubles_of_settings(here: EveryKind) -> Sequence[Trouble]:
    """A contract ends, and no holiday ahead is known, by one change of the settings; by another both are well."""
    well = partial(here.renew, contract_ends_in_days=400, holidays_until_in_days=400)
    told = Barrier(2, action=well, timeout=120)

    def mends() -> None:
        told.wait()

    return (
        Trouble(
            check="contracts",
            to=FINANCE,
            subject="DUE end of the contract Hosting with Held Links",
            cause="due",
            says=["renew it, or have what replaces it running"],
            breaks=lambda: here.renew(contract_ends_in_days=2, holidays_until_in_days=-100),
            mends=mends,
        ),
        Trouble(
            check="books",
            to=FINANCE,
            subject="INCOMPLETE no holiday of hq is known after ",
            cause="overdue",
            says=["days to act by come out too late"],
            breaks=lambda: None,
            mends=mends,
        ),
    )


def _troubles_of_one_bill(here: EveryKind) -> Sequence[Trouble]:
    """It is overdue, late on its way, and what it pays for may go dark; it is paid once all three were told."""
    told = Barrier(3, action=lambda: here.say_of_bill("zeta/Z-9", "acknowledged"), timeout=120)

    def mends() -> None:
        told.wait()

    amount = "Rs 45,000 to Zeta Archive"
    return (
        Trouble(
            check="billing/due",
            to=FINANCE,
            subject=f"OVERDUE {amount}, bill Z-9: was due ",
            cause="overdue",
            says=["Archive", "Health Department"],
            breaks=lambda: here.receive("zeta", "Z-9", today() - 20 * DAY, "archive"),
            mends=mends,
        ),
        Trouble(
            check="stages",
            to=DESK,
            subject=f"LATE {amount}, bill Z-9: ",
            cause="overdue",
            says=["had to move by", "Archive"],
            breaks=lambda: None,
            mends=mends,
        ),
        Trouble(
            check="outages",
            to=FINANCE,
            subject="AHEAD Archive may be cut off between ",
            cause="due",
            says=["Health Department", "Z-9"],
            breaks=lambda: None,
            mends=mends,
        ),
    )
