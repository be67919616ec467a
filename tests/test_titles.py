"""Titles: real job titles with the role a person would give them, and what no title may do."""

import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import pay, tables

sys.path.insert(0, str(tables.DATA / "refresh"))
from titles import ALL_ROLES, ROLES, role_of

JUDGED = tomllib.loads(Path(__file__).with_name("titles.toml").read_text("utf-8"))
CASES = [(title, role) for role, judged in JUDGED.items() for title in judged["titles"].splitlines() if title]
TITLES = [title for title, _ in CASES]


def test_the_judged_titles_are_many_and_each_is_judged_once():
    assert len(TITLES) >= 200
    assert len(set(TITLES)) == len(TITLES)
    assert set(JUDGED) == set(ALL_ROLES)
    assert (pay.ROLES, pay.ALL_ROLES) == (ROLES, ALL_ROLES)


@pytest.mark.parametrize(("title", "role"), CASES)
def test_role_of_a_real_title(title, role):
    assert role_of(title) == role


@pytest.mark.parametrize("value", [None, float("nan"), 3, b"Data Scientist", ["Data Scientist"], {}])
def test_what_is_not_text_is_refused_with_a_sentence(value):
    with pytest.raises(TypeError, match="needs a job title as text"):
        role_of(value)


@given(st.text(max_size=600))
def test_any_text_has_a_role(text):
    assert role_of(text) in ALL_ROLES


@given(
    st.sampled_from(CASES),
    st.sampled_from(
        ["", "Senior ", "Sr. ", "Junior ", "Jr ", "Staff ", "Principal ", "Lead ", "Entry Level "]
    ),
    st.sampled_from(["", " I", " II", " III", ", Senior", " (Remote)", " - Remote", " 3", ", Staff"]),
)
def test_levels_and_places_do_not_matter(case, before, after):
    title, role = case
    assert role_of(before + title + after) == role


@given(st.sampled_from(CASES))
def test_hyphens_and_slashes_read_as_spaces(case):
    title, role = case
    assert role_of(title.replace(" ", "-")) == role
    assert role_of(title.replace(" ", " / ")) == role
