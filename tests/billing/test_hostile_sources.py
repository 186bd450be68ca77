"""Sources of bills that somebody else writes to: whatever they hold, the daemon goes on and says what is wrong."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import IO, cast

import pytest

from checks.billing.intake.request import Layout
from checks.network.network import Transport
from checks.network.resolver import Resolver
from tests.support.bill_lists import csv_list
from tests.support.bill_sources import LIST, NOW, Watched, names, put, secret
from tests.support.http_sink import HttpSink, running_http
from watchdog.billing.importing import Imported, Importer
from watchdog.billing.source_files import MAX_FILES, WatchedFolder
from watchdog.billing.source_rows import SourceError, as_list
from watchdog.settings.intake_values import ApiSource, FolderSource, SqlSource
from watchdog.store.errors import StoreDamagedError

ROW = b'"vendor": "acme", "number": "INV-7", "due": "2026-12-01"'
GOOD = b"[{" + ROW + b', "amount": 5}]'


# Folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "raw"), [("done", LIST), ("refused", b"a: 1\n")])
def test_nothing_is_put_away_through_a_link(tmp_path: Path, where: str, raw: bytes) -> None:
    folder, elsewhere = tmp_path / "share", tmp_path / "settings"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / where).symlink_to(elsewhere)
    put(folder, "evil.yaml", raw)
    watched = Watched(FolderSource(folder=folder))

    watched.rounds(3)

    assert names(elsewhere) == []
    assert f"{where} is a link or a file" in watched.told[0][1]


def test_a_file_exchanged_for_a_link_is_not_read(tmp_path: Path) -> None:
    """After the folder was looked at."""
    (tmp_path / "bills.csv").symlink_to(put(tmp_path, "elsewhere.csv", LIST))

    with pytest.raises(OSError, match="symbolic links"):
        WatchedFolder(tmp_path).copied("bills.csv")


@pytest.mark.parametrize("ending", [".csv", "." + "x" * 200])
def test_a_name_as_long_as_can_be_is_put_away_under_a_shorter_one(tmp_path: Path, ending: str) -> None:
    name = "b" * (255 - len(ending)) + ending
    put(tmp_path, name, LIST)
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(2)

    assert (watched.keys, watched.told, names(tmp_path)) == (["acme/inv7"], [], ["done"])


def test_a_name_that_is_no_text_is_refused_like_any_other(tmp_path: Path) -> None:
    file = put(tmp_path, "bills.csv", csv_list("nobody,INV-7,5,2026-12-01"))
    os.rename(os.fsencode(file), os.fsencode(tmp_path) + b"/\xff\xfe.csv")  # noqa: PTH104  # bytes
    watched = Watched(FolderSource(folder=tmp_path))

    watched.rounds(2)

    assert len(names(tmp_path / "refused")) == 2
    assert len(watched.told) == 1


class Breaking:
    """An importer that some lists break."""

    def __init__(self, sound: Importer, error: BaseException, beginning: str = "") -> None:
        self.sound, self.error, self.beginning = sound, error, beginning

    async def take_from(self, source: str, file: IO[bytes], layout: Layout, *, name: str) -> Imported:
        if name.startswith(self.beginning):
            raise self.error
        return await self.sound.take_from(source, file, layout, name=name)


def breaking(watched: Watched, error: BaseException, beginning: str = "") -> Watched:
    watched.sources.importer = cast("Importer", Breaking(watched.sources.importer, error, beginning))
    return watched


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), MemoryError(), KeyError("x")])
def test_a_file_that_cannot_be_taken_in_keeps_no_other_waiting_and_is_named_once(
    tmp_path: Path, error: Exception
) -> None:
    put(tmp_path, "a.csv", LIST, age_s=100)
    put(tmp_path, "b.csv", LIST)
    watched = breaking(Watched(FolderSource(folder=tmp_path)), error, "a.csv")

    watched.rounds(3)

    assert (watched.keys, names(tmp_path)) == (["acme/inv7"], ["a.csv", "done"])
    ((subject, text),) = watched.told
    assert subject == "files of share cannot be taken in: 1"
    assert "a.csv: " in text


def test_a_folder_full_of_junk_lets_good_lists_through(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        put(tmp_path, f"junk{number}", b"", age_s=1000)
    put(tmp_path, "bills.csv", LIST)
    watched = breaking(Watched(FolderSource(folder=tmp_path)), OSError(5, "Input/output error"), "junk")

    watched.rounds(3)

    assert watched.keys == ["acme/inv7"]
    assert watched.subjects == [f"files of share cannot be taken in: {number}" for number in (MAX_FILES, 1)]
    assert len(watched.told[0][1]) < 1000


# All --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [MemoryError(), RecursionError(), KeyError("theirs"), ZeroDivisionError()])
def test_a_source_that_breaks_its_reader_is_told_once_and_ends_nothing(error: Exception) -> None:
    watched = breaking(Watched(SqlSource(database=secret("sqlite://"), query="SELECT 1")), error)

    watched.rounds(3)

    ((subject, text),) = watched.told
    assert subject == "bills of share are not taken in"
    assert f"a fault of this program; its log has more ({type(error).__name__})" in text


def test_damage_of_the_store_ends_the_looks_as_what_it_is() -> None:
    source = SqlSource(database=secret("sqlite://"), query="SELECT 1")
    watched = breaking(Watched(source, others=[source]), StoreDamagedError("torn"))

    with pytest.raises(StoreDamagedError):
        asyncio.run(watched.sources.forever())


# Databases --------------------------------------------------------------------------------------------------------

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_query_that_hangs_is_told_once_and_ended() -> None:
    watched = Watched(SqlSource(database=secret("sqlite://"), query=ENDLESS), look_within_s=0.1)

    async def go() -> None:
        for _ in range(3):
            await watched.sources.round()
        async with asyncio.timeout(60):
            while watched.sources._busy:  # noqa: ASYNC110  # a thread ends it
                await asyncio.sleep(0.01)

    asyncio.run(go())

    assert watched.subjects == ["bills of share are not taken in"]
    assert "no answer within 0.1 s" in watched.told[0][1]


@pytest.mark.parametrize(
    "value", [Decimal("1e999999999"), Decimal("1e-999999999"), 10**5000, b"5"], ids=["large", "small", "long", "bytes"]
)
def test_a_cell_that_nobody_could_write_out_is_refused(value: object) -> None:
    with pytest.raises(SourceError, match=r"no amount|neither text"):
        as_list(["amount"], [[value]], UTC)


# Interfaces -------------------------------------------------------------------------------------------------------


def asked(sink: HttpSink, *, rows: str = "", states: Sequence[int] = (200,), look_within_s: float = 60.0) -> Watched:
    """After one look for each of `states`, which the server then answers with."""

    async def go() -> Watched:
        async with running_http(sink):
            transport = Transport(Resolver(servers=()), lambda: NOW)
            place = ApiSource(url=secret(sink.url("/bills")), rows=rows)
            watched = Watched(place, open_network=transport.session, look_within_s=look_within_s)
            for state in states:
                sink.status = state
                await watched.sources.round()
            transport.close()
        return watched

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[{" + ROW + b', "amount": 1e999999999}]', "which is no amount"),
        (b"[{" + ROW + b', "amount": -1e-999999999}]', "which is no amount"),
        (b"[{" + ROW + b', "amount": ' + b"9" * 500_000 + b"}]", "which is no amount"),
        (b"[{" + ROW + b', "amount": 1.' + b"9" * 500_000 + b"}]", "which is no amount"),
        (b"[{" + ROW + b', "amount": NaN}]', "no JSON"),
        (b"[{" + ROW + b', "amount": true}]', "nothing of its list was taken"),
        (b"[{" + ROW + b', "amount": {"value": 5}}]', "neither text"),
        (b"[" * 500_000, "no JSON"),
        (b'{"a":' * 100_000, "no JSON"),
        (b"[" * 90_000 + b"]" * 90_000, "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"", "no JSON"),
        (b"null", "no list of objects"),
        (b"[[1]]", "no list of objects"),
        (b'"bills"', "no list of objects"),
        (b"[{" + b",".join(b'"%d": 1' % number for number in range(5000)) + b"}]", "different keys"),
        (b"[" + b",".join([b"{}"] * 100_001) + b"]", "more than 100,000 rows"),
        (b'[{"vendor": "\\ud800"}]', "nothing of its list was taken"),
    ],
    ids=lambda value: value[:24].decode("ascii", "replace") if isinstance(value, bytes) else None,
)
def test_an_answer_that_is_no_list_of_bills_is_told_once(body: bytes, why: str) -> None:
    watched = asked(HttpSink(body=body), states=(200, 200))

    ((_, text),) = watched.told
    assert why in text
    assert watched.keys == []


def test_numbers_are_taken_as_they_are_written() -> None:
    watched = asked(HttpSink(body=GOOD.replace(b"5}", b"1.3400050E5}")))

    assert [bill.terms.amount.text() for bill in watched.keeper.rows.bills()] == ["134000.50 PKR"]


def test_trouble_that_changes_its_face_is_told_once_and_its_end_too() -> None:
    watched = asked(HttpSink(body=GOOD), states=(503, 500, 302, 404, 200, 200))

    assert watched.subjects == ["bills of share are not taken in", "bills of share are taken in again"]


def test_a_server_that_drips_is_left_in_time_and_told_once() -> None:
    watched = asked(HttpSink(body=GOOD, drip=True), states=(200, 200, 200), look_within_s=0.2)

    assert watched.subjects == ["bills of share are not taken in"]


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    watched = asked(HttpSink(body=b"[" + b" " * 8_000_000), look_within_s=10)

    assert watched.subjects == ["bills of share are not taken in"]


def test_nobody_is_led_elsewhere() -> None:
    sink = HttpSink(headers=("Location: /bills",), body=GOOD)
    watched = asked(sink, states=(302,))

    assert "answers 302" in watched.told[0][1]
    assert len(sink.posted) == 1


def test_a_source_that_keeps_silent_stalls_no_other(tmp_path: Path) -> None:
    """Nor the next look at another."""

    async def go() -> Sequence[str]:
        async with running_http(HttpSink(delay_s=3600)) as sink:
            transport = Transport(Resolver(servers=()), lambda: NOW)
            watched = Watched(
                ApiSource(url=sink.url()), others=[FolderSource(folder=tmp_path)], open_network=transport.session
            )
            looks = asyncio.create_task(watched.sources.forever())
            async with asyncio.timeout(60):
                for name in ("a.csv", "b.csv"):
                    put(tmp_path, name, LIST)
                    while (tmp_path / name).exists():  # noqa: ASYNC110  # a file tells nobody
                        await asyncio.sleep(0.01)
            looks.cancel()
            await asyncio.gather(looks, return_exceptions=True)
            transport.close()
        return watched.keys

    assert asyncio.run(go()) == ["acme/inv7"]
