"""The portfolio holds what a learner made, and only that; its check finds what a stranger would."""

import pytest

from helpers import check, portfolio, profile

WORDS = "We recommend the range, as 77% of the adverts lie inside it and the desk can answer the rest. " * 4


@pytest.fixture
def work():
    return profile.work("11")


def put(notebook, name, text):
    (profile.work(notebook) / name).write_text(text, "utf-8")


def there(pieces):
    return sorted(filter(None, pieces["file"]))


def test_an_empty_work_folder_says_what_is_missing_and_where_it_is_made(work):
    (work / "portfolio").write_text("Mine, not a folder.")
    pieces = portfolio.gather(work)
    assert there(pieces) == [] and {"02", "03", "04", "05", "11"} <= set(pieces["notebook"])
    assert [file.name for file in work.parent.iterdir()] == ["11"], "no folder of another notebook is made"
    assert {file.name for file in (work / "portfolio").iterdir()} == {"README.md", "README.pdf"}
    assert portfolio.flaws(work / "portfolio").empty
    assert next(work.glob("portfolio.file-*")).read_text() == "Mine, not a folder."


def test_what_the_learner_made_is_gathered(work):
    put("02", "memo.md", f"# Memo\n\n{WORDS}\n\n![pay](by_role.svg)\n\n✎ What we do not know?\n")
    put("02", "by_role.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    put("02", "rival.py", "def rival(adverts):\n    return adverts[..., :2]\n")
    put("02", "decide.py", "def decide(): ...\n")  # not solved
    put("04", "test_parity.right.py", "def test_parity(served, signed):\n    assert True\n")
    put("04", "test_parity.py", "def test_parity(served, signed): ✎\n")  # of a fresh notebook
    put("11", "brief.md", f"# The brief\n\n{WORDS}")
    profile.mark_solved("02", "rival")
    profile.mark_solved("04", "test_parity")
    files = there(portfolio.gather(work))
    assert files == ["02/memo.md", "02/rival.py", "04/test_parity.py", "11/brief.md"]
    folder = work / "portfolio"
    assert all((folder / file).is_file() for file in [*files, "02/memo.pdf", "02/by_role.svg", "README.pdf"])
    readme = (folder / "README.md").read_text("utf-8")
    assert "We recommend the range" in readme and all(f"[{file}]({file})" in readme for file in files)
    assert "✎" not in (folder / "02/memo.md").read_text("utf-8")
    assert portfolio.flaws(folder).empty


def test_a_repository_made_of_it_is_left_alone(work):
    (work / "portfolio" / ".git").mkdir(parents=True)
    (work / "portfolio" / "notes.md").write_text("Mine.")
    portfolio.gather(work)
    assert (work / "portfolio" / ".git").is_dir() and (work / "portfolio" / "notes.md").exists()


@pytest.mark.parametrize(("number", "name"), [("02", "memo"), ("03", "preprint")])
def test_what_the_notebook_wrote_is_no_document_of_the_learner(work, number, name):
    ours = "ours " * portfolio.DOCUMENTS[number][name][1]
    put(number, f"{name}.md", f"# A title\n\n{ours}\n\n| a | b |\n")
    assert there(portfolio.gather(work)) == []


def test_neither_links_nor_heaps_are_followed(work, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text(WORDS)
    (profile.work("02") / "memo.md").symlink_to(secret)
    put("04", "card.md", WORDS * 3000)
    assert there(portfolio.gather(work)) == []


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("✎ Your name and a date.", "a placeholder"),
        ("TODO: ask somebody.", "a placeholder"),
        ("The coverage was ... in May.", "a placeholder"),
        ("See /home/ada/notes.md for more.", "a path of your machine"),
        (r"It lies in C:\Users\ada.", "a path of your machine"),
        ("Run ~/ml/run.sh first.", "a path of your machine"),
        ("Our ranges are much better now.", "a claim without a number: better"),
        ("Pay in 2024 is known for 5 roles.\n\nWe improved it.", "a claim without a number: improved"),
        ("- It has 3 parts.\n- It is significantly wider.", "a claim without a number: significantly"),
    ],
)
def test_a_flaw_is_found(tmp_path, text, flaw):
    (tmp_path / "text.md").write_text(f"# A title\n\n{text}\n", "utf-8")
    assert list(portfolio.flaws(tmp_path)["flaw"]) == [flaw]


@pytest.mark.parametrize(
    "text",
    [
        "It misses 9.7 points fewer, which is better.",
        "One in three was wrong; half of it is better now.",
        "See https://example.org/home/page and data/README.md, or and/or.",
        "```python\nfaster = better\n```",
        "## A better heading",
        "Wait… what?",
    ],
)
def test_a_sound_text_has_no_flaw(tmp_path, text):
    (tmp_path / "text.md").write_text(f"{text}\n", "utf-8")
    assert portfolio.flaws(tmp_path).empty


def test_our_own_document_is_sound(tmp_path):
    text = check.solutions("11")["brief"][1]
    (tmp_path / "brief.md").write_text(text.partition("\n")[2], "utf-8")
    assert portfolio.flaws(tmp_path).empty
