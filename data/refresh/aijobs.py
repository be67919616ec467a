"""The advertised pay ranges of aijobs.net, and the evidence that they are ranges."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sources import Sources, numbers, read, spec, vocabulary
from titles import role_of

# The publisher's columns, and what they are called here; those of the pay come last.
_NAMES = spec()["table"]["pay_ranges"]["columns"]
COLUMNS = list(_NAMES)
PAY = ("salary", "salary_in_usd")
_AUDITED = vocabulary()["audited_titles"]
_LAGS = range(1, 11)


def records(path: Path) -> pd.DataFrame:
    """Read the publisher's records; the year, the pay and the remote ratio are numbers."""
    return numbers(read(path, COLUMNS), path.name, ["work_year", "remote_ratio", *PAY], "int64")


def arrivals(sources: Sources) -> pd.DataFrame:
    """Read the records in the order in which they arrived."""
    return records(sources.path("aijobs-salaries", "salaries_by_arrival.csv.gz"))


def pair(records: pd.DataFrame) -> np.ndarray:
    """Mark the first row (the top) of each pair of rows that are the two ends of one advertised range.

    Two neighbours in file order are a pair when they agree in every field but the pay and the first pays no
    less. A row belongs to one pair at most; the first fit wins. Returns an array of bool, one a row.
    """
    same = _kind(records)[:-1] == _kind(records)[1:]
    pay = records["salary"].to_numpy()
    fits = same & (pay[:-1] >= pay[1:])
    top = np.zeros(len(records), dtype=bool)
    row = 0
    while row < len(fits):
        top[row] = fits[row]
        row += 1 + fits[row]
    return top


def pay_ranges(sources: Sources) -> pd.DataFrame:
    """Build `pay_ranges` from a folder of sources."""
    return pay_ranges_from(arrivals(sources))


def pay_ranges_from(records: pd.DataFrame) -> pd.DataFrame:
    """Build `pay_ranges`: one row for each different range of a week, with the number of its adverts."""
    top = pair(records)
    bottom = np.r_[False, top[:-1]]
    usd = records["salary_in_usd"].to_numpy()
    table = records.rename(columns=_NAMES).assign(
        role=records["job_title"].map({title: role_of(title) for title in records["job_title"].unique()}),
        title_group=records["job_title"].where(
            records["job_title"].isin(vocabulary()["titles"]), "Other title"
        ),
        low=_thousands(np.where(top, np.r_[usd[1:], 0], usd)),
        high=_thousands(usd),
        single=~top,
    )[~bottom]
    columns = [
        field["name"] for field in spec()["table"]["pay_ranges"]["fields"] if field["name"] != "adverts"
    ]
    return table.groupby(columns, sort=True).size().rename("adverts").reset_index()


def pay_records(sources: Sources) -> pd.DataFrame:
    """Build `pay_records`: the facts of every record, in the order in which they arrived."""
    return arrivals(sources).rename(columns=_NAMES)


def pay_audit(sources: Sources) -> pd.DataFrame:
    """Build `pay_audit`: measures of the records, one value a row, with the rows it rests on."""
    records = arrivals(sources)
    return pd.DataFrame(
        [*_pairs(records), *_volume(records), *_monthly(records), *_medians(records)],
        columns=["measure", "group", "key", "value", "n"],
    ).round({"value": 3})


def _kind(records: pd.DataFrame) -> np.ndarray:
    """Number the rows so that equal numbers mean: equal in every field but the pay."""
    fields = [column for column in records.columns if column not in PAY]
    return records.groupby(fields, sort=False).ngroup().to_numpy()


def _thousands(usd: np.ndarray) -> np.ndarray:
    return (5 * np.floor(usd / 5000 + 0.5)).astype("int64")


def _pairs(records: pd.DataFrame) -> Iterator[tuple]:
    kind, top, rows = _kind(records), pair(records), len(records)
    for lag in _LAGS:
        share = 100 * np.mean(kind[:-lag] == kind[lag:])
        yield "same but for pay", "rows this far apart", lag, share, rows - lag
    # What neighbours would show if their order told nothing.
    chance = 100 * np.sum((np.bincount(kind) / rows) ** 2)
    yield "same but for pay", "rows this far apart", "by chance", chance, rows
    yield "pairs", "all", "count", top.sum(), rows
    paired = pd.Series(top | np.r_[False, top[:-1]], index=records.index)
    yield "rows in pairs", "all", "all", 100 * paired.mean(), rows
    for year, part in paired.groupby(records["work_year"]):
        yield "rows in pairs", "year", year, 100 * part.mean(), len(part)
    pay = records["salary_in_usd"].to_numpy()
    ratio = pay[:-1][top[:-1]] / pay[1:][top[:-1]]
    for percent in (10, 25, 50, 75, 90):
        value = np.percentile(ratio, percent)
        yield "top to bottom of a range", "all pairs", f"p{percent}", value, len(ratio)


def _volume(records: pd.DataFrame) -> Iterator[tuple]:
    repeats = records.duplicated(COLUMNS)
    yield "exact repeats", "all", "count", repeats.sum(), len(records)
    for year, part in repeats.groupby(records["work_year"]):
        yield "rows by year", "all", year, len(part), len(part)
        yield "exact repeats", "year", year, part.sum(), len(part)
    sizes = pd.to_datetime(records["arrived"], format="%Y-%m-%d").value_counts().sort_index()
    gaps = sizes.index.to_series().diff().dt.days
    for day, gap in gaps.dropna().items():
        yield "days since the version before", "all", f"{day:%Y-%m-%d}", gap, sizes[day]


def _monthly(records: pd.DataFrame) -> Iterator[tuple]:
    for month, part in records.groupby(records["arrived"].str[:7]):
        yield "rows by month", "all", month, len(part), len(part)
        shares = {("title share by month", title): part["job_title"] == title for title in _AUDITED}
        shares["share by month", "US employers"] = part["company_location"] == "US"
        shares["share by month", "fully remote"] = part["remote_ratio"] == 100
        for (measure, group), is_one in shares.items():
            yield measure, group, month, 100 * is_one.mean(), len(part)


def _medians(records: pd.DataFrame) -> Iterator[tuple]:
    of_2024 = records.query("work_year == 2024 and employment_type == 'FT' and company_location == 'US'")
    for title in ("Machine Learning Engineer", "Data Scientist", "Data Engineer", "Data Analyst"):
        part = of_2024[of_2024["job_title"].str.contains(title, case=False)]
        for key, rows in (("with repeats", part), ("without repeats", part.drop_duplicates(COLUMNS))):
            yield "median pay, US full-time 2024, USD", title, key, rows["salary_in_usd"].median(), len(rows)
