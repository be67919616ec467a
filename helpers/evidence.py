"""What is known about the four jobs: pay, demand, tools, education and first rung, each with who is counted.

Official wages, advertised pay and surveys are different things: each has a function of its own, and nothing
here joins two of them.
"""

from functools import lru_cache

import pandas as pd

from helpers import pay_scores, tables
from helpers.roles import ROLES

TOO_FEW = 30
"""Below this many adverts or people a share or a quantile is not shown as a finding.

At 30 the 95% interval of a share near a half is already 34 points wide, and a tenth is three adverts.
"""

NEAREST = {
    "15-2051": ("Data Scientist", "ML Engineer"),
    "15-1221": ("AI Research Scientist",),
    "15-1252": ("ML Engineer", "MLOps Engineer"),
    "15-1244": ("MLOps Engineer",),
    "15-1299": ("MLOps Engineer",),
}
"""Occupations of the US statistics (SOC 2018 code) to the roles counted there, after `data/README.md`.

Only data scientists have an occupation of their own name. Each of the others holds many people who do not
work in machine learning.
"""

TOOL_PLACES = {"US": "the US", "all countries": "all countries"}
KAGGLE, STACK_OVERFLOW = "Kaggle", "Stack Overflow"
DEGREES = {
    "Doctorate": ("Doctorate",),
    "Professional degree": ("Professional doctorate",),
    "Doctorate or professional degree": ("Professional degree or doctorate",),
    "Master's degree": ("Master's degree",),
    "Bachelor's degree": ("Bachelor's degree",),
    "Less than a bachelor's": ("Associate degree", "Some college, no degree", "Up to secondary school"),
    "Other, or no answer": ("Other", "No answer"),
}
"""Degrees as shown, highest first, to the degrees of the table ``education``."""

_SURVEYS = {KAGGLE: 2022, STACK_OVERFLOW: 2025}
_TAGS_OF_2023 = "tags, all adverts"
_ANY_CLOUD = "aws, azure or gcp"  # a sum of three tools, not a tool


def official_pay():
    """Official US wages of the occupations nearest to the four roles.

    Returns
    -------
    pandas.DataFrame
        Indexed by occupation code, highest median first: ``occupation``, ``roles`` (tuple of str),
        ``employment`` (people), ``p10``, ``p25``, ``median``, ``p75``, ``p90`` (USD a year, gross, May of
        the newest year).
    """
    wages = tables.load("wages")
    rows = wages[(wages["area_type"] == "nation") & (wages["year"] == wages["year"].max())].set_index("code")
    columns = ["occupation", "employment", "p10", "p25", "median", "p75", "p90"]
    rows = rows.loc[list(NEAREST), columns]
    rows.insert(1, "roles", pd.Series(NEAREST))
    return rows.sort_values("median", ascending=False)


@lru_cache
def _us_ranges():
    """Ranges in full-time US adverts of the four roles; ``adverts`` says how often each came in its week."""
    ranges = tables.load("pay_ranges")
    wanted = (ranges["country"] == "US") & (ranges["employment"] == "FT") & ~ranges["single"]
    return ranges[wanted & ranges["role"].isin(ROLES)]


def advertised_pay():
    """Ranges that US adverts for full-time jobs offer, by role.

    Every advert counts once, whatever its level; an advert that names one figure instead of a range is left
    out.

    Returns
    -------
    pandas.DataFrame
        Indexed by role: ``adverts``, and in thousand USD a year ``low_p10``, ``low_median`` (of the bottoms
        of the ranges), ``high_median``, ``high_p90`` (of their tops). Figures are missing below `TOO_FEW`
        adverts.
    """
    ranges = _us_ranges()
    adverts = ranges.loc[ranges.index.repeat(ranges["adverts"])]
    groups = adverts.groupby("role", observed=True)
    pay = pd.DataFrame(
        {
            "adverts": groups.size(),
            "low_p10": groups["low"].quantile(0.1),
            "low_median": groups["low"].median(),
            "high_median": groups["high"].median(),
            "high_p90": groups["high"].quantile(0.9),
        }
    ).reindex(list(ROLES))
    pay.loc[pay["adverts"] < TOO_FEW, pay.columns != "adverts"] = float("nan")
    return pay


def first_rung():
    """Share of US full-time adverts of each role that are labelled entry level.

    Counted are the adverts of :func:`advertised_pay`. The label is the collector's. The interval rests on the
    effective number of adverts, because the repeats of one range are not independent.

    Returns
    -------
    pandas.DataFrame
        Indexed by role: ``entry``, ``adverts`` (counts), ``share``, ``share_low``, ``share_high`` (percent,
        95% Wilson interval).
    """
    ranges = _us_ranges()
    entry = ranges["adverts"].where(ranges["level"] == "EN", 0)
    groups = ranges.assign(entry=entry).groupby("role", observed=True)
    counts = groups[["entry", "adverts"]].sum().reindex(list(ROLES))
    independent = groups["adverts"].agg(pay_scores.effective_n).reindex(list(ROLES))
    return counts.join(_shares(counts["entry"] / counts["adverts"], independent))


def _shares(share, n):
    low, high = pay_scores.wilson(share, n)
    return pd.DataFrame({"share": 100 * share, "share_low": 100 * low, "share_high": 100 * high})


@lru_cache
def _tags(place):
    shares = tables.load("skill_shares")
    return shares[(shares["method"] == _TAGS_OF_2023) & (shares["place"] == place)]


def postings(place="all countries"):
    """How many adverts of 2023 with a stated salary one collection holds of each role and of two neighbours.

    The size of a role in one collection, no trend. Research scientists and MLOps engineers were found by
    words in the title, the others by the collector's label, so an advert can be counted in two groups. Data
    scientists with "Senior" in the collector's label are not in these counts.

    Parameters
    ----------
    place : {"all countries", "US"}

    Returns
    -------
    pandas.Series of int
        Indexed by role, most first.
    """
    return _tags(place).groupby("role", observed=True)["postings"].first().sort_values(ascending=False)


def outlook():
    """Official US projection of the occupations nearest to the four roles, for ten years.

    Returns
    -------
    pandas.DataFrame
        Indexed by occupation code, fastest first: ``occupation``, ``roles`` (tuple of str; empty for all
        occupations together), ``employment_2024`` (thousand jobs), ``change_percent``, ``openings``
        (thousand a year, most of them replacements).
    """
    rows = tables.load("projections").set_index("code")
    rows = rows.loc[[*NEAREST, "00-0000"], ["occupation", "employment_2024", "change_percent", "openings"]]
    rows.insert(1, "roles", [*NEAREST.values(), ()])
    return rows.sort_values("change_percent", ascending=False)


def tools_place(role):
    """str: ``"US"``, or ``"all countries"`` where the US has fewer than `TOO_FEW` adverts of the role."""
    return "US" if postings("US")[known(role)] >= TOO_FEW else "all countries"


def tools(role):
    """Tools that adverts of 2023 with a stated salary name, for a role and the three others.

    All four roles are counted in the place that :func:`tools_place` gives for `role`. A tool that an advert
    does not name may still be wanted.

    Parameters
    ----------
    role : str
        One of `helpers.roles.ROLES`.

    Returns
    -------
    pandas.DataFrame
        Long: ``role``, ``skill``, ``postings``, ``naming`` (counts), ``share``, ``share_low``, ``share_high``
        (percent, 95% Wilson interval), the role's commonest tool first.

    Raises
    ------
    ValueError
        If there is no such role.
    """
    rows = _tags(tools_place(role))
    rows = rows[rows["role"].isin(ROLES) & (rows["skill"] != _ANY_CLOUD)]
    order = rows[rows["role"] == role].sort_values("share", ascending=False, kind="stable")["skill"]
    rows = rows.assign(place=rows["skill"].map({skill: i for i, skill in enumerate(order)}).astype(int))
    columns = ["role", "skill", "postings", "naming", "share", "share_low", "share_high"]
    return rows.sort_values(["place", "role"])[columns].reset_index(drop=True)


def apart(role):
    """Tools that set the adverts of a role apart from the adverts of every other role.

    Apart means that the 95% intervals do not even touch, a stricter test than that of a difference. The interval of
    a role with fewer than `TOO_FEW` adverts would touch almost anything, so such a role counts only where its whole
    interval lies on the other side.

    Parameters
    ----------
    role : str

    Returns
    -------
    more, less : list of str
        Named more often than in any other role, most frequent first; named less often than in any other.
    """
    table = tools(role)
    few = table["postings"] < TOO_FEW
    table = table.assign(
        low=table["share_low"].where(~few, table["share_high"]),
        high=table["share_high"].where(~few, table["share_low"]),
    )
    own = table[table["role"] == role].set_index("skill")
    others = table[table["role"] != role].groupby("skill", observed=True)
    more = own["share_low"] > others["high"].max().reindex(own.index)
    less = own["share_high"] < others["low"].min().reindex(own.index)
    return [skill for skill in own.index if more[skill]], [skill for skill in own.index if less[skill]]


def education(survey=KAGGLE):
    """Highest degree of people who do a role, worldwide, in one survey.

    Kaggle 2022 asks for the degree attained or planned within two years, and has one answer for machine
    learning and MLOps engineers: they stand under ML Engineer. Its research scientists are of any field.
    Stack Overflow 2025 has no answer for the research scientists and MLOps engineers of this series.

    Parameters
    ----------
    survey : {"Kaggle", "Stack Overflow"}

    Returns
    -------
    pandas.DataFrame
        Long: ``role``, ``degree`` (see `DEGREES`), ``people``, ``total`` (counts), ``share``, ``share_low``,
        ``share_high`` (percent, 95% Wilson interval).

    Raises
    ------
    ValueError
        If there is no such survey.
    """
    if survey not in _SURVEYS:
        raise ValueError(f"survey is one of {', '.join(_SURVEYS)}.")
    rows = tables.load("education")
    rows = rows[(rows["survey"] == survey) & (rows["year"] == _SURVEYS[survey]) & rows["role"].isin(ROLES)]
    shown = {degree: name for name, degrees in DEGREES.items() for degree in degrees}
    rows = rows.assign(
        degree=pd.Categorical(rows["degree"].astype(str).map(shown), list(DEGREES), ordered=True)
    )
    counts = rows.groupby(["degree", "role"], observed=True).agg(
        people=("people", "sum"), total=("total", "first")
    )
    counts = counts.join(_shares(counts["people"] / counts["total"], counts["total"])).reset_index()
    return counts[["role", "degree", "people", "total", "share", "share_low", "share_high"]]


def survey_year(survey):
    """int: year of a survey of :func:`education`."""
    return _SURVEYS[survey]


def known(role):
    """Return `role`, one of `helpers.roles.ROLES`; for any other raise ValueError with the right names."""
    if role not in ROLES:
        raise ValueError(f"role is one of {', '.join(ROLES)}.")
    return role


NEAREST_ONE = {
    "Data Scientist": "15-2051",
    "AI Research Scientist": "15-1221",
    "ML Engineer": "15-1252",
    "MLOps Engineer": "15-1252",
}
"""For the role card: role to the one occupation of the US statistics in which most of its people are counted."""


def doctorates():
    """Share with a doctorate, professional ones included, by role: ``share``, ``share_low``, ``share_high`` (%).

    Kaggle's survey of 2022, worldwide, attained or planned within two years; it counts MLOps engineers among machine
    learning engineers, and its research scientists are of any field.
    """
    rows = education(KAGGLE)
    counts = rows[rows["degree"].isin(("Doctorate", "Professional degree"))].groupby("role", observed=True)
    people, total = counts["people"].sum(), counts["total"].first()
    return _shares(people / total, total).assign(people=total).reindex(list(ROLES))


def facts(role):
    """Put the seven facts of a role beside those of the other three.

    Parameters
    ----------
    role : str
        One of `ROLES`; its column comes first.

    Returns
    -------
    pandas.DataFrame
        Text: a row a fact, a column a role, and who is counted, by whom and when.
    """
    order = [known(role), *(other for other in ROLES if other != role)]
    wages, outlooks = official_pay().loc[list(NEAREST_ONE.values())], outlook()
    offers, rungs, sizes, degrees = advertised_pay(), first_rung(), postings(), doctorates()
    table = {}
    for name in order:
        wage, code, offer, rung = (
            wages.loc[NEAREST_ONE[name]],
            NEAREST_ONE[name],
            offers.loc[name],
            rungs.loc[name],
        )
        wage = wage.iloc[0] if wage.ndim > 1 else wage
        more, _ = apart(name)
        degree = degrees.loc[name]
        table[name] = {
            "Paid, nearest occupation": f"{wage['median'] / 1000:.0f} ({wage['p10'] / 1000:.0f} to {wage['p90'] / 1000:.0f})",
            "Offered in adverts": f"{offer['low_median']:.0f} to {offer['high_median']:.0f} (n = {offer['adverts']:,.0f})",
            "Adverts in one collection": f"{sizes[name]:,}",
            "Outlook to 2034": f"{outlooks.loc[code, 'change_percent']:+.1f}%",
            "Tools named more often": ", ".join(_spelled(tool) for tool in more) or "none clearly",
            "Doctorate": "not asked" if pd.isna(degree["share"]) else _share_text(degree),
            "Entry level": _share_text(rung) if rung["adverts"] >= TOO_FEW else "too few",
        }
    counted = {
        "Paid, nearest occupation": "Thousand USD a year before tax, median (lowest to highest tenth), employees in the US; BLS, May 2025. Only data scientists are an occupation of their own",
        "Offered in adverts": "Thousand USD a year, usual bottom to usual top, US full-time adverts that name a range; aijobs.net, to January 2025",
        "Adverts in one collection": "With a stated salary, all countries, 2023; data_jobs. Titles with Senior Data Scientist are not in it; research and MLOps were found by words in the title",
        "Outlook to 2034": "Jobs of the nearest occupation, US, 2024 to 2034; BLS, August 2025",
        "Tools named more often": "Than in the adverts of each other role, 95% intervals apart; data_jobs 2023",
        "Doctorate": "Share with or near a doctorate, professional ones included, worldwide (95% interval); Kaggle survey 2022. Research scientists of any field",
        "Entry level": "Share of US full-time adverts so labelled by the collector (95% interval); aijobs.net, to January 2025",
    }
    return pd.DataFrame(table).assign(**{"Who is counted": counted}).rename_axis("fact")


def _share_text(row):
    return f"{row['share']:.0f}% ({row['share_low']:.0f} to {row['share_high']:.0f})"


def _spelled(tool):
    known_names = {"aws": "AWS", "sql": "SQL", "docker": "Docker", "python": "Python", "azure": "Azure"}
    return known_names.get(tool, tool.capitalize())


def role_card(role):
    """Draw the facts of a role in its colour beside the other three in grey; see :func:`facts` for the words.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    from helpers import charts

    known(role)
    wages, offers, sizes = official_pay(), advertised_pay(), postings()
    rungs, degrees, outlooks = first_rung(), doctorates(), outlook()["change_percent"]
    wage = wages.loc[[NEAREST_ONE[name] for name in ROLES]].set_axis(list(ROLES))
    change = pd.DataFrame({"value": [outlooks[NEAREST_ONE[name]] for name in ROLES]}, index=list(ROLES))
    panels = (
        ("Paid: nearest occupation, thousand USD", wage[["p10", "p90", "median"]].set_axis(["low", "high", "value"], axis=1) / 1000),
        ("Offered: usual bottom to top, thousand USD", offers[["low_median", "high_median"]].set_axis(["low", "high"], axis=1)),
        ("Size: adverts in one collection of 2023", pd.DataFrame({"value": sizes.reindex(list(ROLES))})),
        ("Outlook: jobs 2024 to 2034, change in %", change),
        ("Degree: doctorate, %", degrees.rename(columns={"share": "value", "share_low": "low", "share_high": "high"})),
        ("First rung: adverts at entry level, %", rungs.rename(columns={"share": "value", "share_low": "low", "share_high": "high"})),
    )  # fmt: skip
    figure = Figure(figsize=(8.6, 6.3))
    grid = figure.subplots(3, 2, sharey=True)
    figure.subplots_adjust(left=0.19, right=0.98, top=0.88, bottom=0.12, hspace=0.75, wspace=0.12)
    for axes, (title, table) in zip(grid.flat, panels, strict=True):
        axes.set_title(title, fontsize=9.5, pad=4)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        top = table[[column for column in ("value", "high") if column in table]].max().max()
        for place, name in enumerate(ROLES):
            row, own = table.loc[name], name == role
            color = charts.ROLE_STYLE[role]["color"] if own else charts.FLAT
            if row[[column for column in ("low", "value") if column in table]].isna().any():
                axes.text(0.02 * top, place, "not asked", va="center", fontsize=8.5, color=charts.FLAT)
                continue
            if "low" in table:
                axes.plot(
                    [row["low"], row["high"]],
                    [place] * 2,
                    color=color,
                    linewidth=6 if "value" not in table else 2,
                    alpha=0.6,
                )
            end, text = row.get("high", row.get("value")), f"{row.get('value', 0):,.0f}"
            if "value" in table:
                axes.plot(
                    row["value"],
                    place,
                    charts.ROLE_STYLE[role]["marker"] if own else "o",
                    color=color,
                    markersize=6,
                )
            else:
                text = f"{row['low']:.0f} to {row['high']:.0f}"
            axes.annotate(text, (max(end, row.get("value", end)), place), (6, 0), textcoords="offset points", va="center",
                          fontsize=8.5, color=charts.DARK.get(color, color), fontweight="bold" if own else "normal")  # fmt: skip
        axes.set_xlim(min(0, 1.1 * table.min().min()), 1.3 * top)
        axes.set_ylim(3.6, -0.6)
        axes.set_yticks(range(4), ROLES, fontsize=9)
        axes.tick_params(axis="x", labelsize=8)
    for axes in grid[:, 0]:
        axes.get_yticklabels()[ROLES.index(role)].set_fontweight("bold")
    sentence = (
        f"{role} beside the other three roles, in six small charts. Official wages, offers in adverts and answers to a "
        "survey count different people and are never joined. Lines are the middle eight tenths of wages, the usual range "
        "of offers, or 95% intervals of shares. The folded table has the numbers, and who is counted."
    )
    source = "Sources: US Bureau of Labor Statistics, May 2025 and August 2025; aijobs.net, to January 2025; data_jobs, 2023; Kaggle survey, 2022."
    return charts.finish(figure, f"The role card: {role}", source, sentence)
