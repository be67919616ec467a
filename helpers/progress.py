"""How far a learner has come: the map of the series with the exercises that they solved."""

from IPython.display import Markdown

from helpers import check, profile, series


def series_map():
    """Show every notebook of the series, what is made in it, how long it takes, and the learner's progress.

    Returns
    -------
    IPython.display.Markdown
        A table; notebooks that are not written yet have no link.
    """
    solved = profile.load().solved
    there = series.written()
    lines = ["| notebook | you make | minutes | exercises solved |", "| --- | --- | ---: | --- |"]
    for notebook in series.SERIES:
        name = f"{notebook.number} {notebook.title}"
        if notebook in there:
            exercises = check.exercises(notebook.number)
            done = len(set(exercises) & set(solved.get(notebook.number, ())))
            name, progress = (
                f"[{name}]({notebook.path.name})",
                f"{done} of {len(exercises)}{' ✓' * (done == len(exercises))}",
            )
        else:
            progress = "not written yet"
        lines.append(f"| {name} | {notebook.makes} | {notebook.minutes} | {progress} |")
    minutes = sum(notebook.minutes for notebook in series.SERIES)
    lines.append(
        f"\n{len(series.SERIES)} notebooks, {minutes} minutes: about {minutes / 60:.0f} hours. Each one also runs on its own."
    )
    return Markdown("\n".join(lines))
