"""How the estate pays, as written: `billing:` and `contracts:`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from checks.ledger.event import LedgerEventKind
from checks.ledger.rules import DEFAULT_PATH, BillingRules, Contract, CutOff, Stage
from checks.units import Money
from watchdog.settings.fields import Day, Entry, Id, Line, Text
from watchdog.settings.intake_entries import LayoutEntry, SourceEntry, intake_of
from watchdog.settings.intake_values import IntakeSettings
from watchdog.settings.reader import Reader

_DEFAULTS = BillingRules()


class StageEntry(Entry):
    id: Id = Field(description="stands in exports, links and on the command line")
    title: Line = Field(description="as people call it")
    p50_wd: int = Field(ge=0, le=250, description="working days that half of all bills take there")
    p90_wd: int = Field(ge=0, le=250, description="working days that nine of ten take")
    ends_with: LedgerEventKind | None = Field(None, description="the event after which it is over")
    owner: Id | None = Field(None, description="receiver whose desk it is")
    hint: Text = Field("", description="what usually stands in the way there")
    objection_percent: int = Field(0, ge=0, le=90, description="how many of a hundred bills do not pass but go back")
    returns_to: Id | None = Field(None, description="where an objection sends a bill; left out: to the stage before")

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.p90_wd < self.p50_wd:
            raise ValueError("p90_wd is less than p50_wd; nine of ten take at least as long as half of them")
        return self

    def stage(self) -> Stage:
        return Stage(
            id=self.id,
            title=self.title,
            p50_wd=self.p50_wd,
            p90_wd=self.p90_wd,
            ends_with=self.ends_with,
            owner=self.owner,
            hint=self.hint,
            objection_percent=self.objection_percent,
            returns_to=self.returns_to,
        )


class CutOffEntry(Entry):
    id: Id
    title: Line = Field(description="as the circular calls it")
    day: Day = Field(description="the last day")
    stage: Id = Field(description="the stage that a bill must have reached by its end")
    money_returns: Day = Field(description="when bills that missed it can be paid again")
    source: Text = Field("", description="the circular")

    def cut_off(self) -> CutOff:
        return CutOff(
            id=self.id,
            title=self.title,
            day=self.day,
            stage=self.stage,
            money_returns=self.money_returns,
            source=self.source,
        )


class ContractEntry(Entry):
    vendor: Id = Field(description="who provides it")
    title: Line = Field(description="what it is about")
    services: tuple[Id, ...] = Field((), description="services that it covers")
    fee: Money | None = Field(None, description="of one cycle")
    cycle_months: int | None = Field(None, ge=1, le=60, description="a bill is expected every so many months")
    first_bill: Day | None = Field(None, description="when the first bill is expected; the others on that day of month")
    late_after_wd: int = Field(5, ge=0, le=60, description="working days after which an expected bill is missed")
    grace_days: int | None = Field(None, ge=0, le=730, description="from due to the right to cut off")
    tolerance_days: int | None = Field(None, ge=0, le=730, description="how long the vendor has waited beyond that")
    starts: Day | None = None
    ends: Day | None = Field(None, description="its last day")
    notice_days: int = Field(0, ge=0, le=730, description="days of notice before its end")
    retender_days: int = Field(0, ge=0, le=1500, description="how long before its end a new tender must begin")
    tender_begun: Day | None = Field(None, description="when the new tender began; nobody is reminded of it any more")
    notice_given: Day | None = Field(None, description="when notice was given or a renewal agreed on; likewise")

    exit_rehearsal_months: int | None = Field(
        None, ge=1, le=120, description="leaving the vendor is to be rehearsed every so many months"
    )
    exit_rehearsed: Day | None = Field(None, description="when it was rehearsed last; left out: not since `starts`")

    @model_validator(mode="after")
    def _rehearses_from_some_day(self) -> Self:
        if self.exit_rehearsal_months is not None and self.exit_rehearsed is None and self.starts is None:
            raise ValueError("exit_rehearsal_months is counted from exit_rehearsed, else from starts; give one of them")
        return self

    @model_validator(mode="after")
    def _expects_from_some_day(self) -> Self:
        if (self.cycle_months is None) != (self.first_bill is None):
            raise ValueError("cycle_months and first_bill go together; give both or neither")
        return self

    def contract(self, contract_id: str) -> Contract:
        return Contract(id=contract_id, **{name: getattr(self, name) for name in type(self).model_fields})


class BillingEntry(Entry):
    path: tuple[StageEntry, ...] | None = Field(
        None, min_length=2, description="stages in order; left out: ten usual ones"
    )
    owners: dict[Id, Id] = Field({}, description="receivers by stage, for the usual ten")
    jurisdiction: Literal["federal", "kp", "none"] | None = Field(
        None, description="whose shipped cut-offs count; left out: federal in Pakistan's time zone, none elsewhere"
    )
    cut_offs: tuple[CutOffEntry, ...] = Field((), description="beside those shipped; the same id replaces")
    grace_days: int = Field(_DEFAULTS.grace_days, ge=0, le=730, description="from due to the vendor's right to cut off")
    tolerance_days: int = Field(_DEFAULTS.tolerance_days, ge=0, le=730, description="how much longer vendors wait")
    advance_notice_wd: int = Field(
        _DEFAULTS.advance_notice_wd, ge=0, le=250, description="departments are told so many working days before"
    )
    confirmers: tuple[Line, ...] = Field((), description="receivers and accounts who may call a bill paid")
    two_persons: bool = Field(default=False, description="what closes a bill needs a second person")
    learn_from: int = Field(_DEFAULTS.learn_from, ge=5, le=10_000, description="cases a stage learns from")
    layouts: dict[Id, LayoutEntry] = Field({}, description="how lists of bills are laid out, by name")
    sources: dict[Id, SourceEntry] = Field({}, description="places that bills come from by themselves")
    silent_after_days: int | None = Field(
        None, ge=1, le=1000, description="days without any entry after which finance is asked; left out: worked out"
    )
    list_stale_days: int = Field(_DEFAULTS.list_stale_days, ge=1, le=365, description="how long a taxpayer list counts")


def read_billing(reader: Reader, time_zone: ZoneInfo) -> BillingRules:
    """What `billing:` and `contracts:` say; without either, bills are watched by their dates alone.

    Where no jurisdiction is named, the strictest that we know of an estate in Pakistan counts: told a week too early
    costs a question, told a week too late costs the money of a year.
    """
    entry = reader.section("billing", BillingEntry)
    contracts = reader.mapping("contracts", ContractEntry)
    _refer_contracts(reader, contracts)
    if entry is None:
        return BillingRules(contracts=_contracts(contracts))
    path = _path(reader, entry)
    stages = {stage.id: stage for stage in path}
    for index, cut_off in enumerate(entry.cut_offs):
        if cut_off.stage not in stages:
            reader.refuse_reference(("billing", "cut_offs", index, "stage"), "stage", cut_off.stage, stages)
    return BillingRules(
        path=path,
        cut_offs=tuple(one.cut_off() for one in entry.cut_offs),
        jurisdiction=entry.jurisdiction or ("federal" if time_zone.key == "Asia/Karachi" else "none"),
        contracts=_contracts(contracts),
        grace_days=entry.grace_days,
        tolerance_days=entry.tolerance_days,
        advance_notice_wd=entry.advance_notice_wd,
        confirmers=frozenset(entry.confirmers),
        two_persons=entry.two_persons,
        learn_from=entry.learn_from,
        list_stale_days=entry.list_stale_days,
        silent_after_days=entry.silent_after_days,
        is_watched=True,
        owners=frozenset(stage.owner for stage in path if stage.owner is not None),
    )


def read_intake(reader: Reader) -> IntakeSettings:
    """What `billing:` says of lists that come in; to be read after `read_billing`, which notes what is wrong there."""
    if any(problem.path[:1] == ("billing",) for problem in reader.problems):
        return IntakeSettings()
    entry = reader.section("billing", BillingEntry)
    return IntakeSettings() if entry is None else intake_of(reader, entry.layouts, entry.sources)


def _contracts(entries: Mapping[str, ContractEntry]) -> tuple[Contract, ...]:
    return tuple(entry.contract(key) for key, entry in entries.items())


def _path(reader: Reader, entry: BillingEntry) -> tuple[Stage, ...]:
    written = DEFAULT_PATH if entry.path is None else tuple(one.stage() for one in entry.path)
    ids = [stage.id for stage in written]
    if len(set(ids)) < len(ids):
        reader.refuse(("billing", "path"), "a stage stands there twice; each id once")
    known = reader.keys("receivers")
    for stage_id, owner in entry.owners.items():
        if stage_id not in ids:
            reader.refuse_reference(("billing", "owners", stage_id), "stage", stage_id, dict.fromkeys(ids))
        if owner not in known:
            reader.refuse_reference(("billing", "owners", stage_id), "receiver", owner, known)
    for index, stage in enumerate(written):
        if stage.returns_to is not None and stage.returns_to not in ids[:index]:
            before = dict.fromkeys(ids[:index])
            reader.refuse_reference(
                ("billing", "path", index, "returns_to"), "stage before it", stage.returns_to, before
            )
        if stage.owner is not None and stage.owner not in known:
            reader.refuse_reference(("billing", "path", index, "owner"), "receiver", stage.owner, known)
    return tuple(_owned(stage, entry.owners.get(stage.id)) for stage in written)


def _owned(stage: Stage, owner: str | None) -> Stage:
    return stage if owner is None else replace(stage, owner=owner)


def _refer_contracts(reader: Reader, contracts: Mapping[str, ContractEntry]) -> None:
    vendors, services = reader.keys("vendors"), reader.keys("services")
    for key, entry in contracts.items():
        if entry.vendor not in vendors:
            reader.refuse_reference(("contracts", key, "vendor"), "vendor", entry.vendor, vendors)
        for index, service in enumerate(entry.services):
            if service not in services:
                reader.refuse_reference(("contracts", key, "services", index), "service", service, services)


def billing_shown(rules: BillingRules) -> dict[str, Any] | None:
    """As in a settings file; owners stand with their stages."""
    if not rules.is_watched:
        return None
    stages = [{name: getattr(stage, name) for name in StageEntry.model_fields} for stage in rules.path]
    cut_offs = [{name: getattr(one, name) for name in CutOffEntry.model_fields} for one in rules.cut_offs]
    plain = set(BillingEntry.model_fields) - {"path", "owners", "cut_offs", "confirmers", "layouts", "sources"}
    return {
        "path": stages,
        "cut_offs": cut_offs,
        "confirmers": sorted(rules.confirmers),
        **{name: getattr(rules, name) for name in BillingEntry.model_fields if name in plain},
    }


def contract_shown(contract: Contract) -> dict[str, Any]:
    return {name: getattr(contract, name) for name in ContractEntry.model_fields}
