"""Titles: real job titles with the role a person would give them, and what no title may do."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import tables

sys.path.insert(0, str(tables.DATA / "refresh"))
from titles import ALL_ROLES, NEIGHBOURS, OTHER, ROLES, role_of

# Titles as adverts and surveys write them, judged by hand: the most frequent ones, and traps.
JUDGED = {
    "Data Scientist": """
        Data Scientist
        Senior Data Scientist
        Lead Data Scientist
        Lead-Data Scientist
        Principal Data Scientist
        Sr. Data Scientist
        Sr Data Scientist
        Data Scientist - Now Hiring
        Data Scientist II
        Staff Data Scientist
        Data scientist
        Junior Data Scientist
        DATA SCIENTIST
        Jr. Data Scientist
        Data Scientist, Mid
        Data Scientist, Lead
        Data Scientist Lead
        Data Scientist - Full-time / Part-time
        Data Science Intern
        Data Scientist Intern
        Associate Data Scientist
        Data Scientist (Remote)
        Remote Data Scientist
        Data Scientist - Contract to Hire
        Data Scientist, Product Analytics
        Marketing Data Scientist
        Clinical Data Scientist
        Healthcare Data Scientist
        Research Data Scientist
        Geospatial Data Scientist
        Cleared Data Scientist
        AI Data Scientist
        AI/ML Data Scientist
        Machine Learning Data Scientist
        Applied Data Scientist
        Founding Data Scientist
        Senior Data Scientist PD23R103 - Bureau of Health Workforce
        Data Scientist, Marketing & Online (Remote)
        Data Scientist -  Entry to Expert Level (Maryland, Hawaii ...
        Decision Scientist
        Credit Risk Decision Scientist - Afterpay
        Data Science
        Data Science Lead
        Data Science Consultant
        Data Science Analyst
        Data Science Engineer
        Data Science Tech Lead
        Data Scientist / Analyst
        Data Scientist/Data Engineer
        Data Scientist / Machine Learning Engineer
        Mathematical Statistician (Data Scientist) or Statistician (Data...
        Data Scientist, Vice President
        Sales Data Scientist
        Data Scientists
        Científico de Datos
    """,
    "AI Research Scientist": """
        Research Scientist
        Senior Research Scientist
        Research Engineer
        Machine Learning Researcher
        Principal Machine Learning Researcher
        Machine Learning Scientist
        Senior Machine Learning Scientist
        Staff Machine Learning Scientist - Visa Research
        Machine Learning Scientist, Radiology
        Machine Learning Research Scientist
        Machine Learning Research Engineer
        ML Scientist
        AI Scientist
        AI Researcher
        AI Research Scientist
        AI Research Engineer
        Ai Research Engineer
        Deep Learning Researcher
        New Sensors Deep Learning Researcher
        NLP Scientist
        Computer Vision Scientist
        Researcher- Computer Vision
        Research Scientist, Machine Learning
        Principal Research Engineer - AI & ML
        Applied Research Scientist
        Generative AI Research Scientist
        BD AI Scientist (PhD)
    """,
    "ML Engineer": """
        Machine Learning Engineer
        Senior Machine Learning Engineer
        Lead Machine Learning Engineer
        Machine Learning Engineer II
        Machine Learning Engineer 5
        Machine-Learning Engineer
        ML Engineer
        Senior ML Engineer (m/f/d)
        AI/ML Senior Engineer
        AI/ML engineer
        AI Machine Learning Engineer
        Machine Learning/ MLops Engineer
        Applied Machine Learning Engineer
        Machine Learning Developer
        Machine Learning Software Engineer
        Machine Learning Model Engineer
        Machine Learning Quality Engineer
        Machine Learning Architect
        Machine Learning Modeler
        Machine Learning Specialist
        Machine Learning Lead
        (Senior) Machine Learning Inference Engineer
        Deep Learning Engineer
        NLP Engineer
        NLP - Natural Language Processing Engineer (H/F)
        Computer Vision Engineer
        Computer Vision Software Engineer
        Machine Vision Engineer
        Software Engineer, Machine Learning
        Software Engineer (Machine Learning), London
        Senior Software Engineer II, Machine Learning-Ads
        Software Development Engineer (Machine Learning)
        Applied AI ML Lead
    """,
    "MLOps Engineer": """
        MLOps Engineer
        Senior MLOps Engineer - Static AI Detection team
        ML Ops Engineer
        Machine Learning Operations Engineer
        MLOps (MachineLearning Operations) Engineer
        Machine Learning Infrastructure Engineer
        ML Infrastructure Engineer
        Machine Learning Platform Engineer
        ML Platform Engineer
        (Senior) ML Platform / DevOps Engineer
        Platform Engineer, ML platform
        DevOps Engineer (Machine Learning Team)
        Machine Learning DevOps Engineer
        Senior Software Engineer - ML Platform
        Software Engineer, Machine Learning Platform
        Senior Software Engineer - ML Ops
        AI Infrastructure Engineer
        Stage ingénieur MLOps (H/F) - Janvier 2024
    """,
    "Data Analyst": """
        Data Analyst
        Senior Data Analyst
        Data Analyst III
        DATA ANALYST
        Data Analyst - REMOTE
        Entry Level Data Analyst
        Business Data Analyst
        Financial Data Analyst
        Marketing Data Analyst
        Sales Data Analyst
        Healthcare Data Analyst
        Clinical Data Analyst
        Research Data Analyst
        Research Data Analyst 2
        Supply Chain Data Analyst
        Sustainability Data Analyst
        Machine Learning Data Analyst
        Data Analyst/Engineer
        Business/Data Analyst
        Entry Level Business Analyst/Data Analyst
        Data or business analyst
        Data Analyst (Business, Marketing, Financial, Quantitative, etc)
        Data Quality Analyst
        Data Reporting Analyst
        Data Management Analyst
        Data Analytics Specialist
        Data Visualization Analyst
        Data Visualization Engineer
        Business Intelligence Analyst
        BI Analyst
        Business Intelligence
        Power BI Developer
        Tableau Developer
        Reporting Analyst
        Product Analyst
        Insight Analyst
        Analytics Lead
        Analista de Datos
    """,
    "Data Engineer": """
        Data Engineer
        Senior Data Engineer (Python, AWS, Airflow, Snowflake)
        Lead Data Engineer (Remote-Eligible)
        Senior Data Engineer - Principal Associate
        Azure Data Engineer
        AWS Data Engineer
        Big Data Engineer
        Cloud Data Engineer
        AI Data Engineer
        Machine Learning Data Engineer
        Data Engineer, Machine Learning
        Principal Data Engineer (Platform AI/ML)
        Power BI Data Engineer
        Business Intelligence Data Engineer
        Engineer, Data
        Data Engineering Lead
        Data Engineering Consultant (Hybrid)
        Data Analytics Engineer
        Analytics Engineer
        Data Architect
        Azure Data Architect
        Data Modeler
        Data Infrastructure Engineer
        Data Integration Engineer
        Business Intelligence Engineer
        BI Developer
        ETL Developer
        Cloud Database Engineer
        SQL Developer
        Data DevOps Engineer
        Software Data Engineer
        Databricks Engineer
    """,
    "Software Engineer": """
        Software Engineer
        Software Development Engineer
        Software Developer
        Software Architect
        Developer
        Python Developer
        Backend Engineer
        Full Stack Engineer
        Developer, full-stack
        Developer, back-end
        Architect, software or solutions
        DevOps Engineer
        DevOps engineer or professional
        Site Reliability Engineer
        Platform Engineer
        Cloud Engineer
        Robotics Software Engineer
        Quantitative Developer
    """,
    "AI Engineer": """
        AI Engineer
        Senior AI Engineer (NLP)
        Artificial Intelligence Engineer
        A.I. Engineer
        AI Software Engineer
        AI Developer
        AI Programmer
        AI Architect
        AI Solution Architect (Pre-sales)
        Prompt Engineer
        LLM Engineer
        Generative AI Engineer
        Gen AI Developer
        Chatbot Developer
        Software Engineer, AI Services
        Developer, AI apps or physical AI
    """,
    "Applied Scientist": """
        Applied Scientist
        Senior Applied Scientist II
        Applied Scientist - Computer Vision/Neural Rendering
        Applied Machine Learning Scientist
        Applied Scientist, AWS AI
    """,
    "Other": """
        Engineer
        Engineer (non-software)
        Manager
        Manager (Program, Project, Operations, Executive-level, etc)
        Associate
        Analyst
        Consultant
        Architect
        Scientist
        Student
        Member of Technical Staff
        Research Analyst
        Quantitative Research Analyst
        Research Associate
        Research Assistant
        Principal Researcher
        Academic researcher
        Business Analyst
        Financial Analyst
        Marketing Analyst
        Statistician
        Statistical Programmer
        Quantitative Researcher
        Quantitative Analyst
        Quant Researcher (AI Asset Mgmt Team)
        AI Market Researcher
        Clinical Research Scientist
        Computational Chemistry Research Scientist
        Research Scientist - Energy System
        Bioinformatics Scientist
        Operations Research Scientist
        Head of Data
        Head of Data Science
        Head of Machine Learning
        Head of AI
        Data Science Manager
        Data Scientist Manager
        Senior Manager, Data Science
        Director of Data Science
        Vice President of Data Science
        Data Science Team Lead
        Data Engineering Manager
        Data Analytics Manager
        Machine Learning Manager
        Director of Machine Learning
        Engineering Manager, Machine Learning Foundations
        Engineering manager
        Product Manager
        AI Product Manager
        Data Product Manager
        Senior Product Manager (Machine Learning)
        Data Manager
        Data Specialist
        Data Governance Analyst
        Data Entry Analyst
        Database administrator or engineer
        Data Science Tutor/Teacher
        Developer Advocate
        Technical Writer
        AI Specialist
        Solutions Architect
        Systems Engineer
        Security Engineer
        AML Analyst
        General Maintenance Engineer
        AI Generated Content (AIGC) Rewriter - Thai (Thailand)
    """,
}
CASES = [
    (line.strip(), role) for role, lines in JUDGED.items() for line in lines.splitlines() if line.strip()
]
TITLES = [title for title, _ in CASES]


def test_the_judged_titles_are_many_and_each_is_judged_once():
    assert len(TITLES) >= 200
    assert len(set(TITLES)) == len(TITLES)
    assert set(JUDGED) == set(ALL_ROLES)


@pytest.mark.parametrize(("title", "role"), CASES)
def test_role_of_a_real_title(title, role):
    assert role_of(title) == role


def test_the_names_are_fixed_and_distinct():
    assert len(ROLES) == 4
    assert len(NEIGHBOURS) == 5
    assert (*ROLES, *NEIGHBOURS, OTHER) == ALL_ROLES
    assert len(set(ALL_ROLES)) == len(ALL_ROLES)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_role_is_its_own_title(role):
    assert role_of(role) == role


@pytest.mark.parametrize("title", ["", "   ", "?!", "🙂", "データサイエンティスト", "\x00", "x" * 1_000_000])
def test_a_title_that_says_nothing_is_other(title):
    assert role_of(title) == OTHER


@pytest.mark.parametrize("value", [None, float("nan"), 3, b"Data Scientist", ["Data Scientist"], {}])
def test_what_is_not_text_is_refused_with_a_sentence(value):
    with pytest.raises(TypeError, match="needs a job title as text"):
        role_of(value)


@given(st.text(max_size=600))
def test_any_text_has_a_role(text):
    assert role_of(text) in ALL_ROLES


# Words that the rules look for, in any order: closer to the patterns than random letters.
WORDS = sorted({word for title in TITLES for word in title.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_mixture_of_title_words_has_a_role(text):
    assert role_of(text) in ALL_ROLES


@given(
    st.sampled_from(CASES),
    st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    st.text(" \t\n", max_size=3),
    st.text(" \t\n", max_size=3),
)
def test_case_and_surrounding_space_do_not_matter(case, change, before, after):
    title, role = case
    assert role_of(before + change(title) + after) == role


@given(
    st.sampled_from(CASES),
    st.sampled_from(
        ["", "Senior ", "Sr. ", "Junior ", "Jr ", "Staff ", "Principal ", "Lead ", "Entry Level "]
    ),
    st.sampled_from(["", " I", " II", " III", ", Senior", " (Remote)", " - Remote", " 3", ", Staff"]),
)
def test_levels_and_places_do_not_matter(case, before, after):
    title, role = case
    assert role_of(before + title + after) == role


@given(st.sampled_from(CASES))
def test_hyphens_and_slashes_read_as_spaces(case):
    title, role = case
    assert role_of(title.replace(" ", "-")) == role
    assert role_of(title.replace(" ", " / ")) == role
