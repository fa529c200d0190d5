"""Bolt and nothing else: each command is acknowledged with the same message, read from a file once."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def main(port: int, message_file: Path) -> None:
    """Serve on this port."""
    message: dict[str, Any] = json.loads(message_file.read_text(encoding="utf-8"))
    app = AsyncApp(
        client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=True,
    )

    @app.command("/who-is-online")
    async def who_is_online(ack: AsyncAck) -> None:
        await ack(message)

    web.run_app(app.web_app("/slack/events", port), host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
