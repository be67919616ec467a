"""Measure the series: ``python -m tests.bench [NOTEBOOK NUMBER ...]``. This is no test: look at the numbers.

All figures are from one run on one machine, so compare the rows of one run with each other, before and after a
change; single milliseconds mean nothing elsewhere.
"""

import asyncio
import contextlib
import json
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import types

import httpx
import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_notebook

from helpers import load_test, onnx_model, pay, tables
from helpers import service_old as service
from tests import books, lab

LIBRARIES = "import pandas, matplotlib.pyplot, ipywidgets"
MODULES = "from helpers import charts, check, course, documents, explore, forms, profile, stats, tables"
CHANGES = 40

# In the notebook's own kernel: the time from a new value to a new picture, for each panel.
REDRAW = f"""
import gc, itertools, json, time
from helpers.explore import Panel
timings = []
for panel in [thing for thing in gc.get_objects() if isinstance(thing, Panel)]:
    times = []
    for name, control in panel.controls.items():
        start, options = control.value, control._options_values
        for option in itertools.islice(itertools.cycle(options), {CHANGES} // len(panel.controls)):
            if option != control.value:
                before = time.perf_counter()
                control.value = option
                times.append(1000 * (time.perf_counter() - before))
        control.value = start
    timings.append((panel.draw.__name__, times))
print(json.dumps(timings))
"""
MEMORY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
JOB = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}
EMPTY = """
import socket, sys, fastapi, uvicorn
app = fastapi.FastAPI()
@app.post("/range")
async def nothing():
    return {}
listener = socket.socket(fileno=int(sys.argv[1]))
listener.listen(512)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
"""
ECHO = """
import ipywidgets as widgets
slider, echo = widgets.IntSlider(), widgets.HTML("<b class='echo'>0</b>")
slider.observe(lambda change: setattr(echo, "value", f"<b class='echo'>{change['new']}</b>"), "value")
widgets.VBox([slider, echo])
"""
# In the browser: from the event of a key to the frame in which the new thing is there.
ARM = """([box, what]) => {
  const look = () => what === "echo" ? box.querySelector(".echo").textContent : box.querySelector("img").src;
  const before = look();
  let start = null;
  box.addEventListener("keydown", () => { start ??= performance.now(); }, { capture: true, once: true });
  window.redrawn = new Promise((done, fail) => {
    const tick = () => {
      const image = box.querySelector(".ml-careers-figure img");
      if (start !== null && look() !== before && (!image || image.complete)) done(performance.now() - start);
      else if (start !== null && performance.now() - start > 3000) done(null);  // a setting that has no picture
      else requestAnimationFrame(tick);
    };
    tick();
  });
}"""


def main(numbers):
    """Print all tables, or those of some notebooks only."""
    paths = [path for path in books.PATHS if not numbers or path.name[:2] in numbers]
    show("import, s", ["libraries", "libraries and helpers", "helpers alone"], [imports()])
    show(
        "load a table (no cache), ms",
        ["table", "p50", "p95"],
        [(name, *load(name)) for name in tables.names()],
    )
    rows, redraws = [], []
    for path in paths:
        wall, peak, timings = notebook(path)
        rows.append((path.stem, wall, peak))
        redraws += [(path.stem[:2], name, *spread(times)) for name, times in timings]
    show("run a notebook", ["notebook", "wall s", "peak MB"], rows)
    show("redraw in the kernel, ms", ["notebook", "panel", "p50", "p95"], redraws)
    if not numbers or "04" in numbers:
        show("one advert in process, microseconds", ["what", "p50"], in_process())
        head = ["what", "connections", "p50 ms", "p99 ms", "a second", "core ms", "p99 / floor", "failed"]
        show("service, one caller on the same machine", head, serving())
    if lab.chromium():
        show("redraw in the browser, key to picture, ms", ["what", "control", "p50", "p95"], browser(paths))


def imports():
    """Median seconds to import the libraries, the helpers with them, and the difference."""
    seconds = {}
    for code in (LIBRARIES, f"{LIBRARIES}; {MODULES}"):
        timed = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
        runs = [
            subprocess.run([sys.executable, "-c", timed], capture_output=True, check=True) for _ in range(7)
        ]
        seconds[code] = statistics.median(float(run.stdout) for run in runs)
    few, many = seconds.values()
    return few, many, many - few


def load(name):
    """Milliseconds to read a table from disk: median and 95th percentile."""
    times = []
    for _ in range(15):
        tables._read.cache_clear()
        start = time.perf_counter()
        tables.load(name)
        times.append(1000 * (time.perf_counter() - start))
    return spread(times)


def notebook(path):
    """Wall seconds and peak memory (MB) of a notebook, and the redraw times of its panels in the kernel."""
    book = books.read(path)
    book.cells += [new_code_cell(MEMORY)]
    with books.empty_profile():
        start = time.perf_counter()
        books.run(book)
        wall = time.perf_counter() - start
        peak = int(book.cells[-1].outputs[0].text) / 1024
        book.cells[-1] = new_code_cell(REDRAW)
        books.run(book)
    return wall, peak, json.loads(book.cells[-1].outputs[-1].text)


def _pay_model():
    past = pay.between(pay.adverts(), *pay.FIRST_YEAR)
    model = pay.train(past)
    return onnx_model.pipelines(model), onnx_model.export(model, past)


def in_process():
    """Rows (what, microseconds) for one advert: the scikit-learn pipeline, ONNX, and how many times as fast."""
    ends, data = _pay_model()
    row, job = pd.DataFrame([JOB]), {name: [value] for name, value in JOB.items()}
    served = onnx_model.load(data)
    slow = load_test.microseconds(lambda: [end.predict(row) for end in ends], 100)
    fast = load_test.microseconds(lambda: served.run(job), 1000)
    return [("scikit-learn pipeline", slow), ("ONNX", fast), ("times as fast", slow / fast)]


def serving():
    """Rows of the service at 1, 8 and 64 connections: an empty FastAPI endpoint as the floor, scikit-learn, ONNX."""
    _, data = _pay_model()
    rows, floor = [], {}
    for what, requests, start in (
        ("empty endpoint", 2000, _empty),
        ("scikit-learn", 200, lambda: service.start(service.SCIKIT_LEARN)),
        ("ONNX", 2000, lambda: service.start(data)),
    ):
        with start() as running:
            for connections in (1, 8, 64):
                load = asyncio.run(
                    load_test.run(running.address, connections, requests, JOB, pid=running.pid)
                )
                p50, p99 = load.percentile(50), load.percentile(99)
                against = p99 / floor.setdefault(connections, p99)
                # What a request costs the service's own core: the caller, on the same machine, blurs it less.
                core = 1000 * load.busy / load.a_second
                rows.append((what, connections, p50, p99, load.a_second, core, against, load.failed))
    return rows


@contextlib.contextmanager
def _empty():
    """A FastAPI application that answers at once, in a process of its own."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-c", EMPTY, str(listener.fileno())], pass_fds=[listener.fileno()]
    )
    try:
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                httpx.post(f"{address}/range", timeout=1, trust_env=False)
                break
            time.sleep(0.05)
        yield types.SimpleNamespace(address=address, pid=process.pid)
    finally:
        process.terminate()
        process.wait(10)
        listener.close()


def browser(paths):
    """Rows (what, control, p50, p95) of redraws in Chromium; the first is an empty widget's round trip."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name in ("notebooks", "data"):
            shutil.copytree(tables.DATA.parent / name, root / name)
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # or JupyterLab asks for one
        nbformat.write(new_notebook(cells=[new_code_cell(ECHO)], metadata=kernel), root / "echo.ipynb")
        with lab.server(root) as (address, _), lab.browser() as chromium:
            page = chromium.new_page(viewport=lab.WINDOW)
            lab.open_notebook(page, address, "echo.ipynb")
            lab.run_all(page)
            box = page.locator(".widget-vbox").first
            rows.append(
                ("empty widget", "slider", *spread(keys(page, box, box.locator(".noUi-handle"), "echo")))
            )
            for path in paths:
                if "explore(" in path.read_text("utf-8"):
                    lab.open_notebook(page, address, f"notebooks/{path.name}")
                    lab.run_all(page)
                    rows += panels(page, path.stem[:2])
    return rows


def panels(page, number):
    """Rows of all controls of all panels on a page."""
    rows = []
    boxes = page.locator(lab.PANEL)
    for place in range(boxes.count()):
        box = boxes.nth(place)
        for control in box.locator("select, .noUi-handle").all():
            label = control.evaluate(
                "e => e.closest('.widget-inline-hbox').querySelector('.widget-label').textContent"
            )
            listed = control.evaluate("e => e.tagName") == "SELECT"
            start = control.input_value() if listed else None
            rows.append((f"{number}, panel {place}", label, *spread(keys(page, box, control, "picture"))))
            if listed:  # some values allow no picture with those of other controls
                control.select_option(start)
                page.wait_for_timeout(1000)
    return rows


def keys(page, box, control, what):
    """Milliseconds from key to picture, for some keys up and down."""
    times = []
    for press in range(CHANGES // 2):
        box.evaluate(f"(box) => ({ARM})([box, {what!r}])")
        control.press(
            "ArrowDown" if (press % 4 < 2) == (control.evaluate("e => e.tagName") == "SELECT") else "ArrowUp"
        )
        times.append(page.evaluate("window.redrawn"))
        page.wait_for_timeout(60)
    return [time for time in times if time is not None]


def spread(times):
    """Median and 95th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))]


def show(title, head, rows):
    """Print a table."""
    text = [
        [
            f"{cell:.2f}"
            if isinstance(cell, float) and cell < 10
            else f"{cell:.0f}"
            if isinstance(cell, float)
            else str(cell)
            for cell in row
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *text, strict=True)]
    print(f"\n{title}")
    for row in (head, *text):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
