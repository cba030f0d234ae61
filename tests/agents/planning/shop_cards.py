"""Cards like a shop's: orders, customers, products, CRM, mail, policy, time and people."""

# ruff: noqa: E501 - a card is one line

from baton.contracts.plan import PlanCard

from .worlds import card

TEXTS = (
    "OrderNumber OrderStatus CustomerId EmailAddress PersonName Postcode ProductId ProductName ItemId TrackingNumber "
    "MessageId CrmEntryId"
)
NAMED = dict.fromkeys(TEXTS.split(), "str") | {"Money": "number"}

ADDRESS = {"Address": {"address1": "str", "city": "str", "country": "str", "postcode": "Postcode"}}
CUSTOMER = {
    "Customer": {
        "customer_id": "CustomerId",
        "first_name": "str",
        "last_name": "str",
        "emails": "list[EmailAddress]",
        "address": "Address | null",
        "payment_methods": "list[PaymentMethod]",
        "order_ids": "list[OrderNumber]",
    },
    "PaymentMethod": {"label": "str", "balance": "Money | null"},
} | ADDRESS
ORDER = {
    "Order": {
        "order_id": "OrderNumber",
        "customer_id": "CustomerId",
        "status": "OrderStatus",
        "items": "list[OrderItem]",
        "address": "Address | null",
        "payments": "list[Payment]",
        "parcels": "list[Parcel]",
        "placed_at": "datetime | null",
        "delivered_at": "datetime | null",
    },
    "OrderItem": {"item_id": "ItemId", "product_id": "ProductId", "name": "str", "price": "Money"},
    "Payment": {"kind": "str", "amount": "Money"},
    "Parcel": {"tracking_ids": "list[TrackingNumber]", "item_ids": "list[ItemId]"},
} | ADDRESS
PRODUCT = {
    "Product": {"product_id": "ProductId", "name": "str", "variants": "list[Variant]"},
    "Variant": {"item_id": "ItemId", "price": "Money", "available": "bool"},
}


def _card(
    name: str, needs: str, gives: str, description: str, parts: dict[str, dict[str, str]], **more: object
) -> PlanCard:
    return card(name, needs, gives, parts=parts, named=NAMED, description=description, **more)  # type: ignore[arg-type]  # effect and seconds


def shop() -> list[PlanCard]:
    """Twenty-odd capabilities."""
    read = [
        _card("find_customer_by_email", "email: EmailAddress", "Customer", "Find a customer by an address on file", CUSTOMER),
        _card("find_customer_by_name", "name: PersonName, postcode: Postcode", "Customer", "Find a customer by full name and postcode", CUSTOMER),
        _card("find_customer_by_id", "customer_id: CustomerId", "Customer", "Find a customer by their number", CUSTOMER),
        _card("read_order", "order_id: OrderNumber", "Order", "Read an order as it is now", ORDER),
        _card("list_orders_of_customer", "customer_id: CustomerId", "CustomerOrders", "All orders of a customer", {"CustomerOrders": {"customer_id": "CustomerId", "orders": "list[Order]"}} | ORDER),
        _card("look_up_product", "product_id: ProductId", "Product", "Look up a product with its variants", PRODUCT),
        _card("search_products", "name: ProductName", "Product", "Find a product of the catalogue by its name", PRODUCT, s=2.0),
        _card("available_variants", "product: Product", "AvailableVariants", "Which variants of a product can be bought now", {"AvailableVariants": {"variants": "list[Variant]", "cheapest": "ItemId | null"}} | PRODUCT),
        _card("track_order", "order: Order", "Tracking", "Where an order stands and its tracking numbers", {"Tracking": {"order_id": "OrderNumber", "status": "OrderStatus", "tracking_numbers": "list[TrackingNumber]"}}),
        _card("total_orders", "orders: list[Order]", "OrdersTotal", "What some orders cost together", {"OrdersTotal": {"total": "Money", "orders": "int"}}),
        _card("filter_orders", "orders: list[Order], status?: OrderStatus | null, placed_after?: date | null, placed_before?: date | null, at_least?: Money | null, at_most?: Money | null", "FilteredOrders", "Keep the orders for which something holds", {"FilteredOrders": {"orders": "list[Order]", "left_out": "int"}} | ORDER),
        _card("ask_policy", "question: str", "PolicyPassages", "Passages of the policy that answer a question, word for word", {"PolicyPassages": {"passages": "list[Passage]"}, "Passage": {"title": "str", "text": "str"}}),
        _card("check_return_window", "order: Order, at?: datetime | null", "ReturnWindow", "Whether an order can still be returned", {"ReturnWindow": {"order_id": "OrderNumber", "open": "bool", "closes_at": "datetime | null"}}),
        _card("list_contacts", "customer_id: CustomerId", "ContactHistory", "What was written down in the CRM of a customer", {"ContactHistory": {"entries": "list[CrmEntry]"}, "CrmEntry": {"entry_id": "CrmEntryId", "summary": "str"}}),
        _card("current_time", "zone?: str", "Moment", "What time it is somewhere", {"Moment": {"at": "datetime", "day": "date", "weekday": "str"}}, s=0.1),
        _card("business_days_between", "start: date, end: date", "BusinessDays", "How many business days lie between two days", {"BusinessDays": {"days": "int"}}),
        _card("business_hours", "zone?: str", "BusinessHours", "Whether the shop is open now", {"BusinessHours": {"open": "bool", "changes_at": "datetime"}}),
        _card("ask_person", "question: str, choices?: list[str]", "Answer", "Ask a person a question and wait for the answer", {"Answer": {"text": "str"}}, s=3600.0),
        _card("wait", "seconds?: number, until?: datetime", "Waited", "Wait for a time", {"Waited": {"until": "datetime"}}),
        _card("compose", "facts?: json", "ComposedAnswer", "Put facts into one answer", {"ComposedAnswer": {"text": "str"}}),
    ]  # fmt: skip
    write = [
        _card("cancel_order", "order_id: OrderNumber, reason?: str", "OrderCancelled", "Cancel a whole order", {"OrderCancelled": {"reference": "str"}}, effect="idempotent_write"),
        _card("return_items", "order_id: OrderNumber, item_ids?: list[ItemId]", "ReturnOpened", "Take items of a delivered order back", {"ReturnOpened": {"reference": "str"}}, effect="idempotent_write"),
        _card("change_address", "order_id: OrderNumber, address: Address", "AddressChanged", "Send an order that has not left yet elsewhere", {"AddressChanged": {"reference": "str"}}, effect="idempotent_write"),
        _card("send_mail", "to: EmailAddress, subject: str, body: str", "MailHandedOver", "Send a mail, word for word", {"MailHandedOver": {"message_id": "MessageId"}}, effect="irreversible"),
        _card("log_note", "text: str, customer_id?: CustomerId", "NoteLogged", "Log a note in the CRM", {"NoteLogged": {"entry_id": "CrmEntryId"}}, effect="idempotent_write"),
    ]  # fmt: skip
    return [*read, *write]
