"""The things a customer names, as they wrote them; whether they own such a thing is for others to find out."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

from .intents import plain_words
from .vocabulary import ORDER_NUMBER, PAYMENT_WORDS, REASON_CLAUSE, I

_AFTER_VERB = re.compile(
    r"\b(?:cancel\w*|return(?:ing)?|refund|exchang\w+|swa?o?p\w*|replac\w+|chang\w+|modif\w+|updat\w+|switch\w*|send(?:ing)? back|track|where(?:'s| is| are))\b(?P<named>[^.!?\n]*)",
    I,
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_TARGET = re.compile(r"\b(?:to|into|for (?:a|an|the|one)|with|from|via|in|because|instead|on)\b.*$", I)
_ARTICLE = re.compile(
    r"^(?:(?:please|also|the|my|a|an|this|that|these|those|both|all|two|order|orders|of|it|them|one|everything|number|for|and|i|received|items?|pending|recent|new)\b\s*)+",
    I,
)


def items_named(words: str) -> list[str]:
    """Noun phrases after the verb of a request, at most ten."""
    found: list[str] = []
    for hit in _AFTER_VERB.finditer(ORDER_NUMBER.sub(" ", REASON_CLAUSE.sub(" ", plain_words(words)))):
        for part in re.split(r"[,;:]|\band\b", _BRACKETS.sub(" ", hit["named"])):
            name = _ARTICLE.sub("", _TARGET.sub("", part).strip()).strip(" -–'\"()")
            if name and len(name.split()) <= 5 and re.search(r"[^\W\d_]{3}", name) and not PAYMENT_WORDS.search(name):
                found.append(name)
    return list(dict.fromkeys(found))[:10]
