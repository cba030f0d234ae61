"""docs/operating.md says what the code does: every setting with its default and unit, every file, every command."""

import re
from pathlib import Path

from baton.contracts import sizes
from baton.settings import settings_table
from baton.temporal import search_attributes
from baton.temporal.large_values import DIRECTORY
from baton.temporal.server_files import ServerFiles

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text()


def cells(row: str) -> tuple[str, ...]:
    """The cells of one row of a Markdown table, without their code marks."""
    return tuple(cell.strip().removeprefix("`").removesuffix("`") for cell in row.strip().strip("|").split(" | "))


def test_the_table_of_settings_is_the_codes_own() -> None:
    between = PAGE.split("<!-- settings:")[1].split("<!-- end of settings -->")[0]
    written = [cells(row) for row in between.splitlines() if row.startswith("| `")]
    expected = [(line.name, line.default or "—", line.unit or "—", line.meaning) for line in settings_table()]
    stripped = [(name, default, unit, meaning.strip()) for name, default, unit, meaning in written]
    assert [row[:3] for row in stripped] == [row[:3] for row in expected]
    for row, line in zip(stripped, expected, strict=True):
        assert re.sub("`", "", row[3]) == re.sub("`", "", line[3])


def test_every_option_of_the_connectors_that_come_along_has_its_line() -> None:
    read: dict[str, set[str]] = {}
    for path in sorted((ROOT / "baton" / "connectors").glob("*.py")):
        read[path.stem] = set(re.findall(r"""options(?:\.get\(|, )"(\w+)\"""", path.read_text()))
    over_http = read["http_json"] | {"url"}
    expected = {f"{name}_{option.upper()}" for name in ("ORDER_SYSTEM", "CRM") for option in over_http}
    expected |= {f"MAILBOX_{option.upper()}" for option in read["smtp_mail"]}
    written = set(re.findall(r"`((?:ORDER_SYSTEM|CRM|MAILBOX)_[A-Z_]+)`", PAGE.split("### The systems behind it")[1]))
    assert expected <= written, f"not on the page: {expected - written}"
    assert written <= expected, f"no connector reads: {written - expected}"


def test_the_files_of_the_embedded_server_are_all_named() -> None:
    files = ServerFiles(Path("state"))
    for path in (files.database, files.log, files.pid, files.ports, files._changing, files._users):
        assert f"`{path.name}`" in PAGE, f"{path.name} is not in the table of the state directory"


def test_large_values_and_their_bounds_are_the_codes_own() -> None:
    assert f"| `{DIRECTORY}/` |" in PAGE
    between = PAGE.split("<!-- sizes:")[1].split("<!-- end of sizes -->")[0]
    rows = [cells(row)[1:] for row in between.splitlines() if row.startswith("| ") and "MB" in row]
    pairs = [
        (sizes.MOST_HANDED_STORED, sizes.MOST_HANDED),
        (sizes.MOST_GIVEN_STORED, sizes.MOST_GIVEN),
        (sizes.MOST_CARRIED_STORED, sizes.MOST_CARRIED),
        (sizes.MOST_KNOWN, sizes.MOST_KNOWN),
        (sizes.MOST_HISTORY, sizes.MOST_HISTORY),
    ]
    assert rows == [tuple(f"{bound / 1e6:.1f} MB" for bound in pair) for pair in pairs]
    for words, bound in (
        ("a value above {} KB", sizes.MOST_INLINE // 1000),
        ("may have {} KB beside its attachments", sizes.MOST_MESSAGE // 1000),
        ("a reply {:,} characters", sizes.MOST_REPLY_CHARACTERS),
        ("a decision with its edit {} KB", sizes.MOST_SIGNALLED // 1000),
        ("stay below {} KB", sizes.MOST_ANSWERED // 1000),
        ("a record above {:.1f} MB", sizes.MOST_OF_A_RECORD / 1e6),
    ):
        assert words.format(bound) in " ".join(PAGE.split())


def test_the_commands_for_an_operator_are_the_ones_that_a_worker_prints() -> None:
    for command in search_attributes.create_commands(list(search_attributes.TYPES), "shop.a1b2c"):
        assert command in PAGE


def test_every_file_of_the_repository_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:baton|\.ci|docs)/[\w./-]+|docker-compose\.yml|worker\.py)`", PAGE)
    assert named
    missing = [name for name in named if not (ROOT / name.rstrip("/")).exists() and not name.startswith(".baton")]
    assert not missing
