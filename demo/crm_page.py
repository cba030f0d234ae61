"""The CRM's page for people: what happened with each enquiry, the latest first."""

from typing import Any

from .pages import at, page, shown

_API = '<a href="/entries">/entries</a>'


def crm_page(entries: list[dict[str, Any]]) -> str:
    """`entries` oldest first, as they are kept."""
    body = "".join(_entry(each) for each in reversed(entries)) or "<p>No entries yet.</p>"
    return page("CRM entries", body, _API)


def _entry(entry: dict[str, Any]) -> str:
    lines = [
        f"{shown(entry['entry_id'])}, {at(entry['at'])}",
        f"Customer: {shown(entry['contact_id'] or 'not known')}",
        *(f"Done: {shown(action)}" for action in entry["actions"]),
        *([f"Decided by {shown(entry['decided_by'])}"] if entry["decided_by"] else []),
        *([f"Record: {shown(entry['archive'])}"] if entry["archive"] else []),
    ]
    told = "".join(f"<p>{line}</p>" for line in lines)
    outcome = shown(entry["outcome"].replace("_", " "))
    return (
        f"<article><h3>{shown(entry['enquiry_id'])}: {outcome}</h3>{told}<pre>{shown(entry['summary'])}</pre></article>"
    )
