"""A boundary is claimed by one worker alone, and every activity has its own."""

from pathlib import Path
from random import Random

from activities.cards import all_cards
from bench.chaos_parts.boundaries import Boundary, Claim, Tokens, boundaries_of, drawn


def test_each_boundary_is_claimed_once_and_tells_by_whom(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    tokens.lay_out([Boundary("send_reply", "in flight", "kill"), Boundary("send_reply", "in flight", "freeze")])
    assert [tokens.claim("send_reply", "in flight", pid) for pid in (1, 2, 3)] == ["kill", "freeze", None]
    assert set(tokens.claims()) == {
        Claim("send_reply.in flight.kill", 1, "kill"),
        Claim("send_reply.in flight.freeze", 2, "freeze"),
    }
    assert tokens.not_reached() == []


def test_a_boundary_that_was_given_back_is_there_for_the_next(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    boundary = Boundary("log_outcome", "in flight", "kill")
    tokens.lay_out([boundary])
    assert tokens.claim("log_outcome", "in flight", 1) == "kill"
    tokens.give_back(boundary, 1)
    assert tokens.not_reached() == [boundary.name]
    assert tokens.claim("log_outcome", "in flight", 2) == "kill"


def test_no_activity_is_spared() -> None:
    harmed = {boundary.activity for boundary in boundaries_of(all_cards())}
    assert harmed == {card.name for card in all_cards()}


def test_a_few_boundaries_are_spread_over_every_write_and_every_place() -> None:
    every = boundaries_of(all_cards())
    writes = {each.activity for each in every if each.place == "in flight"}
    for seed in range(50):
        few = drawn(every, 16, Random(seed))
        assert len(set(few)) == 16
        assert writes < {each.activity for each in few}
        assert {each.place for each in few} == {"before", "asking", "in flight", "answered", "after"}
        assert [each.harm for each in few].count("kill") == 8


def test_a_write_is_harmed_in_the_midst_of_its_request_too() -> None:
    places = {each.place for each in boundaries_of(all_cards()) if each.activity == "cancel_order"}
    assert places == {"before", "asking", "in flight", "answered", "after"}
