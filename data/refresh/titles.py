"""The four roles of the series, their neighbours, and which of them a job title belongs to.

A title is read in three steps: it is folded to plain lower-case words (`_fold`), people managers and
jobs that only talk about the field are set aside (`_NOT_THE_WORK`), then the rule that matches **earliest**
in the title wins, because titles name the job first and the team after it ("Data Scientist, ML Platform").
Where two rules start at the same word, the one listed first wins. The rules are in `titles.toml`.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path

ROLES = ("Data Scientist", "AI Research Scientist", "ML Engineer", "MLOps Engineer")
NEIGHBOURS = ("Data Analyst", "Data Engineer", "Software Engineer", "AI Engineer", "Applied Scientist")
OTHER = "Other"
ALL_ROLES = (*ROLES, *NEIGHBOURS, OTHER)

_LONGEST = 300  # characters read; the longest real title seen has about 200
_WRITTEN = tomllib.loads(Path(__file__).with_name("titles.toml").read_text("utf-8"))


def _whole_words(*patterns: str) -> re.Pattern:
    """Compile alternatives that match whole words, with the parts that they name put in."""
    text = rf"\b(?:{'|'.join(patterns)})\b"
    while part := re.search(r"<([A-Z_]+)>", text):
        text = text.replace(part[0], f"(?:{'|'.join(_WRITTEN['parts'][part[1]])})")
    return re.compile(text)


_SPELLINGS = [(_whole_words(pattern), instead) for pattern, instead in _WRITTEN["spellings"]]
_NOT_THE_WORK = re.compile("|".join(_WRITTEN["not_the_work"]))
_RULES = [(rule["role"], _whole_words(*rule["any"])) for rule in _WRITTEN["rules"]]


def _fold(title: str) -> str:
    """Fold a title to lower-case words of a-z and 0-9, one space apart, in one spelling."""
    text = unicodedata.normalize("NFKD", title[:_LONGEST]).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[^a-z0-9]+", " ", text)
    for pattern, replacement in _SPELLINGS:
        text = " ".join(pattern.sub(replacement, text).split())
    return text


@lru_cache(maxsize=65_536)
def _role_of(title: str) -> str:
    text = _fold(title)
    if _NOT_THE_WORK.search(text):
        return OTHER
    best, start = OTHER, len(text) + 1
    for role, pattern in _RULES:
        found = pattern.search(text)
        if found and found.start() < start:
            best, start = role, found.start()
    return best


def role_of(title: str) -> str:
    """Say which of `ALL_ROLES` a job title belongs to, as an advert, a survey or a person writes it.

    >>> role_of("Sr. ML Engineer II (Remote)")
    'ML Engineer'
    """
    if not isinstance(title, str):
        raise TypeError(
            f"role_of needs a job title as text, but got {type(title).__name__}. "
            'Drop missing titles first, or fill them with "".'
        )
    return _role_of(title)
