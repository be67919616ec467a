"""The four roles of the series, their neighbours, and which of them a job title belongs to.

A title is read in three steps: it is folded to plain lower-case words (`_fold`), people managers and
jobs that only talk about the field are set aside (`_NOT_THE_WORK`), then the rule that matches **earliest**
in the title wins, because titles name the job first and the team after it ("Data Scientist, ML Platform").
Where two rules start at the same word, the one listed first wins.

Decisions a reader may want to know:

- *People managers are "Other"* (manager, director, head of, team lead, chief): their day and their pay are
  not those of the people they manage. "Lead", "Staff" and "Principal" are levels and change nothing. "Vice
  President" is a level at banks, so it counts as management only where no practitioner's word is beside it.
- *A title that names no field is "Other"* ("Engineer", "Associate", "Analyst", "Researcher"). The exceptions
  are "Research Scientist" and "Research Engineer", which the pay and survey sources of the series use for AI
  research; with another field beside them ("Clinical Research Scientist") they are "Other".
- *A "Research Analyst", a "Business Analyst" or a "Statistician" is "Other"*: each is an occupation of its
  own, and none of them is AI research.
- *DevOps, site reliability, cloud and platform engineers are "Software Engineer"*: they run software of any
  kind. Only where the title says that models are what they run is it "MLOps Engineer".
- *Who builds with data is "Data Engineer"* (analytics engineer, BI engineer, ETL developer, data architect);
  *who reads and reports it is "Data Analyst"*.
- Titles are read as English; the three commonest Spanish ones are known too.
"""

import re
import unicodedata
from functools import lru_cache

ROLES = ("Data Scientist", "AI Research Scientist", "ML Engineer", "MLOps Engineer")
NEIGHBOURS = ("Data Analyst", "Data Engineer", "Software Engineer", "AI Engineer", "Applied Scientist")
OTHER = "Other"
ALL_ROLES = (*ROLES, *NEIGHBOURS, OTHER)

_LONGEST = 300  # characters read; the longest real title seen has about 200

# Different spellings of one thing, replaced in this order in a title that is already plain words.
_SPELLINGS = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), replacement)
    for pattern, replacement in (
        (r"artificial intelligence|a i", "ai"),
        # Levels say nothing about the role, and stand between words that belong together.
        (r"senior|sr|junior|jr|staff|principal|mid|entry level|i|ii|iii|iv|v|\d+", ""),
        (r"(?<!team )leads?", ""),
        (r"ml|machinelearning", "machine learning"),
        (r"ai and machine learning|ai machine learning|machine learning (?:and )?ai", "machine learning"),
        (r"(?:machine learning|ml|model) (?:ops|operations)|modelops|llmops", "mlops"),
        (r"dev ops", "devops"),
        (r"natural language processing", "nlp"),
        (r"large language models?|llms", "llm"),
        (r"gen ai|genai", "generative ai"),
        (r"bi", "business intelligence"),
        (r"cientific[oa] de datos", "data scientist"),
        (r"analista de datos", "data analyst"),
        (r"ingenier[oa] de datos", "data engineer"),
        (r"programmers?|developers?|devs?", "developer"),
        (r"(scientist|engineer|analyst|architect|researcher|manager|director)s", r"\1"),
    )
)

_NOT_THE_WORK = re.compile(
    r"\b(?:manager|director|chief|supervisor|head(?! start)|team leads?|product owner|scrum master"
    # Jobs about the field, not in it.
    r"|recruiter|sourcer|account executive|tutor|tutoring|teacher|instructor|trainer|professor|lecturer"
    r"|advocate|evangelist|technical writer|annotator|labell?er)\b"
    # "Vice President, Data Science" manages; "Vice President, Data Scientist" is a level at a bank.
    r"|^(?!.*\b(?:scientist|engineer|analyst|developer)\b).*\b[as]?vp\b"
    r"|^(?!.*\b(?:scientist|engineer|analyst|developer)\b).*\bvice president\b"
)

# Fields of machine learning that a title may name.
_ML = r"(?:machine learning|deep learning|nlp|computer vision|machine vision|reinforcement learning)"
_AI = rf"(?:{_ML}|generative ai|ai|llm)"
# Words that turn "AI ... research" into research about its buyers or its rules.
_ABOUT = r"market|marketing|user|ux|survey|policy"
# Fields of science and business whose research is not AI research.
_FIELD = (
    r"(?:clinical|medical|health|pharm\w*|bio\w*|chem\w*|genom\w*|genetic\w*|neuro\w*|immuno\w*|onco\w*"
    r"|cancer|material\w*|polymer\w*|semiconductor\w*|electr\w*|power|energy|fuel|thermal|hydro\w*|radar"
    r"|physic\w*|environment\w*|climate|agri\w*|plant|soil|food|crop|psycho\w*|social|behavio\w*|education\w*"
    rf"|operations|quant|quantitative|equity|laboratory|lab|{_ABOUT})"
)


def _gap(never: str) -> str:
    """Up to three words between two that belong together, but never across one of these."""
    return rf"(?:(?!(?:{never}) )\w+ ){{0,3}}"


_GAP = _gap(f"data|applied|engineer|developer|analyst|scientist|{_ABOUT}")
_FIELD_GAP = _gap("data|applied|engineer|developer|analyst|machine|ai|deep|nlp|llm|computer")
_DATA_JOB = r"(?:\w+ )?data (?:scientist|analyst|engineer)"  # names the job better than what stands before it
_BUILDS = r"(?:engineer|developer|architect)"

# (role, pattern), in order of preference among patterns that match at the same word.
_RULES = tuple(
    (role, re.compile(rf"\b(?:{pattern})\b"))
    for role, pattern in (
        ("Data Scientist", r"data scientist|decision scientist|scientist data"),
        ("Data Analyst", r"data analyst|(?<!business )(?<!systems )analyst data"),
        # A field of its own between "data" and the job is decided before the general "data ... analyst".
        (OTHER, r"data (?:governance|privacy|protection|security|entry|cent(?:er|re)) (?:\w+ ){0,2}\w+"),
        (
            "Data Engineer",
            r"(?:data|analytics|dataops|big data) engineer|data engineering|engineer data(?! scien)",
        ),
        ("Data Scientist", r"data science"),
        # Keeping models running, however the title is turned round.
        ("MLOps Engineer", r"mlops"),
        (
            "MLOps Engineer",
            rf"{_AI} {_GAP}(?:infrastructure|platform|devops|reliability|deployment|systems operations)",
        ),
        (
            "MLOps Engineer",
            rf"(?:(?:software|platform|infrastructure|devops|cloud|site reliability) )?{_BUILDS} {_GAP}"
            rf"(?:mlops|{_AI} (?:\w+ )?(?:infrastructure|platform|deployment))"
            rf"|(?:platform|infrastructure|devops|site reliability) engineer {_GAP}{_AI}",
        ),
        ("Applied Scientist", rf"applied (?:{_AI} )?scientist|{_AI} applied scientist"),
        (
            "AI Research Scientist",
            rf"{_AI} {_GAP}(?:research(?! analyst)|researcher|scientist)"
            rf"|(?:research|applied research) {_AI} {_GAP}(?:engineer|scientist)"
            rf"|(?:(?:research )?scientist|researcher|research engineer|research intern) {_GAP}{_AI}",
        ),
        # Programs the tables of clinical trials: a trade of its own.
        (OTHER, r"statistical developer"),
        (
            OTHER,
            rf"{_FIELD} {_FIELD_GAP}(?:research|researcher|scientist)"
            rf"|research (?:scientist|engineer) (?:\w+ ){{0,3}}{_FIELD}",
        ),
        ("AI Research Scientist", r"(?:applied )?research (?:scientist|engineer)"),
        # "Software Engineer, Machine Learning" is how large firms title a machine learning engineer.
        ("ML Engineer", rf"(?:software (?:development )?)?(?:engineer|developer) {_GAP}{_ML}"),
        ("ML Engineer", rf"{_ML} {_GAP}(?:{_BUILDS}|modell?er)|machine learning(?! {_DATA_JOB})"),
        (
            "AI Engineer",
            rf"(?:generative ai|ai|llm|prompt|chatbot|conversational ai|rag) {_GAP}{_BUILDS}"
            rf"|(?:software (?:development )?)?{_BUILDS} {_GAP}(?:generative ai|ai|llm)",
        ),
        (
            "Data Engineer",
            rf"data (?:(?!visuali[sz]ation |science )\w+ ){{0,2}}{_BUILDS}|data modell?er"
            rf"|(?:business intelligence|etl|databricks|hadoop|spark|snowflake) (?:\w+ )?{_BUILDS}"
            r"|(?:database|sql) (?:engineer|developer|architect)",
        ),
        (
            "Data Analyst",
            rf"data (?:\w+ ){{1,2}}analyst|data (?:analysis|analytics|visuali[sz]ation|reporting)"
            r"|(?:reporting|insights?|product|analytics) analyst"
            # Power BI, Tableau and the like draw the reports; the tables behind them come from others.
            rf"|(?:power business intelligence|business intelligence)(?! {_DATA_JOB})"
            r"|(?:tableau|looker|qlik\w*) (?:developer|engineer|specialist|consultant)"
            # "Analytics Consultant", but not the analytics department of something else.
            r"|analytics(?= (?:specialist|consultant|associate|intern)|\s*$)",
        ),
        # Last, so that "Machine Learning Software Engineer" and "Data DevOps Engineer" were read before.
        (
            "Software Engineer",
            r"software (?:(?!data )\w+ )?(?:engineer|developer|architect)|architect software"
            r"|(?:back ?end|front ?end|full ?stack|site reliability|platform|cloud|infrastructure) engineer"
            r"|devops|(?<!business )(?<!estate )(?<!curriculum )(?<!training )developer",
        ),
    )
)


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
    """Say which role a job title belongs to.

    Case, punctuation, accents, plurals, levels ("Sr.", "II") and notes such as "(Remote)" do not matter.

    Parameters
    ----------
    title : str
        A job title as an advert, a survey or a person writes it. Only its first 300 characters are read.

    Returns
    -------
    str
        One of `ALL_ROLES`; "Other" when the title is empty, names no field, or names a people manager.

    Raises
    ------
    TypeError
        When `title` is not text. A missing value is not quietly called "Other": drop or fill it first.

    Examples
    --------
    >>> role_of("Sr. ML Engineer II (Remote)")
    'ML Engineer'
    >>> role_of("Data Science Manager")
    'Other'
    """
    if not isinstance(title, str):
        raise TypeError(
            f"role_of needs a job title as text, but got {type(title).__name__}. "
            'Drop missing titles first, or fill them with "".'
        )
    return _role_of(title)
