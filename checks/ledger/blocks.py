"""What stands in the way of a payment after one more event, of a bill as of a payee. Pure."""

from checks.ledger.event import LedgerEvent, LedgerEventKind
from checks.ledger.state import Block, Lifted

_K = LedgerEventKind


def blocks_after(blocks: tuple[Block, ...], event: LedgerEvent) -> tuple[Block, ...]:
    details = event.draft.details
    match event.draft.kind:
        case _K.BLOCKED if details.block is not None:
            others = tuple(one for one in blocks if one.reason is not details.block)
            block = Block(
                reason=details.block,
                since=event.draft.happened_at,
                recorded_at=event.recorded_at,
                words=details.reason,
                evidence=event.draft.evidence,
            )
            return (*others, block)
        case _K.UNBLOCKED:
            return tuple(one for one in blocks if details.block is not None and one.reason is not details.block)
        case _:
            return blocks


def lifted_by(event: LedgerEvent) -> Lifted | None:
    draft = event.draft
    if draft.kind is not _K.UNBLOCKED:
        return None
    return Lifted(reason=draft.details.block, at=draft.happened_at, evidence=draft.evidence)
