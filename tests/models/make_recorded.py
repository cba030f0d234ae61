"""Records anew what a real model answers: `uv run --group local-model python -m tests.models.make_recorded`.

Needed where what leaves for a model is another (a new version of a client, for one): a test then says `not recorded`.
"""

import asyncio
from contextlib import suppress

from baton.contracts.systems import Rejected
from bench.proxy import recorder

from .local_model import local_model
from .real_questions import CUT_OFF, NEXT_TURN, PARCEL, RECORDED, TOO_LONG, TURN, asking


async def ask_all(address: str) -> None:
    """Every question once."""
    async with asking(address) as (models, name):
        for question in (PARCEL, CUT_OFF, TOO_LONG):
            with suppress(Rejected):
                await models.ask(name, question)
        for turn in (TURN, NEXT_TURN):
            await models.take_turn(name, turn)


if __name__ == "__main__":
    RECORDED.unlink(missing_ok=True)
    with local_model() as real, recorder(RECORDED, real) as url:
        asyncio.run(ask_all(url))
