"""Settings of models: which agents ask which, with which keys, how much, and what that costs."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from baton.contracts.models import RULES, ModelChains, ModelName, Provider, Thinker, calls_per_minute_in, models_in

from .about import About, SettingsError, example_in
from .values import DOLLARS, CallsPerMinute, Currency, ModelKey, ModelNames, Rate, WebAddress

MODEL_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OLLAMA_API_KEY", "BATON_MODEL_KEY")
"""Settings that hold the key of a model's provider: the worker alone reads them."""


class ModelSettings(BaseSettings):
    """Who asks models."""

    baton_model: Annotated[
        ModelNames,
        About(
            "model that is asked before the rules, or two, separated by a comma; unset: [rules alone](models.md)",
            example="openai:gpt-5-mini",
        ),
    ] = ""
    baton_model_reader: Annotated[
        ModelNames | None, About("the same for the Reader alone; `rules`: none", example="anthropic:claude-haiku-4-5")
    ] = None
    baton_model_resolver: Annotated[
        ModelNames | None, About("the same for the Resolver alone; `rules`: none", example="openai:gpt-5")
    ] = None
    baton_model_planner: Annotated[
        ModelNames | None,
        About(
            "the same for the Planner alone, which is asked where the rules make no plan; `rules`: none",
            example="google-gla:gemini-2.5-pro",
        ),
    ] = None
    baton_model_composer: Annotated[
        ModelNames | None, About("the same for the Composer alone; `rules`: none", example="rules")
    ] = None
    baton_model_agent: Annotated[
        ModelNames | None,
        About(
            "the same for agents with tools alone; `rules`: none, and no process may use one",
            example="anthropic:claude-sonnet-4-5",
        ),
    ] = None
    baton_model_critic: Annotated[
        ModelNames,
        About(
            "model that takes [a second look](models.md#a-second-look) at each draft before its reviewer sees it, or "
            "two, separated by a comma; unset: none, whatever BATON_MODEL says",
            example="anthropic:claude-haiku-4-5",
        ),
    ] = ""
    baton_shadow: Annotated[
        ModelNames | None,
        About(
            "model, or two, that make their own proposal of every enquiry beside; `rules`: the rules do. Nothing of it "
            "is used, it is [compared](models.md#a-shadow); unset: nobody does",
            example="openai:gpt-5",
        ),
    ] = None
    baton_model_calls_per_minute: Annotated[
        CallsPerMinute,
        About(
            "most requests per minute at one provider, by all workers together ([how it is kept](models.md#how-much)): "
            "one number for each, or `openai=500,anthropic=50`; unset: no bound",
            example="60",
            unit="requests",
        ),
    ] = ""
    baton_model_at_once: Annotated[
        int,
        Field(ge=1, le=1_000),
        About("steps that one worker has under way at one provider", example="8", unit="steps"),
    ] = 8
    openai_api_key: Annotated[ModelKey | None, About("key for `openai:` models", example="sk-…")] = None
    anthropic_api_key: Annotated[ModelKey | None, About("key for `anthropic:` models", example="sk-ant-…")] = None
    google_api_key: Annotated[ModelKey | None, About("key for `google-gla:` models", example="AIza…")] = None
    ollama_base_url: Annotated[
        WebAddress, About("where `ollama:` models are asked", example="http://gpu.your-shop.co.za:11434/v1")
    ] = "http://127.0.0.1:11434/v1"
    ollama_api_key: Annotated[ModelKey | None, About("key for `ollama:` models, where one is wanted", example="…")] = (
        None
    )
    baton_model_key: Annotated[
        ModelKey | None,
        About("key for models that are named by an address, all at one server, where it wants one", example="…"),
    ] = None

    currency: Annotated[
        Currency,
        About("currency of costs, those of cards and of a plan's budget too: ISO's three letters", example="ZAR"),
    ] = DOLLARS
    currency_per_dollar: Annotated[
        Rate,
        About(
            "what a dollar costs in it: models' prices are in dollars; unset: [they stay so](#the-report)",
            example="18.4",
            unit="CURRENCY",
        ),
    ] = None

    @property
    def models(self) -> ModelChains:
        """For each agent the models that are asked before its rules."""
        return ModelChains(
            chains={
                agent: models_in(self.baton_model if text is None else text) for agent, text in self._by_agent.items()
            }
        )

    def settings_naming(self, model: ModelName) -> list[str]:
        """The settings by which this model is asked: whoever takes it out has to mend them all."""
        asked_by = [agent for agent, chain in self.models.chains.items() if model in chain]
        return list(dict.fromkeys(self._setting_of(agent) for agent in asked_by))

    def _setting_of(self, agent: Thinker) -> str:
        if agent == "shadow":
            return "BATON_SHADOW"
        return "BATON_MODEL" if self._by_agent[agent] is None else f"BATON_MODEL_{agent.upper()}"

    @property
    def shadowed(self) -> bool:
        """Whether each enquiry has a shadow: a proposal that is made beside and not used."""
        return bool(self.baton_shadow)

    @property
    def _by_agent(self) -> dict[Thinker, str | None]:
        """What is set for one agent alone."""
        return {
            "reader": self.baton_model_reader,
            "resolver": self.baton_model_resolver,
            "planner": self.baton_model_planner,
            "composer": self.baton_model_composer,
            "agent": self.baton_model_agent,
            "critic": self.baton_model_critic,
            "shadow": self.baton_shadow or RULES,
        }

    @property
    def per_dollar(self) -> Decimal | None:
        """What a dollar costs in the currency of this installation; None where nobody said."""
        return Decimal(1) if self.currency == DOLLARS else self.currency_per_dollar

    @property
    def model_calls_per_minute(self) -> dict[Provider, float]:
        """The bound for each provider that has one."""
        return calls_per_minute_in(self.baton_model_calls_per_minute)

    def model_key(self, setting: str) -> str:
        """The key in this setting, one of MODEL_KEYS; empty when there is none."""
        key: SecretStr | None = getattr(self, setting.lower())
        return key.get_secret_value() if key else ""

    def with_model(self, named: str) -> Self:
        """The same settings with this model, or chain of models, as BATON_MODEL. Raises SettingsError."""
        try:
            models_in(named)
        except ValueError as wrong:
            example = example_in(type(self).model_fields, "baton_model")
            raise SettingsError(f"--model {named}: {wrong}. Valid example: --model {example}") from None
        return self.model_copy(update={"baton_model": named.strip()})
