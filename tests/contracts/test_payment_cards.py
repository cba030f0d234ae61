"""Numbers of cards, however people write them; and all other numbers, which must stay readable."""

import pytest

from baton.contracts.payment_cards import mask_cards

CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    "text",
    [
        f"{CARD} 12/27", f"{CARD} 123", f"12/27 {CARD}", f"{CARD}\n12/27\n123", "4111111111111111 12/27 cvv 123",
        "Card4111111111111111", f"kaart nr.{CARD}", f"card #{CARD}", "4111111111111111cvv123", f"_{CARD}_",
        *(CARD.replace(" ", between) for between in ("\u00a0", "\u2009", ".", "–", "_", "  ", "\n", " - ", "\u200b")),
        f"order W1042207 {CARD}", f"1042 {CARD}", f"082 555 1234 {CARD}", f"5500 0000 0000 0004 {CARD}",
        "４１１１ １１１１ １１１１ １１１１ 12/27",
    ],
)  # fmt: skip
def test_a_card_is_masked_beside_whatever_stands_there(text: str) -> None:
    masked = mask_cards(text)
    assert "[card ending 1111]" in masked
    assert "1111" not in masked.replace("[card ending 1111]", "")


@pytest.mark.parametrize(
    "text",
    [
        "order #4111111111111111", "order W4111111111111111", "credit_card_4111111111111111", "4111111111111111ZA",
        "082 411 1111 083 111 1111 11", "R41.11 11.11 11.11 11.11", "38.82000000000005", "4111 1111 1111 1112 12/27",
        "2026/03/12 14.30, 2026/04/12 14.30", "192.168.100.101",
    ],
)  # fmt: skip
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert mask_cards(text) == text
