"""The static site: it is whole, folds stay folded, pictures have words, and nothing comes from elsewhere."""

import html.parser
import json
import sys
import urllib.parse

import pytest

pytest.importorskip("myst_nb", reason='the site needs pip install -c constraints.txt -e ".[site]"')
pytest.importorskip("furo", reason='the site needs pip install -c constraints.txt -e ".[site]"')

from helpers import course
from tests import books, lab

sys.path.insert(0, str(course.NOTEBOOKS.parent / "docs"))
import build_site

WINDOWS = {"laptop": lab.WINDOW, "telephone": {"width": 390, "height": 844}}
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src"}


class Page(html.parser.HTMLParser):
    """What is looked at in a page: its anchors, links, pictures, what it loads, and its folds."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loaded, self.pictures, self.folds = set(), [], [], [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.anchors.add(told.get("id"))
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        if tag in LOADED or (tag == "link" and told.get("rel") in ("stylesheet", "icon", "preload")):
            self.loaded.append(told.get(LOADED.get(tag, "href"), ""))
        if tag == "img":
            self.pictures.append(told.get("alt"))
        if tag == "details":
            self.folds.append((told.get("class") or "", "open" in told))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Pages of a site that is built anew, by path, and how many warnings there were."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SOURCE", "BUILT"):
            patch.setattr(build_site, name, tmp_path_factory.mktemp("site") / name)
        warnings = build_site.build()
        yield {path: Page(path) for path in build_site.BUILT.rglob("*.html")}, warnings


def test_the_site_is_whole(site):
    pages, warnings = site
    assert warnings == 0
    names = {path.name for path in pages}
    for path in books.PATHS:
        assert f"{path.stem}.html" in names
    first = pages[build_site.BUILT / "index.html"]
    for notebook in course.SERIES:
        assert first.links.count(f"notebooks/{notebook.path.stem}.html") >= 2  # navigation and table


def test_each_link_leads_to_something(site):
    lost = []
    for path, page in site[0].items():
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            to = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            if not parts.scheme and not to.exists():
                lost.append((path.name, link))
            elif not parts.scheme and parts.fragment and to.suffix == ".html":
                lost += [(path.name, link)] * (parts.fragment not in site[0][to].anchors)
    assert lost == []


def test_pictures_have_words_and_nothing_comes_from_elsewhere(site):
    for path, page in site[0].items():
        assert all(page.pictures), path.name
        assert not [one for one in page.loaded if urllib.parse.urlsplit(one).scheme not in ("", "data")]
    assert sum(len(page.pictures) for page in site[0].values()) > 40


def test_what_is_folded_stays_folded(site):
    for path in books.PATHS:
        cells = books.code_cells(books.read(path))
        page = site[0][build_site.BUILT / "notebooks" / f"{path.stem}.html"]
        assert not any(is_open for _, is_open in page.folds)
        answers = [kind for kind, _ in page.folds if "hide" in kind.split()]
        assert len(answers) == sum(books.tagged(cell, "reveal") for cell in cells)
        text = (build_site.BUILT / "notebooks" / f"{path.stem}.html").read_text("utf-8")
        assert books.WIDGET_VIEW not in text


@pytest.mark.skipif(not lab.chromium(), reason="there is no Chromium on this machine")
def test_it_can_be_read_searched_and_held_in_a_hand(site):
    with lab.browser() as chromium:
        for window in WINDOWS.values():
            page = chromium.new_page(viewport=window)
            asked = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            for path in [
                build_site.BUILT / "index.html",
                *sorted((build_site.BUILT / "notebooks").glob("*_*.html")),
            ]:
                page.goto(path.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path.name
                wide = "[...document.images].filter(i => i.width > i.closest('article').clientWidth).length"
                assert page.evaluate(wide) == 0, path.name
            assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
            page.goto(f"{(build_site.BUILT / 'search.html').as_uri()}?q=bootstrap")
            page.locator("#search-results li a").first.wait_for()
            assert not [url for url in asked if not url.startswith(("file:", "data:"))]
            page.close()
        page = chromium.new_page(viewport=lab.WINDOW)
        page.goto((build_site.BUILT / "notebooks" / f"{books.PATHS[1].stem}.html").as_uri())
        still = page.locator(".ml-careers-still img").first
        assert still.is_visible() and still.get_attribute("alt")
        answer = page.locator("details.hide .cell_output").first
        assert not answer.is_visible()
        page.locator("details.hide summary").first.press("Enter")
        assert answer.is_visible()


def test_copies_for_the_site_leave_the_notebooks_alone():
    before = [path.read_bytes() for path in books.PATHS]
    for path in books.PATHS:
        json.dumps(build_site.adapted(books.read(path)))
    assert [path.read_bytes() for path in books.PATHS] == before
