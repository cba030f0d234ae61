"""The typed planner: from wanted facts backwards to the cheapest plan, or to what is missing."""

from baton.agents.planning.planner import make_plan
from baton.contracts.plan import Reference
from baton.contracts.planning import NotPlanned

from .worlds import card, given, planned, refused, source, step, used, want

A1 = given("A", "a1")


def test_a_chain_is_followed_backwards_to_what_is_given() -> None:
    cards = [card("find", "a: A", "B"), card("look_up", "b: B", "C"), card("check", "c: C", "D")]
    outcome = planned(cards, want("D", A1))
    assert used(outcome) == ["find", "look_up", "check"]
    assert outcome.plan.steps[0].inputs == {"a": "a1"}
    assert source(outcome, "check", "c") == "look_up"
    assert outcome.plan.wanted == ["D"]
    assert outcome.seconds == 3


def test_a_diamond_has_its_shared_step_once() -> None:
    cards = [
        card("find", "a: A", "B"),
        card("left", "b: B", "L"),
        card("right", "b: B", "R"),
        card("join", "left: L, right: R", "D"),
    ]
    outcome = planned(cards, want("D", A1))
    assert used(outcome) == ["find", "left", "right", "join"]
    assert outcome.seconds == 3


def test_two_wants_share_the_steps_that_they_have_in_common() -> None:
    cards = [card("find", "a: A", "B"), card("orders", "b: B", "C"), card("policy", "b: B", "D")]
    assert used(planned(cards, want("C", A1), want("D", A1))) == ["find", "orders", "policy"]


def test_wants_by_different_parameters_share_a_step_that_is_the_same() -> None:
    cards = [card("clock", "", "Now"), card("age", "a: A, now: Now", "Age")]
    outcome = planned(cards, want("Age", A1), want("Age", given("A", "a2")))
    assert used(outcome) == ["clock", "age", "age"]
    assert [each.inputs["a"] for each in outcome.plan.steps[1:]] == ["a1", "a2"]
    assert [each.id for each in outcome.plan.steps] == ["clock", "age", "age_2"]


def test_two_parameters_of_one_kind_are_two_questions() -> None:
    outcome = planned([card("find", "a: A", "B")], want("B", A1, given("A", "a2")))
    assert [each.inputs["a"] for each in outcome.plan.steps] == ["a1", "a2"]


def test_the_cheaper_of_two_is_taken_and_the_other_is_named_with_its_price() -> None:
    cards = [card("by_phone", "a: A", "B", cost="2.50"), card("by_file", "a: A", "B", cost="0.10", s=60)]
    outcome = planned(cards, want("B", A1))
    assert used(outcome) == ["by_file"]
    (reason,) = outcome.reasons
    assert reason.why == "B is asked for; the cheapest of 2 ways"
    assert [(other.capability, other.why) for other in reason.others] == [("by_phone", "costs 2.4 more a call")]
    assert outcome.cost == "0.1"


def test_a_plan_is_judged_as_a_whole_not_by_its_last_step() -> None:
    cards = [
        card("last_cheap", "x: X", "B", cost="1"),
        card("first_dear", "a: A", "X", cost="9"),
        card("direct", "a: A", "B", cost="5"),
    ]
    outcome = planned(cards, want("B", A1))
    assert used(outcome) == ["direct"]
    assert outcome.reasons[0].others[0].why == "also needs X"


def test_a_dear_step_that_serves_two_wants_beats_two_cheaper_ones() -> None:
    cards = [
        card("both", "a: A", "Both", parts={"Both": {"x": "X", "y": "Y"}}, cost="3"),
        card("only_x", "a: A", "X", cost="2"),
        card("only_y", "a: A", "Y", cost="2"),
    ]
    assert used(planned(cards, want("X", A1), want("Y", A1))) == ["both"]
    assert used(planned(cards, want("X", A1))) == ["only_x"]


def test_of_equal_cost_the_shorter_time_along_the_longest_chain_counts() -> None:
    cards = [
        card("slow", "a: A", "B", s=10),
        card("quick", "a: A", "X", s=1),
        card("quick_too", "x: X", "B", s=1),
    ]
    outcome = planned(cards, want("B", A1))
    assert used(outcome) == ["quick", "quick_too"]
    assert outcome.seconds == 2


def test_of_equal_cost_and_time_fewer_steps_count_and_then_the_name() -> None:
    cards = [
        card("join", "x: X, y: Y", "B"),
        card("x", "a: A", "X"),
        card("y", "a: A", "Y"),
        card("xy", "a: A", "XY", parts={"XY": {"x": "X", "y": "Y"}}),
        card("xy_also", "a: A", "XY", parts={"XY": {"x": "X", "y": "Y"}}),
    ]
    outcome = planned(cards, want("B", A1))
    assert used(outcome) == ["xy", "join"]
    assert [other.why for other in outcome.reasons[0].others if other.capability == "xy_also"] == [
        "as good, but later by name"
    ]


def test_a_part_of_a_result_is_taken_by_its_path_and_the_nearest_wins() -> None:
    parts = {"Order": {"customer": "Customer", "id": "OrderId"}, "Customer": {"mail": "Email", "id": "CustomerId"}}
    cards = [card("get_order", "a: A", "Order", parts=parts), card("send", "to: Email", "Sent", effect="irreversible")]
    outcome = planned(cards, want("Sent", A1))
    assert source(outcome, "send", "to") == "get_order.customer.mail"


def test_where_a_result_holds_a_type_twice_the_words_tell_which() -> None:
    parts = {"Order": {"billing_address": "Address", "delivery_address": "Address"}}
    cards = [card("get_order", "a: A", "Order", parts=parts), card("show", "place: Address", "Map")]
    wanted = want("Map", A1).model_copy(update={"words": "delivery map"})
    assert source(planned(cards, wanted), "show", "place") == "get_order.delivery_address"


def test_each_item_of_a_list_is_taken_where_one_is_needed() -> None:
    parts = {"Customer": {"order_ids": "list[OrderId]"}}
    cards = [card("find", "mail: Email", "Customer", parts=parts), card("get_order", "id: OrderId", "Order")]
    outcome = planned(cards, want("Order", given("Email", "a@b.c"), many=True))
    orders = step(outcome, "get_order")
    assert orders.for_each == Reference(source="find.order_ids")
    assert orders.inputs == {"id": Reference(source="each")}
    assert outcome.plan.wanted == ["list[Order]"]


def test_one_is_wanted_and_several_is_what_there_is() -> None:
    parts = {"Customer": {"order_ids": "list[OrderId]"}}
    cards = [card("find", "mail: Email", "Customer", parts=parts), card("get_order", "id: OrderId", "Order")]
    assert planned(cards, want("Order", given("Email"))).plan.wanted == ["list[Order]"]


def test_for_each_goes_on_over_what_a_step_for_each_gave_and_takes_parts_of_the_item() -> None:
    customer = {"Customer": {"order_ids": "list[OrderId]"}}
    order = {"Order": {"parcel": "Parcel"}, "Parcel": {"tracking": "Tracking"}}
    cards = [
        card("find", "mail: Email", "Customer", parts=customer),
        card("get_order", "id: OrderId", "Order", parts=order),
        card("clock", "", "Now"),
        card("track", "now: Now, number: Tracking", "Whereabouts"),
    ]
    outcome = planned(cards, want("Whereabouts", given("Email"), many=True))
    track = step(outcome, "track")
    assert track.for_each == Reference(source="get_order")
    assert track.inputs == {"now": Reference(source="clock"), "number": Reference(source="each.parcel.tracking")}


def test_a_list_that_comes_whole_is_cheaper_than_one_by_one() -> None:
    parts = {"Customer": {"order_ids": "list[OrderId]", "id": "CustomerId"}}
    cards = [
        card("find", "mail: Email", "Customer", parts=parts),
        card("get_order", "id: OrderId", "Order", cost="1"),
        card("list_orders", "of: CustomerId", "Orders", parts={"Orders": {"orders": "list[Order]"}}, cost="2"),
    ]
    outcome = planned(cards, want("Order", given("Email"), many=True))
    assert used(outcome) == ["find", "list_orders"]
    assert outcome.reasons[1].others[0].why == "would be done for each OrderId"


def test_what_may_be_null_does_not_fit_where_it_must_be_there_and_is_said() -> None:
    cards = [
        card("find", "a: A", "Found", parts={"Found": {"customer": "Customer | null"}}),
        card("orders", "customer: Customer", "Orders"),
    ]
    assert refused(cards, want("Orders", A1)).reasons == [
        "nothing here gives Orders, by “a1”: orders gives it, but needs Customer, which nothing here gives "
        "(Customer may turn out to be missing)"
    ]


def test_what_may_be_null_fits_where_null_is_taken_and_as_an_answer() -> None:
    cards = [
        card("find", "a: A", "Found", parts={"Found": {"customer": "Customer | null"}}),
        card("greet", "customer: Customer | null", "Greeting"),
    ]
    assert used(planned(cards, want("Greeting", A1))) == ["find", "greet"]
    assert planned(cards, want("Customer", A1)).plan.wanted == ["Customer | null"]


def test_what_is_surely_there_is_preferred_to_what_may_be_null() -> None:
    cards = [
        card("maybe", "a: A", "Found", parts={"Found": {"customer": "Customer | null"}}),
        card("surely", "a: A", "Customer", cost="5"),
    ]
    assert used(planned(cards, want("Customer", A1))) == ["surely"]


def test_what_nothing_gives_is_said() -> None:
    cards = [card("find", "a: A", "B")]
    assert refused(cards, want("Weather", A1)).reasons == ["nothing here gives Weather, by “a1”"]


def test_what_is_given_only_by_needing_what_nothing_gives_is_said_with_what_is_needed() -> None:
    cards = [card("track", "number: Tracking", "Parcel")]
    assert refused(cards, want("Parcel", A1)).reasons == [
        "nothing here gives Parcel, by “a1”: track gives it, but needs Tracking, which nothing here gives"
    ]


def test_all_that_cannot_be_had_is_said_at_once() -> None:
    assert len(refused([card("find", "a: A", "B")], want("X", A1), want("B", A1), want("Y", A1)).reasons) == 2


def test_steps_that_wait_for_each_other_are_no_plan() -> None:
    cards = [card("egg", "hen: Hen", "Egg"), card("hen", "egg: Egg", "Hen")]
    assert "needs Hen" in refused(cards, want("Egg")).reasons[0]


def test_a_part_of_a_step_that_waits_for_that_part_is_no_way() -> None:
    cards = [
        card("pair", "x: X", "Pair", parts={"Pair": {"y": "Y"}}),
        card("back", "y: Y", "X"),
        card("start", "a: A", "X", cost="9"),
    ]
    outcome = planned(cards, want("Y", A1))
    assert used(outcome) == ["start", "pair"]


def test_a_plan_of_twelve_steps_is_found_and_of_thirteen_the_bound_is_said() -> None:
    chained = [card(f"step_{number:02}", f"x: T{number}", f"T{number + 1}") for number in range(13)]
    start = given("T0")
    assert len(planned(chained, want("T12", start)).plan.steps) == 12
    outcome = refused(chained, want("T13", start))
    assert outcome.bound == "steps"
    assert outcome.reasons == ["no plan of at most 12 steps gives T13, by “1”"]


def test_wants_that_together_need_too_many_steps_hit_the_bound_too() -> None:
    numbers = [given("A", str(number)) for number in range(13)]
    outcome = refused([card("find", "a: A", "X"), card("look", "x: X", "B")], want("B", *numbers[:7]))
    assert (outcome.bound, outcome.reasons) == ("steps", ["it takes 14 steps, and a plan made here has at most 12"])
    outcome = refused([card("find", "a: A", "B")], want("B", *numbers))
    assert (outcome.bound, outcome.reasons) == (
        "steps",
        ["more than 12 things are wanted, and a plan made here has at most 12 steps"],
    )


def test_wants_that_differ_in_values_alone_are_searched_once() -> None:
    cards = [card("find", "a: A", "X"), card("look", "x: X", "B")]
    one = planned(cards, want("B", A1))
    four = planned(cards, want("B", *(given("A", str(number)) for number in range(4))))
    assert four.expanded == one.expanded
    assert [each.inputs["a"] for each in four.plan.steps[:4]] == ["0", "1", "2", "3"]


def test_a_goal_that_no_plan_could_hold_is_refused() -> None:
    for goal in ("", "x" * 2001):
        outcome = make_plan(goal, [want("B", A1)], [card("find", "a: A", "B")])
        assert isinstance(outcome, NotPlanned)
        assert "1 to 2000 characters" in outcome.reasons[0]


def test_a_field_that_no_path_can_name_is_not_taken() -> None:
    cards = [card("find", "a: A", "Found", parts={"Found": {"the-b": "B", "b": "C"}})]
    assert "nothing here gives B" in refused(cards, want("B", A1)).reasons[0]


def test_a_dearer_but_shorter_plan_is_found_where_the_cheapest_is_too_long() -> None:
    chained = [card(f"step_{number:02}", f"x: T{number}", f"T{number + 1}") for number in range(5)]
    short = card("leap", "x: T0", "T5", cost="10")
    assert used(planned([*chained, short], want("T5", given("T0")), most_steps=4)) == ["leap"]


def test_when_the_search_is_cut_short_there_is_a_plan_and_it_says_so() -> None:
    cards = [card(f"way_{number}", "a: A", "B", cost=str(9 - number)) for number in range(5)]
    outcome = planned(cards, want("B", A1), most_nodes=0)
    assert outcome.bound == "nodes"
    assert planned(cards, want("B", A1)).bound is None


def test_writes_are_reviewed_and_only_where_nothing_else_will_do() -> None:
    cards = [
        card("open_account", "a: A", "Account", effect="irreversible"),
        card("find_account", "a: A", "Account", cost="100"),
        card("book", "account: Account", "Booked", effect="idempotent_write"),
    ]
    outcome = planned(cards, want("Booked", A1))
    assert [(each.capability, each.review) for each in outcome.plan.steps] == [("find_account", False), ("book", True)]
    assert outcome.reasons[0].others[0].why == "it changes something, and this can be had without"


def test_a_capability_named_outright_is_the_one_though_another_is_cheaper() -> None:
    cards = [card("cancel", "a: A", "Done", effect="irreversible"), card("close", "a: A", "Done")]
    outcome = planned(cards, want("Done", A1, capability="cancel"))
    assert used(outcome) == ["cancel"]
    assert outcome.reasons[0].why == "it is asked for by name"


def test_a_declared_fallback_is_planned_only_where_what_it_stands_in_for_cannot_be() -> None:
    cards = [card("find", "a: A", "B", cost="3", s=9, fallbacks=["old_copy"]), card("old_copy", "a: A", "B")]
    outcome = planned(cards, want("B", A1))
    assert used(outcome) == ["find"]
    assert outcome.reasons[0].others[0].why == "it is declared as a fallback, for when another fails"
    assert used(planned([card("find", "x: X", "B", fallbacks=["old_copy"]), cards[1]], want("B", A1))) == ["old_copy"]


def test_a_plan_takes_what_is_given_though_one_without_it_were_cheaper() -> None:
    cards = [card("anybody", "", "Customer"), card("find", "a: A", "Customer", cost="3")]
    outcome = planned(cards, want("Customer", A1))
    assert used(outcome) == ["find"]
    assert outcome.unused == []


def test_what_is_given_and_cannot_be_used_is_said() -> None:
    outcome = planned([card("anybody", "", "Customer")], want("Customer", A1))
    assert outcome.unused == [A1]


def test_whose_it_is_decides_where_it_is_taken_from() -> None:
    cards = [
        card("get_order", "a: A", "Order", parts={"Order": {"address": "Address", "customer_id": "CustomerId"}}),
        card("find", "id: CustomerId", "Customer", parts={"Customer": {"address": "Address", "id": "CustomerId"}}),
    ]
    assert used(planned(cards, want("Address", A1))) == ["get_order"]
    assert used(planned(cards, want("Address", A1, via="Customer"))) == ["get_order", "find"]


def test_a_plain_input_is_filled_by_a_field_of_its_name_and_by_no_other() -> None:
    parts = {"Place": {"city": "str", "name": "str"}}
    cards = [
        card("find", "a: A", "Place", parts=parts),
        card("weather", "city: str", "Weather"),
        card("greet", "name: str", "Greeting"),
        card("shout", "loudly: str", "Shout"),
    ]
    assert source(planned(cards, want("Weather", A1)), "weather", "city") == "find.city"
    assert "needs name (str)" in refused(cards, want("Greeting", A1)).reasons[0]
    assert "needs loudly (str)" in refused(cards, want("Shout", A1)).reasons[0]


def test_what_takes_anything_is_not_fed_with_something() -> None:
    cards = [card("find", "a: A", "B"), card("sum_up", "facts: json", "Summary")]
    assert "needs facts (json)" in refused(cards, want("Summary", A1)).reasons[0]


def test_optional_inputs_are_filled_by_what_is_given_and_by_nothing_else() -> None:
    cards = [card("clock", "", "Today"), card("orders", "a: A, since?: Since | null, today?: Today", "Orders")]
    outcome = planned(cards, want("Orders", A1, given("Since", "2026-11-01")))
    assert outcome.plan.steps[0].inputs == {"a": "a1", "since": "2026-11-01"}
    assert used(outcome) == ["orders"]


def test_a_search_by_one_of_several_hints_is_not_called_without_any() -> None:
    cards = [card("search", "mail?: Email, number?: A", "Customer")]
    assert "nothing here gives Customer" in refused(cards, want("Customer")).reasons[0]
    assert planned(cards, want("Customer", A1)).plan.steps[0].inputs == {"number": "a1"}


def test_a_list_of_numbers_is_made_from_the_one_that_is_given() -> None:
    outcome = planned([card("many", "numbers: list[A]", "B")], want("B", A1))
    assert outcome.plan.steps[0].inputs == {"numbers": ["a1"]}


def test_a_text_that_a_named_write_lacks_is_asked_of_a_person_and_of_a_read_is_not() -> None:
    ask = card("ask_person", "question: str, choices: list[str]", "Answer", parts={"Answer": {"text": "str"}})
    cards = [ask, card("send", "to: A, body: str", "Sent", effect="irreversible"), card("read", "body: str", "Read")]
    outcome = planned(cards, want("Sent", A1, capability="send"))
    assert used(outcome) == ["ask_person", "send"]
    assert outcome.plan.steps[0].inputs == {"question": "What should the body be?", "choices": []}
    assert source(outcome, "send", "body") == "ask_person.text"
    refused(cards, want("Read", A1))


def test_wherever_the_cards_stand_the_names_of_steps_are_ids() -> None:
    outcome = planned([card("mcp.time/Now!", "", "Now"), card("2nd", "now: Now", "B")], want("B"))
    assert [each.id for each in outcome.plan.steps] == ["mcp_time_now", "step_2nd"]
