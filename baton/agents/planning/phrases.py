"""A goal's words in pieces: what is said together, what stands before it, and where its parameters are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baton.agents.words import Word, word_set, words_of

from .glossary import stem
from .spotting import Spotted

PREPOSITIONS = word_set("of for from by in on at with about to under regarding concerning into using via placed made")
"""What stands before whose it is, or by what it is found."""

AND = word_set("and or plus then also & well")

LITTLE = word_set(
    "a an the this that these those my our your his her its their me us we you i it they them him all both each every "
    "any some no not is are was were be been being am do does did done has have had can could would should will may "
    "might must what which whose how when why if whether there here please kindly just now still already so too up out "
    "off over more show find get give fetch list tell let know look see check read bring want need like display print "
    "retrieve pull search report provide wanted one ones thing things detail details information info everything "
    "current currently exactly full complete whole together much many long after "
    "before since until between than goal come go "
    "use belonging belong related corresponding respective s"
)
"""Words that name nothing which a card could give."""

LOOKS = word_set("show find get give fetch list tell look see check read display print retrieve report")
"""Where one of these stands as a deed would, what follows is looked up, not done something to."""

STARTERS = word_set("please also then and kindly to now just you , ; . : ! ? first next finally")
"""After these, or at the start, a word may be the deed that is asked for."""

DETERMINERS = word_set(
    "a an the this that these those my our your his her their all it them him us me every each both back off"
)


@dataclass(frozen=True)
class Token:
    """One word, or one parameter."""

    word: Word | None
    spotted: Spotted | None = None

    @property
    def form(self) -> str:
        """The word's comparable form; empty for a parameter."""
        return self.word.form if self.word else ""


@dataclass
class Piece:
    """Words said together, or a parameter with the words before it that name its kind, or a deed asked for."""

    raw: str
    words: tuple[str, ...] = ()
    spotted: Spotted | None = None
    verb: str = ""
    preposition: str = ""
    """What it stands after: 'of', 'for', 'to' …; what is joined by 'and' stands where the first stood."""
    joined: bool = False
    """After 'and' or a comma."""
    beside: bool = False
    """Of a parameter: right after other words, 'customer a@b.c'."""
    plural: bool = False
    whose: bool = False
    """It ends in 's: what follows is its."""
    clause: int = 0


NO_OBJECTS = frozenset(stem(word) for word in word_set("address policy history window status id number"))
"""'Mail address', 'return policy': the word before is no deed."""


def tokens_of(goal: str, spotted: Sequence[Spotted]) -> list[Token]:
    """The words and the parameters of a goal, in order; a parameter's own words are not there again."""
    shown = [each for each in spotted if each.end > each.start]
    tokens: list[Token] = []
    pending = list(shown)
    for word in words_of(goal.replace("e-mail", "email ").replace("E-mail", "Email ")):
        while pending and pending[0].start <= word.start:
            tokens.append(Token(None, pending.pop(0)))
        if not any(each.start <= word.start < each.end for each in shown):
            tokens.append(Token(word))
    return tokens + [Token(None, each) for each in pending]


def pieces_of(tokens: Sequence[Token], verbs: frozenset[str]) -> list[Piece]:
    """The pieces in order. A verb among `verbs` opens a clause of its own."""
    return list(_Cutter(tokens, verbs).cut())


class _Cutter:
    def __init__(self, tokens: Sequence[Token], verbs: frozenset[str]) -> None:
        self._tokens = tokens
        self._verbs = verbs
        self._quotes = any(each.spotted and each.spotted.kind == "text" for each in tokens)
        self._words: list[Word] = []
        self._ahead: list[Spotted] = []
        self._preposition = ""
        self._joined = False
        self._clause = 0

    def cut(self) -> Iterator[Piece]:
        """The pieces, in order."""
        for place, token in enumerate(self._tokens):
            if token.spotted is not None and token.spotted.ahead:
                self._ahead.append(token.spotted)
            elif token.spotted is not None:
                yield from self._parameter(token.spotted)
            elif token.word is not None:
                yield from self._word(token.word, place)
        yield from self._said()

    def _word(self, word: Word, place: int) -> Iterator[Piece]:
        low = word.raw.lower()
        if self._is_deed(place):
            yield from self._said()
            self._clause += 1
            self._preposition, self._joined = "", False
            yield Piece(raw=word.raw, verb=stem(word.form), clause=self._clause)
        elif self._clause and low in LOOKS and self._tokens[place - 1].form in STARTERS:
            yield from self._said()
            self._clause += 1
            self._preposition, self._joined = "", False
        elif low in PREPOSITIONS:
            yield from self._said()
            self._preposition, self._joined = low, False
        elif low in AND or low == ",":
            yield from self._said()
            self._joined = True
        elif word.is_mark:
            yield from self._said()
            self._preposition, self._joined = "", False
        elif low in LITTLE or word.form in LITTLE:
            yield from self._said()
        else:
            self._words.append(word)
            if low.endswith(("'s", "’s")):
                yield from self._said()

    def _is_deed(self, place: int) -> bool:
        """'Return the lamp' asks for a deed; 'return policy', 'mail of the customer' and 'the return' do not."""
        word = self._tokens[place].word
        if word is None or stem(word.form) not in self._verbs:
            return False
        if place and self._tokens[place - 1].form not in STARTERS:
            return False
        if place + 1 == len(self._tokens):
            return True
        after = self._tokens[place + 1]
        if after.word is None:
            return True
        low = after.word.raw.lower()
        if low == "to" or (low == "for" and self._quotes):
            return any(each.spotted for each in self._tokens[place + 2 : place + 5])
        return low in DETERMINERS or not (low in PREPOSITIONS or low in AND or stem(after.word.form) in NO_OBJECTS)

    def _parameter(self, spotted: Spotted) -> Iterator[Piece]:
        """The words that name its kind go with it: 'order number W1'."""
        named: list[Word] = []
        while self._words and stem(self._words[-1].form) in spotted.nouns:
            named.insert(0, self._words.pop())
        preposition, joined, beside = self._preposition, self._joined, bool(self._words)
        yield from self._said()
        yield Piece(
            raw=spotted.given.words,
            words=tuple(stem(word.form) for word in named),
            spotted=spotted,
            preposition=preposition,
            joined=joined,
            beside=beside,
            clause=self._clause,
        )
        self._preposition, self._joined = preposition, False

    def _said(self) -> Iterator[Piece]:
        words, self._words = self._words, []
        if not words:
            return
        last = words[-1].raw.lower().replace("’", "'")
        yield Piece(
            raw=" ".join(word.raw for word in words),
            words=tuple(stem(word.form) for word in words),
            preposition=self._preposition,
            joined=self._joined,
            plural=last.endswith("s") and not last.endswith("'s") and not words[-1].form.endswith("s"),
            whose=last.endswith("'s"),
            clause=self._clause,
        )
        for each in self._ahead:
            yield Piece(raw=each.given.words, spotted=each, preposition="with", clause=self._clause)
        self._ahead = []
        self._preposition, self._joined = "", False
