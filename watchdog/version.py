"""Which version runs."""

from importlib import metadata


def version() -> str:
    """The installed version; "0" in a tree that was never installed."""
    try:
        return metadata.version("nigehban")
    except metadata.PackageNotFoundError:
        return "0"
