"""A real JupyterLab on a free port of this machine, and a real Chromium to work in it."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

WINDOW = {"width": 1366, "height": 768}  # the commonest laptop
ARTIFACTS = pathlib.Path(__file__).resolve().parent.parent / "artifacts"
# A panel of helpers.explore on a page.
PANEL = ".jp-OutputArea-output .widget-vbox:has(> .ml-careers-figure, > * > .ml-careers-figure)"
_FOLDERS = (
    *("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_RUNTIME_DIR"),
    *("IPYTHONDIR", "ML_CAREERS_HOME"),
)
_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},  # a test changes no file
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "defer"},  # all cells are in the page
}
# A click on Run All before the kernel has settled is lost now and then; the application itself knows when it has.
_SETTLED = """async () => {
  await window.jupyterapp.restored;
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  for (let calm = 0, tries = 0; calm < 5; tries++) {
    await new Promise((done) => setTimeout(done, 100));
    const kernel = panel.sessionContext.session?.kernel;
    calm = kernel?.status === "idle" && kernel.connectionStatus === "connected" ? calm + 1 : 0;
    if (tries > 400) throw new Error("the kernel never settled: " + kernel?.status);
  }
}"""
_ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
_ALL_RUN = """(error) => {
  if (document.querySelector(error)) return true;
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((e) => e.textContent.trim());
  return prompts.length && prompts.every((text) => /^\\[\\d+\\]:$/.test(text));
}"""


def chromium():
    """str or None: the Chromium of this machine; the environment variable CHROMIUM may name another."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def server(root):
    """Show a folder in a JupyterLab on 127.0.0.1 with settings of its own: yields its address and its log's path."""
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        own = pathlib.Path(folder)
        for name, setting in _SETTINGS.items():
            file = own / "JUPYTERLAB_SETTINGS_DIR" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(setting))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={root}", "--IdentityProvider.token=", "--ServerApp.password=",
            "--ServerApp.disable_check_xsrf=True", "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True",
        ]  # fmt: skip
        log = own / "lab.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                command,
                env=os.environ | {name: str(own / name) for name in _FOLDERS},
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=root,
            )
            try:
                address = f"http://127.0.0.1:{port}"
                _wait_for(address, process, log)
                yield address, log
            finally:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()


def _wait_for(address, process, log):
    for _ in range(1200):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{address}/api/status", timeout=1).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


@contextlib.contextmanager
def browser():
    """Start the Chromium of this machine, without a window: yields a Browser of Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium())
        try:
            yield running
        finally:
            running.close()


def open_notebook(page, address, path):
    """Open a notebook, given relative to the server's folder, and wait until its kernel has settled."""
    page.goto(f"{address}/lab/tree/{path}?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=60_000)
    page.wait_for_function("() => !!window.jupyterapp")
    page.evaluate(_SETTLED)


def turn_to(page, path):
    """Throw away what is open in a window, and open a notebook in it: as :func:`open_notebook`, but much faster."""
    page.evaluate(
        """async (path) => {
          const { commands, shell } = window.jupyterapp;
          await shell.currentWidget.sessionContext.shutdown();
          shell.currentWidget.dispose();
          await (await commands.execute("docmanager:open", { path })).revealed;
        }""",
        path,
    )
    page.evaluate(_SETTLED)


def run_all(page, timeout=120_000):
    """Choose Run > Run All Cells, and wait until every cell has a number and the kernel is idle; an error is raised."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    page.wait_for_function(_ALL_RUN, arg=_ERROR, timeout=timeout)
    for text in page.locator(_ERROR).all_inner_texts():
        raise RuntimeError(text)
    idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
    page.wait_for_selector(idle, state="attached", timeout=timeout)


def complaints(log):
    """list of str: errors and tracebacks in a server's log."""
    return [
        line
        for line in log.read_text().splitlines()
        if re.match(r"\[E |Traceback|\w*(Error|Exception): ", line) and "CancelledError" not in line
    ]
