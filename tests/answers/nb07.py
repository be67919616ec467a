"""Answers to the exercises and pieces for the builds of notebook 07."""

import re

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from helpers import skills

RIGHT = {
    "nlp_claim": ["B", "b", " B. ", "(B)"],
    "cost": [10, "10.00 $", 10_000 * (600 + 80 * 5) / 1e6],
    "defences": ["BD", "d, b", "B and D", ["B", "D"], {"D", "B"}],
}
WRONG = {
    "nlp_claim": [("A", "data scientists"), ("C", "neither a fall"), ("D", "way of counting"), ("?", "letters A to D")],
    "cost": [(6.0, "what the model writes"), (4.0, "what the model reads"), (6.8, "a price of their own"), (10_000, "for a million")],
    "defences": [("ABD", "asks the model"), ("C", "asks the model"), ("B", "Two of them"), ("", "Two of them")],
}  # fmt: skip


def by_phrases(before, word, after):
    sentence = re.split(r"[.;:!?]", before)[-1].lower()
    if (
        set(re.findall(r"\w+", sentence)) & {"no", "not", "without"}
        and "only" not in sentence
        and "afraid" not in sentence
    ):
        return False
    behind = re.split(r"[.;:!?,]", after)[0].lower()
    if any(part in behind for part in ("not required", "not needed", "not used", "no longer")):
        return False
    if f" {word} " in " go rest r c excel spark helm chef react spring ml pandas ray swift ":
        return False
    if behind.startswith(("&", "-level", " to ", "-to", " at ")):
        return False
    return sentence.split()[-1:] not in (["series"], ["vitamin"], ["class"])


def semantic(texts):
    weigher = TfidfVectorizer()
    svd = TruncatedSVD(60, random_state=1)
    known = normalize(svd.fit_transform(weigher.fit_transform(texts)))
    return lambda question: known @ normalize(svd.transform(weigher.transform([question])))[0]


def counted(texts):
    counter = CountVectorizer()
    svd = TruncatedSVD(80, algorithm="arpack", random_state=0)
    known = svd.fit_transform(counter.fit_transform(texts))
    known /= np.linalg.norm(known, axis=1, keepdims=True)

    def near(question):
        asked = svd.transform(counter.transform([question]))[0]
        return known @ (asked / max(np.linalg.norm(asked), 1e-12))

    return near


def words_only(texts):
    weigher = TfidfVectorizer()
    known = weigher.fit_transform(texts)
    return lambda question: (known @ weigher.transform([question]).T).toarray().ravel()


def farthest(texts):
    near = semantic(texts)
    return lambda question: -near(question)


def unscaled(texts):
    weigher, svd = TfidfVectorizer(), TruncatedSVD(100, random_state=0)
    known = svd.fit_transform(weigher.fit_transform(texts))
    return lambda question: known @ svd.transform(weigher.transform([question]))[0]


def places(texts):
    near = semantic(texts)
    return lambda question: np.argsort(-near(question))[:3]


def blind(texts):
    near = semantic(texts)
    return lambda question: near(question) if near(question).any() else near(question) / 0.0


def by_loops(queries, keys, values):
    count = len(queries)
    weights = np.zeros((count, count))
    for row in range(count):
        scores = np.array([queries[row] @ keys[place] for place in range(row + 1)]) / keys.shape[1] ** 0.5
        powers = np.exp(scores - scores.max())
        weights[row, : row + 1] = powers / powers.sum()
    return weights @ values, weights


def by_scipy(queries, keys, values):
    from scipy.special import softmax

    scores = np.einsum("id,jd->ij", queries, keys) / np.sqrt(queries.shape[-1])
    scores[np.triu_indices(len(scores), 1)] = -1e300
    weights = softmax(scores, axis=-1)
    return weights @ values, weights


def only_mixed(queries, keys, values):
    return by_loops(queries, keys, values)[0]


def overflows(queries, keys, values):
    powers = np.exp(queries @ keys.T / np.sqrt(keys.shape[1])) * np.tri(len(keys))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights @ values, weights


def sees_all(queries, keys, values):
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights @ values, weights


def no_root(queries, keys, values):
    return by_loops(queries * keys.shape[1] ** 0.5, keys, values)


RIGHT_PIECES = {
    "keep": [by_phrases, skills.in_context],
    "by_meaning": [semantic, counted],
    "attention": [by_loops, by_scipy],
}
WRONG_PIECES = {
    "keep": [
        (lambda before, word, after: True, "refused"),
        (lambda before, word, after: False, "throws out"),
        (lambda before, word, after: word not in ("R", "C", "Go"), "throws out"),
        (lambda before, word, after: "no" not in before.lower() and "not" not in after, "reaches no further"),
        (lambda before, word, after: skills.in_context("", word, after), "refused"),
        (lambda before, word, after: skills.in_context(before, word, ""), "refused"),
        (lambda before, word: True, "TypeError"),
    ],
    "by_meaning": [
        (words_only, "TruncatedSVD"),
        (farthest, "a cosine of 1"),
        (unscaled, "a cosine of 1"),
        (places, "one number for each text"),
        (blind, "unknown words"),
        (lambda texts: 7, "one number for each text"),
    ],
    "attention": [
        (only_mixed, "Return the weights too"),
        (lambda *three: by_loops(*three)[::-1], "First the mixed values"),
        (overflows, "It should"),
        (sees_all, "It looks ahead"),
        (no_root, "divide them by the root"),
    ],
}
