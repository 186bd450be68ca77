"""What is wrong with a TLS session, judged by a given instant."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from checks.model import Cause, Status
from checks.network.values import Certificate, TlsFault, TlsSession
from checks.wording import moment

#: What still protects the connection, though it should be mended.
_MILD = frozenset({Cause.TLS_WEAK})


def session_faults(session: TlsSession, now: datetime, zone: tzinfo = UTC) -> Sequence[TlsFault]:
    """All that is wrong, dates included, gravest first; told by the clocks of `zone`."""
    dates = [fault for certificate in needed(session) if (fault := _date_fault(certificate, now, zone))]
    return sorted((*session.faults, *dates), key=lambda fault: fault.cause in _MILD)


def is_trusted(session: TlsSession, now: datetime) -> bool:
    """Whether a secret may travel over it: the chain, the name and the dates hold, and nothing of it can be broken.

    A short key, a forgeable signature, a broken cipher or TLS before 1.2 (RFC 8996) is only a warning as long as
    nothing secret is sent; whoever records a password can take years to read it.
    """
    return not session_faults(session, now)


def is_believed(session: TlsSession, now: datetime) -> bool:
    """Whether what it says is the named server's word: the chain, the name and the dates hold."""
    return all(fault.cause in _MILD for fault in session_faults(session, now))


def severity(fault: TlsFault) -> Status:
    return Status.WARNING if fault.cause in _MILD else Status.CRITICAL


def clause(fault: TlsFault) -> str:
    """What is wrong, to stand behind the target's name."""
    return f"{'is weakly protected' if fault.cause in _MILD else 'cannot be trusted'}: {fault.text}"


def needed(session: TlsSession) -> Sequence[Certificate]:
    """The certificates that the leaf's trust rests on: the path to the anchor, or else what of it was presented.

    Servers present needless ones too (old cross-signatures, other sites' chains); those lapse without harm.
    """
    if session.path:
        return session.path
    path = [session.leaf]
    rest = list(session.chain[1:])
    while parent := next((one for one in rest if _is_issuer(one, path[-1])), None):
        path.append(parent)
        rest.remove(parent)
    return path


def _is_issuer(parent: Certificate, child: Certificate) -> bool:
    return parent.subject == child.issuer and parent.subject != parent.issuer


def _date_fault(certificate: Certificate, now: datetime, zone: tzinfo) -> TlsFault | None:
    if now >= certificate.not_after:
        return TlsFault(
            cause=Cause.EXPIRED,
            text=f"the certificate of {certificate.subject} lapsed at {moment(certificate.not_after, zone)}",
        )
    if now < certificate.not_before:
        since = moment(certificate.not_before, zone)
        return TlsFault(
            cause=Cause.NOT_YET_VALID, text=f"the certificate of {certificate.subject} does not hold before {since}"
        )
    return None
