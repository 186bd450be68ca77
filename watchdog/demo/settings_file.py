"""The settings that the demo's daemon reads: such as anybody would write them, but for free ports and a hosts file."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from string import Template
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Karachi")

RELAY_HOST = "smtp.example.org"
MAIL_HOST = "mx1.example.gov.pk"
PORTAL_HOST = "portal.example.gov.pk"
FINANCE = "so.finance@example.org"
ON_CALL = "noc@example.org"
BILL = "INV-7"

AUTHORITY_FILE = "ca.pem"
HOSTS_FILE = "hosts"

#: The bill's last day lies this far ahead, and the cut-off that its vendor has named this far behind that.
DUE_IN = timedelta(days=3)
CUT_OFF_AFTER = timedelta(days=4)

_OPENING_HOUR, _CLOSING_HOUR = 9, 17
#: Longer than the demo ever runs.
_LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """What the text is made of. `now` is aware UTC; the bill's days are counted from it."""

    now: datetime
    relay_port: int
    mail_port: int
    portal_port: int
    proof: str = ""
    """What the bill says of its settlement."""

    def with_proof(self, now: datetime, evidence: str) -> "DemoSettings":
        """As finance writes them once the vendor has its money: the bill settled on the day of `now`."""
        return replace(self, proof=f"settled_on: {local_day(now)}, evidence: {evidence}")

    @property
    def text(self) -> str:
        due = local_day(self.now) + DUE_IN
        return _template().substitute(
            hours=office_hours(self.now),
            due=due,
            suspends=due + CUT_OFF_AFTER,
            settled=f",\n     {self.proof}" if self.proof else "",
            relay_host=RELAY_HOST,
            relay_port=self.relay_port,
            mail_host=MAIL_HOST,
            mail_port=self.mail_port,
            portal_host=PORTAL_HOST,
            portal_port=self.portal_port,
            finance=FINANCE,
            on_call=ON_CALL,
            bill=BILL,
            authority_file=AUTHORITY_FILE,
            hosts_file=HOSTS_FILE,
        )


def local_day(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def office_hours(now: datetime) -> str:
    """The office's day. Reminders come when it opens, so it does not open while the demo runs."""
    local = now.astimezone(ZONE)
    opening = local.replace(hour=_OPENING_HOUR, minute=0, second=0, microsecond=0)
    earlier = 1 if timedelta() <= opening - local <= _LONGEST else 0
    return f"{_OPENING_HOUR - earlier:02}:00-{_CLOSING_HOUR - earlier:02}:00"


def _template() -> Template:
    return Template(files("watchdog.demo").joinpath("nigehban.yaml.template").read_text("utf-8"))
