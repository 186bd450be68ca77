"""Parsers of files that people hand in."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from checks.billing.csv_rows import KnownIds, parse_bills
from checks.billing.refusal import BillsRefusedError
from tests.fuzz.parser import Parser
from watchdog.settings.yaml_tree import read_tree


def _bills(data: bytes) -> None:
    parse_bills(data, today=date(2026, 11, 22), known=KnownIds())


def _settings(data: bytes) -> None:
    read_tree(Path("nigehban.yaml"), data, {})


def file_parsers() -> Sequence[Parser]:
    return (
        Parser(
            name="bills",
            feed=_bills,
            refusals=(BillsRefusedError,),
            seeds=(b"vendor,number,amount,due\nacme,INV-7,134000.00 PKR,2026-12-01\n",),
        ),
        Parser(
            name="settings",
            feed=_settings,
            refusals=(),
            seeds=(b"checks:\n  - {id: mx, kind: smtp}\n", b"a: [1, 'two', !secret three]\n"),
        ),
    )
