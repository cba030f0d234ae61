"""What can be asked of the order system for one order: the bodies of POST /orders/{id}/actions."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .shop_file import AddressDoc


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressBody(_Body):
    """A postal address."""

    address1: str = Field(min_length=1)
    address2: str = ""
    city: str = Field(min_length=1)
    state: str = ""
    country: str = Field(min_length=1)
    zip: str = Field(min_length=1)

    def document(self) -> AddressDoc:
        """As it is stored."""
        return AddressDoc(
            address1=self.address1,
            address2=self.address2,
            city=self.city,
            country=self.country,
            state=self.state,
            zip=self.zip,
        )


class _OnAnOrder(_Body):
    note: str = Field(default="", description="written down with the order, where no idempotency keys are kept")


class CancelOrder(_OnAnOrder):
    """Cancel a pending order and refund every payment."""

    kind: Literal["cancel_order"]
    reason: Literal["no longer needed", "ordered by mistake"]


class ReturnItems(_OnAnOrder):
    """Ask for a return of delivered items; the refund goes to the first payment's method or a gift card."""

    kind: Literal["return_items"]
    item_ids: list[str] = Field(min_length=1)
    payment_method_id: str


class _Swaps(_OnAnOrder):
    item_ids: list[str] = Field(min_length=1)
    new_item_ids: list[str] = Field(min_length=1, description="the new variant for the item in the same place")
    payment_method_id: str


class ExchangeItems(_Swaps):
    """Ask for an exchange of delivered items for other variants of the same products."""

    kind: Literal["exchange_items"]


class ChangeItems(_Swaps):
    """Put other variants into a pending order; possible once."""

    kind: Literal["change_items"]


class ChangeAddress(_OnAnOrder):
    """Send a pending order elsewhere."""

    kind: Literal["change_address"]
    address: AddressBody


class ChangePayment(_OnAnOrder):
    """Pay for a pending order by another method."""

    kind: Literal["change_payment"]
    payment_method_id: str


OrderAction = Annotated[
    CancelOrder | ReturnItems | ExchangeItems | ChangeItems | ChangeAddress | ChangePayment, Field(discriminator="kind")
]
ACTION_KINDS = ("cancel_order", "return_items", "exchange_items", "change_address", "change_items", "change_payment")
