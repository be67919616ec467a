"""Charts of notebook 01: the demand for AI work, drawn from :mod:`helpers.market`."""

import pandas as pd

from helpers import charts, market, tables

_UNITS = {
    "share": "% of postings",
    "count": "Index of AI postings",
    "all": "Index of postings, Feb 2020 = 100",
}


def history(country="US", measure="share"):
    """Draw a monthly series with its peak of 2021-22, the low after it, and its last month marked.

    Parameters
    ----------
    country, measure : str
        See :func:`helpers.market.daily`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    monthly = market.daily(country, measure).resample("MS").mean()
    peak = monthly["2021":"2022"].idxmax()
    low = monthly[peak:].idxmin()
    last = monthly.index[-1]
    sign, scale = ("%", "") if measure == "share" else ("", " (index, February 2020 = 100)")
    figure, axes = charts.blank()
    axes.plot(monthly.index, monthly)
    for month, above in ((peak, 9), (low, -17), (last, 7)):
        axes.plot(month, monthly[month], "o", color=charts.DOWN)
        axes.annotate(
            f"{month:%b %Y}: {monthly[month]:.1f}{sign}",
            (month, monthly[month]),
            (0, above),
            textcoords="offset points",
            ha="right" if month == last else "center",
        )
    axes.set_ylim(0, None)
    axes.margins(x=0.01, y=0.1)
    axes.set_ylabel(_UNITS[measure])
    what = next(name for name, code in market.MEASURES.items() if code == measure)
    sentence = (
        f"The {what} in {market.in_prose(country)}, monthly means{scale}: a peak of "
        f"{monthly[peak]:.1f}{sign} in {peak:%B %Y}, a low of {monthly[low]:.1f}{sign} in {low:%B %Y}, "
        f"and {monthly[last]:.1f}{sign} in {last:%B %Y}."
    )
    title = f"{market.name_of(country)}: {what}"
    return charts.finish(figure, title, _source(measure), sentence)


def compare(country="US", periods="January 2023 to January 2024", measure="share"):
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
    weekly = series.resample("W-SUN").mean()
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
    monthly = market.daily(country, "share").resample("MS").mean()
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
    """Draw new postings as counted and seasonally adjusted, with every December marked.

    Parameters
    ----------
    raw, adjusted : pandas.Series
        Daily indices, see :func:`helpers.market.index`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = charts.blank()
    drops = []
    for label, series, style in (("as counted", raw, "-"), ("seasonally adjusted", adjusted, "--")):
        weekly = series["2021-07":"2025-06"].resample("W-SUN").mean()
        axes.plot(weekly.index, weekly, style, label=label)
    for year in range(2021, 2025):
        axes.axvspan(*market.span(f"{year}-12"), color="#888888", alpha=0.2, linewidth=0)
        drops.append(market.change(raw, f"{year}-11", f"{year}-12"))
    axes.set_ylabel("Index of new postings, Feb 2020 = 100")
    axes.margins(x=0.01)
    axes.legend()
    sentence = (
        f"New postings in the United States, July 2021 to June 2025. In each of four Decembers (grey) the mean was "
        f"{-max(drops):.0f} to {-min(drops):.0f}% below November's as counted; the adjusted line is smoother."
    )
    title = f"Every December new postings fall by {-max(drops):.0f} to {-min(drops):.0f}%"
    return charts.finish(figure, title, tables.cite("postings_index"), sentence)


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
        title="Same months, nine countries, both signs",
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
    sentence = "Share of postings that mention AI in June 2026: " + ", ".join(
        f"{name} {value:.1f}%" for name, value in ranked
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
    falls = [f"{name} {charts.percent(market.change(s, '2023-01', '2024-01'))}" for name, s in series.items()]
    return charts.lines(
        table,
        "month",
        "index",
        "sector",
        title="Software postings rose highest in 2022, and fell furthest",
        source=tables.cite("postings_index"),
        sentence=f"US postings by sector. Change from January 2023 to January 2024: {', '.join(falls)}.",
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
    sentence = (
        f"{len(table)} answers for the United States around early 2023 to early 2024, from "
        f"{charts.percent(low['change'])} ({low['label']}) to {charts.percent(high['change'])} ({high['label']})."
    )
    return charts.changes(
        table,
        title="One question, many answers: US, about early 2023 to early 2024",
        source=f"{tables.cite('ai_postings')}\n{tables.cite('claim_evidence')}",
        sentence=sentence,
        unit="Change in %; full: computed here; hollow: quoted",
    )


def _source(measure):
    names = {
        "share": ["ai_postings"],
        "all": ["postings_index"],
        "count": ["ai_postings", "postings_index"],
    }[measure]
    return "\n".join(tables.cite(name) for name in names)
