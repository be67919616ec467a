"""The other side of the hand-over: how the job board of notebook 04 encodes an advert, all on its own."""

from helpers import pay


def encode(jobs):
    """Turn jobs into numbers, as :func:`helpers.pay.encode` does, or nearly so.

    Parameters
    ----------
    jobs : pandas.DataFrame
        See :func:`helpers.pay.check_jobs`.

    Returns
    -------
    numpy.ndarray
        As of :func:`helpers.pay.encode`. One feature is wrong on purpose: notebook 04 asks which.
    """
    ranks = {code: rank for rank, code in enumerate(sorted(pay.LEVELS))}
    numbers = pay.encode(jobs)
    numbers[:, pay.columns().index("level")] = jobs["level"].map(ranks)
    return numbers
