"""Why a wanted fact cannot be had, in words that say what is missing."""

from collections.abc import Sequence

from baton.contracts.plan import PlanCard
from baton.contracts.planning import Wanted

from .explaining import lacking_for
from .keys import NULL, gives_key, key_of
from .world import World

MOST_NAMED = 3


def why_not(want: Wanted, world: World) -> str:
    """One sentence."""
    forms = [want.type, want.type + NULL, f"list[{want.type}]", f"list[{want.type}]{NULL}"]
    givers = [
        card
        for card in world.cards.values()
        if (want.capability in (None, card.name))
        and any(gives_key(place, form) for place in world.places_of(card) for form in forms)
    ]
    if not givers:
        return f"nothing here gives {want.title}"
    givers = [card for card in givers if not card.writes] or givers
    lacks = {card.name: lacking_for(card, world) for card in givers}
    told = [
        f"{name} gives it, but needs {', '.join(lacking)}, which nothing here gives"
        for name, lacking in sorted(lacks.items(), key=lambda each: (len(each[1]), each[0]))
        if lacking
    ]
    because = "; ".join(told[:MOST_NAMED]) or f"what there is, is not the {want.via}'s"
    return f"nothing here gives {want.title}: {because}{_maybe(givers, world)}{_almost(want, world)}"


def _almost(want: Wanted, world: World) -> str:
    """What was named, and would lead on if something were named besides."""
    told = []
    for given in (each for each in want.given if not each.loose):
        for card in world.cards.values():
            takes = any(key_of(name, need.type) in given.types for name, need in card.inputs.items() if need.required)
            lacking = lacking_for(card, world)
            if takes and lacking and not card.writes:
                told.append(f"; with “{given.words}”, {card.name} also needs {', '.join(lacking)}")
    return "".join(told[:MOST_NAMED])


def _maybe(givers: Sequence[PlanCard], world: World) -> str:
    """What is needed is there, but may be missing, or there may be several: that is why it does not count."""
    needs = {need.type for card in givers for need in card.inputs.values() if need.required}
    lacking = sorted(type_ for type_ in needs if not world.reached(type_))
    told = [f"{type_} may turn out to be missing" for type_ in lacking if world.reached(type_ + NULL)]
    told += [f"there may be several of {type_}" for type_ in lacking if world.reached(f"list[{type_}]")]
    return f" ({'; '.join(told)})" if told else ""
