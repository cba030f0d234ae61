"""The form in which a message follows DATA."""

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")


END = b".\r\n"
"""The line that ends a message. Until it has left, no server may take the message over."""


def as_data(content: bytes) -> bytes:
    """CRLF line ends, and lines that start with a dot doubled (RFC 5321, 4.5.2); the line that ends it is left out."""
    lines = _LINE_END.sub(b"\n", content).removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
