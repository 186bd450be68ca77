"""What calls of office APIs share: how many at once per host, and the trust they are judged by."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

from checks.network.errors import BlindError
from checks.network.trust import system_bundle

#: Threads at once per host (DESIGN §3).
_LANES = 2


@dataclass(frozen=True, slots=True)
class _Loaded:
    context: ssl.SSLContext
    stamp: tuple[int, int]


class OfficeShared:
    """One for the whole daemon."""

    def __init__(self) -> None:
        self._lanes: dict[str, asyncio.Semaphore] = {}
        self._loaded: dict[Path | None, _Loaded] = {}

    def lane(self, host: str) -> asyncio.Semaphore:
        """Whoever holds it may keep one thread busy with `host`. Hosts come from settings, so there are few."""
        return self._lanes.setdefault(host, asyncio.Semaphore(_LANES))

    def tls(self, ca_file: Path | None) -> ssl.SSLContext:
        """Trusts `ca_file`, or the system's authorities; loaded again once the file changes (~20 ms).

        Called in the threads. Raises BlindError where the file cannot be used.
        """
        bundle = ca_file or system_bundle()
        try:
            status = bundle.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._loaded.get(ca_file)
            if known is None or known.stamp != stamp:
                known = _Loaded(_context(bundle, is_own=ca_file is not None), stamp)
        except ssl.SSLError:
            raise BlindError(f"trust store {bundle}: no certificates in PEM form in it") from None
        except OSError as error:
            raise BlindError(f"trust store {bundle}: {error.strerror or error}") from None
        self._loaded[ca_file] = known
        return known.context


def _context(bundle: Path, *, is_own: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(bundle)
    # As checks.network.trust has it: a file of the administrator's own may name an intermediate or the very server.
    if is_own:
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    return context
