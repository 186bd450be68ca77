"""What one list may cost. Whatever is over it is refused in words, not by running out of something."""

from typing import Final

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_ROWS: Final = 150_000
MAX_COLUMNS: Final = 100
MAX_CELL_CHARS: Final = 4_000
#: Headings stand within the first rows; above them there may be a title.
HEADING_WITHIN: Final = 20
#: A list with so many bad cells is another file, or has slipped by a column.
MAX_PROBLEMS: Final = 1_000

#: Of a sheet, which is a zip archive.
MAX_ENTRIES: Final = 2_000
MAX_UNPACKED_BYTES: Final = 400 * 1024 * 1024
#: Sheets of equal rows shrink to a hundredth; a bomb to a thousandth.
MAX_RATIO: Final = 250
RATIO_FROM_BYTES: Final = 1024 * 1024
#: Small parts of a sheet, which are read as a whole.
MAX_PART_BYTES: Final = 4 * 1024 * 1024
MAX_SHARED_STRINGS: Final = 1_000_000
MAX_SHARED_CHARS: Final = 24 * 1024 * 1024
MAX_DEPTH: Final = 64
