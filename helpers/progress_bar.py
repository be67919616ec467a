"""A progress bar for work that tells after each step how far it is: live where there is a kernel, words elsewhere."""

import html

import ipywidgets as widgets


class ProgressBar:
    """A bar with its numbers beside it. Call it as ``bar(done, total)``, or hand it on as a progress function.

    Parameters
    ----------
    what : str
        What is counted, such as ``"adverts scored"``.

    Attributes
    ----------
    first, done : int
        As first and as last told; 0 before.
    """

    def __init__(self, what):
        self.what, self.first, self.done = what, 0, 0
        self.widget = widgets.HTML(self._html(1))

    def __call__(self, done, total):
        self.first, self.done = self.first or done, done
        self.widget.value = self._html(total)

    def _html(self, total):
        # The browser's own element: screen readers know it, and the words say the same.
        words = html.escape(f"{self.done:,} of {total:,} {self.what}" if self.done else f"No {self.what} yet")
        return f'<label><progress value="{self.done}" max="{total}" style="width: 24em"></progress> {words}</label>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        words = f"[a progress bar, live in a running notebook: {self.what}]"
        return {**self.widget._repr_mimebundle_(), "text/plain": words}
