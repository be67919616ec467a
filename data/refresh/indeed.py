"""Monthly tables from the daily series of Indeed Hiring Lab."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from sources import RefreshError, Sources, brief, read

AI_COLUMNS = ["date", "jobcountry", "AI_share_postings"]
INDEX_COLUMNS = [
    "date",
    "jobcountry",
    "indeed_job_postings_index_SA",
    "indeed_job_postings_index_NSA",
    "variable",
]
SECTOR_COLUMNS = ["date", "jobcountry", "indeed_job_postings_index", "variable", "display_name"]
INDEX_COUNTRIES = ("AU", "CA", "DE", "FR", "GB", "US")
ALL_JOBS = "All jobs"
_SECTOR_FILE = "job_postings_by_sector_US_2020-02_2024-09_selected.csv"


def monthly(daily: pd.DataFrame, keys: list[str], values: list[str]) -> pd.DataFrame:
    """Average a daily series over calendar months.

    Parameters
    ----------
    daily : pandas.DataFrame
        One row a day and combination of `keys`, with a `datetime64` column ``date``.
    keys, values : list of str
        Columns that tell series apart, and columns to average.

    Returns
    -------
    pandas.DataFrame
        `keys`, ``month`` (its first day), the mean of each of `values`, rounded to four decimals, and
        ``days``, the number of days in the mean (all of the month's, save in the first and last one of a
        series). Sorted by `keys`, then ``month``.
    """
    groups = daily.assign(month=daily["date"].dt.to_period("M").dt.start_time).groupby([*keys, "month"])
    return groups[values].mean().round(4).assign(days=groups.size()).reset_index()


def ai_postings(sources: Sources) -> pd.DataFrame:
    """Build `ai_postings` from a folder of sources."""
    return ai_postings_from(sources.path("indeed-ai-tracker", "AI_posting.csv"))


def ai_postings_from(path: Path) -> pd.DataFrame:
    """Build `ai_postings` from the tracker's file."""
    daily = _numbers(read(path, AI_COLUMNS), path, AI_COLUMNS[2:])
    daily = daily.rename(columns={"jobcountry": "country", "AI_share_postings": "share"})
    _check_days(daily, ["country"], path)
    return monthly(daily, ["country"], ["share"])


def postings_index(sources: Sources) -> pd.DataFrame:
    """Build `postings_index` from a folder of sources."""
    folder = "indeed-job-postings"
    files = {c: sources.path(folder, f"aggregate_job_postings_{c}.csv") for c in INDEX_COUNTRIES}
    return postings_index_from(files, sector_index(sources.path(folder, _SECTOR_FILE)))


def postings_index_from(files: Mapping[str, Path], sectors: pd.DataFrame) -> pd.DataFrame:
    """Build `postings_index` from one file a country and the finished rows of the sectors."""
    frames = []
    for path in files.values():
        daily = _numbers(read(path, INDEX_COLUMNS), path, INDEX_COLUMNS[2:4])
        frames.append(
            daily.assign(sector=ALL_JOBS, postings=_kind(daily["variable"], path)).rename(
                columns={
                    "jobcountry": "country",
                    "indeed_job_postings_index_SA": "index_sa",
                    "indeed_job_postings_index_NSA": "index_nsa",
                }
            )
        )
        _check_days(frames[-1], ["country", "postings"], path)
    keys = ["country", "sector", "postings"]
    total = monthly(pd.concat(frames), keys, ["index_sa", "index_nsa"])
    return pd.concat([total, sectors])[[*keys, "month", "index_sa", "index_nsa", "days"]]


def sector_index(path: Path) -> pd.DataFrame:
    """Monthly rows of the US sectors; the publisher gives them seasonally adjusted only."""
    daily = _numbers(read(path, SECTOR_COLUMNS), path, SECTOR_COLUMNS[2:3])
    daily = daily.assign(postings=_kind(daily["variable"], path)).rename(
        columns={"jobcountry": "country", "display_name": "sector", "indeed_job_postings_index": "index_sa"}
    )
    keys = ["country", "sector", "postings"]
    _check_days(daily, keys, path)
    return monthly(daily, keys, ["index_sa"]).assign(index_nsa=float("nan"))


def _numbers(frame: pd.DataFrame, path: Path, values: list[str]) -> pd.DataFrame:
    try:
        dates = pd.to_datetime(frame["date"], format="%Y-%m-%d")
        return frame.assign(date=dates, **{value: pd.to_numeric(frame[value]) for value in values})
    except ValueError as error:
        raise RefreshError(
            f"{path.name} holds a date or a number that cannot be read ({brief(error)})."
        ) from error


def _kind(variable: pd.Series, path: Path) -> pd.Series:
    kind = variable.map({"total postings": "total", "new postings": "new"})
    if kind.isna().any():
        raise RefreshError(f"{path.name} holds a kind of postings that is neither total nor new.")
    return kind


def _check_days(daily: pd.DataFrame, keys: list[str], path: Path) -> None:
    """Each series must have every day once: a hole or a repeat would bend the monthly means."""
    if daily.empty:
        raise RefreshError(f"{path.name} holds no rows.")
    for key, series in daily.groupby(keys)["date"]:
        span = (series.max() - series.min()).days + 1
        if not (len(series) == series.nunique() == span):
            series_name = " ".join(key)
            raise RefreshError(f"{path.name} has missing or repeated days in the series {series_name}.")
