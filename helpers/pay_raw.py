"""Download the raw records behind the pay tables from their publisher, and check our figures against them."""

import logging
import tempfile

import pandas as pd
from IPython.display import Markdown

from helpers import tables

ADDRESS = (
    "https://raw.githubusercontent.com/foorilla/ai-jobs-net-salaries/"
    "9c225876510af8fbdabdb7ca39d1a6d44be0072b/salaries.csv"
)
"""The very version, of 19 January 2025, that the tables were made from."""

_SHA256 = "fce1318d2fa6f574cd36ce192bf3c38debcb61892d15255eb8f772a05e4a5aef"
_TITLE = "Machine Learning Engineer"


def check_us(address=ADDRESS):
    """Download about 4 MB and compute again what this project says about the records.

    Parameters
    ----------
    address : str

    Returns
    -------
    pandas.DataFrame or IPython.display.Markdown
        What is counted, ``here`` (table ``pay_audit``) and ``from the raw records``; or one sentence if the file
        cannot be had, in which case nothing has changed.
    """
    import pooch  # brings a network library, which nothing else in a notebook needs
    import requests

    pooch.get_logger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = pooch.retrieve(
                address, f"sha256:{_SHA256}", path=folder, downloader=pooch.HTTPDownloader(timeout=30)
            )
        except (requests.RequestException, ValueError, OSError):
            return Markdown(
                "The raw records could not be downloaded, so nothing was checked: connect to the internet "
                "and run this cell again. Nothing else in this notebook needs them."
            )
        return compare(pd.read_csv(path, keep_default_na=False))


def compare(records):
    """Set the figures of the table ``pay_audit`` beside the same figures computed from raw records.

    Parameters
    ----------
    records : pandas.DataFrame
        The publisher's file, in its order.

    Returns
    -------
    pandas.DataFrame
        Pairs can differ a little: ours were formed week by week, and the file does not say the week.
    """
    from helpers.refresh import pay as rebuild

    of_2024 = records[
        (records["work_year"] == 2024)
        & (records["employment_type"] == "FT")
        & (records["company_location"] == "US")
        & records["job_title"].str.contains(_TITLE, case=False)
    ]
    audit = tables.load("pay_audit").set_index(["measure", "group", "key"]).sort_index()
    median = ("median pay, US full-time 2024, USD", _TITLE)
    rows = {
        "records": (audit.loc[("pairs", "all", "count"), "n"], len(records)),
        "pairs, top and bottom of a range": (
            audit.loc[("pairs", "all", "count"), "value"],
            rebuild.pair(records).sum(),
        ),
        "exact repeats": (
            audit.loc[("exact repeats", "all", "count"), "value"],
            records.duplicated(rebuild.COLUMNS).sum(),
        ),
        "median ML engineer, with repeats, USD": (
            audit.loc[(*median, "with repeats"), "value"],
            of_2024["salary_in_usd"].median(),
        ),
        "median ML engineer, without repeats, USD": (
            audit.loc[(*median, "without repeats"), "value"],
            of_2024.drop_duplicates(rebuild.COLUMNS)["salary_in_usd"].median(),
        ),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["here", "from the raw records"]).astype(int)
