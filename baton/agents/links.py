"""Links and e-mail addresses in a text: whatever a reader, or the program that shows it, may follow."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

_FILES = "bin|bmp|cfg|css|csv|db|docx?|eml|gif|heic|html?|ics|jpe?g|ini|js|jsonl?|log|mp3|mp4|msg|ods|odt|pdf|png|pptx?|rtf|svg|tiff?|toml|tsv|txt|wav|webp|xlsx?|xml|ya?ml"
"""How names of files end, and no domain does."""
_DOMAINS = "com|net|org|info|biz|io|co|app|dev|xyz|top|site|online|shop|store|page|link|click|tk|ru|cn|test|example|za|uk|de|eu|us"
"""Taken for one also in capitals, where any other may be the next sentence, or a code."""
_WIDE = r"(?<=[^\W\u2e80-\ud7ff])。(?=[^\W\d_\u2e80-\ud7ff])"
"""A dot to browsers. Between two signs of Chinese or Japanese it ends a sentence."""
_DOT = rf"(?:\.|{_WIDE}|\s?[\[({{]\s?(?:\.|(?i:dot))\s?[\])}}]\s?)"
_CAPITAL = "A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я"
_STOPS = r"\s<>\"'”“)\]"
_REST = rf"[^{_STOPS}]*"
_ON = rf"(?:[{_STOPS[2:]}][^\s@]{{0,200}}@\S*)?"
"""What seems to end a link does not where an @ follows: its host is then what stands behind that."""
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
LINK = re.compile(
    rf"(?:\b(?:(?i:[a-z][a-z0-9+.-]{{1,20}}://|www{_DOT}|javascript:|vbscript:|data:[\w+./;=-]{{0,80}},|mailto:(?=\S)))[^{_STOPS}]+"
    rf"|(?<![\w.,-]){_BYTE}(?:{_DOT}{_BYTE}){{3}}(?!\w|[.,]\d)(?:[:/]{_REST})?"
    r"|(?<![\w-])(?!(?:p\.e[xjs]|[ft]\.e(?:ks|x)|m\.(?:fl|in)|o\.dgl|z\.zt|v\.chr)\b)"
    rf"(?:[\w-]{{1,63}}{_DOT}){{1,9}}(?!(?i:{_FILES})\b)"
    rf"(?:(?:(?i:xn--[a-z0-9-]+|{_DOMAINS})|[^\W\d_{_CAPITAL}][^\W\d_]{{1,23}})(?!_*[^\W_]|(?:\.[\w-]{{1,63}}){{0,8}}\.(?i:{_FILES})\b)(?::\d+)?(?:[/?#]{_REST})?"
    rf"|[^\W\d_]{{2,24}}(?::\d+)?/{_REST})){_ON}"
)
"""An address with its scheme, of four numbers, or of names with dots: whatever ends like a domain may be one."""
EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def link_of(text: str) -> str:
    """A link as it is compared: without the mark that ends its sentence, `https://` and a last slash, with plain dots."""
    dotted = re.sub(_DOT, ".", text.rstrip(".,;:!?")).lower()
    return dotted.removeprefix("https://").removesuffix("/")


def email_of(text: str) -> str:
    """An e-mail address as it is compared."""
    return text.strip(".'").lower()
