"""What is taken for a link, a telephone or a sum, however it is written; and what of ordinary words is not."""

import time

import pytest

from baton.agents.checkable import ALSO_OF_A_CUSTOMER, Kind, found_in
from baton.agents.letters import evened


def seen_in(text: str) -> list[tuple[str, str]]:
    """What is found; a day or a time is no find."""
    found = found_in(text, ALSO_OF_A_CUSTOMER)
    return [(each.kind.name.lower(), each.words) for each in found if each.kind is not Kind.MOMENT]


def key_of(text: str) -> object:
    """The form in which the one thing is compared that is found."""
    (each,) = found_in(text, ALSO_OF_A_CUSTOMER)
    return each.key


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Track it at bit.ly/3xYz now", "bit.ly/3xYz"),
        ("or evil.me, he says", "evil.me"),
        ("(evil.me)", "evil.me"),
        ("**evil.tk**", "evil.tk"),
        ("_evil.store/pay", "evil.store/pay"),
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
        ("evil．com/x", "evil。com/x"),
        ("evil[.]com", "evil[.]com"),
        ("evil (dot) com/x", "evil (dot) com/x"),
        ("订单在 example.com。谢谢", "example.com"),
        ("[x](javascript:alert`1`)", "javascript:alert1"),
        ("[x](data:text/html;base64,PHN)", "data:text/html;base64,PHN"),
        ("mailto:%61%40evil", "mailto:%61%40evil"),
        ("evil\u200b.com", "evil.com"),
        ("evil.\u200bcom", "evil.com"),
        ("evil.\ufeffcom/pay", "evil.com/pay"),
        ("evil\u00ad.com and", "evil.com"),
        ("evil\u2060.com", "evil.com"),
        ("evil\u0336.com", "evil.com"),
        ("evil\u2024com", "evil.com"),
        ("evil﹒com", "evil.com"),
        ("https://www.shop.co.za]@EVIL.BANK, now", "https://www.shop.co.za]@EVIL.BANK"),
        ("https://www.shop.co.za')@EVIL.BANK", "https://www.shop.co.za')@EVIL.BANK"),
    ],
)
def test_whatever_may_be_followed_is_a_link(text: str, link: str) -> None:
    assert seen_in(text) == [("link", link)]


SUMS = [
    *("R\u202f9999", "R\u20099999", "R\t9999", "R\n9999", "R  9999", "R: 9999", "R **9999**", "R**9999**", "_R9999_"),
    *("9999 R", "9999R", "9999,50", "9 999,50", "50c", "50 cents", "5k rand", "R5k", "5 thousand rand", "R1 million"),
    *("0.5 BTC", "R500-1000", "R 500-1000", "R2025/26", "2 of ZAR 500", "2 ZAR 500", "at 14.30 rand"),
    *(
        "R$500",
        "N$500",
        "A$500",
        "＄500",
        "₺500",
        "₿500",
        "₫500",
        "500 PLN",
        "500 SEK",
        "500 NGN",
        "KES 500",
        "0.5 BTC",
    ),
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call 082.555.1234", "number"),
        ("Call +27.82.555.1234", "number"),
        ("Call 082 555.1234", "number"),
        ("Call 082\u00a0555\u20111234", "number"),
        ("08.25.55.12.34", "number"),
        ("Call 08-25-5512-34", "number"),
        ("Call 08.25.5512-34", "number"),
        ("Call 08-25-55 1234", "number"),
        ("Call 08:25:55:12:34", "number"),
        ("acc 62/83/4567/89", "number"),
        ("account 62-83-4567", "number"),
        ("628\u2009345\u2009678", "number"),
        ("082–555–1234", "number"),
        ("628·345·678", "number"),
        ("628:345:678", "number"),
        ("628|345|678", "number"),
        ("628,345,678,90", "number"),
        ("628345\n678", "number"),
        ("082555.1234", "number"),
        ("⑥②⑧③④⑤⑥⑦", "number"),
        ("٦٢٨٣٤٥٦٧", "number"),
        ("**628** 345 678", "number"),
        ("+27 (0)21 555 0199", "number"),
        ("help\u200b＠evil․com", "email"),
        ("pay 9999 bucks", "amount"),
        ("pay 9999 Bucks", "amount"),
        ("pay usd 9999", "amount"),
        ("pay 9999$", "amount"),
        ("pay 9999,-", "amount"),
        ("pay 9.999,– now", "amount"),
        ("pay 9999.- now", "amount"),
        ("pay 9.999,00", "amount"),
        *((f"pay {sum_} now", "amount") for sum_ in SUMS),
        ("50 persent", "share"),
        ("５０％", "share"),
        ("card ending in *1234", "card"),
        ("card ****1234", "card"),
        ("**** **** **** 1234", "card"),
        ("xxxx-1234", "card"),
        ("kaart 1234", "card"),
        ("die kaart wat eindig op 1234", "card"),
        ("Visa: 1234", "card"),
        ("12 Long Str, Cape Town", "place"),
        ("12 long street", "place"),
        ("12 Kloofstraat", "place"),
        ("Private Bag X12", "place"),
        ("Privaatsak X12", "place"),
        ("Unit 5, 12 Kloof Mews", "place"),
    ],
)
def test_telephones_and_sums_are_found_however_they_are_written(text: str, kind: str) -> None:
    assert [each for each, _ in seen_in(text)] == [kind]


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
        "On 2026/03/12, 12/03/2026 10:30, 2026-11-02T08:15:00Z or 12.03.26, for 2025/26, 03/2026 and 2019–2021.",
        "Mon-Fri 08:00-17:00, 9h00 – 17h00, at 14.30, from 8.30 to 17.00, 8.30 am, 08:30-10:00 a.m.",
        "1.50 m by 12.50 cm, 1.25 lb, 100–150 g, 1000-1500 W, 500–1000 cycles, 120,50 cm, 4.75/5, 5-7 business days",
        "1 000 000 steps, 250,000 words, in sizes 38,39,40 and 6, 7, 8, 9, 10",
        "In 2026. 30 days later there were 1200\n1300\n1400 of them.",
        "2 parcels are on the way, 3 days on the road, 1 item per street, 2 pakkies is onderweg, 5 days in court",
        "All 3 items, the top 10, try 2, 30 sek, ALL 3, TOP 10, size 9 R, 40 °C and 5*10 cm",
        "a R&B song, the A4 page, USB3, model MX-2041-B and the gift card",
    ],
)
def test_ordinary_words_are_none_of_it(text: str) -> None:
    assert seen_in(text) == []


@pytest.mark.parametrize(
    "same",
    [
        "R1 299.00|R1.299,00|1.299,00|1.299,-|1299,-|1299.-|1,299 Rand|R1\u202f299|**R1 299**|1299 R|1 299,00",
        "R50 000|R50k|50 thousand rand",
        "R0.50|50c|50 cents",
        "evil.com|Evil[.]com.|evil。com|evil [dot] com|https://evil.com|https://evil.com/|evil\u200b.com",
        "www.shop.co.za/returns|https://www.shop.co.za/returns/|**www.shop.co.za/returns**",
        "+27 (0)21 555 0199|+27 21 555 0199|021 555 0199|021-555-0199|0027215550199|(021) 555 0199",
        "8 Bree St|8 Bree Street|8 bree str",
        "15 %|15%|15 percent|15 per cent",
    ],
)
def test_what_is_written_in_several_ways_is_compared_in_one(same: str) -> None:
    assert len({key_of(each) for each in same.split("|")}) == 1


def test_two_others_are_not_the_same() -> None:
    assert len({key_of(each) for each in ("021 555 0199", "021 555 0198", "http://evil.com", "evil.com", "R50")}) == 5


def test_a_text_that_is_plain_already_stays() -> None:
    for text in ("snake_case, 5*10 and ____\nwith lines.", "Dear Thandi,\n\nit is here: 8 Bree Street."):
        assert evened(text) == text


PIECES = [
    "a.",
    "a[.]",
    "a-a.",
    "1.",
    "1 ",
    "1.11",
    "-",
    "a_",
    "[ ",
    "a://",
    "R1.111",
    "111 ",
    "****",
    "1 A ",
    "20/",
    "1 000 ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_is_looked_through_at_once(piece: str) -> None:
    began = time.process_time()
    found_in(piece * (60_000 // len(piece)), tuple(Kind))
    assert time.process_time() - began < 5
