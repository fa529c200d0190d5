"""The Slack manifest: valid by Slack's schema, and asking for exactly what the listeners use."""

from pathlib import Path
from typing import Any

import jsonschema
import yaml
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.listeners import EVENTS, SCOPES, register
from bot.slack.views.notices import COMMAND

ROOT = Path(__file__).parent.parent


def _text(longest: int, shortest: int = 1) -> dict[str, Any]:
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_FLAG = {"type": "boolean"}
_NAMES = {"type": "array", "items": _text(50), "uniqueItems": True, "minItems": 1, "maxItems": 100}

SCHEMA = _object(
    ["display_information"],
    display_information=_object(
        ["name"],
        name=_text(35),
        description=_text(140),
        long_description=_text(4000, shortest=175),
        background_color={"type": "string", "pattern": "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"},
    ),
    features=_object(
        [],
        bot_user=_object(["display_name"], display_name=_text(80), always_online=_FLAG),
        app_home=_object([], home_tab_enabled=_FLAG, messages_tab_enabled=_FLAG, messages_tab_read_only_enabled=_FLAG),
        slash_commands={
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": _object(
                ["command", "description"],
                command={"type": "string", "pattern": "^/", "minLength": 2, "maxLength": 32},
                description=_text(2000),
                usage_hint=_text(1000),
                should_escape=_FLAG,
            ),
        },
    ),
    oauth_config=_object([], scopes=_object([], bot=_NAMES)),
    settings=_object(
        [],
        event_subscriptions=_object([], bot_events=_NAMES),
        interactivity=_object(["is_enabled"], is_enabled=_FLAG),
        org_deploy_enabled=_FLAG,
        socket_mode_enabled=_FLAG,
        token_rotation_enabled=_FLAG,
    ),
)
"""The part of Slack's schema that this manifest touches: https://github.com/slackapi/manifest-schema."""


def test_the_manifest_asks_for_what_the_listeners_use() -> None:
    """The manifest keeps to Slack's schema, and has the command, the scopes and the events of the listeners, no more.

    Buttons and the Home tab are switched on, without which Slack keeps clicks to itself.
    """
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text())

    jsonschema.Draft202012Validator(SCHEMA).validate(manifest)
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == [COMMAND]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == EVENTS
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["features"]["app_home"]["home_tab_enabled"]


async def test_listeners_match_events() -> None:
    """Each event of the manifest has a listener, and each listener an event or a command of it."""
    heard: list[tuple[str, str]] = []

    class Recording(AsyncApp):
        """A Bolt app that notes what is listened to."""

        def command(self, command: Any, *args: Any, **kwargs: Any) -> Any:
            heard.append(("command", command))
            return super().command(command, *args, **kwargs)

        def event(self, event: Any, *args: Any, **kwargs: Any) -> Any:
            heard.append(("event", event))
            return super().event(event, *args, **kwargs)

    app = Recording(client=AsyncWebClient(token="xoxb-pretend"), signing_secret="pretend")
    nothing: Any = None  # no listener is called here
    register(app, conversation=nothing, directory=nothing, sender=nothing, outbox=nothing, clock=Clock(), ack_s=1)

    events = {event.partition(".")[0] for event in EVENTS}
    assert sorted(heard) == sorted([("command", COMMAND), *(("event", event) for event in events)])
