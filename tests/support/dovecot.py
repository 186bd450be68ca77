"""A private Debian Dovecot: IMAP and POP3, STARTTLS and implicit TLS; configuration, users, mail, ports of its own."""

import grp
import os
import pwd
import signal
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import Authority, Pair
from tests.support.peer import free_port, installed, open_folder, wait_for_port

#: Whoever comes from 127.0.0.1 is a stranger here, and so gets no login in plain text.
ELSEWHERE = "127.0.0.2"

#: May log in; the mailbox holds one message, unseen.
USER = "probe@office.example"
PASSWORD = "correct horse"
#: May log in too, by passwords that no protocol likes.
ODD_USERS = {
    "quotes@office.example": 'two "words" \\ and',
    "urdu@office.example": "پاس ورڈ",
    "braces@office.example": "&,{5}",
}
#: Knows the PASSWORD, and is kept out for a reason of the provider's.
SUSPENDED = "unpaid@office.example"

# Waits after a wrong password are for guessers (anvil, auth_failure_delay); here they would only cost time.
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log/dovecot.log
auth_verbose = yes
protocols = imap pop3
listen = 127.0.0.1, {elsewhere}, ::1
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 1000
ssl = required
ssl_cert = <{folder}/etc/server.pem
ssl_key = <{folder}/etc/server.key
auth_failure_delay = 0
auth_mechanisms = plain login
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {folder}/etc/users
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service pop3-login {{
  {chroot}
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
"""

_MESSAGE = "From: a@office.example\r\nTo: probe@office.example\r\nSubject: unseen\r\n\r\nLeave me so.\r\n"


@dataclass(slots=True)
class DovecotServer:
    folder: Path
    authority: Authority
    host: str = "127.0.0.1"
    imap_port: int = field(default_factory=free_port)
    imaps_port: int = field(default_factory=free_port)
    pop3_port: int = field(default_factory=free_port)
    pop3s_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    @property
    def log(self) -> str:
        path = self.folder / "log" / "dovecot.log"
        return path.read_text() if path.exists() else ""

    @property
    def unseen(self) -> int:
        """How many messages of the mailbox nobody has opened: maildir keeps those that were in another name."""
        box = self.folder / "mail" / USER
        return sum("S" not in path.name.partition(":2,")[2] for path in (*box.glob("new/*"), *box.glob("cur/*")))

    def write_users(self, passwords: Mapping[str, str], *, kept_out: Collection[str] = ()) -> None:
        """Let these in by their passwords, save those that are `kept_out`; Dovecot sees it within about a second."""
        table = self.folder / "etc" / "users"
        draft = table.with_suffix(".draft")
        lines = (
            f"{name}:{{PLAIN}}{password}::::::{'nologin=y' * (name in kept_out)}\n"
            for name, password in passwords.items()
        )
        draft.write_text("".join(lines))
        draft.replace(table)

    def add_mailbox(self, name: str) -> None:
        """Beside INBOX, by its name on the wire."""
        inbox = self.folder / "mail" / USER
        owner = inbox.stat()
        for part in ("", "new", "cur", "tmp"):
            path = inbox / f".{name}" / part
            path.mkdir(exist_ok=True)
            os.chown(path, owner.st_uid, owner.st_gid)

    def start(self) -> None:
        program = installed("dovecot")
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(self.folder / "etc" / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in (self.imap_port, self.imaps_port, self.pop3_port, self.pop3s_port):
            wait_for_port(port)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        self._process = None


@contextmanager
def running_dovecot() -> Iterator[DovecotServer]:
    """A started Dovecot with a good certificate for 127.0.0.1, ::1 and localhost, and one user."""
    installed("dovecot")
    with open_folder("dovecot") as folder:
        server = DovecotServer(folder, Authority.root(folder))
        _furnish(server)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _furnish(server: DovecotServer) -> None:
    folder, is_root = server.folder, os.getuid() == 0
    for name in ("etc", "run", "state", "log", "mail"):
        (folder / name).mkdir()
    me = pwd.getpwuid(os.getuid())
    reader = pwd.getpwnam("nobody") if is_root else me
    _write_pair(folder / "etc", server.authority.leaf("127.0.0.1", "::1", "localhost"))
    server.write_users({USER: PASSWORD, **ODD_USERS, SUSPENDED: PASSWORD}, kept_out=[SUSPENDED])
    text = _CONFIGURATION.format(
        folder=folder,
        elsewhere=ELSEWHERE,
        login_user="dovenull" if is_root else me.pw_name,
        internal_user="dovecot" if is_root else me.pw_name,
        internal_group="dovecot" if is_root else grp.getgrgid(me.pw_gid).gr_name,
        mail_uid=reader.pw_uid,
        mail_gid=reader.pw_gid,
        chroot="" if is_root else "chroot =",
        imap=server.imap_port,
        imaps=server.imaps_port,
        pop3=server.pop3_port,
        pop3s=server.pop3s_port,
    )
    (folder / "etc" / "dovecot.conf").write_text(text)
    box = folder / "mail" / USER
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    (box / "new" / "1.unseen.office").write_text(_MESSAGE)
    for path in (folder / "mail", box, *box.rglob("*")):
        os.chown(path, reader.pw_uid, reader.pw_gid)


def _write_pair(folder: Path, pair: Pair) -> None:
    (folder / "server.pem").write_bytes(pair.chain_file.read_bytes())
    (folder / "server.key").write_bytes(pair.key_file.read_bytes())
    (folder / "server.key").chmod(0o600)
