"""What is installed and how it is served: pins, container, compose file."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from settings import PROJECT_ROOT

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)(?: ; ([^\\]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def text(name: str) -> str:
    return (PROJECT_ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[tuple[str, str], tuple[str, int]]:
    """(package, marker) → (version, hashes) of a lock; every line is one or the other."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    current = ("", "")
    for number, line in enumerate(text(name).splitlines(), 1):
        pin = PIN.match(line)
        if pin:
            current = (pin.group(1), pin.group(3) or "")
            assert current not in found, f"{name}:{number}"
            found[current] = (pin.group(2), 0)
        else:
            assert HASH.match(line), f"{name}:{number}: {line}"
            found[current] = (found[current][0], found[current][1] + 1)
    return found


LOCKS = ["requirements/run.txt", "requirements/dev.txt"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    found = pins(name)
    assert len(found) > 40
    assert [package for package, (_, hashes) in found.items() if hashes == 0] == []


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "Makefile", "Dockerfile", "scripts/setup.sh", ".ci/run"])
def test_no_package_index_is_named(name: str) -> None:
    """Where packages come from is the machine's business."""
    assert not re.search(r"index-url|--extra-index|--find-links|--trusted-host|pypi|simple/", text(name), re.I)
    if name in LOCKS:
        assert "://" not in text(name)


def test_the_tests_run_on_what_is_shipped() -> None:
    run, dev = pins(LOCKS[0]), pins(LOCKS[1])
    assert {package: version for package, (version, _) in run.items()} == {
        package: dev[package][0] for package in run if package in dev
    }


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    run = {package for package, _ in pins(LOCKS[0])}
    dev = {package for package, _ in pins(LOCKS[1])}

    def bare(requirement: str) -> str:
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert match
        return re.sub(r"[._-]+", "-", match.group()).lower()

    assert {bare(item) for item in project["project"]["dependencies"]} <= run
    assert {bare(item) for item in project["dependency-groups"]["dev"]} <= dev
    assert project["project"]["requires-python"] == ">=3.11,<3.14"


def test_the_command_is_installed() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    assert project["project"]["scripts"] == {"promolens": "cli:app"}


# --- the container and the services beside it -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    return dict(yaml.safe_load(text("compose.yaml"))["services"])


def test_every_port_is_published_on_this_machine_only(services: dict[str, dict]) -> None:
    published = [str(port) for service in services.values() for port in service.get("ports", [])]
    assert "127.0.0.1:8501:8501" in services["app"]["ports"]
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []
    assert [name for name, service in services.items() if service.get("network_mode") == "host"] == []


def test_every_service_says_whether_it_is_well(services: dict[str, dict]) -> None:
    assert set(services) >= {"app", "timescaledb", "clickhouse"}
    for name, service in services.items():
        check = service["healthcheck"]
        assert check["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert check["interval"], name
        assert check["retries"] >= 3, name


def test_timescaledb_is_as_its_design_has_it(services: dict[str, dict]) -> None:
    service = services["timescaledb"]
    assert service["image"] == "timescale/timescaledb:latest-pg14"
    assert set(service["environment"]) == {
        "POSTGRES_USER=klaviyo", "POSTGRES_PASSWORD=klaviyo_pass", "POSTGRES_DB=klaviyo_analytics",
    }  # fmt: skip
    assert service["volumes"] == ["timescaledb_data:/var/lib/postgresql/data"]
    assert "127.0.0.1:5432:5432" in service["ports"]


def test_the_app_has_no_rights_but_to_its_data(services: dict[str, dict]) -> None:
    app = services["app"]
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert app["security_opt"] == ["no-new-privileges:true"]
    assert app["pids_limit"] > 0
    assert (app["tmpfs"], app["volumes"]) == (["/tmp"], ["data:/data"])
    assert {"privileged", "cap_add", "devices", "pid", "ipc"} & set(app) == set()


def test_volumes_are_declared(services: dict[str, dict]) -> None:
    declared = set(yaml.safe_load(text("compose.yaml"))["volumes"])
    used = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == declared


def test_the_compose_file_passes_only_settings_that_exist(services: dict[str, dict]) -> None:
    from settings import Settings

    known = {name.upper() for name in Settings.model_fields}
    assert set(services["app"]["environment"]) <= known


def test_the_image_runs_as_nobody_special_from_the_lock() -> None:
    lines = [line.strip() for line in text("Dockerfile").splitlines()]
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert any("--require-hashes -r requirements/run.txt" in line for line in lines)
    users = [line.split()[1] for line in last_stage if line.startswith("USER")]
    assert users
    assert int(users[-1]) > 0
    # What it runs stays root's, and is not written to: neither here nor by what Python keeps beside modules.
    assert [line for line in last_stage if "--chown" in line or "--chmod" in line] == []
    assert "PYTHONDONTWRITEBYTECODE=1" in text("Dockerfile")
    assert [line for line in last_stage if line.startswith("VOLUME")] == ["VOLUME /data"]
    assert any(line.startswith("HEALTHCHECK") for line in last_stage)
    assert last_stage[-1] == 'CMD ["promolens", "run"]'
    assert not re.search(r"pk_[0-9a-z]|SECRET_KEY=\S", text("Dockerfile"))


def test_the_streamlit_server_listens_here_and_tells_nobody_more_than_needed() -> None:
    config = tomllib.loads(text(".streamlit/config.toml"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False


def test_ci_requires_every_engine_and_runs_both_commands() -> None:
    script = text(".ci/run")
    assert "REQUIRE_ALL_ENGINES=1" in script
    assert re.search(r"^make .*check$", script, re.M)
    assert re.search(r"^make .*test$", script, re.M)


def test_secrets_and_data_stay_out_of_git_and_of_the_image() -> None:
    for name in (".gitignore", ".dockerignore"):
        ignored = {line.strip().rstrip("/").lstrip("/") for line in text(name).splitlines()}
        assert {".env", "data", ".venv"} <= ignored, name
