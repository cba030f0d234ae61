"""Tells lines that only say who writes, or where to reach them, from lines that ask for something."""

import re

from .fillers import FILLERS
from .vocabulary import ORDER_NUMBER, I
from .words import form_of, word_set

EMAIL = re.compile(r"(?:mailto:)?[A-Z0-9._%+'-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)+", I)
PHONE = re.compile(r"(?<![\w#.,])(?:\+|\(?0)\d{0,3}\)?(?:[ -]?\(?\d{1,4}\)?){2,5}(?![\w.,]?\d)")
_SITE = re.compile(r"\b(?:https?://\S+|www\.\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:co\.za|org\.za|com|example)\b)", I)
_LABEL = re.compile(
    r"\b(?:tel(?:ephone)?|cell(?:phone)?|mobile|phone|ph|fax|whats ?app|e-?mail|mail|web(?:site)?|name|contact"
    r"|number|no|nr|my|is|me|on|or|(?:sent|signed|written) by|here|from|t|c|m|e|w)(?=[\s:.]|$)",
    I,
)
_COMPANY = re.compile(r"\(?\b(?:pty|edms)\b\)?\.?\s*(?:ltd|bpk)?|\b(?:ltd|cc|inc|npc|npo|bpk)\b", I)
_NAME_WORD = re.compile(r"(?:[A-ZÀ-ÖØ-Þ](?:[^\W\d_]*[a-zß-öø-ÿ])?(?:['-][^\W\d_]+)*|[A-ZÀ-ÖØ-Þ]{2,4})\Z")
_PARTICLES = word_set("van der den de du le la von bin al dos da ter ten")
_TITLES = word_set("mr mrs ms miss dr prof rev adv")
_ROLES = word_set("manager director owner sales office assistant admin accounts")
COMMANDS = word_set(
    "call phone ring contact whatsapp sms text ask tell keep gift wrap leave hold wait stop deliver collect ship speak "
    "talk meet check add remove refund"
)
"""Verbs that open an order to do something, also where a name follows: 'Ask Sipho Dlamini'."""
_POSTCODE_LINE = re.compile(r"\s*\d{4}\s*[.,]?\s*\Z")
_STREET = re.compile(r"\s*(?:\d{1,5}[A-Za-z]?|(?:flat|unit|no)\.? ?\d+\w?)[ ,]", I)
_ABOUT_DELIVERY = re.compile(r"\b(?:address|deliver\w*|ship\w*|send|sent|courier\w*|moved|redirect\w*|reroute)\b", I)
MOST_WORDS = 6
MOST_LINES = 8


def says_who(text: str) -> bool:
    """Nothing but a name, a role, a town, and ways to reach somebody; whoever reads it finds no request in it."""
    if len(text) > 160 or ORDER_NUMBER.search(text) or commands(text):
        return False
    bare, reached = text, 0
    for pattern in (EMAIL, _SITE, PHONE):
        bare, found = pattern.subn(" , ", bare)
        reached += found
    bare = _COMPANY.sub(" ", bare)
    if reached or re.search(r"\bhere\W*$", bare, I):
        bare = _LABEL.sub(" ", bare)
    elif not re.search(r"[^\W\d_]", bare):
        return False
    bare = re.sub(r"(?<=[a-z]),? +\d{4}\b", " ", bare)  # 'Cape Town, 8001'
    words = re.findall(r"[^\s,;|•·/()<>&:–—-]+(?:-[^\s,;|]+)*", bare.strip(" .!"))
    return len(words) <= MOST_WORDS and (reached > 0 or bool(words)) and _are_names(words)


def commands(text: str) -> bool:
    """'Call me', 'Ask Sipho Dlamini'; not the label of a number, as in 'Phone: 082 …'."""
    found = re.match(r"\W*(?P<verb>[^\W\d_]+)\s+(?P<next>[^\W_]+|[+(]\d)", text)
    if found is None or found["verb"].lower() not in COMMANDS:
        return False
    if not found["next"][0].isalpha():
        return found["verb"].lower() in ("call", "ring", "text")
    return found["next"].lower() not in ("no", "nr", "number", "details", "well", "safe", "soon")


def _are_names(words: list[str]) -> bool:
    for word in words:
        plain = word.strip(".'\"’")
        lowered = plain.lower()
        if not plain or lowered in _PARTICLES or lowered in _TITLES or lowered in _ROLES:
            continue
        if not _NAME_WORD.match(plain) or (len(plain) > 1 and form_of(lowered) in FILLERS):
            return False
    return True


def unsigned(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of a mail without the block at its end that only says who writes, and that block."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and end - start < MOST_LINES and _belongs_to_a_signature(lines[start - 1]):
        start -= 1
    # A block begins where a sentence or a paragraph ended: else its first line may go on with what was asked.
    while 0 < start < end and not _ends_something(lines[start - 1]):
        start += 1
    block = lines[start:end]
    if not start or not block or not says_who(block[0]) or not any(line.strip() for line in lines[:start]):
        return lines, []
    if len(block) > 1 and _ABOUT_DELIVERY.search(" ".join(lines[:start])) and not all(map(reaches, block[1:])):
        return lines, []  # towns and streets there may be where an order is to go
    return lines[:start], block


def _belongs_to_a_signature(line: str) -> bool:
    return bool(line.strip()) and (
        says_who(line) or _POSTCODE_LINE.match(line) is not None or _STREET.match(line) is not None
    )


def _ends_something(line: str) -> bool:
    return not line.strip() or line.rstrip().endswith((".", "!", "?"))


def reaches(line: str) -> bool:
    """An e-mail address, a phone number or a site is in it."""
    return any(pattern.search(line) for pattern in (EMAIL, PHONE, _SITE))
