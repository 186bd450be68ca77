"""Whole numbers in as few bytes as they need: seven bits a byte, the lowest first; the top bit means: more."""

from typing import Final

#: No number of ours is longer: 64 bits in groups of seven.
_LONGEST: Final = 10
_SEVEN_BITS: Final = 0x7F
_MORE: Final = 0x80


class CutShortError(ValueError):
    """The bytes end within a number, or it is longer than any of ours."""


def put(out: bytearray, number: int) -> None:
    """Appends `number`, which is not negative."""
    while number > _SEVEN_BITS:
        out.append(number & _SEVEN_BITS | _MORE)
        number >>= 7
    out.append(number)


def put_signed(out: bytearray, number: int) -> None:
    """Appends `number` so that small ones stay short on both sides of zero: 0, -1, 1, -2 become 0, 1, 2, 3."""
    put(out, number << 1 if number >= 0 else (-number << 1) - 1)


class Reader:
    """Takes `blob` apart from its front. Raises CutShortError, never IndexError."""

    __slots__ = ("at", "blob")

    def __init__(self, blob: bytes, at: int = 0) -> None:
        self.blob = blob
        self.at = at

    def take(self, size: int) -> bytes:
        end = self.at + size
        if not self.at <= end <= len(self.blob):
            raise CutShortError("the bytes end too early")
        taken = self.blob[self.at : end]
        self.at = end
        return taken

    def byte(self) -> int:
        at = self.at
        if at >= len(self.blob):
            raise CutShortError("the bytes end too early")
        self.at = at + 1
        return self.blob[at]

    def number(self) -> int:
        value = shift = 0
        while (byte := self.byte()) > _SEVEN_BITS:
            value |= (byte & _SEVEN_BITS) << shift
            shift += 7
            if shift >= 7 * _LONGEST:
                raise CutShortError("a number is too long")
        return value | byte << shift

    def signed(self) -> int:
        value = self.number()
        return -(value >> 1) - 1 if value & 1 else value >> 1

    @property
    def rest(self) -> int:
        return len(self.blob) - self.at
