"""Keep what a learner expects before the next cell shows it.

What a figure means stands in ``guesses.toml``: in the notebook it would give the answer away.
"""

import dataclasses
import tomllib
from pathlib import Path

from IPython.display import display

from helpers import profile
from helpers.check.reading import as_number
from helpers.check.verdict import Said

_MEANINGS = tomllib.loads(Path(__file__).with_name("guesses.toml").read_text("utf-8"))


@dataclasses.dataclass(frozen=True)
class Guess:
    """What :func:`guess` returns; `said` is the number or word that was kept, None without one."""

    notebook: str
    name: str
    said: float | str | None

    def compare(self, actual, at_least=False, **figures):
        """Show the figure, rounded as it is to be read, how far off the guess was, and how many were hits before.

        A guess of `at_least` so much is met by more. `figures` are what the meaning of the figure names in braces.
        """
        lines = []
        if self.said is not None:
            numbers = not isinstance(self.said, str) and not isinstance(actual, str)
            off = f", {_spelled(abs(self.said - actual))} off" if numbers else ""
            met = at_least and numbers and actual >= self.said
            verdict = "that is enough" if met else "a hit" if _hit(self.said, actual) else "no hit"
            lines.append(f"You said {_quoted(self.said)}{'' if met else off}: {verdict}.")
            was = self.said if met else actual if isinstance(actual, str) else float(actual)
            key = f"{self.notebook}.{self.name}"
            profile.update(lambda told: setattr(told.guesses[key], "was", was))
            past = [one for one in profile.read().guesses.values() if one.was is not None]
            hits = sum(_hit(one.said, one.was) for one in past)
            lines.append(f"So far {hits} of {len(past)} guesses came within a tenth of the figure.")
        lines.append(_MEANINGS.get(self.notebook, {}).get(self.name, "").format(**figures))
        display(Said(f"It is {_spelled(actual)}.", " ".join(lines)))


def guess(notebook, name, said, what):
    """Keep a guess. The first one counts: after the figure was shown it is not replaced.

    `said` is a number or text, three dots while nothing was said; `what` says what to put in their place.
    """
    if said is ... or said is None:
        display(Said("◯ No guess yet.", f"Replace the three dots with {what}, then run the next cell."))
        return Guess(notebook, name, None)
    try:
        said = as_number(said)
    except Exception:  # a word, or anything else
        said = " ".join(str(said).split())[:60]
    key = f"{notebook}.{name}"
    before = profile.read().guesses.get(key)
    if before and before.was is not None:
        display(Said("✓ Your first guess counts:", f"{_quoted(before.said)}."))
        return Guess(notebook, name, before.said)
    profile.update(lambda told: told.guesses.update({key: profile.OneGuess(said=said)}))
    display(Said("✓ Kept:", f"{_quoted(said)}. Now run the next cell."))
    return Guess(notebook, name, said)


def _spelled(value):
    return value if isinstance(value, str) else f"{value:,.10g}"


def _quoted(said):
    """What the learner said; words as code, so that none of them is shown as markup."""
    return f"`{said.replace('`', '')}`" if isinstance(said, str) else _spelled(said)


def _hit(said, was):
    if isinstance(said, str) or isinstance(was, str):
        return str(said).casefold() == str(was).casefold()
    return abs(said - was) <= 0.1 * abs(was)
