"""Notebook 15: the checkers, charts to move, and a plan that is read again after somebody edited it."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import charts, check, documents, plan, profile

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
SAM = profile.Profile.model_validate(TEXTS["sam"])
SOURCE = "Sources: answers; aijobs.net, 2022 to January 2025; data_jobs, 2023. The scales are our choice."
rule, stranger = (check.checklist(__name__, name, **TEXTS[name]) for name in ("rule", "stranger"))
_LIKELY = {n: {one["hint"]: (one["old"], one["new"]) for one in some} for n, some in TEXTS["wrong"].items()}


def _priced(rule):
    """A rule, judged by what it keeps, in whatever order. Worlds are lists here, so that they can be shown, and tables there."""

    def choose(worlds, weights, price):
        tables = [{name: pd.DataFrame(one) for name, one in worlds.items()} for _ in range(2)]
        kept = (rule(each, weights, price) for each in tables)
        first, again = (one if isinstance(one, str) else set(one) for one in kept)
        worlds.clear()
        worlds.update({name: one.to_dict("list") for name, one in tables[0].items()})  # as the rule left them
        fits = isinstance(first, set) and 1 <= len(first) <= 2 and first <= set(worlds["pay"])
        assert fits, f"it keeps {check.shown(first)}: one or two columns in a list are asked for"
        assert first == again, "asked twice it answers differently: use all worlds, not a draw"
        return sorted(first)

    return choose


@check.build("Write choose(worlds, weights, price): the one or two roles to keep.", wrong=_LIKELY["choose"])
def choose(piece, ours, wrong):
    """Rules in possible worlds of three to five roles; a criterion may weigh nothing, and all may; two that only together are best."""
    random, cases = np.random.default_rng(13), [({"pay": TEXTS["apart"]}, {"pay": 1}, 0.02)]
    for number in range(18):
        names, roles = ["liking", "pay", "time", "skills"][: 2 + number % 3], list("ABCDE")[: 3 + number % 3]
        ends = np.sort(random.random((2, len(names), len(roles), 1)), axis=0)
        draws = (ends[0] + (ends[1] - ends[0]) * random.random((len(names), len(roles), 6))).round(2).tolist()
        worlds = {name: dict(zip(roles, one, strict=True)) for name, one in zip(names, draws, strict=True)}
        weights = {name: int(random.integers(0, 5)) * (number % 6 > 0) for name in names}
        cases.append((worlds, weights, (0.01, 0.02, 0.03, 0.05)[number % 4]))
    cases.sort(key=lambda case: len(str(case)))  # what goes wrong is shown where it is easiest to see
    versions = [(hint, _priced(version)) for hint, version in wrong]
    return check.judge_function(_priced(piece), _priced(ours), cases, versions, "No other costs less.")


def _schedule(planner):
    """A planner, judged by what it puts into each week, in whatever order, and by what it says is left."""

    def fit_into(*case):
        rows, left = planner(*case)
        fits = isinstance(left, dict) and isinstance(rows, list | tuple) and dict not in map(type, rows)
        assert fits, "a list of (week, name, hours) and a dictionary are asked for"
        found = {f"left, {name}": float(hours) for name, hours in left.items()}
        for week, name, hours in rows:
            key = f"week {int(week)}, {name}"
            found[key] = found.get(key, 0) + float(hours)
        return {key: hours for key, hours in found.items() if hours}

    return fit_into


@check.build("Write fit_into(tasks, hours, weeks): rows, and what is left.", wrong=_LIKELY["fit_into"])
def fit_into(piece, ours, wrong):
    """Few and many hours, tasks longer than weeks, projects that do not fit, plans of other lengths."""

    learn, make = TEXTS["cases"]["learn"], TEXTS["cases"]["project"]
    mixed = [make[0], *learn[:2], make[1], *learn[2:], make[2]]
    cases = [([learn[0] | {"hours": 5}, make[0]], 2, 4), ([], 3, 4), (learn, 4, 3), (make, 5, 12)]
    cases += [(mixed, hours, weeks) for hours in (1, 6, 10, 60) for weeks in (3, 4, 9, 12)]
    cases += [(learn + make, hours, 12) for hours in (1.5, 3, 8, 25)]
    versions = [(hint, _schedule(version)) for hint, version in wrong]
    return check.judge_function(_schedule(piece), _schedule(ours), cases, versions, "Nothing is lost.")


def known(said, names):
    """dict: what was said of some names; which others were said, and what could be, is told in a sentence."""
    said = said if isinstance(said, dict) else dict.fromkeys([said] if isinstance(said, str) else said)
    if odd := ", ".join(one_line(one) for one in said if one not in names):
        print(f"Left out, as nothing here has this name: {odd}. Write one of these: {', '.join(names)}.")
    return {name: said[name] for name in names if name in said}


def people():
    """Yield 60 invented people (Profile) who answered at random, and rated two of the four jobs or more."""
    random, asked = np.random.default_rng(0), profile.QUESTIONS
    for number in range(60):
        skills = {skill: int(random.integers(0, 4)) for skill in asked["skills"]}
        jobs = random.permutation(list(asked["liked"]))[: 2 + number % 3].tolist()
        liked = {job: {piece: int(random.integers(0, 5)) for piece in asked["liked"][job]} for job in jobs}
        answers = {"hours": int(random.integers(2, 15)), "skills": skills}
        yield profile.Profile.model_validate({"answers": answers, "liked": liked})


def draw_fit(table):
    """Draw the ranges of a fit: a chart a criterion, a bar a role."""
    roles = list(table.index.unique("role"))[::-1]
    figure, axes = charts.blank(2.1 + 0.42 * len(roles))
    axes.remove()
    colors = [charts.ROLE_STYLE.get(role, {"color": charts.FLAT})["color"] for role in roles]
    for place, name in enumerate(plan.WEIGHTS):
        row, column = divmod(place, 3)
        axes = figure.add_axes((0.215 + 0.262 * column, 0.58 - 0.42 * row, 0.23, 0.27))
        ends = table.xs(name, level="criterion").loc[roles]
        axes.barh(roles, ends.eval("high - low").clip(0.02), 0.5, ends["low"].clip(upper=0.98), color=colors)
        axes.set(xlim=(0, 1), ylim=(-0.6, len(roles) - 0.4))
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"], fontsize=8.5)
        axes.set_yticks(range(len(roles)), roles if column == 0 else [""] * len(roles), fontsize=8.5)
        axes.set_title(name, fontsize=9.5, loc="left", fontweight="bold", pad=3)
        axes.grid(axis="y", visible=False)
    wide = (table["high"] - table["low"]).groupby("criterion").mean().idxmax()
    return charts.finish(figure, f"Least is known of {wide}", SOURCE, "A bar: from the worst to best case.")


def draw_choice(fit, roles, price):
    """Draw the fit of each role over possible worlds, with those that are kept in colour."""
    first = fit.idxmax(axis=1).value_counts(normalize=True).reindex(fit.columns, fill_value=0)
    table = fit.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).T.set_axis(list("abcde"), axis=1)
    table.index = [f"{role}\nbest in {100 * first[role]:.0f}%" for role in fit.columns]
    mine, unit = fit.columns.isin(roles), "Weighted fit (thin line: nine worlds in ten, thick: half of them)"
    said = "; ".join(f"{role}: fit {fit[role].median():.2f}, best in {first[role]:.0%}" for role in fit)
    title = f"At a price of {price:g} keep {' and '.join(fit.columns[mine])}"
    look = {"value": "c", "thin": "ae", "thick": "bd", "mine": mine, "form": "{:.2f}", "unit": unit}
    return charts.rows(table, **look, title=title, source=SOURCE, sentence=f"{title}. {said}.")


def draw_weeks(rows, left, hours, job):
    """Draw the hours of each week by skill, project and review, and say what does not fit."""
    table = pd.DataFrame(rows, columns=["week", "name", "hours"]).astype({"hours": float})
    table["what"] = table["name"].str.partition(":")[0]
    order = sorted(dict.fromkeys(table["what"]), key=("Project", "Review").count)
    table = table.pivot_table("hours", "week", "what", "sum").reindex(range(1, 13), columns=order).fillna(0)
    figure, axes = charts.blank(3.8)
    colors = [*(f"C{place}" for place in range(len(order) - 2)), "C7", charts.FLAT]
    table.plot.bar(stacked=True, ax=axes, width=0.75, rot=0, color=colors, edgecolor="white")
    axes.axhline(hours, color="black", linewidth=1, linestyle="--", label="your hours")
    axes.set(xlabel="Week", ylabel="Hours", ylim=(0, 1.45 * hours))
    axes.grid(axis="x", visible=False)
    for place, bar in enumerate([*axes.patches]):
        bar.set_hatch(("", "//", "..", "\\\\")[place // 12 % 4])
        if not bar.get_height():
            bar.remove()  # a hatch takes long to draw, even where nothing is seen of it
    axes.legend(loc="upper center", ncols=5, fontsize=8.5, facecolor="white", frameon=True, edgecolor="none")
    said = f"{job}: {sum(left.values()):g} hours of work do not fit into the twelve weeks."
    title = f"{job}, {hours} h a week: first {order[0]}; left over: {len(left) or 'no'} task{'s' * (len(left) != 1)}"
    return charts.finish(figure, title, "Hours of the gaps: a guess of ours.", said)


def one_line(text, most=80):
    """The beginning of a text in one line, without signs that cannot be seen, save joiners of letters."""
    kept = "".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in str(text)[: 20 * most])
    return " ".join(kept.split())[:most]


def escaped(text):
    """A line in which no sign means anything to Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&$])", r"\\\1", one_line(text))


def day_of(said):
    """date or None: a day of this century, in any form; if it is none, a sentence tells what to write."""
    day = pd.to_datetime(said, errors="coerce")
    if 2000 <= day.year < 2100:
        return day.date()
    print(f"Left out, as it is no day of this century: {one_line(said)}. Write one such as 2027-01-04.")


def weeks_of(text):
    """DataFrame ``week``, ``date``, ``hours``, ``task``: what stands in the text of a plan, edited or not."""
    rows, day = [], None
    for line in text[:200_000].splitlines():  # nobody writes more
        day = None if line.startswith("#") else day
        if head := re.match(TEXTS["lines"]["week"], line):
            week, day = int(head[1]), day_of(head[2])
        elif day and (task := re.match(TEXTS["lines"]["task"], line)):
            rows.append((week, day, float((task[1] or "0").replace(",", ".")), one_line(task[2], 200)))
    return pd.DataFrame(rows, columns=["week", "date", "hours", "task"])


def save(folder, text):
    """Save ``plan.md`` and ``plan.pdf``; a ``plan.md`` that the learner changed is not touched, and its PDF is made anew."""
    ours, yours = folder / ".made.md", folder / "plan.md"
    if yours.is_dir():
        print(f"A folder was named plan.md, as the plan is. It is kept as {profile.aside(yours, 'folder')}.")
    made, now = (file.read_text("utf-8", "replace") if file.is_file() else "" for file in (ours, yours))
    if not now.strip() or now == made:
        saved = documents.save(folder, "plan", text)
        ours.write_bytes(yours.read_bytes())
        return saved
    saved = documents.save(folder, ".yours", now)
    (folder / ".yours.pdf").replace(folder / "plan.pdf")
    (folder / ".yours.md").unlink()
    print("You changed plan.md, so it stays as it is: the plan above was NOT written. Only plan.pdf is new.")
    return documents.Saved(folder, ("plan.pdf",), saved.unwritten, saved.boxes)
