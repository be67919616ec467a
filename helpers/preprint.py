"""The preprint of notebook 03: the learner's claims and words around the numbers that the notebook measured."""

import json

import pandas as pd

from helpers import conformal, conformal_scores, tables
from helpers import preprint_text as text
from helpers.document import (
    Bullets,
    Document,
    DocumentError,
    Equation,
    Picture,
    References,
    Section,
    Table,
    Text,
)

_EMPTY = "(to be written)"


def draft(parts, results, comparisons, pictures, answers):
    """Assemble the preprint.

    Parameters
    ----------
    parts : dict of str to str
        Keys of :data:`helpers.preprint_text.PARTS`; one left out or empty stands as "to be written", or is left
        out if it is one of :data:`helpers.preprint_text.IN_REVISION`.
    results : pandas.DataFrame
        One row a method (its index; the first never adapts), columns of
        :func:`helpers.conformal_scores.judge`.
    comparisons : pandas.DataFrame
        Columns ``comparison``, ``measure``, ``difference``, ``low``, ``high`` and, from blocks of eight weeks,
        ``low 8``, ``high 8``; see :func:`helpers.conformal_scores.compare`. The first row stands in the
        abstract.
    pictures : sequence of matplotlib.figure.Figure
        Coverage over time, and coverage by role.
    answers : dict of str to str
        See :func:`checklist`.

    Returns
    -------
    helpers.document.Document

    Raises
    ------
    helpers.document.DocumentError
        If a part or an item of the checklist is not one of ours, or an answer is not accepted.
    """
    _known(parts, text.PARTS, "part")
    said = {name: parts.get(name) or _EMPTY for name in text.PARTS}
    table = conformal.stream()
    judged = table[table["week"] >= 0]
    over_time, by_role = pictures
    items = checklist(answers)
    return Document(
        title=said["title"],
        authors=[said["author"]],
        note="Preprint, not peer reviewed. Made in a teaching notebook.",
        abstract=_abstract(said, results, comparisons, judged),
        layout="preprint",
        blocks=[
            Section("The problem"),
            Text(_problem(results, judged)),
            Section("Methods"),
            Text(text.METHODS[0]),
            Equation(r"E_i = \max\{q_{0.1}(X_i) - Y_i,\; Y_i - q_{0.9}(X_i)\}"),
            Text(text.METHODS[1]),
            Equation(r"\alpha_{t+1} = \alpha_t + \gamma\,(\alpha - \mathrm{err}_t)"),
            Text(f"{text.METHODS[2]} {_settings()}"),
            *_asked(said, "promise", "Where the promise ends."),
            Text(f"What was reproduced first. {said['reproduced']}"),
            Text(f"What is new. {said['idea']}"),
            Section("Data and evaluation"),
            Text(_data(table, judged)),
            Section("Hypothesis and results"),
            Text(
                "Hypothesis (stated before the table below; not preregistered, see Limitations). "
                f"{said['hypothesis']}"
            ),
            Table(_rounded(results), "All methods on the same weeks; pay in thousand USD a year"),
            Text("Paired differences, both methods on the same draws of weeks:"),
            Bullets(sentences(comparisons)),
            Text(text.READING),
            Picture(over_time, "Share of adverts inside their range; dotted: changes of the collection"),
            Picture(by_role, "Coverage of each role before and after the change of method"),
            *_asked(said, "settings", "Other settings."),
            Section("Conclusion"),
            Text(said["conclusion"]),
            Section("Limitations"),
            Text(f"{text.LIMITS} {_one_sided(table)}\n\n{said['limits']}"),
            Section("Reproducibility"),
            Text(text.REPRODUCE),
            Bullets(
                [f"{i.capitalize()} ({row['so that']}): {row['answer']}." for i, row in items.iterrows()]
            ),
            Section("For a group that repeats this work"),
            Bullets([*text.NEEDED, _anchor(results)]),
            References(list(text.PAPERS)),
        ],
    )


def checklist(answers):
    """Lay out the reproducibility checklist with the learner's answers.

    Parameters
    ----------
    answers : dict of str to str
        Keys of :data:`helpers.preprint_text.CHECKLIST`, each one of :data:`helpers.preprint_text.ANSWERS`; one
        left out counts as not answered.

    Returns
    -------
    pandas.DataFrame
        Indexed by item: ``so that`` and ``answer``.

    Raises
    ------
    helpers.document.DocumentError
        If an item is not one of ours, or an answer is not accepted.
    """
    _known(answers, text.CHECKLIST, "item")
    for name, answer in answers.items():
        if answer not in text.ANSWERS:
            raise DocumentError(f"The answer to {name!r} is one of {', '.join(text.ANSWERS)}.")
    rows = [(name, words, answers.get(name, "not answered")) for name, words in text.CHECKLIST.items()]
    return pd.DataFrame(rows, columns=["item", "so that", "answer"]).set_index("item")


def sentences(comparisons):
    """Put paired comparisons in words; an interval that holds zero is called what it is.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        See :func:`draft`.

    Returns
    -------
    list of str
    """
    lines = []
    for row in comparisons.itertuples():
        unit = "points" if row.measure != "interval score" else "thousand USD"
        eight = comparisons.loc[row.Index, ["low 8", "high 8"]]
        found = "lower" if row.difference < 0 else "higher"
        if row.low <= 0 <= row.high:
            found = "no difference is shown"
        elif eight["low 8"] <= 0 <= eight["high 8"]:
            found += ", but not shown with blocks of eight weeks"
        lines.append(
            f"{_capital(row.comparison)}, {row.measure}: {_signed(row.difference)} {unit} "
            f"(95% interval {_signed(row.low)} to {_signed(row.high)}; in blocks of eight weeks "
            f"{_signed(eight['low 8'])} to {_signed(eight['high 8'])}): {found}."
        )
    return lines


def letter(parts, replies):
    """Write the letter that answers the reviewer.

    Parameters
    ----------
    parts : dict of str to str
        See :func:`draft`.
    replies : list of str
        One a point; an empty one stands as "to be written".

    Returns
    -------
    helpers.document.Document
    """
    _known(parts, text.PARTS, "part")
    written = [
        reply if reply.strip().strip("0123456789.") else f"{reply} (to be written)" for reply in replies
    ]
    return Document(
        title="Reply to the reviewer",
        authors=[parts.get("author", "")],
        note=parts.get("title", ""),
        abstract="Thank you for reading this work with care. We answer each point in turn.",
        blocks=[Text(reply) for reply in written],
    )


def citation(parts):
    """Write the citation file of the learner's preprint (CITATION.cff, format 1.2.0).

    Parameters
    ----------
    parts : dict of str to str
        See :func:`draft`.

    Returns
    -------
    str
        YAML; each text stands in double quotes, so that no sign in it has a meaning.
    """
    _known(parts, text.PARTS, "part")
    title, author = (
        json.dumps(" ".join(str(parts.get(name) or "to be written").split())[:300], ensure_ascii=False)
        for name in ("title", "author")
    )
    return (
        "cff-version: 1.2.0\n"
        'message: "If you use this work, cite the preprint."\n'
        f"title: {title}\n"
        f"authors:\n  - name: {author}\n"
        "type: software\n"
        "license: MIT\n"
        "preferred-citation:\n"
        "  type: unpublished\n"
        f"  title: {title}\n"
        f"  authors:\n    - name: {author}\n"
        '  notes: "Preprint, not peer reviewed"\n'
    )


def _known(given, names, what):
    for name in given:
        if name not in names:
            raise DocumentError(f"There is no {what} {str(name)[:40]!r}: choose from {', '.join(names)}.")


def _capital(words):
    return words[:1].upper() + words[1:]


def _signed(value):
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _rounded(results):
    return results.map("{:.1f}".format).rename_axis("method").reset_index()


def _asked(said, name, lead):
    return [] if said[name] == _EMPTY else [Text(f"{lead} {said[name]}")]


def _abstract(said, results, comparisons, judged):
    never, others = results.iloc[0], results["coverage"].iloc[1:]
    first = comparisons.iloc[0]
    return (
        "Ranges that should hold four in five advertised salaries, calibrated once on the summer of 2023, held "
        f"{never['coverage']:.0f}% of {len(judged):,} adverts that arrived from September 2023 on. {said['idea']} "
        f"On these {judged['week'].nunique()} weeks the methods that look back from week to week held between "
        f"{others.min():.1f}% ({others.idxmin()}) and {others.max():.1f}% ({others.idxmax()}). "
        f"{_capital(first.comparison)}, {first.measure}: {_signed(first.difference)} (95% interval {_signed(first.low)} to "
        f"{_signed(first.high)}). {said['conclusion']}"
    )


def _problem(results, judged):
    never = results.iloc[0]
    return (
        "A job board shows, for a role, level, share of remote work and country, a range of pay between which "
        "the midpoints of four in five comparable adverts should lie. A quantile model was trained once, on "
        f"adverts of {conformal.LEARN[0]} to {conformal.LEARN[1]}, and its ranges were widened once by "
        f"conformalized quantile regression [2] on those of {conformal.CALIBRATE[0]} to "
        f"{conformal.CALIBRATE[1]}. On the {len(judged):,} adverts that arrived later the promise was kept for "
        f"{never['coverage']:.1f}% of them, and for {never['since June 2024']:.1f}% since June 2024. We ask "
        "whether an update that uses only what was seen before each week mends this, and for whom."
    )


def _anchor(results):
    never = results.iloc[0]
    return (
        f"A first number to meet: with the method '{results.index[0]}' {never['coverage']:.1f}% of the adverts lie inside "
        f"ranges of {never['width']:.1f} thousand USD in the mean. If yours differs, stop and compare the splits."
    )


def _data(table, judged):
    return (
        f"We use the weekly versions of a public collection of advertised pay ranges [5]: of 163 versions since "
        f"August 2021, {table['week'].nunique() - judged['week'].nunique()} calibrate and "
        f"{judged['week'].nunique()} are judged, {len(judged):,} adverts in all; the earlier ones train the model "
        "or hold too little. The unit is one advert and its value is the midpoint of its range in thousand USD a year. "
        "Coverage is the share of midpoints inside their range. The role gap is how far the coverage of an advert's "
        "role is from the target, averaged over the adverts; for perfect ranges chance alone, advert by advert, makes it "
        f"{conformal_scores.chance_gap(table):.1f} points, and smaller gaps are not to be compared. The interval score [4] adds to the width of a range a price for "
        "every miss, and is lower for better ranges. Neither adverts of one week nor neighbouring weeks are independent, so "
        f"every interval comes from 2,000 draws of blocks of {conformal_scores.BLOCK} weeks (circular block bootstrap), "
        "with the same weeks for both methods, and again with blocks of eight. "
        f"{tables.cite('pay_ranges')}"
    )


def _settings():
    return (
        f"If not said otherwise the step is {conformal.STEP}, scores come from the {conformal.WINDOW} weeks just before, and a "
        f"role with fewer than {conformal.FEW} scores among them uses those of all roles. {text.MODEL}"
    )


def _one_sided(table):
    quarter = table[table["arrived"].between("2024-07-01", "2024-09-30")]
    above = 100 * (quarter["midpoint"] > quarter["range_high"]).mean()
    below = 100 * (quarter["midpoint"] < quarter["range_low"]).mean()
    return (
        f"Misses became one-sided: from July to September 2024 {above:.0f}% of the midpoints lay above the range before "
        f"its correction and {below:.0f}% below. A good part of the shift is upwards, and one correction for both ends "
        "widens the lower end as well."
    )
