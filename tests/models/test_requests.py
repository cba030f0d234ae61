"""One request to a model: what leaves, what comes back, and what each way to fail is called."""

import json
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from pydantic import BaseModel, ValidationError

from baton.connectors.model_clients import Models, _parameters, _price, _said
from baton.connectors.model_keys import ADDRESS
from baton.connectors.models import check_models, load_models
from baton.contracts.asking import ANSWER_TOOL, AsksModels, Correction, Question, Said, TurnAsked
from baton.contracts.conversation import Answered, Asked, ToolAnswer, ToolCall, ToolOffered
from baton.contracts.models import ModelCall, ModelName, PromptUsed, models_in
from baton.contracts.systems import (
    Misconfigured,
    Rejected,
    SystemFault,
    Throttled,
    Unavailable,
    Unexpected,
)
from baton.contracts.wire import JsonObject
from baton.settings import Settings

from .scripted import KEY, Answer, CutsTheLine, Fails, Garbles, Refuses, Says, ScriptedModel, scripted_model


class Greeting(BaseModel):
    """A word."""

    word: str


ASKED = Question(PromptUsed(name="greet", version="1", digest="0" * 64), "Greet.", "‹message›hello‹end›", Greeting)
CALL = ModelCall(model="openai:gpt-5-mini", prompt=ASKED.prompt, seconds=1)
QUOTED = "sk-quoted-by-the-provider-5f3a"


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model() as served:
        served.answers(Says({"word": "hi"}))
        yield served


def named(model: ScriptedModel) -> ModelName:
    return ModelName(provider="url", name="qwen3", url=model.url)


@pytest_asyncio.fixture(loop_scope="session")
async def models(model: ScriptedModel) -> AsyncIterator[AsksModels]:
    chosen = Settings(_env_file=None, baton_model=str(named(model)), baton_model_key=KEY)
    async with load_models(chosen) as opened:
        assert opened is not None
        yield opened


async def test_ours_and_theirs_leave_apart_with_the_schema_of_the_answer(
    models: AsksModels, model: ScriptedModel
) -> None:
    said = await models.ask(named(model), ASKED)
    assert Greeting.model_validate_json(said.text).word == "hi"
    (asked,) = model.asked
    assert (asked.instructions, asked.material) == ("Greet.", "‹message›hello‹end›")
    assert (asked.output, asked.key, asked.model) == ("Greeting", KEY, "qwen3")


async def test_a_correction_follows_the_answer_that_it_is_about(models: AsksModels, model: ScriptedModel) -> None:
    await models.ask(named(model), ASKED, [Correction("hello", ["word: is missing"])])
    roles = [message["role"] for message in model.asked[0].body["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "word: is missing" in model.asked[0].corrections[0]


WAYS: list[tuple[Answer, type[SystemFault]]] = [
    (Fails(429), Throttled),
    (Fails(503, {"Retry-After": "3"}), Throttled),
    (Fails(500), Unavailable),
    (Fails(502), Unavailable),
    (Fails(503), Unavailable),
    (Fails(529), Unavailable),
    (Fails(408), Unavailable),
    (CutsTheLine(), Unavailable),
    (Fails(401), Misconfigured),
    (Fails(403), Misconfigured),
    (Fails(404), Misconfigured),
    (Fails(405), Misconfigured),
    (Fails(410), Misconfigured),
    (Fails(308, {"Location": "/v1/chat/completions"}), Misconfigured),
    (Fails(413), Rejected),
    (Fails(400, error={"message": QUOTED, "code": "context_length_exceeded"}), Rejected),
    (Fails(429, error={"message": QUOTED, "code": "insufficient_quota"}), Rejected),
    (Fails(422), Rejected),
    (Fails(418), Unexpected),
    (Garbles(), Unexpected),
]


@pytest.mark.parametrize(("answer", "fault"), WAYS, ids=repr)
async def test_each_way_to_fail_is_one_fault_after_one_request_in_words_of_ours(
    models: AsksModels, model: ScriptedModel, answer: Answer, fault: type[SystemFault]
) -> None:
    if isinstance(answer, Fails):
        answer = replace(answer, error={**answer.error, "message": f"You sent {QUOTED} about hello"})
    model.answers(answer)
    with pytest.raises(SystemFault) as failed:
        await models.ask(named(model), ASKED)
    assert type(failed.value) is fault
    assert len(model.asked) == 1, "the client repeated it by itself"
    assert QUOTED not in str(failed.value)
    assert KEY not in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


async def test_no_answer_in_time_is_one_that_did_not_come(
    models: AsksModels, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.connectors.model_clients.LONGEST_ANSWER_S", 0.3)
    model.answers(Says({"word": "hi"}, after_s=3))
    with pytest.raises(Unavailable):
        await models.ask(named(model), ASKED)
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("said", "kept"), [("7200", 300.0), ("Fri, 31 Dec 2100 23:59:59 GMT", 300.0), ("2", 2.0), ("soon", None)]
)
async def test_a_pause_is_at_most_five_minutes(
    models: AsksModels, model: ScriptedModel, said: str, kept: float | None
) -> None:
    model.answers(Fails(429, {"Retry-After": said}))
    with pytest.raises(Throttled) as failed:
        await models.ask(named(model), ASKED)
    assert failed.value.retry_after == kept


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (Says('{"word": "h', finish="length"), "cut off"),
        (Refuses(), "refused"),
        (Says("x", finish="content_filter"), "refused"),
        (Says({"word": "hi"}), "whole"),
    ],
)
async def test_how_an_answer_ended_is_told(
    models: AsksModels, model: ScriptedModel, answer: Answer, ended: str
) -> None:
    model.answers(answer)
    assert (await models.ask(named(model), ASKED)).ended == ended


EACH = {
    "openai:gpt-5-mini": {"openai_api_key": "sk-1"},
    "anthropic:claude-haiku-4-5": {"anthropic_api_key": "sk-2"},
    "google-gla:gemini-2.5-flash": {"google_api_key": "k-3"},
    "ollama:qwen3": {},
    "http://127.0.0.1:1/v1#qwen3": {},
}


@pytest.mark.parametrize("spelled", EACH)
async def test_every_provider_has_its_client_with_our_key_and_address(
    spelled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        monkeypatch.setenv(name, "http://elsewhere.example")
    keys: dict[str, Any] = EACH[spelled]
    chosen = Settings(_env_file=None, baton_model=spelled, **keys)
    made = Models(chosen)
    async with made.opened():
        (client,) = made._models.values()
        assert "elsewhere" not in str(client.base_url)


ELSEWHERE = {
    "anthropic:claude-haiku-4-5": ("ANTHROPIC_API_KEY", ""),
    "google-gla:gemini-2.5-flash": ("GOOGLE_API_KEY", ""),
    "openai:gpt-5-mini": ("OPENAI_API_KEY", "/v1"),
}


@pytest.mark.parametrize("spelled", ELSEWHERE)
async def test_each_provider_is_asked_once_in_its_own_way_and_its_failures_are_the_same_faults(
    spelled: str, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting, path = ELSEWHERE[spelled]
    (name,) = models_in(spelled)
    monkeypatch.setitem(ADDRESS, name.provider, model.url.removesuffix("/v1") + path)
    keys: dict[str, Any] = {setting.lower(): KEY}
    async with load_models(Settings(_env_file=None, baton_model=spelled, **keys)) as models:
        assert models is not None
        said = await models.ask(name, ASKED)
        assert Greeting.model_validate_json(said.text).word == "hi"
        assert (said.call.input_tokens, said.call.output_tokens) == (120, 40)
        assert said.call.price is not None
        assert said.call.price > 0
        for answer, fault, words in (
            (Fails(500), Unavailable, "did not answer"),
            (Fails(429, {"Retry-After": "7200"}), Throttled, "asks for a pause"),
            (Fails(401, error={"message": KEY}), Misconfigured, setting),
            (Fails(404), Misconfigured, "BATON_MODEL"),
            (Fails(301, {"Location": "/v1/chat/completions"}), Misconfigured, r"BATON_MODEL=.* \(301\)"),
            (Fails(400), Rejected, "refuses the request"),
        ):
            model.answers(answer)
            before = len(model.asked)
            with pytest.raises(fault, match=words) as failed:
                await models.ask(name, ASKED)
            assert len(model.asked) == before + 1, "the client repeated it by itself"
            assert KEY not in str(failed.value)
            assert not isinstance(failed.value, Throttled) or failed.value.retry_after == 300
    assert {asked.key for asked in model.asked} == {KEY}


@pytest.mark.parametrize("spelled", ELSEWHERE)
async def test_a_turn_tells_each_provider_in_its_own_way_which_tools_there_are_and_what_came_of_them(
    spelled: str, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting, path = ELSEWHERE[spelled]
    (name,) = models_in(spelled)
    monkeypatch.setitem(ADDRESS, name.provider, model.url.removesuffix("/v1") + path)
    keys: dict[str, Any] = {setting.lower(): KEY}
    takes: JsonObject = {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}
    calls = Asked(calls=[ToolCall(tool="look", arguments={"order": each}) for each in ("W1", "W2")])
    heard = Answered(answers=[ToolAnswer(text="one is here"), ToolAnswer(text="two is not")])
    asked = TurnAsked(
        prompt=ASKED.prompt,
        instructions="Be short.",
        material="Which?",
        tools=[ToolOffered(name="look", description="Look an order up.", takes=takes)],
        gives=ToolOffered(name="Greeting", description="The answer.", takes=Greeting.model_json_schema()),
        since=[(calls, heard)],
    )
    async with load_models(Settings(_env_file=None, baton_model=spelled, **keys)) as models:
        assert models is not None
        await models.take_turn(name, asked)
    (sent,) = model.asked
    body = json.dumps(sent.body)
    for words in ("Be short.", "Which?", "look", "Look an order up.", ANSWER_TOOL, "W1", "W2"):
        assert words in body, words
    assert body.index("one is here") < body.index("two is not")


@pytest.mark.parametrize(
    ("spelled", "setting"),
    [
        ("openai:gpt-5-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-haiku-4-5", "ANTHROPIC_API_KEY"),
        ("google-gla:gemini-2.5-flash", "GOOGLE_API_KEY"),
    ],
)
async def test_a_key_that_is_missing_stops_the_start_with_its_name(
    spelled: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(setting, raising=False)
    with pytest.raises(Misconfigured, match=rf"{spelled} needs a key: {setting} is not set, e\.g\. {setting}="):
        async with load_models(Settings(_env_file=None, baton_model=spelled)):
            pass


async def test_where_a_provider_takes_no_schema_a_tool_is_called_with_the_answer() -> None:
    chosen = Settings(_env_file=None, baton_model="anthropic:claude-3-5-haiku-latest", anthropic_api_key="k")
    (client,) = Models(chosen)._models.values()
    parameters = _parameters(client, ASKED)
    assert (parameters.output_mode, parameters.allow_text_output) == ("tool", False)
    assert [tool.name for tool in parameters.output_tools] == [ANSWER_TOOL]


@pytest.mark.parametrize(
    "key",
    ["“sk-abc123”", "sk-abc 123", "sk-abc\n123", "sk-abcé"],
    ids=["curly quotes", "a space", "a line", "a letter"],
)
async def test_a_key_that_cannot_be_sent_stops_the_start_with_its_setting_and_is_not_shown(key: str) -> None:
    chosen = Settings(_env_file=None, baton_model="http://127.0.0.1:9/v1#qwen3", baton_model_key=key)
    with pytest.raises(Misconfigured, match=r"BATON_MODEL_KEY holds no key: .* BATON_MODEL_KEY=sk-") as stopped:
        async with load_models(chosen):
            pass
    assert "abc" not in str(stopped.value)


async def test_white_space_around_a_key_is_none_of_it(model: ScriptedModel) -> None:
    chosen = Settings(_env_file=None, baton_model=str(named(model)), baton_model_key=f" {KEY}\n")
    async with load_models(chosen) as opened:
        assert opened is not None
        await opened.ask(named(model), ASKED)
    assert [asked.key for asked in model.asked] == [KEY]


TWO = "https://a.example/v1#x,https://b.example/v1#y"


@pytest.mark.parametrize(
    ("models", "places"),
    [
        ({"baton_model": TWO}, "BATON_MODEL"),
        (
            {"baton_model_reader": "https://a.example/v1#x", "baton_model_agent": "https://b.example:8443/v1#x"},
            "BATON_MODEL_READER and BATON_MODEL_AGENT",
        ),
        ({"baton_model": "https://a.example/v1#x,http://a.example/v1#x"}, "BATON_MODEL"),
    ],
    ids=["two of a line", "of two agents", "with and without TLS"],
)
def test_one_key_is_not_sent_to_two_servers(models: dict[str, Any], places: str) -> None:
    with pytest.raises(Misconfigured, match=rf"BATON_MODEL_KEY would be sent to .* one server in {places}, or"):
        check_models(Settings(_env_file=None, baton_model_key=KEY, **models))


def test_two_servers_without_a_key_and_two_models_of_one_with_it_are_fine() -> None:
    check_models(Settings(_env_file=None, baton_model=TWO, openai_api_key=KEY))
    one = "https://a.example/v1#x,https://A.example/other/v1#y"
    check_models(Settings(_env_file=None, baton_model=one, baton_model_key=KEY))


async def test_a_model_that_is_not_there_is_told_with_the_settings_that_name_it(model: ScriptedModel) -> None:
    model.answers(Fails(404))
    spelled, other = str(named(model)), "ollama:qwen3:8b"
    for settings, places in (
        ({"baton_model": spelled}, ["BATON_MODEL"]),
        ({"baton_model": other, "baton_model_reader": spelled}, ["BATON_MODEL_READER"]),
        ({"baton_model": f"{other},{spelled}", "baton_model_agent": spelled}, ["BATON_MODEL", "BATON_MODEL_AGENT"]),
    ):
        async with load_models(Settings(_env_file=None, **settings)) as opened:  # type: ignore[arg-type]
            assert opened is not None
            with pytest.raises(Misconfigured) as failed:
                await opened.ask(named(model), ASKED)
        mend = " and ".join(f"{place}=openai:gpt-5-mini" for place in places)
        assert str(failed.value).endswith(f"mend the setting that names it, e.g. {mend} (404)")


async def test_where_ollama_has_no_such_model_its_address_may_be_what_is_to_be_mended(model: ScriptedModel) -> None:
    model.answers(Fails(404))
    (name,) = models_in("ollama:qwen3:8b")
    chosen = Settings(_env_file=None, baton_model=str(name), ollama_base_url=model.url)
    async with load_models(chosen) as opened:
        assert opened is not None
        with pytest.raises(Misconfigured, match=r", or OLLAMA_BASE_URL=http://127\.0\.0\.1:11434/v1 \(404\)$"):
            await opened.ask(name, ASKED)


async def test_what_a_provider_calls_its_model_is_kept_in_few_characters(
    models: AsksModels, model: ScriptedModel
) -> None:
    model.answers(Says({"word": "hi"}, by="m" * 3_000_000))
    said = await models.ask(named(model), ASKED)
    assert said.call.answered_as == "m" * 200


def test_what_a_call_costs_is_known_by_provider_and_model_or_unknown_and_never_nothing() -> None:
    from pydantic_ai.messages import ModelResponse, TextPart  # noqa: PLC0415
    from pydantic_ai.usage import RequestUsage  # noqa: PLC0415

    def price(spelled: str, answered_as: str | None, tokens: int = 1_000, again: int = 0) -> Decimal | None:
        (name,) = Settings(_env_file=None, baton_model=spelled).models.of("reader")
        usage = RequestUsage(input_tokens=tokens, output_tokens=tokens, cache_read_tokens=again)
        return _price(name, ModelResponse(parts=[TextPart("x")], usage=usage, model_name=answered_as))

    known = price("openai:gpt-5-mini", "gpt-5-mini-2025-08-07")
    assert known is not None
    assert known > 0
    assert price("openai:gpt-5-mini", None) == known, "it did not say its name"
    assert price("google-gla:gemini-2.5-flash", "gemini-2.5-flash") is not None
    assert price("anthropic:claude-haiku-4-5", "claude-haiku-4-5-20251001") is not None
    assert price("openai:nobody-knows-it", "nobody-knows-it") is None
    assert price("http://127.0.0.1:1/v1#gpt-5-mini", "gpt-5-mini") is None, "a server of one's own has its own price"
    assert price("openai:gpt-5-mini", "gpt-5-mini", tokens=0) is None, "it counted no tokens"
    assert price("openai:gpt-5-mini", "gpt-5-mini", tokens=10, again=20) is None, "it counted them wrong"


HALF = "\ud83d"


async def test_an_answer_with_half_a_character_was_paid_for_and_can_be_kept(
    models: AsksModels, model: ScriptedModel
) -> None:
    model.answers(Says(f'{{"word": "{HALF}"}}', by=HALF))
    said = await models.ask(named(model), ASKED)
    assert Said.model_validate_json(said.model_dump_json()) == said
    with pytest.raises(ValidationError):
        Greeting.model_validate_json(said.text)
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"word": HALF}, '{"word": "\\ud83d"}'),
        ({"word": math.inf}, '{"word": Infinity}'),
        ('{"word": ', '{"word": '),
        ({"word": "één"}, '{"word": "één"}'),
        (None, "{}"),
    ],
)
def test_what_a_tool_was_handed_is_kept_as_it_was_written(written: dict[str, Any] | str | None, kept: str) -> None:
    from pydantic_ai.messages import ModelResponse, ToolCallPart  # noqa: PLC0415

    said = _said(ModelResponse(parts=[ToolCallPart("greet", written)]), CALL)
    assert Said.model_validate_json(said.model_dump_json()) == said
    assert [each.arguments for each in said.calls] == [kept]
