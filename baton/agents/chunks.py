"""Divides a request into the things it names, each with its description and the words for what is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .fillers import COUNTS, FILLERS, SPLITS
from .names_of_things import Mention
from .words import Word

_MARKS_BETWEEN = frozenset({";", ".", ",", "and", "!", "?"})


@dataclass
class Chunk:
    """One thing named: the words from `start` to `end` are about it; after `split` they say what is wanted instead."""

    start: int
    end: int
    mention: Mention
    split: int | None
    again: list[Mention] = field(default_factory=list)
    problem: str = ""


def chunks_of(words: Sequence[Word], found: Sequence[Mention], *, swaps: bool) -> list[Chunk]:
    """Each mention with the words around it; a second mention inside what is wanted ('for a red jacket') opens none."""
    chunks: list[Chunk] = []
    for at, mention in enumerate(found):
        limit = found[at + 1].start if at + 1 < len(found) else len(words)
        split = split_at(words, mention.end, limit) if swaps else None
        if not chunks:
            chunks.append(Chunk(0, limit, mention, split))
            continue
        last = chunks[-1]
        between = [place for place in range(last.mention.end, mention.start) if words[place].form in _MARKS_BETWEEN]
        after_split = [place for place in between if last.split is not None and place > last.split]
        if (last.split is not None and not after_split) or not between:
            if not mention.products & last.mention.products:
                last.problem = "another product is named where a variant is expected"
            last.again.append(mention)
            last.end = limit
            last.split = last.split if last.split is not None else split
            continue
        last.end = (after_split or between)[-1]
        chunks.append(Chunk(last.end + 1, limit, mention, split))
    return chunks


def split_at(words: Sequence[Word], begin: int, end: int) -> int | None:
    """Where what the customer has ends and what they want begins, within one part of a sentence."""
    end = next((at for at in range(begin, end) if words[at].form in (";", ".")), end)
    for at in range(begin, end):
        if words[at].form in SPLITS:
            return at
    for at in range(begin, end):
        if words[at].form == "with":
            return at
    for at in range(begin, end - 1):
        if words[at].form == "in" and words[at + 1].form not in FILLERS and not words[at + 1].is_mark:
            return at
    return None


def count_asked(words: Sequence[Word], chunk: Chunk) -> int | None:
    """How many are asked for before the name: 2 for 'both kettles', 0 for 'all kettles', None where nothing is said."""
    before = [word.form for word in words[max(chunk.start, chunk.mention.start - 4) : chunk.mention.start]]
    for form in reversed(before):
        if form in COUNTS and not (form.isdigit() and not chunk.mention.plural):
            return COUNTS[form]
        if form in ("all", "each"):
            return 0
    return None
