"""The fixed words of the preprint of notebook 03: its parts, its checklist, its references, its methods."""

from helpers.document import Reference

PARTS = {
    "title": "Title",
    "author": "Author",
    "reproduced": "What was reproduced",
    "idea": "What is new",
    "hypothesis": "Hypothesis, stated before the table",
    "settings": "Other settings",
    "promise": "Where the coverage promise ends",
    "conclusion": "Conclusion",
    "limits": "Limitations in your own words",
}
"""What the learner writes."""

IN_REVISION = ("settings", "promise")
"""Parts that a reviewer may ask for: left out of the preprint as long as they are empty."""

CHECKLIST = {
    "data": "public, with licence, version and date",
    "code": "runs from an empty memory to the end",
    "seeds": "every seed is fixed and stated",
    "versions": "all package versions are listed",
    "splits": "learned, calibrated and judged on: all stated",
    "settings": "all settings tried are reported",
    "uncertainty": "each comparison has an interval",
    "failures": "what did not work is in the paper",
}
"""Reproducibility checklist: name to what must be so. At most 50 characters: a notebook cuts longer ones."""

ANSWERS = ("yes", "no", "partly")

PAPERS = (
    Reference(
        "J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani, L. Wasserman. Distribution-free predictive inference "
        "for regression. Journal of the American Statistical Association 113(523), 1094-1111, 2018.",
        "https://doi.org/10.1080/01621459.2017.1307116",
    ),
    Reference(
        "Y. Romano, E. Patterson, E. J. Candès. Conformalized quantile regression. Advances in Neural Information "
        "Processing Systems 32, 2019. arXiv:1905.03222.",
        "https://arxiv.org/abs/1905.03222",
    ),
    Reference(
        "I. Gibbs, E. J. Candès. Adaptive conformal inference under distribution shift. Advances in Neural "
        "Information Processing Systems 34, 2021. arXiv:2106.00170.",
        "https://arxiv.org/abs/2106.00170",
    ),
    Reference(
        "T. Gneiting, A. E. Raftery. Strictly proper scoring rules, prediction, and estimation. Journal of the "
        "American Statistical Association 102(477), 359-378, 2007.",
        "https://doi.org/10.1198/016214506000001437",
    ),
    Reference(
        "foorilla. Salary index of aijobs.net, weekly versions to 19 January 2025. CC0 1.0.",
        "https://github.com/foorilla/ai-jobs-net-salaries",
    ),
)
"""Cited as [1] to [5] in the text."""


METHODS = (
    "Split conformal prediction [1] sets rows aside that the model has not learned from, scores how far each "
    "lies from its prediction, and widens every prediction by a high quantile of these scores. If old and new "
    "rows are exchangeable, a new one is covered with at least the chance that was aimed at. Conformalized "
    "quantile regression [2] scores how far a value lies outside a predicted range:",
    "A positive score lies outside, a negative one inside. The correction added at both ends is the score of "
    "rank n + 1 times the coverage aimed at, rounded up. Adaptive conformal inference [3] steers the long-run "
    "share: after each week t, of which the share err lay outside, it moves the miss rate that it aims "
    "at by",
    "Here gamma is the step size and alpha, without an index, the miss rate that is wanted. We update once a week, "
    "with the share of the whole week. Where the paper would give an endless range we use the largest score seen; "
    "where it would give an empty one, the smallest.",
)

MODEL = (
    "The two ends of a range come from gradient boosting with the quantile loss at 0.1 and 0.9 (scikit-learn, 60 trees of "
    "depth 3, at least 20 rows a leaf, learning rate 0.1) on role, level, share of remote work and country."
)

LIMITS = (
    "One data set, of advertised pay and nine tenths from the US, whose collection changed under its users in June "
    "and August 2024: the shift studied is partly a shift of what was collected. The model is never "
    "retrained, which a product would do. Adverts are known a week after they are priced; in life the delay may be "
    "longer. Nothing here was preregistered: the authors of the notebook had run about sixty settings on these weeks "
    "before the hypothesis was written, so for them it is a reconstruction. The long-run bound of [3] needs a positive "
    "step and endless ranges; with ours, and over so few weeks, it says nothing of use. Neighbouring weeks resemble "
    "each other: intervals from blocks of four weeks may still be too narrow, and those from blocks of eight rest "
    "on few blocks. No guarantee is claimed for a single advert or for a role."
)

REPRODUCE = (
    "Everything in this paper is computed by one notebook from one public table, without a network. The model is "
    "deterministic; the bootstrap and the chance floor use seed 0, and the reproduction on shuffled rows the seeds 0 to 19."
)

READING = (
    "A difference is called lower or higher if its interval leaves out zero, and not shown otherwise; that is not the "
    "same as equal. The two changes of the collection, in June and August 2024, are dotted in Figure 1; each "
    "week is a dot, the lines take eight weeks together. Figure 2 has the coverage of each role over all judged "
    "weeks: a method can be right for all adverts together and wrong for many roles, which is what the "
    "role gap measures."
)

NEEDED = (
    "Data: the adverts by week of arrival [5]. They are CC0, so they may be copied and passed on.",
    "Code: the notebook and its helper package at one named version; the tests that come with it compare the "
    "methods with an independent library.",
    "Software: the list of exact package versions that the package was last tested with.",
    "Nothing else: no account, no server of ours, no special machine; the run takes less than a minute.",
)
