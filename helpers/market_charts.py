"""Charts of notebook 01: the demand for AI work, drawn from :mod:`helpers.market`."""

import pandas as pd

from helpers import charts, market, tables

_UNITS = {
    "share": "% of postings",
    "count": "Index of AI postings",
    "all": "Index of postings, Feb 2020 = 100",
}


def history(country="US", measure="share"):
    """Draw a monthly series with its peak of 2021-22, the lows before and after it, and its last month marked.

    Parameters
    ----------
    country, measure : str
        See :func:`helpers.market.daily`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    monthly = market.averages(country, measure, "MS")
    peak = monthly["2021":"2022"].idxmax()
    dip, low, last = monthly[:peak].idxmin(), monthly[peak:].idxmin(), monthly.index[-1]
    sign, scale = ("%", "") if measure == "share" else ("", " (index, February 2020 = 100)")
    figure, axes = charts.blank()
    axes.plot(monthly.index, monthly)
    for month, above in ((dip, -17), (peak, 9), (low, -17), (last, 7)):
        axes.plot(month, monthly[month], "o", color=charts.DOWN)
        axes.annotate(
            f"{month:%b %Y}: {monthly[month]:.1f}{sign}",
            (month, monthly[month]),
            (0, above),
            textcoords="offset points",
            ha="right" if month == last else "left" if month == dip else "center",
        )
    axes.set_ylim(0, None)
    axes.margins(x=0.01, y=0.16)
    axes.set_ylabel(_UNITS[measure])
    what = next(name for name, code in market.MEASURES.items() if code == measure)
    points = [f"{monthly[month]:.1f}{sign} in {month:%B %Y}" for month in (dip, peak, low, last)]
    sentence = (
        f"The {what} in {market.in_prose(country)}, monthly means{scale}: a low of {points[0]}, then a peak of "
        f"{points[1]}, a second low of {points[2]}, and {points[3]}."
    )
    return charts.finish(figure, f"{market.name_of(country)}: {what}", _source(measure), sentence)


def compare(country="GB", periods="January 2023 to January 2024", measure="share"):
    """Draw a daily series with two periods marked and their means, and say the change between them.

    Parameters
    ----------
    country, measure : str
        See :func:`helpers.market.daily`.
    periods : str
        A name of :data:`helpers.market.PERIODS`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    helpers.charts.NoPicture
        If there is no such series.
    """
    series = market.daily(country, measure)
    months = market.PERIODS[periods]
    base, end = months[:2], months[2:]
    figure, axes = charts.blank()
    weekly = market.averages(country, measure, "W-SUN")
    axes.plot(weekly.index, weekly, color="#777777", linewidth=1.3)
    for period, color, side in ((base, charts.DOWN, "base"), (end, charts.UP, "end")):
        first, last = market.span(period)
        mean = series.loc[first:last].mean()
        axes.axvspan(first, last, color=color, alpha=0.18, linewidth=0)
        axes.plot([first, last], [mean, mean], color=color, linewidth=4, solid_capstyle="butt")
        axes.annotate(
            f"{side}: {mean:.2f}%" if measure == "share" else f"{side}: {mean:.1f}",
            (first, mean),
            (-6, 12),
            textcoords="offset points",
            ha="right",
            color=color,
            fontweight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )
    axes.set_ylim(0, None)
    axes.margins(x=0.01)
    axes.set_ylabel(_UNITS[measure])
    title = f"{market.name_of(country)}: {charts.percent(market.change(series, base, end))}, {periods}"
    return charts.finish(
        figure, title, _source(measure), market.in_words(country, measure, base, end, periods)
    )


def from_base(country="US", base="2023-01", end="2024-01"):
    """Draw the monthly share of postings that mention AI as an index, 100 in a base month of one's choice.

    Parameters
    ----------
    country : str
        See :func:`helpers.market.daily`.
    base, end : str
        Months such as ``"2023-01"``, `end` after `base`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    helpers.charts.NoPicture
        If `end` is not after `base`.
    """
    first, last = pd.Timestamp(base), pd.Timestamp(end)
    if last <= first:
        raise charts.NoPicture("The end month must come after the base month: move one of the two sliders.")
    monthly = market.averages(country, "share", "MS")
    index = 100 * monthly / monthly[first]
    figure, axes = charts.blank()
    axes.axhline(100, color="#888888", linewidth=1)
    axes.plot(index.index, index, color="#bbbbbb", linewidth=1.3)
    axes.plot(index.loc[first:last].index, index.loc[first:last], color=charts.UP)
    axes.plot([first, last], [100, index[last]], "o", color=charts.DOWN, markersize=8)
    axes.margins(x=0.01)
    axes.set_ylabel(f"Share of postings, {first:%b %Y} = 100")
    value = index[last] - 100
    title = f"{market.name_of(country)}: {charts.percent(value)}, {first:%B %Y} to {last:%B %Y}"
    sentence = (
        f"Seen from {first:%B %Y}, the share of postings that mention AI in {market.in_prose(country)} had "
        f"{'risen' if value >= 0 else 'fallen'} by {abs(value):.0f}% in {last:%B %Y}: "
        f"from {monthly[first]:.2f}% to {monthly[last]:.2f}% of postings."
    )
    return charts.finish(figure, title, _source("share"), sentence)


def season(raw, adjusted):
    """Draw new postings as counted and seasonally adjusted, with the weeks around every New Year marked.

    Parameters
    ----------
    raw, adjusted : pandas.Series
        Daily indices, see :func:`helpers.market.index`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank()
    for label, series, style in (("as counted", raw, "-"), ("seasonally adjusted", adjusted, "--")):
        weekly = series["2020-07":"2026-06"].resample("W-SUN").mean()
        axes.plot(weekly.index, weekly, style, label=label, linewidth=1.5)
    falls, rises = [], []
    for year in range(2020, 2026):
        axes.axvspan(
            pd.Timestamp(year, 11, 20), pd.Timestamp(year + 1, 1, 10), color="#888888", alpha=0.2, lw=0
        )
        falls.append(-market.change(raw, f"{year}-11", f"{year}-12"))
        rises.append(market.change(raw, f"{year}-12", f"{year + 1}-01"))
    axes.set_ylabel("Index of new postings, Feb 2020 = 100")
    axes.margins(x=0.01)
    axes.legend()
    sentence = (
        f"New postings in the United States, as counted, dip around each of six New Years (grey, 20 November to "
        f"10 January): December's mean is {min(falls):.0f} to {max(falls):.0f}% below November's, and January's "
        f"{min(rises):.0f} to {max(rises):.0f}% above December's. The adjusted line is smoother."
    )
    return charts.finish(
        figure, "New postings dip around every New Year", tables.cite("postings_index"), sentence
    )


def country_chart(table):
    """Draw the changes of :func:`helpers.market.by_country` with their ranges.

    Returns
    -------
    matplotlib.figure.Figure
    """
    up, down = (table["change"] > 0).sum(), (table["change"] < 0).sum()
    unsure = table.loc[(table["low"] < 0) & (table["high"] > 0), "country"]
    sentence = (
        f"From January 2023 to January 2024 the share rose in {up} countries and fell in {down}, from "
        f"{charts.percent(table['change'].min())} ({table['country'].iloc[-1]}) to "
        f"{charts.percent(table['change'].max())} ({table['country'].iloc[0]}). "
        f"The direction depends on the dates in {len(unsure)}: {', '.join(unsure)}."
    )
    return charts.changes(
        table.rename(columns={"country": "label"}),
        title="The share: same months, nine countries, both signs",
        source=tables.cite("ai_postings"),
        sentence=sentence,
        unit="Change of the AI share of postings, %. Bars: months moved by up to four weeks.",
    )


def country_panels():
    """Draw the share in each country of the tracker, all on one scale.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = {code: name for name, code in market.COUNTRIES.items()}
    table = tables.load("ai_postings").assign(name=lambda t: t["country"].map(names))
    last = {name: market.daily(code)["2026-06"].mean() for name, code in market.COUNTRIES.items()}
    ranked = sorted(last.items(), key=lambda pair: -pair[1])
    before = market.daily("CA")["2025-06"].mean()
    sentence = (
        "Share of postings that mention AI in June 2026: "
        + ", ".join(f"{name} {value:.1f}%" for name, value in ranked)
        + f". Canada came from {before:.1f}% a year before"
    )
    return charts.small_multiples(
        table,
        "week",
        "share",
        "name",
        title="Canada and Ireland leave the rest behind, and nobody can say why",
        source=tables.cite("ai_postings"),
        sentence=f"{sentence}.",
        unit="% of postings",
    )


def sector_chart(sectors):
    """Draw the index of postings of some US sectors.

    Parameters
    ----------
    sectors : list of str
        Sectors of the table ``postings_index``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    series = {sector: market.index("US", sector) for sector in sectors}
    table = pd.concat({sector: values.resample("MS").mean() for sector, values in series.items()})
    table = table.rename_axis(["sector", "month"]).rename("index").reset_index()
    told = [
        f"{name} from a peak of {s.max():.0f} to {s.iloc[-1]:.0f} "
        f"({charts.percent(market.change(s, '2023-01', '2024-01'))} from January 2023 to January 2024)"
        for name, s in series.items()
    ]
    return charts.lines(
        table,
        "month",
        "index",
        "sector",
        title="Of these four sectors, software rose highest and fell furthest",
        source=tables.cite("postings_index"),
        sentence=f"US postings by sector, to September 2024: {'; '.join(told)}.",
        unit="Index of postings, Feb 2020 = 100",
        level=100,
    )


def answers_chart(table):
    """Draw the table of :func:`helpers.market.answers`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    low, high = table.loc[table["change"].idxmin()], table.loc[table["change"].idxmax()]
    quoted = table["seen"] != "computed"
    sentence = (
        f"{len(table)} answers for the United States around early 2023 to early 2024, {quoted.sum()} of them quoted, "
        f"from {charts.percent(low['change'])} ({low['answer']}) to {charts.percent(high['change'])} "
        f"({high['answer']})."
    )
    return charts.changes(
        table.assign(label=table["answer"], quoted=quoted),
        title="One question, many answers: US, about early 2023 to early 2024",
        source=f"{tables.cite('ai_postings')}\n{tables.cite('claim_evidence')}",
        sentence=sentence,
        unit="Change in %. Hollow: quoted.",
    )


def _source(measure):
    names = {
        "share": ["ai_postings"],
        "all": ["postings_index"],
        "count": ["ai_postings", "postings_index"],
    }[measure]
    return "\n".join(tables.cite(name) for name in names)
