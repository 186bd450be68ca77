"""A drill at a real daemon: asked for on the command line, told by real mail, answered by the link in it, reported."""

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from getpass import getuser
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import pytest

from tests.support.daemon_process import DaemonProcess, Home, running_daemon
from tests.support.mail_text import plain_text
from tests.support.peer import wait_until
from tests.support.people import People
from tests.support.postfix import PostfixServer, running_postfix

pytestmark = pytest.mark.peer

SETTINGS = """\
estate: {{name: KP Directorate of IT, time_zone: Asia/Karachi, public_url: https://status.example.gov.pk}}
services: {{official-email: {{title: Official e-mail}}}}
receivers:
  noc: {{channels: [{{kind: mail, to: [noc@duty.example]}}]}}
  {starter}: {{language: ur, channels: [{{kind: mail, to: [starter@duty.example]}}]}}
mail: {{relay: localhost, port: {port}, ca_file: {ca}, from: nigehban@office.example}}
links: {{key: !secret-file {key}}}
routes: [{{match: {{}}, to: [noc]}}]
checks: [{{id: mx, kind: tcp, service: official-email, host: 127.0.0.1, port: {port}, interval: 5s}}]
"""


@dataclass(frozen=True)
class Office:
    post: PostfixServer
    daemon: DaemonProcess
    people: People

    def mail(self, to: str, first_words: str) -> EmailMessage:
        """The one mail to somebody whose subject begins so, once it lies in the mailbox."""

        def found() -> list[EmailMessage]:
            theirs = [one for one in self.post.messages() if str(one["To"]) == to]
            return [one for one in theirs if str(one["Subject"]).startswith(first_words)]

        wait_until(lambda: bool(found()), 60, f"no {first_words!r} to {to}; the log:\n{self.daemon.text}")
        (mail,) = found()
        return mail

    def press(self, mail: EmailMessage) -> int:
        """The status of what the button behind the first link of `mail` answers."""
        links = re.findall(r"https://status\.example\.gov\.pk/answer/(\S+)", plain_text(mail))
        host, _, port = self.daemon.address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        try:
            connection.request("POST", "/answer", urlencode({"token": links[0]}), {"Host": "localhost"})
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def office() -> Iterator[Office]:
    with TemporaryDirectory(prefix="nb") as name, running_postfix() as post:  # a short path, as a socket needs it
        folder = Path(name)
        key = folder / "key"
        key.write_text("k" * 32, "utf-8")
        key.chmod(0o600)
        home = Home(folder)
        home.write(SETTINGS.format(starter=getuser(), port=post.port, ca=post.ca_file, key=key))
        with running_daemon(home) as daemon:
            yield Office(post, daemon, People(home))


def test_a_drill_is_told_by_mail_answered_by_its_link_and_reported_to_whoever_asked_for_it(office: Office) -> None:
    begun = office.people.call("drill", "start", "outage", "--service", "official-email", "--minutes", "5")
    assert (begun.returncode, begun.stderr) == (0, "")
    office.daemon.wait_series("drill_running", 1)

    told = office.mail("noc@duty.example", "DRILL DOWN Official e-mail")
    assert told["X-Nigehban-Drill"] == "outage"
    assert plain_text(told).startswith(f"DRILL, started by {getuser()}: none of this is real.")
    assert office.people.call("drill", "start", "bill", "--service", "official-email").returncode == 1

    assert office.press(told) == 200
    report = office.people.listed("drill", "show")[0]
    (noc,) = report["receivers"]
    assert (noc["receiver"], noc["answer"], report["never_answered"]) == ("noc", "ack-4h", [])
    assert "noc" in office.people.call("drill", "show", report["drill"]).stdout

    assert office.people.call("drill", "stop").returncode == 0
    ended = office.mail("noc@duty.example", "DRILL OVER Official e-mail")
    assert ended["In-Reply-To"] == told["Message-ID"]
    assert office.mail("starter@duty.example", "مشق کی رپورٹ")["X-Nigehban-Drill"] == "outage"
    office.daemon.wait_series("drill_running", 0)
    assert sum(office.daemon.series("incidents_open")) == 0
    assert office.daemon.terminate() == 0
    assert all(str(one["Subject"]).startswith(("DRILL ", "مشق ")) for one in office.post.messages())


def test_what_cannot_be_played_is_refused_in_words_that_help(office: Office) -> None:
    for words, code, said in (
        (("start", "flood", "--service", "official-email"), 2, "say what is to be played: bill or outage"),
        (("start", "outage", "--service", "mail"), 1, "no service 'mail'; there are official-email"),
        (("start", "outage", "--service", "official-email", "--minutes", "9999"), 2, "--minutes"),
        (("show",), 1, "there was no drill yet"),
        (("stop",), 1, "no drill runs"),
    ):
        done = office.people.call("drill", *words)
        assert (done.returncode, said in done.stderr) == (code, True), done
