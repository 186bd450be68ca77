"""Draws the pictures of docs/: `python -m tests.support.screenshots`. Needs Debian's chromium and chromium-driver."""

import sys
import tempfile
from pathlib import Path

from alerts.incident import Nature
from tests.support.background import in_background
from tests.support.browser import DESK, PHONE, browser, screenshot, sized
from tests.support.page_estate import PageEstate, page_estate, serving_site

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"

#: Pictures load with a page of the documentation.
MAX_BYTES = 300_000


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        page_estate(Path(folder)) as estate,
        in_background(serving_site(estate)) as site,
        browser(Path(folder) / "profile") as chrome,
    ):
        for name, path, size, dark, anchor in _pictures(estate):
            sized(chrome, size, dark=dark)
            chrome.get(site.url(path))
            if anchor:
                chrome.execute_script("document.getElementById(arguments[0]).scrollIntoView()", anchor)
            picture = screenshot(chrome)
            if len(picture) > MAX_BYTES:
                sys.stderr.write(f"{name}: {len(picture):,} bytes, at most {MAX_BYTES:,}\n")
                return 1
            (FOLDER / f"{name}.png").write_bytes(picture)
    return 0


def _pictures(estate: PageEstate) -> list[tuple[str, str, tuple[int, int], bool, str]]:
    """Name, path, size of the window, dark or not, and where to scroll to."""
    faults = (one for one in estate.watching.subjects.incidents() if one.nature is Nature.FAULT)
    return [
        ("overview", "/", (DESK[0], 1000), False, ""),
        ("deadlines", "/", (DESK[0], 900), False, "bills"),
        ("phone", "/", PHONE, True, ""),
        ("incident", f"/incidents/{next(faults).id}", DESK, False, ""),
    ]


if __name__ == "__main__":
    sys.exit(main())
