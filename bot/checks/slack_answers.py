"""What comes from Slack, or from something else, in place of an answer: the cause and the next step."""

from collections.abc import Mapping
from typing import Final

from bot.checks.network import failed_on_the_way
from bot.checks.runner import Failed
from bot.errors import Reason, SlackError
from bot.proxies import Proxy
from bot.text import one_line

MAX_TOLD: Final = 60
"""How much is told of what something said that may not be Slack, in characters."""

_TOKENS: Final[Mapping[str, tuple[str, str, str]]] = {
    "bot": ("SLACK_BOT_TOKEN", "OAuth & Permissions, Bot User OAuth Token", "auth.test"),
    "app": ("SLACK_APP_TOKEN", "Basic Information, App-Level Tokens", "apps.connections.open"),
}
"""For each token its setting, where it is found, and the method that is tried with it."""

_COPY: Final = "Copy {token} again at api.slack.com/apps: {place}."
_GENERATE: Final = "Copy {token} again at api.slack.com/apps: {place}; if it is no longer there, generate a new one."
_INSTALL: Final = "Install the app in the workspace, then copy {token} again at api.slack.com/apps: {place}."

_FAILED: Final[Mapping[str, tuple[str, str]]] = {
    "invalid_auth": ("Slack does not know this token", _INSTALL),
    "account_inactive": ("the app was removed from the workspace, or the workspace is gone", _INSTALL),
    "token_revoked": ("the token was revoked", _INSTALL),
    "token_expired": (
        "the token has expired, because the app rotates its tokens",
        "The bot cannot use such tokens: make a new app from manifest.yml, without token rotation.",
    ),
    "not_authed": (
        "the token did not reach Slack",
        "Check whether a proxy on the way removes the header Authorization.",
    ),
    "missing_scope": ("the token lacks the scope {detail}", "Add the scope at api.slack.com/apps: {place}. " + _COPY),
    "not_allowed_token_type": ("this is another kind of token", _COPY),
    "ratelimited": ("Slack asks the bot to wait {detail}", "Try again after that."),
    "team_access_not_granted": (
        "the organization has not given the app access to this workspace",
        "Ask an owner of the organization to add the app to the workspace.",
    ),
    "org_login_required": (
        "the workspace is being moved to an organization, and Slack does not answer until that is done",
        "Try again when the move is done.",
    ),
    "team_added_to_org": (
        "the workspace is being moved to an organization, and Slack does not answer until that is done",
        "Try again when the move is done.",
    ),
    "ekm_access_denied": (
        "the organization has suspended access to its messages (Enterprise Key Management)",
        "Ask an owner of the organization.",
    ),
    "not_slack": (
        "something other than Slack answers ({detail})",
        "Check the proxy or firewall on the way: it may show a page of its own.",
    ),
}
"""By Slack's code: https://docs.slack.dev/reference/methods/auth.test/#errors."""

_UNKNOWN: Final = (
    "Slack refuses with {code}",
    "Look the word up at https://docs.slack.dev/reference/methods/{method}.",
)

_LET_THROUGH: Final = "Let this machine reach {place}: check its DNS, its firewall, and whether it needs HTTPS_PROXY."
_INSPECTED: Final = (
    "A proxy or firewall on the way inspects TLS: put its authority in the file of SSL_CERT_FILE (see the README)."
)

_ON_THE_WAY_TO_SLACK: Final[Mapping[Reason, str]] = {
    Reason.HOST_NOT_FOUND: _LET_THROUGH,
    Reason.REFUSED: _LET_THROUGH,
    Reason.NO_ROUTE: _LET_THROUGH,
    Reason.NO_CONNECTION: _LET_THROUGH,
    Reason.TIMEOUT: _LET_THROUGH,
    Reason.BROKEN: _LET_THROUGH,
    Reason.NO_TLS: _LET_THROUGH,
    Reason.CERTIFICATE_HOST: _INSPECTED,
    Reason.CERTIFICATE_OWN: _INSPECTED,
    Reason.TLS: _INSPECTED,
}
"""The next step where Slack's own address is used, about which nothing can be wrong."""


def failed_by_slack(error: SlackError, *, token: str, url: str, proxy: Proxy | None, has_own_url: bool) -> Failed:
    """What to say of a call that failed, made with the "bot" or "app" `token`.

    `has_own_url`: whether SLACK_API_URL is set, so that it may be wrong.
    """
    if error.code == "unreachable":
        reason = error.reason or Reason.BROKEN
        next_step = "" if has_own_url else _ON_THE_WAY_TO_SLACK.get(reason, "")
        failed = failed_on_the_way(
            reason, url, setting="SLACK_API_URL", proxy=proxy, detail=error.detail, next_step=next_step
        )
        if failed is not None:
            return failed
    setting, place, method = _TOKENS[token]
    default = {"missing_scope": "connections:write", "ratelimited": "a while", "not_slack": "no answer of Slack's"}
    detail = one_line(error.detail)[:MAX_TOLD] or default.get(error.code, "")
    facts = {
        "token": setting,
        "place": place,
        "method": method,
        "code": one_line(error.code)[:MAX_TOLD],
        "detail": detail,
    }
    cause, step = _FAILED.get(error.code, _UNKNOWN)
    if token == "app" and step == _INSTALL:  # noqa: S105  # which one it is
        step = _GENERATE
    own_url = " Check SLACK_API_URL, too." if error.code == "not_slack" and has_own_url else ""
    return Failed(cause.format_map(facts), step.format_map(facts) + own_url)
