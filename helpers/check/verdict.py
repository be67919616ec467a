"""What a checker says."""

import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a checker says: a state, and Markdown that says what to do next, or why it is right."""

    state: str  # "open", "wrong", "right"; of a text, which no machine can call right: "some", "all" points found
    message: str

    _MARKS: typing.ClassVar = {
        "open": "◯ Not answered yet.",
        "wrong": "✗ Not yet.",
        "right": "✓ Right.",
        "some": "◐ Read.",
        "all": "✓ Read.",
    }

    def __repr__(self):
        return f"{self._MARKS[self.state]} {self.message}"

    def _repr_markdown_(self):
        return f"**{self._MARKS[self.state]}** {self.message}"


def wrong(hint):
    """Verdict: not right, with a hint that names the likely mistake."""
    return Verdict("wrong", hint)


def right(reason):
    """Verdict: right, with the reason."""
    return Verdict("right", reason)
