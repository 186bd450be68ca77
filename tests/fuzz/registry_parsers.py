"""Parsers of what registries of domains say."""

from collections.abc import Sequence
from datetime import UTC, datetime

from checks.domains.bootstrap import BadBootstrapError, parse_bootstrap
from checks.domains.dates import DateTextError, parse_date
from checks.domains.rdap import parse_rdap
from checks.domains.registration import RegistryAnswerError
from checks.domains.whois import parse_whois
from tests.fuzz.parser import Parser
from tests.support.whois_samples import DOMAIN, NOW, samples

_ONE_DATE = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)

_RDAP = (
    b'{"objectClassName":"domain","ldhName":"kp-office.gov.pk","status":["client hold"],'
    b'"events":[{"eventAction":"expiration","eventDate":"2027-01-02T03:04:05Z"}],'
    b'"nameservers":[{"ldhName":"ns1.host.example"}],'
    b'"entities":[{"roles":["registrar"],"vcardArray":["vcard",[["fn",{},"text","Example"]]]}]}'
)
_BOOTSTRAP = b'{"version":"1.0","publication":"2026-07-23T02:00:03Z","services":[[["a"],["https://rdap.example/"]]]}'


def registry_parsers() -> Sequence[Parser]:
    of_one_date = [sample for sample in samples() if f"{_ONE_DATE:%Y-%m-%d}" in sample.name]
    return (
        Parser(
            name="WHOIS answer",
            feed=lambda data: parse_whois(data, DOMAIN, now=NOW),
            refusals=(RegistryAnswerError,),
            seeds=tuple(sample.raw for sample in of_one_date),
        ),
        Parser(
            name="RDAP answer",
            feed=lambda data: parse_rdap(data, DOMAIN, now=NOW),
            refusals=(RegistryAnswerError,),
            seeds=(_RDAP,),
        ),
        Parser(
            name="registry date",
            feed=lambda data: parse_date(data.decode("utf-8", "replace"), now=NOW),
            refusals=(DateTextError,),
            seeds=tuple(sample.expiry_text.encode() for sample in of_one_date),
        ),
        Parser(name="RDAP bootstrap", feed=parse_bootstrap, refusals=(BadBootstrapError,), seeds=(_BOOTSTRAP,)),
    )
