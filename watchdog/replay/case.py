"""A case as written: what happened on which day, how sure that is, and the estate it happened to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from watchdog.billing.spoken import NewBill, Word

CASES: Final = "watchdog.replay.cases"
#: No case is longer; anything larger is no case.
MAX_BYTES: Final = 256 * 1024
_Name = Annotated[str, Field(max_length=300)]


class CaseError(Exception):
    """A case that cannot be played; the text says where and what would be right."""


class Basis(Enum):
    """How sure a date is."""

    REPORTED = "reported"
    ASSUMED = "assumed"


class Turn(Enum):
    """What the judgements ask for."""

    CUT_OFF = "cut-off"
    RESTORED = "restored"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BillEntry(_Entry):
    vendor: _Name
    number: _Name
    amount: _Name
    due: date
    suspends: date | None = None
    service: _Name = ""

    def bill(self) -> NewBill:
        return NewBill(
            vendor=self.vendor,
            number=self.number,
            amount=self.amount,
            due=str(self.due),
            suspends="" if self.suspends is None else str(self.suspends),
            service=self.service,
        )


class WordEntry(_Entry):
    about: _Name = Field(description="VENDOR/NUMBER, or a vendor")
    event: _Name
    block: _Name = ""
    stage: _Name = ""
    reason: _Name = ""
    until: date | None = None
    evidence: _Name = ""

    def word(self) -> Word:
        return Word(
            event=self.event,
            block=self.block,
            stage=self.stage,
            reason=self.reason,
            until="" if self.until is None else str(self.until),
            evidence=self.evidence,
        )


class Happening(_Entry):
    """One thing that happened. With `bill` or `word` it is put on record at that moment, else nobody writes it down."""

    day: date
    at: time = time(11)
    basis: Basis
    what: str = Field(max_length=500)
    source: str = Field("", max_length=500)
    turn: Turn | None = None
    bill: BillEntry | None = None
    word: WordEntry | None = None

    @model_validator(mode="after")
    def _is_put_on_record_once(self) -> Self:
        if self.bill is not None and self.word is not None:
            raise ValueError("bill and word are two happenings")
        return self


class Case(_Entry):
    title: str = Field(max_length=200)
    about: str = Field("", max_length=2000)
    settings: str = Field(description="the estate: a settings file beside the case")
    happenings: tuple[Happening, ...] = Field(min_length=2)
    begins: date
    ends: date

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        days = [(one.day, one.at) for one in self.happenings]
        if days != sorted(days):
            raise ValueError("happenings stand in the order of time")
        if not self.begins <= self.happenings[0].day or self.happenings[-1].day > self.ends:
            raise ValueError("begins and ends lie around all happenings")
        if (self.ends - self.begins).days > _LONGEST_DAYS:
            raise ValueError(f"a case lasts {_LONGEST_DAYS} days at most")
        if sum(one.turn is Turn.CUT_OFF for one in self.happenings) != 1:
            raise ValueError("one happening is the cut-off: turn: cut-off")
        return self

    @property
    def cut_off(self) -> Happening:
        return next(one for one in self.happenings if one.turn is Turn.CUT_OFF)


_LONGEST_DAYS: Final = 800


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case and where its estate is written."""

    case: Case
    settings: Path


def shipped() -> Sequence[str]:
    """Names of the cases that come with the package."""
    found = (one.name.removesuffix(".yaml") for one in files(CASES).iterdir() if one.name.endswith(".yaml"))
    return sorted(name for name in found if not name.startswith("estate"))


def read_case(name: str) -> CaseFile:
    """The case shipped as `name`, else the file of that path. Raises CaseError."""
    if name in shipped():
        with as_file(files(CASES)) as folder:
            return _read(folder / f"{name}.yaml")
    path = Path(name)
    if not path.is_file():
        known = ", ".join(shipped())
        raise CaseError(f"{name} is neither a file nor a case that is shipped; there are {known}")
    return _read(path)


def _read(path: Path) -> CaseFile:
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise CaseError(f"{path.name}: larger than {MAX_BYTES // 1024} KiB; a case is a page of text")
        case = Case.model_validate(_loaded(path, raw))
    except OSError as error:
        raise CaseError(f"{path.name} cannot be read: {error.strerror or type(error).__name__}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise CaseError(f"{path.name}, {place}: {first['msg'].removeprefix('Value error, ')}") from None
    return CaseFile(case, path.parent / case.settings)


def _loaded(path: Path, raw: bytes) -> Any:  # noqa: ANN401  # whatever stands in the file
    try:
        return yaml.safe_load(raw)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        raise CaseError(f"{path.name} is no YAML that can be read") from None


def instant(one: Happening, zone: Any) -> datetime:  # noqa: ANN401  # a tzinfo
    return datetime.combine(one.day, one.at, zone).astimezone(UTC)
