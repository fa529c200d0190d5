"""What NetServer says, in XML written by hand."""

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"

TICKET = "7T:a-ticket=="


def namespace(services: int = 86) -> str:
    """The namespace of NetServer's contract."""
    return f"http://www.superoffice.net/ws/crm/NetServer/Services{services}"


def envelope(
    body: str, *, headers: str | None = None, soap: str = SOAP11, services: int = 86, doctype: str = ""
) -> str:
    """A SOAP envelope in which s, h, i and a are SOAP, NetServer's contract, xsi and the arrays.

    `headers` None leaves the Header out; `succeeded()` writes the usual ones.
    """
    header = "" if headers is None else f"<s:Header>{headers}</s:Header>"
    names = f'xmlns:s="{soap}" xmlns:h="{namespace(services)}" xmlns:i="{XSI}" xmlns:a="{ARRAYS}"'
    return f"{doctype}<s:Envelope {names}>{header}<s:Body>{body}</s:Body></s:Envelope>"


def succeeded(said: str = "true", info: str = '<h:ExceptionInfo i:nil="true"/>') -> str:
    """NetServer's response headers."""
    return f'{info}<h:ExtraInfo i:nil="true"/><h:Succeeded>{said}</h:Succeeded>'


def exception_info(kind: str = "System.Exception", message: str = "", *inner: str, friendly: str | None = None) -> str:
    """NetServer's own report of what went wrong; `inner` are the types of the exceptions that it came from."""
    below = ""
    for each in reversed(inner):
        below = f"<h:InnerException><h:ExceptionType>{each}</h:ExceptionType>{below}</h:InnerException>"
    return (
        f"<h:ExceptionInfo><h:Message>{message}</h:Message><h:StackTrace>{message}</h:StackTrace>"
        f"<h:FriendlyText>{message if friendly is None else friendly}</h:FriendlyText>"
        f"<h:ExceptionType>{kind}</h:ExceptionType>{below}</h:ExceptionInfo>"
    )


def failed(kind: str = "System.Exception", message: str = "", *inner: str, friendly: str | None = None) -> str:
    """A call that NetServer reports as failed, with an empty Body; `inner` are the exceptions that it came from."""
    return envelope("", headers=succeeded("false", exception_info(kind, message, *inner, friendly=friendly)))


def fault(code: str, text: str = "") -> str:
    """A SOAP fault in place of a reply."""
    return envelope(soap_fault(code, text))


def soap_fault(code: str, text: str = "") -> str:
    """A SOAP fault."""
    return (
        f'<s:Fault><faultcode xmlns:f="urn:f">{code}</faultcode><faultstring>{text}</faultstring>'
        f"<detail><Stack>{text}</Stack></detail></s:Fault>"
    )


def response(element: str, inner: str, *, headers: str | None = None, services: int = 86, doctype: str = "") -> str:
    """A reply that succeeded, or has the headers given, around what its element holds."""
    body = f'<{element} xmlns="{namespace(services)}">{inner}</{element}>'
    said = succeeded() if headers is None else headers
    return envelope(body, headers=said, services=services, doctype=doctype)


def presence(*rows: str, headers: str | None = None, services: int = 86, doctype: str = "") -> str:
    """The reply of GetChatPresence."""
    inner = f"<Response>{''.join(rows)}</Response>"
    return response("GetChatPresenceResponse", inner, headers=headers, services=services, doctype=doctype)


def row(*fields: str) -> str:
    """A ChatPresence of these fields."""
    return f"<ChatPresence>{''.join(fields)}</ChatPresence>"


def anna(**changed: str) -> tuple[str, ...]:
    """Anna's fields in the contract's order, some of them written otherwise; "" leaves one out."""
    fields = {
        "UserId": "<UserId>3</UserId>",
        "DisplayName": "<DisplayName>Anna Berg</DisplayName>",
        "OngoingChats": "<OngoingChats>2</OngoingChats>",
        "Present": "<Present>true</Present>",
        "ChatTopics": "<ChatTopics><a:int>1</a:int><a:int>12</a:int></ChatTopics>",
    }
    assert changed.keys() <= fields.keys()
    return tuple((fields | changed).values())


def topic_list(*topics: tuple[int, str], services: int = 86) -> str:
    """The reply of GetSimpleList("chatchannel"), which begins with "All"."""
    items = (
        f"<MDOListItem><Id>{topic_id}</Id><Name>{name}</Name><ToolTip/><Deleted>false</Deleted></MDOListItem>"
        for topic_id, name in ((0, "All"), *topics)
    )
    return response("GetSimpleListResponse", f"<Response>{''.join(items)}</Response>", services=services)


def signed_in(ticket: str = TICKET, *, services: int = 86) -> str:
    """The reply to the right password."""
    inner = (
        "<Response><Associate>who</Associate><AssociateId>103</AssociateId></Response>"
        f"<Credentials><Ticket>{ticket}</Ticket></Credentials><AuthenticationSucceeded>true</AuthenticationSucceeded>"
    )
    return response("AuthenticateResponse", inner, services=services)


def is_open(inner: str, *, headers: str | None = None, services: int = 86) -> str:
    """The reply of IsWithinOpeningHours."""
    return response("IsWithinOpeningHoursResponse", inner, headers=headers, services=services)
