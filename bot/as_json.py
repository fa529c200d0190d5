"""Results as JSON, for scripts."""

import json
from typing import Any, assert_never

from bot.presence.model import Agent
from bot.presence.reading import Shown, Stale
from bot.presence.result import Roster, TopicGroup, TopicList


def to_json(result: Roster | TopicList, busy_at: int, *, ascii_only: bool = False) -> str:
    """The result for machines; `taken_at` in UTC. By topic, it is the roster that the topics are made of.

    A list by topic has `topics` too, in its order: each with the ids of its agents, the one to ask first in front.
    Without SuperOffice's list of topics it says `"names_known": false`: topics may have numbers for names.
    """
    reading = result.reading
    said: dict[str, Any] = {
        "taken_at": reading.snapshot.taken_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "stale": isinstance(reading, Stale),
    }
    match result:
        case Roster():
            agents = [seat.agent for seat in result.seats]
        case TopicList():
            agents = [agent for agent in reading.snapshot.agents if agent.present]
            said["topics"] = [_group_json(group, reading) for group in result.groups]
        case _:
            assert_never(result)
    if not reading.snapshot.names_known:
        said["names_known"] = False
    return json.dumps(said | {"agents": [_agent_json(agent, busy_at) for agent in agents]}, ensure_ascii=ascii_only)


def _agent_json(agent: Agent, busy_at: int) -> dict[str, Any]:
    return {
        "user_id": agent.user_id,
        "name": agent.name,
        "present": agent.present,
        "ongoing_chats": agent.ongoing_chats,
        "state": agent.state(busy_at).value,
        "topics": [{"id": topic.id, "name": topic.name} for topic in agent.topics],
    }


def _group_json(group: TopicGroup, reading: Shown) -> dict[str, Any]:
    return {
        "id": group.topic.id,
        "name": group.topic.name,
        "closed": group.topic in reading.closed,
        "user_ids": [seat.agent.user_id for seat in group.seats],
    }
