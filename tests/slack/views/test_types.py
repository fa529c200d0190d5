"""Every message against Slack's own types, which are another witness than slack_sdk and our rules.

`npm ci --prefix tests/slack/types --ignore-scripts` installs them; nothing is downloaded here. They know all
that is sent today; should they lag behind Slack's documentation, leave out that one field here, and say why.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.slack.views.message import Message
from bot.slack.views.places import home_message
from tests.slack.views.states import states

TYPES = Path(__file__).parent.parent / "types"
MODULES = TYPES / "node_modules"
TSC = MODULES / "typescript" / "bin" / "tsc"

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("node") is None, reason="Slack's types are for TypeScript, and there is no node"),
    pytest.mark.skipif(
        not TSC.exists() or not (MODULES / "@slack" / "types").exists(),
        reason="Slack's types are not installed: npm ci --prefix tests/slack/types --ignore-scripts",
    ),
]

Json = dict[str, Any]


@pytest.fixture
def compiler(tmp_path: Path) -> "Compiler":
    """A compiler with a folder of its own."""
    return Compiler(tmp_path)


class Compiler:
    """Writes messages as TypeScript, and says what its compiler makes of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def complaints(self, messages: list[list[Json]], homes: list[list[Json]]) -> dict[str, str]:
        """What is wrong with which message or Home tab: "messages/0" is the first; nothing if all are right.

        A type stands at the variable, so that fields that Slack does not know are wrong too. For the Home tab, Slack's
        type takes any block at all; it is narrowed to those that Slack knows.
        """
        code = [
            'import type { HomeView, KnownBlock } from "@slack/types";',
            'type Home = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };',
        ]
        places = dict.fromkeys((1, 2), "")
        for name, kind, each in (
            ("messages", "KnownBlock[][]", messages),
            ("homes", "Home[]", [{"type": "home", "blocks": blocks} for blocks in homes]),
        ):
            code.append(f"export const {name}: {kind} = [")
            places |= {len(code) + number: f"{name}/{number - 1}" for number in range(1, len(each) + 1)}
            code += [f"{json.dumps(value)}," for value in each]
            code.append("];")
        return {places[line]: said for line, said in self._compile("\n".join(code)).items()}

    def _compile(self, code: str) -> dict[int, str]:
        """What the compiler says of which line, the first being 1."""
        (self._folder / "messages.ts").write_text(code, encoding="utf-8")
        settings = {
            "extends": str(TYPES / "tsconfig.json"),
            "compilerOptions": {"paths": {"@slack/types": [str(MODULES / "@slack" / "types")]}},
            "files": ["messages.ts"],
        }
        (self._folder / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
        ended = subprocess.run(  # noqa: S603  # our own compiler, on what we wrote
            [shutil.which("node") or "node", str(TSC), "--project", str(self._folder)],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        said = ended.stdout + ended.stderr
        found = {int(line): told for line, told in re.findall(r"^messages\.ts\((\d+),\d+\): (.*)", said, re.MULTILINE)}
        assert bool(found) == (ended.returncode != 0), said
        return found


def test_every_message_is_of_slacks_types(compiler: Compiler) -> None:
    """Slack's own types know every block, element and field that we send, in every state, place and language."""
    homes = [message for _, message, view in states() if view is home_message]
    messages = [message for _, message, view in states() if view is not home_message]

    assert compiler.complaints(_blocks(messages), _blocks(homes)) == {}


def _blocks(messages: Iterable[Message]) -> list[list[Json]]:
    return [list(message.blocks) for message in messages]


def test_what_slack_does_not_know_is_complained_of(compiler: Compiler) -> None:
    """An unknown field of an element, deep in a message or a Home tab, is no silent success."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": "x", "value": "{}"}
    right, wrong = ([{"type": "actions", "elements": [each]}] for each in (button, button | {"aria_label": "x"}))

    assert compiler.complaints([right, wrong], [right, wrong]).keys() == {"messages/1", "homes/1"}
