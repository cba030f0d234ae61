"""Who may import whom: so that runs can be replayed, connectors replaced, and settings found in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ENTRY_POINTS = {"worker", "starter", "baton.cli", "demo"}
PRODUCT = ("activities", "baton", "demo", "workflows", "worker.py", "starter.py")

OURS: dict[str, set[str]] = {
    "baton.contracts": set(),
    "baton.agents": {"baton.contracts"},
    "baton.connectors": {"baton.contracts", "baton.settings"},
    "baton.files": set(),
    "baton.archive": {"baton.contracts", "baton.files"},
    "baton.health": {"baton.contracts", "baton.files"},
    "baton.settings": {"baton.contracts"},
    "baton.temporal": {"baton.contracts", "baton.files", "baton.health", "baton.settings"},
    "activities": {"baton.contracts", "baton.agents", "baton.connectors", "baton.archive", "baton.temporal"},
    "workflows": {"activities", "baton.contracts", "baton.temporal.search_attributes"},
    "baton.processes": {"activities", "workflows", "baton.contracts", "baton.temporal"},
    "demo": set(),
}
"""Each room and the rooms of ours that it may import, besides itself. Entry points that are not here import any."""

FORBIDDEN: dict[str, set[str]] = {
    "baton.contracts": {"temporalio", "httpx", "pydantic_settings", "typer", "rich", "fastapi"},
    "baton.agents": {"temporalio", "httpx", "aiosmtplib", "sqlite3", "socket"},
    "baton.connectors": {"temporalio"},
    "baton.archive": {"temporalio"},
    "baton.health": {"temporalio"},
    "demo": {"temporalio"},
    "workflows": {"httpx", "aiosmtplib", "socket", "random", "time", "uuid", "requests", "threading", "subprocess"},
}
"""Packages of others that a room must not import."""

THIRD_PARTY_OF_CONTRACTS = {"pydantic"}


def files() -> Iterator[Path]:
    """Every file of the product."""
    for place in PRODUCT:
        path = ROOT / place
        yield from [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))


def module_of(path: Path) -> str:
    """`baton.agents.policy` for its file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def within(module: str, room: str) -> bool:
    """Whether a module is a room or lies in it."""
    return module == room or module.startswith(f"{room}.")


def imports(path: Path, source: str | None = None) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything that a file imports, also inside functions."""
    package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
    for node in ast.walk(ast.parse(source if source is not None else path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def room_of(module: str, rooms: dict[str, set[str]]) -> str | None:
    """The room that a module lies in."""
    return next((room for room in rooms if within(module, room)), None)


def is_ours(name: str) -> bool:
    """Whether an import is one of this project's own."""
    return name.split(".", maxsplit=1)[0] in {"activities", "baton", "demo", "workflows", "worker", "starter"}


def wrong_rooms(path: Path, source: str | None = None) -> list[str]:
    """What a file imports of ours that its room may not."""
    room = room_of(module_of(path), OURS)
    if room is None:
        return []
    allowed = OURS[room] | {room}
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for line, name in imports(path, source)
        if is_ours(name) and not any(within(name, other) for other in allowed)
    ]


def wrong_packages(path: Path, source: str | None = None) -> list[str]:
    """What a file imports of others that its room may not."""
    room = room_of(module_of(path), FORBIDDEN)
    banned = FORBIDDEN[room] if room else set()
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for line, name in imports(path, source)
        if name.split(".")[0] in banned
    ]


def reads_of_the_environment(path: Path, source: str | None = None) -> list[str]:
    """Every `os.environ`, `os.getenv` and their like in a file."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "get_exec_path"}
    tree = ast.parse(source if source is not None else path.read_text())
    found = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in names
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    found += [line for line, name in imports(path, source) if name.startswith("os.") and name[3:] in names]
    return [f"{path.relative_to(ROOT)}:{line} reads the environment" for line in found]


def test_every_room_imports_only_what_stands_below_it() -> None:
    wrong = [line for path in files() for line in wrong_rooms(path)]
    assert not wrong, "\n".join(wrong)


def test_no_room_imports_a_package_that_is_not_for_it() -> None:
    wrong = [line for path in files() for line in wrong_packages(path)]
    assert not wrong, "\n".join(wrong)


def test_contracts_import_pydantic_alone() -> None:
    import sys  # noqa: PLC0415  only this test asks what the standard library holds

    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files()
        if within(module_of(path), "baton.contracts")
        for line, name in imports(path)
        if name.split(".")[0] not in THIRD_PARTY_OF_CONTRACTS | set(sys.stdlib_module_names)
        and not within(name, "baton.contracts")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_environment_is_read_by_the_settings_alone() -> None:
    wrong = [
        line
        for path in files()
        if module_of(path) != "baton.settings.environment"
        for line in reads_of_the_environment(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_settings_are_loaded_by_entry_points_alone() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files()
        if not any(within(module_of(path), room) for room in {*ENTRY_POINTS, "baton.settings"})
        for line, name in imports(path)
        if name in ("baton.settings.load_settings", "baton.settings.loading.load_settings")
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_but_the_demo_command_imports_the_demo_systems() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files()
        if not within(module_of(path), "demo") and not within(module_of(path), "baton.cli")
        for line, name in imports(path)
        if within(name, "demo")
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_of_the_product_imports_the_trials() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files()
        for line, name in imports(path)
        if within(name, "bench")
    ]
    assert not wrong, "\n".join(wrong)


def test_no_file_that_defines_workflows_runs_anything_at_import() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files()
        if within(module_of(path), "workflows")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert not wrong, "\n".join(wrong)


BREACHES = [
    ("workflows/some.py", "import httpx"),
    ("workflows/some.py", "def late():\n    from baton.agents.policy import check"),
    ("workflows/some.py", "from baton import connectors"),
    ("baton/contracts/some.py", "from baton.agents import policy"),
    ("baton/contracts/some.py", "from ..agents import policy"),
    ("baton/agents/some.py", "from temporalio import activity"),
    ("baton/connectors/some.py", "import temporalio.exceptions"),
    ("demo/some.py", "from baton.contracts.orders import Order"),
    ("demo/some.py", "import temporalio"),
]


@pytest.mark.parametrize(("place", "source"), BREACHES)
def test_a_breach_is_seen(place: str, source: str) -> None:
    path = ROOT / place
    assert wrong_rooms(path, source) + wrong_packages(path, source)


@pytest.mark.parametrize(
    "source",
    ["import os\nos.environ['X']", "from os import environ", "from os import getenv", "import os\nos.getenv('X')"],
)
def test_a_hidden_read_of_the_environment_is_seen(source: str) -> None:
    assert reads_of_the_environment(ROOT / "baton/agents/some.py", source)
