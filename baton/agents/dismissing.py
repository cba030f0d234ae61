"""Messages that need no answer. Careful on purpose: in doubt a message is an enquiry."""

# ruff: noqa: E501 - a pattern cut elsewhere than between its alternatives is harder to read than a long line

import re

from baton.contracts.enquiry import NotAnEnquiry
from baton.contracts.mail import Message

from .intents import asks_in
from .order_numbers import order_numbers
from .sentences import sentences_of
from .vocabulary import I

_BULK = re.compile(r"list-unsubscribe|list-id|precedence:\s*(?:bulk|list|junk)|feedback-id", I)
_BOUNCE_SENDER = re.compile(r"^(?:mailer-daemon|postmaster)@", I)
_BOUNCE_SUBJECT = re.compile(
    r"^(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed)|mail delivery (?:failed|subsystem)|returned mail|failure notice)",
    I,
)
_BOUNCE_HEADER = re.compile(r"multipart/report|report-type=delivery-status|x-failed-recipients|return-path:\s*<>", I)
_AWAY_SUBJECT = re.compile(
    r"^(?:(?:re|aw|fw):\s*)*(?:auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|automatiese antwoord|abwesen)",
    I,
)
_AWAY_TEXT = re.compile(
    r"\b(?:i am|i'm|i will be) (?:currently |presently )?(?:out of (?:the )?office|on (?:annual |maternity |sick )?leave|away from (?:the|my) (?:office|desk))",
    I,
)
_THANKS = re.compile(
    r"\b(?:thank(?:s| you)|thanx|thx|dankie|enkosi|ngiyabonga|appreciate|great service|you're (?:the best|awesome|amazing)|legend)\b",
    I,
)
_CLOSED = re.compile(
    r"\b(?:(?:already|now|since|been) (?:been )?(?:solved|sorted|resolved|fixed|received|arrived)|(?:it|this|that|issue|problem|matter|everything|all)(?:'s| is| has been| was| got) (?:now |already |been )*(?:solved|sorted(?: out)?|resolved|fixed)"
    r"|(?:please |kindly |you can )?(?:ignore|disregard) (?:my|the|this)(?: \w+){0,3} ?(?:mail|e-?mail|message|query|enquiry|request)|no (?:further )?action (?:is )?(?:needed|required)|found it|false alarm)\b",
    I,
)
_ANYTHING_LEFT = re.compile(
    r"\b(?:but|however|still|except|unfortunately|although|problem|broken|damaged|wrong|missing|refund|not)\b|\?", I
)


def not_an_enquiry(message: Message, fresh: str) -> NotAnEnquiry | None:  # noqa: PLR0911 - each return is a reason of its own
    """Why this message needs no answer, or None for an enquiry."""
    header = message.automatic or ""
    sender = message.from_address or ""
    if _BOUNCE_SENDER.match(sender) or _BOUNCE_SUBJECT.match(message.subject) or _BOUNCE_HEADER.search(header):
        return NotAnEnquiry(kind="bounce", reason=header or message.subject or "sent by a mail server")
    if header and _BULK.search(header):
        return NotAnEnquiry(kind="bulk", reason=header)
    if header:
        return NotAnEnquiry(kind="automatic", reason=header)
    if _AWAY_SUBJECT.match(message.subject) or (_AWAY_TEXT.search(fresh) and not _asks(fresh)):
        return NotAnEnquiry(kind="automatic", reason="an out-of-office reply")
    if len(fresh.split()) > 60 or "?" in fresh or _subject_asks(message.subject):
        return None
    if (found := _CLOSED.search(fresh)) and not _asks(_CLOSED.sub(" ", fresh)) and not _left(_CLOSED.sub(" ", fresh)):
        return NotAnEnquiry(kind="closed", reason=f"the customer says: “{found[0]}”")
    if (found := _THANKS.search(fresh)) and len(fresh.split()) <= 30 and not _asks(fresh) and not _left(fresh):
        if order_numbers(fresh) and not re.search(
            r"\b(?:received|arrived|got|sorted|refund(?:ed)? (?:came|received))\b", fresh, I
        ):
            return None  # a number sent with thanks answers a question of ours
        return NotAnEnquiry(kind="thanks", reason=f"the customer says: “{found[0]}”")
    return None


def _asks(text: str) -> bool:
    return any(asks_in(sentence) for sentence in sentences_of(text))


def _subject_asks(subject: str) -> bool:
    """'Cancel order #W1001' over a bare 'Thanks!' is the request itself; in an answer the subject is an old one."""
    return bool(subject) and not re.match(r"(?:re|aw|fw|fwd)\s*:", subject, I) and _asks(subject)


def _left(text: str) -> bool:
    return _ANYTHING_LEFT.search(text) is not None
