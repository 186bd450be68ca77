"""That a server said no, whatever protocol it speaks."""


class RefusalError(Exception):
    """The server answered a step of a session with something else than consent.

    Each dialogue raises a RefusedError of its own, which carries the stage and the reply as values too.
    """

    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"{step}: {said}")
        self.step = step
        """As people know it: "the greeting", "STARTTLS", "the login"."""
        self.said = said
        """The server's words, one line, safe to show."""
