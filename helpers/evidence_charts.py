"""The evidence section of the role notebooks: one figure a question, the role in colour, the rest in grey."""

from helpers import charts, role_rows, tables
from helpers import evidence_tables as evidence
from helpers.roles import ROLES

_PLURAL = {role: f"{role}s" for role in ROLES}
_MASTER = "Master's degree"
_SPELLED = {"aws": "AWS", "gcp": "GCP", "sql": "SQL", "pytorch": "PyTorch", "tensorflow": "TensorFlow"}
_POSTINGS = "Source: L. Barousse, data_jobs, job postings of 2023 with a stated salary."
_SURVEYS = {
    "Kaggle": "Source: Kaggle Machine Learning and Data Science Survey {year}, CC BY 2.0.",
    "Stack Overflow": "Source: Stack Overflow Developer Survey {year}, ODbL 1.0.",
}
_SPREAD = "Thin lines run from the lowest tenth to the highest tenth, thick ones hold the middle half."


def official_pay(role):
    """Draw official US wages of the occupations nearest to a role, and of those nearest to the others.

    Parameters
    ----------
    role : str
        One of `helpers.roles.ROLES`, here and below.

    Returns
    -------
    matplotlib.figure.Figure
    """
    evidence.known(role)
    pay = evidence.official_pay()
    mine = [role in roles for roles in pay["roles"]]
    figure, axes = role_rows.blank(_occupations(pay), mine, role)
    for place, (row, own) in enumerate(zip(pay.itertuples(), mine, strict=True)):
        color = role_rows.colour(role, own)
        axes.plot([row.p10 / 1000, row.p90 / 1000], [place, place], color=color, linewidth=1.5)
        axes.plot([row.p25 / 1000, row.p75 / 1000], [place, place], color=color, linewidth=7, alpha=0.45)
        role_rows.dot(axes, role, own, row.median / 1000, place, f"${_k(row.median)}k")
    axes.set_xlim(0, None)
    axes.set_xlabel("Thousand US dollars a year before tax")
    nearest = pay[mine]
    medians = [f"${_k(median)},000" for median in nearest["median"]]
    title = f"Official median wage of the nearest occupation{_s(nearest)}: {_and(medians)}"
    if role == "Data Scientist":
        counted = "Data scientists are an occupation of their own in the US statistics"
    else:
        counted = (
            f"The US statistics have no occupation called {role}; the nearest "
            f"{'are' if _s(nearest) else 'is'} {_and([name.lower() for name in nearest['occupation']])}, "
            "which hold many other people too"
        )
    parts = [
        f"{row.occupation.lower()}: a tenth under {_k(row.p10)},000 USD, half under {_k(row.median)},000, "
        f"a tenth over {_k(row.p90)},000 ({row.employment:,} employees)"
        for row in nearest.itertuples()
    ]
    sentence = f"{counted}. {_capital('; '.join(parts))}. {_SPREAD}"
    return charts.finish(figure, title, tables.cite("wages"), sentence)


def advertised_pay(role):
    """Draw the ranges that US adverts offer for a role and for the others."""
    evidence.known(role)
    pay = evidence.advertised_pay()
    own_pay = pay.loc[role]
    mine = [name == role for name in pay.index]
    figure, axes = role_rows.blank(
        [f"{name}\n{row.adverts:,.0f} adverts" for name, row in pay.iterrows()], mine, role
    )
    for place, (row, own) in enumerate(zip(pay.itertuples(), mine, strict=True)):
        color = role_rows.colour(role, own)
        axes.plot([row.low_p10, row.high_p90], [place, place], color=color, linewidth=1.5)
        axes.plot([row.low_median, row.high_median], [place, place], color=color, linewidth=7, alpha=0.45)
        for value, side in ((row.low_median, "right"), (row.high_median, "left")):
            axes.annotate(
                f"${value:.0f}k",
                (value, place),
                (-3 if side == "right" else 3, 9),
                textcoords="offset points",
                ha="right" if side == "left" else "left",
                color=color,
                fontsize=9.5,
                fontweight="bold" if own else "normal",
            )
    axes.set_xlim(0, None)
    axes.set_xlabel("Thousand US dollars a year, as offered")
    title = f"The usual advert offers ${own_pay.low_median:.0f},000 to ${own_pay.high_median:.0f},000"
    sentence = (
        f"Of {own_pay.adverts:,.0f} full-time US adverts for {_PLURAL[role]} that state a range (2022 to "
        f"January "
        f"2025, most of them 2024), half start at {own_pay.low_median:.0f},000 USD or more and half end at "
        f"{own_pay.high_median:.0f},000 or more: that is the thick line. The thin one runs from the "
        f"lowest tenth "
        f"of the bottoms, {own_pay.low_p10:.0f},000, to the highest tenth of the tops, "
        f"{own_pay.high_p90:.0f},000. "
        f"These are offers at all levels of experience, mostly senior, not what people "
        f"earn.{_few(own_pay.adverts)}"
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def size(role):
    """Draw how many adverts of 2023 one collection holds of a role, of the others and of two neighbours."""
    evidence.known(role)
    counts = evidence.postings()
    mine = [name == role for name in counts.index]
    figure, axes = role_rows.blank(list(counts.index), mine, role)
    for place, (count, own) in enumerate(zip(counts, mine, strict=True)):
        color = role_rows.colour(role, own)
        axes.barh(place, count, height=0.55, color=color, alpha=1 if own else 0.55)
        axes.annotate(
            f"{count:,}",
            (count, place),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontweight="bold" if own else "normal",
        )
    axes.margins(x=0.1)
    axes.set_xlabel("Adverts of 2023 with a stated salary, all countries")
    per = counts["Data Scientist"] / counts[role]
    title = (
        f"One advert for {_a(role)} for {_about(per, counts[role])} for a Data Scientist"
        if per > 1
        else f"{counts[role] / _others(counts, role):.0f} times the adverts of the other three together"
    )
    in_us = evidence.postings("US")[role]
    sentence = (
        f"In one collection of adverts of 2023 that state a salary, {counts[role]:,} are for {_PLURAL[role]} "
        f"({in_us:,} in the US), {counts['Data Analyst']:,} for data analysts and "
        f"{counts['Data Engineer']:,} for "
        "data engineers. It is the size of the role on one site in one year, no trend. Research "
        "scientists and "
        "MLOps engineers were found by words in the title, so the same work under another title is missed."
    )
    return charts.finish(figure, title, _POSTINGS, sentence)


def _about(per, count):
    """A ratio with no more digits than the smaller count can carry."""
    return f"every {per:.0f}" if count > 100 else f"about every {round(per, -1):.0f}"


def outlook(role):
    """Draw the official ten-year projection of the occupations nearest to a role and to the others."""
    evidence.known(role)
    rows = evidence.outlook()
    mine = [role in roles for roles in rows["roles"]]
    figure, axes = role_rows.blank(_occupations(rows), mine, role)
    axes.axvline(0, color="#333333", linewidth=1)
    for place, (row, own) in enumerate(zip(rows.itertuples(), mine, strict=True)):
        value = row.change_percent
        axes.plot([0, value], [place, place], color=role_rows.colour(role, own), linewidth=1.5)
        role_rows.dot(axes, role, own, value, place, charts.percent(value))
    axes.margins(x=0.08)
    axes.set_xlabel("Projected change in jobs, 2024 to 2034, in %")
    nearest = rows[mine]
    changes = [charts.percent(value) for value in nearest["change_percent"]]
    everyone = rows.loc["00-0000", "change_percent"]
    title = f"Projected to 2034: {_and(changes)}; all occupations: {charts.percent(everyone)}"
    these = "These are the occupations" if len(nearest) > 1 else "This is the occupation"
    parts = [
        f"{row.occupation.lower()} by {charts.percent(row.change_percent)}, with {row.openings:,.1f} "
        f"thousand "
        "openings a year"
        for row in nearest.itertuples()
    ]
    sentence = (
        f"In ten years to 2034 the number of US jobs is projected to change, for {'; '.join(parts)}. {these} "
        f"nearest to {_a(role)}, and most openings replace people who leave. It is a projection on "
        "stated conditions, made in 2025, not a forecast for a job title."
    )
    return charts.finish(figure, title, tables.cite("projections"), sentence)


def tools(role, top=10):
    """Draw the tools that adverts for a role name most, beside how often the other roles' adverts name them.

    Parameters
    ----------
    role : str
    top : int
        How many tools.

    Returns
    -------
    matplotlib.figure.Figure
    """
    evidence.known(role)
    table = evidence.tools(role)
    n = table.groupby("role", observed=True)["postings"].first()
    more, less = ([_tool(name) for name in names] for names in evidence.apart(role))
    table = table.assign(skill=table["skill"].astype(str).map(_tool))
    figure, axes = role_rows.compare(table, "skill", list(table["skill"].unique()[:top]), role, n)
    place = evidence.TOOL_PLACES[evidence.tools_place(role)]
    axes.set_xlabel(f"% of adverts that name the tool, {place}, 2023")
    if more:
        title = (
            f"Adverts for {_PLURAL[role]} stand out by naming {_and(more[:3] + ['more'] * (len(more) > 3))}"
        )
    else:
        title = f"No tool is named clearly more often for {_PLURAL[role]} than for all others"
    own = table[table["role"] == role].head(3)
    named = [
        f"{row.skill} {row.share:.0f}% ({row.share_low:.0f} to {row.share_high:.0f}%)"
        for row in own.itertuples()
    ]
    left_out = [other for other in ROLES if other != role and n[other] < evidence.TOO_FEW]
    sentence = (
        f"Named most in {n[role]:,} adverts for {_PLURAL[role]} with a stated salary ({place}, 2023): "
        f"{_and(named)}; "
        "in brackets and as lines the 95% intervals. "
        + (f"Clearly more often than in adverts for the other roles: {_and(more)}. " if more else "")
        + (f"Clearly less often: {_and(less)}. " if less else "")
        + "".join(f"{_PLURAL[other]} have only {n[other]} adverts: a rough figure. " for other in left_out)
        + "A tool that an advert does not name may still be wanted."
    )
    return charts.finish(figure, title, _POSTINGS, sentence)


def education(role, survey=evidence.KAGGLE):
    """Draw the highest degrees of people who do a role and of those who do the others.

    Parameters
    ----------
    role : str
    survey : {"Kaggle", "Stack Overflow"}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    helpers.charts.NoPicture
        If the survey has no answer for the role.
    """
    evidence.known(role)
    table = evidence.education(survey)
    joined = survey == evidence.KAGGLE and role == "MLOps Engineer"
    counted = "ML Engineer" if joined else role
    if counted not in set(table["role"]):
        raise charts.NoPicture(f"{survey} has no answer for {_PLURAL[role]}: choose {evidence.KAGGLE}.")
    if joined:
        table = table.assign(role=table["role"].astype(str).replace("ML Engineer", role))
    n = table.groupby("role", observed=True)["total"].first()
    names = {"ML Engineer": "ML or MLOps Engineer", "MLOps Engineer": "ML or MLOps Engineer"}
    degrees = [str(degree) for degree in table["degree"].unique()]
    figure, axes = role_rows.compare(
        table, "degree", degrees, role, n, names if survey == evidence.KAGGLE else {}
    )
    year = evidence.survey_year(survey)
    planned = ", attained or planned within two years" if survey == evidence.KAGGLE else ""
    axes.set_xlabel(f"% of people in the role ({survey} {year}){planned}")
    own = table[table["role"] == role].set_index("degree")
    highest = own.iloc[0]
    what = str(own.index[0]).lower()
    who = "ML and MLOps Engineers" if survey == evidence.KAGGLE and "ML" in role else _PLURAL[role]
    title = f"{highest.share:.0f}% of {who} in the survey have a {what}"
    if survey == evidence.KAGGLE:
        title += " or plan one"
    others = [
        f"{row.share:.0f}% of {names.get(row.role, row.role) if survey == evidence.KAGGLE else row.role}s"
        for row in table[(table["degree"] == own.index[0]) & (table["role"] != role)].itertuples()
    ]
    sentence = (
        f"Of {n[role]:,} {who} who answered {survey} {year}, {highest.share:.0f}% name a {what} as their "
        f"highest "
        f"degree (95% interval {highest.share_low:.0f} to {highest.share_high:.0f}%) and "
        f"{own.loc[_MASTER, 'share']:.0f}% a master's; a {what} is named by {_and(others)}. "
        + (
            "The question was for the degree attained or planned within the next two years, ML and MLOps "
            "engineers "
            "share one answer, and research scientists are of any field. "
            if survey == evidence.KAGGLE
            else "Doctorates and professional degrees are one answer in this survey. "
        )
        + "People chose to answer, so compare the roles and not the levels; it says nothing on who gets "
        "hired."
    )
    return charts.finish(figure, title, _SURVEYS[survey].format(year=year), sentence)


def first_rung(role):
    """Draw the share of adverts of a role, and of the others, that are labelled entry level."""
    evidence.known(role)
    rungs = evidence.first_rung()
    own_rung = rungs.loc[role]
    mine = [name == role for name in rungs.index]
    labels = [f"{name}\n{row.entry:,.0f} of {row.adverts:,.0f} adverts" for name, row in rungs.iterrows()]
    figure, axes = role_rows.blank(labels, mine, role)
    for place, (row, own) in enumerate(zip(rungs.itertuples(), mine, strict=True)):
        axes.plot(
            [row.share_low, row.share_high],
            [place, place],
            color=role_rows.colour(role, own),
            linewidth=7,
            alpha=0.35,
        )
        role_rows.dot(axes, role, own, row.share, place, f"{row.share:.1f}%")
    axes.set_xlim(0, None)
    axes.set_xlabel("% of adverts labelled entry level, with 95% interval")
    title = f"Entry level: {own_rung.entry:,.0f} of {own_rung.adverts:,.0f} adverts for {_PLURAL[role]}"
    sentence = (
        f"{own_rung.share:.1f}% of the full-time US adverts for {_PLURAL[role]} that state a range (2022 to "
        f"January 2025) are labelled entry level, {own_rung.entry:,.0f} of {own_rung.adverts:,.0f}; 95% "
        f"interval {own_rung.share_low:.1f} to {own_rung.share_high:.1f}%, which allows for identical repeats. "
        f"The label is the collector's and repeats of an advert count again. Left out "
        "are internships and campus hiring, referrals and moves within a firm, and first jobs under "
        "another title."
        f"{_few(own_rung.entry, 'entry-level adverts')}"
    )
    return charts.finish(figure, title, tables.cite("pay_ranges"), sentence)


def _occupations(rows):
    """Name each occupation and, on a second line, the roles counted in it."""
    return [
        f"{row.occupation}\n{'nearest to ' + _and(row.roles) if row.roles else 'the whole economy'}"
        for row in rows.itertuples()
    ]


def _tool(name):
    """Spell a tool as its makers do; the table has lower case only."""
    return _SPELLED.get(name) or name.capitalize()


def _others(counts, role):
    return sum(counts[other] for other in ROLES if other != role)


def _few(n, what="adverts"):
    if n >= evidence.TOO_FEW:
        return ""
    return f" With only {n:,.0f} {what} the exact share is unknown."


def _and(words):
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _s(rows):
    return "s" if len(rows) > 1 else ""


def _a(role):
    return f"{'an' if role[0] in 'AEIMO' else 'a'} {role}"


def _k(usd):
    return f"{usd / 1000:.0f}"


def _capital(text):
    return text[:1].upper() + text[1:]
