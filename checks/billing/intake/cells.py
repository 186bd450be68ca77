"""A cell that is more than its text. Plain text is `str`; what a sheet knows besides is a kind of it."""

from typing import Self


class DayCell(str):
    """A day, written yyyy-mm-dd: the sheet itself says that it is one."""

    __slots__ = ()


class UnfitCell(str):
    """A cell that cannot be read; its text says why."""

    __slots__ = ()


class NumberCell(str):
    """A number that a sheet holds as one: a point is before its decimals, whatever marks the list's texts have."""

    __slots__ = ("money",)

    money: str
    """The currency that its format shows beside it; "" where it shows none."""

    def __new__(cls, figures: str, money: str = "") -> Self:
        cell = super().__new__(cls, figures)
        cell.money = money
        return cell
