"""Copies of the state, as written."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from checks.units import Duration
from watchdog.settings.fields import Entry
from watchdog.settings.values import BackupSettings

_OFTEN: Final = timedelta(hours=1)
_SELDOM: Final = timedelta(days=31)
_MANY: Final = 366


def _folder(value: object) -> object:
    if isinstance(value, str) and not value.startswith("/"):
        raise ValueError("must be an absolute path")
    return value


def _in_range(every: timedelta) -> timedelta:
    if not _OFTEN <= every <= _SELDOM:
        raise ValueError("must be from 1h to 31d")
    return every


_Folder: TypeAlias = Annotated[Path, BeforeValidator(_folder)]
_Every: TypeAlias = Annotated[Duration, AfterValidator(_in_range)]


class BackupEntry(Entry):
    folder: _Folder | None = Field(None, description="left out: backups in the state's folder")
    every: _Every = Field("24h", validate_default=True, description="from 1h to 31d")
    keep: int = Field(7, strict=True, ge=0, le=_MANY, description="how many; 0 makes none")

    def backup(self) -> BackupSettings:
        return BackupSettings(folder=self.folder, every_s=self.every.total_seconds(), keep=self.keep)
