"""Titles: real job titles with the role a person would give them, and what no title may do."""

import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import pay, tables

sys.path.insert(0, str(tables.DATA / "refresh"))
from titles import ALL_ROLES, NEIGHBOURS, OTHER, ROLES, role_of

JUDGED = tomllib.loads(Path(__file__).with_name("titles.toml").read_text("utf-8"))
CASES = [(title, role) for role, judged in JUDGED.items() for title in judged["titles"].splitlines() if title]
TITLES = [title for title, _ in CASES]


def test_the_judged_titles_are_many_and_each_is_judged_once():
    assert len(TITLES) >= 200
    assert len(set(TITLES)) == len(TITLES)
    assert set(JUDGED) == set(ALL_ROLES)


@pytest.mark.parametrize(("title", "role"), CASES)
def test_role_of_a_real_title(title, role):
    assert role_of(title) == role


def test_the_names_are_fixed_and_distinct():
    assert len(ROLES) == 4
    assert len(NEIGHBOURS) == 5
    assert (*ROLES, *NEIGHBOURS, OTHER) == ALL_ROLES
    assert len(set(ALL_ROLES)) == len(ALL_ROLES)
    assert (pay.ROLES, pay.ALL_ROLES) == (ROLES, ALL_ROLES)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_role_is_its_own_title(role):
    assert role_of(role) == role


@pytest.mark.parametrize("title", ["", "   ", "?!", "🙂", "データサイエンティスト", "\x00", "x" * 1_000_000])
def test_a_title_that_says_nothing_is_other(title):
    assert role_of(title) == OTHER


@pytest.mark.parametrize("value", [None, float("nan"), 3, b"Data Scientist", ["Data Scientist"], {}])
def test_what_is_not_text_is_refused_with_a_sentence(value):
    with pytest.raises(TypeError, match="needs a job title as text"):
        role_of(value)


@given(st.text(max_size=600))
def test_any_text_has_a_role(text):
    assert role_of(text) in ALL_ROLES


# Words that the rules look for, in any order: closer to the patterns than random letters.
WORDS = sorted({word for title in TITLES for word in title.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_mixture_of_title_words_has_a_role(text):
    assert role_of(text) in ALL_ROLES


@given(
    st.sampled_from(CASES),
    st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    st.text(" \t\n", max_size=3),
    st.text(" \t\n", max_size=3),
)
def test_case_and_surrounding_space_do_not_matter(case, change, before, after):
    title, role = case
    assert role_of(before + change(title) + after) == role


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
