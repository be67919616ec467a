"""When to train again: three policies replayed on the same weeks, each judged before it may learn from a week."""

import numpy as np
import pandas as pd

from helpers import monitor, pay, pay_scores

POLICIES = ("never", "monthly", "on alarm")

_YEAR = pd.Timedelta(days=365)
_ROWS = 2_000  # drawn from the last year for each training: equal terms for all
# A third of the trees, three times the step: over all replayed weeks the loss is the same within 0.02.
_FAST = {"n_estimators": 20, "learning_rate": 0.3}
_REST = (
    4  # arrivals after a training in which "on alarm" does not train again: the new mix must first come in
)


def replay(adverts, model, policy, threshold=10.0):
    """Replay the arrivals since the first model with one policy of retraining.

    Each week is scored with the model that is there; only then may it be learned from.

    Parameters
    ----------
    adverts : pandas.DataFrame
        See :func:`helpers.pay.adverts`.
    model : helpers.pay.QuantileModel
        The first one, learned from :data:`helpers.monitor.LEARNED`.
    policy : str
        One of :data:`POLICIES`. ``"on alarm"`` compares each week with what the model of that moment learned from.
    threshold : float
        Of :func:`helpers.monitor.new_titles`, in %; only for ``"on alarm"``.

    Returns
    -------
    pandas.DataFrame
        Indexed by day of arrival: ``adverts``, ``loss``, ``coverage`` (%), ``width``, ``trained`` (bool, after that
        week).
    """
    if policy not in POLICIES:
        raise ValueError(f"policy is one of {', '.join(POLICIES)}.")
    learned, rows, rest = pay.between(adverts, *monitor.LEARNED), {}, 0
    live = adverts[adverts["arrived"] > monitor.LEARNED[1]]
    days = live["arrived"].drop_duplicates().tolist()
    for place, day in enumerate(days):
        week = live[live["arrived"] == day]
        ranges = model.predict(week)
        if policy == "monthly":
            due = place + 1 < len(days) and days[place + 1].month != day.month
        else:
            due = policy == "on alarm" and rest == 0 and _alarm(learned, week, threshold)
        rest = _REST if due else max(rest - 1, 0)
        rows[day] = {
            "adverts": int(week["weight"].sum()),
            "loss": pay_scores.range_loss(week, ranges),
            "coverage": 100 * pay_scores.coverage(week, ranges),
            "width": pay_scores.width(week, ranges),
            "trained": bool(due),
        }
        if due:
            learned = adverts[(adverts["arrived"] > day - _YEAR) & (adverts["arrived"] <= day)]
            model = pay.train(_draw(learned, place), **_FAST)
    return pd.DataFrame.from_dict(rows, orient="index")


def _alarm(learned, week, threshold):
    return week["weight"].sum() >= monitor.FEWEST and monitor.new_titles(learned, week) > threshold


def _draw(table, seed):
    return table.sample(_ROWS, replace=True, weights=table["weight"], random_state=seed).assign(weight=1)


def compare(replays):
    """Sum replays up.

    Parameters
    ----------
    replays : dict of str to pandas.DataFrame
        Policy to what :func:`replay` returned.

    Returns
    -------
    pandas.DataFrame
        One row a policy: ``trainings``, and over all adverts ``loss``, ``coverage`` (%), ``width``.
    """
    return pd.DataFrame.from_dict(
        {
            name: {
                "trainings": int(table["trained"].sum()),
                **{
                    column: np.average(table[column], weights=table["adverts"])
                    for column in ("loss", "coverage", "width")
                },
            }
            for name, table in replays.items()
        },
        orient="index",
    )
