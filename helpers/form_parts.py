"""What the forms of the series share: their look, their status line, and what they show without a kernel."""

import html

import ipywidgets as widgets

UNSAID = "prefer not to say"
UNSAID_OPTION = (UNSAID, "")  # with None as its value a control would show nothing at all
ROW = {"width": "auto", "max_width": "40em", "margin": "3px 0"}


def heading(text: str) -> widgets.HTML:
    """Return a heading between two groups of questions."""
    return widgets.HTML(f'<div style="font-weight:600; font-size:1.1em; margin:8px 0 2px">{text}</div>')


def status_html(notes: tuple[str, ...], otherwise: str) -> str:
    """Return the line that says what was saved, or why not.

    Parameters
    ----------
    notes : tuple of str
        Sentences that the learner should read; they stand out.
    otherwise : str
        What to say when there are none.
    """
    if notes:
        text = "<br>".join(html.escape(note) for note in notes)
        look = "border-left:4px solid #b35900; background:#fff4e5; color:#4d2600; padding:.4em .8em"
        return f'<div role="alert" style="{look}; line-height:1.4">{text}</div>'
    return f'<div role="status" style="line-height:1.4">{html.escape(otherwise)}</div>'


def questions_html(questions: list[tuple[str, str]], intro: str) -> str:
    """Return what a form shows without a kernel: each question, and what may be answered."""
    left = "text-align:left"
    rows = "".join(
        f'<tr><th scope="row" style="{left}">{name}</th><td style="{left}">{asked}</td></tr>'
        for name, asked in questions
    )
    return f"<p>{intro}</p><table>{rows}</table>"
