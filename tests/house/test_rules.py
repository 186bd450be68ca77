"""The house rules hold over every tracked file, and each of them is able to fail."""

from dataclasses import dataclass

import pytest

from tests.support import rules
from tests.support.rules import Rule
from tests.support.tree import Source, sources


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    complaints = [complaint for source in sources() for complaint in rule(source)]
    assert not complaints, "\n".join(complaints)


@dataclass(frozen=True)
class Case:
    rule: Rule
    text: str
    path: str = "watchdog/engine/new.py"

    def __str__(self) -> str:
        return f"{self.rule.__name__}: {self.text.strip()[:60]}"


BROKEN = [
    Case(rules.no_name_lookups, "async def f(loop): await loop.getaddrinfo('mx', 25)"),
    Case(rules.no_name_lookups, "from socket import getaddrinfo as look"),
    Case(rules.no_name_lookups, "import socket as s\ns.gethostbyname('mx')"),
    Case(rules.no_name_lookups, "def f(self): self.owner().loop.getaddrinfo('mx', 25)"),
    Case(rules.sockets_only_where_listed, "import socket"),
    Case(rules.sockets_only_where_listed, "import ssl as s", "alerts/channels/webhook_channel.py"),
    Case(rules.sockets_only_where_listed, "from asyncio import open_connection"),
    Case(rules.sockets_only_where_listed, "import asyncio\nasyncio.start_unix_server(print)"),
    Case(rules.sockets_only_where_listed, "async def f(loop): await loop.create_connection(print, 'mx', 25)"),
    Case(rules.sockets_only_where_listed, "async def f(loop): await loop.create_server(print)", "checks/network/x.py"),
    Case(rules.sockets_only_where_listed, "import requests"),
    Case(rules.sockets_only_where_listed, "from urllib import request"),
    Case(rules.sockets_only_where_listed, "import dns.resolver\ndns.resolver.resolve('a')"),
    Case(rules.sockets_only_where_listed, "import aiosmtplib", "alerts/channels/webhook_channel.py"),
    Case(rules.sockets_only_where_listed, "import imaplib", "checks/network/x.py"),
    Case(rules.no_lossy_columns, "from sqlalchemy import Float", "watchdog/store/tables.py"),
    Case(rules.no_lossy_columns, "import sqlalchemy as sa\nsa.types.DateTime()", "watchdog/store/tables.py"),
    Case(rules.no_lossy_columns, "from sqlalchemy.dialects.sqlite import REAL", "watchdog/store/tables.py"),
    Case(rules.no_lossy_columns, "X = 'CREATE TABLE bill (amount NUMERIC)'", "watchdog/store/migrations/a.py"),
    Case(rules.no_dangerous_calls, "import subprocess\nsubprocess.run('ls', shell=True)"),
    Case(rules.no_dangerous_calls, "import subprocess\nsubprocess.run('ls', shell=True)", "tests/daemon/test_x.py"),
    Case(rules.no_dangerous_calls, "import os\nos.system('ls')"),
    Case(rules.no_dangerous_calls, "import pickle"),
    Case(rules.no_dangerous_calls, "eval('1')"),
    Case(rules.no_dangerous_calls, "from yaml import load"),
    Case(rules.no_dangerous_calls, "import yaml\nyaml.unsafe_load('')"),
    Case(rules.one_wall_clock, "from datetime import datetime\ndatetime.now()"),
    Case(rules.one_wall_clock, "import datetime as d\nd.datetime.utcnow()"),
    Case(rules.one_wall_clock, "from datetime import date\ndate.today()"),
    Case(rules.one_wall_clock, "from time import time\ntime()"),
    Case(rules.one_wall_clock, "import time\ntime.sleep(1)"),
    Case(rules.one_wall_clock, "import time\ntime.monotonic()"),
    Case(rules.one_wall_clock, "import time\ntime.time()", "checks/network/dial.py"),
    Case(rules.chance_is_handed_in, "import random\nrandom.random()"),
    Case(rules.chance_is_handed_in, "from random import choice"),
    Case(rules.chance_is_handed_in, "import uuid\nuuid.uuid4()"),
    Case(rules.chance_is_handed_in, "from secrets import token_hex"),
    Case(rules.files_are_short, "x = 1\n" * 301),
    Case(rules.functions_are_short, "def f():\n" + "    x = 1\n" * 40),
    Case(rules.functions_are_short, "async def f():\n    '''Doc.'''\n" + "    x = 1\n" * 40),
    Case(rules.names_say_something, "", "watchdog/engine/utils.py"),
    Case(rules.names_say_something, "", "watchdog/task_manager.py"),
    Case(rules.names_say_something, "", "tests/helpers/x.py"),
]

KEPT = [
    Case(rules.no_name_lookups, "async def f(resolver): await resolver.addresses('mx')"),
    Case(rules.sockets_only_where_listed, "import asyncio\nasyncio.sleep(1)"),
    Case(rules.sockets_only_where_listed, "import socket, ssl\nfrom OpenSSL import SSL", "checks/network/dial.py"),
    Case(rules.sockets_only_where_listed, "import socket", "tests/network/test_dial.py"),
    Case(rules.sockets_only_where_listed, "import asyncio\nasyncio.start_server(print)", "watchdog/web/server.py"),
    Case(rules.no_lossy_columns, "from sqlalchemy import BigInteger, Text", "watchdog/store/tables.py"),
    Case(rules.no_lossy_columns, "from datetime import datetime\nX = 'SELECT real FROM x'", "watchdog/store/tables.py"),
    Case(rules.no_dangerous_calls, "import yaml\nyaml.parse('')\nyaml.safe_load('')"),
    Case(rules.no_dangerous_calls, "import subprocess\nsubprocess.run(['ls'], shell=False)"),
    Case(rules.one_wall_clock, "from datetime import datetime\ndatetime.now()", "watchdog/clock.py"),
    Case(rules.one_wall_clock, "async def f(loop): return loop.time()"),
    Case(rules.one_wall_clock, "import time\ntime.perf_counter()", "checks/network/dial.py"),
    Case(rules.chance_is_handed_in, "import secrets", "checks/network/dns_query.py"),
    Case(rules.chance_is_handed_in, "def f(secrets: list[str]) -> str: return secrets[0].upper() + secrets.pop()"),
    Case(rules.chance_is_handed_in, "import random\ndef f(r: random.Random) -> float: return r.random()"),
    Case(rules.chance_is_handed_in, "from random import SystemRandom\nSystemRandom().random()"),
    Case(rules.files_are_short, "x = 1\n" * 300),
    Case(rules.functions_are_short, "def f():\n    '''Doc\n\n    on three lines.'''\n" + "    x = 1\n" * 39),
    Case(rules.names_say_something, "", "watchdog/engine/runner.py"),
]


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_breach_is_found(case: Case) -> None:
    complaints = list(case.rule(Source(case.path, case.text)))
    assert complaints
    assert complaints[0].startswith(case.path)


@pytest.mark.parametrize("case", KEPT, ids=str)
def test_honest_code_passes(case: Case) -> None:
    assert list(case.rule(Source(case.path, case.text))) == []


def test_every_rule_is_shown_to_fail_and_to_pass() -> None:
    assert {case.rule for case in BROKEN} == {case.rule for case in KEPT} == set(rules.RULES)


def test_what_is_long_on_purpose_still_exists() -> None:
    paths = {source.path for source in sources()}
    assert all(place.partition(":")[0] in paths for place in rules.LONG_ON_PURPOSE)
