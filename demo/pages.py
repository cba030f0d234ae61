"""The look of the pages for people: one file, nothing from elsewhere, so that it shows without a network."""

import html
from datetime import UTC, datetime

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
article { border: 1px solid #ccc; border-radius: 6px; padding: 1rem; margin: 1rem 0; overflow-wrap: anywhere }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem } h3 { font-size: 1.05rem; margin: 0 } p { margin: .2rem 0; color: #555 }
pre { white-space: pre-wrap; font: inherit; margin: .8rem 0 0 }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #ddd }
th { font-weight: normal; color: #555 } .number { text-align: right } :target { background: #ffd }
.changed { font-weight: 600 } .twice { color: #a00 } footer { margin: 3rem 0 1rem; font-size: .9rem; color: #555 }
"""


def page(title: str, body: str, api: str) -> str:
    """A whole page. `body` is HTML whose texts went through `shown`; `api` says what programs ask here."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{shown(title)}</title><style>{_STYLE}</style><h1>{shown(title)}</h1>{body}"
        f'<footer>A stand-in for trying. For programs: {api}, <a href="/openapi.json">openapi.json</a>, and '
        '<a href="/docs">/docs</a> (that one needs the internet).</footer></html>'
    )


def shown(text: object) -> str:
    """Any text as HTML shows it: what customers wrote runs nothing."""
    return html.escape(str(text))


def at(time: datetime | str) -> str:
    """A time to the second, in UTC."""
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
