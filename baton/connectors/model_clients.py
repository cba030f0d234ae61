"""One request to a model of any provider, by pydantic-ai's model classes; nothing is repeated here, nor by a client."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal

from genai_prices import calc_price
from pydantic_ai.direct import model_request
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings as RequestSettings
from pydantic_ai.tools import ToolDefinition

from baton.contracts.asking import ANSWER_TOOL, CallSaid, Correction, Out, Question, Said, TurnAsked
from baton.contracts.models import ModelCall, ModelName

from .model_faults import fault_of_request
from .model_keys import ModelSettings, address_of, key_for

LONGEST_NAME = 200
"""Characters of what a provider calls its model: it stands in every record of a call, and others wrote it."""

LONGEST_ANSWER_S = 120.0
"""Longest wait for an answer: shorter than an attempt, which has to tell how it ended."""


class Models:
    """Every model that the settings name, ready to be asked."""

    def __init__(self, settings: ModelSettings) -> None:
        self._models = {name: _made(name, settings) for name in settings.models.names}
        self._named_in = {name: settings.settings_naming(name) for name in self._models}

    async def ask(self, model: ModelName, question: Question[Out], corrections: Sequence[Correction] = ()) -> Said:
        """One request. Raises the faults of model_faults.py."""
        parameters = _parameters(self._models[model], question)
        return await self._request(
            model, question, [_opening(question), *_corrected(question, corrections)], parameters
        )

    async def take_turn(self, model: ModelName, asked: TurnAsked, corrections: Sequence[Correction] = ()) -> Said:
        """One request. Raises the faults of model_faults.py."""
        messages = [_opening(asked), *_turns(asked), *_corrected(asked, corrections)]
        return await self._request(model, asked, messages, _with_tools(asked), parallel=True)

    async def _request(
        self,
        model: ModelName,
        question: Question[Out] | TurnAsked,
        messages: list[ModelMessage],
        parameters: ModelRequestParameters,
        *,
        parallel: bool = False,
    ) -> Said:
        began = time.monotonic()
        try:
            response = await model_request(
                self._models[model],
                messages,
                model_settings=RequestSettings(
                    max_retries=0,
                    timeout=LONGEST_ANSWER_S,  # between two pieces of an answer
                    request_timeout=LONGEST_ANSWER_S,  # for all of it
                    max_tokens=question.longest,
                    parallel_tool_calls=parallel,
                ),
                model_request_parameters=parameters,
                instrument=False,
            )
        except Exception as failure:
            # Not chained: a provider's words may quote the key or the customer, and would be logged.
            raise fault_of_request(model, self._named_in[model], failure) from None
        return _said(response, _call(model, question, response, time.monotonic() - began))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connections are kept meanwhile, and closed at the end."""
        async with AsyncExitStack() as providers:
            for each in self._models.values():
                if each.provider is not None:
                    await providers.enter_async_context(each.provider)
            yield


def _made(name: ModelName, settings: ModelSettings) -> Model:
    """The client of one model, with key and address given: none of its own reading of the environment."""
    key, address = key_for(name, settings), address_of(name, settings)
    match name.provider:
        case "anthropic":
            from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415  each provider's client takes a second
            from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

            return AnthropicModel(name.name, provider=AnthropicProvider(api_key=key, base_url=address))
        case "google-gla":
            from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415
            from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415

            return GoogleModel(name.name, provider=GoogleProvider(api_key=key, base_url=address))
        case "ollama":
            from pydantic_ai.models.ollama import OllamaModel  # noqa: PLC0415
            from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415

            return OllamaModel(name.name, provider=OllamaProvider(api_key=key, base_url=address))
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415

    if name.provider == "openai":
        return OpenAIChatModel(name.name, provider=OpenAIProvider(api_key=key, base_url=address))
    return OpenAIChatModel(name.name, provider=OpenAICompatibleProvider("url", api_key=key, base_url=address))


def _opening(question: Question[Out] | TurnAsked) -> ModelMessage:
    return ModelRequest(parts=[UserPromptPart(question.material)], instructions=question.instructions)


def _turns(asked: TurnAsked) -> Iterator[ModelMessage]:
    """What the model asked for in each turn, and what came of it. The ids are ours: the same at every repeat."""
    for number, (calls, answered) in enumerate(asked.since, 1):
        ids = [f"turn_{number}_{place}" for place, _ in enumerate(calls.calls, 1)]
        yield ModelResponse(
            parts=[
                ToolCallPart(call.tool, call.arguments, tool_call_id=id_)
                for call, id_ in zip(calls.calls, ids, strict=True)
            ]
        )
        yield ModelRequest(
            parts=[
                ToolReturnPart(call.tool, answer.text, tool_call_id=id_)
                for call, answer, id_ in zip(calls.calls, answered.answers, ids, strict=True)
            ],
            instructions=asked.instructions,
        )


def _corrected(question: Question[Out] | TurnAsked, corrections: Sequence[Correction]) -> Iterator[ModelMessage]:
    """Each answer that did not fit, with its faults."""
    for each in corrections:
        faults = "\n".join(f"- {fault}" for fault in each.faults)
        again = f"This answer does not fit:\n{faults}\nAnswer again, whole, with these mended."
        yield ModelResponse(parts=[TextPart(each.said or "(nothing)")])
        yield ModelRequest(parts=[UserPromptPart(again)], instructions=question.instructions)


def _with_tools(asked: TurnAsked) -> ModelRequestParameters:
    """The answer is a tool as well: not every provider takes a schema for answers beside tools."""
    given = [
        ToolDefinition(name=each.name, description=each.description, parameters_json_schema=each.takes)
        for each in asked.tools
    ]
    answer = ToolDefinition(
        name=ANSWER_TOOL, description=asked.gives.description, parameters_json_schema=asked.gives.takes, kind="output"
    )
    return ModelRequestParameters(
        output_mode="tool", function_tools=given, output_tools=[answer], allow_text_output=False
    )


def _parameters(model: Model, question: Question[Out]) -> ModelRequestParameters:
    """The provider's own schema for answers where it has one; else a tool that is called with the answer."""
    schema, name = question.gives.model_json_schema(), question.gives.__name__
    about = (question.gives.__doc__ or name).strip()
    if model.profile.get("supports_json_schema_output", False):
        return ModelRequestParameters(
            output_mode="native",
            output_object=OutputObjectDefinition(json_schema=schema, name=name, description=about),
        )
    tool = ToolDefinition(name=ANSWER_TOOL, description=about, parameters_json_schema=schema, kind="output")
    return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)


def _said(response: ModelResponse, call: ModelCall) -> Said:
    ended = _ENDED.get(response.finish_reason or "stop", "whole")
    calls = [
        CallSaid(tool=_sound(part.tool_name), arguments=_arguments(part))
        for part in response.parts
        if isinstance(part, ToolCallPart)
    ]
    if calls:
        return Said(text=calls[0].arguments, tool=calls[0].tool, calls=calls, ended=ended, call=call)
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    return Said(text=_sound(text), ended=ended, call=call)


def _arguments(call: ToolCallPart) -> str:
    """As the model wrote them, also where they are no JSON: that is told to it, and not mended here."""
    return _sound(call.args if isinstance(call.args, str) else json.dumps(call.args or {}, ensure_ascii=False))


def _sound(text: str) -> str:
    """With halves of characters spelled out: the answer is paid for, and nothing could keep it as it is."""
    return text.encode(errors="backslashreplace").decode()


_ENDED = {"length": "cut off", "content_filter": "refused"}


def _call(model: ModelName, question: Question[Out] | TurnAsked, response: ModelResponse, seconds: float) -> ModelCall:
    return ModelCall(
        model=str(model),
        answered_as=_sound(response.model_name or "")[:LONGEST_NAME],
        prompt=question.prompt,
        input_tokens=response.usage.input_tokens,
        output_tokens=response.usage.output_tokens,
        seconds=round(seconds, 3),
        price=_price(model, response),
    )


def _price(model: ModelName, response: ModelResponse) -> Decimal | None:
    """What it cost, by the price list that comes along. Unknown: a server of one's own, no tokens, or more of them in
    a part than in the whole.
    """
    usage = response.usage
    if model.provider in ("url", "ollama") or not (usage.input_tokens or usage.output_tokens):
        return None
    provider = "google" if model.provider == "google-gla" else model.provider
    for name in filter(None, (response.model_name, model.name)):
        try:
            return calc_price(usage, name, provider_id=provider).total_price
        except (LookupError, ValueError):
            continue
    return None
