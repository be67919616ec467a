"""What the learner told us, one small JSON file in their own data folder, and their work folder.

The environment variable ML_CAREERS_HOME may name another place for both. The file is written whole or not at all,
under a lock; one that cannot be understood is moved aside, never overwritten; where nothing can be written, the
answers last until the kernel stops. Nothing here prints: what a learner should read is in `Profile.note`.
"""

import contextlib
import os
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from filelock import FileLock
from pydantic import BaseModel, Field, StringConstraints, ValidationError

QUESTIONS = tomllib.loads(Path(__file__).with_name("questions.toml").read_text("utf-8"))
NOT_DONE = -1
"""Rating of a piece of work that the learner did not do."""

_PROJECT = Path(__file__).resolve().parent.parent
_LOCK_SECONDS = 5  # a change takes milliseconds, so whoever holds the lock longer is stuck

Step = Annotated[int, Field(ge=0, le=4, strict=True)]
Rating = Annotated[int, Field(ge=NOT_DONE, le=4, strict=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Notebook = Annotated[str, StringConstraints(pattern=r"^\d\d$")]
Said = Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, StringConstraints(max_length=60)]


class Answers(BaseModel, extra="forbid"):
    """What the form of notebook 00 asks. Nothing is required: what was not said is None or empty."""

    background: Literal[tuple(QUESTIONS["background"])] | None = None
    hopes: list[Literal[tuple(QUESTIONS["hopes"])]] = []
    hours: Annotated[int, Field(ge=1, le=40, strict=True)] | None = None
    country: Annotated[str, StringConstraints(max_length=60, strip_whitespace=True)] = ""
    skills: dict[Literal[tuple(QUESTIONS["skills"])], Step] = {}


class Level(BaseModel, extra="forbid"):
    """What the self-check of notebook 06 found for a skill: 0 to 4, and an interval that holds it four times in five."""

    level: Annotated[float, Field(ge=0, le=4)]
    low: Annotated[float, Field(ge=0, le=4)]
    high: Annotated[float, Field(ge=0, le=4)]


class OneGuess(BaseModel, extra="forbid"):
    """What a learner expected, and what it was once they have seen it."""

    said: Said
    was: Said | None = None


class Profile(BaseModel, extra="forbid"):
    """The answers, what was solved and built, how each piece of work was liked, guesses, and levels of the self-check."""

    version: Literal[1] = 1
    answers: Answers = Answers()
    solved: dict[Notebook, list[Name]] = {}
    liked: dict[Notebook, dict[Name, Rating]] = {}
    guesses: dict[Annotated[str, StringConstraints(pattern=r"^\d\d\.\w{1,40}$")], OneGuess] = {}
    levels: dict[Literal[tuple(QUESTIONS["skills"])], Level] = {}
    note: str = Field("", exclude=True)


_unsaved = []  # changes that could not be written: they are made again on whatever is read


def _home(otherwise):
    named = os.environ.get("ML_CAREERS_HOME")
    try:
        return (Path(named) if named else otherwise()).expanduser().absolute()
    except RuntimeError:
        raise OSError("no home folder is known: set ML_CAREERS_HOME to a folder of yours") from None


def path():
    """pathlib.Path: where the profile lies, or will lie. OSError if no home folder is known."""
    return _home(lambda: platformdirs.user_data_path("ml-careers", appauthor=False)) / "profile.json"


def work(notebook):
    """Make the learner's work folder of a notebook such as ``"02"``, if it is not there, and return its path.

    It lies in `work/` beside the notebooks, where the file browser shows it; a temporary one where that cannot be.
    """
    with contextlib.suppress(OSError):
        folder = _home(lambda: _PROJECT) / "work" / notebook
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    folder = Path(tempfile.gettempdir(), f"ml-careers-work-{os.getpid()}", notebook)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read():
    """Profile: what is kept; an empty one if there is none or it cannot be read, and `note` then says why."""
    try:
        told = _stored(path())
    except OSError as error:
        told = Profile(note=f"Your saved answers cannot be read ({error.strerror or error}).")
    return _with_unsaved(told)


def _stored(file):
    if file.exists() and not file.is_file():
        raise OSError(f"{file.name} is no ordinary file")  # a pipe would be waited for, for ever
    try:
        return Profile.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Profile()
    except ValidationError:
        kept = aside(file, "damaged")
        why = "it is damaged, or of another version"
        return Profile(note=f"Your file of answers could not be used ({why}). It is kept, whole, as {kept}.")


def aside(file, why):
    """Move a file (a Path) out of the way under a name that nothing has yet, and return that name."""
    return file.replace(file.with_name(f"{file.name}.{why}-{datetime.now():%Y-%m-%d-%H%M%S-%f}")).name


def _with_unsaved(told):
    for change in _unsaved:
        with contextlib.suppress(Exception):  # what it was about may be gone in the meantime
            told = _changed(told, change)
    return told


def _changed(told, change):
    copy = told.model_copy(deep=True)
    everything = change(copy) or copy.model_dump()
    return Profile.model_validate({**everything, "note": told.note})


def update(change):
    """Change the profile, under a lock: ``update(lambda told: told.answers.skills.update(python=2))``.

    A change may also return a dict, which takes the place of all. Returns the Profile as it is now, with a `note` if it
    could not be saved. If the result is no profile, it raises pydantic.ValidationError, and nothing has changed.
    """
    try:
        file = path()
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=_LOCK_SECONDS):
            told = _changed(_with_unsaved(_stored(file)), change)
            beside = file.with_name(f"{file.name}.new")
            beside.write_text(told.model_dump_json(indent=1) + "\n", "utf-8")
            beside.replace(file)
        _unsaved.clear()
    except (OSError, NotImplementedError) as error:  # also a lock that is not let go, or a disk without locks
        told = _changed(read(), change)
        _unsaved.append(change)
        why = getattr(error, "strerror", None) or error
        told.note = f"Your answers cannot be saved ({why}): they last until the kernel stops."
    return told


def mark_solved(notebook, name):
    """Note that an exercise or a build was done, such as ``mark_solved("01", "share_change")``."""
    update(lambda told: told.solved.update({notebook: sorted({*told.solved.get(notebook, ()), name})}))
