"""The state is put back from a copy, by hand or because it was damaged: told once, and nothing told twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon_process import running_daemon
from tests.support.kept_and_told import Copy
from tests.support.peer import wait_until
from tests.support.small_estate import SmallEstate, prompt, small_estate

STAYS_DOWN, RECOVERS, FALLS_LATER = PATHS = tuple(prompt(3))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[SmallEstate]:
    """A copy was made with two pages down; since then one came back and another went down."""
    with small_estate(tmp_path) as estate:
        estate.watch(PATHS)
        estate.pages.down = frozenset({STAYS_DOWN, RECOVERS})
        with running_daemon(estate.home) as daemon:
            estate.wait_settled(daemon)
            made = estate.home.call("backup", str(tmp_path / "copy"))
            assert made.returncode == 0, made.stderr
            estate.pages.down = frozenset({STAYS_DOWN, FALLS_LATER})
            estate.wait_settled(daemon)
            assert daemon.terminate() == 0
        yield estate


def events(told: list[Copy]) -> Counter[tuple[str, str]]:
    return Counter((one.channel, one.event) for one in told)


def digest_of(here: SmallEstate) -> str:
    return here.wait_told("digest", "")


@pytest.mark.slow
def test_a_state_put_back_tells_each_one_digest_and_ends_what_stands(here: SmallEstate, tmp_path: Path) -> None:
    put_back = here.home.call("restore", str(tmp_path / "copy"))
    assert put_back.returncode == 0, put_back.stderr
    before = len(here.told)
    with running_daemon(here.home) as daemon:
        digest = digest_of(here)
        here.wait_settled(daemon)
        assert events(here.told[:])[("ops-1-mail", "digest")] == 1
        assert len(here.told) == before + 2, "more than a digest was told"
        assert "from a copy that ends at" in digest
        assert "Open in the copy: 2 incidents. Of these 1 is over" in digest
        assert STAYS_DOWN in digest
        assert FALLS_LATER in digest
        assert RECOVERS not in digest
        here.pages.down = frozenset()
        here.wait_settled(daemon)
        wait_until(lambda: len(here.told) == before + 6, 60, "whoever was told of a fault did not hear of its end")
        assert daemon.terminate() == 0


@pytest.mark.slow
def test_a_restart_before_the_digest_makes_it_no_second_one(here: SmallEstate, tmp_path: Path) -> None:
    assert here.home.call("restore", str(tmp_path / "copy")).returncode == 0
    before = len(here.told)
    with running_daemon(here.home) as daemon:
        daemon.kill()
    for _ in range(2):
        with running_daemon(here.home) as daemon:
            digest_of(here)
            here.wait_settled(daemon)
            assert daemon.terminate() == 0
    assert len(here.told) == before + 2


def damage(here: SmallEstate) -> None:
    """The pages of the tables' roots, as a failing disk leaves them."""
    whole = here.home.database.read_bytes()
    middle = len(whole) // 8192 * 4096
    here.home.database.write_bytes(whole[:middle] + b"\xa5" * 8192 + whole[middle + 8192 :])


@pytest.mark.slow
def test_a_damaged_state_is_told_at_once_and_the_newest_copy_takes_its_place(here: SmallEstate, tmp_path: Path) -> None:
    (here.home.state / "backups").mkdir(exist_ok=True)
    (tmp_path / "copy").rename(here.home.state / "backups" / "nigehban-20261101T000000Z.sqlite3")
    damage(here)
    before = len(here.told)
    with running_daemon(here.home) as daemon:
        notice = here.wait_told("notice", "")
        assert "the state of Nigehban was damaged" in notice
        assert "(nigehban-20261101T000000Z.sqlite3)" in notice.replace("\n", " ")
        assert FALLS_LATER in digest_of(here)
        here.wait_settled(daemon)
        assert len(here.told) == before + 4
        assert daemon.terminate() == 0
    (aside,) = (here.home.state / "set-aside").iterdir()
    assert (aside / here.home.database.name).exists()


@pytest.mark.slow
def test_damage_met_at_work_is_told_and_ends_it_and_the_next_start_does_not_trust_the_file(
    here: SmallEstate, tmp_path: Path
) -> None:
    (here.home.state / "backups").mkdir(exist_ok=True)
    (tmp_path / "copy").rename(here.home.state / "backups" / "nigehban-20261101T000000Z.sqlite3")
    with running_daemon(here.home) as daemon:
        with here.home.database.open("r+b") as file:
            size = file.seek(0, 2)
            file.seek(4096)
            file.write(b"\xa5" * (size - 4096))
        here.pages.down = frozenset(PATHS)
        assert daemon.wait_end(60) == 1, daemon.text
    assert "Nigehban itself is in trouble: store" in here.wait_told("notice", "")
    with running_daemon(here.home) as daemon:
        wait_until(lambda: any("was damaged" in text for text in notices(here)), 60, "nobody heard of the damage")
        digest_of(here)
        here.wait_settled(daemon)
        assert daemon.terminate() == 0


def notices(here: SmallEstate) -> list[str]:
    return [str(one.mail["Subject"]) for one in here.mail.taken if one.mail["X-Nigehban-Event"] == "notice"]


@pytest.mark.slow
def test_a_damaged_state_without_a_copy_begins_anew_and_says_so(here: SmallEstate) -> None:
    here.home.database.write_bytes(b"dear" * 4096)
    with running_daemon(here.home) as daemon:
        notice = here.wait_told("notice", "").replace("\n", " ")
        assert "it is no database at all" in notice
        assert "Nigehban begins anew" in notice
        here.wait_settled(daemon)
        assert daemon.terminate() == 0
    assert events(here.told)[("ops-1-mail", "digest")] == 0
