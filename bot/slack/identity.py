"""Who the bot is in Slack, and whether Slack takes its tokens; asked once, before anybody waits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.slack.failures import from_slack


@dataclass(frozen=True, slots=True)
class Company:
    """The company that the bot belongs to: its workspace, and its organisation on Enterprise Grid, or "".

    https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
    """

    team_id: str
    enterprise_id: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """The ids that people of the company come with: the workspace's, and the organisation's if there is one."""
        return frozenset(filter(None, (self.team_id, self.enterprise_id)))


@dataclass(frozen=True, slots=True)
class Identity:
    """What `auth.test` tells. `slack_time` is Slack's clock when it answered, to the second; `url` the workspace's."""

    name: str
    team: str
    company: Company
    url: str
    scopes: frozenset[str]
    slack_time: datetime | None
    authorization: AuthorizeResult = field(repr=False)

    def profile(self, user: str) -> str:
        """The address of a person in this workspace. Unlike a mention, a link to it notifies nobody.

        https://slack.com/help/articles/360003827751-Create-a-link-to-a-members-profile
        """
        return f"{self.url.rstrip('/')}/team/{user}"


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack who the bot is. Raises `SlackError`.

    Bolt by itself would ask while the first person waits: https://docs.slack.dev/reference/methods/auth.test
    """
    with from_slack():
        response = await client.auth_test()
    if not response.get("team_id"):
        raise SlackError("not_slack", "an answer without a workspace")
    headers = {name.lower(): value for name, value in response.headers.items()}
    scopes = headers.get("x-oauth-scopes", "").split(",")
    return Identity(
        name=response.get("user", ""),
        team=response.get("team", ""),
        company=Company(response.get("team_id") or "", response.get("enterprise_id") or ""),
        url=response.get("url", ""),
        scopes=frozenset(scope.strip() for scope in scopes if scope.strip()),
        slack_time=_slack_time(headers.get("date", "")),
        authorization=AuthorizeResult.from_auth_test_response(auth_test_response=response, bot_token=client.token),
    )


def _slack_time(date: str) -> datetime | None:
    """The time in an HTTP date, aware; None if it is not one."""
    try:
        return parsedate_to_datetime(date).replace(tzinfo=UTC)  # HTTP dates are always in GMT
    except ValueError:
        return None


async def try_app_token(client: AsyncWebClient, app_token: str) -> str:
    """The address of a Socket Mode connection, which proves the token; it is not opened. Raises `SlackError`.

    https://docs.slack.dev/reference/methods/apps.connections.open
    """
    with from_slack():
        response = await client.apps_connections_open(app_token=app_token)
    return str(response["url"])
