"""Why OpenSSL found no way to a trusted authority, in words that say what to mend."""

from collections.abc import Sequence

from cryptography import x509
from OpenSSL import crypto

from checks.network.certificate import shown_name

# Of OpenSSL's x509_vfy.h (X509_V_ERR_*), which pyOpenSSL does not name.
_SIGNATURE_FAILURE = 7
_SELF_SIGNED = 18
_UNKNOWN_ROOT = 19
_ISSUER_MISSING = frozenset({2, 20, 21})
_NO_AUTHORITY = frozenset({24, 79})


def reason_for_distrust(
    error: crypto.X509StoreContextError, presented: Sequence[x509.Certificate], store_name: str
) -> str:
    """`store_name` is whose authorities were asked: "this machine", or a file. Call it inside `reading`."""
    code, depth, words = error.errors
    blamed = error.certificate.to_cryptography()
    subject, issuer = shown_name(blamed.subject), shown_name(blamed.issuer)
    if code == _SELF_SIGNED:
        return f"the certificate is self-signed and none that {store_name} trusts"
    if code == _UNKNOWN_ROOT:
        return f"the chain ends at {subject}, an unknown root: none of the authorities that {store_name} trusts"
    if code in _ISSUER_MISSING:
        return _issuer_missing(issuer, presented, store_name)
    if code == _SIGNATURE_FAILURE:
        return f"the signature on the certificate of {subject} is not that of the {issuer} at hand"
    if code in _NO_AUTHORITY:
        return f"{subject} has signed a certificate and is no authority"
    return f"{words} (certificate {depth} of the path, {subject})"


def _issuer_missing(issuer: str, presented: Sequence[x509.Certificate], store_name: str) -> str:
    """Roots are not sent as a rule: behind intermediates it may as well be the root that is unknown here."""
    told = f"the chain is incomplete: the issuer {issuer} is missing from what the server sends"
    if len(presented) == 1:
        return f"{told} (it sends no intermediate certificate), and is no authority that {store_name} trusts"
    return f"{told}, and is no authority that {store_name} trusts"
