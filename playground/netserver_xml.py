"""What a NetServer reads and writes: SOAP 1.1, by hand.

Written from SuperOffice's own WSDLs and without a SOAP library, so that a misunderstanding in the product's
client cannot hide in its stand-in. https://docs.superoffice.com/en/api/reference/soap/Services86/Services86-Chat.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from xml.sax.saxutils import escape

from lxml import etree

from playground.office import PretendAgent

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
DISPATCHER = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"

OPERATIONS: dict[str, tuple[str, dict[str, str]]] = {
    # operation: (agent, its parameters in order, with their types)
    "GetChatPresence": ("Chat", {}),
    "IsWithinOpeningHours": ("Chat", {"ChatTopicId": "int"}),
    "AuthenticateUsernamePassword": ("SoPrincipal", {"UserName": "string", "Password": "string"}),
    "GetSimpleList": ("MDO", {"Name": "string"}),
}


class Fault(Enum):
    """Everything that can be wrong with an answer. "First agent" means the first of the list."""

    # Succeeded and ExceptionInfo
    SUCCEEDED_FALSE_EMPTY_LIST = auto()
    SUCCEEDED_FALSE_EMPTY_BODY = auto()
    SUCCEEDED_FALSE_FULL_LIST = auto()  # the body looks well: only the header tells
    SUCCEEDED_FALSE_WITHOUT_EXCEPTION = auto()  # ExceptionInfo is nil, the list is empty
    SUCCEEDED_FALSE_AS_ZERO = auto()  # "0", with an empty list
    SUCCEEDED_TRUE_AS_ONE = auto()  # valid: "1"
    SUCCEEDED_TRUE_WITH_SPACES = auto()  # valid: " true "
    SUCCEEDED_MISSING = auto()  # the other headers are there
    NO_HEADER = auto()  # no soap:Header at all

    # the body
    EMPTY_BODY = auto()  # Succeeded is true
    RESPONSE_NIL = auto()
    RESPONSE_MISSING = auto()  # <GetChatPresenceResponse/>
    RESPONSE_EMPTY = auto()  # <Response/>
    NIL_PRESENCE = auto()  # a nil ChatPresence, second in the list
    EMPTY_PRESENCE = auto()  # an empty <ChatPresence/>, second in the list
    NIL_NAME = auto()  # first agent
    NIL_TOPICS = auto()  # first agent
    MISSING_USER_ID = auto()  # first agent, as in the next five
    MISSING_NAME = auto()
    MISSING_CHATS = auto()
    MISSING_PRESENT = auto()
    MISSING_TOPICS = auto()
    MISSING_FIELDS = auto()  # all but UserId
    CHATS_NOT_A_NUMBER = auto()  # first agent: "abc"
    USER_ID_NOT_A_NUMBER = auto()  # first agent: "abc"
    UNKNOWN_AT_START = auto()  # an element that no contract names, in every ChatPresence
    UNKNOWN_IN_MIDDLE = auto()
    UNKNOWN_AT_END = auto()

    # NetServer's own refusals, in its headers
    TICKET_REFUSED = auto()  # SoSessionException, whatever the ticket; signing in still works
    NO_RIGHT = auto()  # SoSentryException; signing in still works
    APPLICATION_TOKEN_REFUSED = auto()
    DATABASE = auto()  # SoDbAccessException

    # the envelope
    SOAP_FAULT = auto()  # HTTP 500
    SOAP12_ENVELOPE = auto()
    TRUNCATED_XML = auto()  # half the XML, in HTTP that ends properly
    DTD = auto()
    ENTITY_BOMB = auto()  # a billion laughs
    EXTERNAL_ENTITY = auto()  # one from a file, one from NetServer.external_entity_fetched

    # the proxy in front: XHTML that parses, tag soup that does not, nothing at all. Each 429 says when to come back.
    HTML_200, HTML_401, HTML_403, HTML_404 = auto(), auto(), auto(), auto()
    HTML_429, HTML_500, HTML_502, HTML_503 = auto(), auto(), auto(), auto()
    SOUP_200, SOUP_401, SOUP_403, SOUP_404 = auto(), auto(), auto(), auto()
    SOUP_429, SOUP_500, SOUP_502, SOUP_503 = auto(), auto(), auto(), auto()
    NOTHING_200, NOTHING_401, NOTHING_403, NOTHING_404 = auto(), auto(), auto(), auto()
    NOTHING_429, NOTHING_500, NOTHING_502, NOTHING_503 = auto(), auto(), auto(), auto()
    REDIRECT_302 = auto()  # to a path that records that somebody follows
    REDIRECT_307 = auto()  # the same; a client that follows sends the body again

    # the connection
    TRUNCATED_HTTP = auto()  # Content-Length promises more than comes before the close
    RESET = auto()  # before any answer
    STALLED = auto()  # no headers until the client leaves or the server closes
    DRIP = auto()  # a byte every 0.05 s
    GZIP_BOMB = auto()  # inflates to 60 MB
    OVERSIZED = auto()  # 20 MB of valid XML

    @property
    def status(self) -> int | None:
        """The HTTP status in the member's name, if it has one."""
        tail = self.name.rpartition("_")[2]
        return int(tail) if tail.isdigit() else None


@dataclass(frozen=True, slots=True)
class Problem:
    """An ExceptionInfo. With an empty Body or with an empty Response: NetServer does either."""

    exception_type: str
    message: str
    empty_body: bool = True


SESSION = Problem("SuperOffice.Exceptions.SoSessionException", "Authentication failed!")
SENTRY = Problem("SuperOffice.Exceptions.SoSentryException", "You do not have the right to do this.", empty_body=False)
DATABASE = Problem("SuperOffice.Exceptions.SoDbAccessException", "The database could not be reached.", empty_body=False)
APPLICATION_TOKEN = Problem(
    "SuperOffice.Exceptions.SoApplicationTokenException",
    "The application token is missing, or is not valid for this installation.",
)
UNKNOWN_LIST = Problem("SuperOffice.Exceptions.SoMDOListException", "There is no MDO list of that name.")
SOMETHING = Problem("System.NullReferenceException", "Object reference not set to an instance of an object.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that keeps to the contract. `parameters` holds what was sent: text, or None for nil."""

    operation: str
    parameters: dict[str, str | None]
    ticket: str | None
    application_token: str | None


class BadRequestError(Exception):
    """A request that WCF would not let through to NetServer: a SOAP fault, or HTTP 400 if it has no code."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code


def read_request(data: bytes, namespace: str, operation: str) -> Asked:
    """Read an envelope strictly: every element must be in the contract. Raises BadRequestError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        envelope = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadRequestError("The request is not XML.") from error
    if envelope.getroottree().docinfo.internalDTD is not None:
        raise BadRequestError("The request has a DTD.")
    if envelope.tag != f"{{{SOAP11}}}Envelope":
        raise BadRequestError(f"{envelope.tag!r} is not a SOAP 1.1 envelope.", "s:VersionMismatch")
    parts = list(envelope.iterchildren("*"))
    tags = [part.tag for part in parts]
    if tags not in ([f"{{{SOAP11}}}Body"], [f"{{{SOAP11}}}Header", f"{{{SOAP11}}}Body"]):
        raise BadRequestError(f"An envelope holds Header and Body, not {tags}.", "s:Client")

    agent, types = OPERATIONS[operation]
    headers = _read_headers(parts[0] if len(parts) == 2 else None, namespace, agent)
    calls = list(parts[-1].iterchildren("*"))
    if [call.tag for call in calls] != [f"{{{namespace}}}{operation}"]:
        raise BadRequestError(f"The Body must hold one {operation} of {namespace}.", "a:DeserializationFailed")
    parameters = _fields(calls[0], namespace, list(types), in_order=True)
    for name, text in parameters.items():
        _check_type(name, text, types[name])
    return Asked(operation, parameters, headers.get("Ticket"), headers.get("ApplicationToken"))


def _read_headers(header: etree._Element | None, namespace: str, agent: str) -> dict[str, str | None]:
    if header is None:
        return {}
    names = ["ApplicationToken"] if agent == "SoPrincipal" else ["ApplicationToken", "Credentials", "TimeZone"]
    found = _fields(header, namespace, names)
    for child in header.iterchildren("*"):
        match etree.QName(child).localname:
            case "Credentials":
                found |= _fields(child, namespace, ["Ticket"])
            case "TimeZone":
                found |= _fields(child, namespace, ["SoTimeZoneId", "SoTimeZoneLocationCode"], in_order=True)
    return found


def _fields(
    parent: etree._Element, namespace: str, names: list[str], *, in_order: bool = False
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for child in parent.iterchildren("*"):
        name = etree.QName(child)
        if name.namespace != namespace or name.localname not in names or name.localname in found:
            raise BadRequestError(f"{child.tag!r} is not expected in {parent.tag!r}.", "a:DeserializationFailed")
        nil = child.get(f"{{{XSI}}}nil") in ("true", "1")
        found[name.localname] = None if nil else child.text or ""
    if in_order and list(found) != [name for name in names if name in found]:
        raise BadRequestError(f"{parent.tag!r} has its elements in another order.", "a:DeserializationFailed")
    return found


def _check_type(name: str, text: str | None, kind: str) -> None:
    said = (text or "").strip()
    if kind == "int" and not said.removeprefix("-").isdecimal():
        raise BadRequestError(f"{name} is not an int.", "a:DeserializationFailed")


def soap_fault(code: str, text: str) -> str:
    """Write a SOAP fault in the words of WCF."""
    return (
        f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{DISPATCHER}">{code}</faultcode>'
        f'<faultstring xml:lang="en-US">{_text(text)}</faultstring>'
        "</s:Fault></s:Body></s:Envelope>"
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the replies of one NetServer. `origin` is the address of its external entity."""

    services: int
    origin: str

    @property
    def namespace(self) -> str:
        """N, which differs between the services by its number alone."""
        return namespace(self.services)

    def reply(self, operation: str, inner: str, *, problem: Problem | None = None, fault: Fault | None = None) -> str:
        """Write the whole reply around what the response element holds."""
        succeeded = "false" if problem else _SUCCEEDED.get(fault, "true")
        if problem is None and fault in _WITH_EXCEPTION:
            problem = SOMETHING
        name = "AuthenticateResponse" if operation.startswith("Authenticate") else f"{operation}Response"
        if fault in _INNER:
            inner = _INNER[fault]
        elif problem and fault is not Fault.SUCCEEDED_FALSE_FULL_LIST:
            inner = "<Response/>"
        body = f'<{name} xmlns="{self.namespace}" xmlns:i="{XSI}">{inner}</{name}>'
        no_body = problem is not None and problem.empty_body and fault not in _WITH_EXCEPTION
        if no_body or fault in (Fault.EMPTY_BODY, Fault.SUCCEEDED_FALSE_EMPTY_BODY):
            body = ""
        doctype, place = self._doctype(fault)
        header = "" if fault is Fault.NO_HEADER else self._header(succeeded, problem, place)
        soap = SOAP12 if fault is Fault.SOAP12_ENVELOPE else SOAP11
        text = f'{doctype}<s:Envelope xmlns:s="{soap}">{header}<s:Body>{body}</s:Body></s:Envelope>'
        return text[: len(text) // 2] if fault is Fault.TRUNCATED_XML else text

    def _header(self, succeeded: str | None, problem: Problem | None, place: str) -> str:
        said = "" if succeeded is None else f"<h:Succeeded>{succeeded}</h:Succeeded>"
        return (
            f'<s:Header xmlns:h="{self.namespace}" xmlns:i="{XSI}">{_exception_info(problem)}'
            f'<h:ExtraInfo i:nil="true"/>{said}'
            f"<h:TimeZone><h:SoTimeZoneId>58</h:SoTimeZoneId>"
            f"<h:SoTimeZoneLocationCode>{place}</h:SoTimeZoneLocationCode></h:TimeZone></s:Header>"
        )

    def _doctype(self, fault: Fault | None) -> tuple[str, str]:
        """Return the DOCTYPE, and the text in the headers that uses what it declares."""
        match fault:
            case Fault.DTD:
                return "<!DOCTYPE s:Envelope [<!ELEMENT s:Envelope ANY>]>", "NO"
            case Fault.ENTITY_BOMB:
                laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
                return f'<!DOCTYPE s:Envelope [<!ENTITY l0 "lol">{laughs}]>', "&l9;"
            case Fault.EXTERNAL_ENTITY:
                files = f'<!ENTITY a SYSTEM "file:///etc/hosts"><!ENTITY b SYSTEM "{self.origin}">'
                return f"<!DOCTYPE s:Envelope [{files}]>", "&a;&b;"
            case _:
                return "", "NO"


def namespace(services: int) -> str:
    """N of the contract, for Services86, 87 or 88."""
    return f"http://www.superoffice.net/ws/crm/NetServer/Services{services}"


def presence_list(agents: Iterable[PretendAgent], fault: Fault | None = None) -> str:
    """Write the response of GetChatPresence."""
    rows = [_presence(agent, fault, first=n == 0) for n, agent in enumerate(agents)]
    if fault is Fault.NIL_PRESENCE:
        rows.insert(1, '<ChatPresence i:nil="true"/>')
    if fault is Fault.EMPTY_PRESENCE:
        rows.insert(1, "<ChatPresence/>")
    return f'<Response xmlns:a="{ARRAYS}">{"".join(rows)}</Response>'


def topic_list(topics: dict[int, str]) -> str:
    """Write the list `chatchannel`, which begins with "All"."""
    return f"<Response>{''.join(_item(*topic) for topic in [(0, 'All'), *topics.items()])}</Response>"


def signed_in(username: str, ticket: str | None) -> str:
    """Write the response of signing in. No ticket: the name or the password is wrong."""
    if ticket is None:
        return (
            '<Response i:nil="true"/><Credentials i:nil="true"/>'
            "<AuthenticationSucceeded>false</AuthenticationSucceeded>"
        )
    return (
        f"<Response><UserType>InternalAssociate</UserType><Associate>{_text(username)}</Associate>"
        "<AssociateId>103</AssociateId><IsPerson>true</IsPerson><GroupId>2</GroupId>"
        '<RoleType>Employee</RoleType><FullName>Who Is Online</FullName><EMailAddress i:nil="true"/>'
        "</Response>"
        f"<Credentials><Ticket>{_text(ticket)}</Ticket></Credentials>"
        "<AuthenticationSucceeded>true</AuthenticationSucceeded>"
    )


def _presence(agent: PretendAgent, fault: Fault | None, *, first: bool) -> str:
    fields = {
        "UserId": f"<UserId>{agent.user_id}</UserId>",
        "DisplayName": f"<DisplayName>{_text(agent.name)}</DisplayName>",
        "OngoingChats": f"<OngoingChats>{agent.ongoing_chats}</OngoingChats>",
        "Present": f"<Present>{'true' if agent.present else 'false'}</Present>",
        "ChatTopics": _topics(agent),
    }
    if first and fault is not None:
        fields |= _FIRST_AGENT.get(fault, {})
    if fault is Fault.UNKNOWN_IN_MIDDLE:
        fields["DisplayName"] += _UNKNOWN
    head = _UNKNOWN if fault is Fault.UNKNOWN_AT_START else ""
    tail = _UNKNOWN if fault is Fault.UNKNOWN_AT_END else ""
    return f"<ChatPresence>{head}{_CARRIER}{''.join(fields.values())}{tail}</ChatPresence>"


def _topics(agent: PretendAgent) -> str:
    if agent.topics:
        return f"<ChatTopics>{''.join(f'<a:int>{topic}</a:int>' for topic in agent.topics)}</ChatTopics>"
    # A member of nothing is an empty array to one release and a null to another.
    return "<ChatTopics/>" if agent.user_id % 2 else '<ChatTopics i:nil="true"/>'


def _item(topic_id: int, name: str) -> str:
    return (
        f"<MDOListItem>{_CARRIER}<Id>{topic_id}</Id><Name>{_text(name)}</Name><ToolTip/>"
        f'<Deleted>false</Deleted><Rank>{topic_id}</Rank><Type i:nil="true"/><ChildItems/>'
        '<IconHint/><ColorBlock>0</ColorBlock><ExtraInfo/><StyleHint/><FullName i:nil="true"/></MDOListItem>'
    )


def _exception_info(problem: Problem | None) -> str:
    if problem is None:
        return '<h:ExceptionInfo i:nil="true"/>'
    return (
        f"<h:ExceptionInfo><h:Message>{_text(problem.message)}</h:Message>"
        "<h:StackTrace>   at SuperOffice.Services.Wcf.Call(Delegate operation)</h:StackTrace>"
        f"<h:FriendlyText>{_text(problem.message)}</h:FriendlyText>"
        f"<h:ExceptionType>{problem.exception_type}</h:ExceptionType><h:Source>SoCore</h:Source>"
        '<h:InnerException i:nil="true"/><h:Parameters/></h:ExceptionInfo>'
    )


def _text(text: str) -> str:
    return escape(text, {"\r": "&#xD;"})  # a bare carriage return would be read as a line feed


_CARRIER = '<TableRight i:nil="true"/><FieldProperties i:nil="true"/>'
_UNKNOWN = "<Mood><Value>sunny</Value></Mood>"

_SUCCEEDED: dict[Fault | None, str | None] = {
    Fault.SUCCEEDED_FALSE_EMPTY_LIST: "false",
    Fault.SUCCEEDED_FALSE_EMPTY_BODY: "false",
    Fault.SUCCEEDED_FALSE_FULL_LIST: "false",
    Fault.SUCCEEDED_FALSE_WITHOUT_EXCEPTION: "false",
    Fault.SUCCEEDED_FALSE_AS_ZERO: "0",
    Fault.SUCCEEDED_TRUE_AS_ONE: "1",
    Fault.SUCCEEDED_TRUE_WITH_SPACES: " true ",
    Fault.SUCCEEDED_MISSING: None,
}

_WITH_EXCEPTION = {
    Fault.SUCCEEDED_FALSE_EMPTY_LIST,
    Fault.SUCCEEDED_FALSE_EMPTY_BODY,
    Fault.SUCCEEDED_FALSE_FULL_LIST,
    Fault.SUCCEEDED_FALSE_AS_ZERO,
}

_INNER: dict[Fault | None, str] = {
    Fault.SUCCEEDED_FALSE_WITHOUT_EXCEPTION: "<Response/>",
    Fault.RESPONSE_NIL: '<Response i:nil="true"/>',
    Fault.RESPONSE_MISSING: "",
    Fault.RESPONSE_EMPTY: "<Response/>",
}

_FIRST_AGENT: dict[Fault, dict[str, str]] = {
    Fault.NIL_NAME: {"DisplayName": '<DisplayName i:nil="true"/>'},
    Fault.NIL_TOPICS: {"ChatTopics": '<ChatTopics i:nil="true"/>'},
    Fault.MISSING_USER_ID: {"UserId": ""},
    Fault.MISSING_NAME: {"DisplayName": ""},
    Fault.MISSING_CHATS: {"OngoingChats": ""},
    Fault.MISSING_PRESENT: {"Present": ""},
    Fault.MISSING_TOPICS: {"ChatTopics": ""},
    Fault.MISSING_FIELDS: {"DisplayName": "", "OngoingChats": "", "Present": "", "ChatTopics": ""},
    Fault.CHATS_NOT_A_NUMBER: {"OngoingChats": "<OngoingChats>abc</OngoingChats>"},
    Fault.USER_ID_NOT_A_NUMBER: {"UserId": "<UserId>abc</UserId>"},
}

PRESENCE_FAULTS = {
    *_FIRST_AGENT,
    Fault.NIL_PRESENCE,
    Fault.EMPTY_PRESENCE,
    Fault.UNKNOWN_AT_START,
    Fault.UNKNOWN_IN_MIDDLE,
    Fault.UNKNOWN_AT_END,
}
"""The faults that only GetChatPresence can have."""
