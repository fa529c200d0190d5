"""SuperOffice's and Slack's stand-ins as a process of their own, asked over standard input, a word a line.

The first line out says where they are. `stats`: the calls so far; `reset`: counts them anew; `churn`: agents come,
go and chat from now on, each second. It ends with its input, so it never outlives the benchmark.
"""

import asyncio
import json
import sys
from collections import Counter
from typing import Any

from playground.office import Office, big_office
from playground.slack import Slack
from playground.superoffice import NetServer

USERNAME, PASSWORD = "who", "demo-password"


async def main(latency_s: float, agents: int, topics: int) -> None:
    """Serve until the input ends."""
    words = await _lines_in()
    churning = None
    office = big_office(agents, topics)
    async with NetServer(office, username=USERNAME, password=PASSWORD) as superoffice, Slack() as slack:
        superoffice.switches.latency_s = latency_s
        _say(
            SUPEROFFICE_URL=superoffice.url,
            SUPEROFFICE_USERNAME=USERNAME,
            SUPEROFFICE_PASSWORD=PASSWORD,
            SUPEROFFICE_TICKET=superoffice.issue_ticket(),
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_SIGNING_SECRET=slack.signing_secret,
        )
        while word := (await words.readline()).decode().strip():
            match word:
                case "reset":
                    superoffice.calls.clear()
                    superoffice.max_in_flight.clear()
                case "churn" if churning is None:
                    churning = asyncio.create_task(_churn(office))
            calls = Counter(call.operation for call in superoffice.calls)
            _say(calls=calls, max_in_flight=superoffice.max_in_flight)
    if churning is not None:
        churning.cancel()


async def _churn(office: Office) -> None:
    """Have a few agents come or go, and all others take or end a chat, each second."""
    second = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        for agent in office.agents:
            if (agent.user_id + second) % 17 == 0:
                agent.present = not agent.present
            agent.ongoing_chats = (agent.user_id * second) % 4 if agent.present else 0


async def _lines_in() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _say(**facts: Any) -> None:
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), *map(int, sys.argv[2:])))
