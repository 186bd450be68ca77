"""The house rules, each a function from one source file to complaints ("path:line: what is wrong")."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from tests.support.tree import Source

Rule = Callable[[Source], Iterator[str]]

LOOKUPS = {"getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo", "getfqdn"}

#: What opens a socket, by the way out it belongs to. A dotted name stands for all below it.
WAYS_OUT: Mapping[str, frozenset[str]] = {
    "raw": frozenset({"socket", "ssl", "OpenSSL.SSL", "_socket", "socketserver"}),
    "dial": frozenset(
        {
            "asyncio.open_connection",
            "asyncio.open_unix_connection",
            "*.create_connection",
            "*.create_unix_connection",
            "*.create_datagram_endpoint",
            "*.sock_connect",
            "dns.query",
            "dns.asyncquery",
            "dns.resolver",
            "dns.asyncresolver",
        }
    ),
    "serve": frozenset(
        {
            "asyncio.start_server",
            "asyncio.start_unix_server",
            "*.create_server",
            "*.create_unix_server",
            "uvicorn",
            "http.server",
            "aiosmtpd",
            "prometheus_client.start_http_server",
            "prometheus_client.start_wsgi_server",
        }
    ),
    "mail": frozenset({"aiosmtplib", "smtplib"}),
    "requests": frozenset({"requests", "urllib3", "urllib.request", "http.client", "httpx", "aiohttp"}),
    "never": frozenset({"imaplib", "poplib", "ftplib", "telnetlib", "nntplib", "xmlrpc"}),
}

#: Who may use which way out, and why.
MAY_USE: Mapping[str, frozenset[str]] = {
    "checks/network/": frozenset({"raw", "dial"}),  # the one transport of probes
    "checks/network/office_": frozenset({"requests"}),  # APIs an office runs itself, over sockets of that transport
    "watchdog/web/": frozenset({"raw", "serve"}),  # metrics and pages
    "watchdog/heartbeat.py": frozenset({"raw", "dial"}),  # outside dead man's switch
    "watchdog/sd_notify.py": frozenset({"raw"}),  # datagrams to the service manager
    "alerts/channels/mail_": frozenset({"mail", "raw", "dial"}),  # our own mail, over verified TLS
    "watchdog/app.py": frozenset({"raw"}),  # names the type of the socket between web.server.listen and serve
    "watchdog/faces.py": frozenset({"raw"}),  # as above
    "watchdog/api/": frozenset({"raw", "serve", "dial"}),  # a person's way in, over a socket of this machine
    "watchdog/api/client.py": frozenset({"requests"}),  # http.client reads answers from memory, and dials nothing
    "watchdog/demo/": frozenset({"raw", "serve", "dial"}),  # plays the estate's servers on loopback
}

COLUMNS = {
    "Numeric", "Float", "DateTime", "DECIMAL", "REAL", "TIMESTAMP", "Double", "DOUBLE", "DOUBLE_PRECISION", "FLOAT",
    "NUMERIC", "DATETIME", "Date", "DATE", "Time", "TIME", "Interval", "INTERVAL", "MONEY",
}  # fmt: skip
_SQL_COLUMN = re.compile(
    r"\b(?:CREATE\s+TABLE|ADD\s+COLUMN)\b.*\b(?:NUMERIC|DECIMAL|REAL|FLOAT|DOUBLE|DATETIME|TIMESTAMP)\b",
    re.IGNORECASE | re.DOTALL,
)

DANGERS = {
    "os.system", "os.popen", "os.spawnl", "os.spawnv", "subprocess.getoutput", "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell", "*.subprocess_shell", "pickle", "cPickle", "dill", "marshal", "shelve", "eval",
    "exec", "builtins.eval", "builtins.exec", "yaml.load", "yaml.load_all", "yaml.full_load", "yaml.full_load_all",
    "yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.compose", "yaml.compose_all",
    "tempfile.mktemp", "xml.etree", "xml.dom", "xml.sax", "markupsafe.Markup",
}  # fmt: skip

WALL_CLOCKS = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today", "time.time",
    "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.clock_gettime", "time.sleep",
}  # fmt: skip
STOPWATCHES = {"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"}
_CLOCK_TAILS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")

CHANCE = {"uuid.uuid1", "uuid.uuid4", "os.urandom", "secrets"}
_OWN_SOURCES = {"random.Random", "random.SystemRandom", "random"}

#: Real sockets never run in virtual time: here stopwatches measure, and query ids must be unguessable.
REAL_TIME_ONLY = ("checks/network/",)

VAGUE = {"util", "utils", "manager", "managers", "helper", "helpers", "common", "misc", "stuff", "base_utils"}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

#: Longer than the house likes, with the reason. Better empty.
LONG_ON_PURPOSE: Mapping[str, str] = {}


def no_name_lookups(source: Source) -> Iterator[str]:
    """The system's resolver blocks the loop for as long as it likes."""
    for node, name in source.uses():
        if source.in_storeys and name.rpartition(".")[2] in LOOKUPS:
            yield source.complain(node, f"{name}: names are looked up by checks.network.resolver")


def sockets_only_where_listed(source: Source) -> Iterator[str]:
    """Caps and deadlines hold because there is one transport."""
    if not source.in_storeys:
        return
    allowed = {way for place, ways in MAY_USE.items() if source.path.startswith(place) for way in ways}
    for node, name in source.uses():
        for way, names in WAYS_OUT.items():
            if way not in allowed and any(_stands_for(listed, name) for listed in names):
                yield source.complain(node, f"{name}: not a place that may open sockets ({way})")


def no_lossy_columns(source: Source) -> Iterator[str]:
    """SQLite's Numeric corrupts money and its DateTime drops the zone, both silently."""
    if not source.path.startswith("watchdog/store/"):
        return
    for node, name in source.uses():
        if name.startswith(("sqlalchemy.", "alembic.")) and name.rpartition(".")[2] in COLUMNS:
            yield source.complain(node, f"{name}: instants are integer microseconds, money is text and currency")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL_COLUMN.search(node.value):
            yield source.complain(node, "a lossy column type in SQL")


def no_dangerous_calls(source: Source) -> Iterator[str]:
    """No shell, no code from data (FAULTS, security line 3)."""
    for node, name in source.uses():
        if source.in_storeys and any(_stands_for(danger, name) for danger in DANGERS):
            yield source.complain(node, f"{name} is not used in this house")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg == "shell" and not _is_false(node.value):
            yield source.complain(node.value, "shell=… hands text to a shell; give a list of arguments")


def one_wall_clock(source: Source) -> Iterator[str]:
    """Months run on a virtual clock, so nobody else may look at the real one."""
    if not source.in_storeys or source.path == "watchdog/clock.py":
        return
    for node, name in source.uses():
        stopwatch = name in STOPWATCHES and not source.path.startswith(REAL_TIME_ONLY)
        if stopwatch or name in WALL_CLOCKS or name.endswith(_CLOCK_TAILS):
            yield source.complain(node, f"{name}: time is an argument; durations come from the loop's clock")


def chance_is_handed_in(source: Source) -> Iterator[str]:
    """Same seed, same trace."""
    if not source.in_storeys or source.path.startswith(REAL_TIME_ONLY):
        return
    for node, name in source.uses():
        ours = name.startswith("random.") and name not in _OWN_SOURCES and not _below(name, _OWN_SOURCES - {"random"})
        if ours or any(_stands_for(listed, name) for listed in CHANCE):
            yield source.complain(node, f"{name}: ids and jitter come from a handed-in source")


def files_are_short(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if source.in_storeys and lines > MAX_FILE_LINES and source.path not in LONG_ON_PURPOSE:
        yield f"{source.path}: {lines} lines; split it by noun ({MAX_FILE_LINES} at most)"


def functions_are_short(source: Source) -> Iterator[str]:
    if not source.in_storeys:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = _lines(node)
            if lines > MAX_FUNCTION_LINES and f"{source.path}:{node.name}" not in LONG_ON_PURPOSE:
                yield source.complain(node, f"{node.name} has {lines} lines ({MAX_FUNCTION_LINES} at most)")


def names_say_something(source: Source) -> Iterator[str]:
    path = PurePosixPath(source.path)
    for part in (*path.parts[:-1], path.stem):
        if set(part.lower().split("_")) & VAGUE:
            yield f"{source.path}: {part!r} says nothing; name the noun"


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is None:
        return total
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1)


def _stands_for(listed: str, name: str) -> bool:
    if listed.startswith("*."):
        return name.endswith(listed[1:])
    return name == listed or name.startswith(listed + ".")


def _below(name: str, listed: set[str]) -> bool:
    return any(name.startswith(one + ".") for one in listed)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


RULES: tuple[Rule, ...] = (
    no_name_lookups,
    sockets_only_where_listed,
    no_lossy_columns,
    no_dangerous_calls,
    one_wall_clock,
    chance_is_handed_in,
    files_are_short,
    functions_are_short,
    names_say_something,
)
