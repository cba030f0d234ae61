"""Settings come from the environment and `.env`, once, and a wrong one stops the start with a useful line."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from baton.settings import Settings, SettingsError, child_environment, example_of, load_settings, settings_table


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that runs the tests may decide one of them."""
    for line in settings_table():
        monkeypatch.delenv(line.name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.state_dir == Path(".baton").resolve()
    assert settings.order_system == "baton.connectors.http_orders:HttpOrders"
    assert (settings.ask_customer, settings.trust) == ("review", "verified")
    assert settings.reply_deadline_hours == 72


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("TASK_QUEUE=from-file\nSHOP_NAME=Karoo Outfitters\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("TASK_QUEUE", "from-environment")
    settings = load_settings()
    assert (settings.task_queue, settings.shop_name) == ("from-environment", "Karoo Outfitters")


def test_every_variable_of_a_connector_becomes_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("ORDER_SYSTEM_URL=http://in-file\nORDER_SYSTEM_SHOP_CODE=ZA\nMAILBOX_PORT=2525\n")
    monkeypatch.setenv("ORDER_SYSTEM_URL", "http://in-environment")
    monkeypatch.setenv("ORDER_SYSTEM", "my_shop.orders:Orders")
    monkeypatch.setenv("CRM_TOKEN", "hush")
    settings = load_settings()
    assert settings.order_system_options == {"url": "http://in-environment", "shop_code": "ZA"}
    assert settings.crm_options == {"token": "hush"}
    assert settings.mailbox_options == {"from_address": "service@shop.example", "port": "2525"}


def test_a_replaced_option_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDER_SYSTEM_TOKEN", "hush")
    settings = load_settings().with_options("ORDER_SYSTEM", {"url": "http://127.0.0.1:8001"})
    assert settings.order_system_options == {"token": "hush", "url": "http://127.0.0.1:8001"}


def test_a_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOX_PASSWORD", "hush-hush")
    settings = load_settings()
    assert settings.mailbox_options["password"] == "hush-hush"
    assert "hush-hush" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REPLY_DEADLINE_HOURS", "three days"),
        ("REPLY_DEADLINE_HOURS", "0"),
        ("QUESTION_ROUNDS", "-1"),
        ("ASK_CUSTOMER", "perhaps"),
        ("TRUST", "everyone"),
        ("ORDER_SYSTEM", "my_shop.orders.Orders"),
        ("MAIL_FROM", "the shop"),
        ("UI_ADDRESS", "localhost:8233"),
        ("POLICY_FILE", "not-there.md"),
        ("LOG_LEVEL", "loud"),
        ("TEMPORAL_SERVER", "mine"),
        ("RETENTION_DAYS", "1e9"),
        ("CURRENCY", "rand"),
        ("CURRENCY_PER_DOLLAR", "eighteen"),
        ("CURRENCY_PER_DOLLAR", "0"),
        ("CURRENCY_PER_DOLLAR", "NaN"),
        ("CURRENCY_PER_DOLLAR", "18.4"),
    ],
)
def test_a_wrong_value_stops_the_start_with_its_name_and_a_valid_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    text = str(refused.value)
    assert text.startswith(f"{name}=")
    assert f"Valid example: {name}={example_of(name.lower())}" in text
    assert "\n" not in text


def test_a_state_directory_that_is_a_file_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "taken"))
    with pytest.raises(SettingsError, match="STATE_DIR="):
        load_settings()


def test_a_settings_file_that_is_not_text_stops_the_start_with_one_line() -> None:
    Path(".env").write_bytes(b"\xff\xfe\x00TASK_QUEUE=x")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "\n" not in str(refused.value)


def test_settings_cannot_be_changed_after_the_start() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.task_queue = "other"  # type: ignore[misc]


def test_every_example_is_a_valid_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "agents.toml").touch()
    (tmp_path / "policy.md").write_text("# Policy")
    for line in settings_table():
        monkeypatch.setenv(line.name, example_of(line.name.lower()))
    assert load_settings().shop_name == "Karoo Outfitters"


def test_a_signature_has_real_line_breaks() -> None:
    assert Settings(_env_file=None, shop_signature=r"Kind regards\nThandi").signature == "Kind regards\nThandi"


def test_a_dollar_costs_what_the_settings_say_or_nobody_knows() -> None:
    assert load_settings().per_dollar == 1
    Path(".env").write_text("CURRENCY=zar\n")
    assert (load_settings().currency, load_settings().per_dollar) == ("ZAR", None)
    Path(".env").write_text("CURRENCY=ZAR\nCURRENCY_PER_DOLLAR=18.4\n")
    assert load_settings().per_dollar == Decimal("18.4")


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_FILE", "")
    monkeypatch.setenv("ORDER_SYSTEM_TOKEN", "")
    settings = load_settings()
    assert settings.policy_file is None
    assert settings.order_system_options == {}


def test_a_process_that_we_start_sees_our_environment_with_the_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASK_QUEUE", "baton")
    child = child_environment({"TEMPORAL_SERVER": "embedded"})
    assert (child["TASK_QUEUE"], child["TEMPORAL_SERVER"]) == ("baton", "embedded")


@pytest.mark.parametrize("written", ["care@shop.example", "The Shop <care@shop.example>", " care@shop.example "])
def test_a_sender_may_have_a_name(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("MAIL_FROM", written)
    assert load_settings().mailbox_options["from_address"] == written.strip()


@pytest.mark.parametrize("written", ["care", "a@b@c", "<care@shop.example", "care@shop.example\nBcc: x@y.example"])
def test_a_sender_that_no_header_could_carry_stops_the_start(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("MAIL_FROM", written)
    with pytest.raises(SettingsError, match="MAIL_FROM="):
        load_settings()


def test_modules_of_own_agents_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().agent_modules == []
    monkeypatch.setenv("AGENTS", " my_shop.agents, other ,my_shop.agents,")
    assert load_settings().agent_modules == ["my_shop.agents", "other"]


def test_how_long_a_plan_may_be_and_how_wide_it_runs_on_a_queue_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (load_settings().most_steps, load_settings().widths) == (200, {})
    monkeypatch.setenv("MOST_STEPS", "500")
    monkeypatch.setenv("QUEUE_WIDTHS", " baton=20, slow-crm = 2,")
    assert (load_settings().most_steps, load_settings().widths) == (500, {"baton": 20, "slow-crm": 2})


@pytest.mark.parametrize("wrong", ["baton", "baton=many", "baton=0", "baton=2,baton=3", "=3", "baton=2 slow=3"])
def test_a_wrong_width_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("QUEUE_WIDTHS", wrong)
    with pytest.raises(SettingsError, match=r"Valid example: QUEUE_WIDTHS=baton=20,slow-crm=2$"):
        load_settings()


@pytest.mark.parametrize("wrong", ["my_shop/agents.py", "my_shop.agents:find", "my shop"])
def test_what_is_no_module_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("AGENTS", wrong)
    with pytest.raises(SettingsError, match=r"is not a list of modules. Valid example: AGENTS=my_shop.agents"):
        load_settings()
