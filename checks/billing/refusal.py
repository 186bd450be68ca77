"""Why a list of bills is not taken."""

from collections.abc import Sequence
from dataclasses import dataclass

#: Stands for a column where the trouble is with the file.
WHOLE_FILE = "file"


@dataclass(frozen=True, slots=True)
class BadCell:
    """What is wrong where, as a spreadsheet counts: the header is row 1. Never what stands there."""

    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        if self.column == WHOLE_FILE:
            return self.problem if self.row == 1 else f"row {self.row}: {self.problem}"
        return f"row {self.row}, {self.column}: {self.problem}"


class BillsRefusedError(Exception):
    """The list cannot be taken as it is; `problems` says all that is to be mended, in the order of the rows."""

    def __init__(self, problems: Sequence[BadCell]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


def refused(row: int, column: str, problem: str) -> BillsRefusedError:
    return BillsRefusedError([BadCell(row, column, problem)])
