"""From a goal's words to the facts that it wants, by rules. Where they do not decide, a person does."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import islice, product

from baton.agents.words import form_of, word_set
from baton.contracts.plan import PlanCard
from baton.contracts.planning import Candidates, Given, Reading, Understood, Wanted

from .binding import NARROWING, Mention, bind
from .conditions import conditions_in, within_condition
from .glossary import Entry, Glossary, stem
from .phrases import Piece, pieces_of, tokens_of
from .slots import slots_of
from .spotting import spot
from .world import World

NEARLY = 0.75
"""Readings whose scores lie no further apart are about equally good."""

MOST_READINGS = 8
WHOSE = frozenset({"of", "for", "from", "by", "in", "to"})
TOPIC = frozenset({"on", "about", "regarding", "concerning"})
"""'The address of the customer' is the customer's; 'the policy on returns' is about them. So is 'sorted by price'."""

IDLE = frozenset({stem("delivery"), stem("shipping")})
"""'Delivery address': there is no other address of an order."""

STATUSES = word_set("open pending processed shipped delivered cancelled canceled")
YET = word_set("yet already been now still")
_STANDS = re.compile(
    r"(?<!when )(?<!where )(?<!how )(?<!why )\b(?:is|are|was|were|has|have)\s+(?:the\s+)?"
    r"(?:orders?(?:,|\s+(?:numbers?|nos?\.?|and|or|orders?|#?[A-Z]{0,4}-?\d+))*\s*)?$",
    re.IGNORECASE,
)
"""What stands before the number of an order whose status is asked for."""

ASKS = frozenset({"who", "where"})
"""They ask for something by themselves, where a card gives it; else they say nothing."""


def understand(
    goal: str, cards: Iterable[PlanCard], today: date | None = None, *, nearly: float = NEARLY
) -> Understood | Candidates:
    """What a goal wants and gives; candidates where several readings are about equally good, or where none is.

    `nearly`: how far the scores of readings may lie apart.
    """
    return _Understanding(goal, sorted(cards, key=lambda card: card.name), today, nearly).outcome()


def label_of(wanted: Iterable[Wanted]) -> str:
    """A reading in one line."""
    return "; ".join(each.title for each in wanted)


class _Understanding:
    def __init__(self, goal: str, cards: list[PlanCard], today: date | None, nearly: float) -> None:
        self._nearly = nearly
        self._goal = goal
        self._cards = {card.name: card for card in cards}
        self._glossary = Glossary(cards)
        spotted = spot(goal, cards, today)
        self._given = [each.given for each in spotted]
        tokens = tokens_of(goal, spotted)
        certain = [each for each in tokens if not within_condition(goal, each)]
        self._pieces = pieces_of(certain, frozenset(self._glossary.verbs))
        self._takes = {
            card.name: frozenset(key for slot in slots_of([card]) for key in (slot.key, slot.own_key)) for card in cards
        }
        self._mentions: list[Mention] = []
        self._unsure = conditions_in(goal)

    def outcome(self) -> Understood | Candidates:
        """The one reading, or several for a person."""
        for place, piece in enumerate(self._pieces):
            if piece.verb:
                self._mentions.append(Mention(piece, place, self._deeds(piece), place))
            elif piece.spotted is not None:
                self._take_parameter(place, piece)
            else:
                self._take_words(place, piece)
        if not self._mentions and not self._unsure:
            for place, piece in enumerate(self._pieces):
                self._take_parameter(place, replace(piece, preposition=""))  # 'tell me about order W1'
        bind(self._mentions, self._pieces, self._takes)
        if not self._mentions:
            return self._nothing()
        every = product(*(each.readings for each in self._mentions))
        readings = [self._bound(chosen) for chosen in islice(every, MOST_READINGS)]
        if len(readings) == 1:
            return Understood(goal=self._goal, wanted=readings[0], given=self._given, unsure=self._unsure)
        several = next(each for each in self._mentions if len(each.readings) > 1)
        return Candidates(
            goal=self._goal,
            question=f"“{several.piece.raw}” may mean several things here. Which one is meant?",
            choices=[Reading(label=label_of(wanted), wanted=wanted) for wanted in readings],
            given=self._given,
            unsure=self._unsure,
        )

    def _bound(self, chosen: Iterable[Wanted]) -> list[Wanted]:
        """The wants of one reading, each with what it is found by; each once."""
        loose = [each for each in self._given if each.loose]
        wanted = []
        for want, mention in zip(chosen, self._mentions, strict=True):
            firsts = [each.types[0] for each in mention.given]
            # 'The customers of orders W1 and W2' are one customer each.
            many = want.many and len(set(firsts)) == len(firsts)
            via = mention.via if mention.via != want.type else None
            update = {"via": via, "given": [*mention.given, *loose], "many": many}
            wanted.append(want.model_copy(update=update))
        return [want for place, want in enumerate(wanted) if want not in wanted[:place]]

    def _deeds(self, piece: Piece) -> list[Wanted]:
        """The writes that begin with this verb, by how much of their words and inputs the clause has."""
        clause = [each for each in self._pieces if each.clause == piece.clause]
        said = {word for each in clause for word in each.words}
        given = {key for each in clause if each.spotted for key in each.spotted.given.types}
        scores = {
            name: len(given & self._takes[name])
            + sum(weight for word, weight in self._glossary.words_of_deeds[name].items() if word in said)
            for name in self._glossary.verbs[piece.verb]
        }
        names = sorted(name for name, score in scores.items() if score >= max(scores.values()) - NEARLY)
        plurals = {word for each in clause if each.plural for word in each.words}
        return [
            Wanted(
                type=self._cards[name].gives,
                # 'All orders of a@b.c' are several; 'the items of order W1' are of one.
                many=bool(plurals & self._glossary.words_of_deeds[name].keys()) and not given & self._takes[name],
                capability=name,
                words=piece.raw,
            )
            for name in names
        ]

    def _take_parameter(self, place: int, piece: Piece) -> None:
        """'Order W1' wants the order; 'of order W1', and what a deed is done to, only say which."""
        if piece.spotted is None or piece.preposition or piece.beside or self._deed_of(piece) is not None:
            return
        if any(each.piece.raw.lower() in ASKS for each in self._mentions):
            return
        if piece.spotted.kind in NARROWING and not piece.words:
            return  # 'orders over R500': no amount is wanted
        last = self._mentions[-1] if self._mentions else None
        if last and last.piece.spotted and last.place == place - 1 and piece.joined and not piece.words:
            last.place = place  # 'orders W1 and W2'
            return
        words = [word for word in piece.words or (piece.spotted.kind,) if word not in ("number", "id", "no", "nr")]
        entry = self._glossary.named(words)
        if entry is not None and entry.type not in piece.spotted.given.types:
            wanted = Wanted(type=entry.type, words=" ".join(words))
            self._mentions.append(Mention(piece, place, [wanted], place))

    def _asks_how_it_stands(self, place: int, piece: Piece) -> Entry | None:
        """'Is order W1 still open', 'has order W1 shipped': its status answers that."""
        before = self._pieces[place - 1].spotted if place else None
        said = {word.lower() for word in piece.raw.split()} - YET
        if before is None or before.kind != "order" or not said or not said <= STATUSES:
            return None
        opened = _STANDS.search(self._goal[: before.start])
        return (self._glossary.named(("order", "status")) or self._glossary.named(("status",))) if opened else None

    def _take_words(self, place: int, piece: Piece) -> None:
        status = self._asks_how_it_stands(place, piece)
        if status is not None:
            readings = [Wanted(type=status.type, words=piece.raw)]
            if not self._belongs_to_last(place, piece, readings):
                self._mentions.append(Mention(piece, place, readings, place))
            return
        deed = self._deed_of(piece)
        following = self._pieces[place + 1] if place + 1 < len(self._pieces) else None
        beside = following is not None and following.beside
        if deed is not None and (beside or self._is_object(deed, piece)):
            return  # 'log it for customer C1': the customer is not wanted besides
        about = piece.preposition in TOPIC or (piece.preposition == "by" and not beside)
        readings = [] if about else self._readings(piece)
        if not readings:
            if piece.raw.lower() not in ASKS:
                self._unsure.append(piece.raw)
            return
        met = {word for each in readings for word in piece.words if self._glossary.entries[each.type].knows(word)}
        met |= IDLE
        if unmet := [word for word in piece.raw.split() if stem(form_of(word)) not in met]:
            self._unsure.append(" ".join(unmet))
        if not self._belongs_to_last(place, piece, readings):
            self._mentions.append(Mention(piece, place, readings, place))

    def _belongs_to_last(self, place: int, piece: Piece, readings: list[Wanted]) -> bool:
        """'The customer's address', 'the address of the customer', 'order W1 status': one thing is wanted, not two."""
        last = self._mentions[-1] if self._mentions else None
        if last is None or last.place != place - 1 or last.deed or piece.joined:
            return False
        if last.piece.whose or last.piece.spotted is not None:
            if last.piece.spotted is None:
                last.via = last.readings[0].type
            last.piece, last.place, last.readings = piece, place, readings
            return True
        if piece.preposition not in WHOSE:
            return False
        following = self._pieces[place + 1] if place + 1 < len(self._pieces) else None
        last.place = place
        if last.via is None and (following is None or not following.beside):
            last.via = readings[0].type
        return True

    def _readings(self, piece: Piece) -> list[Wanted]:
        scored = self._glossary.best(piece.words)
        wanted = []
        for score, entry in scored:
            if score < scored[0][0] - self._nearly:
                break
            # Words beyond the type's own, in the name of one capability alone, mean that one.
            beyond = set(piece.words) - set(entry.own)
            meets = {name: len(beyond & words) for name, words in entry.givers.items()}
            most = max(meets.values(), default=0)
            named = [name for name, count in meets.items() if count == most and most > 0]
            capability = named[0] if len(named) == 1 and len(meets) > 1 else None
            many = piece.plural and entry.is_one_of(piece.words[-1])
            wanted.append(Wanted(type=entry.type, many=many, capability=capability, words=piece.raw))
        return wanted

    def _deed_of(self, piece: Piece) -> Mention | None:
        return next((each for each in self._mentions if each.deed and each.piece.clause == piece.clause), None)

    def _is_object(self, deed: Mention, piece: Piece) -> bool:
        """Words of the deed's own name: in 'cancel the order' the order is not wanted besides."""
        return all(
            set(piece.words) <= self._glossary.words_of_deeds[str(each.capability)].keys() for each in deed.readings
        )

    def _nothing(self) -> Candidates:
        """No word names anything: what can be had by the parameters, or what can be had at all."""
        hard = [each for each in self._given if not each.loose]
        types = self._within_reach(hard)
        choices = [Wanted(type=type_, given=self._given) for type_ in types]
        by = " and ".join(f"“{each.words}”" for each in hard)
        return Candidates(
            goal=self._goal,
            question=f"Nothing here answers to these words{', by ' + by if by else ''}. What is wanted?",
            choices=[Reading(label=each.title, wanted=[each]) for each in choices[:MOST_READINGS]],
            given=self._given,
            unsure=self._unsure,
        )

    def _within_reach(self, hard: list[Given]) -> list[str]:
        reach = World(self._cards.values(), self._given)
        without = World(self._cards.values(), []) if hard else None
        return [
            type_
            for type_, entry in sorted(self._glossary.entries.items())
            if entry.givers and reach.ways_to(type_) and not (without and without.ways_to(type_))
        ]
