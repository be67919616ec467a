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


_unsaved: dict[Path, list] = {}  # changes that could not be written: they are made again on whatever is read


def _home(otherwise):
    named = os.environ.get("ML_CAREERS_HOME")
    return Path(os.path.expanduser(named) if named else otherwise)


def path():
    """pathlib.Path: where the profile lies, whether or not it is there yet."""
    return _home(platformdirs.user_data_path("ml-careers", appauthor=False)) / "profile.json"


def work(notebook):
    """Make the learner's work folder of a notebook such as ``"02"``, if it is not there, and return its path.

    It lies in `work/` beside the notebooks, where the file browser shows it; a temporary one where that cannot be.
    """
    folder = _home(_PROJECT).absolute() / "work" / notebook
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
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
    try:
        told = _stored(file)
    except OSError as error:
        told = Profile(note=f"Your saved answers cannot be read ({error.strerror or error}).")
    return _with_unsaved(file, told)


def _stored(file):
    _place_known(file)
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise OSError(f"{file.name} is no ordinary file")  # a pipe would be waited for, for ever
        with file.open("rb") as opened:
            return Profile.model_validate_json(opened.read(MAX_BYTES + 1))
    except FileNotFoundError:
        return Profile()
    except ValidationError as error:
        aside = _aside(file, "damaged")
        why = "it is of another version" if "version" in str(error.errors()[0]["loc"]) else "it is damaged"
        return Profile(
            note=f"Your file of answers could not be used ({why}). It is kept, whole, as {aside.name}."
        )


def _place_known(file):
    if not file.is_absolute():
        raise OSError("no home folder is known: set ML_CAREERS_HOME to the whole path of a folder of yours")


def _with_unsaved(file, told):
    for change in _unsaved.get(file, ()):
        with contextlib.suppress(Exception):  # what it was about may be gone in the meantime
            told = _changed(told, change)
    return told


def _changed(told, change):
    told = told.model_copy(deep=True)
    change(told)
    return Profile.model_validate({**told.model_dump(), "note": told.note})


def _aside(file, why):
    """Move a file out of the way under a name that nothing has yet."""
    aside = file.with_name(f"{file.name}.{why}-{datetime.now():%Y-%m-%d-%H%M%S-%f}")
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
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        _place_known(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=_LOCK_SECONDS):
            told = _changed(_with_unsaved(file, _stored(file)), change)
            try:
                beside.write_text(told.model_dump_json(indent=1) + "\n", "utf-8")
                beside.replace(file)
            finally:
                beside.unlink(missing_ok=True)
        _unsaved.pop(file, None)
    except (OSError, NotImplementedError) as error:  # also a lock that is not let go, or a disk without locks
        told = _changed(read(), change)
        _unsaved.setdefault(file, []).append(change)
        why = getattr(error, "strerror", None) or str(error)
        told.note = f"Your answers cannot be saved ({why}): they last until the kernel stops."
    return told


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
        with contextlib.suppress(OSError):  # then the new ones cannot be saved either
            _aside(file, "replaced")
    _unsaved.pop(file, None)
    return update(lambda told: told.__dict__.update(new.__dict__))


def mark_solved(notebook, name):
    """Note that an exercise or a build was done, such as ``mark_solved("01", "share_change")``."""

    def change(told):
        told.solved[notebook] = [*dict.fromkeys([*told.solved.get(notebook, ()), name])]

    if name not in read().solved.get(notebook, ()):
        update(change)
