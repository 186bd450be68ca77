"""Stands in for the daemon at its socket, for one question."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server(state: Path, answer: Callable[[socket.socket], None]) -> Iterator[None]:
    """Takes one connection and does what `answer` says with it."""
    place = state / "nigehban.sock"
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(place))
    listening.listen()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(60)
            connection.recv(65536)
            answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        listening.close()
        place.unlink()


def saying(*pieces: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer
