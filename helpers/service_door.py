"""The door of the pay-range service: what a request and an answer hold, and what a refusal says."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field

from helpers import pay
from helpers.service_limits import MOST_ADVERTS

EXAMPLE = {"role": "ML Engineer", "level": "SE", "remote": 0, "country": "US"}
"""An advert that is accepted."""


def _no_truth(value):
    return str(value) if isinstance(value, bool) else value  # else False passes for 0


class Job(BaseModel):
    """What must be known of an advert."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    role: Literal[pay.ALL_ROLES]
    level: Literal[tuple(pay.LEVELS)]
    remote: Annotated[Literal[tuple(pay.REMOTE)], BeforeValidator(_no_truth)]
    country: Literal[tuple(pay.COUNTRIES)]


class Jobs(BaseModel):
    """Many adverts at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"adverts": [EXAMPLE]}})

    # The first bad advert ends the check: a list of a million faults would cost more than any answer.
    adverts: Annotated[list[Job], Field(min_length=1, max_length=MOST_ADVERTS), FailFast()]


class PayRange(BaseModel):
    """A range of advertised pay."""

    low: int
    high: int
    unit: str = "thousand USD a year"
    basis: str
    adverts: int
    model: str


class PayRanges(BaseModel):
    """Ranges in the order of the adverts, and how many adverts each rests on; one model answers a whole batch."""

    ranges: list[tuple[int, int]]
    adverts: list[int]
    unit: str = "thousand USD a year"
    model: str


def sentences(error):
    """Say what is wrong with a request, and what to send.

    Parameters
    ----------
    error : fastapi.exceptions.RequestValidationError or pydantic.ValidationError

    Returns
    -------
    str
        One sentence a fault, at most four.
    """
    return " ".join(dict.fromkeys(sentence(one) for one in error.errors()[:4]))


def sentence(error):
    """Say in one sentence what one fault of a request is, and what to send.

    Parameters
    ----------
    error : dict
        One of its ``errors()``.

    Returns
    -------
    str
        At most 320 characters: what was sent is quoted shortened, with signs that cannot be printed escaped.
    """
    place = [str(part) for part in error["loc"] if part != "body"]
    name = place[-1] if place else ""
    where = f" in advert {int(place[1]) + 1}" if len(place) > 2 and place[1].isdigit() else ""
    sent = repr(error.get("input"))[:40]
    if error["type"] == "json_invalid":
        return f"This is not JSON: send, for example, {example()}."
    if error["type"] == "extra_forbidden":
        return f"{name[:40]!r} is not a field that is known{where}: send {', '.join(pay.FEATURES)}."
    if error["type"] == "missing" and name in pay.FEATURES:
        return f"The {name} is missing{where}: choose {_accepted(name)}."
    if name in pay.FEATURES:
        return f"{sent} is not a {name} that is known{where}: choose {_accepted(name)}."
    if error["type"] in ("too_short", "too_long"):
        return f"Send 1 to {MOST_ADVERTS:,} adverts at once: split a longer file."
    if place[:1] == ["adverts"]:
        return f'Send a list of adverts: {{"adverts": [{example()}]}}.'
    return f"Send a JSON object with {', '.join(pay.FEATURES)}, for example {example()}."


def example():
    """str: an advert that is accepted, as JSON."""
    return json.dumps(EXAMPLE)


def _accepted(name):
    values = {"role": pay.ALL_ROLES, "level": pay.LEVELS, "remote": pay.REMOTE, "country": pay.COUNTRIES}[
        name
    ]
    return ", ".join(map(str, values))
