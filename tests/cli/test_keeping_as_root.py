"""`nigehban backup` and `restore` by root, on the state of a daemon that is not: no name there leads root out."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.stored import incident, record
from watchdog.store.backup import back_up
from watchdog.store.changes import Changes
from watchdog.store.database import DATABASE_NAME
from watchdog.store.database_file import look_into
from watchdog.store.errors import StoreError
from watchdog.store.lock import LOCK_NAME, StateLock
from watchdog.store.store import open_store

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to do with folders of others")

ROOT = Path(__file__).parents[2]
DAEMON = 12345
COMMAND = "import sys; from watchdog.cli.main import main; sys.argv[0] = 'nigehban'; main()"

#: Whoever owns the folder puts a link in the place of every new file there, as quickly as it can.
SWAPPER = """
import os, sys
os.setgroups([]); os.setgid(12345); os.setuid(12345)
os.chdir(sys.argv[1])
print("ready", flush=True)
while True:
    for folder in (".", *(one for one in os.listdir(".") if os.path.isdir(one) and not os.path.islink(one))):
        try:
            for name in os.listdir(folder):
                if name.endswith((".part", "-wal", "-shm", "-journal")):
                    os.rename(f"{folder}/{name}", "away")
                    os.symlink(sys.argv[2], f"{folder}/{name}")
        except OSError:
            pass
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """On the way to it are only folders of root's, as on the way to /var/lib; nobody else may enter it."""
    with TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture
def state(place: Path) -> Path:
    return given_away(made_state(place / "state"))


@pytest.fixture
def victim(place: Path) -> Path:
    file = place / "shadow"
    file.write_text("root only")
    file.chmod(0o600)
    return file


def made_state(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    with closing(open_store(folder)) as store:
        store.commit(Changes(records=(record(),), incidents=(incident(),)))
    return folder


def given_away(folder: Path) -> Path:
    for one in (folder, *folder.rglob("*")):
        os.chown(one, DAEMON, DAEMON)
    return folder


def copy_of(folder: Path, target: Path) -> Path:
    back_up(folder / DATABASE_NAME, target, replace=False, pause=lambda _seconds: None)
    return target


def nigehban(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def unharmed(victim: Path) -> bool:
    seen = victim.stat()
    return (seen.st_uid, stat.S_IMODE(seen.st_mode), victim.read_text()) == (0, 0o600, "root only")


def owners_and_modes(folder: Path) -> set[tuple[int, int, int]]:
    seen = [one.lstat() for one in folder.rglob("*")]
    return {(one.st_uid, one.st_gid, stat.S_IMODE(one.st_mode)) for one in seen if stat.S_ISREG(one.st_mode)}


def test_a_restore_leaves_all_to_the_states_owner(place: Path, state: Path) -> None:
    copy = copy_of(made_state(place / "other"), place / "copy")
    ended = nigehban("restore", "--state", state, copy)
    assert ended.returncode == 0, ended.stderr
    assert str(state / "set-aside") in ended.stdout
    assert owners_and_modes(state) == {(DAEMON, DAEMON, 0o600)}
    assert look_into(state / DATABASE_NAME).subjects == 1


def test_a_restore_through_systemds_link_to_the_state_goes_on_working(place: Path, state: Path) -> None:
    copy = copy_of(made_state(place / "other"), place / "copy")
    (place / "link").symlink_to(state.name)
    assert nigehban("restore", "--state", place / "link", copy).returncode == 0
    assert owners_and_modes(state) == {(DAEMON, DAEMON, 0o600)}


def test_a_backup_lies_with_the_state_and_is_its_owners(state: Path) -> None:
    ended = nigehban("backup", "--state", state)
    assert ended.returncode == 0, ended.stderr
    (copy,) = (state / "backups").iterdir()
    assert ended.stdout.startswith(f"{copy}: ")
    assert owners_and_modes(state) == {(DAEMON, DAEMON, 0o600)}
    assert nigehban("restore", "--state", state, copy).returncode == 0


def test_a_backup_of_anothers_state_into_a_folder_of_roots_is_roots(place: Path, state: Path) -> None:
    (place / "copies").mkdir()
    assert nigehban("backup", "--state", state, place / "copies" / "copy").returncode == 0
    assert owners_and_modes(place / "copies") == {(0, 0, 0o600)}
    assert owners_and_modes(state) == {(DAEMON, DAEMON, 0o600)}


def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_stays(place: Path, state: Path, victim: Path) -> None:
    copy = copy_of(made_state(place / "other"), place / "copy")
    (state / LOCK_NAME).unlink(missing_ok=True)
    (state / LOCK_NAME).symlink_to(victim)
    ended = nigehban("restore", "--state", state, copy)
    assert ended.returncode == 1
    assert f"{state / LOCK_NAME}: is a link" in ended.stderr
    assert unharmed(victim)


def test_a_daemon_takes_no_lock_that_is_a_link(place: Path, victim: Path) -> None:
    (place / LOCK_NAME).symlink_to(victim)
    with pytest.raises(StoreError, match="is a link"):
        StateLock(place)
    assert unharmed(victim)


def test_a_daemon_of_roots_refuses_the_state_of_somebody_else(state: Path) -> None:
    with pytest.raises(StoreError, match="belongs to user 12345, and this is root"):
        StateLock(state)


@pytest.mark.parametrize(
    "name", [f"{DATABASE_NAME}-shm", f"{DATABASE_NAME}-wal", DATABASE_NAME, "backups", "set-aside"]
)
@pytest.mark.parametrize("verb", ["backup", "restore"])
def test_no_name_in_the_state_leads_out_of_it(place: Path, state: Path, victim: Path, verb: str, name: str) -> None:
    copy = copy_of(made_state(place / "other"), place / "copy")
    (state / name).unlink(missing_ok=True)
    (state / name).symlink_to(victim)
    nigehban(verb, "--state", state, *([copy] if verb == "restore" else []))
    assert unharmed(victim)
    assert {one.stat().st_uid for one in place.glob("*")} == {0, DAEMON}


@pytest.mark.parametrize("name", [f"{DATABASE_NAME}-shm", f"{DATABASE_NAME}-wal"])
def test_what_root_lists_of_anothers_state_leads_to_nothing_else(state: Path, victim: Path, name: str) -> None:
    assert nigehban("incidents", "--state", state).returncode == 0
    (state / name).unlink(missing_ok=True)
    (state / name).symlink_to(victim)
    nigehban("incidents", "--state", state)
    assert unharmed(victim)
    assert owners_and_modes(state) == {(DAEMON, DAEMON, 0o600)}


def test_a_copy_that_is_a_link_to_what_only_root_reads_is_not_read(place: Path, state: Path) -> None:
    secret = copy_of(made_state(place / "other"), place / "secret")
    (state / "tempting").symlink_to(secret)
    ended = nigehban("restore", "--state", state, state / "tempting")
    assert ended.returncode == 1
    assert f"{state / 'tempting'}: cannot be read by the owner of its folder" in ended.stderr


def test_a_way_that_somebody_else_can_turn_is_refused(state: Path) -> None:
    (state / "inner").mkdir()
    ended = nigehban("backup", "--state", state, "--to", state / "inner")
    assert ended.returncode == 1
    assert f"{state}, on the way to it, is not root's alone" in ended.stderr


def test_whoever_exchanges_files_while_they_are_made_gains_nothing(place: Path, state: Path, victim: Path) -> None:
    place.chmod(0o711)
    command = [sys.executable, "-c", SWAPPER, str(state), str(victim)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as swapper:
        try:
            assert swapper.stdout is not None
            swapper.stdout.readline()
            for number in range(4):
                nigehban("backup", "--state", state, state / f"copy{number}")
                assert unharmed(victim)
        finally:
            swapper.kill()
