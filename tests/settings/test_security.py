"""Settings that would open a door are refused: security lines 2 and 27."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.settings_files import HEAD, load_text, problems_of

CANARY = "canary-b7f3d9"
NOT_SECRETS = [CANARY, "''", "123456", "true", "null_", "{name: canary-b7f3d9}", "[canary-b7f3d9]", "1.5"]
WRONG_TLS = ["false", "true", "no", "NONE", "ssl", "tls", "start_tls", "StartTLS", "optional", "''", "0", "[starttls]"]
NOT_ADDRESSES = ["a", "a@", "@b.example", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>", "a@b@c.example"]
OPEN_ADDRESSES = [
    "0.0.0.0:9417",
    "[::]:9417",
    "192.0.2.1:9417",
    "10.0.0.1:80",
    "[2001:db8::1]:9417",
    "169.254.169.254:1",
]
NOT_YES = ["yes", "'true'", "1", "on", "True", "null", "false", "[true]"]
PLAIN_URLS = [
    "http://hooks.example.org/x",
    "HTTP://hooks.example.org/x",
    "ftp://hooks.example.org/x",
    "file:///etc/passwd",
    "gopher://hooks.example.org/",
    "javascript:alert(1)",
    "//hooks.example.org/x",
    "hooks.example.org",
    f"https://u:{CANARY}@hooks.example.org/",
    f"https://{CANARY}@hooks.example.org/",
    f"https://hooks.example.org/?key={CANARY}",
    f"https://hooks.example.org/#{CANARY}",
    "http://127.0.0.1.example.org/",
    "http://127.0.0.1@hooks.example.org/",
    "http://[::1].example.org/",
    "http://localhost.example.org/",
    "http://2130706433/",
    "https://",
    "https:///x",
    "https://hooks example/",
]
APPRISE_URLS = [
    f"tgram://{CANARY}/12",
    f"slack://{CANARY}/b/c",
    f"mailto://u:{CANARY}@example.org",
    "json://hooks.example.org/x",
    "file:///etc/passwd",
    "http://hooks.example.org/x",
    "https://hooks.example.org/x",
    f"jsons://u:{CANARY}@hooks.example.org/x",
    f"jsons://hooks.example.org/x?token={CANARY}",
    f"jsons://hooks.example.org/x?attach={CANARY}",
    "python:///tmp/plugin.py",
    "unknown://x",
]


def mail(rest: str, sender: str = "n@example.org") -> str:
    return HEAD + f"mail: {{relay: smtp.example.org, from: {sender}, {rest}}}\n"


def channel(text: str) -> str:
    return HEAD.replace("{kind: webhook, url: https://hooks.example.org/x}", text)


def smtp_check(rest: str) -> str:
    return HEAD + f"checks: [{{id: mx, kind: smtp, host: a.example, {rest}}}]\n"


def blocks() -> Iterator[str]:
    """Blocks that are one change away from safe ones."""
    yield from (mail(f"user: u, password: {value}") for value in NOT_SECRETS)
    yield from (mail(f"tls: {word}") for word in WRONG_TLS)
    yield from (mail(f"user: u, password: !secret p, tls: {word}") for word in [*WRONG_TLS, "none"])
    yield from (
        mail(f"user: u, password: !secret {name}") for name in ("../x", "/etc/shadow", "a/b", "''", ".x", "a b")
    )
    yield from (mail(f"user: u, password: {tag} p") for tag in ("!env", "!!str", "!Secret", "!secret!", "!include"))
    yield from (mail("port: 25", sender=f"'{address}'") for address in NOT_ADDRESSES)
    yield mail("user: u")
    yield mail("password: !secret p")
    yield mail("verify: false")
    yield mail("insecure: true")
    yield from (channel(f"{{kind: webhook, url: '{url}'}}") for url in PLAIN_URLS)
    yield from (channel(f"{{kind: apprise, url: '{url}'}}") for url in APPRISE_URLS)
    yield channel("{kind: webhook, url: https://hooks.example.org/x, verify: false}")
    yield channel("{kind: webhook, url: https://hooks.example.org/x, verify_tls: no}")
    yield from (HEAD + f"listen: '{address}'\n" for address in OPEN_ADDRESSES)
    yield from (HEAD + f"listen: '0.0.0.0:9417'\nlisten_publicly: {word}\n" for word in NOT_YES)
    yield from (smtp_check(f"user: u, password: {value}") for value in NOT_SECRETS)
    yield from (smtp_check(f"user: u, password: !secret p, tls: {word}") for word in [*WRONG_TLS, "none"])
    yield smtp_check("user: u")
    yield smtp_check("password: !secret p")


def test_none_of_a_hundred_unsafe_blocks_starts_and_none_is_quoted(tmp_path: Path) -> None:
    tried = list(blocks())
    assert len(tried) > 100
    for text in tried:
        problems = problems_of(tmp_path, text)
        assert problems, f"this started:\n{text}"
        assert CANARY not in "\n".join(problems)


@pytest.mark.parametrize(
    "text",
    [
        mail("port: 25, tls: none"),
        mail("user: u, password: !secret p"),
        mail("user: u, password: !secret-file /etc/nigehban/p, tls: implicit, port: 465"),
        channel("{kind: webhook, url: !secret hook}"),
        channel("{kind: webhook, url: 'http://127.0.0.1:8080/x'}"),
        channel("{kind: webhook, url: 'http://[::1]:8080/x'}"),
        channel("{kind: apprise, url: !secret chat}"),
        channel("{kind: apprise, url: 'json://127.0.0.1:8080/x'}"),
        channel("{kind: apprise, url: 'ntfys://ntfy.example.org/topic'}"),
        HEAD + "listen: 127.0.0.2:9417\n",
        HEAD + "listen: '0.0.0.0:9417'\nlisten_publicly: true\n",
        smtp_check("user: u, password: !secret p, tls: none, allow_plain_password: true"),
    ],
)
def test_their_safe_neighbours_start(tmp_path: Path, text: str) -> None:
    assert problems_of(tmp_path, text) == []


def test_a_secret_is_read_from_beside_the_settings_and_only_when_used(tmp_path: Path) -> None:
    relay = load_text(tmp_path, mail("user: u, password: !secret relay_password")).relay
    assert relay is not None
    assert relay.password is not None
    (tmp_path / "secrets").mkdir()
    file = tmp_path / "secrets" / "relay_password"
    file.write_text(f"{CANARY}\n")
    file.chmod(0o600)
    assert relay.password.reveal() == CANARY
    assert CANARY not in repr(relay)
