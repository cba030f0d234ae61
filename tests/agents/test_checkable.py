"""What is taken for a link, a telephone or a sum, however it is written; and what of ordinary words is not."""

import re
import time

import pytest

from baton.agents.checkable import AMOUNT, CODE, DATE, EMAIL, LINK, NUMBER, amount_of, link_of

KINDS = {"e-mail": EMAIL, "link": LINK, "date": DATE, "amount": AMOUNT, "code": CODE, "number": NUMBER}


def found_in(text: str) -> list[tuple[str, str]]:
    """What is found, in the order in which drafts and answers are looked through; dates are no find."""
    found = []
    for kind, pattern in KINDS.items():
        found += [(kind, hit[0]) for hit in pattern.finditer(text) if kind != "date"]
        text = pattern.sub(" ; ", text)
    return found


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Track it at bit.ly/3xYz now", "bit.ly/3xYz"),
        ("or evil.me, he says", "evil.me"),
        ("(evil.me)", "evil.me"),
        ("**evil.tk**", "evil.tk"),
        ("_evil.store/pay", "_evil.store/pay"),
        ("wait...evil.store/pay", "evil.store/pay"),
        ("t.me/x", "t.me/x"),
        ("evil.page?x=1", "evil.page?x=1"),
        ("evil.store-now", "evil.store"),
        ("EVIL.COM now", "EVIL.COM"),
        ("evil.Store/pay", "evil.Store/pay"),
        ("evil.Zyx/pay", "evil.Zyx/pay"),
        ("it is мой.рф.", "мой.рф"),
        ("see xn--80ak6aa92e.xn--p1ai", "xn--80ak6aa92e.xn--p1ai"),
        ("192.168.7.9/pay", "192.168.7.9/pay"),
        ("at 192.168.7.9.", "192.168.7.9"),
        ("10.0.0.1:8080/x", "10.0.0.1:8080/x"),
        ("evil。com", "evil。com"),
        ("evil．com/x", "evil．com/x"),
        ("evil[.]com", "evil[.]com"),
        ("evil (dot) com/x", "evil (dot) com/x"),
        ("订单在 example.com。谢谢", "example.com"),
        ("[x](javascript:alert`1`)", "javascript:alert`1`"),
        ("[x](data:text/html;base64,PHN)", "data:text/html;base64,PHN"),
        ("mailto:%61%40evil", "mailto:%61%40evil"),
    ],
)
def test_whatever_may_be_followed_is_a_link(text: str, link: str) -> None:
    assert found_in(text) == [("link", link)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call 082.555.1234", "number"),
        ("Call +27.82.555.1234", "number"),
        ("Call 082 555.1234", "number"),
        ("Call 082\u00a0555\u20111234", "number"),
        ("08.25.55.12.34", "number"),
        ("pay 9999 bucks", "amount"),
        ("pay 9999 Bucks", "amount"),
        ("pay usd 9999", "amount"),
        ("pay 9999$", "amount"),
        ("pay 9999,-", "amount"),
        ("pay 9.999,– now", "amount"),
        ("pay 9999.- now", "amount"),
        ("pay 9.999,00", "amount"),
    ],
)
def test_telephones_and_sums_are_found_however_they_are_written(text: str, kind: str) -> None:
    assert [each for each, _ in found_in(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "e.g. this, i.e. that, at 9 a.m. or 10 p.m., Ph.D., U.S.A., P.O.Box",
        "Veld Pty.Ltd and St.Mary, J.Smith and Mr.Nkosi in Dr.Martens, incl.VAT",
        "That is the end.Next we look. Wait...then it came.",
        "See invoice.pdf, my.holiday.photo.jpg, v2.final.docx and label-1.PNG.",
        "Version 1.2.3, v2.0.1 or 10.15.7.",
        "On 12.05.2026, 12.05.26 or 2026-05-12.",
        "It has 1.7L, 3.5mm, size 9.5, 2.5-3.5 kg, 25.747921 degrees, 1.299 pieces, 24/7",
        "TCG-77120, SHO.BLK.XL, AB.12.CD",
        "z.B. das, d.h. dies, p.ex. ça, m.in. to, t.ex. det",
        "订单已发货。谢谢。OK谢谢",
        "ありがとう。またね",
        "Заказ готов.Спасибо",
        "JavaScript is needed. Your data: the following, and customer data:",
        "We need 1, 2 - or 3.",
    ],
)
def test_ordinary_words_are_none_of_it(text: str) -> None:
    assert found_in(text) == []


@pytest.mark.parametrize("text", ["R1 299.00", "R1.299,00", "1.299,00", "1.299,-", "1299,-", "1299.-", "1,299 Rand"])
def test_a_price_is_the_same_however_it_is_written(text: str) -> None:
    hit = AMOUNT.fullmatch(text)
    assert hit is not None
    assert amount_of(hit) == 1299


def test_a_link_is_the_same_with_any_dot() -> None:
    assert {link_of(each) for each in ("evil.com", "Evil[.]com.", "evil。com", "evil [dot] com")} == {"evil.com"}


PIECES = ["a.", "a[.]", "a-a.", "1.", "12.", "1 ", "1.11", "-", "_", "a_", "[ ", "a://", "R1.111"]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("pattern", [LINK, AMOUNT, NUMBER], ids=["link", "amount", "number"])
def test_a_long_text_is_looked_through_at_once(pattern: re.Pattern[str], piece: str) -> None:
    began = time.perf_counter()
    pattern.sub("", piece * (60_000 // len(piece)))
    assert time.perf_counter() - began < 5
