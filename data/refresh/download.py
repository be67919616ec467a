"""Fetch the newest files of the three sources that have a stable public address."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import aijobs
import indeed
import package
import pandas as pd
import pooch
import requests
from sources import RefreshError, read

from helpers import tables

_SALARIES = "salaries.csv"
# HEAD is the newest version of the main branch, whatever the branch is called.
RAW = "https://raw.githubusercontent.com"
_COUNTRY_FILES = {country: f"aggregate_job_postings_{country}.csv" for country in indeed.INDEX_COUNTRIES}
FILES = {
    "AI_posting.csv": "hiring-lab/ai-tracker/HEAD/AI_posting.csv",
    **{
        file: f"hiring-lab/job_postings_tracker/HEAD/{country}/{file}"
        for country, file in _COUNTRY_FILES.items()
    },
    _SALARIES: "foorilla/ai-jobs-net-salaries/HEAD/salaries.csv",
}
_DATES = {"ai_postings": "month", "postings_index": "month", "pay_ranges": "arrived"}
_SILENCE = 30  # seconds without an answer
_LONGEST = 600  # seconds for all files and all tries
_LARGEST = 100e6  # bytes of a file; the largest has 6 million
_RETRIES = 3
_REVISED = 0.1  # of a month's value: the publisher revises its history, but by less


def refresh(data: Path = tables.DATA, base: str = RAW) -> tuple[list[str], str]:
    """Download the three sources, rebuild `ai_postings` and `postings_index`, and put them in place.

    The sectors stay as they are: the publisher adjusts its newer ones in another way. The salary index is only
    compared with `pay_ranges`: a download does not say in which week each record arrived.

    Returns the names of the files that changed, and one sentence on the salary index. Raises RefreshError with
    one sentence; nothing in `data` was changed then. `base` is the address before the paths of `FILES`.
    """
    with package.workplace(data) as folder:
        fetch = _fetcher(folder, base)
        old = {name: _present(name, data) for name in ("ai_postings", "postings_index")}
        sectors = old["postings_index"].query("sector != @indeed.ALL_JOBS")
        frames = {"ai_postings": indeed.ai_postings_from(fetch("AI_posting.csv"))}
        files = {country: fetch(file) for country, file in _COUNTRY_FILES.items()}
        frames["postings_index"] = indeed.postings_index_from(files, sectors)
        for name, frame in frames.items():
            _check_newer(name, old[name], frame)
        note = _compare_pay(fetch, data)
        version = f"newest version on {dt.date.today():%Y-%m-%d}"
        versions = dict.fromkeys(("indeed-ai-tracker", "indeed-job-postings"), version)
        return package.write(frames, data, folder, versions), note


def _fetcher(folder: Path, base: str) -> Callable[[str], Path]:
    """Return a function that downloads one of `FILES` into `folder`; all its calls together end in time."""
    pooch.get_logger().setLevel(logging.ERROR)
    store = pooch.create(
        path=folder,
        base_url=base,
        registry=dict.fromkeys(FILES),  # no checksum is known: the newest version is wanted
        urls={name: f"{base}/{path}" for name, path in FILES.items()},
        retry_if_failed=_RETRIES,
    )
    downloader = pooch.HTTPDownloader(
        progressbar=True, timeout=_SILENCE, allow_redirects=False, hooks={"response": _check_answer}
    )
    end = time.monotonic() + _LONGEST

    def fetch(name: str) -> Path:
        try:
            return Path(_until(end, lambda: store.fetch(name, downloader=downloader)))
        except (requests.RequestException, ValueError, TimeoutError) as error:
            raise RefreshError(
                f"{name} could not be downloaded from {base} ({_reason(error)}): "
                "check the connection and try again later; the tables in data/ stay as they are."
            ) from error

    return fetch


def _until(end: float, task: Callable[[], str]) -> str:
    """Run `task`; TimeoutError when the clock shows `end`.

    It runs in a thread that is left behind then: a server that sends a byte now and then keeps a connection
    busy for ever, and no connection can be told to stop at a time.
    """
    result = Future()

    def work() -> None:
        try:
            result.set_result(task())
        except Exception as error:
            result.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return result.result(max(0, end - time.monotonic()))


def _check_answer(answer: requests.Response, **_options) -> None:
    """Refuse a redirect, a web page or far too much: then someone should look where the file is now."""
    page = "html" in answer.headers.get("Content-Type", "")
    large = int(answer.headers.get("Content-Length", 0)) > _LARGEST
    if answer.ok and (answer.status_code != 200 or page or large):
        raise requests.HTTPError(response=answer)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"not done within {_LONGEST} seconds"
    answer = getattr(error, "response", None)
    if answer is None:
        return type(error).__name__
    return "no file of data" if answer.status_code == 200 else f"answer {answer.status_code}"


def _present(name: str, data: Path) -> pd.DataFrame:
    """Read the table that stands in `data`, as `tables.load` does for the project's own."""
    dates = [_DATES[name]]
    return read(data / f"{name}.csv", dates, dtype=None, na_values=[""], parse_dates=dates)


def _check_newer(name: str, old: pd.DataFrame, new: pd.DataFrame) -> None:
    """A newer version may only add: RefreshError if it lost a day, came from the future, or tells another past."""
    keys = [key for key in indeed.KEYS if key in old]
    values = [value for value in indeed.VALUES if value in old]
    last = package.last_days(new).max()
    if last.date() > dt.date.today() + dt.timedelta(days=1):  # elsewhere it may be tomorrow
        _refuse(name, f"goes to {last:%Y-%m-%d}, which is in the future")
    both = old.merge(new, "left", [*keys, "month"], suffixes=("", "_new"))
    lost = ~(both["days_new"] >= both["days"])
    if lost.any():
        _refuse(name, f"has fewer days than the table it should replace ({_series(both[lost], keys)})")
    for value in values:
        if (new[value] == 0).any():
            _refuse(name, f"has a month of nothing but zeros ({_series(new[new[value] == 0], keys)})")
        change = (both[f"{value}_new"] / both[value] - 1).abs()
        other = (change > _REVISED) & (both["days"] == both["days_new"])
        if other.any():
            _refuse(name, f"tells another history than the table ({_series(both[other], keys)})")


def _refuse(name: str, fault: str) -> None:
    raise RefreshError(f"The download for {name} {fault}, so the tables in data/ stay as they are.")


def _series(rows: pd.DataFrame, keys: list[str]) -> str:
    first = rows.iloc[0]
    return f"{' / '.join(first[keys])}, {first['month']:%B %Y}"


def _compare_pay(fetch: Callable[[str], Path], data: Path) -> str:
    """Say how far the salary index went on; a failure here harms no table."""
    try:
        records = aijobs.records(fetch(_SALARIES))
    except RefreshError:
        return "The salary index could not be fetched or read, so it was not compared with pay_ranges."
    ranges = _present("pay_ranges", data)
    ours = int((ranges["adverts"] * (2 - ranges["single"])).sum())
    return (
        f"The salary index now has {len(records):,} records up to {records['work_year'].max()}; pay_ranges "
        f"was made from {ours:,} and stays as it is, since a download does not say in which week a record "
        "arrived."
    )
