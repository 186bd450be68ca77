"""What settings may say of a domain, and what is refused with what would be right."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from checks.domains.bootstrap import shipped
from checks.domains.declaration import Declared
from checks.domains.domain_expiry import KIND, Options
from checks.domains.registration import Source

DECLARED = {"expires": "2027-06-01", "evidence": "PKNIC bill 4711", "confirm_by": "2027-03-01"}


def complaint(options: Mapping[str, object]) -> str:
    with pytest.raises(ValidationError) as refused:
        Options.model_validate({"domain": "kp.gov.pk", **options})
    return "; ".join(str(error["msg"]) for error in refused.value.errors(include_input=False))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"domain": "gov.pk"}, "suffix under which names are registered"),
        ({"domain": "192.0.2.1"}, "an address is not registered"),
        ({"domain": "kp..pk"}, "domain name"),
        ({"domain": ""}, "domain name"),
        ({"rdap_url": "ftp://rdap.example.org"}, "no web address"),
        ({"rdap_url": "https://"}, "no web address"),
        ({"rdap_url": "https://user:word@rdap.example.org/"}, "user or password"),
        ({"rdap_url": "https://rdap.example.org/?key=1"}, "without a query"),
        ({"rdap_url": "https://rdap.example.org:0/"}, "no web address"),
        ({"whois_server": "whois.example.org:0"}, "host"),
        ({"whois_server": "whois://whois.example.org"}, "no server"),
        ({"whois_server": "two words"}, "host name"),
        ({"ask_every": "0s"}, "1s"),
        ({"ask_every": "8d"}, "7d"),
        ({"ca_file": "/etc/ca.pem"}, "rdap_url"),
        ({"ask_registry": False}, "declared"),
        ({"ask_registry": False, "declared": DECLARED, "whois_server": "whois.example.org"}, "no server"),
        ({"ladder": ["1/3"]}, "lifetime"),
        ({"declared": {**DECLARED, "evidence": " "}}, "how the date is known"),
        ({"declared": {**DECLARED, "expires": 86_400}}, "date like 2027-01-02"),
        ({"declared": {**DECLARED, "expires": "0027-06-01"}}, "year"),
        ({"declared": {**DECLARED, "confirm_by": "soon"}}, "date"),
        ({"declared": {"expires": "2027-06-01"}}, "required"),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(options: Mapping[str, object], words: str) -> None:
    assert words in complaint(options)


def test_a_suffix_whose_registry_nobody_knows_needs_a_server_or_a_declared_date() -> None:
    unknown = {"domain": "example.xn--mgbai9azgqp6j"}
    assert "name rdap_url or whois_server, or declare it" in complaint(unknown)
    for more in ({"whois_server": "whois.example.org"}, {"declared": DECLARED}):
        assert Options.model_validate({**unknown, **more}).registrable == unknown["domain"]


def servers(**options: object) -> list[tuple[Source, str]]:
    ways = Options.model_validate({"domain": "kp.gov.pk", **options}).ways(shipped())
    return [(way.source, way.server) for way in ways]


def test_published_servers_are_asked_unless_others_are_named() -> None:
    assert servers() == [(Source.WHOIS, "whois.pknic.net.pk")]
    assert [source for source, _ in servers(domain="example.com")] == [Source.RDAP, Source.WHOIS]
    assert servers(domain="example.com", whois_server="[::1]:4343") == [(Source.WHOIS, "[::1]:4343")]
    assert servers(rdap_url="https://r.example") == [(Source.RDAP, "r.example")]
    both = servers(whois_server="w.example", rdap_url="https://r.example")
    assert both == [(Source.RDAP, "r.example"), (Source.WHOIS, "w.example")]


def test_the_kind_names_the_domain_and_whom_it_burdens() -> None:
    options = Options.model_validate({"domain": "mail.kp.gov.pk"})
    assert (KIND.subject(options), KIND.target) == ("kp.gov.pk", "domain")
    assert KIND.host(options) == "whois.pknic.net.pk"
    assert (
        KIND.host(Options.model_validate({"domain": "kp.gov.pk", "ask_registry": False, "declared": DECLARED})) is None
    )


def test_a_declaration_is_to_be_confirmed_before_it_ends() -> None:
    with pytest.raises(ValueError, match="confirm_by is later than expires"):
        Declared.model_validate({"expires": "2027-06-01", "evidence": "a bill", "confirm_by": "2027-06-02"})
