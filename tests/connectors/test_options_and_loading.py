"""A wrong option or class stops the start with its name and a valid example."""

import sys
from pathlib import Path

import pytest

from baton.connectors.http_orders import HttpOrders
from baton.connectors.load import load_connector, load_systems
from baton.connectors.smtp_mail import SmtpMailbox
from baton.contracts.systems import Misconfigured
from baton.settings import Settings

SMTP = {"host": "smtp.shop.example", "from_address": "care@shop.example"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "'url' is missing, e.g. url=http"),
        ({"url": " "}, "'url' is missing"),
        ({"url": "shop.example"}, "'url' is not an http address"),
        ({"url": "ftp://shop.example"}, "'url' is not an http address"),
        ({"url": "http://shop.example?x=1"}, "'url' is not an http address"),
        ({"url": "http://a", "timeout": "soon"}, "'timeout' is not a number of seconds"),
        ({"url": "http://a", "timeout": "0"}, "'timeout' is not a number of seconds"),
        ({"url": "http://a", "timeout": "inf"}, "'timeout' is not a number of seconds"),
        ({"url": "http://a", "timeout": "nan"}, "'timeout' is not a number of seconds"),
        ({"url": "http://a", "token": "a\nb"}, "'token' holds characters"),
        ({"url": "http://a", "proxy": "proxy:3128"}, "'proxy' is not an http address"),
    ],
)
def test_a_wrong_http_option_is_named_with_an_example(options: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as fault:
        HttpOrders(options)
    assert said in str(fault.value)
    assert "e.g. " in str(fault.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"host": ""}, "'host' is missing"),
        ({"from_address": ""}, "'from_address' is missing"),
        ({"from_address": "care"}, "'from_address' is not an e-mail address"),
        ({"from_address": "Care\n<care@shop.example>"}, "'from_address' is not an e-mail address"),
        ({"port": "smtp"}, "'port' is not a port"),
        ({"port": "70000"}, "'port' is not a port"),
        ({"starttls": "maybe"}, "'starttls' is none of auto, required, off"),
        ({"username": "u"}, "'password' is missing"),
        ({"sent_url": "mail:8003"}, "'sent_url' is not an http address"),
    ],
)
def test_a_wrong_smtp_option_is_named_with_an_example(options: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as fault:
        SmtpMailbox(SMTP | options)
    assert said in str(fault.value)
    assert "e.g. " in str(fault.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("orders", "module:Class"),
        (":Orders", "module:Class"),
        ("no_such_module_here:Orders", "no module 'no_such_module_here'"),
        ("baton.no_such:Orders", "no module 'baton.no_such'"),
        ("baton.connectors.http_orders:Nothing", "no class 'Nothing'"),
        ("shop_that_lacks:Orders", "needs 'a_driver_that_is_missing'"),
        ("shop_that_breaks:Orders", "cannot be imported: ZeroDivisionError"),
    ],
)
def test_a_class_that_cannot_be_loaded_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, said: str
) -> None:
    (tmp_path / "shop_that_lacks.py").write_text("import a_driver_that_is_missing\n")
    (tmp_path / "shop_that_breaks.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(Misconfigured) as fault:
        load_connector(path, {})
    assert said in str(fault.value)
    for name in ("shop_that_lacks", "shop_that_breaks"):
        sys.modules.pop(name, None)


def settings(**changes: object) -> Settings:
    options = {"ORDER_SYSTEM": {"url": "http://a"}, "CRM": {"url": "http://b"}, "MAILBOX": {"host": "c"}}
    return Settings.model_validate({"connector_options": options} | changes)


async def test_the_three_systems_are_made_from_the_settings() -> None:
    async with load_systems(settings()) as systems:
        assert type(systems.orders).__name__ == "HttpOrders"
        assert type(systems.crm).__name__ == "HttpCrm"
        assert type(systems.mailbox).__name__ == "SmtpMailbox"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"connector_options": {}}, "ORDER_SYSTEM (baton.connectors.http_orders:HttpOrders): option 'url' is missing"),
        ({"crm": "baton.connectors.http_orders:HttpOrders"}, "is no Crm: it lacks find_contacts"),
    ],
)
async def test_a_system_that_cannot_be_made_names_its_setting(changes: dict[str, object], said: str) -> None:
    with pytest.raises(Misconfigured) as fault:
        async with load_systems(settings(**changes)):
            pass
    assert said in str(fault.value)
