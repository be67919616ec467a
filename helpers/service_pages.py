"""The pages of the service for people: a form that draws a range, and the reference. Plain HTML, no script."""

import html
import json

from helpers import pay
from helpers.roles import OTHER, role_of

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
label { display: block; font-weight: 600; margin-top: .8rem }
input, select { font: inherit; padding: .35rem; width: 100%; box-sizing: border-box; border: 1px solid #555 }
button { font: inherit; margin-top: 1.1rem; padding: .45rem 1.2rem; background: #00664a; color: white; border: 0 }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px }
.problem { border-left: 5px solid #b3400a; padding: .3rem .8rem; background: #fdf3ee }
figure { margin: 1.6rem 0 } svg { width: 100%; height: auto } code, pre { background: #f3f3f3; padding: .1rem .3rem }
pre { padding: .7rem; overflow-x: auto } h2 { margin-top: 2rem }
"""
_SCALE = 400  # thousand USD at the right end of the drawing, unless the range needs more


def _page(title, body):
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def read(asked):
    """Read what a person typed or pasted into the form.

    Parameters
    ----------
    asked : dict of str to str
        Text by field. ``role`` may be any job title, ``level`` and ``country`` a code or a name.

    Returns
    -------
    dict
        The features of a job; what cannot be read stays as it is, for the check at the door to refuse.

    Raises
    ------
    helpers.pay.BadInput
        For a title that names no field.
    """
    role = asked.get("role", "").strip()
    known = {name.lower(): name for name in pay.ALL_ROLES}
    if role.lower() not in known:
        known[role.lower()] = role_of(role)
        if known[role.lower()] == OTHER:
            raise pay.BadInput(
                f"The job title {role[:60]!r} names no field that is known: "
                f"choose {', '.join(pay.ALL_ROLES)}."
            )
    remote = asked.get("remote", "0")
    return {
        "role": known[role.lower()],
        "level": _code(asked.get("level", ""), pay.LEVELS),
        "remote": int(remote) if remote.isascii() and remote.isdigit() and len(remote) < 4 else remote,
        "country": _code(asked.get("country", ""), pay.COUNTRIES),
    }


def _code(text, names):
    text = text.strip()
    return next((code for code, name in names.items() if text.lower() in (code.lower(), name.lower())), text)


def form(asked, problem="", answer=None, job=None, period=()):
    """Return the page with the form, and above it the answer or what is wrong.

    Parameters
    ----------
    asked : dict of str to str
        What was sent, to be shown again.
    problem : str
        One sentence.
    answer : PayRange, optional
    job : Job, optional
        What the answer is for.
    period : pair of str
        First and last day of the adverts that the answer was learned from.

    Returns
    -------
    str
    """
    parts = ["<h1>What do such adverts offer?</h1>"]
    if problem:
        parts.append(f'<p class="problem" role="alert" id="problem">{html.escape(problem)}</p>')
    if answer:
        parts.append(_drawing(answer, job, *period))
    fields = [
        _text("role", "Job title or role", asked, pay.ALL_ROLES, "ML Engineer"),
        _text("level", "Level", asked, pay.LEVELS.values(), "senior"),
        _text("country", "Country", asked, pay.COUNTRIES.values(), "United States"),
        _choice("remote", "Remote work", asked.get("remote", "0"), pay.REMOTE),
    ]
    parts.append(f'<form action="/" method="get">{"".join(fields)}<button>Show the range</button></form>')
    parts.append(
        "<p>The range says what adverts offer, not what people earn: four in five comparable adverts have "
        'their midpoint in it, if the market has not moved. <a href="/docs">How to ask by program</a></p>'
    )
    return _page("Pay ranges", "".join(parts))


def _text(name, label, asked, values, example):
    options = "".join(f'<option value="{html.escape(value)}">' for value in values)
    return (
        f'<label for="{name}">{label}</label><input id="{name}" name="{name}" list="{name}s" required '
        f'maxlength="200" placeholder="{example}" value="{html.escape(asked.get(name, ""))}" autocomplete="off">'
        f'<datalist id="{name}s">{options}</datalist>'
    )


def _choice(name, label, chosen, names):
    options = "".join(
        f'<option value="{code}"{" selected" if str(code) == chosen else ""}>{html.escape(text)}</option>'
        for code, text in names.items()
    )
    return f'<label for="{name}">{label}</label><select id="{name}" name="{name}">{options}</select>'


def _drawing(answer, job, first, last):
    """A bar from the low to the high end on a scale from zero, and the same in words."""
    end = max(_SCALE, -(-answer.high // 100) * 100)
    left, right = (20 + 600 * value / end for value in (answer.low, answer.high))
    ticks = "".join(
        f'<text x="{20 + 600 * tick / end:.0f}" y="88" text-anchor="middle" font-size="13">{tick}</text>'
        for tick in range(0, end + 1, 100)
    )
    words = f"{answer.low} to {answer.high} thousand USD a year"
    kind = html.escape(
        f"{job.role}, {pay.LEVELS[job.level]}, {pay.REMOTE[job.remote]}, {pay.COUNTRIES[job.country]}"
    )
    return (
        f'<figure><svg viewBox="0 0 640 110" role="img" aria-label="{words}, {answer.basis}">'
        '<line x1="20" y1="70" x2="620" y2="70" stroke="#555"/>'
        f'<rect x="{left:.0f}" y="34" width="{right - left:.0f}" height="26" fill="#009e73"/>'
        f'<text x="{left:.0f}" y="26" text-anchor="middle" font-size="15">{answer.low}</text>'
        f'<text x="{right:.0f}" y="26" text-anchor="middle" font-size="15">{answer.high}</text>{ticks}'
        '<text x="620" y="106" text-anchor="end" font-size="12">thousand USD a year</text></svg>'
        f'<figcaption id="answer"><strong>{words}</strong>, {answer.basis}. {kind}. Learned from '
        f"adverts of the aijobs.net salary index, {first} to {last}.</figcaption></figure>"
    )


def reference(openapi):
    """Return the page that says what can be asked, made from the OpenAPI description.

    Parameters
    ----------
    openapi : dict
        See `fastapi.FastAPI.openapi`.

    Returns
    -------
    str
    """
    parts = [
        "<h1>Pay ranges: how to ask</h1>"
        '<p>For programs: <a href="/openapi.json">the same as OpenAPI</a>. <a href="/">The form</a></p>'
    ]
    for path, methods in openapi["paths"].items():
        for method, what in methods.items():
            parts.append(
                f"<h2><code>{method.upper()} {path}</code></h2><p>{html.escape(what['description'])}</p>"
            )
    for name, what in openapi["components"]["schemas"].items():
        if name.startswith(("HTTP", "Validation")):
            continue
        rows = "".join(
            f"<li><code>{field}</code>: {html.escape(_kind(kind))}</li>"
            for field, kind in what["properties"].items()
        )
        parts.append(f'<h2 id="{name}">{name}</h2><p>{html.escape(what["description"])}</p><ul>{rows}</ul>')
        if "example" in what:
            parts.append(f"<pre>{html.escape(json.dumps(what['example']))}</pre>")
    parts.append(
        "<h2>Limits</h2><p>2 MB, 10,000 adverts and 10 seconds a request. What is refused is answered by "
        '<code>{"error": "one sentence that says what to send"}</code>.</p>'
    )
    return _page("Pay ranges: how to ask", "".join(parts))


def _kind(kind):
    if "enum" in kind:
        return " | ".join(map(str, kind["enum"]))
    if "$ref" in str(kind.get("items", "")):
        return f"list of {kind['items']['$ref'].rpartition('/')[2]}"
    return str(kind.get("type", "value"))
