"""The notebooks in a real JupyterLab in a real browser: opened, run, worked with, and opened again the next day."""

import contextlib
import json
import os
import platform
import re
import shutil
import zipfile

import pytest

from helpers import course
from tests import books, lab

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=30_000)  # ms; a busy machine may be late, and nobody waits for what is there

pytestmark = pytest.mark.skipif(
    lab.chromium() is None and not os.environ.get("CI"),
    reason="no Chromium on this machine: install it (Debian: apt-get install chromium) to run the browser tests",
)
ONE_OF_A_KIND = ("00", "02")  # forms and files; panels. The others have the same widgets, and are slow.
WORKED_WITH = [
    pytest.param(path, id=path.stem, marks=[] if path.name[:2] in ONE_OF_A_KIND else pytest.mark.slow)
    for path in books.PATHS
]
BROKEN = '.jp-OutputArea-output:is([data-mime-type$="jupyter.error"], [data-mime-type$="jupyter.stderr"])'
LOST = re.compile("Error displaying widget|Loading widget|model not found")
PICTURES = ".jp-OutputArea-output img"
STILL = ".ml-careers-still"
LIVE = ".ml-careers-live[data-lm-suppress-shortcuts]:visible"  # from then on it hears the keyboard
# Of pictures: those that are not there, have no words, or reach over the edge of their output.
FAULTY = """(pictures) => pictures.filter((one) => !one.complete || !one.naturalWidth || one.alt.trim().length < 20
  || one.getBoundingClientRect().right > one.closest(".jp-OutputArea").getBoundingClientRect().right + 1
).map((one) => one.alt)"""
# Is every control of a form whole, with all its words, and no wider than the page?
UNCUT = """(form) => [...form.querySelectorAll("select, input, button, .widget-label")].every((one) =>
  one.scrollWidth <= one.clientWidth + 2
  && one.getBoundingClientRect().right <= form.closest(".jp-OutputArea").getBoundingClientRect().right)"""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """A JupyterLab on a copy of the project, and a browser: address, log, browser, folder."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("notebooks", "data"):
        shutil.copytree(course.NOTEBOOKS.parent / folder, copy / folder)
    for path in (copy / "notebooks").glob("*.ipynb"):  # as if they had been stored with this Python
        version = f'"version": "{platform.python_version()}"'
        path.write_text(re.sub(r'"version": "[0-9.]+"', version, path.read_text("utf-8")), "utf-8")
    lab.ARTIFACTS.mkdir(exist_ok=True)
    with lab.server(copy) as (address, log), lab.browser() as browser:
        yield address, log, browser, copy


@contextlib.contextmanager
def nothing_wrong(window, log):
    """Nothing may go wrong in a window: neither in its console, nor in its outputs, nor in the server's log."""
    problems, said_before = [], len(lab.complaints(log))
    listeners = {
        "pageerror": lambda error: problems.append(str(error)),
        "console": lambda line: problems.append(line.text) if line.type == "error" else None,
    }
    for event, listener in listeners.items():
        window.on(event, listener)
    yield window
    for event, listener in listeners.items():
        window.remove_listener(event, listener)
    assert window.locator(BROKEN).all_inner_texts() == []
    assert not LOST.search("\n".join(window.locator(".jp-Cell-outputArea").all_inner_texts()))
    # Where no kernel has a widget's model, the browser's own console says so; it matters that no reader sees it.
    assert [one for one in problems if "widget model not found" not in one] == []
    assert lab.complaints(log)[said_before:] == []


@pytest.fixture
def page(laboratory):
    """A window of its own."""
    _, log, browser, _ = laboratory
    with contextlib.closing(browser.new_page(viewport=lab.WINDOW)) as window, nothing_wrong(window, log):
        yield window


@pytest.fixture(scope="module")
def window(laboratory):
    """A window in which one notebook is looked at after the other."""
    address, _, browser, _ = laboratory
    with contextlib.closing(browser.new_page(viewport=lab.WINDOW)) as window:
        lab.open_notebook(window, address, f"notebooks/{books.PATHS[0].name}")
        yield window


@pytest.mark.parametrize("path", books.PATHS, ids=lambda path: path.stem)
def test_a_notebook_that_nobody_ran(path, laboratory, window):
    """Every picture is there, with words; what follows a guess is folded until it is opened; nothing is to be saved."""
    _, log, _, folder = laboratory
    cells = books.code_cells(books.read(folder / "notebooks" / path.name))
    with nothing_wrong(window, log):
        lab.turn_to(window, f"notebooks/{path.name}")
        assert not window.evaluate("() => window.jupyterapp.shell.currentWidget.context.model.dirty")
        open_ones = [cell for cell in cells if not books.tagged(cell, "reveal")]
        expect(window.locator(PICTURES)).to_have_count(stored(open_ones, "<img "))
        window.screenshot(path=lab.ARTIFACTS / f"{path.stem}-before.png")
        folds = window.locator(".jp-OutputPlaceholder").all_inner_texts()
        assert len(folds) == len(cells) - len(open_ones)
        assert all(books.FOLDED.strip() in one for one in folds), "the answer stands beside the fold"
        command(window, "notebook:show-all-cell-outputs")
        look_at_pictures(window, stored(cells, "<img "))
        assert window.locator(LIVE).count() == 0


def test_contents_leads_to_the_map(laboratory, window):
    with nothing_wrong(window, laboratory[1]):
        lab.turn_to(window, f"notebooks/{books.PATHS[1].name}")
        window.get_by_role("link", name="Contents").click()
        expect(window.get_by_role("heading", name="The map of the series")).to_be_in_viewport()


@pytest.mark.parametrize("path", WORKED_WITH)
def test_two_days_with_a_notebook(path, laboratory, page):
    """Run and worked with, saved, opened with a new kernel: tables and pictures stand where forms and panels were."""
    address, _, _, folder = laboratory
    mine = f"notebooks/mine-{path.name}"
    shutil.copy(folder / "notebooks" / path.name, folder / mine)
    lab.open_notebook(page, address, mine)
    cells = books.code_cells(books.read(folder / mine))
    count = stored(cells, 'class="ml-careers-still"')
    lab.run_all(page)
    expect(page.locator(LIVE)).to_have_count(count)
    expect(page.locator(f"{STILL}:visible")).to_have_count(0)
    assert page.locator(lab.PANEL).count() == sum("explore(" in cell.source for cell in cells)
    for number, panel in enumerate(page.locator(lab.PANEL).all()):
        work_panel(page, panel)
        panel.scroll_into_view_if_needed()
        page.screenshot(path=lab.ARTIFACTS / f"{path.stem}-panel-{number}.png")
    for form in page.locator(".ml-careers-form").all():
        work_form(form)
        page.screenshot(path=lab.ARTIFACTS / f"{path.stem}-form.png")

    command(page, "docmanager:save")
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
    lab.open_notebook(page, address, mine)
    expect(page.locator(f"{STILL}:visible")).to_have_count(count)
    page.wait_for_timeout(2_500)  # so long the manager of widgets looks for a model until it says "lost"
    look_at_pictures(page, stored(cells, "<img "))


def test_files_and_the_form_at_every_width(laboratory, page, tmp_path):
    """What is downloaded can be uploaded; answers are forgotten on a second word only; nothing is cut off."""
    lab.open_notebook(page, laboratory[0], f"notebooks/{course.SERIES[0].path.name}")
    lab.run_all(page)
    form, files = page.locator(".ml-careers-form"), page.locator(LIVE).nth(1)
    country = form.get_by_label("Country I look for work in")
    country.fill("Italy <b>")
    country.press("Tab")
    expect(form.get_by_role("status")).to_have_text("Saved.")

    button = files.get_by_role("button", name="Download answers and work")
    with page.expect_download() as by_pointer:
        button.click()
    with page.expect_download() as by_key:
        button.press("Enter")
    packed = [zipfile.ZipFile(one.value.path()).read("profile.json") for one in (by_pointer, by_key)]
    assert packed[0] == packed[1] and json.loads(packed[0])["answers"]["country"] == "Italy <b>"
    kept = tmp_path / by_pointer.value.suggested_filename
    by_pointer.value.save_as(kept)

    files.get_by_role("button", name="Start again").click()
    files.get_by_role("button", name="No, keep them").press("Enter")
    assert country.input_value() == "Italy <b>"
    files.get_by_role("button", name="Start again").press("Enter")
    files.get_by_role("button", name="Yes, forget my answers").click()
    expect(files.get_by_role("status")).to_contain_text("The form is empty")
    expect(country).to_have_value("")
    large = tmp_path / "large.zip"
    large.write_bytes(b"0" * 12_000_000)
    for file, said in ((large, "too large"), (kept, "shows your answers now")):
        with page.expect_file_chooser() as chooser:
            files.get_by_role("button", name="Upload them").press("Enter")
        chooser.value.set_files(file)
        expect(files.get_by_role("status")).to_contain_text(said)
    expect(country).to_have_value("Italy <b>")
    for width in (1366, 1024, 683):  # the last is a laptop at 200%
        page.set_viewport_size({"width": width, "height": 768})
        page.wait_for_function(f"() => window.innerWidth === {width}")
        for part in (form, files):
            page.wait_for_function(UNCUT, arg=part.element_handle())


def stored(cells, mark):
    """int: how often a mark stands in the stored outputs of some cells."""
    shown = (output.get("data", {}).get("text/html", "") for cell in cells for output in cell.outputs)
    return sum(html.count(mark) for html in shown)


def command(page, name):
    """Do what a line of JupyterLab's menu does."""
    page.evaluate("(name) => window.jupyterapp.commands.execute(name)", name)


def look_at_pictures(page, count):
    """See `count` pictures in the outputs, whole and with their words."""
    expect(page.locator(PICTURES)).to_have_count(count)
    every = "(chosen) => [...document.querySelectorAll(chosen)].every((one) => one.complete)"
    page.wait_for_function(every, arg=PICTURES)
    assert page.locator(PICTURES).evaluate_all(FAULTY) == []


def work_panel(page, panel):
    """Operate every control of a panel by keyboard and by pointer; picture and sentence must follow each time."""
    lists, handles = panel.locator("select").all(), panel.locator(".noUi-handle").all()
    assert lists or handles
    for choice in lists:
        assert choice.evaluate("e => (e.ariaLabel || e.labels[0].textContent).trim()")
        assert focus_is_seen(choice)
        start, last = choice.evaluate("e => [e.selectedIndex, e.options.length - 1]")
        changes(panel, lambda choice=choice, up=start == last: choice.press("ArrowUp" if up else "ArrowDown"))
        changes(panel, lambda choice=choice, start=start: choice.select_option(index=start))
    for handle in handles:
        assert handle.get_attribute("aria-label")
        slider = handle.locator("xpath=ancestor::*[contains(@class, 'widget-hslider')]")
        shown = slider.locator(".widget-readout")
        expect(handle).to_have_attribute("aria-valuetext", shown.inner_text())
        assert not shown.evaluate("e => e.isContentEditable || e.hasAttribute('tabindex')")
        assert focus_is_seen(handle)
        first = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin")
        key = "ArrowRight" if first else "ArrowLeft"
        changes(panel, lambda handle=handle, key=key: handle.press(key))
        changes(panel, lambda handle=handle: drag(page, handle))


def focus_is_seen(control):
    """Is there a line of two pixels around a control that the keyboard has come to?"""
    control.focus()
    return control.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth) >= 2")


def changes(panel, act):
    """Do something, and wait until the panel shows another picture with another sentence."""
    sentence, picture = panel.locator("figcaption"), panel.locator("figure img")
    said, shown = sentence.inner_text(), picture.get_attribute("src")  # each picture has its own address
    act()
    expect(sentence).not_to_have_text(said)
    expect(picture).not_to_have_attribute("src", shown)
    expect(panel.get_by_role("alert")).to_be_hidden()


def drag(page, handle):
    """Pull the handle of a slider with the mouse to where there is more room."""
    handle.scroll_into_view_if_needed()
    rail, box = handle.locator("xpath=../../..").bounding_box(), handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + (60 if x < rail["x"] + rail["width"] / 2 else -60), y)
    page.mouse.up()


def work_form(form):
    """Answer every question of a form by keyboard, then by pointer."""
    questions = form.locator("select").all()
    assert len(questions) >= 4
    for question in questions:
        assert focus_is_seen(question)
        question.press("ArrowDown")
        expect(form.get_by_role("status")).to_have_text("Saved.")
        question.select_option(index=3)
        fourth = question.locator("option").nth(3).inner_text()
        expect(question.locator("option:checked")).to_have_text(fourth)
