"""docs/operate.md, followed word for word in a bare Debian 12 with systemd, which `.ci/install` starts."""

import asyncio
import os
import subprocess
from typing import Final

import pytest

from playground.slack import Slack
from playground.superoffice import NetServer
from tests.deploy.page import commands
from tests.kit.process import PASSWORD, READY_S, is_fresh, read, settings

SYSTEM: Final = os.environ.get("BARE_SYSTEM")
"""The first process of the bare system."""

ENTER: Final = f"nsenter --target {SYSTEM} --all env -i HOME=/root PATH=/root/.local/bin:/usr/bin:/usr/sbin"

pytestmark = [
    pytest.mark.skipif(not SYSTEM, reason="needs the bare system that .ci/install starts"),
    pytest.mark.timeout(300),  # they install from the package registries
]


def do(script: str, *, fails: bool = False, given: str = "") -> str:
    """Run this as root in the project's folder, with a umask that lets nobody else read. What it said."""
    words = [*ENTER.split(), "bash", "-euc", f'umask 077; cd "/root/who is online"; {script}']
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    said = done.stdout + done.stderr
    assert (done.returncode != 0) is fails, said
    return said


def test_pipx() -> None:
    """The lines for pipx install the bot, complete its commands, and take it away again."""
    do(f"apt update; apt install pipx; {commands('With pipx')[0]}")

    assert "who-is-online, version" in do("who-is-online --version")
    do(commands("Completion")[0])
    completed = "COMP_WORDS=(who-is-online ch) COMP_CWORD=1; _who_is_online_completion who-is-online; echo $COMPREPLY"
    assert "check" in do(f". ~/.who-is-online-completion; {completed}")
    do(commands("Remove")[1])
    do("who-is-online --version", fails=True)


def test_what_is_not_locked_is_refused() -> None:
    """Neither way takes a wheel or a package that is not the one whose hash is in constraints.txt."""
    pip = commands("With pip")[0].splitlines()[-1].replace("/opt/who-is-online", "/var/other")
    pipx = commands("With pipx")[0]
    do("apt install python3-venv; python3 -m venv --clear /var/other; cp -rT dist /var/dist")
    for change in ("echo >> dist/*.whl", "sed -i '/^zeep==/,/^[a-z]*==/ s/sha256:../sha256:00/' dist/constraints.txt"):
        for line in (pip, pipx):
            assert "DO NOT MATCH" in do(f"{change}; {line}", fails=True)
        do("rm -r dist; cp -r /var/dist dist")


async def test_the_service(superoffice: NetServer, slack: Slack) -> None:
    """The steps for systemd give a service that answers, keeps its secrets, ends with exit code 0, and is removed."""
    folders, check, start, look = commands("systemd")
    for script in (commands("With pip")[0], folders, start):
        do(script)
    assert "SLACK_BOT_TOKEN is missing" in do(check, fails=True)

    # Wrong settings end it, and it is not started again.
    do("systemctl start --wait who-is-online", fails=True)
    assert "SLACK_BOT_TOKEN is missing" in do(look, fails=True)
    assert shown("ActiveState", "ExecMainStatus", "NRestarts") == ["failed", "2", "0"]

    lines = "".join(f"{name}={value}\n" for name, value in settings(superoffice, slack).items())
    do("cat > /etc/who-is-online/.env", given=lines)
    assert "✗" not in await asyncio.to_thread(do, check)
    do(start)
    await slack.connected(timeout_s=READY_S)
    [post] = (await slack.command("")).posts
    assert is_fresh(read(post))
    assert "Ready: answering Slack in Socket Mode" in do(look)
    process = f"/proc/{shown('MainPID')[0]}"
    assert PASSWORD not in do(f"tr '\\0' '\\n' < {process}/environ")
    assert "Uid:\t0" not in do(f"cat {process}/status")

    await asyncio.to_thread(do, "systemctl stop who-is-online")
    assert shown("Result", "ExecMainStatus") == ["success", "0"]
    assert slack.connections == 0
    for script in (*commands("Upgrade"), commands("Remove")[0]):
        await asyncio.to_thread(do, script)
    assert (
        do("find / -xdev -name '*who-is-online*' -not -path '/root/*' -not -path '/var/log/*' -not -path '/tmp/*'")
        == ""
    )


def test_the_unit_is_hardened() -> None:
    """The unit has no mistake that systemd finds, and leaves little for an attacker to reach by its rating."""
    unit = "deploy/who-is-online.service"
    do(f"install -D /bin/true /opt/who-is-online/bin/who-is-online; systemd-analyze verify {unit}")
    rated = do(f"systemd-analyze security --no-pager --offline=yes --threshold=12 {unit}")

    assert "Overall exposure level for who-is-online.service: 1.1 OK" in rated


def shown(*names: str) -> list[str]:
    """Properties of the service, as systemd knows them."""
    lines = do(f"systemctl show who-is-online --property={','.join(names)}").splitlines()
    return [dict(line.split("=", 1) for line in lines)[name] for name in names]
