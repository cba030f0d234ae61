"""A return that the demo shop has not seen yet: a demo that breaks something needs an action to break."""

import httpx
from pydantic import BaseModel

from baton.cli.demo_enquiries import ENQUIRIES, DemoDiary, fresh
from baton.cli.demo_systems import DemoAddresses
from baton.cli.messages import Incoming, from_file
from baton.cli.problems import Problem
from baton.contracts.mail import Message

_OWN = "return.eml"


class _Item(BaseModel):
    name: str


class _Order(BaseModel):
    order_id: str
    user_id: str
    status: str
    items: list[_Item]


class _Name(BaseModel):
    first_name: str
    last_name: str


class _User(BaseModel):
    name: _Name
    email: str
    orders: list[str]


class Shop(BaseModel):
    """What the order system shows of its customers and orders."""

    users: dict[str, _User]
    orders: dict[str, _Order]

    def others_of(self, address: str | None, text: str) -> list[str]:
        """The orders of whoever has that address which the text does not speak of."""
        theirs = [order for user in self.users.values() if user.email == address for order in user.orders]
        return [order for order in theirs if order.strip("#") not in text]


async def shop_of(demo: DemoAddresses, http: httpx.AsyncClient) -> Shop:
    """The demo shop as it is now."""
    return Shop.model_validate_json((await http.get(f"{demo.orders_url}/dump")).raise_for_status().content)


def still_to_return(shop: Shop, diary: DemoDiary) -> Incoming:
    """The demo's own mail about a return while its order can be returned, else what another customer would write.

    Raises Problem when every order was returned.
    """
    delivered = [order for order in shop.orders.values() if order.status == "delivered"]
    own = fresh(from_file(str(ENQUIRIES / _OWN)))
    if any(order.order_id in own.message.text for order in delivered):
        diary.note(own.enquiry_id, _OWN)  # so that the next `demo` takes another
        return own
    theirs = "".join(file.read_text(encoding="utf-8") for file in ENQUIRIES.glob("*.eml"))
    for order in delivered:
        items = [item.name for item in order.items]
        alone = next((item for item in items if items.count(item) == 1), None)
        if alone is not None and order.order_id.strip("#") not in theirs:
            return fresh(Incoming(_wants_to_return(alone, order.order_id, shop.users[order.user_id]), ""))
    raise Problem("Every order of this shop that can be returned was returned. Set another STATE_DIR for a new shop.")


def _wants_to_return(item: str, order_id: str, customer: _User) -> Message:
    name = f"{customer.name.first_name} {customer.name.last_name}"
    return Message(
        text=f"Good day\n\nI would like to return the {item} from order {order_id}, please.\n\nKind regards\n{name}\n",
        subject=f"Returning the {item}",
        from_address=customer.email,
        from_name=name,
    )
