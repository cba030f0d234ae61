"""The demo systems in a process of their own: `python -m bench.measured.systems DIR` says their addresses as JSON."""

import asyncio
import json
import sys
from pathlib import Path

from bench.instruments.processes import until_let_go
from demo.servers import DemoSystems


async def _serve(state_dir: Path) -> None:
    systems = DemoSystems(state_dir)
    await systems.open()
    try:
        sys.stdout.write(json.dumps(systems.addresses()) + "\n")
        sys.stdout.flush()
        await until_let_go()
    finally:
        await systems.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
