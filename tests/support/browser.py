"""Debian's Chromium without a screen, as people's browsers are: scripts on or off, light or dark, desk or phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement

PHONE = (360, 740)
DESK = (1280, 900)


@contextmanager
def browser(profile: Path, *, scripts: bool = True) -> Iterator[webdriver.Chrome]:
    """A fresh browser; skips the test where Chromium is missing, which in CI is a failure."""
    chromium, driver = which("chromium"), which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = Options()
    options.binary_location = chromium
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    started = webdriver.Chrome(options, Service(driver))
    try:
        started.set_page_load_timeout(60)
        yield started
    finally:
        started.quit()


_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # CI runs as root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


def sized(driver: webdriver.Chrome, size: tuple[int, int], *, dark: bool = False) -> None:
    """The window's inside, and which of the two colour schemes its owner likes."""
    _devtools(
        driver, "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    _devtools(driver, "Emulation.setEmulatedMedia", media="", features=[scheme])


def screenshot(driver: webdriver.Chrome, *, whole: bool = False) -> bytes:
    """A PNG of what is seen, or of the whole page."""
    if not whole:
        return driver.get_screenshot_as_png()
    width, height = driver.execute_script(
        "return [document.documentElement.clientWidth, document.documentElement.scrollHeight]"
    )
    _devtools(
        driver, "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
    )
    return driver.get_screenshot_as_png()


def complaints(driver: webdriver.Chrome) -> list[str]:
    """What the console says since it was asked last."""
    return [entry["message"] for entry in driver.get_log("browser")]  # type: ignore[no-untyped-call]  # selenium has none for it


def is_gone(element: WebElement) -> bool:
    """Whether the page that held the element was left: only then does a look read what came after a click."""
    try:
        return not element.is_enabled()
    except StaleElementReferenceException:
        return True


def is_shown(driver: webdriver.Chrome, element_id: str) -> bool:
    """In one step: a page that renews itself may put another element in its place between two."""
    return bool(driver.execute_script("return document.getElementById(arguments[0])?.checkVisibility()", element_id))


def _devtools(driver: webdriver.Chrome, command: str, **parameters: Any) -> None:  # noqa: ANN401  # DevTools' own shapes
    driver.execute_cdp_cmd(command, parameters)
