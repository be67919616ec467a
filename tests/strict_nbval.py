"""A pytest plugin that makes nbval's strict comparison honest for notebooks with widgets.

- Widget views are compared by neither side; pictures are skipped by nbval itself, their words are compared.
- A code cell that was never run has nothing to compare, and nbval passes it in silence: here it fails.
- A stored error fails unless the cell says that it is meant (tag ``raises-exception``).
- nbval runs cells without history, so that ``_`` and a trailing ``;`` work unlike in JupyterLab: here they work.
"""

import nbval.plugin as nbval

from tests import books

NOT_COMPARED = ("application/vnd.jupyter.widget-view+json",)
_collected_runtest = nbval.IPyNbCell.runtest


def _execute_cell_input(self, cell_input, allow_stdin=None):
    return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)


def _runtest(self):
    if self.cell.source.strip() and self.cell.execution_count is None:
        self.raise_cell_error("This cell was never run: there is no stored output to compare with.")
    compared = [
        one for one in self.cell.outputs if one.get("text") != books.FOLDED
    ]  # that is for readers only
    self.cell.outputs = compared
    stored_error = any(output.output_type == "error" for output in self.cell.outputs)
    if stored_error and "raises-exception" not in self.cell.metadata.get("tags", ()):
        self.raise_cell_error("An error is stored in this cell.")
    _collected_runtest(self)


nbval.RunningKernel.execute_cell_input = _execute_cell_input
nbval.IPyNbCell.runtest = _runtest


def pytest_collection_modifyitems(items):
    """Add our exceptions to those of nbval, once a notebook."""
    for file in {item.parent for item in items if isinstance(item, nbval.IPyNbCell)}:
        file.skip_compare = (*file.skip_compare, *NOT_COMPARED)
