"""docs/failure-contract.md: each line names a test that exists, and each test of the contract stands in a line."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/failure-contract.md"


def lines() -> list[str]:
    """Every line of the tables that says what fails."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [row for row in rows if not re.match(r"\| (What fails|---)", row)]


def named() -> set[str]:
    """The tests that lines name."""
    return {test for row in lines() for test in re.findall(r"`(tests/\S+::\w+)`", row)}


def functions_in(path: Path) -> set[str]:
    """The tests in a file."""
    place = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {f"{place}::{node.name}" for node in functions if node.name.startswith("test_")}


def test_every_line_names_a_test() -> None:
    assert lines()
    assert [row for row in lines() if not re.search(r"`tests/\S+::\w+`", row)] == []


def test_every_test_that_a_line_names_is_there() -> None:
    files = {ROOT / test.partition("::")[0] for test in named()}
    there = {test for file in files if file.is_file() for test in functions_in(file)}
    assert sorted(named() - there) == []


def test_every_test_of_the_contract_stands_in_a_line() -> None:
    tests = {test for file in (ROOT / "tests/failure_contract").glob("test_*.py") for test in functions_in(file)}
    assert tests
    assert sorted(tests - named()) == []
