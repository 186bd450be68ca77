"""The demo's estate: its servers, their certificates, and the folder in which the daemon finds its settings."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import trustme

from watchdog.clock import Clock
from watchdog.demo.eoffice import EARLY, EOffice, eoffice_server
from watchdog.demo.inbox import Inbox
from watchdog.demo.loopback import LOOPBACK, web_server
from watchdog.demo.mail_servers import Relay, VendorMail, smtp_server
from watchdog.demo.registry import Registry, whois_server
from watchdog.demo.settings_file import (
    AUTHORITY_FILE,
    DOMAIN,
    EOFFICE_HOST,
    HOSTS_FILE,
    MAIL_HOST,
    PORTAL_HOST,
    RELAY_HOST,
    WHOIS_HOST,
    DemoSettings,
    Ports,
)

_HOSTS = (RELAY_HOST, MAIL_HOST, PORTAL_HOST, EOFFICE_HOST, WHOIS_HOST)

#: The portal's certificate: of ninety days, these are left. No step of its ladder falls into the story.
CERTIFICATE_LIFETIME = timedelta(days=90)
CERTIFICATE_LEFT = timedelta(days=4, hours=12)
#: The same of the domain, which was registered for two years.
_REGISTERED = timedelta(days=730)
DOMAIN_LEFT = timedelta(days=9, hours=3)


@dataclass(slots=True, kw_only=True)
class DemoEstate:
    """What the scenes play with."""

    folder: Path
    vendor_mail: VendorMail
    eoffice: EOffice
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
    """Everything listens, and the settings are written. Raises OSError where loopback has no port to give.

    All dates of it are counted from `clock`, which must be the one that its daemon goes by.
    """
    now, inbox, vendor_mail, eoffice = clock(), Inbox(clock), VendorMail(), EOffice(sessions=EARLY)
    authority = trustme.CA(organization_name="Example CA", organization_unit_name="Demo")
    authority.cert_pem.write_to_path(folder / AUTHORITY_FILE)
    (folder / HOSTS_FILE).write_text("".join(f"{LOOPBACK} {host}\n" for host in _HOSTS), "utf-8")
    expires = now + DOMAIN_LEFT
    async with (
        smtp_server(Relay(inbox.put), RELAY_HOST) as relay,
        smtp_server(vendor_mail, MAIL_HOST, _tls(authority.issue_cert(MAIL_HOST))) as mail,
        web_server("text/html", _portal_page, _tls(_short_lived(authority, now))) as portal,
        whois_server(Registry(domain=DOMAIN, created=expires - _REGISTERED, expires=expires)) as whois,
        eoffice_server(eoffice) as office,
    ):
        ports = Ports(relay=relay, mail=mail, portal=portal, whois=whois, eoffice=office)
        settings = DemoSettings(now=now, ports=ports)
        estate = DemoEstate(folder=folder, vendor_mail=vendor_mail, eoffice=eoffice, inbox=inbox, settings=settings)
        estate.write_settings(settings)
        yield estate


def _portal_page() -> bytes:
    return b"<h1>Citizen portal</h1>"


def _short_lived(authority: trustme.CA, now: datetime) -> trustme.LeafCert:
    end = now + CERTIFICATE_LEFT
    return authority.issue_cert(
        PORTAL_HOST,
        common_name=PORTAL_HOST,
        organization_name="KP Directorate of IT",
        organization_unit_name="Demo",
        not_before=end - CERTIFICATE_LIFETIME,
        not_after=end,
    )


def _tls(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
