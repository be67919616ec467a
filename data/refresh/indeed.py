"""Monthly tables from the daily series of Indeed Hiring Lab."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sources import RefreshError, Sources, brief, numbers, read

# The publisher's columns, and what they are called here.
_SHARE = {"date": "date", "jobcountry": "country", "AI_share_postings": "share"}
_INDEX = {
    "date": "date",
    "jobcountry": "country",
    "variable": "postings",
    "indeed_job_postings_index_SA": "index_sa",
    "indeed_job_postings_index_NSA": "index_nsa",
}
_SECTOR = {
    "date": "date",
    "jobcountry": "country",
    "display_name": "sector",
    "variable": "postings",
    "indeed_job_postings_index": "index_sa",
}
_SECTOR_FILE = "job_postings_by_sector_US_2020-02_2024-09_selected.csv"
INDEX_COUNTRIES = ("AU", "CA", "DE", "FR", "GB", "US")
ALL_JOBS = "All jobs"
KEYS = ["country", "sector", "postings"]
VALUES = ["share", "index_sa", "index_nsa"]


def monthly(daily: pd.DataFrame) -> pd.DataFrame:
    """Average daily series over calendar months; ``days`` is the number of days in each mean."""
    keys, values = ([name for name in names if name in daily] for names in (KEYS, VALUES))
    groups = daily.assign(month=daily["date"].dt.to_period("M").dt.start_time).groupby([*keys, "month"])
    return groups[values].mean().round(4).assign(days=groups.size()).reset_index()


def ai_postings(sources: Sources) -> pd.DataFrame:
    """Build `ai_postings` from a folder of sources."""
    return ai_postings_from(sources.path("indeed-ai-tracker", "AI_posting.csv"))


def ai_postings_from(path: Path) -> pd.DataFrame:
    """Build `ai_postings` from the tracker's file."""
    return monthly(_daily(path, _SHARE))


def postings_index(sources: Sources) -> pd.DataFrame:
    """Build `postings_index` from a folder of sources."""
    folder = "indeed-job-postings"
    files = {c: sources.path(folder, f"aggregate_job_postings_{c}.csv") for c in INDEX_COUNTRIES}
    # The publisher gives the sectors seasonally adjusted only.
    sectors = monthly(_daily(sources.path(folder, _SECTOR_FILE), _SECTOR)).assign(index_nsa=np.nan)
    return postings_index_from(files, sectors)


def postings_index_from(files: Mapping[str, Path], sectors: pd.DataFrame) -> pd.DataFrame:
    """Build `postings_index` from one file a country and the finished rows of the sectors."""
    total = pd.concat(_daily(path, _INDEX) for path in files.values()).assign(sector=ALL_JOBS)
    return pd.concat([monthly(total), sectors])


def _daily(path: Path, names: Mapping[str, str]) -> pd.DataFrame:
    """Read daily series; RefreshError if one lacks a day or a value, which would bend the monthly means."""
    daily = read(path, names)[list(names)].rename(columns=names)
    keys, values = ([name for name in known if name in daily] for known in (KEYS, VALUES))
    daily = numbers(daily, path.name, values)
    try:
        daily["date"] = pd.to_datetime(daily["date"], format="%Y-%m-%d")
    except ValueError as error:
        raise RefreshError(f"{path.name} holds a date that cannot be read ({brief(error)}).") from error
    if daily.empty:
        raise RefreshError(f"{path.name} holds no rows.")
    if not np.isfinite(daily[values]).all(axis=None):
        raise RefreshError(f"{path.name} holds a day without a value.")
    if "postings" in daily:
        daily["postings"] = daily["postings"].map({"total postings": "total", "new postings": "new"})
        if daily["postings"].isna().any():
            raise RefreshError(f"{path.name} holds a kind of postings that is neither total nor new.")
    for series, days in daily.groupby(keys)["date"]:
        span = (days.max() - days.min()).days + 1
        if not (len(days) == days.nunique() == span):
            raise RefreshError(f"{path.name} has missing or repeated days in the series {' '.join(series)}.")
    return daily
