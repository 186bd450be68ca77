"""A password of a probe, and what servers hear of it."""

from pathlib import Path

from checks.secret import Secret, secret_from_file

PASSWORD = "correct horse"


def password_in(folder: Path) -> Secret:
    """The password, from a file in `folder` that only its owner may read."""
    path = folder / "password"
    path.touch(0o600)
    path.write_text(PASSWORD)
    return secret_from_file(path)
