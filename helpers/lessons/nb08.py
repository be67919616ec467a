"""Notebook 08: generated adverts, bytes that must be read, servers of this machine, the judges, two pictures."""

import hashlib
import logging
import tempfile
import tomllib
from operator import call
from pathlib import Path
from threading import get_ident
from time import sleep
from unittest import mock
from urllib.parse import unquote

import duckdb
import numpy as np
import pandas as pd
import yaml

from helpers import charts, check, evidence, pay

logging.getLogger("werkzeug").setLevel("ERROR")  # of the object store: it would tell of each request
duckdb.execute("SET allocator_background_threads = true")  # else it keeps the memory that its last query used
_SAID = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
MICROSECONDS, WORKERS, QUERIES = (_SAID[name] for name in ("microseconds", "workers", "queries"))


def _edits(build):
    return {one["hint"]: tuple(one["edit"]) for one in _SAID[build].values() if "edit" in one}


def _fault(build, name):
    return check.wrong(_SAID[build][name]["hint"])


def adverts(count, seed=0):
    """Generate adverts (DataFrame): role, level, country and pay of a real range of 2024 each, in sentences of ours.

    Skills are named as often as by real adverts of the role in 2023, but independently of each other, which those are not.
    """
    draw = np.random.default_rng(seed)
    real = pay.between(pay.adverts(), "2024-01-01", "2024-12-31").rename(columns={"midpoint": "pay"})
    real = real[real["role"].isin(pay.ROLES)].astype({"role": str, "level": str, "country": str})
    real = real.replace({"level": pay.LEVELS, "country": pay.COUNTRIES})
    rows = real.iloc[draw.choice(len(real), count, p=real["weight"] / real["weight"].sum())]
    shares = evidence.tools()["value"].unstack().fillna(0)
    named = 100 * draw.random((count, shares.shape[1]), np.float32) < shares.loc[rows["role"]].to_numpy()
    names, texts = np.array(shares.columns, object), np.array(_SAID["texts"], object)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 366, count), unit="D")
    table = rows.assign(id=np.arange(count), day=days, skills=[", ".join(names[row]) for row in named])
    table = table[["id", "day", "role", "level", "country", "pay", "skills"]].reset_index(drop=True)
    words = table.replace({"skills": {"": "your own head"}}).itertuples()  # one at a time, not all in memory
    pairs = zip(texts[draw.integers(0, 4, count)], words, strict=True)
    return table.assign(text=[text.format(**row._asdict()) for text, row in pairs])


def answer(folder, columns, limits):
    """list: the sorted rows that a query finds in the Parquet files of a folder."""
    where = " AND ".join(f"{name} BETWEEN '{low}' AND '{high}'" for name, (low, high) in limits.items())
    rows = duckdb.read_parquet(f"{folder}/**/*.parquet", hive_partitioning=True).filter(where)
    return sorted(rows.select(*columns).fetchall())


def must_read(folder, columns, limits):
    """int: the bytes of a folder's Parquet files that a query cannot skip, by what they say of themselves, and their ends."""
    chunks = duckdb.execute("FROM parquet_metadata(?)", [f"{folder}/**/*.parquet"]).df()
    for name, (low, high) in limits.items():
        fixed = chunks["file_name"].map(unquote).str.extract(f"/{name}=([^/]+)/", expand=False)
        chunks = chunks[fixed.isna() | fixed.between(low, high)]  # else the name of its folder rules it out
    files, column, skipped = chunks["file_name"], chunks["path_in_schema"], pd.Series(False, chunks.index)
    for name, (low, high) in limits.items():
        skipped |= (column == name) & ((chunks["stats_min"] > high) | (chunks["stats_max"] < low))
    skipped = skipped.groupby([files, chunks["row_group_id"]]).transform("any")
    size = chunks["total_compressed_size"][~skipped & column.isin([*columns, *limits])].sum()
    return int(size) + sum(8 + int.from_bytes(Path(one).read_bytes()[-8:-4], "little") for one in set(files))


@check.build("Write layout(adverts, folder).", wrong=_edits("layout"))
def layout(piece, ours, wrong):
    """A fresh table is laid out; its rows, the answers and the bytes are compared with those of one plain file."""
    table, queries = adverts(60_000, 1), QUERIES.values()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        duckdb.from_df(table).write_parquet(f"{one}/adverts.parquet")
        piece(table.copy(), Path(other))
        if not 0 < (files := len([*Path(other).rglob("*.parquet")])) <= 100:
            return _fault("layout", "small" if files else "none")
        every = {"columns": ["id"], "limits": {"id": (0, len(table))}}
        if any(answer(one, **query) != answer(other, **query) for query in (every, *queries)):
            return _fault("layout", "rows")
        large, small = ([must_read(at, **query) for query in queries] for at in (one, other))
        if 10 * sum(small) > sum(large):
            return _fault("layout", "role" if small[0] > large[0] / 20 else "week")
        piece(table.assign(day=pd.Timestamp("2024-01-01")), Path(other))
        if len(answer(other, ["id"], {"day": ("2024-01-01", "2024-01-01 23:59")})) != len(table):
            return _fault("layout", "again")
    return check.right("Same answers, from less than a tenth of the bytes.")


def _sent(piece, parts, *fates, loses=False):
    """Send parts by an upload to a client in memory; each try meets the next of some fates. The client has all to tell."""
    client, fates, me = mock.MagicMock(parts={}, body=b"", waits=[]), iter(fates), get_ident()

    def part(PartNumber, Body, **_):
        fate = next(fates, "fine")
        if client.upload_part.call_count > 99:  # it never ends, and may catch all that is raised
            sleep(1)
            raise GeneratorExit
        if fate != "no answer":
            client.parts[PartNumber] = b"noise" if fate == "damaged" else Body
        if "answer" in fate:
            raise TimeoutError(fate)
        return {"ETag": f'"{hashlib.md5(client.parts[PartNumber]).hexdigest()}"'}

    def complete(MultipartUpload, **_):
        kept = MultipartUpload["Parts"][: -1 if loses else None]
        client.body = b"".join(client.parts[one["PartNumber"]] for one in kept)

    client.create_multipart_upload.return_value = {"UploadId": "1"}
    client.upload_part.side_effect, client.complete_multipart_upload.side_effect = part, complete
    client.get_object.side_effect = lambda **_: {"Body": mock.Mock(read=lambda *_: client.body)}
    # The other threads of a kernel sleep as ever.
    with mock.patch("time.sleep", lambda s: client.waits.append(s) if get_ident() == me else sleep(s)):
        try:
            client.said = piece(client, "adverts", "day.parquet", list(parts))
        except (Exception, GeneratorExit) as error:
            client.said = error
    return client


@check.build("Write upload(client, bucket, key, parts).", wrong=_edits("upload"))
def upload(piece, ours, wrong):
    """Without failure, with three of each kind in a row, without any answer, and with a store that loses a part."""
    parts = [bytes([number]) * (1000 + number) for number in range(3)]
    whole, fine, never = b"".join(parts), _sent(piece, parts), _sent(piece, parts, *["no answer"] * 99)
    if isinstance(fine.said, Exception) and fine.upload_part.call_count < 4:
        raise fine.said
    gone, late, ill = (_sent(piece, parts, *[fate] * 3) for fate in ("no answer", "answer lost", "damaged"))
    faults = {"again": fine.upload_part.call_count > 3} | {
        "order": fine.body != whole,
        "retry": gone.body != whole or late.body != whole,
        "tag": ill.body != whole,
        "wait": any(sorted({*one.waits}) != one.waits or not one.waits for one in (gone, late, ill)),
        "silent": not isinstance(never.said, Exception) or never.upload_part.call_count > 12,
        "abort": not never.abort_multipart_upload.called,
        "proof": not isinstance(_sent(piece, parts, loses=True).said, Exception),
        "back": fine.said != hashlib.sha256(whole).hexdigest(),
    }
    fault = next((name for name, found in faults.items() if found), None)
    return _fault("upload", fault) if fault else check.right("It survives all failures, and proves it.")


def largest_task(job, parts):
    """Run a job by a `submit` of ours: its answer, and the rows of its largest task, which the busiest worker has at least."""
    rows = []

    def submit(function, *args):
        given = [one for arg in args for one in (arg if isinstance(arg, list) else [arg])]
        rows.append(sum(len(one) for one in given if hasattr(one, "__len__")))
        return function(*args)

    return job(submit, parts), max(rows, default=0)


@check.build("Write in_two_steps(submit, parts).", wrong=_edits("in_two_steps"))
def in_two_steps(piece, ours, wrong):
    """Skewed parts, an empty one among them, and a role that is in one part only; then parts and results not yet there."""
    table = adverts(2_000, 3)[["role", "pay"]].sort_values("role", kind="stable")
    table = pd.concat([table, *[table[table["role"] == "Data Scientist"]] * 7])
    even = [table[start::8] for start in range(8)]
    cases = [(call, even), (call, [table[:0], table[:7], table[7:900], table[900:]])]
    verdict = check.judge_function(piece, ours, cases, wrong, "Same answer, even shares.")
    if verdict.state == "right" and not 0 < largest_task(piece, even)[1] <= len(table) / 2:
        return _fault("in_two_steps", "heavy")
    lazy = check.judge_function(piece, ours, [(lambda *_: ..., [...] * 8)]).state == "right"
    return verdict if lazy or verdict.state != "right" else _fault("in_two_steps", "outside")


@check.exercise("Write the Dockerfile in the place of the three dots.")
def dockerfile(text):
    """The file is read; there is no engine here to run it."""
    if "..." in str(text):
        return check.Verdict("open", "Replace each of the three dots in the Dockerfile.")
    return check.kept(str(text).replace("\\\n", " "), _SAID["dockerfile"].values(), _SAID["read"])


@check.build("Write deployment.yaml.", wrong=_edits("deployment"))
def deployment(piece, ours, wrong):
    """The file is read as YAML; nothing runs it."""
    return check.kept(yaml.safe_load(Path(piece).read_bytes()), _SAID["deployment"].values(), _SAID["read"])


def draw_crossing(lines, job, meet):
    """Draw seconds by adverts, a line for each way; `meet` is where the cluster begins to win."""
    figure, axes = charts.blank(4.0)
    lines.plot(ax=axes, logx=True, logy=True, style=["-", "--", "-", "-."])
    axes.axvline(meet, color="black", linestyle=":", linewidth=1)
    axes.set_xticks([1e4, 1e6, 1e8, 1e10], ["10,000", "1 million", "100 million", "10 billion"])
    axes.set_yticks([1e-2, 1, 60, 3600, 86400], ["10 ms", "1 s", "1 min", "1 h", "1 day"])
    axes.set(xlabel="Adverts (dotted: from here on the cluster is quicker)", ylim=(6e-4, 4e6))
    title = f"To {job}, the cluster wins from {meet / 1e6:,.3g} million adverts on"
    return charts.finish(figure, title, _SAID["measured"], f"{title}. With fewer it starts too late.")
