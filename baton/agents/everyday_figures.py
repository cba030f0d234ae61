"""Figures that are neither paid, called nor followed: days, times of day, spans of years, sizes with their unit."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

UNIT = r"(?i:mm|cm|km|m|mg|kg|g|lbs?|oz|ml|l|kw|w|v|kb|mb|gb|tb|mah|hz|inch(?:es)?|in|ft|hrs?|h|min(?:utes?|ute)?|hours?|days?|weeks?|months?|years?|ure?|dae|weke|maande|jaar|met(?:re|er)s?|lit(?:re|er)s?|grams?|pieces?|items?|pcs|steps?|people|times|words|x)(?![\w@/])"
"""What a figure counts or measures; no currency."""
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[01]?\d|2[0-4])[:h][0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|\+\d\d:?\d\d)?"
_DOTTED = r"(?:[01]?\d|2[0-3])\.[0-5]\d"
_OF_A_TIME = r"(?i:\b(?:at|by|from|to|until|till|before|after|om|teen|tot|van) )"
_HALF = r"(?i: ?[ap]\.?m\b)"
MOMENT = re.compile(
    r"(?<!\d)(?<!\d[-/.:])(?:"
    rf"{_YEAR}(?P<one>[-/.])(?:0[1-9]|1[0-2])(?P=one)(?:0[1-9]|[12]\d|3[01])(?:(?:T|,? ){_CLOCK})?"
    rf"|(?<!\d )(?=\d+(?P<other>[-/.])\d+(?P=other))(?:{_DAY}[-/.]{_MONTH}|{_MONTH}[-/.]{_DAY})[-/.](?:{_YEAR}|\d\d(?:,? {_CLOCK}|(?! ?\d)))"
    rf"|{_CLOCK}(?: ?- ?{_CLOCK})?"
    rf"|{_DOTTED}(?: ?- ?{_DOTTED})?{_HALF}"
    rf"|{_YEAR}[-/](?:{_YEAR}|\d\d)|{_MONTH}[-/]{_YEAR}"
    rf"|\d{{1,4}} ?- ?\d{{1,4}}(?= ?{UNIT})|\d{{1,3}}0 ?- ?\d{{1,3}}0"
    rf")(?!\d|[-/.:]\d)|{_OF_A_TIME}{_DOTTED}(?!\w|[.,]\d| ?(?:[%€$£]|R\b|rand))"
)
"""A day (`2026-11-20`, `20/11/26`), a time (`08:00-17:00`, `at 14.30`), years (`2025/26`), a range of sizes (`100-150 g`)."""
