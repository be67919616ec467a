"""Command line: `python data/refresh --sources DIR`, or `--download`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import aijobs
import download
import indeed
import official
import package
import pandas as pd
import surveys
from sources import RefreshError, Sources, numbers, read, spec

from helpers import tables

BUILDERS: dict[str, Callable[[Sources], pd.DataFrame]] = {
    "ai_postings": indeed.ai_postings,
    "postings_index": indeed.postings_index,
    "pay_ranges": aijobs.pay_ranges,
    "pay_audit": aijobs.pay_audit,
    "pay_records": aijobs.pay_records,
    "wages": official.wages,
    "projections": official.projections,
    "skill_shares": surveys.skill_shares,
    "education": surveys.education,
    "tools": surveys.tools,
    "occupation_skills": official.occupation_skills,
    "firm_ai_use": official.firm_ai_use,
    "notable_models": official.notable_models,
}
HAND_KEPT = ("claims", "claim_evidence", "adverts", "questions", "resources")


def rebuild(folder: Path, wanted: Sequence[str] = (), data: Path = tables.DATA) -> list[str]:
    """Build tables (all, if none is `wanted`) from a folder of sources and put them in place.

    Returns the names of the files that changed. Raises RefreshError with one sentence; nothing changed then.
    """
    sources = Sources(folder)
    with package.workplace(data) as workplace:
        frames = {}
        for name in wanted or (*BUILDERS, *HAND_KEPT):
            frames[name] = hand_kept(name, data) if name in HAND_KEPT else BUILDERS[name](sources)
        return package.write(frames, data, workplace)


def hand_kept(name: str, data: Path) -> pd.DataFrame:
    """Read a table that is written by hand where it is used."""
    fields = spec()["table"][name]["fields"]
    table = read(data / f"{name}.csv", [field["name"] for field in fields]).replace("", pd.NA)
    for kind, of in {"float64": "number", "int64": "integer"}.items():
        columns = [field["name"] for field in fields if field["type"] == of]
        table = numbers(table, f"{name}.csv", columns, kind)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser("python data/refresh", description="Rebuild the tables of data/.")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--sources", metavar="DIR", type=Path, help="folder of the publishers' files")
    way.add_argument("--download", action="store_true", help="fetch the newest of what has a public address")
    parser.add_argument(
        "--table",
        metavar="NAME",
        action="append",
        default=[],
        choices=[*BUILDERS, *HAND_KEPT],
        help="with --sources: rebuild only this table (may be repeated)",
    )
    options = parser.parse_args(arguments)
    try:
        if options.download:
            changed, note = download.refresh()
            print(note)
        else:
            changed = rebuild(options.sources, options.table)
    except RefreshError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Changed in data/: {', '.join(changed)}." if changed else "Nothing changed: data/ is as it was.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
