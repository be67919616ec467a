"""The progress bar: its numbers, its words, and what a reader without a kernel sees."""

from helpers.progress_bar import ProgressBar
from tests import books


def test_follows_what_it_is_told():
    bar = ProgressBar("adverts scored")
    assert "No adverts scored yet" in bar.widget.value and 'value="0"' in bar.widget.value
    bar(3_000, 8_207)
    assert bar.done == bar.first == 3_000
    assert "3,000 of 8,207 adverts scored" in bar.widget.value
    assert '<progress value="3000" max="8207"' in bar.widget.value
    bar(4_000, 8_207)
    assert (bar.first, bar.done) == (3_000, 4_000)


def test_words_are_escaped():
    bar = ProgressBar("<script>")
    bar(1, 2)
    assert "<script>" not in bar.widget.value


def test_live_view_and_words():
    bundle = ProgressBar("files read")._repr_mimebundle_()
    assert books.WIDGET_VIEW in bundle and "files read" in bundle["text/plain"]
