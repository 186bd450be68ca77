"""How a mail server is reached, encrypted and logged in to: the options that its three protocols have in common."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from checks.family import FamilyChoice
from checks.network.values import TlsTerms
from checks.plugin import OptionsBase
from checks.secret import Secret
from checks.target import Host, host_and_port

Encryption: TypeAlias = Literal["none", "starttls", "implicit"]


def _one_line(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


#: A word that travels within a line of the dialogue.
OneLine: TypeAlias = Annotated[str, AfterValidator(_one_line)]


class Access(OptionsBase, ABC):
    host: Host
    tls: Encryption | None = None
    user: OneLine | None = None
    password: Secret | None = None
    family: FamilyChoice = Field("any", description="any, 4, 6, or both: one finding per family")
    ca_file: Path | None = Field(None, description="trust these authorities instead of the system's")
    allow_plain_password: bool = Field(default=False, description="send the password even without TLS")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; give both or neither")
        if self.user is not None and self.encryption == "none" and not self.allow_plain_password:
            raise ValueError(
                "a password is not sent without TLS; set tls to starttls or implicit (or allow_plain_password: true)"
            )
        return self

    @property
    @abstractmethod
    def dialled_port(self) -> int: ...

    @property
    @abstractmethod
    def encryption(self) -> Encryption:
        """What `tls` says; where it says nothing, what is usual on that port."""

    @property
    def terms(self) -> TlsTerms:
        return TlsTerms(server_name=self.host, ca_file=self.ca_file)

    @property
    def subject(self) -> str:
        return host_and_port(self.host, self.dialled_port)
