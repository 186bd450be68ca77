"""Signed links as the settings want them: the key is read once, whenever settings are."""

import structlog

from alerts.links import MIN_KEY_CHARS, Links
from checks.secret import SecretUnavailableError
from watchdog.settings.values import Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def links_of(settings: Settings) -> Links | None:
    """None where there are none, or their key is of no use: then messages go without links, and the log says why."""
    wanted, base_url = settings.links, settings.estate.public_url
    if wanted is None or base_url is None:
        return None
    try:
        key = wanted.key.reveal()
    except SecretUnavailableError as error:
        log.warning("messages go without links", why=str(error))
        return None
    if len(key) < MIN_KEY_CHARS:
        log.warning("messages go without links", why=f"{wanted.key} is shorter than {MIN_KEY_CHARS} characters")
        return None
    return Links(base_url=base_url, key=key.encode(), valid=wanted.valid)
