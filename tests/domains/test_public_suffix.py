import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.domains.domain_name import BadNameError
from checks.domains.public_suffix import NoRegistrableNameError, registrable


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mail.kp.gov.pk", "kp.gov.pk"),
        ("kp.gov.pk", "kp.gov.pk"),
        ("MAIL.KP.GOV.PK", "kp.gov.pk"),
        (" mail.kp.gov.pk. ", "kp.gov.pk"),
        ("www.office.gkp.pk", "office.gkp.pk"),
        ("mx1.example.com.pk", "example.com.pk"),
        ("www.example.co.uk", "example.co.uk"),
        ("mail.example.org", "example.org"),
        ("www.مثال.پاکستان", "xn--mgbh0fb.xn--mgbai9azgqp6j"),
        ("www.xn--mgbh0fb.xn--mgbai9azgqp6j", "xn--mgbh0fb.xn--mgbai9azgqp6j"),
        ("مثال。پاکستان", "xn--mgbh0fb.xn--mgbai9azgqp6j"),
        ("github.io", "github.io"),
    ],
)
def test_the_registrable_name_is_one_label_below_the_public_suffix(name: str, expected: str) -> None:
    assert registrable(name) == expected


@pytest.mark.parametrize("name", ["gov.pk", "GOV.PK.", "pk", "com", "gkp.pk", "پاکستان"])
def test_a_suffix_is_not_registered_itself(name: str) -> None:
    with pytest.raises(NoRegistrableNameError, match="is a suffix under which names are registered"):
        registrable(name)


@pytest.mark.parametrize("name", ["localhost", "intranet", "mail.office.local", "dc1.example.lan"])
def test_below_no_public_suffix_nothing_is_registered(name: str) -> None:
    with pytest.raises(NoRegistrableNameError, match="ends in nothing the public suffix list knows"):
        registrable(name)


@pytest.mark.parametrize("name", ["192.0.2.1", "2001:db8::1", "[2001:db8::1]"])
def test_an_address_is_not_registered(name: str) -> None:
    with pytest.raises(NoRegistrableNameError, match="an address is not registered"):
        registrable(name)


@pytest.mark.parametrize(("name", "above"), [("office.github.io", "github.io"), ("a.b.uk.com", "uk.com")])
def test_below_a_private_suffix_another_name_would_be_watched(name: str, above: str) -> None:
    with pytest.raises(NoRegistrableNameError, match=f"watch {above} itself"):
        registrable(name)


@pytest.mark.parametrize("name", ["", ".", "a..pk", "under_score .pk", "x" * 64 + ".pk", "a." * 200 + "pk", "xn--a.pk"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadNameError):
        registrable(name)


@given(name=st.text(max_size=600))
def test_any_text_is_a_name_or_refused(name: str) -> None:
    try:
        found = registrable(name)
    except BadNameError:
        return
    assert found == registrable(found)
    assert found.isascii()
