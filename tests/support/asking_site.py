"""Whoever asks a site over a real listener, one request a connection."""

import asyncio

from tests.support.page_estate import Served

#: Methods that change nothing here, and are refused.
METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]


class Answer:
    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
        pairs = [line.partition(": ") for line in lines[1:]]
        self.headers = {name.lower(): value for name, _, value in pairs}

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(served: Served, path: str, method: str = "GET", host: str = "localhost", more: str = "") -> Answer:
    async def asked() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode())
        async with asyncio.timeout(60):
            raw = await reader.read()
        writer.close()
        return raw

    return Answer(asyncio.run(asked()))
