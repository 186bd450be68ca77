"""A message as the outbox keeps it: every medium of it, and rows of older versions that had one."""

import json
from dataclasses import replace

from sqlalchemy import text

from alerts.message import Attachment, Message
from alerts.route import Language
from tests.support.notifications import MESSAGE, notification
from tests.support.virtual_loop import EPOCH
from watchdog.store.changes import Changes
from watchdog.store.store import Store, open_store

WHOLE = replace(
    MESSAGE,
    language=Language.URDU,
    html="<html dir='rtl'></html>",
    short="خرابی",
    attachments=(Attachment(name="bills.csv", media_type="text/csv", text="\ufeffbill\r\n"),),
)


def kept(store: Store, content: Message) -> None:
    store.commit(Changes(notifications=(notification(content=content, incident_id=None, attempts=0),)))


def claimed(store: Store) -> Message:
    row = store.claim_next("on-call-1-mail", EPOCH)
    assert row is not None
    return row.message


def test_every_medium_of_a_message_is_kept() -> None:
    store = open_store(None)
    kept(store, WHOLE)
    assert claimed(store) == WHOLE


def test_a_row_of_an_older_version_is_read_as_plain_english() -> None:
    store = open_store(None)
    kept(store, WHOLE)
    with store._database.write() as connection:
        old = {"subject": "DOWN x", "text": "y", "event": "opened", "check": "", "incident": "", "fields": {}}
        connection.execute(text("UPDATE outbox SET message = :old"), {"old": json.dumps(old)})
    message = claimed(store)
    assert (message.subject, message.html, message.short, message.attachments) == ("DOWN x", "", "", ())
    assert message.language is Language.ENGLISH


def test_a_plain_message_takes_no_more_room_than_before() -> None:
    store = open_store(None)
    kept(store, MESSAGE)
    with store._database.read() as connection:
        raw = connection.execute(text("SELECT message FROM outbox")).scalar_one()
    assert set(json.loads(raw)) == {"subject", "text", "event", "check", "incident", "fields"}
