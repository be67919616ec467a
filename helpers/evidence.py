"""What is known about the four jobs: seven facts each, on one card, with who is counted.

Official wages, advertised pay and answers to surveys are different things: each has a function of its own, and
nothing here joins two of them. Who is counted in each stands in `facts.toml`. Intervals (``low``, ``high``) of shares are
Wilson's at 95%. What rests on fewer than `stats.LEAST` adverts or people is missing.
"""

import pathlib
import tomllib
from functools import lru_cache

import pandas as pd

from helpers import charts, stats, tables
from helpers.pay import ROLES

_SAID = tomllib.loads(pathlib.Path(__file__).with_name("facts.toml").read_text("utf-8"))
NEAREST = _SAID["nearest"]
"""Occupations of the US statistics by SOC 2018 code, highest median wage first: ``name``, and the ``roles`` counted there."""


def _nearest(table, **columns):
    """Columns of the nearest occupations, by their short names."""
    names = [one["name"] for one in NEAREST.values()]
    return table.set_index("code").loc[list(NEAREST)].set_axis(names)[list(columns)].rename(columns=columns)


def official_pay():
    """Wages of the nearest occupations, newest year: ``low``, ``value``, ``high``, thousand USD (tenths and median)."""
    wages = tables.load("wages")
    newest = wages[(wages["area_type"] == "nation") & (wages["year"] == wages["year"].max())]
    return _nearest(newest, p10="low", median="value", p90="high") / 1000


def outlook():
    """Projected change of the jobs in the nearest occupations from 2024 to 2034: ``value`` (%)."""
    return _nearest(tables.load("projections"), change_percent="value")


@lru_cache
def _offers():
    """Full-time US adverts that state a range; ``adverts`` says how often each came in its week."""
    ranges = tables.load("pay_ranges")
    ranges = ranges[(ranges["country"] == "US") & (ranges["employment"] == "FT") & ~ranges["single"]]
    return ranges[["role", "title_group", "level", "low", "high", "adverts"]]


def advertised_pay(roles=ROLES):
    """By role: ``adverts``; medians of the bottoms (``low``) and tops (``high``) of their ranges, thousand USD a year."""
    offers = _offers()
    groups = offers.loc[offers.index.repeat(offers["adverts"]), ["role", "low", "high"]].groupby("role")
    pay = groups[["low", "high"]].median().where(groups.size().ge(stats.LEAST), axis=0)
    return pay.assign(adverts=groups.size()).loc[list(roles)]


def first_rung(roles=ROLES):
    """By role: ``entry`` and all ``adverts``; the share ``value`` (%) that the collector labels entry level, its interval.

    The interval is that of the effective number of adverts, because the repeats of one range are not independent.
    """
    return _entry(_offers(), "role").loc[list(roles)]


def first_rung_of_research():
    """The same of research adverts, by whether the title names AI or machine learning; plain ones can be of any field."""
    offers = _offers()[_offers()["role"] == "AI Research Scientist"]
    return _entry(offers, ~offers["title_group"].isin(("Research Scientist", "Research Engineer")))


def _entry(offers, by):
    groups = offers.assign(entry=offers["adverts"].where(offers["level"] == "EN", 0)).groupby(by)
    counts = groups[["entry", "adverts"]].sum()
    shares = _shares(counts["entry"] / counts["adverts"], groups["adverts"].agg(stats.effective_n))
    return counts.join(shares.where(counts["adverts"].ge(stats.LEAST), axis=0))


def _shares(share, n):
    low, high = stats.wilson(share, n)
    return pd.DataFrame({"value": 100 * share, "low": 100 * low, "high": 100 * high})


def tags():
    """Adverts of 2023 with a stated salary in one collection, all countries, by ``role`` and ``skill`` of the collector.

    ``share`` (%) of the ``postings`` name it. The roles are those of the rule for titles of all tables.
    """
    shares = tables.load("skill_shares").astype({"role": str})
    counted = (shares["method"] == "tags, all adverts") & (shares["place"] == "all countries")
    return shares[counted].eval("share = 100 * naming / postings")  # the table is rounded to a tenth


def size():
    """Adverts of 2023 by role: ``value``."""
    return tags().groupby("role")["postings"].first().loc[list(ROLES)].to_frame("value")


def tools():
    """By role and tool: share ``value`` (%) of the adverts of :func:`size` that name it, with its interval."""
    rows = tags().query("skill != 'aws, azure or gcp'")  # a sum of three, not a tool
    rows = rows[(rows["postings"] >= stats.LEAST) & rows["role"].isin(ROLES)]
    rows = rows.assign(tool=rows["skill"].map(lambda name: _SAID["spelled"].get(name, name.capitalize())))
    rows = rows.set_index(["role", "tool"])
    return _shares(rows["naming"] / rows["postings"], rows["postings"])


def telling(role):
    """Tools of a role: first what sets it apart, then what its adverts name most.

    Beside the columns of :func:`tools` there are ``apart`` (named more often than in each other role, so that the intervals
    do not even touch) and ``others`` (the shares of the other roles).
    """
    table = tools()
    own, others = table.loc[role], table[table.index.get_level_values("role") != role].groupby("tool")
    rivals = others["high"].max().reindex(own.index)
    own = own.assign(apart=own["low"] > rivals, others=others["value"].agg(list))
    return own.sort_values(["apart", "value"], ascending=False, kind="stable")


def doctorates():
    """By role: ``people``; the share ``value`` (%) who have a doctorate or plan one within two years, its interval."""
    rows = tables.load("education")
    rows = rows[(rows["survey"] == "Kaggle") & (rows["year"] == 2022) & rows["role"].isin(ROLES)]
    doctors = rows["people"].where(rows["degree"].isin(("Doctorate", "Professional doctorate")), 0)
    groups = rows.assign(doctors=doctors).groupby("role", observed=True)
    total = groups["total"].first()
    return _shares(groups["doctors"].sum() / total, total).assign(people=total).reindex(list(ROLES))


_TABLES = {
    "Official wage": official_pay,
    "Outlook": outlook,
    "Advertised pay": advertised_pay,
    "Size": size,
    "Entry level": first_rung,
    "Doctorate": doctorates,
}
"""Where the numbers of each fact but the tools come from, in their order on the card."""

_TOOLS = "Tools that set it apart"


def facts(role):
    """Put the seven facts of a role beside those of the other three, with who is counted, by whom and when.

    Text, a row a fact; a column a role, this one first, then ``Who is counted`` and ``Source``. Raises ValueError if there
    is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"role is one of {', '.join(ROLES)}.")
    order, words = [role, *(other for other in ROLES if other != role)], _SAID["fact"]
    said = {one: {name: _said(name, one) for name in words} for one in order}
    said |= {head: {name: words[name][head] for name in words} for head in ("Who is counted", "Source")}
    return pd.DataFrame(said).rename_axis("Fact")


def _said(name, role):
    table, form = _rows(name, role), _SAID["fact"][name]["said"]
    own = table[table["own"]].dropna()
    words = [form.format(name=row.name, **row) for _, row in own.iterrows()]
    if name == _TOOLS:
        return ", ".join(words) or "none clearly"
    if name == "Entry level" and role == "AI Research Scientist":
        words.append(f"titles that name AI {form.format(**first_rung_of_research().loc[True])}")
    return "; ".join(words) or "counted with ML Engineer"


def _rows(name, role):
    """The table of a fact, and in ``own`` which of its rows are of this role."""
    if name == _TOOLS:
        return telling(role).rename(columns={"apart": "own"})
    roles = {one: [one] for one in ROLES} | {one["name"]: one["roles"] for one in NEAREST.values()}
    table = _TABLES[name]()
    return table.assign(own=[role in roles[one] for one in table.index])


def role_card(role):
    """Draw the seven facts of a role (a Figure) in its colour beside the others in grey; :func:`facts` has the words."""
    words = facts(role)[role]
    height, top = 6.3, 0.42
    figure, axes = charts.blank(height)
    axes.remove()
    for number, name in enumerate([*_TABLES, _TOOLS]):
        table = _rows(name, role)[:5]
        left, wide = ((0.245, 0.33), (0.625, 0.36), (0.245, 0.74))[number % 2 + 2 * (name == _TOOLS)]
        tall = 0.22 * len(table)
        axes = figure.add_axes((left, 1 - (top + 0.27 + tall) / height, wide, tall / height))
        _draw(axes, table, role, _SAID["fact"][name])
        top += (tall + 0.39) * (number % 2)
    offer, rung = (words[name].split(" (")[0] for name in ("Advertised pay", "Entry level"))
    return charts.finish(
        figure,
        f"{role}: offers of {offer} thousand USD; {rung} of them at entry level",
        "Sources: US Bureau of Labor Statistics, 2025; aijobs.net, 2022 to January 2025; data_jobs, 2023; Kaggle survey, 2022.",
        f"Seven facts on the {role}, in colour, beside the other three roles in grey; each chart counts other people, so no "
        "two share an axis, and four in five research adverts with a range do not name their field.",
    )


def _draw(axes, table, role, words):
    """One small chart with its heading: a dot, a line or both in each row, and its numbers in words.

    Only a chart that is the first of its line names its rows.
    """
    ends = [column for column in ("low", "value", "high") if column in table]
    most, first = 0, axes.get_position().x0 < 0.5
    axes.set(ylim=(len(table) - 0.45, -0.55), xticks=[])
    axes.set_yticks(range(len(table)), table.index if first else [""] * len(table), fontsize=8.5)
    for place, (_, row) in enumerate(table.iterrows()):
        own, others, numbers = row["own"], row.get("others", []), row[ends]
        style = charts.ROLE_STYLE[role] if own or others else {"color": charts.FLAT, "marker": "o"}
        said, right, ink = words["drawn"].format(**numbers), max([0, *numbers, *others]), style["color"]
        weight = "bold" if own else "normal"
        if numbers.isna().any():
            said, right, ink = "asked together with ML Engineer", 0, charts.FLAT
        if "low" in ends:
            line = {"color": style["color"], "alpha": 0.55, "linewidth": 2 if "value" in ends else 6}
            axes.plot(numbers[["low", "high"]], [place] * 2, **line)
        if "value" in ends:
            axes.plot(numbers["value"], place, style["marker"], color=style["color"], markersize=6)
        axes.plot(others, [place] * len(others), "o", color=charts.FLAT, markersize=3)
        axes.annotate(
            said, (right, place), (6, 0), textcoords="offset points", va="center", fontsize=8.5,
            color=charts.DARK.get(ink, ink), fontweight=weight,
        )  # fmt: skip
        axes.get_yticklabels()[place].set_fontweight(weight)
        most = max(most, right)
    axes.axvline(0, color="#888888", linewidth=0.8)
    axes.set_xlim(1.3 * min(0, table[ends].min().min()), (1.3 if "others" in table else 1.5) * most)
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    box = axes.get_position()
    heading = {"fontsize": 9, "fontweight": "bold", "va": "bottom"}
    axes.figure.text(0.012 if first else box.x0, box.y1 + 0.006, words["heading"], **heading)
