"""The routes for vendors' notices and for what waits: what each takes and answers (docs/api.md). Nothing is decided."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from checks.billing.intake.notice import Notice
from checks.billing.intake.notice_lines import MAX_NOTICE_CHARS
from checks.ledger.event import MAX_TEXT_CHARS
from checks.ledger.proposal import Decision
from watchdog.api.answers import Answer, Author, Width, listed
from watchdog.api.desk import Desk
from watchdog.api.ledger_desk import LedgerDesk
from watchdog.api.notice_desk import NoticeDesk, TakenNotice
from watchdog.billing.overruled import overruled
from watchdog.cli import proposal_looks
from watchdog.cli.bill_json import event_object

ProposalId = Annotated[str, Path(pattern=r"^[0-9a-z-]{1,64}$")]
All = Annotated[bool, Query(alias="all")]
Text = Annotated[str, Field(max_length=MAX_TEXT_CHARS)]


class GivenBody(BaseModel):
    """What somebody puts right; "" is left as it was read."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    vendor: Text = ""
    number: Text = ""
    amount: Text = ""
    due: Text = ""
    suspends: Text = ""
    service: Text = ""

    def given(self) -> Mapping[str, str]:
        return {name: str(getattr(self, name)) for name in GivenBody.model_fields}


class NoticeBody(GivenBody):
    text: str = Field(max_length=MAX_NOTICE_CHARS)
    file_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    source: str = Field(max_length=300)


class ReasonBody(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Text = ""


def notice_routes(app: FastAPI, desk: Desk, ledger: LedgerDesk) -> None:
    notices = NoticeDesk(ledger)

    @app.post("/v1/notices")
    async def take(body: NoticeBody, by: Author) -> Answer:
        taken = await notices.take(
            body.text, file_hash=body.file_hash, source=body.source, said=body.given(), author=by
        )
        return _taken(taken)

    @app.get("/v1/proposals")
    async def proposals(width: Width = None, is_all: All = False) -> Response:  # noqa: FBT002  # of the address
        return await listed(desk, partial(proposal_looks.proposals, is_all=is_all), width)

    @app.get("/v1/proposals/{proposal}")
    async def proposal(proposal: ProposalId, width: Width = None) -> Response:
        return await listed(desk, partial(proposal_looks.proposals, word=proposal), width)

    @app.post("/v1/proposals/{proposal}/confirm")
    async def confirm(proposal: ProposalId, body: GivenBody, by: Author) -> Answer:
        return _decided(await notices.confirm(proposal, body.given(), by), ledger)

    @app.post("/v1/proposals/{proposal}/refuse")
    async def refuse(proposal: ProposalId, body: ReasonBody, by: Author) -> Answer:
        return _decided(await notices.refuse(proposal, body.reason, by), ledger)


def _taken(taken: TakenNotice) -> Answer:
    waiting = None if taken.proposal is None else proposal_looks.proposal_object(taken.proposal)
    return {"found": _found(taken.notice), "doubts": list(taken.doubts), "proposal": waiting}


def _found(notice: Notice) -> Answer:
    """All that was found, with the words it was read from."""
    return {
        "vendors": [{"vendor": one.vendor, "by": one.by.value, "passage": one.passage} for one in notice.vendors],
        "numbers": [{"number": one.number, "bill": one.bill, "passage": one.passage} for one in notice.numbers],
        "amounts": [
            {
                "meaning": one.meaning.value,
                "amount": one.money.text() if one.money else None,
                "doubt": one.doubt or None,
                "passage": one.passage,
            }
            for one in notice.amounts
        ],
        "days": [
            {
                "meaning": one.meaning.value,
                "day": one.day.isoformat() if one.day else None,
                "readings": [day.isoformat() for day in one.readings],
                "doubt": one.doubt or None,
                "passage": one.passage,
            }
            for one in notice.days
        ],
        "spans": [{"days": one.days, "is_working": one.is_working, "passage": one.passage} for one in notice.spans],
        "flags": [{"flag": one.flag.value, "passage": one.passage} for one in notice.flags],
    }


def _decided(decision: Decision, ledger: LedgerDesk) -> Answer:
    one = decision.proposal
    if not decision.is_new:
        why = f": {one.reason}" if one.reason else ""
        text = f"proposal {one.id} is {one.standing.value} already, by {one.decided_by}{why}; nothing was changed now"
    elif decision.next is not None:
        text = f"proposal {one.id} is confirmed; {decision.next.id} waits for one more person: {decision.next.note}"
    else:
        events = ", ".join(f"{event.draft.about} {event.draft.kind.value}" for event in decision.events)
        said = f"; on record: {events}" if events else ""
        text = f"proposal {one.id} is {one.standing.value}{said}"
        text = "; ".join([text, *ledger.standings(decision.states.values())])
    text = "; but ".join([text, *overruled(decision.events, decision.states)])
    return {
        "is_new": decision.is_new,
        "text": text,
        "proposal": proposal_looks.proposal_object(one),
        "next": None if decision.next is None else decision.next.id,
        "events": [event_object(event) for event in decision.events],
    }
