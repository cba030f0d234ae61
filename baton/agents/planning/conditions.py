"""What the rules do not follow: conditions, exceptions, negations, that somebody be told. A goal with one is asked about,
never half done.
"""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

from .phrases import Token

_CONDITION = re.compile(
    r"\b(?:if|unless|except|excluding|provided|as long as|only when|only if|in case|otherwise|instead|rather than|apart from|but not|other than)\b[^.;!?\n]*",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:do not|don't|does not|doesn't|never|not|without|cannot|can't|isn't|aren't|wasn't)\b(?:\s+\w+)?",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\blet (?!me\b|us\b)(?:(?:the|our|her|his|their) )?[\w.@-]+ know\b"
    r"|\b(?:tell|inform|notify|contact(?= (?:the|our|him|her|them)\b)) (?!me\b|us\b|(?:the )?(?:date|time)\b)(?:(?:the|our) )?[\w@-]+",
    re.IGNORECASE,
)
"""'Let the customer know': who asks for it is not served by a look at the customer."""


def conditions_in(goal: str) -> list[str]:
    """The words of a goal that say when, or what not, or whom to tell."""
    found = [(hit.start(), hit[0].strip()) for hit in _CONDITION.finditer(goal)]
    left = _CONDITION.sub(lambda hit: " " * len(hit[0]), goal)
    found += [(hit.start(), hit[0].strip()) for hit in _NOT.finditer(left)]
    found += [(hit.start(), hit[0].strip()) for hit in _TELLING.finditer(_NOT.sub(lambda hit: " " * len(hit[0]), left))]
    return [words for _, words in sorted(found)]


def within_condition(goal: str, token: Token) -> bool:
    """Whether a word or parameter belongs to a condition."""
    start = token.spotted.start if token.spotted else token.word.start if token.word else 0
    return any(hit.start() <= start < hit.end() for hit in _CONDITION.finditer(goal))
