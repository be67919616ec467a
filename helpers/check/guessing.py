"""Keep what a learner expects before the next cell shows it.

What a figure means stands in ``guesses.toml``: in the notebook it would give the answer away.
"""

import tomllib
from pathlib import Path

from IPython.display import display

from helpers import profile
from helpers.check.reading import as_number

_MEANINGS = tomllib.loads(Path(__file__).with_name("guesses.toml").read_text("utf-8"))


class _Said(str):
    """Text that a notebook shows as Markdown."""

    def __repr__(self):
        return self.replace("**", "")

    def _repr_markdown_(self):
        return str(self)


class Guess:
    """What :func:`guess` returns; `said` is the number or word that was kept, None without one."""

    def __init__(self, key, said):
        self._key, self.said = key, said

    def compare(self, actual, **figures):
        """Show the figure, how far off the guess was, and how it compares with the guesses before.

        Parameters
        ----------
        actual : float or str
            Rounded as it is to be read.
        **figures : float
            What the meaning of the figure names in braces.
        """
        lines = [f"**It is {_spelled(actual)}.**"]
        if self.said is not None:
            numbers = not isinstance(self.said, str) and not isinstance(actual, str)
            off = f", {abs(self.said - actual):,.3g} off" if numbers else ""
            lines.append(
                f"You said {_spelled(self.said)}{off}: {'a hit' if _hit(self.said, actual) else 'no hit'}."
            )
            profile.update(
                lambda told: setattr(
                    told.guesses[self._key], "was", actual if isinstance(actual, str) else float(actual)
                )
            )
            past = [one for one in profile.read().guesses.values() if one.was is not None]
            hits = sum(_hit(one.said, one.was) for one in past)
            lines.append(f"So far {hits} of {len(past)} guesses came within a tenth of the figure.")
        notebook, _, name = self._key.partition(".")
        meaning = _MEANINGS.get(notebook, {}).get(name, "").format(**figures)
        display(_Said(" ".join([*lines, meaning]).strip()))


def guess(notebook, name, said, what):
    """Keep a guess. The first one counts: after the figure was shown it is not replaced.

    Parameters
    ----------
    notebook, name : str
    said : float or str
        Three dots while nothing was said.
    what : str
        What to put in their place, such as ``"a percentage"``.

    Returns
    -------
    Guess
        To compare in the next cell.
    """
    key = f"{notebook}.{name}"
    if said is ... or said is None:
        display(_Said(f"**◯ No guess yet.** Replace the three dots with {what}, then run the next cell."))
        return Guess(key, None)
    try:
        said = as_number(said)
    except Exception:  # a word, or anything else
        said = str(said).strip()[:60]
    before = profile.read().guesses.get(key)
    if before and before.was is not None:
        display(_Said(f"**✓ Your first guess counts:** {_spelled(before.said)}."))
        return Guess(key, before.said)
    profile.update(lambda told: told.guesses.update({key: profile.OneGuess(said=said)}))
    display(_Said(f"**✓ Kept:** {_spelled(said)}. Now run the next cell."))
    return Guess(key, said)


def _spelled(value):
    return value if isinstance(value, str) else f"{value:,.10g}"


def _hit(said, was):
    if isinstance(said, str) or isinstance(was, str):
        return str(said).casefold() == str(was).casefold()
    return abs(said - was) <= 0.1 * abs(was)
