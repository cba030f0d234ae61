"""Words from outside that try to steer whoever reads them. Nobody follows them; whoever decides is told of them."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from baton.contracts.enquiry import CustomerReply, ReadEnquiry, Reading
from baton.contracts.mail import Message
from baton.contracts.orders import Customer, Order, Product

from .html_text import hidden_words
from .letters import as_seen
from .mailboxes import folded, mailboxes

MOST_WARNINGS = 8
MOST_QUOTED = 90
MOST_LOOKED_THROUGH = 200_000
"""Characters of one text; a message has no more."""

I = re.IGNORECASE  # noqa: E741 - the flag of every pattern here

_STEERING: list[tuple[str, re.Pattern[str]]] = [
    ("an instruction to a machine", re.compile(
        r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|skip|suspend)\b[^.!?\n]{0,40}?\b(?:instructions?|rules?|polic(?:y|ies)|prompts?|guidelines?|guardrails?|safety|checks?|review(?:er)?s?|approvals?)\b"
        r"|\bsystem prompts?\b|\byou are (?:now|no longer)\b|\bfrom now on,? you\b|\byour (?:new|real|only) (?:instructions?|task|role|goal|job)\b|\bnew instructions?\b|\b(?:developer|debug|admin(?:istrator)?|god|root) (?:mode|override)\b|\bjailbreak\w*|\bas an? (?:ai|llm|language model)\b"
        r"|\b(?:ai|virtual|automated) (?:agent|assistant|system)s?\b[^.!?\n]{0,40}\b(?:must|should|shall|will|have to|please|process\w*|approv\w*)\b"
        r"|\b(?:do not|don't|never|without) (?:tell\w*|inform\w*|mention\w*|show\w*|ask\w*|alert\w*|notify\w*|involv\w*)[^.!?\n]{0,30}\b(?:reviewer|human|staff|agent|manager|person|anyone|anybody|customer)\b"
        r"|\bwithout (?:any |a |an |further |human )*(?:review|approval|human)\b|\b(?:pre-?approved|already (?:been )?approved|auto-?approve\w*|no (?:human )?(?:review|approval) (?:is )?(?:needed|required|necessary))\b", I)),
    ("an instruction to a machine", re.compile(
        r"\b(?:ignoreer|vergeet|verontagsaam|negeer)\b.{0,50}(?:instruksies?|opdragte|re[eë]ls|beleid|instructies|regels)"
        r"|\b(?:ignorier|vergiss|vergessen|missacht)\w*\b.{0,50}(?:anweisung|regel|befehl|vorgabe|instruktion|richtlinie)"
        r"|\b(?:ignor|oubli)\w*\b.{0,50}(?:instructions?|consignes?|r[eè]gles?|directives?)"
        r"|\b(?:ignor|olvid|esque[cç])\w*\b.{0,50}(?:instruccion|instruç|instruco|reglas?\b|regras?\b|[oó]rdenes|ordens)"
        r"|\b(?:ignora\w*|dimentica\w*)\b.{0,50}(?:istruzion|regol)"
        r"|\b(?:ungayinaki|ungazinaki|ungawunaki|ziba|yeka|ungahoyi)\b.{0,50}(?:imiyalelo|imithetho|imiyalo|imigaqo)"
        r"|(?:игнориру|проигнориру|забудь|забудьте)\w*.{0,50}(?:инструкц|правил|указан)"
        r"|(?:忽略|无视|忘记|忘掉|無視).{0,16}(?:指令|指示|规则|規則|说明|命令)|تجاهل.{0,40}(?:تعليمات|أوامر|القواعد)", I | re.DOTALL)),
    ("words that pose as the system's own", re.compile(
        r"(?:^|\n|[.!?] )[^\w\n<]{0,6}(?:(?:system|assistant|developer|admin|administrator|root|backend|baton)(?:[ _-](?:message|prompt|note|notice|override|alert|instructions?|update|log))?|(?:tool|function)[ _-](?:call|message|note|result|output))[ \t]{0,3}(?:\([^)\n]{0,30}\)[ \t]{0,2})?[:>\]»]"
        r"|<\|[a-z_]{2,30}\|>|\[/?(?:INST|SYS(?:TEM)?|ASSISTANT|TOOL)\b[^\]\n]{0,20}\]|<</?SYS>>|#{2,}[ \t]*(?:system|instructions?|response|assistant|human|end of)\b"
        r"|</?(?:system|assistant|tool|function|instructions?|untrusted|customer|message|data|facts?|document|email|user)(?:[ _-][a-z_]{1,30})*>"
        r"|\b(?:begin|end)(?:ning)?[ _](?:of[ _])?(?:the[ _])?(?:system|instructions?|untrusted|customer(?:'s)?|user|data|prompt|message)[ _]?(?:message|prompt|text|data|input|instructions?)?[ \t]*(?:$|[-=*#:\n])"
        r"|\"(?:role|tool_calls?|function_call|arguments|actions|unsure|confidence)\"\s*:|\b(?:verified|approved|sender_status|trust|risk)\s*[=:]\s*[\"']?(?:true|yes|verified|low|approved|none)\b", I)),
    ("a wish for what belongs to others", re.compile(
        r"\b(?:list|send|show|give|forward|export|dump|include|attach|reveal|print|paste|copy|tell)\b[^.!?\n]{0,60}\b(?:(?:all|every|each|any|other|another|last|recent|next|previous)(?: (?:of )?(?:the|your|our|other|known|\d+))*|someone else's|somebody else's)\s+(?:customers?|clients?|users?|buyers?|people)\b(?:'s|s')?"
        r"|\b(?:other|another|all|every) (?:customers?|clients?|users?|buyers?)(?:'s?|s')? (?:orders?|e-?mails?|addresses|address|names?|cards?|details|data|records?|accounts?|phone)"
        r"|\b(?:reveal|print|repeat|show|send|output|paste)\b[^.!?\n]{0,40}\b(?:api[ _-]?keys?|passwords?|credentials|secrets?|environment variables|(?:system )?prompts?|access tokens?)\b", I)),
    ("a link to be filled with facts", re.compile(
        r"!\[[^\]\n]{0,200}\]\(\s*\w+://[^)\n]*|\bhttps?://[^\s\"'<>]{0,300}?[=/](?:\{[^}\s]*\}|\[[^\]\s]+\]|<[^>\s]+>|\$\w+|%7B|[A-Z]+_[A-Z_]+|(?:order|email|address|card|name|data)_?here)", I)),
]  # fmt: skip

# Letters of other alphabets that look like these: a word spelled with them reads the same, and is another word.
_ALSO_READ_AS_LATIN = {
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕԁһкмтвнԛԝɡ": "ABEKMHOPCTYXIJSaeopcyxijsdhkmtbhqwg",  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεορυνικτχ": "ABEZHIKMNOPTYXaeopuviktx",  # Greek
    "ı": "i",
}
_LOOKALIKES = {
    ord(one): other for them, latin in _ALSO_READ_AS_LATIN.items() for one, other in zip(them, latin, strict=True)
}
_MIXED = re.compile(r"[^\W\d_]{3,}")
_OWN_SIGNS = frozenset("µμΩπ")
_OBEYED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\x84\x8d\x90\x98\x9b\x9d-\x9f]")
"""Of those above 7f only what moves or hides something: the others are quotes and dashes of a wrong character set."""
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_TAGS = re.compile(r"[\U000e0000-\U000e007f]")
_UNSEEN = "[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufeff]+"
_INSIDE_WORDS = re.compile(rf"(?<=[A-Za-z0-9]){_UNSEEN}(?=[A-Za-z0-9.@/])|(?<=[.@/]){_UNSEEN}(?=[a-z0-9])")
"""Also beside the dot of a link: what looks like one is found by nobody who looks for it letter by letter."""


def plain_letters(text: str) -> str:
    """The text as it looks, with look-alikes in Latin letters."""
    return as_seen(text).translate(_LOOKALIKES)


def steering(text: str) -> list[str]:
    """What in a text tries to steer its reader, or hides from a person what it says; a line each, with its words."""
    if not text:
        return []
    text = text[:MOST_LOOKED_THROUGH]
    found = dict.fromkeys(disguises(text))
    looked = dict.fromkeys((text, *([] if text.isascii() else [plain_letters(text)])))
    hits: dict[str, str] = {}
    for what, pattern in _STEERING:
        hit = next((hit for each in looked if (hit := pattern.search(each))), None)
        if hit:
            hits.setdefault(what, f"{what}: “{quoted(hit[0])}”")
    return [*found, *hits.values()]


def disguises(text: str) -> Iterator[str]:
    """What in a text looks other than it is."""
    if _OBEYED.search(text):
        yield "control characters, which a terminal obeys and does not show"
    if text.isascii():
        return
    if _TURNS.search(text):
        yield "characters that turn the order of the letters around"
    if _TAGS.search(text):
        yield "characters that nobody sees, which can spell words"
    if _INSIDE_WORDS.search(text):
        yield "characters that nobody sees, inside words"
    mixed = next((hit[0] for hit in _MIXED.finditer(text) if _is_mixed(hit[0])), None)
    if mixed:
        yield f"a word in letters of two alphabets: “{quoted(mixed)}”"


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    alphabets = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter not in _OWN_SIGNS}
    return "LATIN" in alphabets and bool(alphabets & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def with_warnings(reading: Reading, ask: ReadEnquiry) -> Reading:
    """The reading with what a reviewer should know of the words it was made from, whoever read them."""
    found = dict.fromkeys([*reading.warnings, *_in_messages(ask.message, ask.replies)])
    return reading.model_copy(update={"warnings": list(found)[:MOST_WARNINGS]})


def _in_messages(message: Message, replies: Sequence[CustomerReply]) -> Iterator[str]:
    yield from _about_sender(message)
    for at, each in enumerate([message, *(reply.message for reply in replies)]):
        where = "the message" if at == 0 else f"reply {at}"
        hidden = each.hidden or hidden_words(each.text)
        if hidden:
            yield f"{where}: words that a reader of the mail does not see, not read here: “{quoted(hidden)}”"
        texts = {
            f"{where}'s subject": each.subject,
            where: each.text,
            f"{where}'s sender name": each.from_name,
            **{f"{where}'s attachment {number}": one.filename for number, one in enumerate(each.attachments, 1)},
        }
        yield from (f"{place}: {what}" for place, text in texts.items() for what in steering(text))


def _about_sender(message: Message) -> Iterator[str]:
    senders = mailboxes(message.from_address)
    plain = [folded(one) for one in senders]
    if len(senders) > 1:
        yield f"the message names several senders: “{quoted(', '.join(senders))}”"
    if not all(one.isascii() for one in senders):
        yield f"the sender's address has letters other than a to z: “{quoted(', '.join(senders))}”"
    shown = re.search(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w.-]{1,200}\.\w+", message.from_name)
    if shown and folded(shown[0]) not in plain:
        yield f"the sender's name shows another address than the sender's: “{quoted(shown[0])}”"
    elsewhere = [one for one in mailboxes(message.reply_to) if folded(one) not in plain]
    if elsewhere:
        yield f"answers are asked for at another address (Reply-To), and go to the sender's: “{quoted(elsewhere[0])}”"


def in_order_data(customer: Customer | None, orders: Iterable[Order], products: Iterable[Product]) -> list[str]:
    """What in the systems' own data tries to steer its reader: names and notes there were once typed by somebody."""
    found: dict[str, None] = {}
    for place, text in _texts_of(customer, orders, products):
        for what in steering(text):
            found.setdefault(f"{place}: {what}")
    return list(found)[:MOST_WARNINGS]


def _texts_of(
    customer: Customer | None, orders: Iterable[Order], products: Iterable[Product]
) -> Iterator[tuple[str, str]]:
    if customer is not None:
        yield "the customer's name on file", customer.name
        if customer.address:
            yield "the customer's address on file", "\n".join(customer.address.model_dump().values())
        yield from (("a payment method on file", method.label) for method in customer.payment_methods)
    for order in orders:
        where = f"order {order.order_id}"
        yield f"{where}'s status", order.status
        yield from ((f"{where}'s note", note) for note in order.notes)
        for item in order.items:
            yield f"{where}'s item", item.name
            yield f"{where}'s item", "\n".join([*item.options, *item.options.values()])
        if order.address:
            yield f"{where}'s address", "\n".join(order.address.model_dump().values())
        yield from ((f"{where}'s tracking number", one) for parcel in order.parcels for one in parcel.tracking_ids)
    for product in products:
        yield f"product {product.product_id}", product.name
        for variant in product.variants:
            yield f"product {product.product_id}", "\n".join([*variant.options, *variant.options.values()])


def quoted(words: str, most: int = MOST_QUOTED) -> str:
    """The words on one line, short, and with nothing in them that a terminal or a page would obey."""
    seen = "".join(letter if letter.isprintable() else " " for letter in words)
    line = " ".join(seen.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
