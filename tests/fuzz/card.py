"""Every parser of outside bytes, by name."""

from collections.abc import Mapping
from pathlib import Path

from tests.fuzz.file_parsers import file_parsers
from tests.fuzz.office_parsers import office_parsers
from tests.fuzz.parser import Parser
from tests.fuzz.registry_parsers import registry_parsers
from tests.fuzz.reply_parsers import reply_parsers
from tests.fuzz.wire_parsers import wire_parsers


def card(folder: Path) -> Mapping[str, Parser]:
    """`folder` takes what they need on disk."""
    parsers = (*wire_parsers(folder), *file_parsers(), *registry_parsers(), *reply_parsers(), *office_parsers())
    return {parser.name: parser for parser in parsers}
