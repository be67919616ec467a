"""When to train again: three policies replayed on the same weeks, each judged before it may learn from a week."""

import numpy as np
import pandas as pd

from helpers import alarms, monitor, pay, pay_scores

POLICIES = ("never", "monthly", "on alarm")

_YEAR = pd.Timedelta(days=365)
# A fifth of the trees, 4.5 times the step: over all replayed weeks the loss is the same within 0.02.
_FAST = {"n_estimators": 12, "learning_rate": 0.45}
_REST = (
    4  # arrivals after a training in which "on alarm" does not train again: the new mix must first come in
)


def replay(adverts, model, policy, threshold=10.0, labels_weeks=0):
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
    labels_weeks : int
        Weeks after its arrival in which the pay of an advert is not known yet, so that nothing can learn from it.

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
    # There are far fewer kinds of jobs than adverts: each model answers every kind once.
    kind = live.groupby(list(pay.FEATURES), observed=True).ngroup().to_numpy()
    kinds = live.iloc[np.unique(kind, return_index=True)[1]]
    answers = model.predict(kinds)[kind]
    for place, day in enumerate(days):
        now = (live["arrived"] == day).to_numpy()
        week, ranges = live[now], answers[now]
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
            known = day - pd.Timedelta(weeks=labels_weeks)
            learned = adverts[(adverts["arrived"] > known - _YEAR) & (adverts["arrived"] <= known)]
            answers = pay.train(_fold(learned), **_FAST).predict(kinds)[kind]
    return pd.DataFrame.from_dict(rows, orient="index")


def _alarm(learned, week, threshold):
    return week["weight"].sum() >= alarms.FEWEST and monitor.new_titles(learned, week) > threshold


def _fold(table):
    """Put adverts of the same kind and pay together: their weights add up, and training takes a third of the time."""
    return table.groupby([*pay.FEATURES, "midpoint"], observed=True, as_index=False)["weight"].sum()


def compare(replays, hours=4, usd_an_hour=80):
    """Sum replays up.

    Parameters
    ----------
    replays : dict of str to pandas.DataFrame
        Policy to what :func:`replay` returned.
    hours, usd_an_hour : float
        Of a person, for one training with gate, shadow and canary. Assumptions: put in your own.

    Returns
    -------
    pandas.DataFrame
        One row a policy: ``trainings``, ``cost`` (USD), and over all adverts ``loss``, ``coverage`` (%), ``width``.
    """
    return pd.DataFrame.from_dict(
        {
            name: {
                "trainings": int(table["trained"].sum()),
                "cost": int(table["trained"].sum()) * hours * usd_an_hour,
                **{
                    column: np.average(table[column], weights=table["adverts"])
                    for column in ("loss", "coverage", "width")
                },
            }
            for name, table in replays.items()
        },
        orient="index",
    )
