"""What fits a learner next: for people of many kinds, and for those who are nobody's example."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import check, course, profile, route, selfcheck
from helpers.lessons import nb00

ALL = [notebook.number for notebook in course.SERIES]
EVERY_ROLE = ("02", "03", "04", "05")
LOW = {skill: {"level": 0.5, "low": 0, "high": 1} for skill in selfcheck.SKILLS}


def person(**said):
    return profile.Profile.model_validate(said)


def solved(*numbers):
    return {number: list(check.exercises(number)) for number in numbers}


def numbers(told):
    return [notebook.number for notebook, _ in route.fitting(told, route.done(told))]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ({}, ["01", "02", "06"]),
        ({"solved": solved("00")}, ["01", "02", "06"]),
        ({"answers": {"background": "software"}}, ["05", "04", "06"]),
        ({"answers": {"background": "analyst"}}, ["01", "02", "06"]),
        ({"answers": {"background": "student", "skills": dict.fromkeys(selfcheck.SKILLS, 3)}}, ["02", "03", "04"]),
        ({"answers": {"background": "student", "skills": dict.fromkeys(selfcheck.SKILLS, 0)}}, ["01", "06", "02"]),
        ({"answers": {"background": "software"}, "levels": LOW}, ["01", "06", "05"]),
        ({"answers": {"background": "software"}, "levels": LOW, "solved": solved("01", "06")}, ["05", "04", "08"]),
        ({"answers": {"background": "software", "skills": {"engineering": 0, "python": 4}}}, ["01", "02", "03"]),
        ({"solved": {"07": list(check.exercises("07"))[:1]}}, ["07", "01", "02"]),
        ({"liked": {"04": {"serving": 4, "most_days": 4}, "03": {"problem": 3}}}, ["08", "05", "07"]),
        ({"liked": {"04": {"serving": profile.NOT_DONE, "most_days": profile.NOT_DONE}}}, ["01", "02", "03"]),
    ],
)  # fmt: skip
def test_what_fits_people(said, first):
    assert numbers(person(**said)) == first


def test_who_liked_none_of_the_four_is_shown_the_work_around_them():
    told = person(liked={role: {"most_days": 1} for role in EVERY_ROLE})
    neighbours = [number for number in route.WAYS["neighbours"]["order"] if number in ALL]
    assert numbers(told)[: len(neighbours)] == neighbours[:3]
    assert not set(numbers(told)) & set(EVERY_ROLE)
    one_is_fine = person(liked={role: {"most_days": 1 + (role == "05")} for role in EVERY_ROLE})
    assert numbers(one_is_fine)[:1] == ["01"]


def test_who_has_done_all_is_told_so():
    assert numbers(person(solved=solved(*ALL))) == []
    assert "you have finished" in nb00.fits_next(person(solved=solved(*ALL)))


def test_weeks_are_those_of_the_learners_hours():
    told = person(answers={"hours": 1})
    full, short = (sum(one.minutes[place] for one, _ in route.fitting(told, {})) for place in (0, -1))
    assert f"about {-(-full // 60)} weeks, or {-(-short // 60)} on" in nb00.fits_next(told)
    assert "a week that is about 1 week." in nb00.fits_next(person(answers={"hours": 40}))


STEPS = st.integers(0, 4)
PEOPLE = st.builds(
    lambda background, hopes, hours, skills, liked, some: person(
        answers={"background": background, "hopes": hopes, "hours": hours, "skills": skills},
        liked={role: {"most_days": step} for role, step in liked.items()},
        solved={number: list(check.exercises(number))[:some] for number in liked},
    ),
    st.sampled_from([None, *profile.QUESTIONS["background"]]),
    st.lists(st.sampled_from(list(profile.QUESTIONS["hopes"])), unique=True),
    st.none() | st.integers(1, 40),
    st.dictionaries(st.sampled_from(list(profile.QUESTIONS["skills"])), STEPS),
    st.dictionaries(st.sampled_from(ALL), STEPS),
    st.integers(0, 3),
)


@given(PEOPLE)
def test_anybody_gets_three_that_are_not_done(told):
    begun = route.done(told)
    found = route.fitting(told, begun)
    left = [number for number in ALL[1:] if not begun.get(number)]
    assert len(found) == min(3, len(left)) and {one.number for one, _ in found} <= set(left)
    assert len({one.number for one, _ in found}) == len(found)
    assert all(why.count(". ") == 0 and why.endswith(".") for _, why in found)
    assert nb00.fits_next(told)


def test_the_ways_name_notebooks_of_the_series_and_agree_with_the_text():
    series = {notebook.number for notebook in course.SERIES}
    said = [*(way["order"] for way in route.WAYS.values()), *route.MORE.values(), route.MORE]
    assert {number for numbers in said for number in numbers} <= series
    cells = json.loads(course.SERIES[0].path.read_text("utf-8"))["cells"]
    text = "".join(next(cell["source"] for cell in cells if cell["id"] == "00-019"))
    text = text.replace("02 to 05", "02, 03, 04, 05")
    listed = [re.findall(r"\d\d", line) for line in text.splitlines() if line.startswith("- ")]
    assert listed == [route.WAYS[name]["order"] for name in ("student", "software", "science", "teaching")]
