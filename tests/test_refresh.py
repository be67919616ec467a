"""`data/refresh`: the steps on small made-up files, whole rebuilds, and downloads from a local server."""

import errno
import gzip
import http.server
import importlib.util
import io
import itertools
import os
import shutil
import sys
import threading
import unittest.mock
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import tables

sys.path.insert(0, str(tables.DATA / "refresh"))
import aijobs as pay
import download
import indeed
import official
import package
import sources as src
import surveys
from sources import RefreshError

_file = importlib.util.spec_from_file_location("refresh_command", tables.DATA / "refresh" / "__main__.py")
command = importlib.util.module_from_spec(_file)
_file.loader.exec_module(command)

SOURCES = os.environ.get("ML_CAREERS_SOURCES")


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(tables.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("refresh"))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@contextmanager
def refused(data, said):
    """One sentence, and no file of `data` is touched."""
    before = contents(data)
    with pytest.raises(RefreshError, match=said) as error:
        yield
    assert "\n" not in str(error.value) and len(str(error.value)) < 600
    assert contents(data) == before and not list(data.glob(".*"))


# Whole rebuilds, where the publishers' files are at hand


@pytest.mark.skipif(not SOURCES, reason="ML_CAREERS_SOURCES does not name a folder of publishers' files")
def test_rebuild_changes_no_byte(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for name in command.HAND_KEPT:
        shutil.copy(tables.DATA / f"{name}.csv", data)
    command.rebuild(Path(SOURCES), data=data)
    made, kept = contents(data), contents(tables.DATA)
    assert [name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name)] == []
    assert command.rebuild(Path(SOURCES), data=data) == []


@pytest.mark.parametrize(
    ("name", "text", "instead", "said"),
    [
        ("claims", "\nnew-demand,", "\ndated-2024,", "was not written: its column id has a value twice"),
        ("claims", "verdict", "ruling", "has no column verdict"),
        ("claim_evidence", ",42.0,", ",many,", "a number that cannot be read"),
        ("claim_evidence", ",42.0,", ",,", "column value has missing values"),
    ],
)
def test_a_fault_in_a_table_kept_by_hand_is_refused(data, tmp_path, name, text, instead, said):
    path = data / f"{name}.csv"
    path.write_text(path.read_text("utf-8").replace(text, instead), "utf-8")
    with refused(data, f"{name}.*{said}"):
        command.rebuild(tmp_path, [name], data)


def test_package_and_readme_follow_from_the_hand_written_part():
    """Without the sources, this shows a text that was changed in one place only."""
    resources = [tables._resource(name) for name in tables.names()]
    assert package._readme(resources) == (tables.DATA / "README.md").read_text("utf-8")
    assert list(src.spec()["table"]) == list(tables.names())
    for resource in resources:
        meta = src.spec()["table"][resource["name"]]
        assert resource["schema"]["fields"] == meta["fields"]
        for key in ("title", "description", "counted", "made", "not_for", "cite"):
            assert resource[key] == meta[key]


# Pairing of advertised ranges

NAMES = [name for name in pay.COLUMNS if name not in ("job_title", *pay.PAY)]
ROW = dict(zip(NAMES, [2024, "SE", "FT", "USD", "US", 100, "US", "M"], strict=True))


def records(*rows):
    """Records with the given pay; a tuple also changes the title."""
    pairs = [row if isinstance(row, tuple) else (row, "Data Scientist") for row in rows]
    made = pd.DataFrame(pairs, columns=["salary", "job_title"])
    return made.assign(arrived="2024-01-07", **ROW, salary_in_usd=made["salary"])


@pytest.mark.parametrize(
    ("rows", "tops"),
    [
        ((200, 100), [0]),
        ((100, 200), []),
        ((100, 100), [0]),
        ((300, 200, 100), [0]),
        ((400, 300, 200, 100), [0, 2]),
        ((100, 300, 200), [1]),
        (((200, "Data Scientist"), (100, "Data Analyst")), []),
        ((100,), []),
    ],
)
def test_pair_joins_neighbours_that_agree_but_for_pay(rows, tops):
    assert np.flatnonzero(pay.pair(records(*rows))).tolist() == tops


def test_pay_ranges_round_to_five_thousand_and_count_equal_ranges():
    others = (122_060, "Machine Learning Engineer"), (1, "Lion Tamer")
    made = records(202_499, 97_500, 202_000, 98_000, *others)
    table = pay.pay_ranges_from(made).set_index("title_group")
    assert table.loc["Data Scientist", ["low", "high", "adverts", "single"]].tolist() == [100, 200, 2, False]
    lone = table.loc["Machine Learning Engineer"]
    assert lone[["low", "high", "single", "role"]].tolist() == [120, 120, True, "ML Engineer"]
    assert table.loc["Other title", "role"] == "Other"


# Monthly means


def daily(share):
    dates = pd.date_range("2024-01-29", periods=len(share))
    return pd.DataFrame({"date": dates, "country": "US", "share": share})


def test_monthly_means_are_means_of_the_days_of_a_month():
    table = indeed.monthly(daily(np.arange(34.0) ** 2))
    assert table["month"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert table["days"].tolist() == [3, 29, 2]
    assert table["share"].tolist() == [1.6667, 359.0, 1056.5]


def tracker(folder, change=lambda frame: frame):
    frame = daily([2.5] * 30).rename(columns={"country": "jobcountry", "share": "AI_share_postings"})
    path = folder / "AI_posting.csv"
    change(frame).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(index=3), "missing or repeated days in the series US"),
        (lambda frame: pd.concat([frame, frame[:1]]), "missing or repeated days"),
        (lambda frame: frame.drop(columns="AI_share_postings"), "has no column AI_share_postings"),
        (lambda frame: frame.assign(date="soon"), "a date that cannot be read"),
        (lambda frame: frame.assign(AI_share_postings="many"), "a number that cannot be read"),
        (lambda frame: frame.assign(AI_share_postings="nan"), "a day without a value"),
        (lambda frame: frame[:0], "holds no rows"),
        (lambda frame: frame.rename(columns={"date": "x" * 3_000_000}), "has no column date"),
    ],
)
def test_tracker_with_a_fault_is_refused_in_one_sentence(tmp_path, change, said):
    path = tracker(tmp_path, change)
    with refused(tmp_path, rf"AI_posting\.csv .*{said}"):
        indeed.ai_postings_from(path)


# Symbols, shares and scales


def test_wage_symbols_become_missing_with_a_note():
    columns = {symbol: ["1,200", "*", "5"] for symbol in official._WAGES}
    table = pd.DataFrame(columns | {"A_PCT90": ["#", "*", "5"], "TOT_EMP": ["10", "**", "-"]}, dtype="str")
    assert official.oews_numbers(table["A_PCT90"]).isna().tolist() == [True, True, False]
    assert official.oews_numbers(table["A_MEAN"]).iloc[0] == 1200
    notes = official.oews_notes(table)
    assert notes[0] == "p90: at or above the top code"
    assert notes[1].startswith("employment, ") and notes[1].endswith(": not released")
    assert notes[2] == "employment: not released"


def test_adverts_of_2023_stand_in_the_one_role_of_their_title_whatever_their_collector_says():
    titles, skills = ["Data Scientist II", "MLOps Engineer", "MLOps Engineer"], ["['aws']", "['azure']", ""]
    adverts = pd.DataFrame({"job_title": titles, "job_country": "United States", "job_skills": skills})
    adverts["job_no_degree_mention"] = ["True", "False", "True"]
    table = surveys._tagged(unittest.mock.Mock(read=lambda *_: adverts), ["aws", "aws, azure or gcp"])
    table = table.query("place == 'US' and group == 'MLOps Engineer'").sort_values(["skill", "method"])
    assert table[["postings", "naming"]].to_numpy().tolist() == [[2, 0], [1, 0], [2, 1], [1, 1], [2, 1]]


def test_percent_reads_the_firm_survey():
    assert official.percent(pd.Series(["3.7%", "S", "100.0%"])).tolist() == [3.7, pd.NA, 100.0]


@pytest.mark.parametrize(
    ("read", "given", "name"),
    [
        (official.model_kind, frozenset(["Industry"]), "Industry only"),
        (official.model_kind, frozenset(["Industry", "Academia"]), "Industry with others"),
        (official.model_kind, frozenset(["Academia"]), "Academia only"),
        (official.model_kind, frozenset(["Government", "Academia"]), "Others without industry"),
        (surveys.degree, "Professional doctorate", "Professional doctorate"),
        (surveys.degree, "Professional degree (JD, MD, etc.)", "Professional degree or doctorate"),
        (surveys.degree, "", "No answer"),
    ],
)
def test_kinds_of_models_and_degrees_share_one_scale_each(read, given, name):
    assert read(given) == name


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        (official.oews_numbers, pd.Series(["1", "~~"], name="A_MEAN"), "'~~', which is no known symbol"),
        (official.percent, pd.Series(["many"]), "no percentage"),
        (surveys.degree, "Wizardry", "'Wizardry'"),
    ],
)
def test_an_unknown_value_is_refused(read, given, said):
    with pytest.raises(RefreshError, match=said):
        read(given)


# Sources and the package


def test_missing_folder_file_and_wrong_file_are_one_sentence(tmp_path):
    with pytest.raises(RefreshError, match="There is no folder"):
        src.Sources(tmp_path / "nowhere")
    sources = src.Sources(tmp_path)
    with pytest.raises(RefreshError, match=r"AI_posting\.csv is missing: get AI_posting\.csv from https"):
        sources.path("indeed-ai-tracker", "AI_posting.csv")
    (tmp_path / "indeed-ai-tracker").mkdir()
    (tmp_path / "indeed-ai-tracker" / "AI_posting.csv").write_text("date\n")
    with pytest.raises(RefreshError, match=r"expected sha256 436027e9a1bdfa10…, found .*commit 41392c3"):
        sources.path("indeed-ai-tracker", "AI_posting.csv")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bno", gzip.compress(b"a,b\n1,2\n" * 99)[:-20]], ids=len)
def test_unreadable_file_is_one_sentence(tmp_path, content):
    path = tmp_path / "salaries.csv.gz"
    path.write_bytes(content)
    with refused(tmp_path, r"salaries\.csv\.gz cannot be read"):
        src.read(path)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("share", -1.0, "column share is below its minimum"),
        ("share", 101.0, "column share is above its maximum"),
        ("country", "ZZ", "column country has a value out of its list"),
    ],
)
def test_table_that_breaks_its_schema_is_not_written(column, value, said):
    table = indeed.monthly(daily([1.0] * 7))
    package.checked("ai_postings", table)
    for broken, fault in ((table.assign(**{column: value}), said), (table.drop(columns=column), "without")):
        with pytest.raises(RefreshError, match=fault):
            package.checked("ai_postings", broken)


# Putting tables in place


def write_newer(data):
    frames = {name: tables.load(name) for name in ("notable_models", "ai_postings")}
    frames["notable_models"]["total"] += 1
    frames["ai_postings"]["share"] += 0.01
    with package.workplace(data) as folder:
        return package.write(frames, data, folder)


@pytest.mark.parametrize("replaced", range(3))
@pytest.mark.parametrize("killed", [False, True], ids=["an error", "killed"])
def test_a_run_that_stops_while_it_replaces_files_replaces_none(data, monkeypatch, replaced, killed):
    before, replace, calls = contents(data), os.replace, itertools.count()

    def stop(old, new):
        if Path(new).name in before and next(calls) == replaced:
            raise OSError(errno.EIO, "The disk is gone")
        replace(old, new)

    monkeypatch.setattr(os, "replace", stop)
    with monkeypatch.context() as patch:
        if killed:  # then nobody tidies up before the next run
            patch.setattr(package, "_put_back", lambda data: None)
        with pytest.raises(RefreshError, match=r"The disk is gone.*stay as they are"):
            write_newer(data)
    assert (contents(data) == before) == (not killed or not replaced)
    assert command.rebuild(data, command.HAND_KEPT, data) == []
    assert contents(data) == before
    assert write_newer(data) == ["ai_postings.csv", "datapackage.json", "notable_models.csv"]
    assert {path.name for path in data.iterdir()} == set(before)


# Downloads


@pytest.fixture(scope="module")
def published():
    """The publishers' files as they would give the present tables, one more month at the end."""
    names = {"country": "jobcountry", "share": "AI_share_postings"}
    names |= {f"index_{kind}": f"indeed_job_postings_index_{kind.upper()}" for kind in ("sa", "nsa")}
    files = {"AI_posting.csv": _days(tables.load("ai_postings")).rename(columns=names)}
    index = _days(tables.load("postings_index").query("sector == 'All jobs'"))
    index = index.assign(variable=index["postings"].astype("str") + " postings").rename(columns=names)
    for country, part in index.groupby("jobcountry", observed=True):
        files[f"aggregate_job_postings_{country}.csv"] = part
    files["salaries.csv"] = records(200, 100, 300).drop(columns="arrived")
    return {download.FILES[name]: _text(frame) for name, frame in files.items()}


def _days(monthly):
    """Every day of whole months, and of one more month, with the value of its month."""
    last = monthly[monthly["month"] == monthly["month"].max()]
    longer = pd.concat([monthly, last.assign(month=last["month"] + pd.offsets.MonthBegin())])
    dates = [pd.date_range(month, month + pd.offsets.MonthEnd()) for month in longer["month"]]
    return longer.assign(date=dates).explode("date").drop(columns=["month", "days"])


def _text(frame):
    return frame.to_csv(index=False, date_format="%Y-%m-%d").encode()


@pytest.fixture
def server(published, monkeypatch):
    """A local server of the published files.

    `faults` maps a path to a list of what to do first: a status, a change of the table, or a word.
    """
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    faults, asked, pause = {}, [], threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.removeprefix("/")
            asked.append(path)
            fault = faults[path].pop(0) if faults.get(path) else None
            content = published[path]
            if callable(fault):
                content = _text(fault(pd.read_csv(io.BytesIO(content), parse_dates=["date"])))
            self.send_response(fault if isinstance(fault, int) else 200)
            self.send_header("Content-Type", "text/html" if fault == "page" else "text/plain")
            self.send_header("Content-Length", "1" * 12 if fault == "large" else str(len(content)))
            self.send_header("Location", f"{running.base}/{path}?")
            self.end_headers()
            for _ in range(50 * (fault == "slow")):
                self.wfile.write(b"d")
                pause.wait(0.1)
            self.wfile.write(content[: len(content) // 2] if fault in ("cut", "slow") else content)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.faults, running.asked = faults, asked
        running.base = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=[0.01])
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_download_extends_the_tables_and_keeps_the_rest(data, server):
    before = contents(data)
    changed, note = download.refresh(data, server.base)
    assert set(changed) == {"ai_postings.csv", "postings_index.csv", "datapackage.json", "README.md"}
    after = contents(data)
    assert {name for name in after if after[name] != before[name]} == set(changed)
    assert "The salary index now has 3 records" in note and "74,301" in note
    new = pd.read_csv(data / "postings_index.csv", parse_dates=["month"])
    old = tables.load("postings_index")
    sectors = [frame[frame["sector"] != "All jobs"].reset_index(drop=True) for frame in (old, new)]
    assert np.array_equal(sectors[0]["index_sa"], sectors[1]["index_sa"])
    assert new["month"].max() > old["month"].max()
    assert b"newest version on " in after["datapackage.json"]
    assert b'"as_of": "2026-07-31"' in after["datapackage.json"]


def test_download_tries_again(data, server):
    path = download.FILES["AI_posting.csv"]
    server.faults[path] = [503, 429, "cut"]
    assert "ai_postings.csv" in download.refresh(data, server.base)[0]
    assert server.asked.count(path) == 4


def _scaled(factor):
    return lambda frame: frame.assign(AI_share_postings=factor * frame["AI_share_postings"])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (404, "could not be downloaded .*answer 404"),
        (302, "could not be downloaded .*answer 302"),
        ("page", "could not be downloaded .*no file of data"),
        ("large", "could not be downloaded .*no file of data"),
        ("slow", "could not be downloaded .*not done within 0.3 seconds"),
        (lambda frame: frame[frame["date"] < "2026-06-30"], r"has fewer days .*\(AU, June 2026\)"),
        (lambda frame: frame.assign(date=frame["date"] + pd.Timedelta(days=4000)), "is in the future"),
        (_scaled(0), r"a month of nothing but zeros \(AU, January 2019\)"),
        (_scaled(1.2), r"tells another history than the table \(AU, January 2019\)"),
    ],
)
def test_bad_download_changes_nothing(data, server, monkeypatch, fault, said):
    monkeypatch.setattr(download, "_LONGEST", 0.3 if fault == "slow" else 60)
    server.faults[download.FILES["AI_posting.csv"]] = [fault] * 9
    with refused(data, said):
        download.refresh(data, server.base)


def test_a_small_revision_of_the_history_is_taken_in(data, server):
    server.faults[download.FILES["AI_posting.csv"]] = [_scaled(1.05)]
    assert "ai_postings.csv" in download.refresh(data, server.base)[0]


def test_a_country_whose_index_was_cut_at_a_line_changes_nothing(data, server):
    """A file that is shorter but well-formed: only the comparison with the present table can tell."""
    cut = [lambda frame: frame[frame["date"] < "2026"]]
    server.faults[download.FILES["aggregate_job_postings_US.csv"]] = cut
    with refused(data, r"postings_index has fewer days .*US / All jobs"):
        download.refresh(data, server.base)


def test_download_goes_on_without_the_salary_index(data, server):
    server.faults[download.FILES["salaries.csv"]] = [404] * 9
    changed, note = download.refresh(data, server.base)
    assert "ai_postings.csv" in changed
    assert "could not be fetched or read, so it was not compared with pay_ranges" in note


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--sources", "."], "is missing: get AI_posting.csv from https"),
        (["--download"], "check the connection and try again later; the tables in data/ stay as they are."),
    ],
    ids=["no sources", "offline"],
)
def test_command_line_says_one_sentence_and_fails(asked, said, data, monkeypatch, capsys):
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    # Port 9 of this machine refuses connections.
    monkeypatch.setattr(download.refresh, "__defaults__", (data, "http://127.0.0.1:9"))
    before = contents(data), contents(tables.DATA)
    assert command.main(asked) == 1
    shown = capsys.readouterr()
    assert said in shown.err.strip().splitlines()[-1] and "Traceback" not in shown.err and not shown.out
    assert (contents(data), contents(tables.DATA)) == before
