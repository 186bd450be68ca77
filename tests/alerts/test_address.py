"""Where messages end up, whatever their channels are called."""

from alerts.address import address_of, ways_of
from alerts.route import ChannelSpec, Receiver
from checks.secret import Secret
from tests.support.telling import mail


def hook(name: str, url: Secret | str) -> ChannelSpec:
    return ChannelSpec(name=name, kind="webhook", url=url)


def secret(name: str, value: str = "https://hooks.example.org/T0P") -> Secret:
    return Secret(name, lambda: value)


def test_a_mailbox_is_the_same_in_any_case_and_over_any_channel() -> None:
    first = address_of(mail("on-call-1-mail"), "Noc@Example.org")
    assert first == address_of(mail("finance-3-mail"), "noc@example.ORG") == "mail:noc@example.org"


def test_a_webhook_is_its_url_whatever_its_channel_is_called() -> None:
    here = address_of(hook("on-call-1-webhook", "https://a.example.org/"), "")
    assert here == address_of(hook("on-call-2-webhook", "https://a.example.org/"), "")
    assert here != address_of(hook("on-call-1-webhook", "https://b.example.org/"), "")


def test_a_secret_url_is_known_by_its_name_and_never_read() -> None:
    def read() -> str:
        raise AssertionError("nobody needs the value for this")

    old, rotated = Secret("hook", read), secret("hook", "https://elsewhere.example.org/")
    assert address_of(hook("a", old), "") == address_of(hook("b", rotated), "")
    assert address_of(hook("a", old), "") != address_of(hook("a", secret("other")), "")


def test_a_url_does_not_stand_in_its_address() -> None:
    assert "example" not in address_of(hook("a", "https://hooks.example.org/T0PS3CRET"), "")


def test_another_kind_at_the_same_url_is_another_address() -> None:
    url = "https://a.example.org/"
    assert address_of(hook("a", url), "") != address_of(ChannelSpec(name="a", kind="apprise", url=url), "")


def test_an_address_is_served_by_the_first_channel_that_names_it() -> None:
    night = Receiver(id="night", channels=(mail("night-1-mail", "noc@example.org"),))
    noc = Receiver(id="noc", channels=(mail("noc-1-mail", "boss@example.org", "Noc@Example.org"),))
    assert ways_of([night, noc]) == {"mail:noc@example.org": "night-1-mail", "mail:boss@example.org": "noc-1-mail"}
