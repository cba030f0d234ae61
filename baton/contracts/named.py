"""Plain values that stand for one thing of the business: an order number is no customer id, though both are text."""

from decimal import Decimal
from typing import Annotated

from .types import Named

OrderNumber = Annotated[str, Named("OrderNumber")]
OrderStatus = Annotated[str, Named("OrderStatus")]
OrderVersion = Annotated[str, Named("OrderVersion")]
CustomerId = Annotated[str, Named("CustomerId")]
EmailAddress = Annotated[str, Named("EmailAddress")]
PersonName = Annotated[str, Named("PersonName")]
Postcode = Annotated[str, Named("Postcode")]
ProductId = Annotated[str, Named("ProductId")]
ItemId = Annotated[str, Named("ItemId")]
PaymentMethodId = Annotated[str, Named("PaymentMethodId")]
TrackingNumber = Annotated[str, Named("TrackingNumber")]
MessageId = Annotated[str, Named("MessageId")]
CrmEntryId = Annotated[str, Named("CrmEntryId")]
Money = Annotated[Decimal, Named("Money")]
