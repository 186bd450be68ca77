"""The settings that the demo's daemon reads: such as anybody would write them, but for free ports and a hosts file."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from string import Template
from zoneinfo import ZoneInfo

from watchdog.demo.eoffice import SEATS

ZONE = ZoneInfo("Asia/Karachi")

RELAY_HOST = "smtp.example.org"
DOMAIN = "example.gov.pk"
MAIL_HOST = f"mx1.{DOMAIN}"
PORTAL_HOST = f"portal.{DOMAIN}"
EOFFICE_HOST = f"eoffice.{DOMAIN}"
WHOIS_HOST = "whois.example.org"
FINANCE = "so.finance@example.org"
ON_CALL = "noc@example.org"
HEALTH = "it.health@example.org"
SECRETARY = "secretary@example.org"
BILL = "INV-7"

AUTHORITY_FILE = "ca.pem"
HOSTS_FILE = "hosts"

#: On its Monday the bill has been overdue since the Wednesday before, and its vendor has named that Monday.
OVERDUE_FOR = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the demo's servers listen."""

    relay: int
    mail: int
    portal: int
    whois: int
    eoffice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """What the text is made of. `now` is aware UTC; the bill's days are counted from it."""

    now: datetime
    ports: Ports
    proof: str = ""
    """What the bill says of its settlement."""

    @property
    def due(self) -> date:
        return local_day(self.now) - OVERDUE_FOR

    def with_proof(self, now: datetime, evidence: str) -> "DemoSettings":
        """As finance writes them once the vendor has its money: the bill settled on the day of `now`."""
        return replace(self, proof=f"settled_on: {local_day(now)}, evidence: {evidence}")

    @property
    def text(self) -> str:
        return _template().substitute(
            due=self.due,
            suspends=local_day(self.now),
            settled=f",\n     {self.proof}" if self.proof else "",
            relay_host=RELAY_HOST,
            relay_port=self.ports.relay,
            mail_host=MAIL_HOST,
            mail_port=self.ports.mail,
            portal_host=PORTAL_HOST,
            portal_port=self.ports.portal,
            whois_host=WHOIS_HOST,
            whois_port=self.ports.whois,
            eoffice_host=EOFFICE_HOST,
            eoffice_port=self.ports.eoffice,
            seats=SEATS,
            domain=DOMAIN,
            finance=FINANCE,
            on_call=ON_CALL,
            health=HEALTH,
            secretary=SECRETARY,
            bill=BILL,
            authority_file=AUTHORITY_FILE,
            hosts_file=HOSTS_FILE,
        )


def local_day(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def _template() -> Template:
    return Template(files("watchdog.demo").joinpath("nigehban.yaml.template").read_text("utf-8"))
