"""Nothing of models is imported before one is named; one that is named without its packages says what to install."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BLOCKED = ("pydantic_ai", "genai_prices", "jinja2", "openai", "anthropic", "google.genai")

WITHOUT = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if any(name == each or name.startswith(each + ".") for each in {BLOCKED!r}):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python where the packages of the extra are not installed."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("program", ["worker", "starter"])
def test_worker_and_command_line_do_without(program: str) -> None:
    done = python(f"import {program}; print('here')")
    assert done.stdout.strip() == "here", done.stderr


def test_a_model_that_is_named_says_what_to_install() -> None:
    code = """
import asyncio
from baton.connectors.models import load_models
from baton.contracts.systems import Misconfigured
from baton.settings import load_settings

async def main():
    async with load_models(load_settings(None)):
        print("opened")

try:
    asyncio.run(main())
except Misconfigured as fault:
    print(fault)
"""
    done = python(code, BATON_MODEL="openai:gpt-5-mini", OPENAI_API_KEY="sk-1")
    assert done.stdout.strip() == (
        "BATON_MODEL=openai:gpt-5-mini: the packages for models are not installed: uv sync --extra models"
    ), done.stderr
    assert python(code).stdout.strip() == "opened", "no model is named"


def test_nothing_of_them_is_imported_by_a_worker_without_a_model() -> None:
    code = "import sys, worker, starter; print([name for name in sys.modules if name.partition('.')[0] in "
    done = subprocess.run(
        [sys.executable, "-c", f"{code}{BLOCKED!r}])"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
