"""What a real server answers, as it was recorded; and where the group `local-model` is there, the server itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from pydantic import BaseModel, Field
from temporalio.exceptions import ApplicationError

from activities.asking import Thinking
from activities.capability import capability
from baton.agents.reading_by_model import MessageRead, question
from baton.contracts.asking import AsksModels, Question
from baton.contracts.enquiry import ReadEnquiry
from baton.contracts.mail import Message
from baton.contracts.models import ModelName
from baton.contracts.systems import Misconfigured, Rejected
from bench.proxy import replayer
from tests.activities.attempts import attempt
from tests.workflows.driver import eventually

from .local_model import HERE, WHY_NOT, at_work, local_model
from .real_questions import (
    CUT_OFF,
    FORMS,
    NEXT_TURN,
    PARCEL,
    PROMPT,
    RECORDED,
    TOO_LONG,
    TURN,
    Parcel,
    asking,
)

needs_the_model = pytest.mark.skipif(not HERE, reason=WHY_NOT)
Asks = tuple[AsksModels, ModelName]
CANCEL = ReadEnquiry(message=Message(text="Please cancel order #W1001."))


class Many(BaseModel):
    """Numbers, so many that it takes long."""

    numbers: list[int] = Field(min_length=1200)


MANY = Question(PROMPT, "Say numbers.", "Go on.", Many, 3600)


class Counter:
    """An agent that asks for them."""

    def __init__(self, thinking: Thinking) -> None:
        self._thinking = thinking

    @capability(agent="Counter", effect="model", attempt_s=60)
    async def count_by_model(self, given: ReadEnquiry) -> Many:
        """Count."""
        return await self._thinking.ask(0, MANY, lambda said: [])


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    with local_model() as address:
        yield address


@pytest.fixture(scope="module")
def recorded() -> Iterator[str]:
    with replayer(RECORDED) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session", params=["recorded", pytest.param("real", marks=needs_the_model)])
async def asks(request: pytest.FixtureRequest) -> AsyncIterator[Asks]:
    async with asking(request.getfixturevalue(request.param)) as opened:
        yield opened


async def test_an_answer_keeps_to_its_schema_and_its_tokens_are_counted(asks: Asks) -> None:
    models, name = asks
    said = await models.ask(name, PARCEL)
    Parcel.model_validate_json(said.text)
    assert (said.ended, said.tool, said.call.answered_as, said.call.price) == ("whole", "", name.name, None)
    assert 10 < said.call.input_tokens < 200
    assert 10 < said.call.output_tokens <= PARCEL.longest


async def test_an_answer_that_is_as_long_as_it_may_be_is_cut_off(asks: Asks) -> None:
    models, name = asks
    said = await models.ask(name, CUT_OFF)
    assert (said.ended, said.call.output_tokens) == ("cut off", CUT_OFF.longest)


async def test_a_request_that_is_longer_than_it_can_read_is_rejected(asks: Asks) -> None:
    models, name = asks
    with pytest.raises(Rejected):
        await models.ask(name, TOO_LONG)


async def test_a_turn_calls_a_tool_with_arguments_of_its_schema_and_the_next_one_is_told_what_came(asks: Asks) -> None:
    models, name = asks
    said = await models.take_turn(name, TURN)
    FORMS[said.calls[0].tool].model_validate_json(said.calls[0].arguments)
    after = await models.take_turn(name, NEXT_TURN)
    assert after.call.input_tokens > said.call.input_tokens + 10


@needs_the_model
async def test_what_the_reader_asks_comes_back_in_its_form(real: str) -> None:
    async with asking(real) as (models, name):
        said = await models.ask(name, question(CANCEL))
    MessageRead.model_validate_json(said.text)


@needs_the_model
async def test_a_wrong_key_is_one_to_be_mended(real: str) -> None:
    async with asking(real, "sk-another-0123456789") as (models, name):
        with pytest.raises(Misconfigured, match="BATON_MODEL_KEY"):
            await models.ask(name, PARCEL)


@needs_the_model
async def test_an_attempt_whose_time_is_up_drops_its_request(real: str) -> None:
    async with asking(real) as (models, name):
        counter = Counter(Thinking("Counter", models, [name]))
        with pytest.raises(ApplicationError) as ended:
            await attempt(seconds=3).run(counter.count_by_model, CANCEL.model_dump(mode="json"))
        assert (ended.value.type, ended.value.non_retryable) == ("Unavailable", False)
        await _answers_the_next(models, name)


@needs_the_model
async def test_a_request_that_is_cancelled_is_dropped_and_the_next_one_answered(real: str) -> None:
    async with asking(real) as (models, name):
        asked = asyncio.create_task(models.ask(name, MANY))

        async def begun() -> bool | None:
            return at_work(real) or None

        await eventually(begun, 20)
        asked.cancel()
        await _answers_the_next(models, name)
        assert asked.cancelled()


async def _answers_the_next(models: AsksModels, name: ModelName) -> None:
    """Long before the one that was dropped would have been answered: it takes one at a time."""
    async with asyncio.timeout(20):
        assert (await models.ask(name, CUT_OFF)).ended == "cut off"
