"""What the value of a setting may be."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from baton.contracts.models import calls_per_minute_in, models_in

DOLLARS = "USD"
"""The currency of models' prices."""


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


def lower(value: object) -> object:
    """A word of a setting that is one of a few, however it is written."""
    return value.strip().lower() if isinstance(value, str) else value


ClassPath = Annotated[str, AfterValidator(_class_path)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Directory = Annotated[Path, AfterValidator(_directory)]
ReadableFile = Annotated[Path, AfterValidator(_readable_file)]
ModelNames = Annotated[str, AfterValidator(_models)]
Modules = Annotated[str, AfterValidator(_modules)]
Widths = Annotated[str, AfterValidator(_widths)]
CallsPerMinute = Annotated[str, AfterValidator(_calls_per_minute)]
Currency = Annotated[str, AfterValidator(_currency)]
Rate = Annotated[Decimal | None, Field(gt=0, le=10_000_000, allow_inf_nan=False), AfterValidator(_rate)]
ModelKey = Annotated[SecretStr, AfterValidator(_stripped)]
