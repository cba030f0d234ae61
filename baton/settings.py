"""Settings of this installation: read once by the entry points from the environment and `.env`, then frozen."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pydantic_settings
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from baton.contracts.models import RULES, ModelChains, ModelName, Provider, Thinker, calls_per_minute_in, models_in
from baton.contracts.plan import MOST_STEPS

CONNECTORS = ("ORDER_SYSTEM", "CRM", "MAILBOX")
"""Every `<CONNECTOR>_<X>` of the environment becomes the option `x` of that connector."""


DOLLARS = "USD"
"""The currency of models' prices."""

MODEL_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OLLAMA_API_KEY", "BATON_MODEL_KEY")
"""Settings that hold the key of a model's provider: the worker alone reads them."""


class SettingsError(Exception):
    """A setting that stops the start; its text is one line with the setting's name and a valid example."""


def _class_path(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", text):
        raise ValueError("is not of the form module:Class")
    return text


def _modules(text: str) -> str:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not all(re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name) for name in names):
        raise ValueError("is not a list of modules")
    return ",".join(dict.fromkeys(names))


def _widths(text: str) -> str:
    each = [re.fullmatch(r"\s*([^\s,=]+)\s*=\s*([1-9]\d{0,5})\s*", part) for part in text.split(",") if part.strip()]
    widths = {found[1]: int(found[2]) for found in each if found}
    if len(widths) < len(each):
        raise ValueError("is not a list of QUEUE=NUMBER, each queue once and at least 1")
    return ",".join(f"{queue}={width}" for queue, width in widths.items())


def _mail_address(text: str) -> str:
    if not re.fullmatch(r"(?:[^<>\r\n]+<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+)", text.strip()):
        raise ValueError("is not an e-mail address")
    return text.strip()


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise ValueError("is not an http address")
    return text.rstrip("/")


def _directory(path: Path) -> Path:
    path = path.expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("is not a directory")
    return path.resolve()


def _readable_file(path: Path) -> Path:
    path = path.expanduser()
    if not path.is_file():
        raise ValueError("names no file that is there")
    return path.resolve()


def _models(text: str) -> str:
    models_in(text)
    return text.strip()


def _calls_per_minute(text: str) -> str:
    calls_per_minute_in(text)
    return text.strip()


def _currency(text: str) -> str:
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("is not the three letters of a currency")
    return code


def _rate(rate: Decimal | None, known: ValidationInfo) -> Decimal | None:
    if rate not in (None, 1) and known.data.get("currency") == DOLLARS:
        raise ValueError("needs another CURRENCY than USD: CURRENCY=ZAR")
    return rate


def _stripped(key: SecretStr) -> SecretStr:
    return SecretStr(key.get_secret_value().strip())


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


ClassPath = Annotated[str, AfterValidator(_class_path)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Directory = Annotated[Path, AfterValidator(_directory)]
ReadableFile = Annotated[Path, AfterValidator(_readable_file)]
ModelNames = Annotated[str, AfterValidator(_models)]
ModelKey = Annotated[SecretStr, AfterValidator(_stripped)]


@dataclass(frozen=True)
class About:
    """What the documentation and an error say of a setting: its meaning, a valid example, its unit."""

    meaning: str
    example: str
    unit: str = ""


class Settings(BaseSettings):
    """Everything an installation can set; unknown names are ignored, wrong values stop the start."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    state_dir: Annotated[
        Directory, About("where the embedded server, the archive and logs are kept", example="/var/lib/baton")
    ] = Path(".baton")
    temporal_server: Annotated[
        Literal["environment", "embedded"],
        BeforeValidator(_lower),
        About(
            "`environment`: the Temporal server that TEMPORAL_ADDRESS or a profile names, else the running embedded "
            "one; `embedded`: always the embedded one of the state directory",
            example="embedded",
        ),
    ] = "environment"
    task_queue: Annotated[
        str, Field(min_length=1), About("task queue of workflows and activities", example="baton")
    ] = "baton"
    retention_days: Annotated[
        int, Field(ge=1, le=3650), About("how long the embedded server keeps closed runs", example="30", unit="days")
    ] = 30
    large_values: Annotated[
        Literal["files", "refused"],
        BeforeValidator(_lower),
        About(
            "what is too large for Temporal: `files`: kept in the state directory where the server is on this machine; "
            "`refused`: a person is asked, as with any other server",
            example="files",
        ),
    ] = "files"
    ui_address: Annotated[
        WebAddress | None,
        About("address of the Temporal UI for links; unset: the embedded server's", example="http://127.0.0.1:8233"),
    ] = None

    order_system: Annotated[
        ClassPath, About("class of the order system's connector", example="my_shop.orders:Orders")
    ] = "baton.connectors.http_orders:HttpOrders"
    crm: Annotated[ClassPath, About("class of the CRM's connector", example="my_shop.crm:Crm")] = (
        "baton.connectors.http_crm:HttpCrm"
    )
    mailbox: Annotated[ClassPath, About("class of the mailbox's connector", example="my_shop.mail:Mailbox")] = (
        "baton.connectors.smtp_mail:SmtpMailbox"
    )
    connector_options: dict[str, dict[str, SecretStr]] = Field(
        default={}, description="options by connector, collected from ORDER_SYSTEM_*, CRM_* and MAILBOX_*", repr=False
    )

    agents: Annotated[
        str,
        AfterValidator(_modules),
        About(
            "modules with agents of your own, separated by commas: [how to write one](adding-an-agent.md)",
            example="my_shop.agents",
        ),
    ] = ""
    processes: Annotated[
        str,
        AfterValidator(_modules),
        About(
            "modules with processes of your own, separated by commas: [how to write one](writing-a-process.md)",
            example="my_shop.returns",
        ),
    ] = ""
    agents_file: Annotated[
        ReadableFile | None,
        About("TOML file that lists MCP servers and grants their tools: [how](mcp.md)", example="agents.toml"),
    ] = None

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
        str,
        AfterValidator(_calls_per_minute),
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
        str,
        AfterValidator(_currency),
        About("currency of costs, those of cards and of a plan's budget too: ISO's three letters", example="ZAR"),
    ] = DOLLARS
    currency_per_dollar: Annotated[
        Decimal | None,
        Field(gt=0, le=10_000_000, allow_inf_nan=False),
        AfterValidator(_rate),
        About(
            "what a dollar costs in it: models' prices are in dollars; unset: [they stay so](#the-report)",
            example="18.4",
            unit="CURRENCY",
        ),
    ] = None

    shop_name: Annotated[str, Field(min_length=1), About("the shop's name in mails", example="Karoo Outfitters")] = (
        "Our shop"
    )
    shop_signature: Annotated[
        str,
        About("last lines of every mail; `\\n` starts a new line", example=r"Kind regards\nThe Karoo team"),
    ] = r"Kind regards\nCustomer service"
    mail_from: Annotated[
        MailAddress, About("sender of every mail, with or without a name", example="Our Shop <service@your-shop.co.za>")
    ] = "service@shop.example"
    policy_file: Annotated[
        ReadableFile | None,
        About("Markdown file with the shop's policy; unset: the one that ships", example="policy.md"),
    ] = None

    ask_customer: Annotated[
        Literal["review", "auto"],
        BeforeValidator(_lower),
        About(
            "`review`: a person approves each question to a customer; `auto`: a fixed text without any fact goes out",
            example="review",
        ),
    ] = "review"
    trust: Annotated[
        Literal["verified", "named"],
        BeforeValidator(_lower),
        About(
            "`verified`: facts go only to an address on file; `named`: also to a sender who names the customer",
            example="verified",
        ),
    ] = "verified"
    question_rounds: Annotated[
        int,
        Field(ge=0, le=5),
        About("questions to a customer before a person takes over", example="2", unit="questions"),
    ] = 2
    reply_deadline_hours: Annotated[
        int, Field(ge=1, le=8760), About("how long to wait for a customer's answer", example="72", unit="hours")
    ] = 72
    review_due_hours: Annotated[
        int, Field(ge=1, le=8760), About("when an unanswered review counts as overdue", example="24", unit="hours")
    ] = 24

    most_steps: Annotated[
        int, Field(ge=1, le=10_000), About("steps that a plan may have at most", example="200", unit="steps")
    ] = MOST_STEPS
    queue_widths: Annotated[
        str,
        AfterValidator(_widths),
        About(
            "most steps of one goal at the same time on a task queue, the usual one too; unset: what the plan says",
            example="baton=20,slow-crm=2",
        ),
    ] = ""

    worker_max_activities: Annotated[
        int,
        Field(ge=1, le=10_000),
        About("activities that one worker runs at a time", example="50", unit="activities"),
    ] = 50
    worker_max_workflow_tasks: Annotated[
        int,
        Field(ge=2, le=10_000),
        About("workflow tasks that one worker runs at a time", example="50", unit="tasks"),
    ] = 50
    worker_max_cached_runs: Annotated[
        int,
        Field(ge=1, le=100_000),
        About(
            "runs that one worker keeps in memory, 0.5 MB each; any other is read from its history when it goes on",
            example="200",
            unit="runs",
        ),
    ] = 200
    worker_shutdown_seconds: Annotated[
        int,
        Field(ge=0, le=3600),
        About("time that running activities get when a worker is stopped", example="10", unit="seconds"),
    ] = 10
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(_lower),
        About("least severity that is logged: debug, info, warning, error", example="info"),
    ] = "warning"

    @property
    def order_system_options(self) -> dict[str, str]:
        """Options of the order system's connector: ORDER_SYSTEM_URL is `url`."""
        return self._options("ORDER_SYSTEM")

    @property
    def crm_options(self) -> dict[str, str]:
        """Options of the CRM's connector: CRM_URL is `url`."""
        return self._options("CRM")

    @property
    def mailbox_options(self) -> dict[str, str]:
        """Options of the mailbox's connector: MAILBOX_HOST is `host`; `from_address` is MAIL_FROM unless set."""
        return {"from_address": self.mail_from} | self._options("MAILBOX")

    @property
    def agent_modules(self) -> list[str]:
        """The modules with agents of one's own."""
        return [name for name in self.agents.split(",") if name]

    @property
    def process_modules(self) -> list[str]:
        """The modules with processes of one's own."""
        return [name for name in self.processes.split(",") if name]

    @property
    def widths(self) -> dict[str, int]:
        """Most steps of one goal at the same time, by task queue."""
        return {
            queue: int(width)
            for queue, _, width in (each.partition("=") for each in self.queue_widths.split(",") if each)
        }

    @property
    def signature(self) -> str:
        """The last lines of a mail, with real line breaks."""
        return self.shop_signature.replace("\\n", "\n")

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

    def with_model(self, named: str) -> "Settings":
        """The same settings with this model, or chain of models, as BATON_MODEL. Raises SettingsError."""
        try:
            models_in(named)
        except ValueError as wrong:
            example = example_of("baton_model")
            raise SettingsError(f"--model {named}: {wrong}. Valid example: --model {example}") from None
        return self.model_copy(update={"baton_model": named.strip()})

    def with_options(self, connector: str, options: Mapping[str, str]) -> "Settings":
        """The same settings with these options of one connector (`ORDER_SYSTEM`, `CRM`, `MAILBOX`) replaced."""
        merged = {name: SecretStr(value) for name, value in options.items()}
        mine = self.connector_options.get(connector, {}) | merged
        return self.model_copy(update={"connector_options": self.connector_options | {connector: mine}})

    def _options(self, connector: str) -> dict[str, str]:
        return {name: value.get_secret_value() for name, value in self.connector_options.get(connector, {}).items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the connectors' options, then the environment, then `.env`."""
        options = _ConnectorOptions(settings_cls, env_settings, dotenv_settings)
        return init_settings, options, env_settings, dotenv_settings


class _ConnectorOptions(PydanticBaseSettingsSource):
    """Collects `<CONNECTOR>_<X>`: a connector's options are its author's, so no field can name them here."""

    def __init__(self, settings_cls: type[BaseSettings], *places: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._places = [place for place in places if isinstance(place, EnvSettingsSource)]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[object, str, bool]:
        """Unused: this source answers as a whole."""
        return None, field_name, False

    def __call__(self) -> dict[str, dict[str, dict[str, str]]]:
        """Options by connector, the environment before `.env`."""
        found: dict[str, dict[str, str]] = {}
        for place in reversed(self._places):
            for name, value in place.env_vars.items():
                for connector in CONNECTORS:
                    if value and name.upper().startswith(f"{connector}_"):
                        found.setdefault(connector, {})[name[len(connector) + 1 :].lower()] = value
        return {"connector_options": found}


def load_settings(env_file: str | Path | None = ".env") -> Settings:
    """The settings of this process. Raises SettingsError, in one line, for the first value that is wrong."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as problem:
        raise SettingsError(_explain(problem)) from None
    except (pydantic_settings.SettingsError, UnicodeDecodeError, OSError) as problem:
        raise SettingsError(f"Settings cannot be read (environment, {env_file}): {_first_line(problem)}") from None


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]


def _explain(problem: ValidationError) -> str:
    """`REPLY_DEADLINE_HOURS='soon': … Valid example: REPLY_DEADLINE_HOURS=72`, one line."""
    first = problem.errors(include_url=False)[0]
    field = str(first["loc"][0])
    words = first["msg"].removeprefix("Value error, ")
    shown = repr(first["input"] if not isinstance(first["input"], Path) else str(first["input"]))
    shown = re.sub(r"//[^/@\s]+@", "//[secret]@", shown)
    more = problem.error_count() - 1
    also = f" ({more} more setting{'s are' if more > 1 else ' is'} wrong.)" if more else ""
    return f"{field.upper()}={shown}: {words}. Valid example: {field.upper()}={example_of(field)}{also}"


def example_of(field: str) -> str:
    """A valid value of a setting, as one would write it in `.env`."""
    return next((about.example for about in _about(field)), "")


def _about(field: str) -> list[About]:
    return [note for note in Settings.model_fields[field].metadata if isinstance(note, About)]


@dataclass(frozen=True)
class SettingLine:
    """One line of the documentation's table of settings."""

    name: str
    default: str
    unit: str
    meaning: str


def settings_table() -> list[SettingLine]:
    """Every setting that this program reads itself, in the order of the documentation."""
    lines = []
    for field, about in ((name, note) for name in Settings.model_fields for note in _about(name)):
        default = Settings.model_fields[field].default
        lines.append(SettingLine(field.upper(), "" if default is None else str(default), about.unit, about.meaning))
    return lines


def temporal_environment(env_file: str | Path | None = ".env") -> dict[str, str]:
    """What Temporal's own client configuration may read: the environment, and TEMPORAL_* of `.env` beneath it."""
    from dotenv import dotenv_values  # noqa: PLC0415  only a connection needs it

    written = dotenv_values(env_file) if env_file else {}
    beneath = {name: value for name, value in written.items() if name.startswith("TEMPORAL_") and value}
    return beneath | dict(os.environ)


def named_environment(names: Iterable[str], env_file: str | Path | None = ".env") -> dict[str, str]:
    """These variables of the environment, and of `.env` beneath it, where they are set."""
    from dotenv import dotenv_values  # noqa: PLC0415  few need it

    written = dotenv_values(env_file) if env_file else {}
    found = {name: os.environ.get(name, written.get(name)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def child_environment(changes: Mapping[str, str], *, without: str | tuple[str, ...] | None = None) -> dict[str, str]:
    """The environment for a process that we start: ours with these changes, less names beginning with `without`."""
    kept = {name: value for name, value in os.environ.items() if without is None or not name.startswith(without)}
    return kept | dict(changes)


def search_path() -> list[Path]:
    """The directories in which programs are looked for, PATH's order."""
    return [Path(place) for place in os.get_exec_path() if place]
