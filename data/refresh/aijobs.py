"""The advertised pay ranges of aijobs.net, and the evidence that they are ranges."""

import numpy as np
import pandas as pd
from sources import RefreshError, Sources, brief, read, vocabulary
from titles import role_of

COLUMNS = [
    "work_year",
    "experience_level",
    "employment_type",
    "job_title",
    "salary",
    "salary_currency",
    "salary_in_usd",
    "employee_residence",
    "remote_ratio",
    "company_location",
    "company_size",
]
PAY = ("salary", "salary_in_usd")
OTHER_TITLE = "Other title"
_AUDITED_TITLES = (
    "Data Scientist",
    "Data Engineer",
    "Data Analyst",
    "Software Engineer",
    "Machine Learning Engineer",
    "Research Scientist",
    "Engineer",
    "Manager",
)
_LAGS = range(1, 11)


def arrivals(sources: Sources) -> pd.DataFrame:
    """Read the records in the order in which they arrived, pay as numbers."""
    path = sources.path("aijobs-salaries", "salaries_by_arrival.csv.gz")
    return numbers(read(path, ["arrived", *COLUMNS]), path.name)


def numbers(records: pd.DataFrame, file: str) -> pd.DataFrame:
    """Turn the year, the pay and the remote ratio of the records into whole numbers."""
    try:
        return records.astype(dict.fromkeys(["work_year", *PAY, "remote_ratio"], "int64"))
    except ValueError as error:
        raise RefreshError(f"{file} holds a number that cannot be read ({brief(error)}).") from error


def pair(records: pd.DataFrame) -> np.ndarray:
    """Find the rows that are the top and the bottom of one advertised range.

    Two neighbouring rows are a pair when they agree in every field but the pay and the first pays no less
    than the second. Each row belongs to one pair at most; the first fit in file order wins.

    Parameters
    ----------
    records : pandas.DataFrame
        The source's records in file order.

    Returns
    -------
    numpy.ndarray of bool
        True at the first row (the top) of each pair.
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
    first = records[~bottom]
    usd = records["salary_in_usd"].to_numpy()
    low = np.where(top, np.r_[usd[1:], 0], usd)[~bottom]
    titles = records["job_title"].unique()
    roles = dict(zip(titles, map(role_of, titles), strict=True))
    table = pd.DataFrame(
        {
            "arrived": pd.to_datetime(first["arrived"], format="%Y-%m-%d"),
            "year": first["work_year"],
            "role": first["job_title"].map(roles),
            "title_group": first["job_title"].where(
                first["job_title"].isin(vocabulary()["titles"]), OTHER_TITLE
            ),
            "level": first["experience_level"],
            "employment": first["employment_type"],
            "remote": first["remote_ratio"],
            "country": first["company_location"],
            "size": first["company_size"],
            "low": _thousands(low),
            "high": _thousands(usd[~bottom]),
            "single": ~top[~bottom],
        }
    )
    return table.groupby(list(table.columns), sort=True).size().rename("adverts").reset_index()


def pay_records(sources: Sources) -> pd.DataFrame:
    """Build `pay_records`: the facts of every record, in the order in which they arrived."""
    records = arrivals(sources)
    facts = {
        "arrived": pd.to_datetime(records["arrived"], format="%Y-%m-%d"),
        "year": records["work_year"],
        "title": records["job_title"],
        "level": records["experience_level"],
        "remote": records["remote_ratio"],
        "country": records["company_location"],
        "pay": records["salary_in_usd"],
    }
    return pd.DataFrame(facts)


def pay_audit(sources: Sources) -> pd.DataFrame:
    """Build `pay_audit` from a folder of sources."""
    return pay_audit_from(arrivals(sources))


def pay_audit_from(records: pd.DataFrame) -> pd.DataFrame:
    """Build `pay_audit`: measures of the records, one value a row, with the rows it rests on."""
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


def _pairs(records: pd.DataFrame):
    kind, top, rows = _kind(records), pair(records), len(records)
    for lag in _LAGS:
        yield (
            "same but for pay",
            "rows this far apart",
            lag,
            100 * np.mean(kind[:-lag] == kind[lag:]),
            rows - lag,
        )
    # What neighbours would show if their order told nothing.
    share = np.bincount(kind) / rows
    yield "same but for pay", "rows this far apart", "by chance", 100 * np.sum(share**2), rows
    yield "pairs", "all", "count", top.sum(), rows
    paired = pd.Series(top | np.r_[False, top[:-1]], index=records.index)
    yield "rows in pairs", "all", "all", 100 * paired.mean(), rows
    for year, part in paired.groupby(records["work_year"]):
        yield "rows in pairs", "year", year, 100 * part.mean(), len(part)
    pay = records["salary_in_usd"].to_numpy()
    ratio = pay[:-1][top[:-1]] / pay[1:][top[:-1]]
    for percent in (10, 25, 50, 75, 90):
        yield (
            "top to bottom of a range",
            "all pairs",
            f"p{percent}",
            np.percentile(ratio, percent),
            len(ratio),
        )


def _volume(records: pd.DataFrame):
    repeats = records.duplicated(COLUMNS)
    yield "exact repeats", "all", "count", repeats.sum(), len(records)
    for year, part in repeats.groupby(records["work_year"]):
        yield "rows by year", "all", year, len(part), len(part)
        yield "exact repeats", "year", year, part.sum(), len(part)
    dates = pd.to_datetime(records["arrived"], format="%Y-%m-%d")
    sizes = dates.value_counts().sort_index()
    gaps = sizes.index.to_series().diff().dt.days
    for day, gap in gaps.dropna().items():
        yield "days since the version before", "all", f"{day:%Y-%m-%d}", gap, sizes[day]


def _monthly(records: pd.DataFrame):
    for month, part in records.groupby(records["arrived"].str[:7]):
        yield "rows by month", "all", month, len(part), len(part)
        shares = {("title share by month", title): part["job_title"] == title for title in _AUDITED_TITLES}
        shares["share by month", "US employers"] = part["company_location"] == "US"
        shares["share by month", "fully remote"] = part["remote_ratio"] == 100
        for (measure, group), is_one in shares.items():
            yield measure, group, month, 100 * is_one.mean(), len(part)


def _medians(records: pd.DataFrame):
    of_2024 = records.query("work_year == 2024 and employment_type == 'FT' and company_location == 'US'")
    for title in ("Machine Learning Engineer", "Data Scientist", "Data Engineer", "Data Analyst"):
        part = of_2024[of_2024["job_title"].str.contains(title, case=False)]
        for key, rows in (("with repeats", part), ("without repeats", part.drop_duplicates(COLUMNS))):
            yield "median pay, US full-time 2024, USD", title, key, rows["salary_in_usd"].median(), len(rows)
