"""What NetServer reports, what that becomes while signing in and while asking, and when signing in is tried again."""

from typing import Final

import pytest

from bot.errors import Denied, Reason, Refused
from bot.superoffice.sign_in import LONGEST_PAUSE_S
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import IS_OPEN, PRESENCE, TOPIC_NAMES, Operation
from bot.superoffice.soap.transport import RawReply
from tests.kit import netserver as kit
from tests.kit.clock import FakeClock
from tests.kit.netserver import Reply, Wire, failure, password_sign_in, superoffice, wired
from tests.kit.netserver_xml import failed, fault, response

SO: Final = "SuperOffice.Exceptions"
SESSION: Final = f"{SO}.SoSessionException"
SQL: Final = "System.Data.SqlClient.SqlException"
NULL: Final = "System.NullReferenceException"
SSPI: Final = "System.Security.Authentication.AuthenticationException"
NOT_LET_IN: Final = response("AuthenticateResponse", "<AuthenticationSucceeded>false</AuthenticationSucceeded>")

SOON, LATER, NEVER = "as soon as somebody asks", "after 10 minutes", "never"
R = Reason

ROWS: Final[dict[str, tuple[str, R, str, R]]] = {
    # reported: its XML, what it becomes at a sign-in, when that is tried again, what it becomes for a question
    "Authentication failed!": (failed(SESSION, "Authentication failed!"), R.PASSWORD, NEVER, R.TICKET_REFUSED),
    "the same in FriendlyText": (
        failed(SESSION, "", friendly="Authentication failed"), R.PASSWORD, NEVER, R.TICKET_REFUSED,
    ),
    "the same, of another type": (
        failed(f"{SO}.SoException", "Authentication failed!"), R.SIGN_IN_REFUSED, LATER, R.FAILED,
    ),
    "in another language": (failed(SESSION, "Anmeldung fehlgeschlagen"), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED),
    "a session, without a word": (failed(SESSION), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED),
    "a session from SqlException": (failed(SESSION, "Authentication failed!", SQL), R.DATABASE, SOON, R.DATABASE),
    "a session from SqlException, further in": (
        failed(SESSION, "Authentication failed!", f"{SO}.SoException", SQL, SSPI), R.DATABASE, SOON, R.DATABASE,
    ),
    "SqlException, by its whole name": (
        failed(f"{SQL}, System.Data, Version=4.0.0.0", "login failed"), R.DATABASE, SOON, R.DATABASE,
    ),
    "SoDbAccessException": (failed(f"{SO}.SoDbAccessException", "No authentication"), R.DATABASE, SOON, R.DATABASE),
    "a session from NullReferenceException": (
        failed(SESSION, "Authentication failed!", NULL), R.FAILED, SOON, R.FAILED,
    ),
    "the same, by its short name": (
        failed(SESSION, "Authentication failed!", "NullReferenceException"), R.FAILED, SOON, R.FAILED,
    ),
    "NullReferenceException": (failed(NULL, "no ticket, no permission"), R.FAILED, SOON, R.FAILED),
    "SSPI": (failed(SSPI, "A call to SSPI failed"), R.SIGN_IN_REFUSED, LATER, R.FAILED),
    "a session from SSPI": (
        failed(SESSION, "Authentication failed!", SSPI), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED,
    ),
    "a licence that is missing": (
        failed(f"{SO}.SoException", "No valid license for web services"), R.SIGN_IN_REFUSED, LATER, R.SWITCHED_OFF,
    ),
    "a session without a licence": (
        failed(SESSION, "Authentication failed: no licence"), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED,
    ),
    "SoFeatureToggleException": (
        failed(f"{SO}.SoFeatureToggleException"), R.SIGN_IN_REFUSED, LATER, R.SWITCHED_OFF,
    ),
    "a support request": (
        failed(f"{SO}.SoException", "Could not read ticket 4711"), R.SIGN_IN_REFUSED, LATER, R.FAILED,
    ),
    "You do not have permission": (
        failed(f"{SO}.SoException", "You do not have permission"), R.SIGN_IN_REFUSED, LATER, R.NO_RIGHT,
    ),
    "Access denied": (failed(f"{SO}.SoException", "Access denied to Chat"), R.SIGN_IN_REFUSED, LATER, R.NO_RIGHT),
    "SoSentryException": (failed(f"{SO}.SoSentryException"), R.SIGN_IN_REFUSED, LATER, R.NO_RIGHT),
    "password has expired": (
        failed(f"{SO}.SoException", "The password has expired"), R.SIGN_IN_REFUSED, LATER, R.FAILED,
    ),
    "account is locked": (failed(SESSION, "The account is locked"), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED),
    "Session expired": (failed(f"{SO}.SoException", "Session expired"), R.SIGN_IN_REFUSED, LATER, R.FAILED),
    "SoTicketExpiredException": (
        failed(f"{SO}.SoTicketExpiredException"), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED,
    ),
    "a ticket, denied": (
        failed(SESSION, "Access denied. The ticket has expired"), R.SIGN_IN_REFUSED, LATER, R.TICKET_REFUSED,
    ),
    "the application token": (
        failed("", "Invalid application token"), R.APPLICATION_TOKEN, LATER, R.APPLICATION_TOKEN,
    ),
    "SoApplicationTokenException": (
        failed(f"{SO}.SoApplicationTokenException"), R.APPLICATION_TOKEN, LATER, R.APPLICATION_TOKEN,
    ),
    "nothing": (failed(""), R.SIGN_IN_REFUSED, LATER, R.FAILED),
    "a bare Exception": (failed("System.Exception", "Nope"), R.SIGN_IN_REFUSED, LATER, R.FAILED),
    "fault InternalServiceFault": (fault("f:InternalServiceFault"), R.FAILED, SOON, R.FAILED),
    "fault InvalidSecurity": (fault("f:InvalidSecurity"), R.MESSAGE_SECURITY, SOON, R.MESSAGE_SECURITY),
    "fault DestinationUnreachable": (fault("f:DestinationUnreachable"), R.OTHER_ADDRESS, SOON, R.OTHER_ADDRESS),
    "fault ActionNotSupported": (fault("f:ActionNotSupported"), R.NOT_THERE, SOON, R.NOT_THERE),
    "fault FailedAuthentication": (fault("f:FailedAuthentication"), R.SIGN_IN_REFUSED, LATER, R.FAILED),
    "HTTP 401": ("401", R.WEB_SIGN_IN, SOON, R.WEB_SIGN_IN),
    "AuthenticationSucceeded=false": (NOT_LET_IN, R.PASSWORD, NEVER, R.UNREADABLE),
}  # fmt: skip

NOT_REACHABLE: Final = {R.MESSAGE_SECURITY, R.OTHER_ADDRESS, R.NOT_THERE, R.WEB_SIGN_IN, R.UNREADABLE}


@pytest.mark.parametrize("row", ROWS)
async def test_a_refusal_is_told_as_what_it_is(row: str) -> None:
    """What was being done, the exceptions' types, and last their words decide what a refusal is.

    A wrong password is tried once. What is not known is not called one, and is tried again after long pauses.
    """
    content, at_sign_in, again, when_asking = ROWS[row]
    reply = Reply("", status=401) if content == "401" else Reply(content)
    clock, wire = FakeClock(), Wire()
    wire.says[kit.SIGN_IN] = reply
    async with wired(wire) as netserver:
        sign_in = password_sign_in(netserver, clock=clock)
        for _ in range(3):
            assert (await failure(sign_in.session())).reason is at_sign_in
        assert wire.count(kit.SIGN_IN) == (3 if again is SOON else 1)
        clock.advance(LONGEST_PAUSE_S)
        await failure(sign_in.session())
        assert wire.count(kit.SIGN_IN) == {SOON: 4, LATER: 2, NEVER: 1}[again]

    wire = Wire()
    wire.says[kit.PRESENCE] = reply
    async with superoffice(wire, password=kit.PASSWORD) as bot:
        assert (await failure(bot.api.presence())).reason is when_asking
        assert wire.count(kit.SIGN_IN) == 1
        if when_asking in NOT_REACHABLE:
            assert (await failure(bot.api.reach())).reason is when_asking
        else:
            await bot.api.reach()
    assert wire.count(kit.SIGN_IN) == 1


@pytest.mark.parametrize(
    ("operation", "reason"),
    [(PRESENCE, R.NO_RIGHT), (TOPIC_NAMES, R.NO_RIGHT_TO_TOPICS), (IS_OPEN, R.NO_RIGHT_TO_HOURS)],
    ids=lambda value: getattr(value, "name", ""),
)
@pytest.mark.parametrize("report", [failed(f"{SO}.SoSentryException"), failed("", "You do not have permission")])
def test_a_missing_right_says_what_may_not_be_seen(
    netserver: NetServer, report: str, operation: Operation[object], reason: R
) -> None:
    """Who may see the agents, but not the topics, is not told that they may not see the agents."""
    with pytest.raises(Refused) as caught:
        netserver.read(operation, RawReply(200, report.encode()))

    assert kit.kind(caught.value.told) == (Denied, reason)


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (failed(SESSION, "s3cret", f"{SO}.SoException", SQL), "SoSessionException from SqlException"),
        (failed(f"A.{'x' * 5000}", "s3cret"), "x" * 60),
        (failed("s3cret!", "s3cret"), ""),
        (failed("", "s3cret"), ""),
        (failed("A.s3cret text", "s3cret"), ""),
        (fault("f:InvalidSecurity", "s3cret"), "SOAP fault InvalidSecurity"),
        (fault("", "s3cret"), "SOAP fault"),
        (fault("x" * 5000, "s3cret"), f"SOAP fault {'x' * 40}"),
    ],
)
def test_of_a_refusal_the_names_are_told(netserver: NetServer, report: str, told: str) -> None:
    """The log hears the outermost and the innermost exception by their short names, or a fault's code, and no text.

    A name is cut short; what is no name is left out.
    """
    with pytest.raises(Refused) as caught:
        netserver.read(PRESENCE, RawReply(200, report.encode()))

    assert caught.value.told.detail == told
    assert "s3cret" not in kit.everything_told(caught.value)
