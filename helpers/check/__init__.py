"""Exercise checkers: ``check.nb01.share_change(answer)`` says whether an answer is right, and why or why not.

The checkers of a notebook are one module, imported when they are first asked for: some need libraries that the
other notebooks can do without.
"""

import importlib
import re


def __getattr__(name):
    if not re.fullmatch(r"nb\d\d", name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise AttributeError(f"There are no checkers for notebook {name[2:]}.") from None


def exercises(notebook):
    """Names of the exercises of a notebook that is written, such as ``exercises("01")``.

    Returns
    -------
    tuple of str
    """
    checkers = vars(__getattr__(f"nb{notebook}"))
    return tuple(name for name, value in checkers.items() if getattr(value, "is_exercise", False))
