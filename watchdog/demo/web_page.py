"""The daemon's web address as a person or a dashboard fetches it: its page and its metrics."""

import asyncio

from watchdog.demo.errors import DemoError

_ANSWERS_WITHIN_S = 10.0


async def metrics_page(place: str) -> str:
    """What /metrics says at `place`, "host:port". Raises DemoError."""
    _, body = await _fetched(place, "/metrics")
    return body


async def has_status_page(place: str) -> bool:
    """Whether a browser would show something at its address; a page that fails is none."""
    try:
        head, _ = await _fetched(place, "/")
    except DemoError:
        return False
    status, *fields = head.lower().split("\r\n")
    is_html = any(field.startswith("content-type:") and "text/html" in field for field in fields)
    return is_html and status.split()[1:2] == ["200"]


async def _fetched(place: str, path: str) -> tuple[str, str]:
    """Head and body. Raises DemoError."""
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            answer = await _get(place, path)
    except OSError as error:
        why = error.strerror or f"nothing came within {_ANSWERS_WITHIN_S:g} s"
        raise DemoError(f"http://{place}{path} does not answer: {why}") from error
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode("latin-1"), body.decode("utf-8", "replace")


async def _get(place: str, path: str) -> bytes:
    host, port = place.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        # HTTP/1.0: the answer comes in one piece and ends with the connection.
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {place}\r\n\r\n".encode())
        return await reader.read(-1)
    finally:
        writer.close()


def series(page: str, names: tuple[str, ...]) -> list[str]:
    """The lines of `page` with a value of these metrics that is not 0, as they stand."""
    lines = [line for line in page.splitlines() if _name(line) in names]
    return [line for line in lines if float(line.rpartition(" ")[2])]


def _name(line: str) -> str:
    return line.partition(" ")[0].partition("{")[0]
