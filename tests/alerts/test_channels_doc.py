"""docs/channels.md says what the code does: every reason, no other, and every scheme."""

import re
from enum import Enum
from pathlib import Path

import pytest

from alerts.channels.apprise_channel import ALLOWED_SCHEMAS, AppriseReason
from alerts.channels.mail_verdict import MailReason
from alerts.channels.webhook_channel import WebhookReason
from alerts.delivery import DeliveryReason

PAGE = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")
INTRODUCTION, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)


def documented(text: str) -> set[str]:
    return set(re.findall(r"^\| `([a-z0-9_]+)` \| (?:delivered|deferred|rejected) \|", text, re.MULTILINE))


def section(title: str) -> str:
    return next(text for text in SECTIONS if text.startswith(f"`{title}`"))


@pytest.mark.parametrize(
    ("kind", "reasons"), [("mail", MailReason), ("webhook", WebhookReason), ("apprise", AppriseReason)]
)
def test_every_reason_of_a_channel_is_explained_and_no_other(kind: str, reasons: type[Enum]) -> None:
    common = {reason.value for reason in DeliveryReason}
    assert documented(section(kind)) == {reason.value for reason in reasons} - common


def test_every_common_reason_is_explained() -> None:
    assert documented(INTRODUCTION) == {reason.value for reason in DeliveryReason}


def test_every_scheme_of_apprise_is_listed_and_no_other() -> None:
    listed = section("apprise").partition("<!-- schemes -->")[2].partition("<!-- end -->")[0]
    assert set(re.findall(r"`([a-z0-9]+)`", listed)) == ALLOWED_SCHEMAS
