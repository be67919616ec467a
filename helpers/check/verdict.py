"""What a checker says."""

_HEADS = {
    "open": "◯ Not answered yet.",
    "wrong": "✗ Not yet.",
    "right": "✓ Right.",
    "some": "◐ Read.",  # of a text, which no machine can call right: some points found, or all
    "all": "✓ Read.",
}


class Said:
    """A head, which a notebook shows in bold, and Markdown after it."""

    def __init__(self, head, message=""):
        self.head, self.message = head, message

    def __repr__(self):
        return f"{self.head} {self.message}".rstrip()

    def _repr_markdown_(self):
        return f"**{self.head}** {self.message}".rstrip()


class Verdict(Said):
    """A state (``"open"``, ``"wrong"``, ``"right"``, ``"some"``, ``"all"``), and what to do next, or why it is right."""

    def __init__(self, state, message):
        super().__init__(_HEADS[state], message)
        self.state = state


def wrong(hint):
    """Verdict: not right, with a hint that names the likely mistake."""
    return Verdict("wrong", hint)


def right(reason):
    """Verdict: right, with the reason."""
    return Verdict("right", reason)
