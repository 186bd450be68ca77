"""Ports of mail say how they are encrypted: what contradicts that would wait for a greeting that never comes."""

import pytest
from pydantic import ValidationError

from checks.mail import imap, pop3, smtp
from checks.plugin import AnyKind


@pytest.mark.parametrize(("kind", "port"), [(smtp.KIND, 465), (imap.KIND, 993), (pop3.KIND, 995)])
@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_a_port_that_begins_with_tls_takes_no_other_way(kind: AnyKind, port: int, tls: str) -> None:
    with pytest.raises(ValidationError, match=f"port {port} is encrypted from the first byte; leave tls out"):
        kind.options.model_validate({"host": "mail.example.org", "port": port, "tls": tls})


@pytest.mark.parametrize(("kind", "port"), [(smtp.KIND, 465), (imap.KIND, 993), (pop3.KIND, 995)])
def test_such_a_port_may_say_so_itself(kind: AnyKind, port: int) -> None:
    options = kind.options.model_validate({"host": "mail.example.org", "port": port, "tls": "implicit"})
    assert options.encryption == "implicit"
