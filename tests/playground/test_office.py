"""The pretend office keeps to its script."""

import pytest

from playground.office import (
    DAY_MINUTES,
    UNNAMED_TOPIC,
    VIP,
    Office,
    PretendAgent,
    awkward_office,
    big_office,
    demo_office,
)


def present(office: Office, minute: int) -> int:
    return sum(agent.present for agent in office.at(minute))


def covered(office: Office, minute: int) -> set[int]:
    return {topic for agent in office.at(minute) if agent.present for topic in agent.topics}


def minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes) - 450


def test_demo_office_size() -> None:
    """The demo has twenty agents with names and ids of their own, and six to eight named topics."""
    office = demo_office()
    assert len({agent.user_id for agent in office.agents}) == 20
    assert len({agent.name for agent in office.agents}) == 20
    assert 6 <= len(office.topics) <= 8
    assert sorted(office.topics) != list(range(1, len(office.topics) + 1))


def test_unnamed_topic() -> None:
    """Exactly one topic in use has no name."""
    office = demo_office()
    used = {topic for agent in office.agents for topic in agent.topics}
    assert used - set(office.topics) == {UNNAMED_TOPIC}


def test_day_is_a_pure_function() -> None:
    """The same minute always looks the same, and looking changes nothing."""
    office, other = demo_office(), demo_office(0)
    before = [(agent.present, agent.ongoing_chats) for agent in office.agents]
    assert office.at(333) == office.at(333) == other.at(333) == office.at(333 + DAY_MINUTES)
    assert [(agent.present, agent.ongoing_chats) for agent in office.agents] == before


def test_day_has_a_shape() -> None:
    """The morning fills up, lunch thins the office out, and nobody is left with chats when away."""
    office = demo_office()
    assert present(office, minute("07:30")) < present(office, minute("09:40"))
    assert present(office, minute("12:10")) < present(office, minute("10:30"))
    for moment in range(DAY_MINUTES):
        assert all(agent.present or agent.ongoing_chats == 0 for agent in office.at(moment))
        assert present(office, moment) > 0


def test_vip_gap() -> None:
    """From 13:30 to 15:30 nobody is there for VIP alone; every other named topic has someone."""
    office = demo_office()
    assert VIP in covered(office, minute("10:00"))
    for time in ("13:30", "14:30"):
        assert set(office.topics) - covered(office, minute(time)) == {VIP}
    assert VIP not in covered(office, minute("15:29"))
    assert VIP in covered(office, minute("15:30"))


def test_chats_vary() -> None:
    """A working morning has free agents, busy agents, and agents with several chats."""
    chats = {agent.ongoing_chats for agent in demo_office().at(minute("10:30")) if agent.present}
    assert {0, 1} <= chats <= {0, 1, 2, 3}


def test_advance() -> None:
    """Time changes the agents in place, and an agent without a shift is left alone."""
    office = demo_office(0)
    extra = PretendAgent(99, "Vikar", present=True, ongoing_chats=9)
    office.agents.append(extra)
    anna = office.agents[0]
    assert (office.time, anna.present) == ("07:30", False)
    office.advance(130)
    assert (office.time, anna.present) == ("09:40", True)
    assert (extra.present, extra.ongoing_chats) == (True, 9)


@pytest.mark.parametrize(("time", "is_open"), [("07:45", False), ("08:00", True), ("17:00", False)])
def test_opening_hours(time: str, is_open: bool) -> None:
    """A topic is open within its hours; a topic without hours is always open."""
    office = demo_office(minute(time))
    assert office.is_open(VIP) is is_open
    assert office.is_open(12345)


def test_awkward_office() -> None:
    """The awkward office tries markup, bidi, emoji, 300 characters, empty and twin names; the demo none."""
    office = awkward_office()
    names = [agent.name for agent in office.agents]
    assert "<!channel> *Åse* & co" in names
    assert {len(name) for name in names} >= {0, 300}
    assert len(set(names)) < len(names)
    assert any("\u202e" in text for text in names)
    assert any("\u202e" in text for text in office.topics.values())
    assert max(map(len, office.topics.values())) == 300
    assert not any(set(agent.name) & set("<>&*\u202e") for agent in demo_office().agents)


@pytest.mark.parametrize(("agents", "topics"), [(0, 0), (1, 1), (5000, 250), (3, 0)])
def test_big_office(agents: int, topics: int) -> None:
    """An office has the size that was asked for, and only topics that exist."""
    office = big_office(agents, topics)
    assert len({agent.user_id for agent in office.agents}) == agents
    assert len(office.topics) == topics
    assert {topic for agent in office.agents for topic in agent.topics} <= set(office.topics)
    assert office == big_office(agents, topics)
