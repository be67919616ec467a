"""What the learner told us, one small JSON file in their own data folder, and their work folder.

The environment variable ML_CAREERS_HOME may name another place for both. The file is written whole or not at all,
under a lock; one that cannot be understood is moved aside, never overwritten; where nothing can be written, the
answers last until the kernel stops. Nothing here prints: what a learner should read is in `Profile.note`.
"""

import contextlib
import os
import stat
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

QUESTIONS = tomllib.loads(Path(__file__).with_name("questions.toml").read_text("utf-8"))
NOT_DONE = -1
"""Rating of a piece of work that the learner did not do."""

MAX_BYTES = 256 * 1024  # the fullest profile takes a tenth of it
_PROJECT = Path(__file__).resolve().parent.parent
_LOCK_SECONDS = 5  # a change takes milliseconds, so whoever holds the lock longer is stuck

Step = Annotated[int, Field(ge=0, le=4, strict=True)]
Rating = Annotated[int, Field(ge=NOT_DONE, le=4, strict=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Notebook = Annotated[str, StringConstraints(pattern=r"^\d\d$")]
Said = Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, StringConstraints(max_length=60)]


class Answers(BaseModel):
    """What the form of notebook 00 asks. Nothing is required: what was not said is None or empty."""

    model_config = ConfigDict(extra="forbid")

    background: Literal[tuple(QUESTIONS["background"])] | None = None
    hopes: list[Literal[tuple(QUESTIONS["hopes"])]] = []
    hours: Annotated[int, Field(ge=1, le=40, strict=True)] | None = None
    country: Annotated[str, StringConstraints(max_length=60, strip_whitespace=True)] = ""
    skills: dict[Literal[tuple(QUESTIONS["skills"])], Step] = {}


class OneGuess(BaseModel):
    """What a learner expected, and what it was once they have seen it."""

    model_config = ConfigDict(extra="forbid")

    said: Said
    was: Said | None = None


class Profile(BaseModel):
    """The answers, what was solved and built, how each piece of work was liked, and the guesses."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    answers: Answers = Answers()
    solved: dict[Notebook, list[Name]] = {}
    liked: dict[Notebook, dict[Name, Rating]] = {}
    guesses: dict[Annotated[str, StringConstraints(pattern=r"^\d\d\.\w{1,40}$")], OneGuess] = {}
    note: str = Field("", exclude=True)


_unsaved: dict[Path, Profile] = {}  # what could not be written stays in memory


def path():
    """pathlib.Path: where the profile lies, whether or not it is there yet."""
    home = os.environ.get("ML_CAREERS_HOME")
    folder = Path(home).expanduser() if home else platformdirs.user_data_path("ml-careers", appauthor=False)
    return folder / "profile.json"


def work(notebook):
    """Make the learner's work folder of a notebook such as ``"02"``, if it is not there, and return its path.

    It lies in `work/` beside the notebooks, where the file browser shows it; a temporary one where that cannot be.
    """
    home = os.environ.get("ML_CAREERS_HOME")
    folder = (Path(home).expanduser() if home else _PROJECT) / "work" / notebook
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir(), f"ml-careers-work-{os.getpid()}", notebook)
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def read():
    """Read the profile.

    Returns
    -------
    Profile
        An empty one if there is none or it cannot be read; `note` then says why, in one sentence.
    """
    file = path()
    if file in _unsaved:
        return _unsaved[file]
    try:
        return Profile.model_validate_json(_bytes(file))
    except FileNotFoundError:
        return Profile()
    except OSError as error:
        return Profile(note=f"Your saved answers cannot be read ({error.strerror or error}).")
    except ValidationError as error:
        aside = _aside(file, "damaged")
        why = "it is of another version" if "version" in str(error.errors()[0]["loc"]) else "it is damaged"
        return Profile(
            note=f"Your file of answers could not be used ({why}). It is kept, whole, as {aside.name}."
        )


def _bytes(file):
    if not file.is_absolute():
        raise OSError("no home folder is known: set ML_CAREERS_HOME to a folder of yours")
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(f"{file.name} is no ordinary file")  # a pipe would be waited for, for ever
    return file.read_bytes()[: MAX_BYTES + 1]


def _aside(file, why):
    """Move a file out of the way under a name that nothing has yet."""
    aside = file.with_name(f"{file.name}.{why}-{datetime.now():%Y-%m-%d-%H%M%S-%f}")
    with contextlib.suppress(OSError):
        file.replace(aside)
    return aside


def update(change):
    """Change the profile, under a lock: ``update(lambda told: told.answers.skills.update(python=2))``.

    Returns
    -------
    Profile
        As it is now, with a `note` if it could not be saved.

    Raises
    ------
    pydantic.ValidationError
        If the result is no profile. Nothing has changed then.
    """
    file = path()
    try:
        if not file.is_absolute():
            _bytes(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=_LOCK_SECONDS):
            told = _changed(change)
            if file.exists():
                _bytes(file)
            beside = file.with_name(f"{file.name}.{os.getpid()}.new")
            beside.write_text(told.model_dump_json(indent=1) + "\n", "utf-8")
            beside.replace(file)
            _unsaved.pop(file, None)
            return told
    except OSError as error:  # also a lock that is not let go
        why = error.strerror or str(error)
        _unsaved[file] = _changed(change)
        _unsaved[file].note = f"Your answers cannot be saved ({why}): they last until the kernel stops."
        return _unsaved[file]


def _changed(change):
    told = read()
    note = told.note
    told = told.model_copy(deep=True)
    change(told)
    return Profile.model_validate({**told.model_dump(), "note": note})


def replace(data):
    """Put an uploaded profile (bytes) in the place of the present one, of which a copy is kept beside it.

    ``replace(b"{}")`` starts again with an empty one.

    Raises
    ------
    ValueError
        With one sentence, if `data` is no profile. Nothing has changed then.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(
            f"The file is larger than {MAX_BYTES // 1024} KB, so it holds no answers of this series."
        )
    try:
        new = Profile.model_validate_json(data)
    except ValidationError:
        raise ValueError("The file holds no answers of this series: choose the one you downloaded.") from None
    file = path()
    if file.is_file():
        _aside(file, "replaced")
    _unsaved.pop(file, None)
    return update(lambda told: told.__dict__.update(new.__dict__))


def mark_solved(notebook, name):
    """Note that an exercise or a build was done, such as ``mark_solved("01", "share_change")``."""
    if name not in read().solved.get(notebook, ()):
        update(lambda told: told.solved.setdefault(notebook, []).append(name))
