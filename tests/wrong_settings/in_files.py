"""Wrong lines and files, and what else can be seen or tried on this machine alone."""

from typing import Final

from tests.wrong_settings.row import Row

URL: Final = "https://crm.example.com/SuperOffice/Remote"
PEOPLE: Final = {"SLACK_PEOPLE": "people.csv"}
HEADER: Final = "user_id,slack_user_id\n"
LIKE: Final = "write each line like 3,U012AB3CD"


def _people(cause: str, content: str | bytes | None, said: str, next_step: str) -> Row:
    return Row(cause, PEOPLE, f"SLACK_PEOPLE names a {said}", next_step, 2, files={"people.csv": content})


def _line(cause: str, line: str, said: str, next_step: str, *without: str) -> Row:
    return Row(cause, dict.fromkeys(without), said, next_step, 2, lines=line)


# A row takes one line or two.
# fmt: off
LINES = [
    _line("a misspelt setting", f"SUPEROFICE_URL={URL}", "SUPEROFICE_URL in line", "did you mean SUPEROFFICE_URL?",
        "SUPEROFFICE_URL"),
    _line("a setting without its underscore", "LOGLEVEL=DEBUG", "LOGLEVEL in line", "did you mean LOG_LEVEL?"),
    _line("half a setting's name", "SLACK_TOKEN=xoxb-hunter2", "SLACK_TOKEN in line", "did you mean SLACK_"),
    _line("the beginning of a setting's name", "SUPEROFFICE_USER=who", "SUPEROFFICE_USER in line",
        "did you mean SUPEROFFICE_USERNAME?", "SUPEROFFICE_USERNAME"),
    _line("dashes in a name", "SLACK-SIGNING-SECRET=hunter2", "SLACK-SIGNING-SECRET in line",
        "did you mean SLACK_SIGN"),
    _line("a name that begins like ours", "SUPEROFFICE_STAFF=1", "SUPEROFFICE_STAFF in line", "see .env.example"),
    _line("an old name", "LANGUAGE=nb", "LANGUAGE is called BOT_LANGUAGE now", "rename it in line"),
    _line("a colon for the equals sign", "SUPEROFFICE_PASSWORD: hunter2", "of .env is not like NAME=value",
        "write SUPEROFFICE_PASSWORD=…", "SUPEROFFICE_PASSWORD"),
    _line("no equals sign", "SUPEROFFICE_PASSWORDhunter2", "of .env is not like NAME=value",
        "write SUPEROFFICE_PASSWORD=", "SUPEROFFICE_PASSWORD"),
    _line("a command of Windows", "set BUSY_AT=2", "of .env is not like NAME=value", "write BUSY_AT=…"),
    _line("a command of PowerShell", '$env:BUSY_AT = "2"', "of .env is not like NAME=value", "write BUSY_AT=…"),
    _line("a sentence", "These are our settings", "of .env is not like NAME=value", "or put a # before it"),
    _line("a heading", "[slack]", "of .env is not like NAME=value", "or put a # before it"),
    _line("a token on a line of its own", "xoxb-1-hunter2", "of .env is not like NAME=value",
        "join it to the line before, or put a # before it"),
    _line("a quote inside quotes", "SUPEROFFICE_PASSWORD='it's hunter2'",
        "the quote of SUPEROFFICE_PASSWORD is not closed", "single quotes as \\'", "SUPEROFFICE_PASSWORD"),
    _line("a quote that is not closed", "SUPEROFFICE_PASSWORD='hunter2",
        "the quote of SUPEROFFICE_PASSWORD is not closed", "write a quote inside", "SUPEROFFICE_PASSWORD"),
    _line("a quote that closes lines later", "SUPEROFFICE_PASSWORD='hunter2\nSUPEROFFICE_USERNAME='who'",
        "the quote of SUPEROFFICE_PASSWORD is not closed", "write a quote", "SUPEROFFICE_PASSWORD",
        "SUPEROFFICE_USERNAME"),
    _line("another comment", "// BUSY_AT: chats", "of .env is not like NAME=value", "write BUSY_AT=…"),
    _line("a value in the next line", "BUSY_AT=\n2", "Line 10 of .env is not like NAME=value", "correct it"),
    _line("a tab for the equals sign", "BUSY_AT\t2", "of .env is not like NAME=value", "write BUSY_AT=…"),
    _line("what Slack names beside the tokens", "SLACK_CLIENT_ID=1.2", "SLACK_CLIENT_ID in line", "see .env.example"),
    _line("a setting twice", "BUSY_AT=2\nBUSY_AT=3", "BUSY_AT is set in the lines", "keep one of them"),
    _line("a proxy in .env", "HTTPS_PROXY=http://proxy:3128", "HTTPS_PROXY counts in the environment only",
        "set it where"),
    _line("authorities in .env", "SSL_CERT_FILE=ca.pem", "SSL_CERT_FILE counts in the environment only",
        "where the bot"),
]

FILES = [
    Row("no .env", {}, "/.env is not there", "copy .env.example to .env", 2, files={".env": b""}),
    Row("a folder called .env", {}, "/.env is a folder", "put a file in its place", 2, files={".env": None}),
    Row("UTF-16", {}, "/.env is written in UTF-16", "save it as UTF-8", 2, files={".env": "A=1".encode("utf-16")}),
    Row("UTF-16 without its mark", {}, "/.env is no text", "save it as text, in UTF-8", 2,
        files={".env": b"A\0=\x001\0"}),
    Row("Latin-1", {}, "/.env is not written in UTF-8, as line 2", "save it as UTF-8", 2,
        files={".env": b"A=1\nB=bl\xe5"}),
    _people("an empty people file", "\n", "file without its first line", "write user_id,slack_user_id there"),
    _people("people without a header", "3,U012AB3CD\n", "file without its first line", "write user_id,slack_user_id"),
    _people("people in a folder", None, "folder", "write a file's name"),
    _people("people in UTF-16", "user_id,slack_user_id".encode("utf-16"), "file that is written in UTF-16",
        "save it as"),
    _people("people in Latin-1", b"user_id,slack_user_id,name\n3,U012AB3CD,Bj\xf8rn",
        "file that is not written in UTF-8, as line 2", "save it as UTF-8"),
    _people("a workbook", b"PK\x03\x04\0\0", "file that is no text", "save it as text, in UTF-8"),
    _people("an agent's name for the number", f"{HEADER}Anna,U012AB3CD\n",
        "file with mistakes (line 2 has no agent's", LIKE),
    _people("an agent without a number", f"{HEADER},U012AB3CD\n", "file with mistakes (line 2 has nothing in user_id",
        LIKE),
    _people("agent 0", f"{HEADER}0,U012AB3CD\n", "file with mistakes (line 2 has a number in user_id that no agent",
        LIKE),
    _people("a channel for a person", f"{HEADER}3,C012AB3CD\n", "file with mistakes (line 2 has the id of a channel",
        LIKE),
    _people("a name for a person", f"{HEADER}3,@anna\n", "file with mistakes (line 2 has no member ID of Slack", LIKE),
    _people("an agent twice", f"{HEADER}3,U012AB3CD\n3,U0OTHER12\n", "file with mistakes (line 3 names agent 3 again",
        LIKE),
    Row("a people file that is not there", PEOPLE, "SLACK_PEOPLE names a file that is not in /",
        "where the bot was started: write its whole name", 2),
]

TRIED = [
    Row("a password over plain http", {"SUPEROFFICE_URL": "http://0.0.0.0:{superoffice_port}/SuperOffice/Remote"},
        "SUPEROFFICE_URL begins with http://, so the password crosses the network unprotected", "write https://", 0),
    Row("tokens over plain http", {"SLACK_API_URL": "http://0.0.0.0:{slack_port}/api/"},
        "SLACK_API_URL begins with http://, so the tokens cross the network unprotected", "write https://", 0),
    Row("a misspelt name in the environment", {}, "LOGLEVEL in the environment is no setting",
        "did you mean LOG_LEVEL?", 0, environment={"LOGLEVEL": "DEBUG"}),
    Row("a setting that the environment hides", {"BUSY_AT": "2"}, "BUSY_AT has another value in the environment",
        "take it out of one of them", 0, environment={"BUSY_AT": "3"}),
    Row("an exemption with a scheme", {}, "NO_PROXY has an entry that is neither a host nor a network",
        "write them like crm.example.com,10.0.0.0/8", 0,
        environment={"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,http://crm.example.com"}),
    Row("a # in a password without quotes", {"SUPEROFFICE_PASSWORD": "demo-password #1"},
        "SUPEROFFICE_PASSWORD ends before the “ #” in line", "write it in single quotes", 0),
    Row("a port that is taken", {"HOST": "127.0.0.1", "PORT": "{superoffice_port}"},
        "HOST and PORT: cannot listen on 127.0.0.1, port {superoffice_port}: another program, or another bot,",
        "Stop it, or set PORT to one that is free.", 1),
    Row("another machine's address", {"HOST": "192.0.2.1", "PORT": "3000"}, "that is no address of this machine",
        "Write one of its own in HOST", 1),
    Row("a host that nobody knows", {"HOST": "nowhere.invalid", "PORT": "3000"}, "this host name is not known",
        "Write an IP address of this machine in HOST", 1),
    Row("authorities that are not there", {}, "/ca.pem cannot be read (No such file or directory)",
        "Write the name of a file with certificates", 1,
        environment={"SSL_CERT_FILE": "ca.pem"}),
    Row("authorities without certificates", {}, "/ca.pem holds no certificates", "or unset SSL_CERT_FILE", 1,
        environment={"SSL_CERT_FILE": "ca.pem"}, files={"ca.pem": "-----BEGIN PUBLIC KEY-----"}),
]

IN_FILES: Final = [*LINES, *FILES, *TRIED]
