"""What /metrics says, as a dashboard fetches it."""

import asyncio

from watchdog.demo.errors import DemoError

_ANSWERS_WITHIN_S = 10.0


async def metrics_page(place: str) -> str:
    """The page at `place`, "host:port". Raises DemoError."""
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            answer = await _get(*place.rsplit(":", 1))
    except OSError as error:
        raise DemoError(f"http://{place}/metrics does not answer: {error.strerror or error}") from error
    return answer.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")


async def _get(host: str, port: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        # HTTP/1.0: the answer comes in one piece and ends with the connection.
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        return await reader.read(-1)
    finally:
        writer.close()


def series(page: str, names: tuple[str, ...]) -> list[str]:
    """The lines of `page` with a value of these metrics that is not 0, as they stand."""
    lines = [line for line in page.splitlines() if _name(line) in names]
    return [line for line in lines if float(line.rpartition(" ")[2])]


def _name(line: str) -> str:
    return line.partition(" ")[0].partition("{")[0]
