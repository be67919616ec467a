"""The preprint of notebook 03: the learner's claims and words around the numbers that the notebook measured."""

import json

import pandas as pd

from helpers import conformal, tables
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


def draft(parts, results, comparisons, pictures, answers):
    """Assemble the preprint.

    Parameters
    ----------
    parts : dict of str to str
        Keys of :data:`helpers.preprint_text.PARTS`; one left out or empty stands as "to be written".
    results : pandas.DataFrame
        One row a method (its index), columns of :func:`helpers.conformal_scores.judge`.
    comparisons : pandas.DataFrame
        Columns ``comparison``, ``measure``, ``difference``, ``low``, ``high``; see
        :func:`helpers.conformal_scores.compare`.
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
    said = {name: parts.get(name) or "(to be written)" for name in text.PARTS}
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
            Text(text.METHODS[2]),
            Text(f"What was reproduced first. {said['reproduced']}"),
            Text(f"What is new. {said['idea']}"),
            Section("Data and evaluation"),
            Text(_data(table, judged)),
            Section("Hypothesis and results"),
            Text(f"Hypothesis, written before the run. {said['hypothesis']}"),
            Table(_rounded(results), "All methods on the same weeks; pay in thousand USD a year"),
            Text("Paired differences over whole weeks, both methods on the same draws:"),
            Bullets(sentences(comparisons)),
            Text(text.READING),
            Picture(over_time, "Share of adverts inside their range; dotted: changes of the collection"),
            Picture(by_role, "Coverage of each role before and after the change of method"),
            Text(f"Other settings. {said['settings']}"),
            Section("Conclusion"),
            Text(said["conclusion"]),
            Section("Limitations"),
            Text(f"{text.LIMITS}\n\n{said['limits']}"),
            Section("Reproducibility"),
            Text(text.REPRODUCE),
            Bullets([f"{i.capitalize()}: {row['so that']}. {row['answer']}." for i, row in items.iterrows()]),
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
        found = (
            "no difference is shown"
            if row.low <= 0 <= row.high
            else "lower"
            if row.difference < 0
            else "higher"
        )
        lines.append(
            f"{_capital(row.comparison)}, {row.measure}: {_signed(row.difference)} {unit} "
            f"(95% interval {_signed(row.low)} to {_signed(row.high)}): {found}."
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


def _abstract(said, results, comparisons, judged):
    never, best = results.iloc[0], results.iloc[-1]
    first = comparisons.iloc[0]
    return (
        f"Ranges that should hold four in five advertised salaries held {never['coverage']:.0f}% of "
        f"{len(judged):,} adverts after the market and the collection changed. {said['idea']} On "
        f"{judged['week'].nunique()} weeks the last method of the table held {best['coverage']:.0f}%. "
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
        "Coverage is the share of midpoints inside their range. The role gap is the mean, over ten roles, of how "
        "far the coverage of each is from the target. The interval score [4] adds to the width of a range a price for "
        "every miss, and is lower for better ranges. Because adverts of one week are not independent, every interval "
        "comes from 2,000 draws of whole weeks, with the same weeks for both methods. "
        f"{tables.cite('pay_ranges')}"
    )
