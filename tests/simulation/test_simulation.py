"""Whatever people, Slack and SuperOffice do, and in whatever order: one answer, in time, to those who may see it."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.slack.questions import KEPT_S
from playground.netserver_xml import Fault
from playground.slack import Post
from tests.kit.stage import controls_of
from tests.simulation.world import MEMBERS, OTHERS, Asked, World

PEOPLE = st.sampled_from((*MEMBERS, *OTHERS))
CHANNELS = st.sampled_from(("C0SUPPORT", "C0GENERAL", "C0PARTNER"))
WORDS = st.sampled_from(("", "orders", "free", "by topic"))
METHODS = st.sampled_from(
    ("chat.postMessage", "chat.postEphemeral", "users.info", "conversations.info", "views.publish")
)
LOOK_UPS = st.sampled_from(("users.info", "conversations.info"))
SHORT = st.sampled_from((0.0, 0.3, 1.5, 4.0, 7.0))
LONG = st.sampled_from((20.0, 70.0, 400.0, 4000.0))
SLOW_S = st.sampled_from((0.3, 1.0, 1.9, 2.1, 5.0, 12.0))
FAULTS = st.sampled_from(
    (
        Fault.STALLED, Fault.HTML_429, Fault.HTML_503, Fault.NOTHING_200, Fault.TICKET_REFUSED, Fault.DATABASE,
        Fault.NO_RIGHT, Fault.SUCCEEDED_FALSE_EMPTY_LIST, Fault.RESPONSE_NIL, Fault.EMPTY_BODY,
        Fault.TRUNCATED_XML, Fault.TRUNCATED_HTTP,
    )
)  # fmt: skip
NUMBERS = st.integers(0, 9)
TIMES = st.sampled_from((None, 1, 3))


class Simulation(RuleBasedStateMachine):
    """What may happen to the bot. Each step happens at once; what it leads to goes on during the next steps."""

    @initialize(narrow=st.sampled_from((False, False, True)))
    def begin(self, narrow: bool) -> None:
        """Begin a day with a bot that runs."""
        self.world = World(narrow=narrow)
        self.slack = self.world.slack
        self.world.start()

    def teardown(self) -> None:
        """End the day."""
        self.world.close()

    @invariant()
    def holds(self) -> None:
        """See that all is as it must be."""
        self.world.check()

    # People

    @rule(user=PEOPLE, channel=CHANNELS, words=WORDS, then_s=SHORT)
    def command(self, user: str, channel: str, words: str, then_s: float) -> None:
        """Somebody types the command."""
        self.world.send(self.slack.command(words, user=user, channel=channel), Asked(self.world.loop.time()))
        self.world.wait(then_s)

    @rule(user=PEOPLE, channel=CHANNELS, words=WORDS, then_s=SHORT)
    def mention(self, user: str, channel: str, words: str, then_s: float) -> None:
        """Somebody mentions the bot, in a thread of its own, by which its answer is known."""
        thread = self.slack.next_ts()
        self.world.send(
            self.slack.mention(words, user=user, channel=channel, thread_ts=thread), Asked(self.world.loop.time())
        )
        self.world.wait(then_s)

    @rule(user=PEOPLE, words=WORDS, then_s=SHORT)
    def direct_message(self, user: str, words: str, then_s: float) -> None:
        """Somebody writes to the bot alone."""
        thread = self.slack.next_ts()
        self.world.send(self.slack.direct_message(words, user=user, thread_ts=thread), Asked(self.world.loop.time()))
        self.world.wait(then_s)

    @rule(user=PEOPLE, then_s=SHORT)
    def home(self, user: str, then_s: float) -> None:
        """Somebody opens the Home tab."""
        self.world.send(self.slack.open_home(user))
        self.world.wait(then_s)

    @rule(number=NUMBERS, user=PEOPLE, control=st.sampled_from(("show:refresh", "share")), then_s=SHORT)
    def click(self, number: int, user: str, control: str, then_s: float) -> None:
        """Somebody clicks on what they see."""
        seen = [each for each in self._with(control) if each.user in (None, user)]
        if seen:
            post = seen[-1 - number % len(seen)]
            # What is clicked on the Home tab changes that tab; it is no message that could be counted.
            asked = None if post.via == "views.publish" else Asked(self.world.loop.time())
            self.world.send(self.slack.click(post, control, user=user), asked)
            self.world.wait(then_s)

    def _with(self, control: str) -> list[Post]:
        shown = [*self.slack.visible, *self.slack.homes.values()][-20:]
        return [post for post in shown if control in controls_of(post)]

    # Slack

    @rule(number=NUMBERS, then_s=SHORT)
    def retry(self, number: int, then_s: float) -> None:
        """Slack sends an event again, which it believes lost; it does so within the hour."""
        hour_ago_s = self.world.loop.time() - KEPT_S
        sent = [each for each in self.world.asked if each.is_event and each.at_s > hour_ago_s]
        if sent:
            event = sent[-1 - number % len(sent)]
            self.world.send(self.slack.redeliver(event.deliveries[-1][1]), event)
            self.world.wait(then_s)

    @rule(channel=CHANNELS, flag=st.sampled_from(("is_ext_shared", "is_pending_ext_shared")), then_s=SHORT)
    def share_channel(self, channel: str, flag: str, then_s: float) -> None:
        """Another company joins a channel, or is invited."""
        setattr(self.slack.channels[channel], flag, True)
        self.slack.shared_at.setdefault(channel, self.world.loop.time())
        self.world.send(self.slack.event({"type": "channel_shared", "channel": channel, "event_ts": "1"}))
        self.world.wait(then_s)

    @rule(method=METHODS, times=st.integers(1, 6))
    def limit(self, method: str, times: int) -> None:
        """Slack asks the bot to slow down."""
        self.world.slack_failed = True
        self.slack.switches.rate_limit[method] = times

    @rule(method=LOOK_UPS, latency_s=SLOW_S)
    def slow_look_ups(self, method: str, latency_s: float) -> None:
        """Slack takes its time to say who somebody is, or whose a channel is."""
        self.slack.switches.latency_s[method] = latency_s

    @rule(latency_s=SLOW_S, status=st.sampled_from((None, None, 500)))
    def slow_posts(self, latency_s: float, status: int | None) -> None:
        """Slack is slow to take answers, or does not take them."""
        self.world.slack_failed = True
        self.slack.switches.response_url_latency_s = latency_s
        self.slack.switches.latency_s["chat.postMessage"] = latency_s
        self.slack.switches.response_url_status = self.slack.switches.post_status = status

    # SuperOffice

    @rule(fault=FAULTS, times=TIMES, then_s=SHORT)
    def fail(self, fault: Fault, times: int | None, then_s: float) -> None:
        """SuperOffice fails."""
        self.world.superoffice.switches.fault, self.world.superoffice.switches.times = fault, times
        self.world.wait(then_s)

    @rule(latency_s=SLOW_S)
    def slow(self, latency_s: float) -> None:
        """SuperOffice is slow."""
        self.world.superoffice.switches.latency_s = latency_s

    @rule()
    def outage(self) -> None:
        """SuperOffice takes no connections, and ends those that there are."""
        self.world.run(self.world.superoffice.go_down())

    @rule()
    def tickets_end(self) -> None:
        """SuperOffice is restarted: it forgets who is signed in."""
        self.world.superoffice.end_tickets()

    @rule()
    def heal(self) -> None:
        """All faults end."""
        self.world.heal()

    # The machine

    @rule(seconds=LONG)
    def wait(self, seconds: float) -> None:
        """Nothing happens for a while."""
        self.world.wait(seconds)

    @rule(hours=st.sampled_from((-25, -1, 1, 25)))
    def clock_jumps(self, hours: int) -> None:
        """Somebody sets the machine's clock."""
        self.world.jump(hours)

    @rule(then_s=SHORT)
    def sigterm(self, then_s: float) -> None:
        """The bot is asked to end."""
        self.world.terminate()
        self.world.wait(then_s)

    @rule()
    def start(self) -> None:
        """The bot is started, if it has ended."""
        self.world.start()

    @rule()
    def restart(self) -> None:
        """The bot is ended and started."""
        self.world.end()
        self.world.start()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_day_of_the_bot() -> None:
    """Each question is answered once by each process that took it, in time, without names for outsiders."""
    play(settings(derandomize=True, max_examples=200))


def play(chosen: settings) -> None:
    """Play days until they are all over, or one goes wrong; that one is told in as few steps as show it."""
    run_state_machine_as_test(
        Simulation,
        settings=settings(
            chosen,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
