"""What a person reads of a mail that arrived, beside the same as HTML or not."""

from email.message import EmailMessage


def plain_text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None, "no plain text in it"
    return str(part.get_content())
