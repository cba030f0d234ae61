"""Mails as people know them: the one that came in, and the one that went out."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from baton.cli.presenting.review import mail_lines
from baton.cli.problems import Problem
from baton.contracts.mail import Message

_MOST_LINES = 18


def what_they_wrote(
    message: Message, replies: Sequence[Message], enquiry_id: str, *, full: bool = False
) -> RenderableType:
    """The customer's message and what they wrote since, for whoever judges the answer; long ones are cut."""
    whole = f"uv run starter.py review {enquiry_id} --full"
    panels = [message_panel(message, enquiry_id, title="The customer's message", whole=whole, full=full)]
    for reply in replies:
        panels.append(message_panel(reply, enquiry_id, title="They wrote again", whole=whole, full=full))
    return Group(*panels)


def message_panel(
    message: Message, enquiry_id: str, *, title: str = "A message came in", whole: str = "", full: bool = False
) -> Panel:
    """The customer's message; a long one is cut, with `whole` as the command that shows the rest."""
    lines = message.text.strip().splitlines()
    shown = lines if full else lines[:_MOST_LINES]
    if len(lines) > len(shown):
        shown.append(f"… {len(lines) - _MOST_LINES} more lines{f': {whole}' if whole else ''}")
    parts = []
    if message.from_address:
        named = f"{message.from_name} <{message.from_address}>" if message.from_name else message.from_address
        parts.append(Text.assemble(("From     ", "quiet"), named))
    if message.subject:
        parts.append(Text.assemble(("Subject  ", "quiet"), message.subject))
    if parts:
        parts.append(Text())
    parts.append(Text("\n".join(line[:1000] for line in shown)))
    parts += [Text(f"[{each.filename}, {each.size_bytes} bytes]", style="quiet") for each in message.attachments]
    return Panel(
        Group(*parts),
        title=Text(title, style="name"),
        title_align="left",
        subtitle=Text(enquiry_id, style="quiet"),
        subtitle_align="right",
        border_style="quiet",
        padding=(0, 2),
    )


def sent_mail_panel(deliveries: object) -> Panel:
    """What the mail server received under one Message-ID. Raises Problem when it received nothing."""
    if not isinstance(deliveries, list) or not deliveries or not isinstance(deliveries[0], dict):
        raise Problem("it has no mail under that Message-ID")
    mail: dict[str, object] = deliveries[0]
    threaded = Text.assemble(("Answers  ", "quiet"), str(mail["in_reply_to"])) if mail.get("in_reply_to") else None
    parts = list(mail_lines(str(mail.get("to", "")), str(mail.get("subject", "")), str(mail.get("text", ""))))
    if threaded is not None:
        parts.insert(2, threaded)
    return Panel(
        Group(*parts),
        title=Text("The mail, as it arrived at the mail server", style="name"),
        title_align="left",
        border_style="ok",
        padding=(0, 2),
    )
