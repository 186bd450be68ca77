"""The demo's estate: its servers, their certificates, and the folder in which the daemon finds its settings."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import trustme

from watchdog.clock import Clock
from watchdog.demo.inbox import Inbox
from watchdog.demo.servers import LOOPBACK, Relay, VendorMail, portal_server, smtp_server
from watchdog.demo.settings_file import AUTHORITY_FILE, HOSTS_FILE, MAIL_HOST, PORTAL_HOST, RELAY_HOST, DemoSettings

#: The portal's certificate: of ninety days, these are left. No step of its ladder falls into the demo's minute.
_LIFETIME = timedelta(days=90)
_LEFT = timedelta(days=4, hours=12)


@dataclass(slots=True, kw_only=True)
class DemoEstate:
    """What the scenes play with."""

    folder: Path
    vendor_mail: VendorMail
    inbox: Inbox
    settings: DemoSettings

    @property
    def settings_path(self) -> Path:
        return self.folder / "nigehban.yaml"

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    def write_settings(self, settings: DemoSettings) -> None:
        """In one step, so that a daemon that reads just now sees the former text or this one."""
        unfinished = self.folder / "nigehban.unfinished"
        unfinished.write_text(settings.text, "utf-8")
        unfinished.replace(self.settings_path)
        self.settings = settings


@contextlib.asynccontextmanager
async def open_estate(folder: Path, clock: Clock) -> AsyncIterator[DemoEstate]:
    """Everything listens, and the settings are written. Raises OSError where loopback has no port to give."""
    now, inbox, vendor_mail = clock(), Inbox(clock), VendorMail()
    authority = trustme.CA(organization_name="Example CA", organization_unit_name="Demo")
    authority.cert_pem.write_to_path(folder / AUTHORITY_FILE)
    hosts = "".join(f"{LOOPBACK} {host}\n" for host in (RELAY_HOST, MAIL_HOST, PORTAL_HOST))
    (folder / HOSTS_FILE).write_text(hosts, "utf-8")
    async with (
        smtp_server(Relay(inbox.put), RELAY_HOST) as relay_port,
        smtp_server(vendor_mail, MAIL_HOST, _tls(authority.issue_cert(MAIL_HOST))) as mail_port,
        portal_server(_tls(_short_lived(authority, now))) as portal_port,
    ):
        settings = DemoSettings(now=now, relay_port=relay_port, mail_port=mail_port, portal_port=portal_port)
        estate = DemoEstate(folder=folder, vendor_mail=vendor_mail, inbox=inbox, settings=settings)
        estate.write_settings(settings)
        yield estate


def _short_lived(authority: trustme.CA, now: datetime) -> trustme.LeafCert:
    end = now + _LEFT
    return authority.issue_cert(
        PORTAL_HOST,
        common_name=PORTAL_HOST,
        organization_name="KP Directorate of IT",
        organization_unit_name="Demo",
        not_before=end - _LIFETIME,
        not_after=end,
    )


def _tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
