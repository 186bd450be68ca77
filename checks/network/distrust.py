"""Why OpenSSL found no way to a trusted authority, in words that say what to mend."""

from OpenSSL import crypto

from checks.network.certificate import shown_name

# Of OpenSSL's x509_vfy.h (X509_V_ERR_*), which pyOpenSSL does not name.
_SIGNATURE_FAILURE = 7
_SELF_SIGNED = 18
_UNKNOWN_ROOT = 19
_ISSUER_MISSING = frozenset({2, 20, 21})
_NO_AUTHORITY = frozenset({24, 79})


def reason_for_distrust(error: crypto.X509StoreContextError, store_name: str) -> str:
    """`store_name` is where authorities were looked for. Call it inside `reading`."""
    code, depth, words = error.errors
    blamed = error.certificate.to_cryptography()
    subject, issuer = shown_name(blamed.subject), shown_name(blamed.issuer)
    if code == _SELF_SIGNED:
        return f"the certificate is self-signed, and not in {store_name}"
    if code == _UNKNOWN_ROOT:
        return f"the chain ends at {subject}, an unknown root: it is not in {store_name}"
    if code in _ISSUER_MISSING:
        # Behind intermediates it may be the root, which servers need not send.
        return (
            f"the chain is incomplete: the issuer {issuer} is missing from what the server sends, and from {store_name}"
        )
    if code == _SIGNATURE_FAILURE:
        return f"the signature on the certificate of {subject} is not that of the {issuer} at hand"
    if code in _NO_AUTHORITY:
        return f"{subject} has signed a certificate and is no authority"
    return f"{words} (certificate {depth} of the path, {subject})"
