"""Draws the pictures of docs/: `python -m tests.support.screenshots`. Needs Debian's chromium and chromium-driver."""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from alerts.flow import Health
from alerts.incident import Nature
from alerts.mutes.matcher import matchers_of
from alerts.mutes.mute import Mute, MuteKind
from tests.support.background import in_background
from tests.support.browser import DESK, PHONE, browser, screenshot, sized
from tests.support.page_estate import NOW, PageEstate, page_estate, serving_site

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
        _quieten(estate)
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


def _quieten(estate: PageEstate) -> None:
    """Somebody asked for silence, a window is to come, and one way out is left alone."""

    def mute(kind: MuteKind, matcher: str, reason: str, begins_h: float, author: str = "asad") -> Mute:
        starts_at = NOW + timedelta(hours=begins_h)
        return Mute(
            id=reason,
            kind=kind,
            matchers=matchers_of([matcher]),
            author=author,
            reason=reason,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
        )

    estate.mutes = (
        mute(MuteKind.SILENCE, "check=portal", "the web server is being moved", -1),
        mute(MuteKind.SILENCE, "service=official-mail", "typed in haste", -0.5, "bina"),
        mute(MuteKind.MAINTENANCE, "kind=smtp", "relay update", 20, "the settings"),
    )
    *_, name = sorted(set(estate.telling.directory.ways.values()))
    estate.health = {name: Health(is_out=True, since=NOW - timedelta(minutes=34), reason="http_404")}


def _pictures(estate: PageEstate) -> list[tuple[str, str, tuple[int, int], bool, str]]:
    """Name, path, size of the window, dark or not, and where to scroll to."""
    faults = (one for one in estate.watching.subjects.incidents() if one.nature is Nature.FAULT)
    return [
        ("overview", "/", (DESK[0], 1000), False, ""),
        ("deadlines", "/", (DESK[0], 900), False, "bills"),
        ("phone", "/", PHONE, True, ""),
        ("telling", "/telling", (DESK[0], 800), False, ""),
        ("incident", f"/incidents/{next(faults).id}", DESK, False, ""),
    ]


if __name__ == "__main__":
    sys.exit(main())
