"""Where messages go in Slack, and by which of its methods: to one person, to everybody, to a Home tab."""

import logging
from typing import Any, Final
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.failures import BLOCKS_REFUSED
from bot.slack.questions import Question
from bot.slack.views.message import Kind, Message, as_blocks

log = logging.getLogger(__name__)

RESPONSE_URLS: Final = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")
"""How a response_url begins, also in GovSlack. Whoever gets a reply sees names, so it goes nowhere else."""


class Sender:
    """Sends a message at once, once. Raises what the client raises if Slack does not take it, or is not reached."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        api = urlsplit(client.base_url)
        self._response_urls = (*RESPONSE_URLS, f"{api.scheme}://{api.netloc}/")

    async def to_asker(self, response_url: str, message: Message, thread_ts: str | None = None) -> None:
        """Show it to the person alone who typed a command or clicked; in a thread, if the click was in one."""
        there = {"thread_ts": thread_ts} if thread_ts else {}
        await self._respond(response_url, message, {"response_type": "ephemeral", "replace_original": False, **there})

    async def after_notice(self, response_url: str, message: Message) -> None:
        """Show it to the person alone who typed a command, in place of the notice that acknowledged the command.

        Slack promises to replace messages whose controls were clicked, not those that acknowledged a command; it is
        seen to show a new message below the notice instead. So the notice must stay true.
        https://docs.slack.dev/messaging/modifying-messages, https://github.com/slackapi/bolt-python/issues/1268
        """
        await self._respond(response_url, message, {"response_type": "ephemeral", "replace_original": True})

    async def in_place(self, response_url: str, message: Message, thread_ts: str | None = None) -> None:
        """Replace the message that was clicked on. Anything but an answer is shown to the clicker alone, beside it."""
        if message.kind is Kind.ANSWER:
            await self._respond(response_url, message, {"replace_original": True})
        else:
            await self.to_asker(response_url, message, thread_ts)

    async def to_everybody(self, response_url: str, message: Message, thread_ts: str | None = None) -> None:
        """Post it in the channel of the click, even if the bot is no member. Only answers are for everybody."""
        if message.kind is Kind.ANSWER:
            await self._respond(response_url, message, {"response_type": "in_channel", "replace_original": False})
        else:
            await self.to_asker(response_url, message, thread_ts)

    async def to_home(self, user: str, message: Message) -> None:
        """Show it on a person's Home tab: https://docs.slack.dev/reference/methods/views.publish."""
        blocks = message.blocks or as_blocks(message.text)
        await self._client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})

    async def to_channel(self, question: Question, thread_ts: str | None, message: Message) -> None:
        """Post it in a thread of the question's channel, or in the channel itself; some messages to the asker alone."""
        blocks = message.blocks or None
        if message.kind is Kind.ALONE:
            # https://docs.slack.dev/reference/methods/chat.postEphemeral
            await self._client.chat_postEphemeral(
                channel=question.channel,
                user=question.user,
                thread_ts=question.thread_ts,
                text=message.text,
                blocks=blocks,
            )
        else:
            await self._client.chat_postMessage(
                channel=question.channel,
                thread_ts=thread_ts,
                text=message.text,
                blocks=blocks,
                unfurl_links=False,
            )

    async def _respond(self, url: str, message: Message, how: dict[str, Any]) -> None:
        """Answer a command or a click.

        Bolt's own `respond` opens an HTTP session for each reply; this one shares the client's.
        https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
        """
        if not url.startswith(self._response_urls):
            begin = "/".join(url.split("/")[:3])  # the rest is a secret
            log.error("A reply was not sent: its response_url is not Slack's, but begins with %r", begin[:80])
            return
        webhook = AsyncWebhookClient(
            url,
            session=self._client.session,
            timeout=self._client.timeout,
            retry_handlers=self._client.retry_handlers,
        )
        response = await webhook.send_dict(message.payload() | how)
        if response.status_code != 200:
            code = next(filter(response.body.__contains__, BLOCKS_REFUSED), f"HTTP {response.status_code}")
            raise SlackApiError("response_url", {"error": code})  # type: ignore[no-untyped-call]  # slack_sdk leaves it so
