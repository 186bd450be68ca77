"""A morning list that can wait no longer for the first look at its bills says what it was made without."""

import asyncio
from datetime import time

import pytest

from alerts.digests.morning import Unseen, morning_list
from alerts.digests.rule import DigestKind, DigestRule
from alerts.message import Message
from alerts.route import Language
from checks.ledger.state import BillOnRecord
from checks.model import CheckId, Observation
from tests.alerts.test_digests import NOW, bill, record
from tests.daemon.test_lists import settings
from tests.support import bills
from tests.support.telling import bill_finding, local
from tests.support.virtual_estate import ZONE, lay
from tests.support.virtual_loop import run_virtual, virtual_clock
from watchdog.digests import Digests
from watchdog.store.executor import Inline

RULE = DigestRule(id="finance-morning", kind=DigestKind.BILLS, to=("finance",), at=time(9, 15))
BILLS_CHECK = CheckId("bills")
SEEN = bill("B-2", "2017-11-27")
FROM_BEFORE = bill("B-3", "2017-11-24")
NEVER_SEEN = bill("B-4", "2017-11-23")


def list_after_a_slow_start(*, is_over: bool) -> Message:
    """Of three bills on record one was looked at by then, one in a life before, one never."""
    began = local(NOW)

    async def body() -> Message:
        daemon, month = lay(settings(RULE), seed=1, start=began)
        look = Observation(check_id=BILLS_CHECK, finding=bill_finding(began, SEEN), observed_at=began, duration_s=0.0)
        daemon.subjects.put(record(NOW, SEEN), look)
        daemon.subjects.put(record(NOW, FROM_BEFORE), None)
        if is_over:
            daemon.subjects.complete(BILLS_CHECK)
        lists = Digests(
            daemon=daemon,
            listings=month.store.listings,
            reading=Inline(),
            clock=virtual_clock(began),
            on_record=on_record,
        )
        chore = asyncio.create_task(lists.forever())
        await asyncio.sleep(300)
        chore.cancel()
        await daemon.settled()
        (channel, *_) = month.store.listings.outbox_pending()
        claimed = month.store.claim_next(channel, local("2017-11-28 12:00"))
        assert claimed is not None
        return claimed.message

    return run_virtual(body())


def on_record() -> tuple[BillOnRecord, ...]:
    return tuple(bills.on_record(one) for one in (SEEN, FROM_BEFORE, NEVER_SEEN))


def test_a_list_that_had_to_go_says_that_it_is_not_whole_and_how_many_bills_it_does_not_know() -> None:
    message = list_after_a_slow_start(is_over=False)
    assert message.subject == "DIGEST 2 bills to see to, Rs 268,000 at risk; this list is not whole"
    assert " ".join(message.text.split("\n")).startswith(
        "This list is not whole: the bills were still being looked at when it had to go. "
        "Not looked at yet, so missing here or as they stood before: 2 bills on record. "
        "Lists of bills not gone through to their end yet: 1 of 1. Take nothing that is missing here for settled."
    )
    assert "this list is not whole" in message.short


def test_a_list_whose_first_look_is_over_says_nothing_of_it() -> None:
    message = list_after_a_slow_start(is_over=True)
    assert "not whole" not in message.subject + message.text


@pytest.mark.parametrize(("language", "word"), [(Language.ENGLISH, "not whole"), (Language.URDU, "مکمل نہیں")])
def test_where_no_bill_is_known_yet_nobody_reads_that_there_is_none(language: Language, word: str) -> None:
    unseen = Unseen(bills=0, lists=1, of=2)
    text = morning_list([], language=language, zone=ZONE, now=local(NOW), unseen=unseen).text
    assert word in text
    assert "No bill" not in text
    assert "کوئی بل توجہ طلب نہیں" not in text
