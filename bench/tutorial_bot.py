"""The bot that the quick starts of Bolt and zeep lead to: one SOAP call a command, answered with `respond`.

https://docs.slack.dev/tools/bolt-python/getting-started and https://docs.python-zeep.org/en/master/
"""

import os
import sys
from collections.abc import Callable
from typing import Any

import zeep
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.models.blocks import Block, HeaderBlock, SectionBlock

NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services86"

Service = Any  # zeep ships no types


def main(port: int, contracts: str) -> None:
    """Serve on this port; `contracts` is the folder with the WSDLs."""
    chat = _service(contracts, "Chat")
    principal = _service(contracts, "SoPrincipal")
    signed_in = principal.AuthenticateUsernamePassword(
        UserName=os.environ["SUPEROFFICE_USERNAME"], Password=os.environ["SUPEROFFICE_PASSWORD"]
    )
    credentials = {"Credentials": {"Ticket": signed_in.Credentials.Ticket}}

    app = App(
        client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    )

    @app.command("/who-is-online")
    def who_is_online(ack: Callable[[], object], respond: Callable[..., object]) -> None:
        ack()
        agents = chat.GetChatPresence(_soapheaders=credentials)
        respond(text="Who's online", blocks=_blocks(agents))

    app.start(port, http_server_logger_enabled=False)


def _blocks(agents: list[Any]) -> list[Block]:
    blocks: list[Block] = [HeaderBlock(text="Who's online")]
    for agent in agents:
        if agent.Present and len(blocks) < 50:  # Slack takes no more
            topics = ", ".join(f"Topic {topic}" for topic in agent.ChatTopics.int)
            blocks.append(SectionBlock(text=f"*{agent.DisplayName}*: {agent.OngoingChats} chats, {topics}"))
    return blocks


def _service(contracts: str, agent: str) -> Service:
    client = zeep.Client(f"{contracts}/{agent}.wsdl")
    (binding,) = client.wsdl.bindings
    return client.create_service(binding, f"{os.environ['SUPEROFFICE_URL']}/Services86/{agent}.svc")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
