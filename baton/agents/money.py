"""Amounts as a customer reads them."""

from decimal import Decimal

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(amount: Decimal, currency: str) -> str:
    """'R1 299.00' for rand, '$1,299.00', '1299.00 CHF', and the bare figure where the currency is not known."""
    cents = f"{amount.quantize(Decimal('0.01')):,.2f}"
    if currency == "ZAR":
        return f"R{cents.replace(',', ' ')}"
    if currency in _SIGNS:
        return f"{_SIGNS[currency]}{cents}"
    return f"{cents.replace(',', '')} {currency}".strip()


def paid(amounts: list[Decimal]) -> Decimal:
    """The sum, zero for none."""
    return sum(amounts, Decimal(0))
