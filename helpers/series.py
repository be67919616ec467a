"""The notebooks of the series: their order, what each is for, and the links between those that exist."""

import dataclasses
import pathlib

NOTEBOOKS = pathlib.Path(__file__).resolve().parent.parent / "notebooks"


@dataclasses.dataclass(frozen=True)
class Notebook:
    """One notebook of the series: what is known of it before it is opened."""

    file: str
    title: str
    makes: str
    minutes: int

    @property
    def number(self):
        """str: ``"00"`` to ``"15"``."""
        return self.file[:2]

    @property
    def path(self):
        """pathlib.Path: where the notebook lies."""
        return NOTEBOOKS / f"{self.file}.ipynb"


SERIES = tuple(
    Notebook(*row)
    for row in (
        ("00_start_here", "Start here", "a set-up that works, and your profile", 10),
        ("01_read_the_job_market", "Read the job market", "your own check of a growth claim", 45),
        ("02_work_as_a_data_scientist", "Work as a data scientist", "a decision from a messy data set", 40),
        (
            "03_work_as_a_research_scientist",
            "Work as an AI research scientist",
            "a reproduced method and a preprint",
            40,
        ),
        (
            "04_work_as_an_ml_engineer",
            "Work as a machine learning engineer",
            "a tuned and tested service",
            45,
        ),
        (
            "05_work_as_an_mlops_engineer",
            "Work as an MLOps engineer",
            "a release that survives an incident",
            45,
        ),
        ("06_build_the_foundations", "Build the foundations", "the mathematics and code behind 02 to 05", 45),
        ("07_work_with_language", "Work with language", "skill extraction, search and attention", 40),
        ("08_scale_out_to_the_cloud", "Scale out to the cloud", "one job from one core to a cluster", 40),
        ("09_explain_a_model", "Explain a model", "explanations for three readers", 35),
        ("10_test_for_fairness", "Test for fairness", "an audit, a repair, and what remains", 35),
        ("11_persuade_with_evidence", "Persuade with evidence", "a decision defended to people", 35),
        ("12_choose_a_path_in", "Choose a path in", "degree, certificate or self-study for your case", 30),
        (
            "13_look_across_industries",
            "Look across industries",
            "where the work is, and what projections mean",
            30,
        ),
        ("14_audit_the_claims", "Audit the claims", "a ruling on every claim of the story", 35),
        ("15_make_your_plan", "Make your plan", "your fit, your gaps, and twelve weeks", 40),
    )
)


def written():
    """tuple of Notebook: those that exist in `notebooks/`, in order."""
    return tuple(notebook for notebook in SERIES if notebook.path.exists())


def navigation(number):
    """Links to the previous notebook, the contents and the next notebook, as Markdown.

    Parameters
    ----------
    number : str
        Of a notebook that exists.

    Returns
    -------
    str
    """
    there = written()
    place = next(i for i, notebook in enumerate(there) if notebook.number == number)
    links = []
    if place > 0:
        links.append(f"[← {there[place - 1].title}]({there[place - 1].path.name})")
    links.append(f"[Contents]({SERIES[0].path.name}#The-map-of-the-series)")
    if place + 1 < len(there):
        links.append(f"[{there[place + 1].title} →]({there[place + 1].path.name})")
    return " | ".join(links)
