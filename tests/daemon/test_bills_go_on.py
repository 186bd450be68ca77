"""A bill is one bill whatever list it is read from: other options of its check begin no other story."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from alerts.incident import Acknowledgement, EventKind, Incident
from alerts.message import Notification
from checks.model import Cause, CheckId
from tests.support.paying_office import PayingOffice, paying_office
from tests.support.settings_files import load_text
from tests.support.telling import local
from tests.support.virtual_loop import run_virtual
from watchdog.metrics.counters import Counters
from watchdog.reload import Reloading
from watchdog.sd_notify import ServiceManager
from watchdog.settings.values import Settings
from watchdog.store.store import Store, open_store

SETTINGS = """\
estate: {{name: Lab, time_zone: Asia/Karachi}}
offices: {{hq: {{week: {{mon-fri: "09:00-17:00"}}}}}}
vendors: {{acme: {{name: Acme Mail, taxpayer_lists: []}}, zeta: {{name: Zeta Links, taxpayer_lists: []}}}}
services: {{mail: {{title: Official e-mail, vendor: acme}}, uplink: {{title: Uplink, vendor: zeta}}}}
receivers: {{finance: {{audience: finance, office: hq, channels: [{{kind: mail, to: [so@office.example]}}]}}}}
mail: {{relay: localhost, tls: none, from: nigehban@told.example}}
routes: [{{match: {{}}, to: [finance]}}]
checks: [{checks}]
"""
HEAD = "vendor,number,amount,currency,due\n"
ACME = "acme,INV-7,134000,PKR,2017-10-20\n"
ZETA = "zeta,9,5000,PKR,2017-10-20\n"
BEGIN, CHANGED, END = "2017-10-24 08:30", "2017-10-24 12:00", "2017-10-25 15:00"
UNTIL = local("2017-11-10 10:00")

Edit = Callable[[], None]


def due(check_id: str, options: str) -> str:
    return f"{{id: {check_id}, kind: invoice_due, {options}}}"


@dataclass(slots=True)
class Told:
    """What a change of settings told, and the incidents before it."""

    store: Store
    before: dict[str, Incident] = field(default_factory=dict)
    """By subject."""
    sent: list[Notification] = field(default_factory=list)

    def of(self, subject: str) -> list[EventKind]:
        """What was said of `subject` since the change."""
        return [row.message.event for row in self.sent if row.message.fields.get("subject") == subject]

    @property
    def standing(self) -> dict[str, Incident]:
        return {one.subject: one for one in self.store.listings.open_incidents()}

    def note(self) -> None:
        self.before = self.standing


@dataclass(frozen=True, slots=True)
class Estate:
    folder: Path

    def settings(self, checks: Sequence[str]) -> Settings:
        return load_text(self.folder, SETTINGS.format(checks=", ".join(checks)))

    def put(self, name: str, *rows: str) -> str:
        """The option that has a check read it."""
        (self.folder / name).write_text(HEAD + "".join(rows), "utf-8")
        return f"csv: {self.folder / name}"


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return Estate(tmp_path)


async def acknowledged(office: PayingOffice) -> None:
    for one in list(office.daemon.subjects.incidents()):
        said = Acknowledgement(by="so", at=office.clock(), until=UNTIL, note="asked for funds")
        await office.daemon.acknowledge(one.id, said)


def reloaded(before: Settings, after: Settings) -> Told:
    """The new settings come by a reload."""
    told = Told(open_store(None))

    async def tidied(_settings: Settings) -> None:
        """Nothing is left over."""

    async def play() -> None:
        async with paying_office(before, start=local(BEGIN), store=told.store) as office:
            await office.until("2017-10-24 11:00")
            await acknowledged(office)
            await office.until(CHANGED)
            told.note()
            sent = len(office.sent)
            manager = ServiceManager.from_environment({})
            read = Reloading(office.daemon, before, Counters("0"), manager, lambda: hourly(after), office.clock, tidied)
            assert not (await read.reload()).is_refused
            await office.until(END)
            told.sent = office.sent[sent:]

    run_virtual(play())
    return told


def restarted(before: Settings, after: Settings) -> Told:
    """They were written while the daemon was down."""
    told = Told(open_store(None))

    async def first() -> None:
        async with paying_office(before, start=local(BEGIN), store=told.store) as office:
            await office.until("2017-10-24 11:00")
            await acknowledged(office)
            await office.until("2017-10-24 11:30")

    async def second() -> None:
        told.note()
        async with paying_office(after, start=local(CHANGED), store=told.store, seed=8) as office:
            await office.until(END)
            told.sent = office.sent

    run_virtual(first())
    run_virtual(second())
    return told


def hourly(settings: Settings) -> Settings:
    """As `paying_office` looks."""
    checks = (replace(one, spec=replace(one.spec, interval_s=3600.0)) for one in settings.checks)
    return replace(settings, checks=tuple(checks))


both_ways = pytest.mark.parametrize("change", [reloaded, restarted], ids=["by a reload", "by a restart"])
Change = Callable[[Settings, Settings], Told]


@both_ways
@pytest.mark.parametrize(
    ("before", "after"),
    [("bills-2026.csv", "bills-2027.csv"), ("bills-2026.csv, vendor: acme", "bills-2026.csv"),
     ("bills-2026.csv", "bills-2026.csv, vendor: acme"), ("bills-2026.csv", "bills-2027.csv, vendor: acme")],
    ids=["another file", "any vendor", "one vendor", "another file and one vendor"],
)  # fmt: skip
def test_a_bill_goes_on_over_other_options_of_its_check(
    estate: Estate, change: Change, before: str, after: str
) -> None:
    """Its incident, and so its thread; its acknowledgement; and nothing is said of it, since it is acknowledged."""
    estate.put("bills-2026.csv", ACME), estate.put("bills-2027.csv", ACME)
    first, second = (due("bills", f"csv: {estate.folder}/{options}") for options in (before, after))
    told = change(estate.settings([first]), estate.settings([second]))
    assert told.standing["acme/INV-7"].id == told.before["acme/INV-7"].id
    acknowledged_ = told.standing["acme/INV-7"].acknowledged
    assert acknowledged_ is not None
    assert (acknowledged_.by, acknowledged_.until) == ("so", UNTIL)
    assert told.of("acme/INV-7") == []


@both_ways
def test_no_step_of_its_ladder_is_told_again(estate: Estate, change: Change) -> None:
    old, new = estate.put("bills-2026.csv", ACME), estate.put("bills-2027.csv", ACME)
    told = change(estate.settings([due("bills", old)]), estate.settings([due("bills", new)]))
    (before,) = [one for one in told.store.load_records() if one.subject == "acme/INV-7"]
    assert len([name for name in before.told if "overdue 2017-10-24" in name]) == 1
    assert EventKind.OPENED not in told.of("acme/INV-7")


@both_ways
def test_a_bill_that_its_check_looks_at_no_more_is_closed_and_not_called_settled(
    estate: Estate, change: Change
) -> None:
    old = estate.put("bills.csv", ACME, ZETA)
    told = change(estate.settings([due("bills", old)]), estate.settings([due("bills", f"{old}, vendor: zeta")]))
    (row,) = [one for one in told.sent if one.message.fields.get("subject") == "acme/INV-7"]
    assert row.message.subject.startswith("CLOSED Rs 134,000 to Acme Mail, bill INV-7: ")
    assert "That does not say that it was settled." in row.message.text
    assert list(told.standing) == ["zeta/9"]


@both_ways
def test_a_check_of_bills_that_was_renamed_with_its_file_goes_on(estate: Estate, change: Change) -> None:
    old, new = estate.put("bills-2026.csv", ACME), estate.put("bills-2027.csv", ACME)
    after = due("bills-2027", f"{new}, formerly: bills-2026")
    told = change(estate.settings([due("bills-2026", old)]), estate.settings([after]))
    standing = told.standing["acme/INV-7"]
    assert (standing.id, standing.check_id) == (told.before["acme/INV-7"].id, CheckId("bills-2027"))
    assert told.sent == []


@both_ways
def test_that_the_former_list_could_not_be_read_says_nothing_of_the_one_read_now(
    estate: Estate, change: Change
) -> None:
    lost, new = f"csv: {estate.folder / 'lost.csv'}", estate.put("bills.csv", ACME)
    told = change(estate.settings([due("bills", lost)]), estate.settings([due("bills", new)]))
    assert {one.subject for one in told.store.load_records()} == {"bills in bills.csv", "acme/INV-7"}


@both_ways
def test_until_the_new_list_can_be_read_the_bills_of_the_old_one_stay_as_they_are(
    estate: Estate, change: Change
) -> None:
    old, missing = estate.put("bills-2026.csv", ACME), f"csv: {estate.folder / 'bills-2027.csv'}"
    told = change(estate.settings([due("bills", old)]), estate.settings([due("bills", missing)]))
    assert told.standing["acme/INV-7"].id == told.before["acme/INV-7"].id
    assert told.of("acme/INV-7") == []


@both_ways
def test_a_check_that_becomes_another_kind_begins_anew(estate: Estate, change: Change) -> None:
    old = estate.put("bills.csv", ACME)
    other = "{id: bills, kind: payment_stage}"
    told = change(estate.settings([due("bills", old)]), estate.settings([other]))
    assert "acme/INV-7" not in told.standing
    assert told.of("acme/INV-7") == [EventKind.RESOLVED]


@both_ways
def test_an_unpaid_bill_that_the_new_list_does_not_have_is_asked_about_in_its_own_thread(
    estate: Estate, change: Change
) -> None:
    old, new = estate.put("bills-2026.csv", ACME), estate.put("bills-2027.csv", ZETA)
    told = change(estate.settings([due("bills", old)]), estate.settings([due("bills", new)]))
    assert told.standing["acme/INV-7"].id == told.before["acme/INV-7"].id
    assert told.standing["acme/INV-7"].cause is Cause.WITHDRAWN
    assert EventKind.RESOLVED not in told.of("acme/INV-7")


# From one check to another ----------------------------------------------------------------------------------------


@both_ways
def test_two_checks_that_swap_their_lists_swap_their_bills(estate: Estate, change: Change) -> None:
    one, other = estate.put("one.csv", ACME), estate.put("other.csv", ZETA)
    before = estate.settings([due("a", one), due("b", other)])
    told = change(before, estate.settings([due("a", other), due("b", one)]))
    assert {subject: one.id for subject, one in told.standing.items()} == {
        subject: one.id for subject, one in told.before.items()
    }
    assert {subject: one.check_id for subject, one in told.standing.items()} == {"acme/INV-7": "b", "zeta/9": "a"}
    assert told.sent == []


@both_ways
@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")], ids=["to a later one", "to an earlier one"])
def test_a_bill_that_goes_over_to_a_new_check_is_one_story(
    estate: Estate, change: Change, ids: tuple[str, str]
) -> None:
    old_id, new_id = ids
    old = estate.put("bills.csv", ACME, ZETA)
    narrowed, new = (due(id_, f"{old}, vendor: {vendor}") for id_, vendor in ((old_id, "zeta"), (new_id, "acme")))
    told = change(estate.settings([due(old_id, old)]), estate.settings([narrowed, new]))
    standing = told.standing["acme/INV-7"]
    assert (standing.id, standing.check_id) == (told.before["acme/INV-7"].id, new_id)
    assert told.sent == []


@both_ways
def test_a_bill_that_the_new_list_does_not_have_goes_to_the_check_of_the_rest(estate: Estate, change: Change) -> None:
    old, new = estate.put("bills-2026.csv", ACME), estate.put("bills-2027.csv", ZETA)
    rest = due("rest", "rest: true")
    told = change(estate.settings([due("bills", old), rest]), estate.settings([due("bills", new), rest]))
    standing = told.standing["acme/INV-7"]
    assert (standing.id, standing.check_id) == (told.before["acme/INV-7"].id, "rest")
    assert EventKind.RESOLVED not in told.of("acme/INV-7")


@both_ways
def test_a_check_that_takes_the_place_of_another_tells_its_bills_on(estate: Estate, change: Change) -> None:
    old, new = estate.put("bills-2026.csv", ACME), estate.put("bills-2027.csv", ACME)
    told = change(estate.settings([due("bills-2026", old)]), estate.settings([due("bills-2027", new)]))
    standing = told.standing["acme/INV-7"]
    assert (standing.id, standing.check_id) == (told.before["acme/INV-7"].id, "bills-2027")
    assert told.sent == []
    assert {one.check_id for one in told.store.load_records()} == {"bills-2027"}


@both_ways
@pytest.mark.parametrize("left", [[ZETA], [ACME, ZETA]], ids=["bills of others", "the same bill"])
def test_bills_of_a_check_that_was_taken_out_are_closed_where_no_other_needs_them(
    estate: Estate, change: Change, left: list[str]
) -> None:
    """Where another check tells of it already, that goes on; else it is said that nobody looks at it."""
    gone, stays = due("gone", estate.put("gone.csv", ACME)), due("stays", estate.put("stays.csv", *left))
    told = change(estate.settings([gone, stays]), estate.settings([stays]))
    assert {one.check_id for one in told.store.listings.open_incidents()} == {"stays"}
    assert {one.check_id for one in told.store.load_records()} == {"stays"}
    closed = [row for row in told.sent if row.message.event is EventKind.RESOLVED]
    assert [row.message.subject.partition(" ")[0] for row in closed] == ["CLOSED"]


@both_ways
def test_a_check_beside_another_one_takes_no_bill_from_it(estate: Estate, change: Change) -> None:
    old = estate.put("bills.csv", ACME)
    beside = due("acme", f"{old}, vendor: acme")
    told = change(estate.settings([due("bills", old)]), estate.settings([due("bills", old), beside]))
    standing = {one.check_id: one for one in told.store.listings.open_incidents()}
    assert set(standing) == {"bills", "acme"}
    assert standing[CheckId("bills")].id == told.before["acme/INV-7"].id
    assert told.of("acme/INV-7")[0] is EventKind.OPENED
