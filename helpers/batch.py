"""Score a file of adverts with the service, so that a kill at any moment loses and doubles nothing.

Answers are added, in the order of the adverts, to a file beside the target that bears ``.part`` in its name. The
number of whole lines in it is the place to go on from. Only when all are there does it become the target.
"""

import hashlib
import io
import os
import pathlib

import filelock
import httpx
import pandas as pd

from helpers import pay

STEP = 1_000
"""Adverts in one request."""

_ADDED = ("low", "high", "adverts", "model")
_PATIENCE = 30


class BatchError(RuntimeError):
    """A file could not be scored; the message is one sentence that says what to do."""


def score(source, target, address, progress=lambda done, total: None):
    """Add ``low``, ``high`` (thousand USD a year), ``adverts`` and ``model`` to every advert of a CSV file.

    Run it again after any interruption: it goes on where it stopped, or starts anew if the source has changed. One
    file is scored by one model. All other columns stay as they are, letter by letter.

    Parameters
    ----------
    source : path
        CSV with the columns :data:`helpers.pay.FEATURES`, and any others but those that are added.
    target : path
        CSV with the same rows in the same order. Replaced only when it is complete. ``adverts`` is how many adverts
        of just this kind the model learned from.
    address : str
        Of the service, see :attr:`helpers.service.Service.address`.
    progress : callable
        Told, after each step, the number of adverts done and of all.

    Returns
    -------
    int
        Adverts in the target.

    Raises
    ------
    BatchError
        If the source cannot be read or has an advert that is not accepted, if the service does not answer or has
        another model than before, if the disk does not take the answers, or if another process works on the same
        target.
    """
    source, target = pathlib.Path(source), pathlib.Path(target)
    table, mark = _read(source)
    part = target.with_name(f"{target.name}.part")
    try:
        with filelock.FileLock(f"{part}.lock", timeout=0):
            _work(table, mark, part, address, progress)
            _finish(table, part, target)
    except filelock.Timeout:
        raise BatchError(
            f"{target.name} is being made by another notebook: wait for it, or choose another name."
        ) from None
    except OSError as error:
        raise BatchError(
            f"{target.name} could not be written ({error.strerror or type(error).__name__}): make room on the disk or "
            "choose another folder, then run it again; what is done is kept."
        ) from None
    return len(table)


def _read(source):
    try:
        data = source.read_bytes()
        table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
        _jobs(table)
        for name in set(table.columns) & set(_ADDED):
            raise pay.BadInput(f"it has a column {name} already: give that another name.")
    except pay.BadInput as error:
        raise BatchError(f"{source.name}: {error}") from None
    except (OSError, ValueError) as error:
        raise BatchError(
            f"{source.name} cannot be read as CSV ({type(error).__name__}): give a file with the columns "
            f"{', '.join(pay.FEATURES)}."
        ) from None
    return table, hashlib.sha256(data).hexdigest()


def _jobs(table):
    """The features of the adverts of a table of text, checked."""
    jobs = table[[name for name in pay.FEATURES if name in table]]
    if "remote" in jobs:
        numbers = pd.to_numeric(jobs["remote"], errors="coerce")
        jobs = jobs.assign(remote=numbers.where(numbers.notna(), jobs["remote"]))
    return pay.check_jobs(jobs)


def _work(table, mark, part, address, progress):
    done, model = _resume(part, mark)
    with (
        part.open("ab") as file,
        httpx.Client(base_url=address, timeout=_PATIENCE, trust_env=False) as client,
    ):
        while done < len(table):
            rows = table.iloc[done : done + STEP]
            answer = _ask(client, rows, done)
            model = model or answer["model"]
            if answer["model"] != model:
                raise BatchError(
                    f"{done:,} adverts are scored by {model}, and the service now has {answer['model']}: start it with "
                    f"{model}, or remove {part.name} to begin anew."
                )
            pairs = zip(answer["ranges"], answer["adverts"], strict=True)
            lines = (f"{low},{high},{count},{model}\n" for (low, high), count in pairs)
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
            done += len(rows)
            progress(done, len(table))


def _resume(part, mark):
    """Cut off a line that was not written to its end; return how many answers are whole, and whose they are."""
    head = f"{mark}\n".encode()
    data = part.read_bytes() if part.exists() else b""
    if not data.startswith(head):  # nothing yet, or answers to another file
        part.write_bytes(head)
        return 0, None
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(part, whole)
    lines = data[len(head) : whole].splitlines()
    return len(lines), lines[-1].rpartition(b",")[2].decode() if lines else None


def _ask(client, rows, done):
    jobs = _jobs(rows).to_dict("records")
    try:
        answer = client.post("/ranges", json={"adverts": jobs})
    except httpx.HTTPError:
        raise BatchError(
            f"The service did not answer; {done:,} adverts are done and kept: start it again and run the same line "
            "with its new address."
        ) from None
    if answer.status_code != 200:
        raise BatchError(
            f"The service refused adverts {done + 1:,} and on ({answer.status_code}): {answer.text[:200]}"
        )
    return answer.json()


def _finish(table, part, target):
    added = pd.read_csv(part, skiprows=1, names=_ADDED, dtype=str, keep_default_na=False)
    whole = part.with_name(f"{part.name}.whole")
    with whole.open("w", encoding="utf-8", newline="") as file:
        pd.concat([table, added], axis=1).to_csv(file, index=False)
        file.flush()
        os.fsync(file.fileno())  # the answers are removed next
    os.replace(whole, target)
    part.unlink()
