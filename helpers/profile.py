"""Keep what the learner told us in one small file of their own, and never lose it.

The file is `profile.json` in the user's data folder, or in the folder that the environment variable
ML_CAREERS_HOME names. A change is made under a lock: read, merge, write beside, put in place. So two open
notebooks keep each other's answers, and a computer that stops half-way leaves the old file whole. A file that
cannot be understood is moved aside, never overwritten. Where nothing can be written the session goes on: the
changes are kept until the kernel stops, and are saved as soon as that works again.

Nothing here prints. What a learner should know is in `Profile.notes`, one sentence each.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import platformdirs
from filelock import FileLock

from helpers import profile_json
from helpers.answers import Profile, changed
from helpers.profile_json import ProfileError

_LOCK_SECONDS = 5  # a change takes milliseconds, so whoever holds the lock longer is stuck


class _Change(NamedTuple):
    apply: Callable[[Profile], Profile]
    keep_old: bool  # it forgets what was there, so the old file is copied first


# Changes that could not be written yet, for each file, in the order in which they were made.
_unsaved: dict[Path, list[_Change]] = {}


def path() -> Path:
    """Return where the profile is kept, whether or not it is there yet."""
    home = os.environ.get("ML_CAREERS_HOME")
    folder = Path(home).expanduser() if home else platformdirs.user_data_path("ml-careers", appauthor=False)
    return folder / "profile.json"


def load() -> Profile:
    """Read the profile.

    Returns
    -------
    Profile
        An empty one when nothing was answered yet, or nothing can be read: `notes` then says why. A damaged
        file, or one of a newer version, has been moved aside.
    """
    file = path()
    try:
        try:
            stored, notes = _read(file), ()
        except ProfileError:
            with _lock(file):
                stored, notes = _read_or_move_aside(file)
    except OSError as error:
        stored, notes = Profile(), (_why(error, "Your saved answers cannot be read"),)
    profile = _with_unsaved(file, stored)
    return replace(profile, notes=(*stored.notes, *notes))


def update(**changes) -> Profile:
    """Change some answers and save them; everything else stays, also what another notebook has just saved.

    Parameters
    ----------
    **changes
        Any of `background`, `hopes`, `hours`, `country`, `skills`, `solved`, `liked`: see
        :class:`helpers.answers.Profile`. The last three are merged entry by entry.

    Returns
    -------
    Profile
        As it is now. `notes` is empty when all went well.

    Raises
    ------
    ValueError
        When the series asks no such thing. A disk that cannot be written raises nothing: see `notes`.

    Examples
    --------
    >>> update(hours=5, skills={"python": 2}).hours  # doctest: +SKIP
    5
    """
    changed(Profile(), **changes)  # refuse what is wrong before anything is touched
    return _save(_Change(lambda profile: changed(profile, **changes), keep_old=False))


def mark_solved(notebook: str, exercise: str) -> Profile:
    """Note that an exercise was solved, such as ``mark_solved("01", "share_change")``."""
    return update(solved={notebook: [exercise]})


def export_json() -> str:
    """Return the profile as JSON text, for a download."""
    return profile_json.to_json(load())


def import_json(data: bytes) -> Profile:
    """Put an uploaded profile in the place of the present one, of which a copy is kept beside it.

    Raises
    ------
    ProfileError
        With one sentence, when `data` is not a profile. Nothing has changed then.
    """
    uploaded = profile_json.from_json(data)
    saved = _save(_Change(lambda _old: uploaded, keep_old=True))
    return replace(saved, notes=(*uploaded.notes, *saved.notes))


def clear() -> Profile:
    """Start again with an empty profile. A copy of the old one is kept beside it."""
    return _save(_Change(lambda _old: Profile(), keep_old=True))


def _save(change: _Change) -> Profile:
    file = path()
    unsaved = _unsaved.setdefault(file, [])
    unsaved.append(change)
    notes: tuple[str, ...] = ()
    try:
        with _lock(file):
            stored, notes = _read_or_move_aside(file)
            if stored.notes:  # what could not be understood would be lost with the next writing
                notes += (f"{stored.notes[0]} The file as it was is kept as {_copy_aside(file, 'bad')}.",)
            if any(waiting.keep_old for waiting in unsaved) and file.exists():
                notes += (f"Your earlier answers are kept as {_copy_aside(file, 'replaced')}.",)
            profile = _with_unsaved(file, stored)
            _write(file, profile_json.to_json(profile))
    except OSError as error:
        return replace(load(), notes=(*notes, _why(error, "Your answers cannot be saved")))
    unsaved.clear()
    return replace(profile, notes=notes)


def _with_unsaved(file: Path, profile: Profile) -> Profile:
    for change in _unsaved.get(file, ()):
        profile = change.apply(profile)
    return profile


def _lock(file: Path) -> FileLock:
    file.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{file}.lock", timeout=_LOCK_SECONDS, poll_interval=0.01)


def _read(file: Path) -> Profile:
    try:
        with open(file, "rb") as opened:
            return profile_json.from_json(opened.read(profile_json.MAX_BYTES + 1))
    except FileNotFoundError:
        return Profile()


def _read_or_move_aside(file: Path) -> tuple[Profile, tuple[str, ...]]:
    """Read the file; one that is no profile is renamed. Only with the lock held."""
    try:
        return _read(file), ()
    except ProfileError as error:
        aside = _free_name(file, "bad")
        file.rename(aside)
        return Profile(), (
            f"Your saved answers could not be used. {error} The file is kept as {aside.name}, "
            "and a new profile is started.",
        )


def _copy_aside(file: Path, why: str) -> str:
    aside = _free_name(file, why)
    shutil.copyfile(file, aside)
    return aside.name


def _free_name(file: Path, why: str) -> Path:
    """Return a name beside `file` that nothing has yet: profile.json.bad-2026-05-01, then ...-2."""
    first = file.with_name(f"{file.name}.{why}-{date.today().isoformat()}")
    aside, count = first, 1
    while aside.exists():
        count += 1
        aside = first.with_name(f"{first.name}-{count}")
    return aside


def _write(file: Path, text: str) -> None:
    """Put `text` in the place of `file` at one stroke. Only with the lock held."""
    beside = file.with_name(f"{file.name}.tmp")
    with open(beside, "w", encoding="utf-8", newline="\n") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(beside, file)


def _why(error: OSError, what: str) -> str:
    reason = (
        "another program holds the file"
        if isinstance(error, TimeoutError)
        else error.strerror or "unknown error"
    )
    return (
        f"{what} ({reason.lower()}). What you answer now is kept until this notebook's kernel stops: "
        "download it in notebook 00, or set ML_CAREERS_HOME to a folder that you may write to and restart "
        "JupyterLab."
    )
