"""What lies in the mailboxes of an office on one morning: bills of all sorts, told in English and in Urdu."""

from pathlib import Path
from typing import Final

from alerts.message import Notification
from tests.support.paying_office import import_list, paying_office
from tests.support.settings_files import load_text
from tests.support.telling import local
from tests.support.virtual_loop import run_virtual
from watchdog.settings.values import Settings
from watchdog.store.store import Store, open_store

_SETTINGS: Final = """\
estate: {name: KP Directorate of IT, time_zone: Asia/Karachi, public_url: https://nigehban.example.gov.pk}
offices: {hq: {week: {mon-fri: "09:00-17:00"}}}
vendors:
  acme: {name: Acme Mail (Pvt) Ltd, ntn: 1234567-8, iban: PK36SCBL0000001123456702}
  zeta: {name: Zeta Links and Long Distance Networks of Peshawar (Private) Limited, ntn: 7654321-0}
  ntc: {name: NTC, taxpayer_lists: []}
departments:
  health: {name: Health Department, contact: health-it, users: 1200}
  police: {name: Police, contact: police-it, users: 3400}
  schools: {name: Elementary and Secondary Education Department, users: 21000}
services:
  official-email: {title: Official e-mail, vendor: acme, departments: [health, police, schools]}
  uplink: {title: Internet uplink, vendor: zeta, departments: [health, police]}
  hosting: {title: Website hosting, vendor: ntc, departments: [schools]}
receivers:
  so: {audience: finance, office: hq, channels: [{kind: mail, to: [so@office.example]}]}
  so-urdu: {audience: finance, language: ur, office: hq, channels: [{kind: mail, to: [so-urdu@office.example]}]}
  health-it: {office: hq, channels: [{kind: mail, to: [health@office.example]}]}
  police-it: {audience: department, language: ur, office: hq, channels: [{kind: mail, to: [police@office.example]}]}
mail: {relay: localhost, tls: none, from: nigehban@told.example}
routes: [{match: {}, to: [so, so-urdu]}]
digests: {morning: {kind: bills, to: [so, so-urdu], at: "09:15", on: working_days}}
billing: {confirmers: [so, so-urdu], two_persons: true, jurisdiction: none}
"""

_LIST: Final = """\
vendor,number,amount,due,service,received,suspends
acme,INV-7,"1,34,000.00 PKR",2017-09-26,official-email,2017-08-28,
zeta,ZL/2017/00118-A/PESHAWAR-CANTONMENT-RING,"2,450,000.50 PKR",2017-10-30,uplink,2017-10-01,
ntc,2017-10,"98,000 PKR",2017-10-20,hosting,2017-10-01,2017-11-10
ntc,2017-09,"98,000 PKR",2017-09-20,hosting,2017-09-01,2017-10-25
acme,INV-8,"1200 USD",2017-11-02,official-email,2017-10-02,
"""


def morning_post(folder: Path) -> list[Notification]:
    """All that was sent from Tuesday noon to Wednesday, half past nine; `folder` keeps the key of its links."""
    key = folder / "key"
    key.write_text("k" * 32, "utf-8")
    key.chmod(0o600)
    settings, store = load_text(folder, f"{_SETTINGS}links: {{key: !secret-file {key}}}\n"), open_store(None)
    import_list(store, settings, _LIST, at="2017-10-17 11:00", author="so")
    return run_virtual(_morning(settings, store))


async def _morning(settings: Settings, store: Store) -> list[Notification]:
    async with paying_office(settings, start=local("2017-10-17 12:00"), store=store) as office:
        await office.say("zeta", "blocked", by="so", block="account-attached", evidence="letter of the bank 17/2017")
        await office.say("ntc/2017-10", "disputed", by="so", reason="two months on one bill")
        await office.say("ntc/2017-09", "acknowledged", by="so", evidence="receipt 9")
        await office.until("2017-10-18 09:30")
        return office.sent
