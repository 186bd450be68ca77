"""The demo's estate, three months ahead: every message that will go out if nobody pays and nothing changes."""

from collections import Counter
from datetime import timedelta

import pytest

from alerts.outlook.preview import Foretold, sent
from tests.demo.test_settings_file import NOW, demo_settings, loaded
from watchdog.assembly import directory_of
from watchdog.billing.foreseen import OnRecord
from watchdog.explaining import Known
from watchdog.foretelling import preview

DAYS = 90


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[Foretold]:
    """By the settings alone, as the demo writes them."""
    file = tmp_path_factory.mktemp("demo") / "nigehban.yaml"
    settings = loaded(file, demo_settings(NOW), NOW)
    known = Known(settings=settings, directory=directory_of(settings, settings.checks), now=NOW)
    return preview(known, DAYS, OnRecord())


def test_the_bill_that_nobody_pays_is_told_until_the_end(messages: list[Foretold]) -> None:
    bills = [one for one in sent(messages) if "Rs" in one.row.message.subject]
    first_words = Counter(one.row.message.subject.partition(" ")[0] for one in bills)
    assert first_words["OVERDUE"] == 1
    assert first_words["DIGEST"] > 30, "every working day once it is overdue, in the list of the morning"
    assert max(one.at for one in bills) - NOW > timedelta(days=DAYS - 7)


def test_it_stands_in_order_with_its_time_and_its_way(messages: list[Foretold]) -> None:
    assert [one.at for one in messages] == sorted(one.at for one in messages)
    assert all(NOW <= one.at <= NOW + timedelta(days=DAYS) for one in messages)
    assert all(one.row.channel and one.row.receiver for one in messages)


def test_nobody_gets_one_message_twice(messages: list[Foretold]) -> None:
    ids = Counter(one.row.id for one in messages)
    assert [id_ for id_, times in ids.items() if times > 1] == []
