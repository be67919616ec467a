"""Measure the series: ``python -m tests.bench [whole] [NOTEBOOK NUMBER ...]``. This is no test: look at the numbers.

With ``whole`` the notebooks are run one after the other and nothing else is: how long each and its cells take and all
together, and the memory of each, against what is promised for two idle cores. Without it everything else is measured.

All figures are from one run on one machine, so compare the rows of one run with each other, before and after a
change; single milliseconds mean nothing elsewhere. Middle, tail, most: the median, 95 in 100 (99 of the service's
answers), and the largest. Ratio: how many times as fast ONNX is, by the median; the service to an empty one by answers a
second; DuckDB to pandas and two workers to one by the median; a redraw in the browser to that of an empty widget by the tail.
"""

import asyncio
import contextlib
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import timeit
from pydoc_data.topics import topics

import duckdb
import nbformat
import numpy as np
import psutil
from distributed import Client
from nbformat.v4 import new_code_cell

from helpers import course, pay, skills, tables
from helpers.lessons import nb08
from helpers.service import model
from helpers.service.process import OURS, Service
from tests import books, lab

LIBRARIES = "import pandas, matplotlib.pyplot, ipywidgets, anywidget, pydantic, platformdirs, filelock"
HELPERS = "from helpers import charts, check, course, documents, evidence, explore, forms, pay, stats, tables"
PROMISED = {"seconds of all notebooks": 240, "MB of a notebook": 600}
CHANGES = 40  # of a control in the kernel; half as many in the browser
# In the notebook's own kernel: from a new value to a new picture that was not drawn before.
REDRAW = f"""
import json, time
from helpers.explore import Panel
timings = []
for panel in [thing for thing in Out.values() if isinstance(thing, Panel)]:
    times = []
    for control in panel.controls.values():
        start, count = control.index, len(control.options)
        for step in range(1, {CHANGES}):
            panel._render.cache_clear()
            before = time.perf_counter()
            control.index = (start + step) % count
            if not panel.view.problem:
                times.append(1000 * (time.perf_counter() - before))
        control.index = start
    timings.append((panel.draw.__name__, times))
print(json.dumps(timings))
"""
EMPTY_SERVICE = """
from fastapi import FastAPI
app = FastAPI()
@app.post("/range")
async def nothing(): return {}
"""
EMPTY_WIDGET = """
import ipywidgets
slider, echo = ipywidgets.IntSlider(), ipywidgets.HTML("<p class='echo'>0</p>")
slider.observe(lambda change: setattr(echo, "value", f"<p class='echo'>{change['new']}</p>"), "value")
ipywidgets.VBox([slider, echo])
"""
# In the browser: from the event of a key to the frame in which the new words and picture are there; none after 3 s.
KEY_TO_PIXELS = """(box) => {
  const words = () => box.querySelector(".echo, figcaption").textContent, before = words();
  window.redrawn = new Promise((done) => box.addEventListener("keydown", () => {
    const start = performance.now();
    (function look() {
      const taken = performance.now() - start;
      if (words() !== before && (box.querySelector("figure img")?.complete ?? true)) done(taken);
      else taken > 3000 ? done(null) : requestAnimationFrame(look);
    })();
  }, { capture: true, once: true }));
}"""
PLACE = """e => e.tagName === "SELECT" ? [e.selectedIndex, 0, e.length - 1]
  : [e.ariaValueNow, e.ariaValueMin, e.ariaValueMax].map(Number)"""
LABEL = "e => e.ariaLabel || e.labels[0].textContent"


def main(numbers):
    """Print one table of the notebooks as a whole or of everything else, for all or for some notebooks only."""
    if "whole" in numbers:
        return whole([path for path in books.PATHS if len(numbers) == 1 or path.name[:2] in numbers])
    lab.ARTIFACTS.mkdir(exist_ok=True)  # for an empty notebook and an empty service
    show("what", "unit", "middle", "tail", "most", "a second", "ratio")
    imports()
    for path in (paths := [path for path in books.PATHS if not numbers or path.name[:2] in numbers]):
        redraws(path)
    if not numbers or "04" in numbers:
        serving()
    if not numbers or "07" in numbers:
        reading()
    if not numbers or "08" in numbers:
        scaling()
    browser(paths)


def show(what, unit, *figures):
    """Print a line of the table."""
    texts = (one if isinstance(one, str) else "" if one is None else f"{one:.2f}" for one in figures)
    print(f"{what:58}{unit:>5}", *(f"{text:>9}" for text in texts), flush=True)


def spread(times, tail=0.95):
    """list: the median, a high quantile, the largest."""
    return np.quantile(times, [0.5, tail, 1]).tolist()


def imports():
    """Show what our own modules add to the import of the libraries."""
    code = f"import time; {LIBRARIES}; t = time.perf_counter(); {HELPERS}; print(time.perf_counter() - t)"
    taken = spread([float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(7)])
    show("import helpers, its libraries are there", "s", *taken)


def whole(paths):
    """Show the time and the memory of some notebooks, the sum of their times, and which promise is broken."""
    taken, most = 0, {}
    show("what", "unit", "middle", "tail", "most")
    for path in paths:
        book, name, started = books.read(path), f"notebook {path.name[:2]}", [time.perf_counter()]
        with books.empty_profile(), watched() as memory:
            books.run(book, on_cell_execute=lambda **_: started.append(time.perf_counter()))  # noqa: B023
        started.append(time.perf_counter())
        taken, most[path.name[:2]] = taken + started[-1] - started[0], memory["together"]
        show(f"{name}, from start to end of its kernel", "s", None, None, started[-1] - started[0])
        show(f"{name}, cells", "s", *spread(np.diff(started[1:])))
        for which, most_of_it in memory.items():
            show(f"{name}, memory, {which}", "MB", None, None, most_of_it)
    show(f"{len(paths)} notebooks", "s", None, None, taken)
    over = [number for number, one in most.items() if one > PROMISED["MB of a notebook"]]
    print(f"Promised: {PROMISED}. Above in memory, all processes together: {', '.join(over) or 'none'}.")


@contextlib.contextmanager
def watched():
    """Look five times a second at the memory of all processes that this one has started.

    Yields a dict of MB: the most of all together, and of a single process. What processes share is counted once, where the
    system can tell (Linux).
    """
    found, stop = {"together": 0.0, "one process": 0.0}, threading.Event()

    def size(process):
        with contextlib.suppress(psutil.Error):
            told = process.memory_full_info()
            return getattr(told, "pss", told.rss) / 2**20
        return 0.0

    def look():
        while not stop.wait(0.2):
            sizes = [size(process) for process in psutil.Process().children(recursive=True)]
            found["together"] = max(found["together"], sum(sizes))
            found["one process"] = max(found["one process"], *sizes, 0.0)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        stop.set()
        looking.join()


def redraws(path):
    """Show the panels of a notebook in the kernel."""
    book = books.read(path)
    book.cells.append(new_code_cell(REDRAW))
    with books.empty_profile():
        books.run(book)
    for drawn, times in json.loads(book.cells[-1].outputs[-1].text):
        show(f"notebook {path.name[:2]}, {drawn}, redraw in the kernel", "ms", *spread(times))


def serving():
    """Show one advert in process, by scikit-learn and by ONNX, then an empty service and ours."""
    learned, first = pay.between(pay.adverts(), *pay.FIRST_YEAR), {}
    fitted = pay.fit(learned)
    champion, job = model.export(fitted, "bench", learned), model.every_job().iloc[[0]]
    served, asked = model.from_bytes(champion), job.to_dict("list")
    for name, ask in (("scikit-learn", lambda: fitted.predict(job)), ("ONNX", lambda: served.run(asked))):
        times = spread([1000 * seconds for seconds in timeit.repeat(ask, number=1, repeat=300)])
        show(f"one advert, {name}", "ms", *times, None, first.setdefault("advert", times[0]) / times[0])
    empty = lab.ARTIFACTS / "empty.py"
    empty.write_text(EMPTY_SERVICE)
    for name, app in {"empty": empty, "ours": OURS}.items():
        with Service(champion, app) as running:
            asyncio.run(load(running, 8, 50))  # the first answers of a new process are slow
            for connections in (1, 8, 64):
                rate, times = asyncio.run(load(running, connections, 3200 // connections))
                ratio = rate / first.setdefault(connections, rate)
                show(f"service, {name}, {connections} at once", "ms", *spread(times, 0.99), rate, ratio)


async def load(service, connections, requests):
    """Ask over some connections at once, again as soon as an answer is there: answers a second, and all times (ms)."""
    times, port = [], int(service.address.rpartition(":")[2])
    jobs = model.every_job().sample(100, random_state=0).to_dict("records")

    async def caller():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for job in itertools.islice(itertools.cycle(jobs), requests):
            start, body = time.perf_counter(), json.dumps(job).encode()
            head = f"POST /range HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.search(rb"content-length: (\d+)", answer)[1]))
            assert answer.startswith(b"HTTP/1.1 200"), answer
            times.append(1000 * (time.perf_counter() - start))
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(connections)))
    return len(times) / (time.perf_counter() - start), times


def reading():
    """Show how fast skills are found in three kinds of text, beside one regular expression and spaCy, by the same ways.

    Last stands how many times as fast as each of the two, on the same texts.
    """
    for kind, texts, most in (
        ("of ours", list(tables.load("adverts")["text"]), 6),
        ("generated", list(nb08.adverts(10**4)["text"]), 4),
        ("as long as real ones", long_adverts(2000), 3),
    ):
        slow, paces = others(), []
        found = {name: find(texts) for name, find in (slow | OURS_TO_FIND).items()}
        sure = found["whole words"]
        sure = set(zip(sure.index, sure["start"], sure["end"], strict=True))
        count, size = len(sure), sum(map(len, texts))
        print(f"Adverts {kind}: a skill every {size / count:.0f} characters")
        for name in slow:
            print(f"{name}: {len(sure.intersection(found[name])) / count:.1%} of what whole words finds")
        for power in range(3, most + 1):
            for name, find in ((slow if power == 3 else {}) | OURS_TO_FIND).items():
                many, started = (texts * (10**power // len(texts) + 1))[: 10**power], time.process_time()
                find(many)
                taken = time.process_time() - started
                rate, pace = len(many) / taken, sum(map(len, many)) / 1e6 / taken
                paces += [pace] * (len(paces) < len(slow))
                label = f"{len(many):,} {kind}, {name}, {pace:.1f} MB/s"
                show(label, "s", None, None, taken, rate, *(pace / one for one in paces))


OURS_TO_FIND = {
    "whole words": lambda texts: skills.mentions(texts, None),
    "in context": skills.mentions,
}


def others():
    """dict: a regular expression and spaCy as new, for spaCy remembers only the first 10,000 words that it meets."""
    ways = {way for kind in skills._SAID.values() for ways in kind.values() for way in ways}
    signs = "|".join(re.escape(way) for way in sorted(ways, key=len, reverse=True)).replace(r"\ ", r"[^\w+#]")
    pattern = re.compile(rf"(?<![\w+#])(?:{signs})(?![\w+#])", re.IGNORECASE)

    def by_regex(texts):
        return [(at, *one.span()) for at, text in enumerate(texts) for one in pattern.finditer(text)]

    try:
        import spacy.matcher  # no package of ours
    except ImportError:
        print("spaCy is not installed: its rows are left out.")
        return {"one regular expression": by_regex}
    cut = spacy.blank("en").make_doc
    matcher = spacy.matcher.PhraseMatcher(cut("").vocab, attr="LOWER")
    matcher.add("skill", [cut(way) for way in ways])
    longest = spacy.util.filter_spans

    def by_spacy(texts):
        found = ((at, longest(matcher(cut(text), as_spans=True))) for at, text in enumerate(texts))
        return [(at, one.start_char, one.end_char) for at, spans in found for one in spans]

    return {"one regular expression": by_regex, "spaCy's PhraseMatcher": by_spacy}


def long_adverts(count):
    """list of str: some 3,000 characters each of sentences by chance, and 15 to 20 skills by their shares in adverts.

    The sentences are the notebooks' and those of Python's own reference: more different words than spaCy remembers.
    """
    chance, names = random.Random(0), {name.lower(): name for name in skills.NAMES}
    prose = " ".join([*(books.prose(books.read(path)) for path in books.PATHS), *topics.values()])
    sentences = [one for one in re.split(r"(?<=[.?!])\s+", prose) if 20 < len(one) < 300]
    shares = tables.load("skill_shares").groupby("skill")["share"].mean()
    shares = shares[shares.index.isin(names)].rename(names)
    texts = []
    for _ in range(count):
        drawn = chance.choices(list(shares.index), list(shares), k=chance.randint(15, 20))
        said = [f"You know {', '.join(drawn[at : at + 3])}." for at in range(0, len(drawn), 3)]
        texts.append(" ".join(chance.sample(said + chance.sample(sentences, 28), len(said) + 28)))
    return texts


def scaling():
    """Show a million adverts counted by pandas and by DuckDB, and texts read by one worker and by two, as in notebook 08."""
    space, first = {"__name__": "scaling"}, {}
    for cell in books.code_cells(books.read(next(path for path in books.PATHS if path.name[:2] == "08"))):
        if re.match(r"import |def (by_pandas|by_duckdb|read_skills)", cell.source):
            exec(cell.source, space)
    table, local = (
        nb08.adverts(10**6),
        {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 50},
    )
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Client(n_workers=2, threads_per_worker=1, local_directory=folder, **local) as client,
    ):
        duckdb.from_df(table).write_parquet(f"{folder}/all.parquet")
        paths = [f"{folder}/{number}.part" for number in range(8)]
        for number, path in enumerate(paths):
            duckdb.from_df(table[number:480_000:8]).write_parquet(path)
        workers = sorted(client.scheduler_info()["workers"])
        client.run(space["read_skills"], paths[0])  # the libraries are loaded

        def read(count):
            client.gather(client.map(space["read_skills"], paths, workers=workers[:count], pure=False))

        for kind, name, job in (
            ("a million adverts", "pandas", lambda: space["by_pandas"](table)),
            ("a million adverts", "DuckDB", lambda: space["by_duckdb"](folder)),
            ("480,000 texts", "one worker", lambda: read(1)),
            ("480,000 texts", "two workers", lambda: read(2)),
        ):
            times = spread(timeit.repeat(job, number=1, repeat=3))
            show(f"{kind}, {name}", "s", *times, None, first.setdefault(kind, times[0]) / times[0])


def browser(paths):
    """Show an empty widget and each control of each panel in Chromium, from key to pixels."""
    book = books.read(books.PATHS[0])
    book.cells = [new_code_cell(EMPTY_WIDGET)]
    nbformat.write(book, lab.ARTIFACTS / "empty.ipynb")
    with lab.server(course.NOTEBOOKS.parent) as (address, _), lab.browser() as chromium:
        page = chromium.new_page(viewport=lab.WINDOW)
        lab.open_notebook(page, address, f"{lab.ARTIFACTS.name}/empty.ipynb")
        lab.run_all(page)
        empty = spread(keys(page, page.locator(".widget-vbox").first, page.locator(".noUi-handle")))
        show("empty widget, key to pixels", "ms", *empty, None, 1.0)
        for path in paths:
            lab.turn_to(page, f"notebooks/{path.name}")
            lab.run_all(page)
            for panel in page.locator(lab.PANEL).all():
                for control in panel.locator("select, .noUi-handle").all():
                    found = spread(keys(page, panel, control))
                    what = f"notebook {path.name[:2]}, {control.evaluate(LABEL)}, key to pixels"
                    show(what, "ms", *found, None, found[1] / empty[1])


def keys(page, box, control):
    """list: milliseconds from key to pixels, for keys that walk through the values, up and down."""
    times, key = [], "ArrowRight"
    for _ in range(CHANGES // 2):
        now, least, most = control.evaluate(PLACE)
        key = {least: "ArrowRight", most: "ArrowLeft"}.get(now, key)
        box.evaluate(KEY_TO_PIXELS)
        control.press(key)
        times.append(page.evaluate("window.redrawn"))
        page.wait_for_timeout(60)
    return [taken for taken in times if taken is not None]


if __name__ == "__main__":
    main(sys.argv[1:])
