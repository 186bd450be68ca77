"""A finance officer brings a list to a real daemon, passes it round as a sheet, and takes the answer in."""

import csv
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest

from tests.support.bill_lists import csv_list
from tests.support.daemon_process import Home, running_daemon

SETTINGS = """
estate: {name: Test, time_zone: Asia/Karachi}
vendors: {acme: {name: Acme Hosting}}
receivers: {it: {channels: [{kind: webhook, url: "http://127.0.0.1:9/"}]}}
routes: [{match: {}, to: [it]}]
billing: {layouts: {theirs: {mapping: {Firm: vendor}, dates: dmy}}}
"""
LIST = csv_list('Acme Hosting,INV-7,"Rs 1,34,000/-",01/12/2026', head="Firm,Bill No,Amount,Due Date")


@pytest.fixture
def home() -> Iterator[Home]:
    with TemporaryDirectory(prefix="nb") as name:
        home = Home(Path(name))
        home.write(SETTINGS)
        (home.folder / "bills.csv").write_bytes(LIST)
        yield home


def invoices(home: Home, *verb: str) -> subprocess.CompletedProcess[str]:
    return home.call("invoices", *verb)


@pytest.mark.slow
def test_a_list_is_brought_exported_edited_and_brought_back(home: Home) -> None:
    bills, sheet = str(home.folder / "bills.csv"), home.folder / "bills.xlsx"
    with running_daemon(home):
        refused = invoices(home, "import", bills)
        tried = invoices(home, "import", bills, "--layout", "theirs", "--dry-run")
        taken = invoices(home, "import", bills, "--layout", "theirs", "--json")
        strange = invoices(home, "import", bills, "--layout", "ours")
        unmapped = invoices(home, "import", bills, "--map", "Firm")
        written = invoices(home, "export", str(sheet))
        book = openpyxl.load_workbook(sheet)
        book["Bills"]["K2"] = "sanction"
        book.save(sheet)
        back = invoices(home, "import", str(sheet))
    alone = invoices(home, "export", str(home.folder / "alone.csv"))
    nobody = invoices(home, "import", bills)

    assert (refused.returncode, "row 2, due: day and month" in refused.stderr) == (1, True)
    assert tried.stdout == "1 new bill would be put on record; 0 on record already as they stand\n"
    assert {name: json.loads(taken.stdout)[name] for name in ("new", "same")} == {"new": 1, "same": 0}
    assert (strange.returncode, strange.stderr) == (2, STRANGE)
    assert (unmapped.returncode, "--map" in unmapped.stderr) == (2, True)
    assert (written.returncode, written.stdout) == (0, f"1 bill in {sheet}\n")
    assert "1 changed stage waits for a person" in back.stdout
    assert alone.returncode == 0
    (row,) = csv.DictReader((home.folder / "alone.csv").read_text("utf-8-sig").splitlines())
    assert (row["key"], row["amount"], row["stage"]) == ("acme/inv7", "134000.00", "verification")
    assert (nobody.returncode, "start it first" in nobody.stderr) == (1, True)


STRANGE = (
    "nigehban: --layout: the settings have none so called; there are: theirs\nnigehban: this cannot be understood\n"
)
