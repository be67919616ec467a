"""Fetch the newest files of the three sources that have a stable public address."""

import datetime as dt
import logging
import tempfile
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
FILES = {
    "AI_posting.csv": "hiring-lab/ai-tracker/HEAD/AI_posting.csv",
    **{
        f"aggregate_job_postings_{country}.csv": (
            f"hiring-lab/job_postings_tracker/HEAD/{country}/aggregate_job_postings_{country}.csv"
        )
        for country in indeed.INDEX_COUNTRIES
    },
    _SALARIES: "foorilla/ai-jobs-net-salaries/HEAD/salaries.csv",
}
_TIMEOUT = 30  # seconds without an answer
_RETRIES = 3


def refresh(data: Path = tables.DATA, base: str = RAW) -> tuple[list[str], str]:
    """Download the three sources, rebuild `ai_postings` and `postings_index`, and put them in place.

    The sectors of `postings_index` stay as they are, because the publisher adjusts its newer ones in
    another way. The salary index is compared with `pay_ranges` and not built from: a download does not
    say in which week each record arrived, which the table needs.

    Parameters
    ----------
    data : Path
        Folder of tables.
    base : str
        Address before the paths of `FILES`.

    Returns
    -------
    list of str
        Names of the files that changed.
    str
        One sentence on the salary index.

    Raises
    ------
    RefreshError
        With one sentence; nothing in `data` was changed then.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = _fetch([name for name in FILES if name != _SALARIES], Path(folder), base)
        old = {name: _present(name, data) for name in ("ai_postings", "postings_index")}
        sectors = old["postings_index"].query("sector != @indeed.ALL_JOBS")
        files = {c: paths[f"aggregate_job_postings_{c}.csv"] for c in indeed.INDEX_COUNTRIES}
        frames = {
            "ai_postings": indeed.ai_postings_from(paths["AI_posting.csv"]),
            "postings_index": indeed.postings_index_from(files, sectors),
        }
        for name, frame in frames.items():
            _check_no_loss(name, old[name], frame)
        note = _compare_pay(Path(folder), base, data)
        staging = Path(folder) / "staging"
        staging.mkdir()
        version = f"newest version on {dt.date.today():%Y-%m-%d}"
        package.stage(frames, staging, data, {"indeed-ai-tracker": version, "indeed-job-postings": version})
        return package.install(staging, data), note


def _fetch(names: list[str], folder: Path, base: str) -> dict[str, Path]:
    pooch.get_logger().setLevel(logging.ERROR)
    store = pooch.create(
        path=folder,
        base_url=base,
        registry=dict.fromkeys(names),  # no checksum is known: the newest version is wanted
        urls={name: f"{base}/{FILES[name]}" for name in names},
        retry_if_failed=_RETRIES,
    )
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=_TIMEOUT)
    paths = {}
    for name in names:
        try:
            paths[name] = Path(store.fetch(name, downloader=downloader))
        except (requests.RequestException, ValueError, OSError) as error:
            raise RefreshError(
                f"{name} could not be downloaded from {base} ({_reason(error)}): "
                "check the connection and try again later; the tables in data/ stay as they are."
            ) from error
    return paths


def _reason(error: Exception) -> str:
    response = getattr(error, "response", None)
    return f"answer {response.status_code}" if response is not None else type(error).__name__


def _present(name: str, data: Path) -> pd.DataFrame:
    """Read the table that stands in `data`, as `tables.load` does for the project's own."""
    dates = {"ai_postings": ["month"], "postings_index": ["month"], "pay_ranges": ["arrived"]}[name]
    return read(data / f"{name}.csv", dates, dtype=None, na_values=[""], parse_dates=dates)


def _check_no_loss(name: str, old: pd.DataFrame, new: pd.DataFrame) -> None:
    """A newer version may only add: no series, no day at either end, may be lost."""
    keys = [key for key in ("country", "sector", "postings") if key in old]
    ends = [
        frame.assign(last=frame["month"] + pd.to_timedelta(frame["days"], unit="D"))
        .groupby(keys)
        .agg(first=("month", "min"), last=("last", "max"))
        for frame in (old, new)
    ]
    joined = ends[0].join(ends[1].add_prefix("new_"))
    lost = ~((joined["new_first"] <= joined["first"]) & (joined["new_last"] >= joined["last"]))
    if lost.any():
        series = joined.index[lost][0]
        label = series if isinstance(series, str) else " / ".join(series)
        raise RefreshError(
            f"The download for {name} has fewer days than the table it should replace ({label}): "
            "it looks cut short, so the tables in data/ stay as they are."
        )


def _compare_pay(folder: Path, base: str, data: Path) -> str:
    """Say how far the salary index went on; a failure here harms no table."""
    try:
        path = _fetch([_SALARIES], folder, base)[_SALARIES]
        records = aijobs.numbers(read(path, aijobs.COLUMNS), path.name)
    except RefreshError:
        return "The salary index could not be fetched or read, so it was not compared with pay_ranges."
    ranges = _present("pay_ranges", data)
    ours = int((ranges["adverts"] * (2 - ranges["single"])).sum())
    return (
        f"The salary index now has {len(records):,} records up to {records['work_year'].max()}; pay_ranges "
        f"was made from {ours:,} and stays as it is, since a download does not say in which week a record "
        "arrived."
    )
