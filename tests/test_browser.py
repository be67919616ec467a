"""The notebooks in a real JupyterLab in a real browser: read without a kernel, run, and worked with."""

import json
import os
import shutil

import pytest

from helpers import course
from tests import books, lab

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.skipif(
    lab.chromium() is None and not os.environ.get("CI"),
    reason="no Chromium on this machine: install it (Debian: apt-get install chromium) to run the browser tests",
)
LOST_IN_TRANSLATION = "Error displaying widget"
BROKEN = (
    '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"], '
    '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
)
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
# The picture itself, not its address, which is new at each redraw.
PICTURE = """async (panel) => {
  const image = panel.querySelector(".ml-careers-figure img");
  if (!image.complete || !image.naturalWidth) return "";  // a new picture is on its way
  const bytes = await fetch(image.src).then((picture) => picture.arrayBuffer()).catch(() => null);
  if (bytes === null) return "";  // replaced in this very moment
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].join() + "|" + image.alt + "|" + panel.querySelector("figcaption").textContent;
}"""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """A JupyterLab on a copy of the project, and a browser: address, log, browser."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "data"):
        shutil.copytree(course.NOTEBOOKS.parent / folder, copy / folder)
    lab.ARTIFACTS.mkdir(exist_ok=True)
    with lab.server(copy) as (address, log), lab.browser() as browser:
        yield address, log, browser


@pytest.fixture
def page(laboratory):
    """A window that remembers what went wrong in it, in `page.problems`."""
    _, _, browser = laboratory
    window = browser.new_page(viewport=lab.WINDOW)
    window.problems = []
    window.on("pageerror", lambda error: window.problems.append(str(error)))
    window.on("console", lambda line: window.problems.append(line.text) if line.type == "error" else None)
    yield window
    window.close()


@pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)
def test_notebook_in_the_browser(path, laboratory, page):
    address, log, _ = laboratory
    lab.open_notebook(page, address, f"notebooks/{path.name}")
    outputs = (output for cell in books.code_cells(books.read(path)) for output in cell.outputs)
    pictures = sum(output.get("data", {}).get("text/html", "").count("<img ") for output in outputs)
    expect(page.locator(".jp-OutputArea-output img")).to_have_count(pictures, timeout=20_000)
    assert LOST_IN_TRANSLATION not in page.locator(".jp-Notebook").inner_text()
    page.screenshot(path=lab.ARTIFACTS / f"{path.stem}-before.png")

    lab.run_all(page)
    assert page.locator(BROKEN).all_inner_texts() == []
    assert LOST_IN_TRANSLATION not in page.locator(".jp-Notebook").inner_text()
    panels = page.locator(lab.PANEL)
    assert panels.count() == sum("explore(" in cell.source for cell in books.code_cells(books.read(path)))
    for number in range(panels.count()):
        work_panel(page, panels.nth(number))
        panels.nth(number).scroll_into_view_if_needed()
        page.wait_for_selector(IDLE, state="attached")
        page.screenshot(path=lab.ARTIFACTS / f"{path.stem}-panel-{number}.png")
    assert page.problems == []
    assert lab.complaints(log) == []


@pytest.mark.parametrize(
    "path",
    [path for path in books.PATHS if "did_you_like_it(" in path.read_text("utf-8")],
    ids=lambda path: path.stem,
)
def test_did_you_like_it_in_the_browser(path, laboratory, page):
    """Every question by keyboard and by pointer; the answers are in the profile file."""
    address, log, _ = laboratory
    lab.open_notebook(page, address, f"notebooks/{path.name}")
    lab.run_all(page)
    form = page.locator(".jp-OutputArea-output .widget-vbox:has(select):not(:has(.ml-careers-figure))").last
    questions = form.locator("select")
    assert questions.count() >= 4
    for number in range(questions.count()):
        question = questions.nth(number)
        question.press("ArrowDown")
        label = question.locator("option").nth(3).inner_text()
        question.click()
        question.select_option(label=label)
    expect(form).to_contain_text("Saved")
    form.scroll_into_view_if_needed()
    page.screenshot(path=lab.ARTIFACTS / f"{path.stem}-liked.png")
    assert page.problems == [] and lab.complaints(log) == []


def work_panel(page, panel):
    """Operate every control of a panel by keyboard and by pointer; picture and words must follow each time."""
    lists, handles = panel.locator("select"), panel.locator(".noUi-handle")
    assert lists.count() + handles.count() > 0
    assert all(text.strip() for text in panel.locator(".widget-label").all_inner_texts()), (
        "a control has no label"
    )
    for number in range(lists.count()):
        choice = lists.nth(number)
        assert choice.get_attribute("aria-label") or choice.evaluate("e => e.labels.length > 0")
        options = choice.locator("option").all_inner_texts()
        chosen = choice.evaluate("e => e.selectedIndex")
        key = "ArrowDown" if chosen + 1 < len(options) else "ArrowUp"
        changes(panel, lambda choice=choice, key=key: choice.press(key))
        by_pointer = options[chosen]
        changes(
            panel, lambda choice=choice, label=by_pointer: (choice.click(), choice.select_option(label=label))
        )
    for number in range(handles.count()):
        handle = handles.nth(number)
        changes(panel, lambda handle=handle: handle.press("ArrowRight"))
        changes(panel, lambda handle=handle: drag(page, handle))


def changes(panel, act):
    """Do something, and wait until the panel shows another picture with other words."""
    before = settled(panel)
    act()
    for _ in range(100):
        after = panel.evaluate(PICTURE)
        if after and all(old != new for old, new in zip(before.split("|"), after.split("|"), strict=True)):
            break
        panel.page.wait_for_timeout(50)
    else:
        raise AssertionError(f"nothing changed: {after.split('|')[1]}")
    assert panel.locator("p[role=alert]:visible").count() == 0


def settled(panel):
    """What a panel shows, once there is a picture and no other follows at once."""
    for _ in range(100):
        shown = panel.evaluate(PICTURE)
        panel.page.wait_for_timeout(100)
        if shown and panel.evaluate(PICTURE) == shown:
            return shown
    raise AssertionError("the panel never came to rest")


def drag(page, handle, by=-30):
    """Pull the handle of a slider with the mouse, by some pixels to the right."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=4)
    page.mouse.up()


def test_profile_form_in_the_browser(laboratory, page, tmp_path):
    """Every control of the form by keyboard and by pointer; the file that is downloaded can be uploaded."""
    address, log, _ = laboratory
    lab.open_notebook(page, address, f"notebooks/{course.SERIES[0].path.name}")
    lab.run_all(page)
    form = page.locator(".jp-OutputArea-output .widget-vbox:has(select)").first
    lists, boxes = form.locator("select"), form.locator("input[type=checkbox]")
    assert lists.count() >= 11 and boxes.count() >= 5
    for number in range(lists.count()):
        choice = lists.nth(number)
        saves(form, choice, "ArrowDown")
        label = choice.locator("option").nth(2).inner_text()
        settles(form, lambda choice=choice, label=label: (choice.click(), choice.select_option(label=label)))
    for number in range(boxes.count()):
        saves(form, boxes.nth(number), "Space")
        settles(form, boxes.nth(number).click)
    handle = form.locator(".noUi-handle")
    saves(form, handle, "ArrowRight")
    settles(form, lambda: drag(page, handle, 40))
    country = form.get_by_label("Country I look for work in")
    country.click()
    page.keyboard.type("Italy <b>")
    settles(form, lambda: page.keyboard.press("Tab"))
    page.screenshot(path=lab.ARTIFACTS / "profile-form.png")

    link = form.get_by_role("link", name="Download your answers")
    with page.expect_download() as by_pointer:
        link.click()
    with page.expect_download() as by_key:
        link.press("Enter")
    answers = json.loads(by_pointer.value.path().read_text("utf-8"))
    assert answers == json.loads(by_key.value.path().read_text("utf-8"))
    assert answers["answers"]["country"] == "Italy <b>" and len(answers["answers"]["skills"]) == 10
    page.screenshot(path=lab.ARTIFACTS / "profile-form-foot.png")

    form.get_by_role("button", name="Start again").click()
    form.get_by_role("button", name="No, keep my answers").press("Enter")
    assert country.input_value() == "Italy <b>"
    form.get_by_role("button", name="Start again").press("Enter")
    settles(form, form.get_by_role("button", name="Yes, start again").click)
    assert country.input_value() == ""
    kept = tmp_path / "answers.json"
    kept.write_text(json.dumps(answers), "utf-8")
    with page.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Upload answers").press("Enter")
    settles(form, lambda: chooser.value.set_files(kept))
    assert country.input_value() == "Italy <b>"
    assert page.problems == [] and lab.complaints(log) == []


def saves(form, control, key):
    """Press a key in a control, and wait until what it changed is saved."""
    settles(form, lambda: control.press(key))


def settles(form, act):
    """Do something, and wait until the download holds other answers than before."""
    link = form.get_by_role("link", name="Download your answers")
    before = link.get_attribute("href")
    act()
    for _ in range(100):
        if link.get_attribute("href") != before:
            return
        form.page.wait_for_timeout(50)
    raise AssertionError("the answers did not change")
