import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Cause
from checks.network import caps
from checks.network.errors import ProbeError
from checks.network.lines import LineBuffer
from checks.network.values import LineDialogue, TlsTerms
from tests.support.certificates import Authority
from tests.support.network import (
    Handler,
    cause_of,
    listening,
    open_files,
    run,
    run_on_asyncio,
    saying,
    session,
    tls_context,
)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(b"you said " + line)
        await writer.drain()


def endless(block: bytes) -> Handler:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(block)
            await writer.drain()

    return serve


async def read_all(handler: Handler) -> tuple[list[str], Cause]:
    """Lines up to the error that ends them."""
    lines: list[str] = []
    async with listening(handler) as port, session() as net:
        dialogue = await net.dialogue("127.0.0.1", port, "any")
        try:
            while True:
                lines.append(await dialogue.read_line())
        except ProbeError as error:
            return lines, error.cause


def test_what_is_hidden_before_it_is_sent_stands_nowhere_in_the_transcript() -> None:
    async def look() -> str:
        async with listening(echo) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            dialogue.hide("c3cr3t")
            await dialogue.send_line("I know c3cr3t")
            await dialogue.read_line()
            return net.transcript()

    transcript = run(look())
    assert "you said I know ***" in transcript
    assert "c3cr3t" not in transcript


def test_lines_go_both_ways_and_into_the_transcript_without_secrets() -> None:
    async def look() -> tuple[str, str, str]:
        async with listening(echo) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            await dialogue.send_line("EHLO mx.example")
            first = await dialogue.read_line()
            await dialogue.send_line("AUTH PLAIN c3cr3t", shown="AUTH PLAIN ***")
            second = await dialogue.read_line()
            return first, second, net.transcript()

    for runner in (run, run_on_asyncio):
        first, second, transcript = runner(look())
        assert (first, second) == ("you said EHLO mx.example", "you said AUTH PLAIN c3cr3t")
        assert "> EHLO mx.example" in transcript
        assert "> AUTH PLAIN ***" in transcript
        assert "> AUTH PLAIN c3cr3t" not in transcript


@pytest.mark.parametrize("line", ["RCPT TO:<a>\r\nDATA", "a\nb", "a\0b"])
def test_a_line_that_would_be_two_is_never_sent(line: str) -> None:
    async def look() -> None:
        async with listening(echo) as port, session() as net:
            await (await net.dialogue("127.0.0.1", port, "any")).send_line(line)

    with pytest.raises(ValueError, match="line break"):
        run(look())


async def two_then_close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220-one\r\n220 two\n\xff\x00three\r\nhalf")
    await writer.drain()


def test_crlf_lf_and_odd_bytes_are_read_and_the_end_is_an_error() -> None:
    assert run(read_all(two_then_close)) == (["220-one", "220 two", "\xff\x00three"], Cause.PROTOCOL)


def test_odd_bytes_are_made_visible_in_the_transcript() -> None:
    async def look() -> str:
        async with listening(saying(b"220 \x1b[31mred\x00\xe2\x80\xae\r\n")) as port, session() as net:
            await (await net.dialogue("127.0.0.1", port, "any")).read_line()
            return net.transcript()

    transcript = run(look())
    assert "\\x1b[31mred\\x00" in transcript
    assert all(line.isprintable() for line in transcript.splitlines())


def test_endless_lines_end_at_the_cap() -> None:
    lines, cause = run(read_all(endless(b"220-and so on\r\n" * 100)))
    assert (len(lines), cause) == (caps.REPLY_LINES, Cause.TOO_LARGE)


@pytest.mark.parametrize("block", [b"x" * 1000, b"\0" * 4096])
def test_a_line_without_end_is_cut_at_the_cap(block: bytes) -> None:
    assert run(read_all(endless(block))) == ([], Cause.TOO_LARGE)


@pytest.mark.parametrize(
    ("length", "cause"), [(caps.LINE_BYTES, Cause.PROTOCOL), (caps.LINE_BYTES + 1, Cause.TOO_LARGE)]
)
@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_a_line_may_be_as_long_as_the_cap(length: int, cause: Cause, ending: bytes) -> None:
    async def once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"y" * length + ending)
        await writer.drain()

    lines, seen = run(read_all(once))
    assert (len(lines), seen) == (length <= caps.LINE_BYTES, cause)


def test_a_dialogue_without_end_is_cut_at_the_cap() -> None:
    async def look() -> Cause:
        async with listening(endless(b"z" * 1000 + b"\r\n")) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            while True:
                await dialogue.send_line("NOOP")
                cause = await cause_of(dialogue.read_line())
                if cause is not Cause.NONE:
                    return cause

    assert run(look()) is Cause.TOO_LARGE


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_lines_do_not_depend_on_how_the_bytes_arrive(pieces: list[bytes]) -> None:
    async def look(arriving: list[bytes]) -> list[bytes]:
        buffer = LineBuffer("peer")
        for piece in arriving:
            buffer.data_received(piece)
        buffer.connection_lost(None)
        lines = []
        try:
            while True:
                lines.append(await buffer.line())
        except ProbeError:
            return lines

    whole = b"".join(pieces)
    expected = [line.removesuffix(b"\r") for line in whole.split(b"\n")[:-1]]
    assert run_on_asyncio(look(pieces)) == expected == run_on_asyncio(look([whole]))


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return Authority.root(tmp_path)


def mail_server(root: Authority, *, injected: bytes = b"") -> Handler:
    context = tls_context(root.leaf("mx.example"))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx.example\r\n")
        assert await reader.readline() == b"STARTTLS\r\n"
        writer.write(b"220 go ahead\r\n" + injected)
        await writer.drain()
        await writer.start_tls(context)
        await echo(reader, writer)

    return serve


async def go_ahead(dialogue: LineDialogue) -> None:
    await dialogue.read_line()
    await dialogue.send_line("STARTTLS")
    await dialogue.read_line()


def test_a_dialogue_goes_on_inside_tls(root: Authority) -> None:
    async def look() -> tuple[str, bool, Cause]:
        async with listening(mail_server(root)) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            await go_ahead(dialogue)
            terms = TlsTerms(server_name="mx.example", ca_file=root.ca_file)
            seen = await dialogue.start_tls(terms)
            await dialogue.send_line("EHLO x")
            line = await dialogue.read_line()
            return line, dialogue.tls is seen and not seen.faults, await cause_of(dialogue.start_tls(terms))

    for runner in (run, run_on_asyncio):
        assert runner(look()) == ("you said EHLO x", True, Cause.PROTOCOL)


def test_plaintext_behind_the_go_ahead_is_an_injection(root: Authority) -> None:
    async def look() -> tuple[Cause, str]:
        async with listening(mail_server(root, injected=b"250 injected\r\n")) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            await go_ahead(dialogue)
            return await cause_of(dialogue.start_tls(TlsTerms(server_name="mx.example"))), net.transcript()

    cause, transcript = run(look())
    assert cause is Cause.PROTOCOL
    assert "250 injected" not in transcript


def test_a_dialogue_may_begin_inside_tls(root: Authority) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 at once\r\n")
        await echo(reader, writer)

    async def look() -> tuple[str, str]:
        async with listening(greet, tls_context(root.leaf("mx.example"))) as port, session() as net:
            terms = TlsTerms(server_name="mx.example", ca_file=root.ca_file)
            dialogue = await net.dialogue("127.0.0.1", port, "any", terms)
            first = await dialogue.read_line()
            await dialogue.send_line("QUIT")
            return first, await dialogue.read_line()

    for runner in (run, run_on_asyncio):
        assert runner(look()) == ("220 at once", "you said QUIT")


def test_a_silent_server_is_cut_by_the_caller_and_leaves_nothing_open() -> None:
    async def look() -> tuple[int, int]:
        async with listening(saying(b"220 hel")) as port:
            counts = []
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1), session() as net:
                        await (await net.dialogue("127.0.0.1", port, "any")).read_line()
                await asyncio.sleep(0.1)
                counts.append(open_files())
            return counts[0], counts[-1]

    before, after = run(look())
    assert after <= before


def talking(*parts: bytes) -> Handler:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        writer.close()

    return serve


def test_counted_bytes_are_taken_whole_and_the_line_behind_them_is_next() -> None:
    async def look() -> tuple[str, bytes, str]:
        async with listening(talking(b"* {5}\r\na\r", b"\nbc rest\r\n")) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            return await dialogue.read_line(), await dialogue.read_bytes(5), await dialogue.read_line()

    assert run(look()) == ("* {5}", b"a\r\nbc", " rest")


def test_a_count_over_the_cap_is_refused_before_a_byte_is_awaited() -> None:
    async def look() -> None:
        async with listening(talking(b"* {999999999}\r\n")) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            await dialogue.read_line()
            await dialogue.read_bytes(999_999_999)

    assert run(cause_of(look())) is Cause.TOO_LARGE


def test_all_to_the_end_is_what_came_until_the_peer_closed() -> None:
    async def look() -> bytes:
        async with listening(talking(b"first\r\n", b"second, without an ending")) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            return await dialogue.read_to_end()

    assert run(look()) == b"first\r\nsecond, without an ending"


def test_an_end_that_never_comes_is_cut_at_the_cap() -> None:
    async def look() -> None:
        async with listening(endless(b"whois says " * 1000)) as port, session() as net:
            dialogue = await net.dialogue("127.0.0.1", port, "any")
            await dialogue.read_to_end()

    assert run(cause_of(look())) is Cause.TOO_LARGE
