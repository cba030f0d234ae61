"""docker-compose.yml as the tests read it."""

import re
import subprocess
from pathlib import Path
from typing import TypeGuard

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"

Tree = dict[str, object]


def is_tree(value: object) -> TypeGuard[Tree]:
    """Whether a value is a mapping of names, as every part of a Compose file is."""
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


def part(tree: Tree, *names: str) -> Tree:
    """The mapping under these names, empty where there is none."""
    for name in names:
        below = tree.get(name, {})
        assert is_tree(below), f"{name} is no mapping"
        tree = below
    return tree


def words(value: object) -> list[str]:
    """A list of words."""
    assert isinstance(value, list)
    return [str(word) for word in value]


def compose() -> Tree:
    """The whole file, anchors resolved."""
    read = yaml.safe_load(COMPOSE_FILE.read_text())
    assert is_tree(read)
    return read


def services() -> dict[str, Tree]:
    """Every service by its name."""
    return {name: service for name, service in part(compose(), "services").items() if is_tree(service)}


def environment(service: Tree) -> dict[str, str]:
    """A service's environment, `${NAME:-default}` taken as its default."""
    return {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)) for name, value in part(service, "environment").items()
    }


def ends(process: "subprocess.Popen[str]") -> str:
    """Ends a process that a test started and gives what it said."""
    process.terminate()
    try:
        return process.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]
