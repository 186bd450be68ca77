"""Ids that checks had before they were renamed: what was said of them then goes on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from checks.model import CheckId


@dataclass(frozen=True, slots=True)
class FormerId:
    id: CheckId
    until: datetime
    """When the check was renamed; a rename that a stop of the daemon hid is of the start."""


FormerIds: TypeAlias = Mapping[str, Sequence[FormerId]]
"""By present id; those that no other check has now."""
