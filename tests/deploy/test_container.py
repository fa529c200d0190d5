"""The container: the image of deploy/Dockerfile, run as deploy/compose.yaml says. `.ci/container` builds it first."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.kit.ports import unused_port
from tests.kit.process import PROJECT, Bot, is_fresh, settings

IMAGE: Final = "who-is-online"
USER: Final = 10001
DAEMONS: Final = {"build", "logging", "mem_limit", "pids_limit", "restart"}
"""Keys of the service that only Docker's daemon and cgroups carry out."""

pytestmark = pytest.mark.skipif(
    not os.environ.get("CONTAINERS_STORAGE_CONF"), reason="needs the image that .ci/container builds"
)


def podman(*words: str) -> subprocess.CompletedProcess[str]:
    """Run podman to its end."""
    return subprocess.run([str(shutil.which("podman")), *words], capture_output=True, text=True, check=False)  # noqa: S603


def options(env_file: Path) -> list[str]:
    """The service of deploy/compose.yaml as options of podman, with these settings. Fails at a key that is new."""
    compose: dict[str, Any] = yaml.safe_load((PROJECT / "deploy/compose.yaml").read_text())
    service = compose["services"]["who-is-online"]
    [secret] = service.pop("secrets")
    assert PROJECT / "deploy" / compose["secrets"]["settings"]["file"] == PROJECT / "deploy/../.env"
    assert service.pop("image") == IMAGE
    assert (service.pop("read_only"), service.pop("init")) == (True, True)
    found = [
        # podman by itself would lay writable folders over the read-only system, which Docker does not.
        *("--read-only", "--read-only-tmpfs=false", "--init"),
        *(f"--cap-drop={name}" for name in service.pop("cap_drop")),
        *(f"--security-opt={option}" for option in service.pop("security_opt")),
        f"--stop-timeout={service.pop('stop_grace_period').removesuffix('s')}",
        f"--volume={env_file}:{secret['target']}:ro",
    ]
    assert set(service) == DAEMONS
    return found


async def test_it_answers_and_ends(superoffice: NetServer, slack: Slack, tmp_path: Path) -> None:
    """As an unprivileged user over a read-only system, it is healthy, answers, and ends by SIGTERM with exit code 0."""
    env_file = tmp_path / ".env"
    chosen = settings(superoffice, slack) | {"PORT": str(unused_port())}
    env_file.write_text("".join(f"{name}={value}\n" for name, value in chosen.items()))
    env_file.chmod(0o600)
    os.chown(env_file, USER, USER)
    run = ["podman", "run", "--rm", "--name=who", "--network=host", *options(env_file), f"--env=PORT={chosen['PORT']}"]
    pipe = asyncio.subprocess.PIPE
    bot = Bot(await asyncio.create_subprocess_exec(*run, IMAGE, stdout=pipe, stderr=pipe), slack)
    try:
        await bot.ready()
        health = await asyncio.to_thread(podman, "healthcheck", "run", "who")
        assert (health.returncode, is_fresh(await bot.ask())) == (0, True), health
        assert await bot.stop() == 0
    finally:
        await asyncio.to_thread(podman, "rm", "--force", "who")
        await bot.kill()


def test_without_settings_it_says_what_is_missing() -> None:
    """A container without settings ends with exit code 2 and names what is missing: the image holds no settings."""
    ended = podman("run", "--rm", "--network=host", IMAGE)

    assert ended.returncode == 2
    assert "SLACK_BOT_TOKEN is missing" in ended.stderr


def test_the_image_holds_the_bot_alone() -> None:
    """The image has neither the project's sources nor a file of settings nor tools for building, and is not root's."""
    look = "id -u; find / -xdev -name .env -o -name playground -o -name uv"
    seen = podman("run", "--rm", "--network=host", "--entrypoint=sh", IMAGE, "-c", look)

    assert seen.stdout.split() == [str(USER)]
