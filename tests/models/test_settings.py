"""Which model is asked by which agent, in which order; and what stops the start."""

from typing import Any

import pytest

from activities.cards import all_cards
from baton.contracts.agents import choose
from baton.contracts.models import calls_per_minute_in
from baton.settings import Settings, SettingsError, load_settings


def settings(**named: Any) -> Settings:
    return Settings(_env_file=None, **named)


def test_a_chain_is_asked_in_its_order_then_the_rules_then_nobody() -> None:
    chosen = settings(baton_model="openai:gpt-5-mini,anthropic:claude-haiku-4-5")
    cards = {card.name: card for card in all_cards(chosen.models, "baton")}
    line: list[tuple[str, str | None]] = []
    tried: list[str] = []
    while len(tried) < 3:
        choice = choose("read_enquiry", cards, tried)
        line.append((choice.card.agent, choice.card.queue))
        tried.append(choice.card.name)
    assert line == [
        ("Reader (gpt-5-mini)", "baton-model-openai"),
        ("Reader (claude-haiku-4-5)", "baton-model-anthropic"),
        ("Reader (rules)", None),
    ]


def test_without_a_model_the_cards_are_those_of_the_rules() -> None:
    assert all_cards(settings().models, "baton") == all_cards()
    assert not any(card.before for card in all_cards())


def test_one_agent_may_have_its_own_or_none() -> None:
    chosen = settings(
        baton_model="openai:gpt-5-mini", baton_model_reader="rules", baton_model_planner="ollama:qwen3:8b"
    )
    spelled = {agent: [str(name) for name in chosen.models.of(agent)] for agent in chosen.models.chains}
    assert spelled == {
        "reader": [],
        "resolver": ["openai:gpt-5-mini"],
        "planner": ["ollama:qwen3:8b"],
        "composer": ["openai:gpt-5-mini"],
        "agent": ["openai:gpt-5-mini"],
        "critic": [],
        "shadow": [],
    }
    by_model = [card.name for card in all_cards(chosen.models, "baton") if card.name.endswith("_by_model")]
    assert by_model == ["propose_resolution_by_model"]


def test_a_second_look_is_taken_where_its_own_setting_names_a_model_and_nowhere_else() -> None:
    everybody = {card.name for card in all_cards(settings(baton_model="openai:gpt-5-mini").models, "baton")}
    assert not any(name.startswith("criticise_draft") for name in everybody)
    alone = settings(baton_model_critic="openai:one,ollama:two")
    added = [card for card in all_cards(alone.models, "baton") if card not in all_cards()]
    assert [(card.name, card.agent, card.queue) for card in added] == [
        ("criticise_draft_by_model", "Critic (one)", "baton-model-openai"),
        ("criticise_draft_by_second_model", "Critic (two)", "baton-model-ollama"),
    ]
    assert alone.settings_naming(alone.models.names[0]) == ["BATON_MODEL_CRITIC"]


@pytest.mark.parametrize(
    ("named", "provider", "name"),
    [
        ("openai:gpt-5-mini", "openai", "gpt-5-mini"),
        ("anthropic:claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("google-gla:gemini-2.5-flash", "google-gla", "gemini-2.5-flash"),
        ("google:gemini-2.5-flash", "google-gla", "gemini-2.5-flash"),
        ("ollama:qwen3:8b", "ollama", "qwen3:8b"),
        ("http://127.0.0.1:8000/v1#meta-llama/Llama-4", "url", "meta-llama/Llama-4"),
    ],
)
def test_every_provider_is_named_as_it_is_known(named: str, provider: str, name: str) -> None:
    (model,) = settings(baton_model=named).models.of("reader")
    assert (model.provider, model.name) == (provider, name)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("BATON_MODEL", "gpt-5"),
        ("BATON_MODEL", "openai:"),
        ("BATON_MODEL", "mistral:large"),
        ("BATON_MODEL", "https://llm.example/v1"),
        ("BATON_MODEL", "openai:a,openai:b,openai:c"),
        ("BATON_MODEL", "openai:a,openai:a"),
        ("BATON_MODEL", "openai:a,rules"),
        ("BATON_MODEL_READER", "none"),
        ("BATON_MODEL_CRITIC", "none"),
        ("BATON_SHADOW", "gpt-5"),
        ("BATON_MODEL_CALLS_PER_MINUTE", "0"),
        ("BATON_MODEL_CALLS_PER_MINUTE", "mistral=3"),
        ("BATON_MODEL_CALLS_PER_MINUTE", "openai=-3"),
        ("BATON_MODEL_CALLS_PER_MINUTE", "openai=500,openai=5"),
        ("BATON_MODEL_CALLS_PER_MINUTE", "google=50,google-gla=5"),
        ("BATON_MODEL_AT_ONCE", "0"),
        ("OLLAMA_BASE_URL", "localhost"),
    ],
)
def test_a_wrong_value_stops_the_start_with_its_name_and_a_valid_example(
    setting: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(SettingsError, match=rf"^{setting}='?{value}.*Valid example: {setting}=\S+") as stopped:
        load_settings(None)
    assert "\n" not in str(stopped.value)


def test_a_password_in_an_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_MODEL", "https://me:hunter2@llm.example/v1#qwen3")
    with pytest.raises(SettingsError) as stopped:
        load_settings(None)
    assert "hunter2" not in str(stopped.value)


def test_the_bound_per_minute_is_one_for_each_or_one_by_one() -> None:
    assert calls_per_minute_in("") == {}
    assert set(calls_per_minute_in("60").values()) == {60.0}
    assert calls_per_minute_in("openai=500, anthropic=50") == {"openai": 500.0, "anthropic": 50.0}
    assert calls_per_minute_in("google=50,url=60") == {"google-gla": 50.0, "url": 60.0}
    with pytest.raises(ValueError, match="the providers are openai, anthropic, google-gla, ollama, url"):
        calls_per_minute_in("mistral=3")
