"""What an exchange on the wire is, in words: its name, what it is for, and what went wrong."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from playground.watch import Exchange

Json = dict[str, Any]

_ASKED = {
    "AuthenticateUsernamePassword": "The bot signs in to SuperOffice, and is given a ticket.",
    "GetChatPresence": "The bot asks SuperOffice who is present.",
    "IsWithinOpeningHours": "The bot asks SuperOffice whether a topic is open now.",
    "GetSimpleList": "The bot asks SuperOffice for the topics' names.",
    "GetList": "The bot asks SuperOffice for the topics' names.",
    "api.test": "The bot asks whether Slack is there.",
    "auth.test": "The bot asks Slack who it is.",
    "apps.connections.open": "The bot asks Slack for an address, to which it opens a WebSocket: Socket Mode.",
    "chat.postEphemeral": "The bot posts a message for one person alone.",
    "chat.update": "The bot changes its message.",
    "conversations.info": "The bot asks Slack whether people of other companies are in the channel.",
    "users.info": "The bot asks Slack for a person's language.",
    "views.publish": "The bot publishes a Home tab.",
}


def what(exchange: Exchange) -> str:
    """Name the operation, the method, or what a person did."""
    match exchange.to:
        case "superoffice":
            return exchange.headers.get("SOAPAction", exchange.path).strip('"').rpartition("/")[2]
        case "slack":
            return "response_url" if exchange.path.startswith("/response/") else exchange.path.rpartition("/")[2]
        case _:
            return _what_person_did(exchange.request)


def _what_person_did(payload: Json) -> str:
    match payload:
        case {"command": str(command)}:
            return f"{command} {payload.get('text', '')}".strip()
        case {"event": {"type": str(kind)}}:
            return kind
        case {"type": str(kind)}:
            return kind
        case _:
            return "request"


def explained(exchange: Exchange, name_of: Callable[[str], str | None]) -> str:
    """Say in a sentence what this exchange is for."""
    if exchange.to == "bot":
        return _explained_to_bot(exchange.request, name_of)
    method = what(exchange)
    body = parsed(exchange.request.decode(errors="replace"), exchange.headers.get("Content-Type", ""))
    said = body if isinstance(body, dict) else {}
    if method == "chat.postMessage":
        return f"The bot posts its answer{', in the thread' if said.get('thread_ts') else ''}."
    if method == "response_url":
        if said.get("delete_original"):
            return "The bot takes its message away, by the address that came with the click."
        if said.get("replace_original"):
            return "The bot puts a new message in the old one's place, by the address that came with the click."
        for_all = said.get("response_type") == "in_channel"
        return f"The bot answers {'for everyone in the channel' if for_all else 'the asker alone'}, by response_url."
    return _ASKED.get(method, "The bot asks.")


def _explained_to_bot(payload: Json, name_of: Callable[[str], str | None]) -> str:
    user = payload.get("user_id") or payload.get("event", {}).get("user") or payload.get("user", {}).get("id", "")
    who = name_of(user) or "Somebody"
    match payload:
        case {"command": _}:
            return f"Slack brings {who}'s command. The bot has 3\u00a0s to acknowledge it."
        case {"event": {"type": "app_mention", "channel": str(channel)}}:
            return f"Slack tells the bot that {who} mentioned it in #{name_of(channel)}."
        case {"event": {"type": "message"}}:
            return f"Slack brings {who}'s direct message."
        case {"event": {"type": "app_home_opened"}}:
            return f"{who} opened the bot's Home tab."
        case {"type": "block_actions", "actions": [{"text": {"text": str(label)}}, *_]}:
            return f"{who} clicked “{label}”."
        case {"type": "block_actions", "actions": [{"selected_option": {"text": {"text": str(label)}}}, *_]}:
            return f"{who} chose “{label}”."
        case {"type": "block_suggestion"}:
            return f"{who} types into a menu; the acknowledgement brings its options."
        case _:
            return "Slack tells the bot something."


def failure(exchange: Exchange) -> str:
    """Say what went wrong, as far as the wire tells; empty while it is under way, or well."""
    if exchange.took_s is None:
        return ""
    if exchange.status is None:
        return "no answer"
    if exchange.status != 200:
        return f"HTTP {exchange.status}"
    if exchange.to == "superoffice":
        if exchange.content_type == "text/html":
            return "a web page"
        return "" if re.search(rb"Succeeded[^>]*>\s*(true|1)", exchange.answer) else "refused"
    if exchange.to == "slack" and b'"ok": false' in exchange.answer:
        return str(json.loads(exchange.answer).get("error", "refused"))
    return ""


def parsed(text: str, content_type: str) -> Any:
    """Read JSON, or a form whose values may be JSON; what is neither stays text."""
    if "form" in content_type:
        return {name: parsed(said, "json") if said[:1] in "[{" else said for name, said in parse_qsl(text)}
    try:
        return json.loads(text) if text else ""
    except ValueError:
        return text
