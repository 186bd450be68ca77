"""XML of sheets, read as a stream: no document type, so no entity of its own and nothing from elsewhere."""

from collections.abc import Iterator
from typing import IO, Final, NoReturn, Protocol
from xml.parsers import expat

from checks.billing.intake.sheet_zip import UNPACK_ERRORS, damaged
from checks.billing.refusal import WHOLE_FILE, refused

_CHUNK_BYTES: Final = 256 * 1024


class Handler(Protocol):
    """What becomes of the elements. Names come without the prefix of their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def feed(handle: IO[bytes], handler: Handler) -> Iterator[None]:
    """Yields after every piece, so that what came of it can be taken. Raises BillsRefusedError."""
    parser = _parser(handler)
    try:
        while chunk := handle.read(_CHUNK_BYTES):
            parser.Parse(chunk, False)  # noqa: FBT003  # it takes no keywords
            yield
        parser.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, *UNPACK_ERRORS):
        raise damaged() from None
    yield


def _parser(handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.ExternalEntityRefHandler = _refuse_doctype
    start, end = handler.start, handler.end

    def bare_start(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def bare_end(name: str) -> None:
        end(name.rpartition(":")[2] if ":" in name else name)

    parser.StartElementHandler = bare_start
    parser.EndElementHandler = bare_end
    parser.CharacterDataHandler = handler.text
    return parser


def _refuse_doctype(*_said: object) -> NoReturn:
    raise refused(1, WHOLE_FILE, "declares a document type, as no sheet does; it is not read")
