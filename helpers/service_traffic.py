"""The models behind the pay-range service: which one answers a request, and what is kept of the answer."""

import collections
import random
import threading

import prometheus_client

from helpers import pay

_KEPT = 20_000  # answers that can be asked for afterwards


class Traffic:
    """The models that answer, and which share of the requests each gets.

    Parameters
    ----------
    champion : OnnxModel
        Or any object with ``name``, ``first``, ``last``, ``basis`` and ``run(columns)`` of :class:`helpers.onnx_model.OnnxModel`.
    registry : prometheus_client.CollectorRegistry
    """

    def __init__(self, champion, registry):
        self.champion, self.challenger = champion, None
        self.weight, self.shadow = 0.0, False
        self.recent = collections.deque(maxlen=_KEPT)
        self._random = random.Random(0)
        self._lock = threading.Lock()  # batches are answered, and the log is read, beside the loop
        self._answers = prometheus_client.Counter(
            "pay_answers", "Adverts answered, by model.", ["model"], registry=registry
        )
        self._errors = prometheus_client.Counter(
            "pay_model_errors", "Predictions that failed, by model.", ["model"], registry=registry
        )
        self._weight = prometheus_client.Gauge(
            "pay_canary_weight", "Share of the requests that the challenger answers.", registry=registry
        )

    def direct(self, weight, shadow):
        """Give the challenger a share of the requests, or let it answer beside the champion, unseen."""
        self.weight, self.shadow = weight, shadow
        self._weight.set(weight)

    def answer(self, jobs):
        """Return the ranges of jobs and the model that answered; a failing challenger is stood in for.

        Parameters
        ----------
        jobs : list of Job

        Returns
        -------
        ranges : list of list of float
        model : OnnxModel
        """
        columns = {name: [getattr(job, name) for job in jobs] for name in pay.FEATURES}
        champion, challenger = self.champion, self.challenger  # both stay the same through this request
        chosen, ranges = champion, None
        if challenger and self.weight and self._random.random() < self.weight:
            ranges = self._try(challenger, columns)
            chosen = champion if ranges is None else challenger
        if ranges is None:
            try:
                ranges = champion.run(columns).tolist()
            except Exception:
                self._errors.labels(champion.name).inc()
                raise
        unseen = self._try(challenger, columns) if challenger and self.shadow else None
        self._answers.labels(chosen.name).inc(len(jobs))
        with self._lock:
            for place, job in enumerate(jobs):
                self.recent.append((job, chosen.name, ranges[place], unseen[place] if unseen else None))
        return ranges, chosen

    def _try(self, model, columns):
        try:
            return model.run(columns).tolist()
        except Exception:  # whatever a new model does, the person who asked gets an answer
            self._errors.labels(model.name).inc()
            return None

    def log(self):
        """list of dict: the answers kept, oldest first: the job, ``model``, ``low``, ``high``, and ``shadow``."""
        with self._lock:
            recent = list(self.recent)
        return [
            {**job.model_dump(), "model": name, "low": ends[0], "high": ends[-1], "shadow": unseen}
            for job, name, ends, unseen in recent
        ]
