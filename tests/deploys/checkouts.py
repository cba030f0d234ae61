"""Two checkouts side by side: the code that runs were started by, and the code that goes on with them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import JsonValue

ROOT = Path(__file__).parents[2]
BEFORE = (ROOT / "tests/deploys/before.txt").read_text(encoding="utf-8").strip()
PRODUCT = ("activities", "baton", "workflows", "worker.py")

ANCHOR = """        self._run.stage("proposing")
        case.revision += 1
"""
CHANGE = """        if workflow.patched("policy-is-read-again"):
            await self._steps.run(
                names.LOOK_UP_POLICY,
                key=numbered("look_up_policy/again", case.revision),
                reads={"reading": case.reading_fact},
                summary="Look up the policy once more",
            )
"""
"""A step more, as CONTRIBUTING shows: in a run that is beyond this place already it is left out."""


def earlier(place: Path) -> Path:
    """The product as it was at the commit of before.txt. Skips where this checkout has no history."""
    archived = subprocess.run(["git", "-C", str(ROOT), "archive", BEFORE, *PRODUCT], capture_output=True, check=False)
    if archived.returncode:
        pytest.skip(f"the history of this checkout does not reach back to {BEFORE[:7]}")
    place.mkdir()
    subprocess.run(["tar", "-x", "-C", str(place)], input=archived.stdout, check=True)
    return place


def changed(place: Path) -> Path:
    """The product as it is, with one step more in the enquiry's process."""
    place.mkdir()
    for name in PRODUCT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)
    file = place / "workflows/enquiry_parts/agreement.py"
    code = file.read_text(encoding="utf-8")
    assert ANCHOR in code
    code = code.replace(ANCHOR, ANCHOR + CHANGE).replace(
        "from baton.contracts import names", "from temporalio import workflow\n\nfrom baton.contracts import names", 1
    )
    file.write_text(code, encoding="utf-8")
    return place


def cards_of(root: Path) -> list[JsonValue]:
    """The cards that a run of this checkout starts with."""
    asked = "import json; from activities.cards import all_cards; print(json.dumps([c.model_dump(mode='json') for c in all_cards()]))"  # noqa: E501  one line of another program
    said = subprocess.run([sys.executable, "-c", asked], cwd=root, capture_output=True, check=True, text=True)
    cards: list[JsonValue] = json.loads(said.stdout)
    return cards
