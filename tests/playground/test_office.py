"""The pretend office keeps to its script."""

from playground.office import DAY_MINUTES, UNNAMED_TOPIC, VIP, Office, PretendAgent, demo_office


def present(office: Office) -> list[PretendAgent]:
    return [agent for agent in office.agents if agent.present]


def test_the_demo_has_a_day() -> None:
    """The demo's day has free and busy agents, a topic without a name, and VIP without anyone from 13:30 to 15:30."""
    office, vip = demo_office(0), {}
    for _ in range(DAY_MINUTES):
        assert all(agent.present or agent.ongoing_chats == 0 for agent in office.agents)
        covered = {topic for agent in present(office) for topic in agent.topics}
        vip[office.time] = VIP in covered
        office.advance(1)
    assert vip["10:00"]
    assert not any(there for time, there in vip.items() if "13:30" <= time < "15:30")
    assert vip["15:30"]
    morning = demo_office()
    assert {0, 1} <= {agent.ongoing_chats for agent in present(morning)} <= {0, 1, 2, 3}
    assert {topic for agent in morning.agents for topic in agent.topics} - set(morning.topics) == {UNNAMED_TOPIC}


def test_time_changes_who_has_a_shift_alone() -> None:
    """Time changes the agents in place, and the same minute looks the same; who has no shift is left alone."""
    office = demo_office(0)
    extra = PretendAgent(99, "Vikar", present=True, ongoing_chats=9)
    office.agents.append(extra)
    office.advance(130)
    assert (office.time, extra.present, extra.ongoing_chats) == ("09:40", True, 9)
    assert office.agents[:-1] == demo_office(130).agents == demo_office(130 + DAY_MINUTES).agents
