"""What is known about the four jobs: seven facts each, on one card, with who is counted.

Official wages, advertised pay and answers to surveys are different things: each has a function of its own, and
nothing here joins two of them. What rests on fewer than `stats.LEAST` adverts or people is missing.
"""

from functools import lru_cache

import pandas as pd

from helpers import charts, stats, tables
from helpers.pay import ROLES

NEAREST = {
    "15-1221": ("Computing researchers", ("AI Research Scientist",)),
    "15-1252": ("Software developers", ("ML Engineer", "MLOps Engineer")),
    "15-2051": ("Data scientists", ("Data Scientist", "ML Engineer")),
    "15-1299": ("Other computer occupations", ("MLOps Engineer",)),
    "15-1244": ("System administrators", ("MLOps Engineer",)),
}
"""Occupations of the US statistics (SOC 2018 code), highest median wage first: short name, and the roles counted there.

Only data scientists have an occupation of their own name. Each of the others holds many people who do not work in
machine learning. Source: `data/README.md`.
"""

_PLAIN = ("Research Scientist", "Research Engineer")
_SPELLED = {"aws": "AWS", "gcp": "GCP", "sql": "SQL", "pytorch": "PyTorch", "tensorflow": "TensorFlow", "mongodb": "MongoDB"}  # fmt: skip


def _nearest(table):
    """Rows of the nearest occupations, by their short names."""
    return table.set_index("code").loc[list(NEAREST)].set_axis([name for name, _ in NEAREST.values()])


def official_pay():
    """Official US wages of the nearest occupations, employees, May of the newest year, indexed by occupation.

    Columns: ``low``, ``value``, ``high`` (lowest tenth, median, highest tenth; thousand USD a year before tax, with
    bonuses for production).
    """
    wages = tables.load("wages")
    rows = _nearest(wages[(wages["area_type"] == "nation") & (wages["year"] == wages["year"].max())])
    return rows[["p10", "median", "p90"]].set_axis(["low", "value", "high"], axis=1) / 1000


def outlook():
    """Official projection of US jobs in the nearest occupations: ``value`` (change 2024 to 2034, %)."""
    return _nearest(tables.load("projections"))[["change_percent"]].set_axis(["value"], axis=1)


@lru_cache
def _offers():
    """Full-time US adverts of the four roles that state a range; ``adverts`` says how often each came in its week."""
    ranges = tables.load("pay_ranges")
    ranges = ranges[(ranges["country"] == "US") & (ranges["employment"] == "FT") & ~ranges["single"]]
    return ranges[ranges["role"].isin(ROLES)].assign(role=lambda table: table["role"].astype(str))


def advertised_pay():
    """Ranges that full-time US adverts offer, by role; each advert counts once, whatever its level.

    Columns: ``adverts``; ``low`` (median of the bottoms of the ranges), ``high`` (of their tops), thousand USD a year.
    """
    offers = _offers()
    groups = offers.loc[offers.index.repeat(offers["adverts"])].groupby("role")
    pay = groups[["low", "high"]].median().where(groups.size().ge(stats.LEAST), axis=0)
    return pay.assign(adverts=groups.size()).loc[list(ROLES)]


def first_rung():
    """Share of the adverts of :func:`advertised_pay` that the collector labels entry level, by role.

    Columns: ``entry``, ``adverts`` (counts); ``value``, ``low``, ``high`` (%, 95% Wilson interval on the effective number
    of adverts, because the repeats of one range are not independent).
    """
    return _entry(_offers(), "role").loc[list(ROLES)]


def first_rung_of_research():
    """The same for research adverts, indexed by whether the title names AI or machine learning.

    Four in five are titled plain "Research Scientist" or "Research Engineer", which can be of any field.
    """
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


def _tags():
    """Adverts of 2023 with a stated salary in one collection, all countries, all roles counted in one way."""
    shares = tables.load("skill_shares")
    return shares[(shares["method"] == "tags, all adverts") & (shares["place"] == "all countries")]


def size():
    """Adverts of 2023 with a stated salary in one collection (data_jobs), all countries, by role: ``value``.

    Two are the collector's labels (data scientists, without those labelled senior; machine learning engineers), two were
    found by words in the title (research or applied scientist, of any field; MLOps), so an advert can stand in two roles.
    """
    return _tags().groupby("role", observed=True)["postings"].first().loc[list(ROLES)].to_frame("value")


def tools():
    """Tools that the adverts of :func:`size` name; one that an advert does not name may still be wanted.

    Indexed by role and tool: ``value``, ``low``, ``high`` (% of the adverts, 95% Wilson interval).
    """
    rows = _tags()
    rows = rows[rows["skill"] != "aws, azure or gcp"]  # a sum of three, not a tool
    rows = rows[rows["role"].isin(ROLES) & (rows["postings"] >= stats.LEAST)]
    rows = rows.assign(tool=rows["skill"].map(lambda name: _SPELLED.get(name, name.capitalize())))
    rows = rows.astype({"role": str}).set_index(["role", "tool"])
    return _shares(rows["naming"] / rows["postings"], rows["postings"])


def apart(role):
    """list of str: tools named more often than in each other role, so that the 95% intervals do not even touch."""
    own, others = _own_tools(role)
    return list(own.index[own["low"] > others["high"].max().reindex(own.index)])


def _own_tools(role):
    """A role's tools, commonest first, and those of the other roles, grouped by tool."""
    names = tools().index.get_level_values("role")
    return tools().loc[role].sort_values("value", ascending=False), tools()[names != role].groupby("tool")


def doctorates():
    """Share of people in a role who have a doctorate or plan one within two years, professional ones included.

    Kaggle's survey of 2022, worldwide, whoever chose to answer; it counts MLOps engineers among ML engineers, and its
    research scientists are of any field. Columns: ``people``; ``value``, ``low``, ``high`` (%, 95% Wilson interval).
    """
    rows = tables.load("education")
    rows = rows[(rows["survey"] == "Kaggle") & (rows["year"] == 2022) & rows["role"].isin(ROLES)]
    doctors = rows["people"].where(rows["degree"].isin(("Doctorate", "Professional doctorate")), 0)
    groups = rows.assign(doctors=doctors).groupby("role", observed=True)
    total = groups["total"].first()
    return _shares(groups["doctors"].sum() / total, total).assign(people=total).reindex(list(ROLES))


_COUNTED = {
    "Official wage": ("Thousand USD a year before tax: median (lowest to highest tenth) of employees in the US, all levels. Only data scientists are an occupation of their own; the others hold many other people", "BLS, May 2025"),
    "Advertised pay": ("Thousand USD a year: half of the full-time US adverts that state a range start at the first figure or more, half end at the second or more. Offers at all levels, not earnings", "aijobs.net, 2022 to January 2025"),
    "Size": ("Adverts with a stated salary in one collection, all countries. Without adverts labelled Senior Data Scientist; research (also applied scientists, of any field) and MLOps were found by words in the title", "data_jobs, 2023"),
    "Outlook": ("Change in US jobs of the nearest occupations, 2024 to 2034: a projection on stated conditions, not a forecast for a job title", "BLS, August 2025"),
    "Tools that set it apart": ("Named more often than in the adverts of each other role: the 95% intervals do not touch. The adverts of Size", "data_jobs, 2023"),
    "Doctorate": ("Share who have one or plan one within two years, professional ones included (95% interval), worldwide, people who chose to answer. Research scientists of any field", "Kaggle survey, 2022"),
    "Entry level": ("Share of the adverts of Advertised pay that the collector labels so (95% interval). Of the research adverts four in five name no field", "aijobs.net, 2022 to January 2025"),
}  # fmt: skip


def facts(role):
    """Put the seven facts of a role beside those of the other three, with who is counted, by whom and when.

    Text, a row a fact; a column a role, this one first, then ``Who is counted`` and ``Source``. Raises ValueError if there
    is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"role is one of {', '.join(ROLES)}.")
    order = [role, *(other for other in ROLES if other != role)]
    table = pd.DataFrame({name: _facts(name) for name in order})
    table[["Who is counted", "Source"]] = pd.DataFrame(_COUNTED).T
    return table.rename_axis("Fact")


def _facts(role):
    near = [role in roles for _, roles in NEAREST.values()]
    wages, jobs = official_pay()[near], outlook()[near]
    offer, rung, doctors = advertised_pay().loc[role], first_rung().loc[role], doctorates().loc[role]
    entry = f"{_share(rung)}, {rung['entry']:,.0f} of {rung['adverts']:,.0f}"
    if role == "AI Research Scientist":
        named = first_rung_of_research().loc[True]
        entry += f"; titles that name AI {_share(named)}, {named['entry']:,.0f} of {named['adverts']:,.0f}"
    return {
        "Official wage": "; ".join(
            f"{name} {row.value:.0f} ({row.low:.0f} to {row.high:.0f})" for name, row in wages.iterrows()
        ),
        "Advertised pay": f"{offer['low']:.0f} to {offer['high']:.0f} ({offer['adverts']:,.0f} adverts)",
        "Size": f"{size().loc[role, 'value']:,} adverts",
        "Outlook": "; ".join(f"{name} {row.value:+.1f}%" for name, row in jobs.iterrows()),
        "Tools that set it apart": ", ".join(apart(role)) or "none clearly",
        "Doctorate": f"{_share(doctors)} of {doctors['people']:,.0f}" if doctors["people"] > 0 else "counted with ML Engineer",
        "Entry level": entry,
    }  # fmt: skip


def _share(row):
    return f"{row['value']:.0f}% ({row['low']:.0f} to {row['high']:.0f}%)"


def role_card(role):
    """Draw the seven facts of a role (a Figure) in its colour beside the others in grey; :func:`facts` has the words."""
    words = facts(role)[role]
    form, near = "{value:.0f} ({low:.0f} to {high:.0f})", [role in roles for _, roles in NEAREST.values()]
    mine, telling = [name == role for name in ROLES], _telling(role)
    drawn = (
        ("Official wage, thousand USD: median, lowest to highest tenth", official_pay(), near, form),
        ("Jobs in the US, 2024 to 2034, change in %", outlook(), near, "{value:+.1f}"),
        ("Advertised pay, thousand USD: usual bottom to usual top", advertised_pay(), mine, "{low:.0f} to {high:.0f}"),
        ("Size: adverts of 2023 in one collection", size(), mine, "{value:,.0f}"),
        ("First rung: % of adverts labelled entry level", first_rung(), mine, form),
        ("Doctorate: % of those who answered", doctorates(), mine, form),
        ("Tools: % of adverts of 2023 (bold: sets this role apart; small dots: the other three)", telling, telling["apart"], form),
    )  # fmt: skip
    height, top = 6.3, 0.42
    figure, axes = charts.blank(height)
    axes.remove()
    for number, (heading, table, own, form) in enumerate(drawn):
        left, wide = ((0.245, 0.33), (0.625, 0.36), (0.245, 0.74))[number % 2 + 2 * (number == 6)]
        tall = 0.22 * len(table)
        axes = figure.add_axes((left, 1 - (top + 0.27 + tall) / height, wide, tall / height))
        _draw(axes, table, own, role, form, heading)
        top += (tall + 0.39) * (number % 2)
    return charts.finish(
        figure,
        f"{role}: offers of {words['Advertised pay'].split(' (')[0]} thousand USD; {words['Entry level'].split(' (')[0]} of them at entry level",
        "Sources: US Bureau of Labor Statistics, 2025; aijobs.net, 2022 to January 2025; data_jobs, 2023; Kaggle survey, 2022.",
        f"Seven facts on the {role}, in colour, beside the other three roles in grey; each chart counts other people, so no "
        "two share an axis, and four in five research adverts do not name their field.",
    )


def _telling(role):
    """The five tools that say most about a role: what sets it apart, then what its adverts name most."""
    own, others = _own_tools(role)
    own = own.assign(apart=own.index.isin(apart(role)), others=others["value"].agg(list))
    return own.sort_values("apart", ascending=False, kind="stable")[:5]


def _draw(axes, table, mine, role, form, heading):
    """One small chart: a dot, a line or both in each row, and its numbers in words."""
    box, ends = axes.get_position(), [column for column in ("low", "value", "high") if column in table]
    for place, ((_, row), own) in enumerate(zip(table.iterrows(), mine, strict=True)):
        others, missing = list(row.get("others", [])), row[ends].isna().any()
        style = charts.ROLE_STYLE[role] if own or others else {"color": charts.FLAT, "marker": "o"}
        color, width = style["color"], 2 if "value" in ends else 6
        if "low" in ends:
            axes.plot([row["low"], row["high"]], [place] * 2, color=color, alpha=0.55, linewidth=width)
        if "value" in ends:
            axes.plot(row["value"], place, style["marker"], color=color, markersize=6)
        axes.plot(others, [place] * len(others), "o", color=charts.FLAT, markersize=3)
        axes.annotate(
            "asked together with ML Engineer" if missing else form.format(**row[ends]),
            (0 if missing else max([0, *row[ends], *others]), place), (6, 0), textcoords="offset points", va="center",
            color=charts.FLAT if missing else charts.DARK.get(color, color), fontweight="bold" if own else "normal", fontsize=8.5,
        )  # fmt: skip
    axes.axvline(0, color="#888888", linewidth=0.8)
    least, most = table[ends].min().min(), table[ends].max().max()
    room = 1.5 * most if "others" not in table else 1.3 * max(most, table["others"].map(max).max())
    axes.set(xlim=(1.3 * min(0, least), room), ylim=(len(table) - 0.45, -0.55), xticks=[])
    axes.set_yticks(range(len(table)), table.index if box.x0 < 0.5 else [""] * len(table), fontsize=8.5)
    for label, own in zip(axes.get_yticklabels(), mine, strict=True):
        label.set_fontweight("bold" if own else "normal")
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    left = 0.012 if box.x0 < 0.5 else box.x0
    axes.figure.text(left, box.y1 + 0.006, heading, fontsize=9, fontweight="bold", va="bottom")
