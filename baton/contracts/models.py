"""Which models an installation asks, for which agent and in which order, and what each request to one took."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, get_args

from pydantic import Field

from .wire import Wire

Provider = Literal["openai", "anthropic", "google-gla", "ollama", "url"]
"""Who is asked; `url`: a server of one's own that speaks as OpenAI's does."""

ALSO_CALLED: Mapping[str, Provider] = {"google": "google-gla"}
"""Other names of providers in settings."""

Thinker = Literal["reader", "resolver", "planner", "composer", "agent", "critic", "shadow"]
"""The agents that can be models; `agent`, the one with tools, and `critic` can be nothing else; `shadow`: whoever reads
and resolves each enquiry beside, unused.
"""

RULES = "rules"
"""In place of a model: this agent goes by rules alone."""

MOST_MODELS = 2

_NAMED = re.compile(r"(openai|anthropic|google-gla|google|ollama):([\w][\w.:/@+-]{0,150})")
_URL = re.compile(r"(https?://[^\s/?#@,]+(?:/[^\s?#,]*)?)#([\w][\w.:/@+-]{0,150})")


class ModelName(Wire):
    """One model: `openai:gpt-5-mini`, or at a server of one's own `https://llm.example/v1#qwen3`."""

    provider: Provider
    name: str
    url: str = Field(default="", description="where it is asked; empty: where its provider is")

    def __str__(self) -> str:
        return f"{self.url}#{self.name}" if self.url else f"{self.provider}:{self.name}"


class ModelChains(Wire):
    """For each agent the models that are asked before its rules, in order; an agent without any goes by its rules."""

    chains: dict[Thinker, list[ModelName]] = {}

    def of(self, agent: Thinker) -> list[ModelName]:
        """The models of this agent."""
        return self.chains.get(agent, [])

    @property
    def names(self) -> list[ModelName]:
        """Every model of any agent, each once."""
        return list(dict.fromkeys(name for chain in self.chains.values() for name in chain))

    @property
    def providers(self) -> list[Provider]:
        """Who is asked by any agent, each once."""
        return list(dict.fromkeys(name.provider for name in self.names))


class PromptUsed(Wire):
    """Which words a model was asked with: the prompt's file, its version, and the sha256 of what stands in it."""

    name: str
    version: str
    digest: str


class ModelCall(Wire):
    """One request to a model that was answered: with what, and what it took. Seconds; price in US dollars."""

    model: str = Field(description="as the settings name it")
    answered_as: str = Field(default="", description="as the provider calls what answered")
    prompt: PromptUsed
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = Field(ge=0)
    price: Decimal | None = Field(default=None, description="None: nobody knows, which is not nothing")


def models_in(text: str) -> list[ModelName]:
    """The models of a setting, in order; `rules` is none. Raises ValueError, in words."""
    if text.strip().lower() in ("", RULES):
        return []
    found = [_model_in(part.strip()) for part in text.split(",")]
    if len(found) > MOST_MODELS:
        raise ValueError(f"names {len(found)} models, and a second is the last before the rules")
    if len(set(found)) < len(found):
        raise ValueError("names the same model twice")
    return found


def calls_per_minute_in(text: str) -> dict[Provider, float]:
    """The bound for each provider, from `60` or `openai=500,anthropic=50`; a provider without one has none.

    Raises ValueError, in words.
    """
    if not text.strip():
        return {}
    providers: tuple[Provider, ...] = get_args(Provider)
    if re.fullmatch(r"\s*\d{1,6}\s*", text, re.ASCII) and int(text) > 0:
        return dict.fromkeys(providers, float(text))
    bounds: dict[Provider, float] = {}
    for part in text.split(","):
        name, _, number = (each.strip() for each in part.partition("="))
        provider = next((each for each in providers if each == ALSO_CALLED.get(name, name)), None)
        if provider is None or not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII):
            known = ", ".join(providers)
            raise ValueError(f"is neither a number of calls nor a list of provider=number; the providers are {known}")
        if provider in bounds:
            raise ValueError(f"says {provider} twice")
        bounds[provider] = float(number)
    return bounds


def _model_in(text: str) -> ModelName:
    named, at_url = _NAMED.fullmatch(text), _URL.fullmatch(text)
    if named:
        provider: Provider = ALSO_CALLED.get(named[1], named[1])  # type: ignore[arg-type]  # the pattern's
        return ModelName(provider=provider, name=named[2])
    if at_url:
        return ModelName(provider="url", name=at_url[2], url=at_url[1].rstrip("/"))
    raise ValueError(
        "is neither provider:model (openai, anthropic, google-gla, ollama) nor https://server/v1#model, nor rules"
    )
