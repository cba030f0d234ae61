"""What every OrderSystem does, whatever stands behind it."""

import asyncio
import uuid

import pytest

from baton.agents.evidence import evidence_of
from baton.contracts.orders import Action
from baton.contracts.systems import Conflict, CustomerQuery, NotFound, OrderSystem, Rejected, SystemFault

from .sample import Sample


async def test_it_says_which_actions_the_shop_has(orders: OrderSystem) -> None:
    said = await orders.capabilities()

    assert len(said.actions) == len(set(said.actions))
    assert said.currency == "" or (len(said.currency) == 3 and said.currency.isupper())


async def test_it_says_that_it_is_well(orders: OrderSystem) -> None:
    health = await orders.health()

    assert health.ok, health.detail
    assert "\n" not in health.detail


@pytest.mark.parametrize("asked", ["customer_id", "email", "name and postcode"])
@pytest.mark.parametrize("upper", [False, True])
async def test_a_customer_is_found_each_way_whatever_the_letter_case(
    orders: OrderSystem, sample: Sample, asked: str, upper: bool
) -> None:
    query = {
        "customer_id": CustomerQuery(customer_id=sample.customer_id),
        "email": CustomerQuery(email=sample.email.upper() if upper else sample.email),
        "name and postcode": CustomerQuery(
            name=sample.name.upper() if upper else sample.name, postcode=sample.postcode
        ),
    }[asked]

    found = await orders.find_customers(query)

    assert [customer.customer_id for customer in found] == [sample.customer_id]
    assert sample.email.casefold() in [email.casefold() for email in found[0].emails]
    assert found[0].name.casefold() == sample.name.casefold()


@pytest.mark.parametrize(
    "query",
    [
        CustomerQuery(customer_id="999999999"),
        CustomerQuery(email="nobody-at-all@nowhere.example"),
        CustomerQuery(name="Nobody Atall", postcode="0000"),
    ],
    ids=["id", "email", "name"],
)
async def test_nobody_is_an_empty_list(orders: OrderSystem, query: CustomerQuery) -> None:
    assert await orders.find_customers(query) == []


async def test_a_part_of_a_name_or_address_finds_nobody(orders: OrderSystem, sample: Sample) -> None:
    """A search that takes a part for the whole would hand one customer's orders to another."""
    part = sample.name.split()[0]
    assert await orders.find_customers(CustomerQuery(name=part, postcode=sample.postcode)) == []
    assert await orders.find_customers(CustomerQuery(name=sample.name, postcode=sample.postcode[:-1])) == []
    assert await orders.find_customers(CustomerQuery(email=sample.email[:-1])) == []
    assert await orders.find_customers(CustomerQuery(email=sample.email[1:])) == []


async def test_the_customers_orders_are_named_and_can_be_read(orders: OrderSystem, sample: Sample) -> None:
    [customer] = await orders.find_customers(CustomerQuery(customer_id=sample.customer_id))

    order = await orders.get_order(sample.order_id)

    assert order.order_id in customer.order_ids
    assert order.customer_id == customer.customer_id
    assert order.items and all(item.price >= 0 for item in order.items)
    assert order.stale_since is None
    assert {payment.method_id for payment in order.payments} <= {m.method_id for m in customer.payment_methods}


async def test_an_order_is_read_with_and_without_its_sign_and_its_version_stays(
    orders: OrderSystem, sample: Sample
) -> None:
    bare = sample.order_id.removeprefix("#")

    one, other = await orders.get_order(bare), await orders.get_order(f"#{bare}")

    assert one == other
    assert one.version


@pytest.mark.parametrize("order_id", ["#999999999", "no such order", "..", "1/../2", "?a=b"])
async def test_an_order_that_is_not_there_is_not_found(orders: OrderSystem, order_id: str) -> None:
    with pytest.raises(NotFound):
        await orders.get_order(order_id)


async def test_a_product_shows_its_variants(orders: OrderSystem, sample: Sample) -> None:
    if sample.product_id is None:
        pytest.skip("the sample names no product")

    product = await orders.get_product(sample.product_id)

    assert product.variants
    assert len({variant.item_id for variant in product.variants}) == len(product.variants)
    with pytest.raises(NotFound):
        await orders.get_product("999999999")


async def test_each_item_of_an_order_belongs_to_a_product_that_can_be_read(orders: OrderSystem, sample: Sample) -> None:
    order = await orders.get_order(sample.order_id)

    for item in order.items:
        product = await orders.get_product(item.product_id)
        assert product.product_id == item.product_id


async def test_an_action_is_carried_out_once_per_key(orders: OrderSystem, allowed: Action) -> None:
    """One story, because a shop may allow an action once only."""
    said = await orders.capabilities()
    key = f"contract/{uuid.uuid4()}"
    assert allowed.kind in said.actions
    before = await orders.get_order(allowed.order_id)
    if said.supports_keys:
        assert await orders.find_performed(key) is None

    with pytest.raises(Conflict):
        await orders.perform(allowed, key=key, expected_version="not the version that was read")
    assert await orders.get_order(allowed.order_id) == before

    at_once = 5 if said.supports_keys else 1
    several = await asyncio.gather(
        *(orders.perform(allowed, key=key, expected_version=before.version) for _ in range(at_once))
    )
    [done] = [each for each in several if not each.replayed]

    after = await orders.get_order(allowed.order_id)
    assert (done.key, done.order) == (key, after)
    assert done.reference
    assert {each.reference for each in several} == {done.reference}
    assert after.version != before.version
    try:
        again = await orders.perform(allowed, key=key, expected_version=before.version)
    except Conflict:
        assert not said.supports_keys, "who keeps keys answers a repeat with what was done"
    else:
        assert (again.replayed, again.reference) == (True, done.reference)
    assert await orders.get_order(allowed.order_id) == after
    if said.supports_keys:
        found = await orders.find_performed(key)
        assert found is not None
        assert (found.key, found.reference, found.order) == (key, done.reference, after)
    else:
        # A lost answer is settled by what the order shows. Nothing to be seen is for a person; the opposite is not.
        seen = evidence_of(allowed, before, after, keys=[key], dispatched_on=before.version)
        assert seen != "not_done"


async def test_who_keeps_no_keys_says_so_when_asked(orders: OrderSystem) -> None:
    key = f"contract/{uuid.uuid4()}"
    if (await orders.capabilities()).supports_keys:
        assert await orders.find_performed(key) is None
    else:
        with pytest.raises(Rejected):
            await orders.find_performed(key)


async def test_a_refused_action_changes_nothing_and_names_nobody(
    orders: OrderSystem, sample: Sample, refused: Action
) -> None:
    before = await orders.get_order(refused.order_id)

    with pytest.raises(Rejected) as fault:
        await orders.perform(refused, key=f"contract/{uuid.uuid4()}", expected_version=before.version)

    assert await orders.get_order(refused.order_id) == before
    assert_names_nobody(fault.value, sample)


async def test_an_action_on_an_order_that_is_not_there_is_not_found(orders: OrderSystem, refused: Action) -> None:
    nowhere = refused.model_copy(update={"order_id": "#999999999"})
    with pytest.raises(NotFound):
        await orders.perform(nowhere, key=f"contract/{uuid.uuid4()}", expected_version="1")


def assert_names_nobody(fault: SystemFault, sample: Sample) -> None:
    for personal in (sample.email, *sample.name.split()):
        assert personal.casefold() not in str(fault).casefold()
