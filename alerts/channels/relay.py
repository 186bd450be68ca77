"""The mail server that carries our own messages out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from checks.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRelay:
    """A submission server. Credentials travel only over verified TLS."""

    host: str
    port: int = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str | None = None
    password: Secret | None = None
    sender: str
    """Envelope sender and From address; its domain is the right-hand side of Message-IDs."""
    ca_file: Path | None = None
    timeout_s: float = 30.0
