"""Commands that people copy out of a text and paste into a shell: what others wrote stands in quotes there. Pure."""

from shlex import quote


def pasted(word: str) -> str:
    """`word` as one argument, on one line, of which a shell runs nothing; an ordinary id stays as it is."""
    return quote(" ".join(word.split()))


def record_command(bill: str, event: str) -> str:
    """What puts `event`, like "noted --reason TEXT", on record of the bill called "acme/INV-7"."""
    return f"nigehban invoices record {pasted(bill)} {event}"
