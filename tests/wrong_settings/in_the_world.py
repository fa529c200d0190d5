"""Wrong settings that are only seen when they are tried: what is at the other end, and on the way there."""

from typing import Final

from tests.wrong_settings.places import REMOTE
from tests.wrong_settings.row import Row

ELSEWHERE: Final = f"http://crm.example.com{REMOTE}"
"""An address that only a proxy can reach."""


def at(place: str) -> dict[str, str | None]:
    """SuperOffice is said to be at this place."""
    return {"SUPEROFFICE_URL": f"{{{place}.url}}{REMOTE}"}


def slack_at(place: str) -> dict[str, str | None]:
    """Slack is said to be at this place."""
    return {"SLACK_API_URL": f"{{{place}.url}}/api/"}


def through(variable: str, proxy: str, url: str = ELSEWHERE) -> dict[str, str | None]:
    """SuperOffice is reached through this proxy, and Slack without one."""
    return {"SUPEROFFICE_URL": url, variable: proxy, "NO_PROXY": "127.0.0.1"}


def linking(file: str) -> dict[str, str | None]:
    """Agents are linked to people by this file."""
    return {"SLACK_PEOPLE": f"{{folder}}/{file}"}


def proxy(variable: str, value: str) -> dict[str, str | None]:
    """A variable that names a proxy."""
    return {variable: value}


HASTY: Final[dict[str, str | None]] = {"SUPEROFFICE_TIMEOUT_S": "0.4"}
SECURE_ELSEWHERE: Final = ELSEWHERE.replace("http:", "https:")
REACH: Final = "✗ SuperOffice reachable: "
BOT, APP = "✗ Slack bot token: ", "✗ Slack app token: "
NO_ADDRESS: Final = "is not an address like http://proxy.example.com:3128"

ROWS: Final = [
    # --- the way to SuperOffice
    Row("a host that does not exist", {"SUPEROFFICE_URL": f"http://no-such-host.invalid{REMOTE}"},
        REACH + "the host name no-such-host.invalid is not found", "Check the host name in SUPEROFFICE_URL", 1),
    Row("nothing listens at the port", at("nobody"), "refuses the connection",
        "Check the host and port in SUPEROFFICE_URL", 1),
    Row("no network", {"SUPEROFFICE_URL": f"http://255.255.255.255{REMOTE}"}, "no network route leads to",
        "this machine's network", 1),
    Row("a firewall that drops", at("full") | HASTY, "did not take the connection in time", "the firewall between",
        1),
    Row("no answer", at("silent") | HASTY, "did not answer in time", "Check that the server is well", 1),
    Row("TLS that never begins", {"SUPEROFFICE_URL": f"https://127.0.0.1:{{silent.port}}{REMOTE}"} | HASTY,
        "took the connection, but did not answer in time", "Check that the server is well", 1),
    Row("nothing listens by IPv6", {"SUPEROFFICE_URL": f"http://[::1]:{{nobody.port}}{REMOTE}"},
        REACH + "[::1]:",
        "Check the host and port in SUPEROFFICE_URL", 1),
    Row("a connection that ends", at("drops"), "ended the connection without an answer",
        "Check the port in SUPEROFFICE_URL", 1),
    Row("ssh's port", at("ssh"), "SSH answers at 127.0.0.1:", "Check the port in SUPEROFFICE_URL.", 1),
    Row("ssh's port, by https", {"SUPEROFFICE_URL": f"https://127.0.0.1:{{ssh.port}}{REMOTE}"},
        "SSH answers at 127.0.0.1:", "Check the port", 1),
    Row("a mail server's port", at("mail"), "a mail or file server answers at",
        "Check the port in SUPEROFFICE_URL.", 1),
    Row("http to a port for https", {"SUPEROFFICE_URL": f"http://127.0.0.1:{{secure.port}}{REMOTE}"},
        "speaks https, and the address says http", "Write https:// in SUPEROFFICE_URL.", 1),
    Row("http to nginx's port for https", {"SUPEROFFICE_URL": f"http://127.0.0.1:{{nginx.port}}{REMOTE}"},
        "speaks https, and the address says http", "Write https:// in SUPEROFFICE_URL.", 1),
    Row("https to a port for http", {"SUPEROFFICE_URL": f"https://127.0.0.1:{{page.port}}{REMOTE}"},
        "speaks http, and the address says https", "Write the port that speaks https", 1),
    Row("an expired certificate", at("expired"), "has expired",
        "Renew the server's certificate. Also check this machine's clock", 1),
    Row("a certificate from tomorrow on", at("early"), "is not valid yet", "Check this machine's clock", 1),
    Row("another host's certificate", at("other_host"), "is for another host", "give the server one for 127.0.0.1",
        1),
    Row("an unknown authority", at("unknown"), "from an authority that this machine does not know", "SSL_CERT_FILE",
        1),
    Row("a self-signed certificate", at("its_own"), "is signed by itself", "SSL_CERT_FILE", 1),
    Row("only TLS 1.0", at("old"), "offers no version or cipher of TLS that is still safe", "Turn on TLS 1.2", 1),
    Row("a client certificate is wanted", at("demanding"), "wants a client certificate",
        "Have the server ask for none", 1),
    Row("a client certificate is wanted by nginx", at("wants_certificate"), "wants a client certificate",
        "Have the server ask for none", 1),
    Row("a client certificate is wanted by IIS", at("iis_wants_certificate"), "wants a client certificate",
        "Have the server ask for none", 1),
    # --- the web server before SuperOffice
    Row("http is sent on to https", at("to_https"),
        f"sends the bot on to https://127.0.0.1{REMOTE}/Services86/Chat.svc",
        f"Write https://127.0.0.1{REMOTE} in SUPEROFFICE_URL.", 1),
    Row("SuperOffice has moved", at("to_another"), "sends the bot on to https://crm2.example.com/",
        f"If that is your SuperOffice, write https://crm2.example.com{REMOTE} in SUPEROFFICE_URL", 1),
    Row("a login page", at("to_login"), "/SuperOffice/Login.aspx",
        "no page for signing in may come before NetServer", 1),
    Row("a circle", at("in_a_circle"), "sends the bot on to http://127.0.0.1:", "It sends the bot in a circle", 1),
    Row("a redirect to nowhere", at("to_nowhere"), "sends the bot on to nowhere", "Check SUPEROFFICE_URL", 1),
    Row("Windows sign-in", at("negotiate"), "asks for a Windows sign-in",
        "turn on Anonymous Authentication for Remote", 1),
    Row("Basic sign-in", at("basic"), "asks for a sign-in before NetServer does (HTTP 401, Basic)",
        "turn on Anonymous Authentication", 1),
    Row("https only", at("iis_wants_tls"), "the web server allows https only", "Write https:// in SUPEROFFICE_URL.",
        1),
    Row("forbidden", at("http_403"), "the web server forbids it (HTTP 403", "IP restrictions", 1),
    Row("only wsHttpBinding", at("http_415"), "NetServer offers no SOAP 1.1", "Turn on basicHttpBinding", 1),
    Row("not at this path", at("http_404"), "NetServer is not at this address", "it ends with /Remote", 1),
    Row("another number of services", {"SUPEROFFICE_SERVICES": "88"}, "Services86 answer there",
        "Set SUPEROFFICE_SERVICES=86.", 1),
    Row("no calls at this path", at("http_405"), "takes no calls at this address", "HTTP activation of WCF", 1),
    Row("a host that IIS does not know", at("http_400"), "does not take the request",
        "the host names that its site is bound to", 1),
    Row("a host that shares a connection", at("http_421"), "does not take the request (HTTP 421", "the host names", 1),
    Row("asked too often", at("http_429"), "asks to be asked less often", "raise PRESENCE_FRESH_S", 1),
    Row("an error of the web server", at("http_500"), "reports an error of its own (HTTP 500",
        "log of SuperOffice's web server", 1),
    Row("nothing behind the gateway", at("http_502"), "SuperOffice behind it is not (HTTP 502", "application pool",
        1),
    Row("a stopped application pool", at("http_503"), "SuperOffice behind it is not (HTTP 503", "application pool",
        1),
    Row("a slow gateway", at("http_504"), "SuperOffice behind it is not (HTTP 504", "application pool", 1),
    Row("a web page", at("page"), "a web page answers, not NetServer", "it ends with /Remote", 1),
    Row("an empty answer", at("empty"), "the web server answers with nothing", "Check SUPEROFFICE_URL", 1),
    # --- a proxy on the way
    Row("a dead proxy", through("HTTP_PROXY", "{nobody.url}"),
        " (HTTP_PROXY) cannot be reached: connection refused", "add it to NO_PROXY", 1),
    Row("a dead proxy for https", through("https_proxy", "{nobody.url}", SECURE_ELSEWHERE),
        " (https_proxy) cannot be reached: connection refused", "Check https_proxy", 1),
    Row("a proxy that does not exist", through("ALL_PROXY", "no-such-proxy.invalid:3128"),
        "the proxy no-such-proxy.invalid:3128 (ALL_PROXY) cannot be reached: host name not found",
        "Check ALL_PROXY", 1),
    Row("a proxy that is none", through("HTTPS_PROXY", "{ssh.url}", SECURE_ELSEWHERE),
        " (HTTPS_PROXY) cannot be reached: connection broken", "Check HTTPS_PROXY", 1),
    Row("a proxy with an unknown certificate", through("HTTP_PROXY", "{unknown.url}"),
        " (HTTP_PROXY) cannot be reached: certificate not trusted", "Check HTTP_PROXY", 1),
    Row("a proxy that answers in the host's place", through("HTTPS_PROXY", "{captive.url}", SECURE_ELSEWHERE),
        "crm.example.com:443 ended the connection without an answer, through the proxy 127.0.0.1:",
        "Check HTTPS_PROXY", 1),
    Row("a proxy that wants a password", through("HTTP_PROXY", "{http_407.url}"), "asks for a password (407)",
        "Put user and password in HTTP_PROXY", 1),
    Row("a proxy for https that wants a password",
        through("HTTPS_PROXY", "http://u:s3cret@127.0.0.1:{http_407.port}", SECURE_ELSEWHERE),
        "asks for a password (407)", "with Basic alone", 1),
    Row("a proxy that forbids the host", through("HTTPS_PROXY", "{http_403.url}", SECURE_ELSEWHERE),
        "did not reach crm.example.com (HTTP 403)", "Let the proxy through to crm.example.com:443", 1),
    Row("a proxy that does not get through", through("HTTPS_PROXY", "{http_502.url}", SECURE_ELSEWHERE),
        "did not reach crm.example.com (HTTP 502)", "add crm.example.com to NO_PROXY", 1),
    Row("a proxy that does not get through by http", through("HTTP_PROXY", "{http_503.url}"),
        "did not reach crm.example.com (HTTP 503", "add crm.example.com to NO_PROXY", 1),
    Row("a SOCKS proxy", proxy("ALL_PROXY", "socks5://127.0.0.1:1080"), "ALL_PROXY is a SOCKS proxy",
        "set HTTPS_PROXY to an http://", 2),
    Row("an old SOCKS proxy", proxy("https_proxy", "socks4://u:s3cret@127.0.0.1"), "https_proxy is a SOCKS proxy",
        "set HTTPS_PROXY to an http://", 2),
    Row("a proxy's port that is no number", proxy("HTTPS_PROXY", "http://proxy:s3cret"),
        f"HTTPS_PROXY {NO_ADDRESS}", "%40", 2),
    Row("a proxy's port that is too large", proxy("HTTP_PROXY", "proxy:99999"), f"HTTP_PROXY {NO_ADDRESS}", "%40",
        2),
    Row("a proxy without a host", proxy("HTTP_PROXY", "http://:3128"), f"HTTP_PROXY {NO_ADDRESS}", "%40", 2),
    Row("a proxy of another kind", proxy("ALL_PROXY", "ftp://proxy:21"), f"ALL_PROXY {NO_ADDRESS}", "%40", 2),
    Row("a proxy's password with #", proxy("HTTPS_PROXY", "http://u:s3#cret@proxy:3128"),
        f"HTTPS_PROXY {NO_ADDRESS}", "%23", 2),
    # --- Slack
    Row("an unknown bot token", {"SLACK_BOT_TOKEN": "xoxb-s3cret"}, BOT + "Slack does not know this token",
        "copy SLACK_BOT_TOKEN again", 1),
    Row("an unknown app token", {"SLACK_APP_TOKEN": "xapp-s3cret"}, APP + "Slack does not know this token",
        "Copy SLACK_APP_TOKEN again at api.slack.com/apps: Basic Information, App-Level Tokens; if it is no longer", 1),
    Row("tokens of two apps", slack_at("slack") | {"SLACK_APP_TOKEN": "xapp-1-A0OTHER12-1-s3cret"},
        APP + "it is of another app (A0OTHER12) than SLACK_BOT_TOKEN (A0WHOAPP1)",
        "Copy both tokens from the same app", 1),
    Row("the app was removed", slack_at("slack_account_inactive"), BOT + "the app was removed from the workspace",
        "Install the app", 1),
    Row("a revoked token", slack_at("slack_token_revoked"), BOT + "the token was revoked", "Install the app", 1),
    Row("tokens that rotate", slack_at("slack_expired"), BOT + "the token has expired", "without token rotation", 1),
    Row("a token that gets lost", slack_at("slack_not_authed"), BOT + "the token did not reach Slack",
        "the header Authorization", 1),
    Row("another kind of token", slack_at("slack_not_allowed_token_type"), APP + "this is another kind of token",
        "Copy SLACK_APP_TOKEN again", 1),
    Row("Slack asks for a pause", slack_at("slack_limited"), BOT + "Slack asks the bot to wait 30 s",
        "Try again after that", 1),
    Row("not added to the workspace", slack_at("slack_team_access_not_granted"), "has not given the app access",
        "Ask an owner", 1),
    Row("a workspace that moves", slack_at("slack_org_login_required"), "is being moved to an organization",
        "when the move is done", 1),
    Row("suspended keys", slack_at("slack_ekm_access_denied"), "Enterprise Key Management", "Ask an owner", 1),
    Row("a word that nobody knows", slack_at("slack_user_not_visible_at_all"),
        APP + "Slack refuses with user_not_visible_at_all",
        "docs.slack.dev/reference/methods/apps.connections.open", 1),
    Row("Slack is sent elsewhere", slack_at("slack_moved"), "something other than Slack answers (HTTP 307)",
        "Check SLACK_API_URL, too", 1),
    Row("anything is fine in Slack's place", slack_at("slack_nobody"), BOT + "something other than Slack answers",
        "Check SLACK_API_URL, too", 1),
    Row("a page in Slack's place", slack_at("slack_page"), "something other than Slack answers (HTTP 200)",
        "Check SLACK_API_URL, too", 1),
    Row("a Slack that does not exist", {"SLACK_API_URL": "http://no-such-slack.invalid/api/"},
        "no-such-slack.invalid is not found", "Check the host name in SLACK_API_URL", 1),
    Row("TLS to Slack is inspected", {"SLACK_API_URL": "{unknown.url}/api/"},
        "from an authority that this machine does not know", "If a proxy or firewall inspects TLS", 1),
    Row("a proxy to Slack that is none", {"SLACK_API_URL": None, "HTTPS_PROXY": "{ssh.url}"},
        "slack.com:443 ended the connection without an answer, through the proxy 127.0.0.1:", "Check HTTPS_PROXY", 1),
    Row("a proxy to Slack with an unknown certificate", {"SLACK_API_URL": None, "HTTPS_PROXY": "{unknown.url}"},
        " (HTTPS_PROXY) cannot be reached: certificate not trusted", "Check HTTPS_PROXY", 1),
    Row("a dead proxy to Slack", {"SLACK_API_URL": None, "HTTPS_PROXY": "{nobody.url}"},
        BOT + "the proxy 127.0.0.1:", "Check HTTPS_PROXY", 1),
    Row("a proxy to Slack that wants a password",
        {"SLACK_API_URL": None, "HTTPS_PROXY": "http://u:s3cret@127.0.0.1:{http_407.port}"},
        "(HTTPS_PROXY) asks for a password (407)", "Put user and password in HTTPS_PROXY", 1),
    Row("a proxy that does not reach Slack", {"SLACK_API_URL": None, "HTTPS_PROXY": "{http_502.url}"},
        "did not reach slack.com (HTTP 502)", "Let the proxy through to slack.com:443", 1),
    Row("an agent who does not exist", linking("unknown_agent.csv"), "SuperOffice lists no chat agent 4711",
        "user_id is the agent's id", 1),
    Row("a person whom Slack does not know", linking("unknown_person.csv"),
        "U0NOBODY1 (agent 4) is not in this workspace", "Fix or remove", 1),
    Row("a person who has left", linking("people.csv") | slack_at("slack_left"), "U0ASKER01 (agent 3) has left",
        "Fix or remove", 1),
    Row("a bot among the people", linking("people.csv") | slack_at("slack_bots"), "U0ASKER01 (agent 3) is a bot",
        "Fix or remove", 1),
    Row("a person of another workspace", linking("people.csv") | slack_at("slack_others"),
        "is of another workspace", "Fix or remove", 1),
]  # fmt: skip
