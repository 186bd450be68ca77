from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from checks.secret import Secret
from tests.support.certificates import Authority
from tests.support.hostile import HEALTHY, HostileHost, hostile_host
from tests.support.look_child import Looker
from tests.support.passwords import password_in

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Hundreds of looks that each cost their whole deadline."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def host() -> Iterator[HostileHost]:
    with hostile_host() as host:
        yield host


@pytest.fixture(scope="session")
def looker(host: HostileHost) -> Iterator[Looker]:
    with Looker(host.serve(HEALTHY)) as looker:
        yield looker


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.root(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def ca_file(authority: Authority) -> Path:
    return authority.ca_file


@pytest.fixture
def password(tmp_path: Path) -> Secret:
    return password_in(tmp_path)
