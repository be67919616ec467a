"""Write tables, their Data Package and their README, and put them in place in one go."""

import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from sources import RefreshError, spec

PACKAGE, README = "datapackage.json", "README.md"
_MADE_BY = "python data/refresh"


def stage(
    frames: Mapping[str, pd.DataFrame],
    staging: Path,
    data: Path,
    versions: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write `frames`, `datapackage.json` and `README.md` into `staging`.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The tables that were built; all others keep their entry of the package in `data`.
    staging, data : Path
        Where to write, and where the present tables are.
    versions : mapping of str to str
        For each downloaded source, what to say instead of the version on record.
    """
    present = _present(data)
    resources = []
    for name, meta in spec()["table"].items():
        if name in frames:
            check(name, frames[name], meta["fields"])
            content = frames[name].to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()
            path = staging / f"{name}.csv{'.gz' * meta.get('packed', False)}"
            if path.suffix == ".gz":
                content = gzip.compress(content, 9, mtime=0)  # with a time in it no two would be alike
            path.write_bytes(content)
            resources.append(_resource(path, meta, frames[name], content, versions))
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


def install(staging: Path, data: Path) -> list[str]:
    """Move every staged file over its old version; the package goes last. Return what changed."""
    changed = []
    data.mkdir(parents=True, exist_ok=True)
    for new in sorted(staging.iterdir(), key=lambda path: (path.name == PACKAGE, path.name)):
        old = data / new.name
        if not old.is_file() or old.read_bytes() != new.read_bytes():
            changed.append(new.name)
            # A rename is whole or not at all, but only within one file system: hence the copy beside.
            beside = old.with_name(f".{new.name}.new")
            beside.write_bytes(new.read_bytes())
            os.replace(beside, old)
    return changed


def check(name: str, frame: pd.DataFrame, fields: list[dict]) -> None:
    """Raise RefreshError where a built table breaks its own schema."""
    if list(frame.columns) != [field["name"] for field in fields]:
        raise RefreshError(f"{name} was built with the columns {', '.join(frame.columns)}: not its schema.")
    for field in fields:
        column, limits = frame[field["name"]], field.get("constraints", {})
        values = column.dropna()
        broken = {
            "has missing values": limits.get("required") and len(values) < len(column),
            "is below its minimum": "minimum" in limits and (values < limits["minimum"]).any(),
            "is above its maximum": "maximum" in limits and (values > limits["maximum"]).any(),
            "has a value out of its list": "enum" in limits and not values.isin(limits["enum"]).all(),
        }
        for fault in (text for text, is_broken in broken.items() if is_broken):
            raise RefreshError(f"{name} was not written: its column {field['name']} {fault}.")


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
        "title": meta["title"],
        "description": meta["description"],
        "counted": meta["counted"],
        "made": meta["made"],
        "not_for": meta["not_for"],
        "cite": meta["cite"],
        "attribution": [source["attribution"] for source in known.values()],
        "as_of": meta.get("as_of") or _last_day(frame),
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


def _last_day(frame: pd.DataFrame) -> str:
    last = frame["month"] + pd.to_timedelta(frame["days"] - 1, unit="D")
    return f"{last.max():%Y-%m-%d}"


def _readme(resources: list[dict]) -> str:
    parts = [
        "# The tables\n\n"
        f"Written by `{_MADE_BY}` from `data/refresh/tables.toml`: change that file, not this one. "
        "Each table holds figures computed from its sources, never a copy of them; `pay_records` alone holds records. "
        f"`{PACKAGE}` says the same for machines, with a checksum a file.\n\n"
        "| table | rows | as of | what it is |\n| --- | --- | --- | --- |\n"
        + "".join(
            f"| [{r['name']}](#{r['name']}) | {r['rows']:,} | {r['as_of']} | {r['title']} |\n"
            for r in resources
        )
    ]
    parts += [_section(resource) for resource in resources]
    return "\n".join(parts)


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
