from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dovecot import DovecotServer, running_dovecot
from tests.support.nginx import NginxServer, running_nginx
from tests.support.postfix import PostfixServer, running_postfix


@pytest.fixture(scope="module")
def started_postfix() -> Iterator[PostfixServer]:
    with running_postfix() as server:
        yield server


@pytest.fixture
def postfix(started_postfix: PostfixServer) -> PostfixServer:
    """One Postfix for the module, as good as new for each test."""
    started_postfix.take_all_recipients()
    started_postfix.use_certificate(started_postfix.authority.leaf("127.0.0.1", "::1", "localhost"))
    return started_postfix


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotServer]:
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NginxServer]:
    with running_nginx(tmp_path_factory.mktemp("nginx")) as server:
        yield server


@pytest.fixture
def hosts_file(tmp_path: Path) -> Path:
    """mail.office.example on both families of loopback."""
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 mail.office.example\n::1 mail.office.example\n")
    return path
