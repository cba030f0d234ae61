"""A short-lived client ends with its own exit code, never with a signal from the SDK's threads."""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from baton.temporal.embedded import ServerAddress

ROOT = Path(__file__).parents[2]

SHORT_CALL = """
import asyncio, sys
from temporalio.client import Client
from baton.temporal.leaving import run_and_leave

async def main():
    client = await Client.connect(sys.argv[1])
    await client.count_workflows()
    print("counted")

def program():
    asyncio.run(main())
    sys.exit(3)

run_and_leave(program)
"""


async def test_a_client_that_ends_right_after_a_call_keeps_its_exit_code_and_its_words(server: ServerAddress) -> None:
    ended: Counter[tuple[int | None, bytes]] = Counter()
    for _ in range(6):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SHORT_CALL, server.host_port, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        ended[process.returncode, said] += 1
    assert ended == {(3, b"counted\n"): 6}


@pytest.mark.parametrize(
    ("last", "code", "words"),
    [
        ("pass", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(7)", 7, ""),
        ("sys.exit('No server.')", 1, "No server.\n"),
        ("raise ValueError('odd')", 1, "ValueError: odd\n"),
    ],
)
def test_every_way_to_end_gives_pythons_own_exit_code(last: str, code: int, words: str) -> None:
    begin = "import sys\nfrom baton.temporal.leaving import run_and_leave"
    source = f"{begin}\ndef program():\n    {last}\nrun_and_leave(program)"
    ended = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert ended.stderr.endswith(words)


def test_ctrl_c_is_no_traceback() -> None:
    source = (
        "from baton.temporal.leaving import run_and_leave\ndef stop(): raise KeyboardInterrupt\nrun_and_leave(stop)"
    )
    ended = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"")


def test_a_reader_that_has_gone_is_no_traceback() -> None:
    source = "from baton.temporal.leaving import run_and_leave\nrun_and_leave(lambda: print('x' * 100_000))"
    writer = subprocess.Popen(
        [sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    assert "Exception ignored" not in writer.stderr.read()
    assert writer.wait() in (0, 1)
