"""From a profile to a plan: wide ranges for what is not known, tasks for any hours, a file that is read again."""

import datetime as dt
import re

import icalendar
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import check, documents, evidence, pay, plan, profile, selfcheck, tables
from helpers.lessons import nb15 as lesson
from tests import books
from tests.test_route import person as told

ROLES = (*pay.ROLES, *plan.NEIGHBOURS)
EMPTY = profile.Profile()
KEEN = told(
    answers={"hours": 6, "skills": dict.fromkeys(profile.QUESTIONS["skills"], 4)},
    liked={job: dict.fromkeys(pieces, 4) for job, pieces in profile.QUESTIONS["liked"].items()},
)
NAMES = ["ليلى", "דָּנָה", "王小明", "<b>&amp;</b> | *x*\n# y", "a\x00\u202eb", "n" * 1_000_000]
PLACE = next(path for path in books.PATHS if path.name.startswith("15"))


def width(table, criterion):
    ends = table.xs(criterion, level="criterion")
    return (ends["high"] - ends["low"]).to_numpy()


def test_an_empty_profile_gives_wide_ranges_and_says_what_is_not_known():
    fits = plan.fit_ranges(EMPTY, ROLES)
    assert (width(fits, "liking") == 1).all() and (width(fits, "skills") == 1).all()
    assert len(plan.unknown(EMPTY)) == 6 and plan.unknown(KEEN) == []


def test_who_can_and_likes_all_has_narrow_ranges_and_no_gaps():
    fits = plan.fit_ranges(KEEN, ROLES)
    for name in ("liking", "skills", "time"):
        assert (fits.xs(name, level="criterion")["high"] == 1).all() and (width(fits, name) < 0.15).all()
    assert all(plan.gaps(KEEN, role).empty for role in ROLES)
    learn = [task for task in plan.tasks(KEEN, ROLES[0], 6) if task["kind"] == "learn"]
    assert [task["hours"] for task in learn] == [36] and learn[0]["name"].startswith("Applying")


@given(
    st.dictionaries(st.sampled_from(list(profile.QUESTIONS["skills"])), st.integers(0, 4)),
    st.none() | st.integers(1, 60),
    st.dictionaries(st.sampled_from(["02", "03", "04", "05"]), st.fixed_dictionaries({"most_days": st.integers(-1, 4)})),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_every_range_is_one_and_every_world_lies_within(skills, hours, liked):
    fits = plan.fit_ranges(told(answers={"skills": skills}, liked=liked), ROLES, hours)
    assert (fits["low"] <= fits["high"]).all() and fits[["low", "high"]].stack().between(0, 1).all()
    for name, table in plan.worlds(fits, 20).items():
        ends = fits.xs(name, level="criterion")
        assert table.ge(ends["low"] - 1e-9).all(axis=None) and table.le(ends["high"] + 1e-9).all(axis=None)


def test_an_answer_makes_a_range_narrower_and_a_self_check_goes_before_it():
    said = told(answers={"skills": {"sql": 0}})
    checked = told(answers={"skills": {"sql": 0}}, levels={"sql": {"level": 3.5, "low": 3, "high": 4}})
    hours = [plan.gaps(one, "Data Scientist")["hours_high"].get("sql", 0) for one in (EMPTY, said, checked)]
    assert hours[0] == hours[1] > hours[2] == 0
    assert plan.gaps(said, "Data Scientist").loc["sql", "hours_low"] > 0
    assert (width(plan.fit_ranges(checked), "skills") < width(plan.fit_ranges(EMPTY), "skills")).all()


def test_the_cheapest_gap_comes_first_and_before_it_what_it_needs():
    skills = {"python": 3, "deployment": 1, "machine_learning": 1}
    able, empty = (plan.gaps(told(answers={"skills": some}), "MLOps Engineer") for some in (skills, {}))
    assert able["named"].min() >= 10 and list(empty.index[:4]) == ["sql", "python", "cloud", "deployment"]
    assert list(able.index) == ["cloud", "sql", "deployment", "deep_learning", "machine_learning"]


def test_shares_of_the_plan_are_those_of_the_role_card():
    on_card = evidence.tools().loc[("ML Engineer", "Python"), "value"]
    assert plan.gaps(EMPTY, "ML Engineer").loc["python", "named"] == pytest.approx(on_card, abs=0.1)
    assert evidence.first_rung(ROLES).loc[list(pay.ROLES)].equals(evidence.first_rung())


def test_who_dislikes_all_four_jobs_is_told_and_nobody_else():
    no = {job: {"most_days": 1} for job in ("02", "03", "04", "05")}
    assert plan.disliked(told(liked=no)) and not plan.disliked(EMPTY)
    assert not plan.disliked(told(liked=no | {"05": {"most_days": -1}}))
    assert not plan.disliked(told(liked=no | {"03": {"most_days": 2}}))


@pytest.mark.parametrize("skill", plan._SAID["skills"])
@pytest.mark.parametrize("level", [0, 0.4, 1, 2.6, 4])
def test_there_is_something_free_for_each_skill_and_level(skill, level):
    found = plan.resource(skill, level)
    assert found["skill"] == skill and found["start"] <= level


def test_the_resources_are_of_our_skills_and_lead_to_the_web():
    table = tables.load("resources")
    assert set(table["skill"]) == set(profile.QUESTIONS["skills"])
    assert table["address"].str.fullmatch(r"https?://[\w./~-]+").all()
    assert table["seen"].str.fullmatch(r"20\d\d-\d\d").all()


@pytest.mark.parametrize(
    ("skills", "role", "hours", "projects", "why"),
    [
        ({"python": 1}, ROLES[0], 3, "audit write draw predict", "Python and Machine learning, which 3 h a week"),
        ({"python": 2, "machine_learning": 1}, ROLES[0], 3, "audit write predict", ""),
        ({"python": 3}, "MLOps Engineer", 6, "turn add read add", "Machine learning, which 6 h a week do not reach by week 11"),
        ({"python": 0}, "ML Engineer", 25, "ask put measure write", "Python, which 25 h a week do not reach by week 3:"),
        ({}, "AI Research Scientist", 3, "read read review rebuild change write", "Python and Statistics, which 3 h"),
    ],
)  # fmt: skip
def test_a_project_waits_for_what_it_needs_and_says_so(skills, role, hours, projects, why):
    tasks = plan.tasks(told(answers={"skills": skills}), role, hours)
    assert [one["name"].split()[1] for one in tasks if one["kind"] == "project"] == projects.split()
    early = [one["early"] for one in tasks if "early" in one]
    assert len(early) == bool(why) and why in "".join(early)


@pytest.mark.parametrize("whose", [lesson.SAM, EMPTY], ids=["Sam", "nobody"])
@pytest.mark.parametrize("hours", [1, 7.5, 60])
@pytest.mark.parametrize("role", ROLES)
def test_a_plan_fits_any_hours_and_loses_nothing(role, hours, whose):
    tasks = plan.tasks(whose, role, hours)
    rows, left = check.reference("15", "fit_into")(tasks, hours)
    weeks = {week: sum(spent for at, _, spent in rows if at == week) for week, _, _ in rows}
    assert max(weeks.values()) <= hours
    done = sum(spent for _, name, spent in rows if name != "Review")
    assert done + sum(left.values()) == pytest.approx(sum(task["hours"] for task in tasks))
    assert {week for week, name, _ in rows if name == "Review"} == {4, 8, 12}
    for name, needs in plan._PROJECTS[role]["each"]:
        begins = min((week for week, task, _ in rows if task == f"Project: {name}"), default=99)
        for skill in map(selfcheck.short_name, plan._short(whose, needs)):
            assert begins > max((week for week, task, _ in rows if task.startswith(skill)), default=0)
            assert begins == 99 or not any(task.startswith(skill) for task in left)
    lesson.draw_weeks(rows, left, hours, role)


# The text of the plan, edited and read again


def made(monkeypatch, home, name="", whose=None, edit=("", "")):
    """Run the code of the notebook, without what only looks, for a name and a profile; the namespace it leaves."""
    monkeypatch.setenv("ML_CAREERS_HOME", str(home))
    if whose:
        profile.update(lambda now: now.__dict__.update(whose.__dict__))
    space = {"name": name}
    for cell in books.code_cells(books.read(PLACE)):
        if not re.search(r'^name = ""|lesson\.people|explore\(', cell.source, re.MULTILINE):
            exec(compile(cell.source.replace(*edit), "<cell>", "exec"), space)
    return space


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)


@pytest.mark.parametrize("name", NAMES, ids=["arabic", "hebrew", "chinese", "markup", "unseen", "long"])
def test_any_name_stands_in_the_plan_and_the_calendar_as_one_harmless_line(
    name, monkeypatch, tmp_path, quiet
):
    space = made(monkeypatch, tmp_path, name)
    text, line = (space["work"] / "plan.md").read_text("utf-8"), lesson.one_line(name)
    assert lesson.escaped(name) in text.splitlines() and 0 < len(line) <= 80
    assert "<b>" not in documents._parsed(text)[0].content and len(re.findall(r"^# ", text, re.M)) == 1
    pages = pypdfium2.PdfDocument(space["work"] / "plan.pdf")
    assert len(pages) < 6
    raw = (space["work"] / "plan.ics").read_bytes()
    assert all(len(one) <= 75 for one in raw.split(b"\r\n")) and b"\n" not in raw.replace(b"\r\n", b"")
    calendar = icalendar.Calendar.from_ical(raw)
    assert str(calendar["NAME"]) == f"Twelve weeks {line}"


def test_the_calendar_is_valid_and_keeps_the_identity_of_its_events(monkeypatch, tmp_path, quiet):
    first, again = (made(monkeypatch, tmp_path)["calendar"].events for _ in range(2))
    assert len(first) == 14 and [one["uid"] for one in first] == [one["uid"] for one in again]
    assert len({one["uid"] for one in first}) == 14
    for event in first:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= {key.upper() for key in event}
        assert type(event.start) is dt.date and event.end > event.start and event["TRANSP"] == "TRANSPARENT"
    assert first[0].start.weekday() == 0 and first[0].start > dt.date.today()


def test_what_the_learner_edits_stays_and_reaches_pdf_and_calendar(monkeypatch, tmp_path, quiet):
    file = made(monkeypatch, tmp_path)["work"] / "plan.md"
    mine = "- [x] 2,5 h: Bäume; schneiden, \\\\ und ruhen"
    edited = re.sub(r"- \[ \] 6 h: SQL.*", lambda _: mine, file.read_text("utf-8"), count=1)
    file.write_text(edited + "\n- my own line\n", "utf-8")
    space = made(monkeypatch, tmp_path)
    assert "my own line" in file.read_text("utf-8")
    assert space["mine"].iloc[0][["hours", "task"]].tolist() == [2.5, mine.partition(": ")[2]]
    again = icalendar.Calendar.from_ical((space["work"] / "plan.ics").read_bytes())
    assert again.events[0]["description"] == f"2.5 h: {mine.partition(': ')[2]}"
    file.unlink()
    made(monkeypatch, tmp_path)
    assert "my own line" not in file.read_text("utf-8")


def test_a_plan_that_was_edited_is_not_touched_and_the_learner_is_told(monkeypatch, tmp_path, quiet, capsys):
    file = made(monkeypatch, tmp_path)["work"] / "plan.md"
    assert "NOT written" not in capsys.readouterr().out
    edited = file.read_bytes().replace(b"## Weeks", "✎ Ask Ana about week 3.\r\n\r\n## Weeks".encode())
    file.write_bytes(edited)
    space = made(monkeypatch, tmp_path, "another name")
    assert file.read_bytes() == edited and "NOT written" in capsys.readouterr().out
    saved = lesson.save(space["work"], "# Another plan")
    assert saved.names == ("plan.pdf",) and saved.unwritten == 1
    text = pypdfium2.PdfDocument(space["work"] / "plan.pdf")[0].get_textpage().get_text_range()
    assert "Twelve weeks" in text and "Another plan" not in text
    assert {one.name for one in space["work"].glob(".yours*")} == set()


def test_no_event_is_like_one_of_somebody_else_and_none_is_there_twice(monkeypatch, tmp_path, quiet):
    file = made(monkeypatch, tmp_path / "mine")["work"] / "plan.md"
    text = file.read_text("utf-8").replace("### Week 4,", "- no hours said\n\n### Week 3,", 1)
    file.write_text(text, "utf-8")
    events = made(monkeypatch, tmp_path / "mine")["calendar"].events
    assert len({one["uid"] for one in events}) == len(events) == 13
    assert "no hours said" in events[2]["description"].splitlines()
    others = made(monkeypatch, tmp_path / "other")["calendar"].events
    assert not {one["uid"] for one in events} & {one["uid"] for one in others}


@pytest.mark.parametrize("whom", ["nobody", "no job", "all"])
def test_the_notebook_runs_for_anybody(whom, monkeypatch, tmp_path, quiet, capsys):
    no = told(liked={job: dict.fromkeys(pieces, 0) for job, pieces in profile.QUESTIONS["liked"].items()})
    space = made(monkeypatch, tmp_path, whose={"no job": no, "all": KEEN}.get(whom))
    said = capsys.readouterr().out
    text = (space["work"] / "plan.md").read_text("utf-8")
    for words in ("right job is none", "four neighbours", "neighbours were compared", "none of these jobs"):
        assert (words in said + text) == (whom == "no job")
    assert ("Sam, an invented" in said) == (whom == "nobody")
    assert set(space["roles"]) == set(plan.NEIGHBOURS if whom == "no job" else pay.ROLES)
    assert len(space["mine"]) >= 3


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("list(pay.ROLES)", '["ML engineer", "ML Engineer"]'), "name: ML engineer. Write one"), (("list(pay.ROLES)", '"ML Engineer"'), ""),
        ((', "pay": 1}', "}"), ""), (('"time": 2', '"tme": 2'), "name: tme. Write one"),
        (("start = min(days", "start = dt.date(9999, 12, 6); min(days"), "century: 9999-12-06. Write one"),
    ],
)  # fmt: skip
def test_a_slip_stops_nothing_and_gets_a_sentence(edit, said, monkeypatch, tmp_path, quiet, capsys):
    (tmp_path / "work" / "15" / "plan.md").mkdir(parents=True)
    space, out = made(monkeypatch, tmp_path, edit=edit), capsys.readouterr().out
    assert len(space["again"].events) == 14 and said in out and "kept as plan.md.folder" in out


def test_what_other_notebooks_left_is_quoted(monkeypatch, tmp_path, quiet):
    monkeypatch.setenv("ML_CAREERS_HOME", str(tmp_path))
    path, code = profile.work("12") / "my_path.md", profile.work("11") / "portfolio" / "02" / "twins.py"
    path.write_text("# My path\n\nThe present pay is 5 dollars.\n", "utf-8")
    assert "My path in" not in made(monkeypatch, tmp_path)["plan_as_text"](dt.date(2027, 1, 4))
    path.write_text("# My path\n\n" + "I study in the evening. " * 10, "utf-8")
    code.parent.mkdir(parents=True)
    code.write_text("def twins(): pass\n", "utf-8")
    text = made(monkeypatch, tmp_path)["plan_as_text"](dt.date(2027, 1, 4))
    assert "My path in: I study in the evening." in text and "portfolio so far: 1." in text


@pytest.mark.parametrize(
    "text",
    ["", "# Week 1, 2027-02-30\n- x", "# Week 1, 9999-12-28\n- x", "- 3 h: x", "# Week x\n- y", "\0" * 99],
)
def test_what_is_no_plan_is_no_week(text):
    assert lesson.weeks_of(text).empty


def test_a_line_of_another_part_is_no_week():
    text = "### week 2 on 11 January 2027\n\n- [ ] 1.5 h: a\n* 2 h: b\n\n## Not in these weeks\n\n- 9 h: c"
    assert lesson.weeks_of(text)[["week", "hours", "task"]].values.tolist() == [[2, 1.5, "a"], [2, 2.0, "b"]]


def test_a_plan_without_weeks_still_makes_a_calendar(monkeypatch, tmp_path, quiet):
    file = made(monkeypatch, tmp_path)["work"] / "plan.md"
    file.write_bytes("# Nothing for now\r\n\xff".encode("latin-1"))
    assert len(made(monkeypatch, tmp_path)["again"].events) == 2
