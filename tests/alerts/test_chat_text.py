"""Text goes as text: what chats are handed after all that Apprise does to it, and what an SMS service gets."""

import hashlib
from dataclasses import replace

from alerts.channel import Delivered
from alerts.channels import apprise_channel
from alerts.message import Message
from alerts.route import Medium
from tests.support.notifications import MESSAGE, notification

SMS = "twilio://AC12345678901234567890123456789012:abcdefabcdefabcdefabcdefabcdefab@15551233456/15551233457"
HOSTILE = replace(
    MESSAGE, subject="DOWN <b>", text="<!channel> @everyone [a](http://x) *b*\n```\n_c_", short="DOWN in short"
)


def said_by(url: str, content: Message, medium: Medium | None = None) -> tuple[str, str, str]:
    """Title, body and form that the service itself is handed."""
    service, built = apprise_channel._Service(medium), apprise_channel._build(url)
    assert built is not None
    handed: list[tuple[str, str, str]] = []

    def send(body: str, title: str = "", body_format: object = None, **_more: object) -> bool:
        handed.append((title, body, str(getattr(body_format, "value", body_format))))
        return True

    setattr(built[0], "send", send)  # noqa: B010  # a service of Apprise is handed in nowhere
    service._apprise, service._digest = built, hashlib.sha256(url.encode()).digest()
    assert service.tell(url, notification(content=content)) == Delivered()
    return handed[0]


def test_telegram_and_slack_show_text_as_text() -> None:
    title, body, form = said_by("tgram://123456789:ABCdefGHIJKLmnop-qrstuv_wxyzABCDEFG/12345", HOSTILE)
    assert (title, form) == ("", "html")
    assert body.startswith("<b>DOWN &lt;b&gt;</b>")
    assert "&lt;!channel&gt;" in body
    _, body, form = said_by("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", HOSTILE)
    assert form == "text"  # which Apprise sends with "mrkdwn": false
    assert body.startswith("&lt;!channel&gt;")


def test_services_that_obey_markdown_get_it_in_a_fence() -> None:
    for url in ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "mmosts://h/3ccdd113474722377935511fc85d3dd4"):
        title, body, form = said_by(url, HOSTILE)
        assert (title, form) == ("", "text")
        assert body == "```\nDOWN <b>\n\n<!channel> @ everyone [a](http://x) *b*\n'''\n_c_\n```"


def test_a_long_text_is_cut_within_its_fence() -> None:
    _, body, _ = said_by("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", replace(HOSTILE, text="x" * 5000))
    assert len(body) <= 2000
    assert body.endswith("…\n```")


def test_an_sms_service_gets_the_short_text_alone_and_any_other_where_its_medium_says_so() -> None:
    assert said_by(SMS, HOSTILE)[:2] == ("", "DOWN in short")
    assert said_by("ntfys://h/t", HOSTILE, Medium.SHORT)[:2] == ("", "DOWN in short")
    assert said_by(SMS, HOSTILE, Medium.PLAIN)[1].startswith("DOWN <b>")


def test_where_apprise_escapes_markdown_itself_it_is_escaped_once_and_nobody_is_called() -> None:
    _, body, form = said_by("rockets://u:p@h/#c", HOSTILE)
    assert form == "markdown"
    assert "\\[a\\]\\(http://x\\)" in body
    assert "@everyone" not in body
