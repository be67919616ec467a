"""Write tables, their Data Package and their README, and put them in place in one go."""

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from sources import RefreshError, spec

PACKAGE, README = "datapackage.json", "README.md"
_MADE_BY = "python data/refresh"
_OLD = ".old"  # the files that are being replaced; there only while they are, or after a run was killed then
_TEXTS = ("title", "description", "counted", "made", "not_for", "cite")


@contextmanager
def workplace(data: Path) -> Iterator[Path]:
    """Give a folder beside the tables to work in, after mending what a killed run left; it goes at the end.

    Where the disk is full or `data` cannot be written, it raises RefreshError with one sentence.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        _put_back(data)
        # Beside the tables, because a rename is whole or not at all only within one file system.
        with tempfile.TemporaryDirectory(dir=data, prefix=".new-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        raise RefreshError(
            f"{data} could not be written ({error.strerror or error}): the tables stay as they are."
        ) from error


def write(
    frames: Mapping[str, pd.DataFrame],
    data: Path,
    folder: Path,
    versions: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Write `frames` aside with `datapackage.json` and `README.md`, then put all in place; return what changed.

    Tables that were not built keep their entry of the package in `data`. `folder` comes from
    :func:`workplace`; `versions` says for each downloaded source what stands instead of the version on record.
    """
    present = _present(data)
    staging = folder / "staging"
    staging.mkdir()
    resources = []
    for name, meta in spec()["table"].items():
        if name in frames:
            frame = checked(name, frames[name])
            content = frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()
            path = staging / f"{name}.csv{'.gz' * meta.get('packed', False)}"
            if path.suffix == ".gz":
                content = gzip.compress(content, 9, mtime=0)  # with a time in it no two would be alike
            path.write_bytes(content)
            resources.append(_resource(path, meta, frame, content, versions))
        elif name in present:
            resources.append(present[name])
    package = {
        "name": "ml-careers-data",
        "title": "Tables of ML Careers, Hands-On",
        "description": "Figures computed from public sources on machine-learning careers.",
        "resources": resources,
    }
    (staging / PACKAGE).write_bytes((json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode())
    (staging / README).write_bytes(_readme(resources).encode())
    return _install(staging, data, folder)


def _install(staging: Path, data: Path, folder: Path) -> list[str]:
    """Replace the files that changed: all of them or, whatever happens in between, none."""
    changed = [
        new.name
        for new in sorted(staging.iterdir())
        if not (data / new.name).is_file() or (data / new.name).read_bytes() != new.read_bytes()
    ]
    copies = folder / "old"
    copies.mkdir()
    for name in changed:
        if (data / name).is_file():
            shutil.copy2(data / name, copies)
    os.replace(copies, data / _OLD)
    try:
        for name in changed:
            os.replace(staging / name, data / name)
    except BaseException:
        _put_back(data)
        raise
    os.replace(data / _OLD, copies)  # in one step: what is half deleted must not be put back
    return changed


def _put_back(data: Path) -> None:
    """Put back the old files, if a run was stopped while it replaced them."""
    old = data / _OLD
    if old.is_dir():
        for path in list(old.iterdir()):
            os.replace(path, data / path.name)
        old.rmdir()
    for left in data.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)


def checked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a built table in their order; RefreshError where it breaks its own schema."""
    fields = spec()["table"][name]["fields"]
    missing = [field["name"] for field in fields if field["name"] not in frame]
    if missing:
        raise RefreshError(f"{name} was not written: it was built without {', '.join(missing)}.")
    for field in fields:
        column, limits = frame[field["name"]], field.get("constraints", {})
        values = column.dropna()
        broken = {
            "has missing values": limits.get("required") and len(values) < len(column),
            "has a value twice": limits.get("unique") and not column.is_unique,
            "is below its minimum": "minimum" in limits and (values < limits["minimum"]).any(),
            "is above its maximum": "maximum" in limits and (values > limits["maximum"]).any(),
            "has a value out of its list": "enum" in limits and not values.isin(limits["enum"]).all(),
        }
        for fault in (text for text, is_broken in broken.items() if is_broken):
            raise RefreshError(f"{name} was not written: its column {field['name']} {fault}.")
    return frame[[field["name"] for field in fields]]


def _present(data: Path) -> dict[str, dict]:
    path = data / PACKAGE
    if not path.is_file():
        return {}
    try:
        return {resource["name"]: resource for resource in json.loads(path.read_bytes())["resources"]}
    except (ValueError, KeyError, TypeError) as error:
        raise RefreshError(f"{path} is damaged: run `git checkout -- data/{PACKAGE}`.") from error


def _resource(path: Path, meta: dict, frame: pd.DataFrame, content: bytes, versions: Mapping) -> dict:
    known = {key: spec()["source"][key] for key in meta["sources"]}
    licences = dict.fromkeys(licence for source in known.values() for licence in source["licences"])
    return {
        "name": path.name.partition(".")[0],
        "path": path.name,
        **{key: meta[key] for key in _TEXTS},
        "attribution": [source["attribution"] for source in known.values()],
        "as_of": meta.get("as_of") or f"{last_days(frame).max():%Y-%m-%d}",
        "made_by": _MADE_BY,
        "sources": [
            {
                "title": source["title"],
                "path": source["path"],
                "version": versions.get(key, source["version"]),
            }
            for key, source in known.items()
        ],
        "licenses": [{"name": licence, **spec()["licence"][licence]} for licence in licences],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "rows": len(frame),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": meta["fields"], "missingValues": [""]},
    }


def last_days(frame: pd.DataFrame) -> pd.Series:
    """Return the last day that each row of a monthly table counts."""
    return frame["month"] + pd.to_timedelta(frame["days"] - 1, unit="D")


def _readme(resources: list[dict]) -> str:
    rows = "".join(
        f"| [{r['name']}](#{r['name']}) | {r['rows']:,} | {r['as_of']} | {r['title']} |\n" for r in resources
    )
    head = (
        "# The tables\n\n"
        "The figures that the notebooks rest on, computed from their sources, never a copy of them; `pay_records` alone "
        f"holds records. `{PACKAGE}` says the same for machines, with a checksum a file.\n\n"
        f"This page is written by `{_MADE_BY}` from `data/refresh/tables.toml`: change that file, not this one.\n\n"
        f"| table | rows | as of | what it is |\n| --- | --- | --- | --- |\n{rows}"
    )
    return "\n".join([head, *map(_section, resources)])


def _section(resource: dict) -> str:
    licences = "; ".join(
        f"[{item['title']}]({item['path']})" if "path" in item else item["title"]
        for item in resource["licenses"]
    )
    origin = "; ".join(f"[{s['title']}]({s['path']}), {s['version']}" for s in resource["sources"])
    columns = "".join(
        f"| `{f['name']}` | {f['type']} | {f.get('unit', '')} | {f['description']} |\n"
        for f in resource["schema"]["fields"]
    )
    return (
        f"## {resource['name']}\n\n{resource['title']}. {resource['description']}\n\n"
        f"- **Who is counted.** {resource['counted']}\n"
        f"- **How it was made.** {resource['made']}\n"
        f"- **Not to be used for.** {resource['not_for']}\n"
        f"- **From.** {origin}.\n"
        f"- **Licence and credit.** {licences}. {' '.join(resource['attribution'])}\n\n"
        f"| column | type | unit | meaning |\n| --- | --- | --- | --- |\n{columns}"
    )
