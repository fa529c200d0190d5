"""A pretend office: who answers chats, for which topics, and how their day goes.

The day is a script, not a clock: a demo can play it fast, and the same minute always looks the same.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

DAY_BEGINS = 7 * 60 + 30  # 07:30, in minutes since midnight
DAY_MINUTES = 10 * 60  # until 17:30; then the next day begins, because a demo has no use for the night
LUNCH_MINUTES = 40

BILLING, ORDERS, RETURNS, VIP, TECHNICAL, SUBSCRIPTIONS, NORDIC = 2, 3, 7, 11, 12, 19, 24
UNNAMED_TOPIC = 31
"""A topic that agents are members of and that the list `chatchannel` leaves out, as SuperOffice may."""


@dataclass(slots=True)
class PretendAgent:
    """One chat user of the office, as SuperOffice would see them now."""

    user_id: int
    name: str
    present: bool = False
    ongoing_chats: int = 0
    topics: tuple[int, ...] = ()


@dataclass
class Office:
    """The agents, the topics that have a name, and the script of the day.

    Change agents and topics freely: the next reply shows it. Only agents with a shift follow the script, and
    only when `advance` is called.
    """

    agents: list[PretendAgent]
    topics: dict[int, str]
    shifts: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # by user_id: arrives, leaves, lunch
    hours: dict[int, tuple[int, int]] = field(default_factory=dict)  # opening hours by topic; others: always open
    minute: int = 0  # minutes since 07:30

    @property
    def time(self) -> str:
        """The time on the office's wall, such as 09:40."""
        return f"{self._time // 60:02}:{self._time % 60:02}"

    def advance(self, minutes: int) -> None:
        """Let time pass: the agents take on what the script says for the new minute."""
        self.minute += minutes
        for agent in self.agents:
            if agent.user_id in self.shifts:
                arrives, leaves, lunch = self.shifts[agent.user_id]
                at_lunch = lunch <= self._time < lunch + LUNCH_MINUTES
                agent.present = arrives <= self._time < leaves and not at_lunch
                agent.ongoing_chats = _chats(agent.user_id, self._time) if agent.present else 0

    def is_open(self, topic_id: int) -> bool:
        """Whether the topic is within its opening hours now."""
        opens, closes = self.hours.get(topic_id, (0, 24 * 60))
        return opens <= self._time < closes

    @property
    def _time(self) -> int:
        return DAY_BEGINS + self.minute % DAY_MINUTES


def demo_office(minute: int = 130) -> Office:
    """Twenty agents and seven named topics, by default at 09:40, when the morning has filled up.

    VIP has nobody from 13:30 to 15:30, and agents are members of a topic that has no name.
    """
    office = Office(
        agents=[PretendAgent(user_id, name, topics=topics) for user_id, name, topics, _, _, _ in _STAFF],
        topics={
            BILLING: "Billing",
            ORDERS: "Orders",
            RETURNS: "Returns",
            VIP: "VIP",
            TECHNICAL: "Technical support",
            SUBSCRIPTIONS: "Subscriptions",
            NORDIC: "Nordic partners",
        },
        shifts={
            user_id: (_clock(arrives), _clock(leaves), _clock(lunch))
            for user_id, _, _, arrives, leaves, lunch in _STAFF
        },
        hours={VIP: (_clock("08:00"), _clock("17:00")), NORDIC: (_clock("09:00"), _clock("15:00"))},
    )
    office.advance(minute)
    return office


def awkward_office() -> Office:
    """Names that try whoever shows them: markup, XML, bidi, emoji, 300 characters, nothing at all."""
    names = [
        "<!channel> *Åse* & co",
        "<@U0123ABCD> <https://evil.example|Click me>",
        "`code` _Ole_ ~Hansen~ > quoted",
        "\u202eneslO anirataK\u202c",  # right-to-left override
        "\u2067נועה לוי\u2069",  # noqa: RUF001 - an honest right-to-left name, isolated
        "👩🏽\u200d💻 Zoë 🇳🇴",
        "Maximiliane " + "von und zu Hohenlohe-" * 13 + "Langenburg Berg",  # 300 characters
        "]]></DisplayName><Present>true</Present>",
        "&amp;lt;Lotte&amp;gt;",
        "Line\nbreak\tand\rreturn",
        "Z\u0335\u0321\u0322a\u0337\u0328l\u0336\u0321g\u0335\u0328o",  # stacked combining marks
        "\u200b\u200b",  # looks like nothing
        "   ",
        "",
        "Kim Smit",
        "Kim Smit",
    ]
    topics = {
        1: "<!here> *Sales* & <@U0123ABCD>",
        2: "\u202egnilliB\u202c",
        5: "📦 Returns 🇸🇪",
        9: "Long " + "and longer " * 26 + "topics...",
        12: "40",  # a name that is another topic's id
        40: "returns",
        41: "RETURNS",
        50: "",
    }
    ids = [*topics, UNNAMED_TOPIC]
    return Office(
        agents=[
            PretendAgent(
                user_id=100 + n,
                name=name,
                present=n % 3 != 2,
                ongoing_chats=n % 4 if n % 3 != 2 else 0,
                topics=(ids[n % len(ids)], ids[(n + 1) % len(ids)]),
            )
            for n, name in enumerate(names)
        ],
        topics=topics,
    )


def big_office(agents: int, topics: int) -> Office:
    """Make an office of any size, always the same: two thirds are present, each in up to three topics."""
    return Office(
        agents=[
            PretendAgent(
                user_id=n,
                name=f"Agent {n:05}",
                present=n % 3 != 0,
                ongoing_chats=n % 4 if n % 3 != 0 else 0,
                topics=tuple(sorted({1 + (n * step) % topics for step in (1, 7, 13)})) if topics else (),
            )
            for n in range(1, agents + 1)
        ],
        topics={n: f"Topic number {n:03}" for n in range(1, topics + 1)},
    )


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _chats(user_id: int, time: int) -> int:
    """How many chats an agent has: changed every seven minutes, at most three."""
    luck = zlib.crc32(f"{user_id} {time // 7}".encode()) % 100
    return sum(luck < percent for percent in (65, 32, 10))


_STAFF: list[tuple[int, str, tuple[int, ...], str, str, str]] = [
    # user_id, name, topics, arrives, leaves, lunch
    (3, "Anna Berg", (BILLING, ORDERS), "08:00", "16:00", "11:30"),
    (4, "Ole Hansen", (ORDERS,), "08:00", "16:00", "12:00"),
    (5, "Bjørn Dahl", (BILLING,), "08:30", "16:30", "11:30"),
    (8, "Ingrid Solberg", (VIP, NORDIC), "07:30", "13:30", "11:00"),
    (9, "Lars Nilsson", (VIP, TECHNICAL), "08:00", "13:15", "11:45"),
    (12, "Sofie Jansen", (VIP, RETURNS), "15:30", "17:30", "18:00"),
    (13, "Åse Lindqvist", (TECHNICAL,), "08:15", "16:15", "12:15"),
    (14, "Jürgen Weiß", (TECHNICAL, SUBSCRIPTIONS), "08:00", "17:00", "12:00"),
    (17, "Katrin Müller", (BILLING, SUBSCRIPTIONS), "09:00", "17:00", "12:30"),
    (21, "Daan de Vries", (ORDERS, RETURNS), "08:30", "17:00", "12:00"),
    (22, "Mette Sørensen", (RETURNS,), "08:00", "15:00", "11:30"),
    (23, "Henrik Østergård", (NORDIC, UNNAMED_TOPIC), "09:00", "16:00", "12:00"),
    (26, "Femke van den Berg", (ORDERS, BILLING), "10:00", "17:30", "13:00"),
    (30, "Matti Virtanen", (TECHNICAL, NORDIC), "07:30", "15:30", "11:00"),
    (31, "Lotte Bakker", (SUBSCRIPTIONS,), "09:15", "17:15", "12:45"),
    (35, "Friedrich Köhler", (BILLING, ORDERS, RETURNS), "08:45", "16:45", "12:15"),
    (38, "Sigrún Jónsdóttir", (NORDIC,), "08:00", "15:00", "12:00"),
    (44, "Pieter Smit", (TECHNICAL, ORDERS, RETURNS, SUBSCRIPTIONS), "08:00", "17:30", "13:00"),
    (45, "Greta Schäfer", (UNNAMED_TOPIC,), "10:30", "17:30", "13:15"),
    (51, "Nils Ek", (), "09:30", "12:00", "18:00"),  # new: not yet a member of any topic
]
