"""What a person wrote now, apart from what their mail program quoted below it and from their signature."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import html
import re
from dataclasses import dataclass

from .html_text import hidden_words, read_html
from .signing import unsigned

_HEADER_OF_QUOTE = re.compile(
    r"^\s*(?:"
    r"on\b.{4,200}\bwrote:\s*$"
    r"|op\b.{4,200}\b(?:het|skryf|geskryf)\b.{0,80}:\s*$"
    r"|-{2,}\s*(?:original message|forwarded message|oorspronklike boodskap)\s*-{2,}"
    r"|begin forwarded message:"
    r"|_{10,}\s*$"
    r")",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"^\s*\*?(from|sent|date|to|cc|subject|van|gestuur|aan|onderwerp)\*?:\s", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"^\s*(?:sent from my|sent from (?:outlook|yahoo|mail)|get outlook for|gestuur vanaf)\b", re.IGNORECASE
)
_FAREWELL = re.compile(
    r"^\s*(?:(?:many |kind(?:est)? |best |warm(?:est)? |with (?:kind |best )?)?regards|sincerely|yours (?:sincerely|faithfully|truly)"
    r"|yours|cheers|best wishes|best|groete|vriendelike groete|thank you|thanks(?: (?:so much|a lot|again|in advance))?"
    r"|many thanks|thank you (?:so much|very much|in advance|kindly)|dankie|baie dankie|enkosi|ngiyabonga|ta)[\s,.!–-]*$",
    re.IGNORECASE,
)
_NO_APOSTROPHE = re.compile(r"\b(do|does|did|is|are|was|were|wo|ca|could|would|should|has|have|had)nt\b", re.IGNORECASE)
_TWO_FOR_TO = re.compile(
    r"\b(want|need|like|love|wish|able) 2 (?=(?:return|cancel|exchange|swop|swap|change|send|get|pay|know)\b)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?[a-z][^<>@]*|!--[^>]{0,2000}--)>", re.IGNORECASE)
_UNREAD = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SHOWS_NOTHING = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that split a word without anybody seeing it, turn it around, or spell one that nobody sees."""


MOST_CHARACTERS = 40_000
MOST_FRESH = 10_000
"""Characters of a message, and of what is new in it, that are read; a letter longer than that is for a person."""


@dataclass(frozen=True)
class Parts:
    """A message taken apart: only `fresh` can ask for something; the signature says who writes. `cut`: not all was read."""

    fresh: str
    signature: str = ""
    quoted: str = ""
    cut: bool = False


def without_markup(text: str) -> str:
    """Plain words where a mail program left tags and entities behind."""
    if hidden_words(text):
        text = read_html(text).text  # nobody can have meant to ask what they could not see in their own mail
    if "<" in text and _TAG.search(text):
        text = _BREAK.sub("\n", _UNREAD.sub(" ", text))
        text = _TAG.sub(" ", text)
    text = html.unescape(text) if "&" in text else text
    for odd, plain in (("’", "'"), ("‘", "'"), ("\u00a0", " "), ("\r\n", "\n"), ("\r", "\n")):
        text = text.replace(odd, plain)
    text = _SHOWS_NOTHING.sub("", text)
    text = _TWO_FOR_TO.sub(r"\1 to ", _NO_APOSTROPHE.sub(r"\1n't", text))
    # Long runs of blanks say nothing, and patterns would walk them again and again.
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r"[ \t]{2,}", " ", text))


def take_apart(text: str) -> Parts:
    """Fresh words, signature and quoted text of one message."""
    fresh: list[str] = []
    quoted: list[str] = []
    lines = without_markup(text[:MOST_CHARACTERS]).split("\n")
    for at, line in enumerate(lines):
        if line.lstrip().startswith((">", "|")):
            quoted.append(line)
        elif _starts_quote(lines, at):
            quoted.extend(lines[at:])
            break
        else:
            fresh.append(line)
    body, signature = _split_signature(fresh)
    written = "\n".join(body).strip()
    cut = len(written) > MOST_FRESH or (len(text) > MOST_CHARACTERS and not quoted)
    return Parts(written[:MOST_FRESH], "\n".join(signature).strip(), "\n".join(quoted).strip(), cut)


def _starts_quote(lines: list[str], at: int) -> bool:
    line = lines[at]
    if _HEADER_OF_QUOTE.match(line):
        return True
    if at + 1 < len(lines) and line.strip() and _HEADER_OF_QUOTE.match(f"{line} {lines[at + 1].strip()}"):
        return re.match(r"\s*(?:on|op)\b", line, re.IGNORECASE) is not None
    # A forwarded block: From:/Sent:/To: under one another. One such line alone is how people write notes.
    return sum(1 for near in lines[at : at + 4] if _HEADER_LINE.match(near)) >= 3 and bool(_HEADER_LINE.match(line))


def _split_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    for at, line in enumerate(lines):
        if line.rstrip() == "--" or _SENT_FROM.match(line):
            return lines[:at], lines[at:]
        # A farewell ends a mail only when little follows it; 'Thanks' may also be an opening.
        rest = [later for later in lines[at + 1 :] if later.strip()]
        if at and _FAREWELL.match(line) and len(rest) <= 6 and all(len(later) <= 80 for later in rest):
            if any("?" in later for later in rest) or not any(before.strip() for before in lines[:at]):
                continue
            return lines[:at], lines[at:]
    return unsigned(lines)
