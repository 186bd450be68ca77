"""What is public is documented: derived from the code, so that neither can run ahead of the other."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel

from checks.model import Cause
from checks.plugin import AnyKind, CheckKind, OptionsBase
from checks.registry import load_registry
from tests.support.tree import ROOT, tracked
from watchdog.cli.main import app
from watchdog.metrics.names import FAMILIES, PREFIX
from watchdog.settings.check_entries import CheckEntry
from watchdog.settings.document import Document

KINDS = load_registry(()).kinds

#: Of DESIGN: words that have one meaning.
TERMS = [
    "estate",
    "service",
    "check",
    "kind",
    "target",
    "finding",
    "subject",
    "observation",
    "measurement",
    "status",
    "cause",
    "evidence",
    "deadline",
    "ladder",
    "act-by",
    "state",
    "incident",
    "event",
    "route",
    "receiver",
    "channel",
    "notification",
    "delivery",
    "silence",
    "inhibition",
    "escalation",
    "blind",
]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands under "## `title`"; "" when it is missing."""
    _, found, rest = text.partition(f"\n## `{title}`\n")
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0] if found else ""


def first_cells(text: str) -> list[str]:
    """The first cell of every table row, when it is `code` or **bold**."""
    return [found[1] or found[2] for found in re.finditer(r"^\| (?:`([^`]+)`|\*\*([^*]+)\*\*) \|", text, re.MULTILINE)]


def undocumented_options(kind: AnyKind, text: str) -> set[str]:
    return set(kind.options.model_fields) - set(first_cells(section(text, kind.name)))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_a_section_that_names_its_options_and_no_others(kind: AnyKind) -> None:
    documented = first_cells(section(page("checks.md"), kind.name))
    assert sorted(documented) == sorted(kind.options.model_fields)


def test_no_section_describes_a_kind_that_is_not_there() -> None:
    assert set(re.findall(r"^## `([^`]+)`$", page("checks.md"), re.MULTILINE)) == set(KINDS)


def test_a_missing_kind_and_a_missing_option_would_be_found() -> None:
    class Options(OptionsBase):
        depth: int

    kind = CheckKind(name="tcp_deep", options=Options, run=KINDS["tcp"].run, subject=str)
    assert undocumented_options(kind, page("checks.md")) == {"depth"}
    assert undocumented_options(kind, "# x\n\n## `tcp_deep`\n\n| `depth` | 1 | how deep |\n") == set()


def test_the_keys_of_every_check_are_documented() -> None:
    keys = set(CheckEntry.model_fields) - {"options"}
    assert keys <= set(first_cells(page("checks.md").partition("## Keys of every check")[2]))


def test_every_cause_has_its_meaning_and_what_to_do() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+) \| (.+) \|$", page("causes.md"), re.MULTILINE)
    assert [cause for cause, _, _ in rows] == [cause.value for cause in Cause]


def metric_names() -> Iterator[str]:
    yield from (family.full_name for family in FAMILIES)
    for kind in KINDS.values():
        dates = {"certificate_not_after", "domain_expiry", "invoice_due", "invoice_suspension", "stage_act_by"}
        dates |= {"payment_forecast", "contract_day", "outage_earliest"}
        units = {
            **dict.fromkeys(dates, "_timestamp_seconds"),
            **dict.fromkeys(("eoffice_time_to_full", "invoice_runway", "ledger_silence"), "_seconds"),
        }
        yield from (f"{PREFIX}{name}{units.get(name, '')}" for name in kind.exports)


def test_every_metric_is_documented_and_nothing_else() -> None:
    assert sorted(first_cells(page("metrics.md"))) == sorted(metric_names())


def test_no_gauge_has_the_suffix_of_another_type() -> None:
    gauges = [family.full_name for family in FAMILIES if family.type == "gauge"]
    assert not [name for name in gauges if name.endswith(("_count", "_sum", "_total", "_bucket"))]


def verbs(command: Any, words: str = "nigehban") -> Iterator[tuple[str, set[str]]]:  # noqa: ANN401  # click's classes have no public name in Typer
    """Every verb with its long options."""
    for name, below in getattr(command, "commands", {}).items():
        yield from verbs(below, f"{words} {name}")
    if not hasattr(command, "commands") or command.invoke_without_command:
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        yield words, options - {"--help"}


VERBS = dict(verbs(typer.main.get_command(app)))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_section_that_names_its_options(verb: str) -> None:
    text = section(page("cli.md"), verb)
    assert text, f"docs/cli.md has no section for {verb}"
    assert not {option for option in VERBS[verb] if f"`{option}" not in text}


def test_no_section_describes_a_verb_that_is_not_there() -> None:
    assert set(re.findall(r"^## `([^`]+)`$", page("cli.md"), re.MULTILINE)) == set(VERBS)


def test_every_term_has_one_meaning() -> None:
    terms = first_cells(page("glossary.md"))
    assert set(TERMS) <= set(terms)
    assert len(terms) == len(set(terms))


def pages() -> list[str]:
    return [path for path in tracked() if path.endswith(".md")]


@pytest.mark.parametrize("path", pages())
def test_links_between_pages_lead_somewhere(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    targets = [found[1] for found in re.finditer(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)", text)]
    assert not [target for target in targets if not ((ROOT / path).parent / target).exists()]


def entries_of(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  # annotations have no common type
    """The models within an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from entries_of(inner)


def keys_of(name: str) -> set[str]:
    """What a section of the settings takes, by the names people write."""
    annotation = Document.model_fields[name].annotation
    return {field.alias or key for entry in entries_of(annotation) for key, field in entry.model_fields.items()}


@pytest.mark.parametrize("name", Document.model_fields)
def test_every_section_of_the_settings_names_its_keys_and_no_others(name: str) -> None:
    text = section(page("settings.md"), name)
    assert text, f"docs/settings.md has no section for {name}"
    if name != "checks":  # docs/checks.md lists them
        assert set(first_cells(text)) == keys_of(name)
