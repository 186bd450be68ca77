"""A cell that is more than its text. Plain text is `str`; what a sheet knows besides is a kind of it."""


class DayCell(str):
    """A day, written yyyy-mm-dd: the sheet itself says that it is one."""

    __slots__ = ()


class UnfitCell(str):
    """A cell that cannot be read; its text says why."""

    __slots__ = ()
