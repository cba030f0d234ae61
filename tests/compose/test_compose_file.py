"""docker-compose.yml holds what an operator relies on: schema, pinned images, health, local ports, kept volumes."""

import re
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from baton.temporal import search_attributes

from .parts import COMPOSE_FILE, ROOT, compose, environment, part, services, words

ONE_SHOT = {"temporal-schema", "temporal-namespace"}
DOCKERFILE = ROOT / "Dockerfile"


def test_it_follows_the_compose_specification() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE_FILE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_part_of_the_shape_is_there() -> None:
    assert set(services()) == {
        "postgres",
        "temporal-schema",
        "temporal",
        "temporal-namespace",
        "temporal-ui",
        "worker",
        "orders",
        "crm",
        "mail",
    }


@pytest.mark.parametrize(("name", "service"), services().items(), ids=services().keys())
def test_every_image_has_a_pinned_tag(name: str, service: dict[str, object]) -> None:
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+(\.\d+)?", str(service["image"]))


@pytest.mark.parametrize(("name", "service"), services().items(), ids=services().keys())
def test_everything_that_stays_has_a_health_check_and_comes_back(name: str, service: dict[str, object]) -> None:
    if name in ONE_SHOT:
        assert str(service["restart"]).startswith("on-failure")
        assert "healthcheck" not in service
        return
    assert service["restart"] == "unless-stopped"
    health = part(service, "healthcheck")
    assert words(health["test"])[0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(health)


@pytest.mark.parametrize(("name", "service"), services().items(), ids=services().keys())
def test_every_port_is_open_to_this_machine_alone(name: str, service: dict[str, object]) -> None:
    for port in words(service.get("ports", [])):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), f"{name} listens beyond this machine: {port}"


def test_no_two_services_take_the_same_port_of_the_machine() -> None:
    taken = [port.split(":")[1] for service in services().values() for port in words(service.get("ports", []))]
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize(("name", "service"), services().items(), ids=services().keys())
def test_every_wait_is_for_a_service_that_can_be_waited_for(name: str, service: dict[str, object]) -> None:
    for other in part(service, "depends_on"):
        condition = part(service, "depends_on", other)["condition"]
        expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert condition == expected
        assert other in services()


def test_the_set_up_goes_from_database_to_schema_to_server_to_namespace_to_worker() -> None:
    order = ["postgres", "temporal-schema", "temporal", "temporal-namespace", "worker"]
    for earlier, later in pairwise(order):
        assert earlier in part(services()[later], "depends_on")


def test_the_database_and_every_state_lie_in_named_volumes() -> None:
    named = set(part(compose(), "volumes"))
    used = {mount.split(":")[0] for service in services().values() for mount in words(service.get("volumes", []))}
    assert used == named
    assert "database:/var/lib/postgresql/data" in words(services()["postgres"]["volumes"])


def test_the_namespace_keeps_closed_runs_for_thirty_days() -> None:
    assert environment(services()["temporal-namespace"])["RETENTION"] == f"{30 * 24}h"


def test_the_namespace_gets_exactly_our_search_attributes() -> None:
    script = words(services()["temporal-namespace"]["command"])[0]
    found = re.search(r"for attribute in ([^;]+);", script)
    assert found
    assert dict(pair.split("=") for pair in found[1].split()) == search_attributes.TYPES


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_the_set_up_scripts_are_shell(name: str) -> None:
    (script,) = words(services()[name]["command"])
    assert words(services()[name]["entrypoint"]) == ["/bin/sh", "-euc"]
    shell = shutil.which("sh")
    assert shell
    checked = subprocess.run(
        [shell, "-n"], input=script.replace("$$", "$"), capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert "$" not in script.replace("$$", ""), "Compose would put its own value there"


def test_nothing_in_the_image_runs_as_root() -> None:
    lines = DOCKERFILE.read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}


def test_the_image_is_pinned_and_installs_what_the_lock_says() -> None:
    text = DOCKERFILE.read_text()
    assert re.search(r"^FROM [\w./-]+:3\.\d+\.\d+-[\w-]+$", text, re.MULTILINE)
    assert re.search(r"uv==\d+\.\d+\.\d+", text)
    assert "uv sync --frozen" in text
    groups = re.findall(r"--group (\S+)", text)
    assert set(groups) <= set(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"])


def test_every_file_that_the_image_copies_is_there_and_in_the_build_context() -> None:
    copied = [line.split()[1:-1] for line in DOCKERFILE.read_text().splitlines() if line.startswith("COPY ")]
    context = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    sources = {source for line in copied for source in line}
    assert sources == context
    missing = [source for source in sources if not Path(ROOT / source).exists()]
    assert not missing


def test_the_image_holds_every_package_that_a_worker_imports() -> None:
    context = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages <= context
