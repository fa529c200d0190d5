"""Wrong settings that can be seen to be wrong without asking SuperOffice or Slack."""

from typing import Final

from tests.wrong_settings.row import Row

URL: Final = "https://crm.example.com/SuperOffice/Remote"
TICKET_ONLY: Final = {"SUPEROFFICE_USERNAME": None, "SUPEROFFICE_PASSWORD": None}
BOT_TOKEN: Final = "copy the one that begins with xoxb- at api.slack.com/apps, OAuth & Permissions"
APP_TOKEN: Final = "copy the one that begins with xapp- at api.slack.com/apps, Basic Information"
SIGNING_SECRET: Final = "copy it at api.slack.com/apps, Basic Information, Signing Secret"


def _url(cause: str, url: str, said: str, next_step: str) -> Row:
    return Row(cause, {"SUPEROFFICE_URL": url}, f"SUPEROFFICE_URL {said}", next_step, 2)


def _one(cause: str, name: str, text: str, said: str, next_step: str) -> Row:
    return Row(cause, {name: text}, f"{name} {said}", next_step, 2)


# A row takes one line or two.
# fmt: off
ADDRESSES = [
    _url("a port beyond 65535", "https://crm.example.com:99999/Remote", "has a port that is no number", "correct it"),
    _url("a port that is a word", "https://crm.example.com:abc/Remote", "has a port", "from 1 to 65535: correct it"),
    _url("a colon without a port", "https://crm.example.com:/Remote", "has a port", "or leave out the “:” too"),
    _url("the address of the WSDL", f"{URL}?wsdl", "holds a “?”", "leave it out, and what follows it"),
    _url("a fragment", f"{URL}#top", "holds a “#”", "leave it out, and what follows it"),
    _url("a password in the address", "https://who:hunter2@crm/Remote", "holds an “@”", "have settings of their own"),
    _url("a space in the address", "https://crm.example.com/Super Office/Remote", "holds a space", "take it out"),
    _url("no scheme", "crm.example.com/Remote", "does not begin with https://", "write the whole address"),
    _url("another scheme", "ftp://crm.example.com/Remote", "does not begin with https://", "write the whole address"),
    _url("one slash after the scheme", "https:/crm.example.com/Remote", "does not begin with", "the whole address"),
    _url("the scheme twice", f"https://{URL}", "holds “://” twice", "keep one address"),
    _url("backslashes", "https:\\\\crm.example.com\\Remote", "holds a “\\”", "write “/”"),
    _url("an IPv6 address without brackets", "https://2001:db8::1/Remote", "has too many “:”", "in brackets, like"),
    _url("brackets around a name", "https://[crm]/Remote", "has a host that can be neither",
        "write one after the “//”"),
    _url("an empty label", "https://crm..example.com/Remote", "has a host that can be neither", "write one after"),
    _url("a label of 64 letters", f"https://{'a' * 64}.example.com/Remote", "has a host that can be",
        "write one after"),
    _url("a number that is no IP address", "https://10.0.0.256/Remote", "has a host that can be", "write one after"),
    _url("no host", "https:///SuperOffice/Remote", "has a host that can be neither", "write one after"),
    _url("without Remote", "https://crm.example.com/SuperOffice", "does not end with /Remote", "write it as in"),
    _url("the host is called remote", "https://remote", "does not end with /Remote", "write it as in"),
    _url("the address of a service", f"{URL}/Services86/Chat.svc", "goes on after /Remote", "end it there"),
    _url("the address of the services", f"{URL}/Services86", "goes on after /Remote", "without the service's name"),
    _url("quotes twice", f"'\"{URL}\"'", "has quotes that count as a part of it", "take them out"),
    _url("a word processor's quotes", f"“{URL}”", "has quotes that count as a part of it", "take them out"),
    _url("a zero-width space", f"{URL}\u200b", "holds a character that cannot be seen", "copy it from another place"),
    _url("a page's address", "https://crm.example.com/SuperOffice/default.aspx?main", "holds a “?”", "leave it out"),
    _url("the example's host", "https://<host>/SuperOffice/Remote", "has a host that can be neither",
        "write one after"),
    _url("a share's address", "\\\\crm\\SuperOffice\\Remote", "holds a “\\”", "write “/”"),
    _url("a comma after the address", f"{URL},", "does not end with /Remote", "write it as in"),
    _one("the site instead of the Web API", "SLACK_API_URL", "https://slack.com", "is not where Slack's Web API",
        "leave"),
    _one("a workspace's address", "SLACK_API_URL", "https://acme.slack.com/", "is not where Slack's Web",
        "leave it out"),
    _one("a port beyond 65535 for Slack", "SLACK_API_URL", "https://slack.com:99999/api/", "has a port", "correct it"),
]

SECRETS = [
    Row("Slack's tokens are swapped", {"SLACK_BOT_TOKEN": "xapp-1-hunter2", "SLACK_APP_TOKEN": "xoxb-1-hunter2"},
        "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped", "exchange their values", 2),
    _one("the bot token twice", "SLACK_APP_TOKEN", "xoxb-1-hunter2", "holds a bot token", APP_TOKEN),
    _one("the app-level token twice", "SLACK_BOT_TOKEN", "xapp-1-hunter2", "holds an app-level token", BOT_TOKEN),
    _one("a user token", "SLACK_BOT_TOKEN", "xoxp-1-hunter2", "holds a user token", BOT_TOKEN),
    _one("a token that rotates", "SLACK_BOT_TOKEN", "xoxe.xoxb-1-hunter2", "holds a token that ends after 12",
        BOT_TOKEN),
    _one("a webhook", "SLACK_BOT_TOKEN", "https://hooks.slack.com/services/hunter2", "holds the address of a",
        BOT_TOKEN),
    _one("a token in base64", "SLACK_BOT_TOKEN", "eG94Yi0xLWh1bnRlcjI=", "holds a bot token in base64", BOT_TOKEN),
    _one("no token at all", "SLACK_BOT_TOKEN", "hunter2", "does not begin with xoxb-", BOT_TOKEN),
    _one("quotes twice around a token", "SLACK_BOT_TOKEN", "'\"xoxb-1-hunter2\"'", "has quotes that count",
        "take them out"),
    _one("a space in a token", "SLACK_BOT_TOKEN", "xoxb-1 -hunter2", "is no whole token", BOT_TOKEN),
    _one("two tokens in one", "SLACK_APP_TOKEN", "xapp-1-a,xapp-1-hunter2", "is no whole token, or holds more",
        APP_TOKEN),
    _one("a token cut off in the middle", "SLACK_APP_TOKEN", "xapp-", "is no whole token", APP_TOKEN),
    _one("the example's token", "SLACK_BOT_TOKEN", "xoxb-your-token", "still holds a placeholder", "the value itself"),
    _one("a token of dots", "SLACK_APP_TOKEN", "xapp-...", "still holds a placeholder", "write the value itself"),
    _one("a reference", "SLACK_BOT_TOKEN", "${SLACK_TOKEN}", "still holds a placeholder", "write the value itself"),
    Row("a token of the environment", {}, "SLACK_BOT_TOKEN does not begin with",
        "the environment, which wins over .env", 2, environment={"SLACK_BOT_TOKEN": "hunter2"}),
    _one("half a signing secret", "SLACK_SIGNING_SECRET", "5ecre7hunter2", "is not 32 characters", SIGNING_SECRET),
    _one("a signing secret in capitals", "SLACK_SIGNING_SECRET", "A1" * 16, "is not 32 characters", SIGNING_SECRET),
    _one("a token as signing secret", "SLACK_SIGNING_SECRET", "xapp-hunter2", "holds an app-level token",
        SIGNING_SECRET),
    _one("a placeholder as password", "SUPEROFFICE_PASSWORD", "changeme", "still holds a placeholder",
        "write the password"),
    _one("an example's password", "SUPEROFFICE_PASSWORD", "<password>", "still holds a placeholder",
        "write the password"),
    Row("a word before the ticket", TICKET_ONLY | {"SUPEROFFICE_TICKET": "SOTICKET 7T:hunter2"},
        "SUPEROFFICE_TICKET holds a space", "copy it again, without a word before it", 2),
    Row("an empty value of another language", TICKET_ONLY | {"SUPEROFFICE_TICKET": "None"},
        "SUPEROFFICE_TICKET still holds a placeholder", "write the value itself", 2),
    _one("the word Bearer", "SLACK_BOT_TOKEN", "Bearer xoxb-1-hunter2", "does not begin with xoxb-", BOT_TOKEN),
    _one("the setting's name twice", "SLACK_APP_TOKEN", "SLACK_APP_TOKEN=xapp-hunter2", "does not begin with",
        APP_TOKEN),
    _one("a semicolon after a token", "SLACK_BOT_TOKEN", "xoxb-1-hunter2;", "is no whole token", BOT_TOKEN),
    _one("a zero-width space in a token", "SLACK_APP_TOKEN", "xapp-1\u200b-hunter2", "holds a character that",
        "copy it"),
    Row("a placeholder as ticket", TICKET_ONLY | {"SUPEROFFICE_TICKET": "7T:xxx"},
        "SUPEROFFICE_TICKET still holds a placeholder", "write the value itself", 2),
    _one("a line break in the user name", "SUPEROFFICE_USERNAME", '"CORP\\nils"', "holds a line break",
        "single quotes"),
    _one("a control character", "SUPEROFFICE_USERNAME", '"CORP\\brian"', "holds a line break or another",
        "single quotes"),
]

CHOICES = [
    _one("seconds with a unit", "PRESENCE_FRESH_S", "5s", "must be a number from 0 to 3600", "without a unit"),
    _one("a decimal comma", "SUPEROFFICE_TIMEOUT_S", "2,5", "must be a number from 0.1 to 60", "with a point instead"),
    _one("no time at all", "SUPEROFFICE_TIMEOUT_S", "0", "must be a number", "from 0.1 to 60"),
    _one("milliseconds", "SUPEROFFICE_TIMEOUT_S", "10000", "must be a number", "from 0.1 to 60"),
    _one("a number below 0", "PRESENCE_FRESH_S", "-1", "must be a number", "from 0 to 3600"),
    _one("no number", "PRESENCE_STALE_S", "nan", "must be a number", "from 0 to 86400"),
    _one("digits of another script", "PORT", "٣", "must be a whole number", "from 1 to 65535"),
    _one("a port that does not exist", "PORT", "65536", "must be a whole number", "from 1 to 65535"),
    _one("half a chat", "BUSY_AT", "1.5", "must be a whole number", "from 1 to 1000"),
    _one("a number in words", "BUSY_AT", "two", "must be a whole number", "from 1 to 1000"),
    Row("stale sooner than fresh", {"PRESENCE_FRESH_S": "60", "PRESENCE_STALE_S": "30"},
        "PRESENCE_STALE_S (30) is less than PRESENCE_FRESH_S (60)", "set it to 60 or more", 2),
    Row("fresh for longer than the default of stale", {"PRESENCE_FRESH_S": "600"},
        "PRESENCE_STALE_S (300) is less than PRESENCE_FRESH_S (600)", "set it to 600 or more", 2),
    _one("services of another number", "SUPEROFFICE_SERVICES", "85", "must be one of", "86, 87, 88"),
    _one("another level", "LOG_LEVEL", "TRACE", "must be one of", "DEBUG, INFO, WARNING, ERROR"),
    _one("another format", "LOG_FORMAT", "xml", "must be one of", "text, json"),
    _one("another language", "BOT_LANGUAGE", "fr", "must be one of", "en, nb, sv, da, nl, de"),
    _one("neither true nor false", "SHARE_EXTERNALLY", "perhaps", "must be", "true or false"),
    _one("another audience", "AUDIENCE", "all", "must be one of", "company, guests, everyone"),
    Row("an old name that is true", {"SHARE_EXTERNALLY": "true"}, "SHARE_EXTERNALLY is an old name,",
        "write AUDIENCE=everyone", 0),
    Row("an old name that says the default", {"SHARE_EXTERNALLY": "false"}, "SHARE_EXTERNALLY is an old name",
        "write AUDIENCE=company", 0),
    Row("an old and a new name", {"SHARE_EXTERNALLY": "true", "AUDIENCE": "guests"}, "SHARE_EXTERNALLY is an old",
        "take it out, as AUDIENCE counts", 0),
    _one("an address as host", "HOST", "http://127.0.0.1", "holds a “/”", "write the host alone, like 127.0.0.1"),
    _one("host and port in one", "HOST", "127.0.0.1:3000", "is neither a host name nor", "and the port in PORT"),
    _one("a star as host", "HOST", "*", "is neither a host name nor an IP address", "write it like 127.0.0.1"),
    _one("topics without numbers", "SUPEROFFICE_TOPICS", "Billing", "is not like 1=Billing,2=Returns",
        "write a number"),
    _one("topics with colons", "SUPEROFFICE_TOPICS", "1:Billing", "is not like 1=Billing,2=Returns",
        "write a number, “=”"),
    _one("semicolons between topics", "SUPEROFFICE_TOPICS", "1=Billing;2=Returns", "has no comma between its topics",
        "like 1="),
    _one("a comma in a topic's name", "SUPEROFFICE_TOPICS", "1=Nordic, east,2=B",
        "is not like 1=Billing,2=Returns in part 2", "a name without commas"),
    _one("spaces between topics", "SUPEROFFICE_TOPICS", "1=Billing 2=Returns", "has no comma between",
        "like 1=Billing"),
    _one("a topic's name in quotes", "SUPEROFFICE_TOPICS", '1="Billing"', "has quotes that count", "take them out"),
    _one("a topic twice", "SUPEROFFICE_TOPICS", "1=Billing,1=Returns", "names topic 1 twice", "keep one"),
    _one("topic 0", "SUPEROFFICE_TOPICS", "0=All", "is not like 1=Billing,2=Returns", "write a number"),
    _one("a topic's number too large", "SUPEROFFICE_TOPICS", "2147483648=A", "is not like", "write a number"),
]

TOGETHER = [
    Row("no bot token", {"SLACK_BOT_TOKEN": None}, "SLACK_BOT_TOKEN is missing", "set it in .env", 2),
    Row("no way for Slack", {"SLACK_APP_TOKEN": None}, "SLACK_APP_TOKEN is missing", "set one of them", 2),
    Row("no address", {"SUPEROFFICE_URL": None}, "SUPEROFFICE_URL is missing", "set it in .env", 2),
    Row("an empty address", {"SUPEROFFICE_URL": "''"}, "SUPEROFFICE_URL is missing", "set it in .env", 2),
    Row("no way in", TICKET_ONLY, "SUPEROFFICE_USERNAME and SUPEROFFICE_PASSWORD are missing", "set one way in", 2),
    Row("no password", {"SUPEROFFICE_PASSWORD": None}, "SUPEROFFICE_PASSWORD is missing", "USERNAME needs it", 2),
    Row("no user name", {"SUPEROFFICE_USERNAME": None}, "SUPEROFFICE_USERNAME is missing", "PASSWORD needs it", 2),
    Row("two ways in", {"SUPEROFFICE_TICKET": "7T:hunter2"}, "SUPEROFFICE_TICKET is set together with", "keep one", 2),
    Row("Online without an application token", {"SUPEROFFICE_URL": "https://online.superoffice.com/Cust1/Remote"},
        "SUPEROFFICE_APPLICATION_TOKEN is missing", "SuperOffice Online, where SUPEROFFICE_URL leads, needs it", 2),
]

IN_SETTINGS: Final = [*ADDRESSES, *SECRETS, *CHOICES, *TOGETHER]
