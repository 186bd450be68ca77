"""Where `!secret` and `!secret-file` are read from."""

import re
from collections.abc import Mapping
from pathlib import Path

from checks.secret import Secret, secret_from_file
from watchdog.settings.yaml_tree import SecretMaker

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def secret_folder(settings_folder: Path, environ: Mapping[str, str]) -> Path:
    """The credentials systemd hands over (LoadCredential=) where it does, else `secrets/` beside the settings."""
    given = environ.get("CREDENTIALS_DIRECTORY")
    return Path(given) if given else settings_folder / "secrets"


def secret_tags(settings_folder: Path, environ: Mapping[str, str]) -> Mapping[str, SecretMaker]:
    """The two tags of settings. Nothing is read here: a missing credential fails only who needs it, when it does."""
    folder = secret_folder(settings_folder, environ)

    def named(name: str) -> Secret:
        if not _NAME.fullmatch(name):
            raise ValueError("a secret's name is letters, digits, '_', '-' and '.'; for a path use !secret-file")
        return secret_from_file(folder / name, name)

    def in_file(path: str) -> Secret:
        if not path or "\0" in path:
            raise ValueError("!secret-file needs the path of a file")
        return secret_from_file(settings_folder / path, path)

    return {"!secret": named, "!secret-file": in_file}
