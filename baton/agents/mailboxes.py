"""The one mailbox that a header names, and when two spellings of an address are the same one."""

from email.utils import getaddresses
from string import ascii_lowercase, ascii_uppercase

_A_TO_Z = str.maketrans(ascii_uppercase, ascii_lowercase)


def mailboxes(header: str | None) -> list[str]:
    """Every address in the text of a From or Reply-To header; text that is none counts as it stands."""
    text = (header or "").strip()
    found = [address for _, address in getaddresses([text]) if "@" in address]
    return found or ([text] if text else [])


def the_mailbox(header: str | None) -> str | None:
    """The bare address: 'Thandi <T@x.co.za>' is T@x.co.za. None for several: which of them wrote is not known."""
    found = mailboxes(header)
    return found[0] if len(found) == 1 else None


def folded(address: str) -> str:
    """In lower case, A to Z only: of other letters some become a Latin one, and another mailbox passes for this one."""
    return address.strip().lower() if address.isascii() else address.strip().translate(_A_TO_Z)
