"""From a profile and the evidence to a plan: fit by role as ranges, gaps, and what to do about them.

A range goes from 0 to 1 and holds what is not known: a question without an answer leaves it wide. No range is turned
into one score; weights belong to the reader. What is our judgement stands in ``plan.toml``.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import evidence, profile, selfcheck, tables
from helpers.pay import ROLES
from helpers.route import disliked as disliked  # asked in notebook 15 beside what is here

_SAID = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
NEIGHBOURS = _SAID["neighbours"]
"""Roles beside the four, and what is done in each."""

WEIGHTS = {"liking": 3, "skills": 2, "time": 2, "first rung": 1, "openings": 1, "pay": 1}
"""What counts in a fit, and how much if nobody says otherwise: a choice, not a finding."""

_PROJECTS = dict.fromkeys(NEIGHBOURS, _SAID["projects"]["other"]) | _SAID["projects"]
_ENOUGH = 2  # the level that closes a gap: "did it alone on something small"
_LEAST_NAMED = 10  # % of the adverts of a role; what fewer name is no gap


def unknown(told):
    """list of str: what the profile does not say, and where it could be said."""
    skills = sum(one not in {*told.answers.skills, *told.levels} for one in _SAID["skills"])
    unrated = [job for job in profile.QUESTIONS["liked"] if max([-1, *told.liked.get(job, {}).values()]) < 0]
    hours = ["your hours a week (asked in notebook 00)"] if told.answers.hours is None else []
    many = f"{skills} of {len(_SAID['skills'])} skills (asked in notebook 00, checked in notebook 06)"
    works = [f"whether you like the work of notebook {job} (asked at its end)" for job in unrated]
    return hours + [many] * (skills > 0) + works


@lru_cache
def _market():
    """Of all eight roles: advertised pay, first rung, openings in two collections, and share of adverts by skill."""
    roles = (*ROLES, *NEIGHBOURS)
    pay, tags = evidence.advertised_pay(roles), evidence.tags()
    named = tags.pivot(index="role", columns="skill", values="share").loc[list(roles)]
    sizes = {"2023": tags.groupby("role")["postings"].first(), "ranges": pay["adverts"]}
    sizes = pd.DataFrame(sizes, index=list(roles))
    skills = {skill: named[about["tags"]].max(axis=1) for skill, about in _SAID["skills"].items()}
    return pay, evidence.first_rung(roles), sizes / sizes.sum(), pd.DataFrame(skills)


def _short(told, needs):
    """list of str: the skills of which this is not the level yet, by the self-check, else by the learner's own word."""
    levels = told.answers.skills | {skill: round(one.level) for skill, one in told.levels.items()}
    return [skill for skill, level in needs.items() if levels.get(skill, 0) < level]


def gaps(told, role):
    """DataFrame by skill, cheapest gap first: ``named`` (% of the role's adverts), ``hours_low`` and ``hours_high``.

    Cheap is few hours for a skill that many adverts name. ``low`` and ``high`` are the level, and ``notebook`` practises it.
    Only skills that a tool in the adverts stands for are here, and what they or the projects need, which comes first.
    """
    shares, skills, rows, order = _market()[3].loc[role], _SAID["skills"], {}, {}
    named = shares.index[shares >= _LEAST_NAMED]
    needs = [skills[skill]["needs"] for skill in named] + [needs for _, needs in _PROJECTS[role]["each"]]
    for skill in [*named, *(skill for some in needs for skill in _short(told, some))]:
        (low, high), about = selfcheck.span(told, skill), skills[skill]
        quick, slow = (max(_ENOUGH - high, 0), max(_ENOUGH - low, 0)) * np.array(about["hours"])
        if slow:
            rows[skill] = (shares[skill], low, high, quick, slow, about["notebook"])
            order[skill] = (len(_short(told, about["needs"])), (quick + slow) / shares[skill])
    columns = ["named", "low", "high", "hours_low", "hours_high", "notebook"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns).loc[sorted(order, key=order.get)]


def resource(skill, level):
    """Series: the first free resource in our list for a skill that a learner of this level can follow."""
    table = tables.load("resources").query("skill == @skill and start <= @level")
    return table[table["start"] == table["start"].max()].iloc[0]


def fit_ranges(told, roles=ROLES, hours=None):
    """DataFrame by role and criterion of :data:`WEIGHTS`: ``low`` and ``high`` from 0 to 1, and the ``reason``.

    `hours` a week, 1 to 60, stand in the place of those in the profile. If nobody said them, they are 1 to 20.
    """
    pay, rung, openings, shares = _market()
    hours, rows = hours or told.answers.hours, {}
    give = np.array([6, 120] if hours is None else [6 * hours] * 2)  # half of twelve weeks is for projects
    for role in roles:
        likings = [_liking(told, *piece.split(".")) for piece in _SAID["work"][role]]
        named = shares.loc[role].loc[lambda some: some >= _LEAST_NAMED]
        offer, first, share = pay.loc[role], rung.loc[role], sorted(openings.loc[role])
        able = [[min(end / _ENOUGH, 1) for end in selfcheck.span(told, skill)] for skill in named.index]
        need = gaps(told, role)[["hours_low", "hours_high"]].sum().to_numpy(float)
        ends = {
            "liking": np.mean(likings, axis=0),
            "skills": np.average(able, axis=0, weights=named),
            "time": np.minimum(give / np.maximum(need[::-1], 1), 1),
            "first rung": _scaled(first[["low", "high"]], 0, 12),
            "openings": _scaled(np.log10(share), np.log10(0.002), np.log10(0.6)),
            "pay": _scaled(offer[["low", "high"]], 80, 250),
        }
        values = {"rated": sum(high - low < 1 for low, high in likings), "all": len(likings), "skills": len(named),
                  "liked": _span(*4 * ends["liking"], "{:.1f}"), "alone": _span(*np.sum(np.equal(able, 1), axis=0)),
                  "need": _span(*need), "give": _span(*give), "share": _span(*np.multiply(100, share), "{:.1f}"),
                  "entry": first["value"], "adverts": first["adverts"], "pay": _span(offer["low"], offer["high"])}  # fmt: skip
        rows |= {(role, name): (*ends[name], _SAID["reasons"][name].format(**values)) for name in WEIGHTS}
    index = pd.MultiIndex.from_tuples(rows, names=["role", "criterion"])
    return pd.DataFrame(list(rows.values()), index, ["low", "high", "reason"])


def _liking(told, notebook, piece):
    rated = told.liked.get(notebook, {}).get(piece, profile.NOT_DONE)
    return (0, 1) if rated == profile.NOT_DONE else (max(rated - 0.5, 0) / 4, min(rated + 0.5, 4) / 4)


def _scaled(ends, zero, one):
    return np.clip((np.asarray(ends, float) - zero) / (one - zero), 0, 1)


def _span(low, high, form="{:.0f}"):
    return " to ".join(dict.fromkeys([form.format(low), form.format(high)]))


def worlds(table, draws=1000):
    """Draw possible worlds from the ranges of :func:`fit_ranges`: dict of criterion to DataFrame, a row a world, a column a role.

    Any value of a range is as likely as another. Skills and time are drawn together for all roles: it is one learner.
    """
    random, found = np.random.default_rng(0), {}
    for name in WEIGHTS:
        ends = table.xs(name, level="criterion")
        place = random.random((draws, 1 if name in ("skills", "time") else len(ends)))
        values = ends["low"].to_numpy() + (ends["high"] - ends["low"]).to_numpy() * place
        found[name] = pd.DataFrame(values, columns=list(ends.index))
    return found


def tasks(told, role, hours):
    """list of dict (``name``, ``hours``, ``kind``, of a project that waits ``early``): gaps in order, applying, projects."""
    found, done, spent = [], {}, 0
    for skill, gap in gaps(told, role).iterrows():
        name, title = selfcheck.short_name(skill), resource(skill, gap["low"])["title"]
        need = max(0.5, round(gap["hours_low"] + gap["hours_high"]) / 2)
        what = f"{name}: {title}, and notebook {gap['notebook']}"
        found.append({"name": what, "hours": need, "kind": "learn"})
        spent = done[skill] = spent + need
    if spent < 6 * hours:
        found.append({"name": _SAID["spare"], "hours": 6 * hours - spent, "kind": "learn"})
    made, projects = [], _PROJECTS[role]
    for name, needs in projects["each"]:
        task, short = {"hours": 2 * hours - 0.5, "kind": "project"}, _short(told, needs)
        early, skills = {}, " and ".join(map(selfcheck.short_name, short))
        while len(made) < 3 and max([0, *map(done.get, short)]) > 2 * hours * (len(made) + 1):
            made.append({"name": f"Project: {projects['smaller'][len(made) - 3]}"} | task)
            week = 4 * len(made) - 1
            early = {"early": _SAID["early"].format(name=name, skills=skills, hours=hours, week=week)}
        made.append({"name": f"Project: {name}"} | task | early)
    return found + made
