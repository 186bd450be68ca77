"""Bills that come by themselves: from a folder, a database, an interface; and what becomes of trouble with them."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from checks.billing.intake.amounts import DecimalMark
from checks.billing.intake.request import Layout
from checks.network.network import Transport
from checks.network.resolver import Resolver
from checks.secret import Secret
from tests.support.bill_lists import csv_list
from tests.support.bill_sources import LIST, NOW, Watched, names, put, secret
from tests.support.http_sink import HttpSink, running_http
from watchdog.billing.source_rows import SourceError, as_list, rows_of_json
from watchdog.settings.intake_values import ApiSource, FolderSource, SqlSource

# Folders ----------------------------------------------------------------------------------------------------------


def test_a_finished_file_is_taken_in_and_moved_away(tmp_path: Path) -> None:
    put(tmp_path, "bills.csv", LIST)
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(2)

    (event,) = watched.keeper.rows.events_of("acme/inv7")
    assert event.draft.author == "source share"
    assert names(tmp_path) == ["done"]
    assert [name.partition("-")[2] for name in names(tmp_path / "done")] == ["bills.csv"]
    assert watched.told == []


def test_a_file_that_is_still_written_waits_until_it_is_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, "bills.csv", LIST, age_s=1)
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds()
    assert watched.keys == []

    watched.rounds()
    assert watched.keys == ["acme/inv7"]


@pytest.mark.parametrize(
    ("lists", "where", "kept"),
    [
        ([LIST, csv_list("acme,INV-8,5,2026-12-01")], "done", 2),
        ([csv_list("nobody,INV-7,5,2026-12-01"), csv_list("nobody,INV-8,5,2026-12-01")], "refused", 4),
    ],
    ids=["taken", "refused, each with its reasons"],
)
def test_two_files_of_one_name_in_one_second_are_both_kept(
    tmp_path: Path, lists: Sequence[bytes], where: str, kept: int
) -> None:
    watched = Watched(FolderSource(folder=tmp_path))
    for raw in lists:
        put(tmp_path, "bills.csv", raw)
        watched.rounds(2)

    assert (names(tmp_path), len(names(tmp_path / where))) == ([where], kept)


@pytest.mark.parametrize("name", [".bills.csv", "~$bills.xlsx", "bills.csv.part", "bills.tmp"])
def test_a_file_that_programs_use_meanwhile_is_left_alone(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, LIST)
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(2)

    assert (watched.keys, names(tmp_path)) == ([], [name])


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = put(tmp_path, "elsewhere.csv", LIST)
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "bills.csv").symlink_to(elsewhere)
    watched = Watched(FolderSource(folder=folder))

    watched.rounds(2)

    assert watched.keys == []


def test_a_file_that_is_refused_lies_beside_its_reasons_and_is_told_once(tmp_path: Path) -> None:
    put(tmp_path, "bills.csv", csv_list("nobody,INV-7,-5,2026-12-01"))
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(3)

    (reasons,) = [file for file in (tmp_path / "refused").iterdir() if file.suffix == ".txt"]
    assert reasons.read_text("utf-8").splitlines()[0].startswith("row 2, vendor: ")
    assert watched.subjects == ["a list of share is refused: bills.csv"]


def test_a_folder_that_is_not_there_is_told_once_and_its_return_too(tmp_path: Path) -> None:
    watched = Watched(FolderSource(folder=tmp_path / "share"))

    watched.rounds(3)
    (tmp_path / "share").mkdir()
    watched.rounds(2)

    assert watched.subjects == ["bills of share are not taken in", "bills of share are taken in again"]
    assert "No such file" in watched.told[0][1]


# Databases --------------------------------------------------------------------------------------------------------


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    file = tmp_path / "accounts.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bills (firm TEXT, number TEXT, amount TEXT, due TEXT)")
        connection.execute("INSERT INTO bills VALUES ('acme', 'INV-7', '134000.00', '2026-12-01')")
    connection.close()
    return file


def sql(file: Path, query: str = "SELECT * FROM bills") -> SqlSource:
    return SqlSource(database=secret(f"sqlite:///{file}"), query=query)


def test_rows_of_a_database_are_taken_in_by_their_mapping(accounts: Path) -> None:
    watched = Watched(sql(accounts), layout=Layout(mapping={"firm": "vendor"}))

    watched.rounds(2)

    assert (watched.keys, watched.told) == (["acme/inv7"], [])


def test_a_number_of_a_database_keeps_its_point_where_texts_have_a_comma(accounts: Path) -> None:
    query = "SELECT 'acme' AS vendor, 'INV-8' AS number, 1234.5 AS amount, '2026-12-01' AS due"
    watched = Watched(sql(accounts, query), layout=Layout(mark=DecimalMark.COMMA))

    watched.rounds(1)

    assert [bill.terms.amount.text() for bill in watched.keeper.rows.bills()] == ["1234.50 PKR"]


def test_a_database_without_an_open_bill_is_no_trouble(accounts: Path) -> None:
    watched = Watched(sql(accounts, "SELECT * FROM bills WHERE 0"), layout=Layout(mapping={"firm": "vendor"}))

    watched.rounds(1)

    assert (watched.keys, watched.told) == ([], [])


def test_a_query_cannot_change_the_database(accounts: Path) -> None:
    watched = Watched(sql(accounts, "DELETE FROM bills RETURNING *"))

    watched.rounds()

    with sqlite3.connect(accounts) as connection:
        assert connection.execute("SELECT count(*) FROM bills").fetchone() == (1,)
    connection.close()
    assert "the database refused" in watched.told[0][1]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite:////nowhere/hunter2.sqlite3", "the database refused: OperationalError"),
        ("postgresql+hunter2://", "the database cannot be asked|cannot be read|refused"),
        ("hunter2", "cannot be read"),
    ],
)
def test_trouble_with_a_database_is_told_without_its_url(url: str, why: str) -> None:
    watched = Watched(SqlSource(database=secret(url), query="SELECT 1"))

    watched.rounds(2)

    ((_, text),) = watched.told
    assert any(one in text for one in why.split("|"))
    assert "hunter2" not in text


def test_a_bad_row_of_a_database_keeps_all_of_them_out_and_is_told(accounts: Path) -> None:
    watched = Watched(sql(accounts), layout=Layout(mapping={"firm": "-"}))

    watched.rounds()

    assert watched.keys == []
    assert "nothing of its list was taken: row 1, vendor" in watched.told[0][1]


# Interfaces -------------------------------------------------------------------------------------------------------

ANSWER = {
    "data": {"bills": [{"vendor": "acme", "number": "INV-7", "amount": 134000.1, "due": "2026-12-01", "x": None}]}
}


def asked(body: bytes, status: int = 200, rows: str = "/data/bills") -> tuple[Watched, Sequence[str]]:
    """One look at an interface that answers so; with the headers it was asked with."""

    async def go() -> tuple[Watched, Sequence[str]]:
        sink = HttpSink(status=status, headers=("Content-Type: application/json",), body=body)
        async with running_http(sink):
            transport = Transport(Resolver(servers=()), lambda: NOW)
            place = ApiSource(url=sink.url("/bills"), token=secret("t0ken"), rows=rows)
            watched = Watched(place, open_network=transport.session)
            await watched.sources.round()
            transport.close()
        return watched, [posted.headers.get("authorization", "") for posted in sink.posted]

    return asyncio.run(go())


def test_rows_of_an_interface_are_taken_in_to_the_paisa() -> None:
    watched, authorization = asked(json.dumps(ANSWER).encode())

    assert ([text for _, text in watched.told], list(authorization)) == (
        ["All else of its list is taken in. nobody reads the column x."],
        ["Bearer t0ken"],
    )
    (bill,) = watched.keeper.rows.bills()
    assert bill.terms.amount.text() == "134000.10 PKR"


def test_an_interface_without_an_open_bill_is_no_trouble() -> None:
    watched, _ = asked(b'{"data": {"bills": []}}')

    assert (watched.keys, watched.told) == ([], [])


def test_an_interface_without_an_open_bill_has_the_headings_that_are_mapped() -> None:
    with rows_of_json(b"[]", "", UTC, Layout(mapping={"Firm": "vendor", "S.No": "-"})) as file:
        file.seek(0)
        assert file.read() == b"Firm,S.No,number,amount,due\r\n"


def test_a_number_of_an_interface_keeps_its_point_where_texts_have_a_comma() -> None:
    with rows_of_json(b'[{"amount": 134.567}]', "", UTC, Layout(mark=DecimalMark.COMMA)) as file:
        file.seek(0)
        assert file.read() == b'amount\r\n"134,567"\r\n'


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"<html>", 200, "no JSON"),
        (b"{}", 200, "no list of objects"),
        (b"{}", 503, "answers 503"),
        (b'{"data": {"bills": [{"vendor": {}}]}}', 200, "neither text"),
    ],
)
def test_an_interface_that_answers_something_else_is_told(body: bytes, status: int, why: str) -> None:
    watched, _ = asked(body, status)

    assert why in watched.told[0][1]


def test_a_pointer_leads_through_lists_and_escaped_names() -> None:
    raw = json.dumps({"a/b": [{"~": [{"vendor": "acme"}]}]}).encode()

    with rows_of_json(raw, "/a~1b/0/~0", UTC) as file:
        file.seek(0)
        assert file.read() == b"vendor\r\nacme\r\n"
    with pytest.raises(SourceError):
        rows_of_json(raw, "/a~1b/9", UTC)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (datetime(2026, 11, 30, 19, tzinfo=UTC), "2026-12-01"),
        (datetime(2026, 11, 30, 19), "2026-11-30"),  # noqa: DTZ001  # as a column without a zone has it
        (date(2026, 12, 1), "2026-12-01"),
        ("2026-11-30T19:00:00Z", "2026-12-01"),
        ("2026-11-30T19:00:00.000+00:00", "2026-12-01"),
        ("2026-13-30T19:00:00Z", "2026-13-30T19:00:00Z"),
        ("receipt of 2026-11-30T19:00:00Z", "receipt of 2026-11-30T19:00:00Z"),
    ],
)
def test_a_moment_of_a_source_is_the_day_that_it_is_here(value: object, day: str) -> None:
    with as_list(["due"], [[value]], ZoneInfo("Asia/Karachi")) as file:
        file.seek(0)
        assert file.read().decode().splitlines() == ["due", day]


def test_a_look_that_hangs_is_not_joined_by_another() -> None:
    hanging = threading.Event()
    watched = Watched(FolderSource(folder=Path()))
    source = watched.sources.settings().intake.sources[0]

    async def go() -> None:
        first = asyncio.create_task(watched.sources._asked(source, lambda _over: hanging.wait(60)))
        await asyncio.sleep(0)
        with pytest.raises(SourceError, match="not come back"):
            await watched.sources._asked(source, lambda _over: None)
        hanging.set()
        await first

    asyncio.run(go())


# Settings that change ---------------------------------------------------------------------------------------------


HOURLY = timedelta(hours=1)


def test_a_source_that_the_settings_put_elsewhere_is_looked_at_at_once(accounts: Path) -> None:
    watched = Watched(sql(accounts, "SELECT * FROM nothing"), layout=Layout(mapping={"firm": "vendor"}), every=HOURLY)
    watched.rounds()
    watched.reload(sql(accounts))
    watched.rounds()
    assert watched.keys == ["acme/inv7"]


def test_a_source_whose_columns_are_mapped_otherwise_is_looked_at_at_once(accounts: Path) -> None:
    watched = Watched(sql(accounts), layout=Layout(mapping={"firm": "-"}), every=HOURLY)
    watched.rounds()
    assert watched.keys == []
    watched.reload(layout=Layout(mapping={"firm": "vendor"}))
    watched.rounds()
    assert watched.keys == ["acme/inv7"]


def test_a_source_in_trouble_is_looked_at_once_when_settings_are_read_anew(accounts: Path) -> None:
    """What is wrong may be in a secret, which the settings name as before."""
    held = ["sqlite:////nowhere/x.sqlite3"]
    place = SqlSource(database=Secret("accounts", lambda: held[-1]), query="SELECT * FROM bills")
    watched = Watched(place, layout=Layout(mapping={"firm": "vendor"}), every=HOURLY)
    watched.rounds()
    held.append(f"sqlite:///{accounts}")
    watched.rounds()
    assert watched.keys == [], "it is not its time"
    watched.reload()
    watched.rounds()
    assert watched.keys == ["acme/inv7"]
