"""A message in sentences; a list under a sentence stays with it."""

import re

_BULLET = re.compile(r"^\s*(?:[-*•·–]|\d{1,2}[.)])\s+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|rd|ave|no|nr|approx|e\.g|i\.e|etc|vs|ext|apt|cnr))$", re.IGNORECASE
)
_ADDRESS_BEGINS = re.compile(
    r"\s*(?:no\.?\s*)?(?:\d{1,5}[a-z]?(?:\s*[-/]\s*\d+)? [a-z]|(?:flat|unit|apt|apartment|suite|floor)\b)", re.I
)
_ADDRESS_ENDS = re.compile(r"(?:^|[ ,])\d{4}[.,]?\s*$")
_ADDRESS_LINES = 7
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)")


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, in order. Semicolons and bullets separate parts of one sentence."""
    whole: list[str] = []
    for paragraph in re.split(r"\n\s*\n", _addresses_in_one_line(text)):
        whole.extend(_cut(_in_one_line(paragraph)))
    return _lists_joined(whole)


def _addresses_in_one_line(text: str) -> str:
    """Street, suburb, town and postcode under one another are one address; cut apart, none of it would be found."""
    lines, joined, at = text.split("\n"), list[str](), 0
    while at < len(lines):
        end = _end_of_address(lines, at)
        joined.append(", ".join(line.strip().rstrip(",.") for line in lines[at:end]))
        at = end
    return "\n".join(joined) if len(joined) < len(lines) else text


def _end_of_address(lines: list[str], at: int) -> int:
    if not _ADDRESS_BEGINS.match(lines[at]) or _ADDRESS_ENDS.search(lines[at]) or lines[at].count(" ") > 8:
        return at + 1
    for end in range(at + 1, min(at + _ADDRESS_LINES, len(lines))):
        line = lines[end].strip()
        if not line or len(line) > 40 or _BULLET.match(line) or line.rstrip(",").endswith((".", "!", "?", ":")):
            return at + 1
        if _ADDRESS_ENDS.search(line):
            return end + 1
    return at + 1


def _in_one_line(paragraph: str) -> str:
    """Wrapped lines are one; a bullet or a short line that ends like a line of its own is a part of its own."""
    joined = ""
    bulleted = False
    for raw in paragraph.split("\n"):
        line = raw.strip()
        if not line:
            continue
        if _BULLET.match(line):
            line = _BULLET.sub("", line)
            if joined:
                joined = joined.rstrip(" ;,") + ("; " if not joined.rstrip().endswith((":", ".", "!", "?")) else " ")
                joined = (
                    joined if joined.rstrip().endswith((";", ":")) or not bulleted else joined.rstrip(".!? ") + "; "
                )
            joined += line
            bulleted = True
        elif not joined:
            joined = line
        elif joined.endswith((",", ";", ":")) or line[0].islower() or len(joined.split("\n")[-1]) > 60:
            joined += " " + line
        elif bulleted or joined.endswith((".", "!", "?")):
            joined = joined.rstrip(";") + ("" if joined.endswith((".", "!", "?")) else ".") + " " + line
        else:
            joined += ". " + line
    return joined


def _cut(line: str) -> list[str]:
    found: list[str] = []
    begin = 0
    for hit in _END.finditer(line):
        if line[hit.start()] == "." and _ABBREVIATION.search(line[begin : hit.start()]):
            continue
        found.append(line[begin : hit.end()].strip())
        begin = hit.end()
    found.append(line[begin:].strip())
    return [sentence for sentence in found if sentence.strip(" .!?,;-")]


def _lists_joined(sentences: list[str]) -> list[str]:
    """'I want to return:' belongs with what follows it."""
    joined: list[str] = []
    for sentence in sentences:
        if joined and joined[-1].endswith(":"):
            joined[-1] = f"{joined[-1]} {sentence}"
        else:
            joined.append(sentence)
    return joined
