"""A private Debian Postfix: configuration, queue and ports of its own, STARTTLS, and a mailbox to read."""

import email
import email.policy
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from tests.support.certificates import Authority, Pair
from tests.support.peer import free_port, installed, open_folder, wait_for_port, wait_until

#: Mail for anybody here lands in the mailbox.
DOMAIN = "office.example"
#: Of people who must not depend on the mail of DOMAIN.
ELSEWHERE = "duty.example"

_MAIN = """
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}/log
myhostname = mail.{domain}
mydestination =
mynetworks = 127.0.0.0/8 [::1]/128
inet_protocols = all
default_transport = error:this server delivers nowhere else
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = {domain} {elsewhere}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/recipients, permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/etc/smtpd.pem
smtpd_tls_loglevel = 0
"""

# No chroot, and one client per smtpd, so that a new certificate or rule holds from the next connection on.
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd -o max_use=1
[::1]:{port} inet n - n - - smtpd -o max_use=1
127.0.0.1:{implicit_port} inet n - n - - smtpd -o max_use=1 -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(slots=True)
class PostfixServer:
    """Takes mail for anybody @office.example and @duty.example, and relays nothing."""

    folder: Path
    authority: Authority
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    """Plain, with STARTTLS; on ::1 too."""
    implicit_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _answers: dict[str, str] = field(default_factory=dict)

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    @property
    def log(self) -> str:
        path = self.folder / "log" / "postfix.log"
        return path.read_text() if path.exists() else ""

    def use_certificate(self, pair: Pair) -> None:
        """Present this chain from the next connection on."""
        (self.folder / "etc" / "smtpd.pem").write_bytes(pair.key_file.read_bytes() + pair.chain_file.read_bytes())

    def answer_recipient(self, address: str, answer: str) -> None:
        """Refuse `address` with `answer`, like "550 5.2.1 This mailbox is disabled", from the next connection on."""
        self._answers[address] = answer
        self._write_recipients()

    def suspend(self, address: str) -> None:
        self.answer_recipient(address, "550 5.2.1 This account has been suspended, contact billing")

    def greylist(self, address: str) -> None:
        self.answer_recipient(address, "450 4.7.1 Greylisted, please try again later")

    def take_all_recipients(self) -> None:
        self._answers.clear()
        self._write_recipients()

    def messages(self) -> Sequence[EmailMessage]:
        """All that was delivered, oldest first; read again at each call."""
        return [_read(path) for path in sorted(self._letters(), key=lambda path: path.stat().st_mtime_ns)]

    def _letters(self) -> Sequence[Path]:
        return list((self.folder / "mail" / "inbox" / "new").glob("*"))

    def wait_for_messages(self, count: int, within_s: float = 60.0) -> Sequence[EmailMessage]:
        """The mailbox once it holds at least `count` messages; TimeoutError otherwise."""
        wait_until(lambda: len(self._letters()) >= count, within_s, f"fewer than {count} messages came")
        return self.messages()

    def start(self) -> None:
        program = installed("postfix")
        self._process = subprocess.Popen(
            [program, "-c", str(self.folder / "etc"), "start-fg"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port)
        wait_for_port(self.implicit_port)

    def stop(self) -> None:
        if self._process is None:
            return
        # Postfix's own script puts the master into a session of its own, out of reach of the process started here.
        pid_file = self.folder / "queue" / "pid" / "master.pid"
        os.kill(int(pid_file.read_text()) if pid_file.exists() else self._process.pid, signal.SIGTERM)
        self._process.wait(60)
        self._process = None

    def _write_recipients(self) -> None:
        table = self.folder / "etc" / "recipients"
        table.write_text("".join(f"{address} {answer}\n" for address, answer in self._answers.items()))
        # Postfix waits two seconds before it reads a table that was written just now.
        os.utime(table, (0, 0))


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def running_postfix() -> Iterator[PostfixServer]:
    """A started Postfix with a good certificate for 127.0.0.1, ::1 and localhost."""
    installed("postfix")
    with open_folder("postfix") as folder:
        server = PostfixServer(folder, Authority.root(folder))
        _furnish(server)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _furnish(server: PostfixServer) -> None:
    folder, owner, reader = server.folder, pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    for name in ("etc", "queue", "data", "log", "mail"):
        (folder / name).mkdir()
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    os.chown(folder / "mail", reader.pw_uid, reader.pw_gid)
    main = _MAIN.format(folder=folder, domain=DOMAIN, elsewhere=ELSEWHERE, uid=reader.pw_uid, gid=reader.pw_gid)
    (folder / "etc" / "main.cf").write_text(main)
    master = _MASTER.format(port=server.port, implicit_port=server.implicit_port)
    (folder / "etc" / "master.cf").write_text(master)
    server.take_all_recipients()
    server.use_certificate(server.authority.leaf("127.0.0.1", "::1", "localhost"))
