"""What the client makes of everything that can come back, with the real zeep over a wire in memory."""

from pathlib import Path

import pytest

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.presence.model import Agent, Topic
from tests.fakes import (
    NOW,
    SOAP11,
    SOAP12,
    XSI,
    Reply,
    Wire,
    an_agent,
    anna,
    client_of,
    envelope,
    everything_told,
    exception_info,
    namespace,
    presence,
    response,
    row,
    succeeded,
    wired,
)

BILLING, TWELVE = Topic(1, "Billing"), Topic(12, "Topic 12")
ANNA = an_agent("Anna Berg", BILLING, TWELVE, chats=2)
OLE = an_agent("Ole Hansen", user_id=4)
OLES_ROW = row("<UserId>4</UserId>", "<DisplayName>Ole Hansen</DisplayName>", "<Present>true</Present>")
FULL = row(*anna()) + OLES_ROW
TEXT = "the text of the reply"

NOTHING_IN_IT = '<GetChatPresenceResponse xmlns="{n}">{inner}</GetChatPresenceResponse>'


async def agents_in(reply: str | Reply) -> tuple[Agent, ...]:
    """The agents that the product sees in a reply of GetChatPresence."""
    wire = Wire()
    wire.says["GetChatPresence"] = Reply(reply) if isinstance(reply, str) else reply
    async with wired(wire) as netserver, client_of(netserver) as client:
        return (await client.snapshot()).agents


async def refused(reply: str | Reply) -> SuperOfficeError:
    """The error that the product makes of a reply of GetChatPresence."""
    with pytest.raises(SuperOfficeError) as caught:
        await agents_in(reply)
    return caught.value


def body(inner: str) -> str:
    """A GetChatPresenceResponse around this."""
    return NOTHING_IN_IT.format(n=namespace(), inner=inner)


# Succeeded comes before everything


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence(headers=succeeded("false", exception_info())), id="empty list"),
        pytest.param(envelope("", headers=succeeded("false", exception_info())), id="empty Body"),
        pytest.param(presence(FULL, headers=succeeded("false", exception_info())), id="full list"),
        pytest.param(envelope(body(""), headers=succeeded("false", exception_info())), id="no Response"),
        pytest.param(presence(headers=succeeded("false")), id="ExceptionInfo nil"),
        pytest.param(presence(FULL, headers=succeeded("false", "")), id="ExceptionInfo missing"),
        pytest.param(presence(headers=succeeded("0", exception_info())), id="0"),
        pytest.param(presence(FULL, headers=succeeded(" false ", exception_info())), id="false with spaces"),
    ],
)
async def test_succeeded_false_is_a_failure_whatever_the_body_says(reply: str) -> None:
    """A reply with Succeeded=false is never read as a roster, be its body empty or full."""
    error = await refused(reply)

    assert (type(error), error.reason) == (Unexpected, Reason.FAILED)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence(FULL, headers='<h:ExtraInfo i:nil="true"/>'), id="Succeeded missing"),
        pytest.param(presence(FULL, headers=succeeded("")), id="Succeeded empty"),
        pytest.param(presence(FULL, headers='<h:Succeeded i:nil="true"/>'), id="Succeeded nil"),
        pytest.param(presence(FULL, headers=succeeded("True")), id="True"),
        pytest.param(presence(FULL, headers=succeeded("TRUE")), id="TRUE"),
        pytest.param(presence(FULL, headers=succeeded("yes")), id="yes"),
        pytest.param(presence(FULL, headers=succeeded("truetrue")), id="truetrue"),
        pytest.param(presence(FULL, headers=succeeded("2")), id="2"),
        pytest.param(presence(FULL, headers='<Succeeded xmlns="urn:other">true</Succeeded>'), id="another namespace"),
        pytest.param(presence(FULL, headers=""), id="Header empty"),
        pytest.param(envelope(body(f"<Response>{FULL}</Response>")), id="no Header"),
        pytest.param(envelope(body("<Response/>")), id="no Header, empty list"),
        pytest.param(envelope(body("<Succeeded>true</Succeeded><Response/>"), headers=""), id="only in the body"),
    ],
)
async def test_a_reply_that_does_not_say_that_it_succeeded_is_not_believed(reply: str) -> None:
    """Without a Succeeded that is exactly true or 1, nothing of the reply is shown."""
    error = await refused(reply)

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


@pytest.mark.parametrize("said", ["true", "1", " true ", "\n\t1\n"])
async def test_every_spelling_of_true_is_true(said: str) -> None:
    """Succeeded is an XML boolean: true or 1, with white space around it or not."""
    assert await agents_in(presence(FULL, headers=succeeded(said))) == (ANNA, OLE)


@pytest.mark.parametrize("info", ["", '<h:ExceptionInfo i:nil="true"/>', "<h:ExceptionInfo/>"])
async def test_a_success_needs_no_exception_info(info: str) -> None:
    """An ExceptionInfo that is nil, empty or missing takes nothing from a success."""
    assert await agents_in(presence(FULL, headers=succeeded("true", info))) == (ANNA, OLE)


# Nobody, and nothing said


@pytest.mark.parametrize("inner", ["<Response/>", "<Response></Response>", "<Response>\n  </Response>"])
async def test_an_empty_list_that_succeeded_means_nobody(inner: str) -> None:
    """The one way to say that nobody is there: Succeeded=true and an empty Response."""
    assert await agents_in(response("GetChatPresenceResponse", inner)) == ()


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(response("GetChatPresenceResponse", '<Response i:nil="true"/>'), id="Response nil"),
        pytest.param(response("GetChatPresenceResponse", '<Response i:nil="1"/>'), id="Response nil as 1"),
        pytest.param(response("GetChatPresenceResponse", '<Response i:nil=" true "/>'), id="Response nil with spaces"),
        pytest.param(response("GetChatPresenceResponse", ""), id="Response missing"),
        pytest.param(response("GetChatPresenceResponse", "<Answer/>"), id="Response by another name"),
        pytest.param(response("GetChatPresenceResponse", '<Response xmlns="urn:other"/>'), id="in another namespace"),
        pytest.param(
            envelope(f'<GetChatPresenceResponse xmlns="{namespace()}" i:nil="true"/>', headers=succeeded()),
            id="GetChatPresenceResponse nil",
        ),
        pytest.param(envelope("", headers=succeeded()), id="Body empty"),
        pytest.param(envelope("", headers=succeeded()).replace("<s:Body></s:Body>", ""), id="Body missing"),
        pytest.param(envelope(body("<Response/>") * 2, headers=succeeded()), id="two replies"),
    ],
)
async def test_a_reply_that_says_nothing_is_not_nobody(reply: str) -> None:
    """A success without a list is no empty roster: nobody said that nobody is there."""
    error = await refused(reply)

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param("<ChatUser><UserId>3</UserId></ChatUser>", id="another name"),
        pytest.param(row(*anna()).replace("<ChatPresence>", '<ChatPresence xmlns="urn:other">'), id="namespace"),
    ],
)
async def test_a_list_of_unknown_things_is_not_nobody(rows: str) -> None:
    """A list in which nothing is known is not taken for an empty one."""
    error = await refused(presence(rows))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


@pytest.mark.parametrize("hole", ['<ChatPresence i:nil="true"/>', "<ChatPresence/>", "<ChatPresence> </ChatPresence>"])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_hole_in_the_list_costs_no_agent(hole: str, place: int) -> None:
    """A nil or empty ChatPresence is nobody, and those around it stay."""
    rows = [row(*anna()), OLES_ROW]
    rows.insert(place, hole)

    assert await agents_in(presence(*rows)) == (ANNA, OLE)


# The fields


@pytest.mark.parametrize(
    "written",
    [
        "",
        "<DisplayName/>",
        '<DisplayName i:nil="true"/>',
        "<DisplayName>  </DisplayName>",
        "<DisplayName>\u200b\u202e</DisplayName>",
    ],
)
async def test_an_agent_without_a_name_shows_by_id(written: str) -> None:
    """A DisplayName that is missing, nil, empty or invisible becomes "Agent" and the id."""
    (agent, _) = await agents_in(presence(row(*anna(DisplayName=written)), OLES_ROW))

    assert agent == an_agent("Agent 3", BILLING, TWELVE, chats=2)


@pytest.mark.parametrize("written", ["", "<ChatTopics/>", '<ChatTopics i:nil="true"/>'])
async def test_an_agent_may_be_a_member_of_nothing(written: str) -> None:
    """ChatTopics that are missing, nil or empty are no topics."""
    assert await agents_in(presence(row(*anna(ChatTopics=written)), OLES_ROW)) == (an_agent(chats=2), OLE)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("UserId", an_agent("Anna Berg", BILLING, TWELVE, user_id=0, chats=2)),
        ("DisplayName", an_agent("Agent 3", BILLING, TWELVE, chats=2)),
        ("OngoingChats", an_agent("Anna Berg", BILLING, TWELVE, chats=0)),
        ("Present", an_agent("Anna Berg", BILLING, TWELVE, chats=2, present=False)),
        ("ChatTopics", an_agent("Anna Berg", chats=2)),
    ],
)
async def test_every_field_may_be_missing(field: str, expected: Agent) -> None:
    """A field that is left out has its default, and moves none of the others."""
    assert await agents_in(presence(row(*anna(**{field: ""})), OLES_ROW)) == (expected, OLE)


@pytest.mark.parametrize("nil", ["true", "1", " true "])
@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("DisplayName", an_agent("Agent 3", BILLING, TWELVE, chats=2)),
        ("OngoingChats", an_agent("Anna Berg", BILLING, TWELVE, chats=0)),
        ("Present", an_agent("Anna Berg", BILLING, TWELVE, chats=2, present=False)),
        ("ChatTopics", an_agent("Anna Berg", chats=2)),
    ],
)
async def test_every_spelling_of_nil_is_nil(
    field: str, expected: Agent, nil: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A field that is nil is as good as missing, however nil is spelled, and is no error in the log."""
    fields = anna(**{field: f'<{field} i:nil="{nil}"/>'})

    assert await agents_in(presence(row(*fields), OLES_ROW)) == (expected, OLE)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    "written",
    ["<ChatTopics><a:int>7</a:int>{}</ChatTopics>", "<ChatTopics>{}<a:int>7</a:int></ChatTopics>"],
)
async def test_a_nil_among_the_topics_is_no_topic(written: str) -> None:
    """A nil id never shows as a topic, and never ends in anything but an answer or a SuperOfficeError."""
    fields = anna(ChatTopics=written.format('<a:int i:nil="true"/>'))
    try:
        (agent,) = await agents_in(presence(row(*fields)))
    except Unexpected:
        return  # nil is not allowed there, so to refuse the reply is as good

    assert agent.topics == (Topic(7, "Topic 7"),)


@pytest.mark.parametrize(
    ("said", "present"), [("true", True), ("1", True), (" true ", True), ("false", False), ("0", False)]
)
async def test_present_is_an_xml_boolean(said: str, present: bool) -> None:
    """Every spelling of a boolean counts."""
    (agent,) = await agents_in(presence(row(*anna(Present=f"<Present>{said}</Present>"))))

    assert agent.present is present


@pytest.mark.parametrize(("said", "chats"), [("0", 0), (" 7\n", 7), ("+3", 3), ("-1", 0), ("007", 7)])
async def test_ongoing_chats_is_an_xml_int_and_never_below_none(said: str, chats: int) -> None:
    """Every spelling of a whole number counts, and less than no chats is no chats."""
    (agent,) = await agents_in(presence(row(*anna(OngoingChats=f"<OngoingChats>{said}</OngoingChats>"))))

    assert agent.ongoing_chats == chats


@pytest.mark.parametrize("said", ["abc", "", "1.5", "1e3", "0x1", "1 2", "\u0661", "--1", "9" * 5000])
@pytest.mark.parametrize("field", ["UserId", "OngoingChats", "ChatTopics"])
async def test_a_number_that_is_none_is_refused(field: str, said: str, caplog: pytest.LogCaptureFixture) -> None:
    """Where a number is no number the reply is refused, because its default would make a busy agent free."""
    inner = f"<a:int>{said}</a:int>" if field == "ChatTopics" else said
    error = await refused(presence(row(*anna(**{field: f"<{field}>{inner}</{field}>"}))))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("said", ["", "yes", "True", "TRUE", "2", "-1", "on", "true false"])
async def test_a_boolean_that_is_none_is_refused(said: str) -> None:
    """Where Present is no boolean the reply is refused, because zeep would call it false."""
    error = await refused(presence(row(*anna(Present=f"<Present>{said}</Present>"))))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(tuple(reversed(anna())), id="reversed"),
        pytest.param((*anna(), "<OngoingChats>0</OngoingChats>"), id="a field twice"),
    ],
)
async def test_fields_in_another_order_are_never_half_read(fields: tuple[str, ...]) -> None:
    """A row whose fields are not in the contract's order is refused: half of it could make a busy agent free."""
    error = await refused(presence(row(*fields), OLES_ROW))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


# What the contract does not name


UNKNOWN = {
    "a text": "<Mood>sunny</Mood>",
    "a tree": "<Mood><Value><UserId>9</UserId></Value></Mood>",
    "nil": '<Mood i:nil="true"/>',
    "another namespace": '<Present xmlns="urn:other">false</Present>',
    "typed": '<Mood xmlns:q="urn:q" i:type="q:Sunny"/>',
}


@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN.keys())
@pytest.mark.parametrize("place", range(6))
async def test_unknown_elements_cost_no_agent_and_no_field(unknown: str, place: int) -> None:
    """A newer server's elements, at any place in every row, leave every agent and field as they are."""
    fields = list(anna())
    fields.insert(place, unknown)

    assert await agents_in(presence(row(*fields), row(*fields), OLES_ROW)) == (ANNA, ANNA, OLE)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence("<Mood/>", row(*anna()), "<Mood/>", OLES_ROW, "<Mood/>"), id="between agents"),
        pytest.param(
            response("GetChatPresenceResponse", f"<Mood/><Response>{FULL}</Response><Mood/>"), id="beside Response"
        ),
        pytest.param(presence(FULL).replace("<a:int>", "<a:long>9</a:long><a:int>"), id="among the topics"),
        pytest.param(presence(FULL, headers=f"<h:Mood/>{succeeded()}<h:Mood/>"), id="among the headers"),
        pytest.param(
            presence(
                row("<TableRight><Mask>Full</Mask></TableRight><FieldProperties><x/></FieldProperties>", *anna())
            ).replace("</Response>", f"{OLES_ROW}</Response>"),
            id="in what is not read",
        ),
        pytest.param(presence(FULL.replace("><", "><!-- well --><")), id="comments"),
    ],
)
async def test_unknown_elements_around_the_agents_cost_nothing(reply: str) -> None:
    """Whatever else stands around the agents, all of them are seen."""
    assert await agents_in(reply) == (ANNA, OLE)


async def test_types_and_attributes_of_the_servers_own_are_left_alone() -> None:
    """An xsi:type or attribute that the contract does not name changes nothing."""
    said = presence(FULL)
    for name in ("Response", "ChatPresence", "UserId", "DisplayName", "Present", "ChatTopics", "a:int"):
        said = said.replace(f"<{name}>", f'<{name} xmlns:q="urn:q" xmlns:z="urn:z" i:type="q:Own" z:Id="i1" own="1">')

    assert said.count("q:Own") > 10
    assert await agents_in(said) == (ANNA, OLE)


@pytest.mark.parametrize("kind", ["h:ChatPresence", "h:Carrier", "i:string", "undeclared:Own", "Own", ""])
async def test_the_type_of_a_row_is_the_contracts(kind: str) -> None:
    """Whatever type a row claims to be, known or not, it is read as the one that was asked for."""
    said = presence(FULL).replace("<ChatPresence>", f'<ChatPresence i:type="{kind}">')

    assert await agents_in(said) == (ANNA, OLE)


@pytest.mark.parametrize(
    ("field", "inner"), [("DisplayName", "Anna <b>Berg</b>"), ("OngoingChats", "<x/>2"), ("Present", "true<x/>")]
)
async def test_elements_within_a_value_are_refused(field: str, inner: str) -> None:
    """A value that holds elements is refused: a part of it would be shown as the whole."""
    error = await refused(presence(row(*anna(**{field: f"<{field}>{inner}</{field}>"}))))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


async def test_names_come_through_as_written() -> None:
    """Markup, character references and CDATA in a name are text, and a name is one clean line."""
    written = (
        "<DisplayName>&lt;b&gt; &amp;amp; <![CDATA[]]&]]>&#229;\u202e\n x\u00e9\U0001f9d1\u200d\U0001f4bb</DisplayName>"
    )
    (agent,) = await agents_in(presence(row(*anna(DisplayName=written))))

    assert agent.name == "<b> &amp; ]]&\u00e5 x\u00e9\U0001f9d1\u200d\U0001f4bb"


async def test_the_snapshot_is_dated_when_the_answer_came() -> None:
    """A snapshot carries the time that the injected clock told."""
    async with wired(Wire()) as netserver, client_of(netserver) as client:
        assert (await client.snapshot()).taken_at == NOW


# Pages in SuperOffice's place


XHTML = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title></head><body><p>{TEXT}</p></body></html>'
SOUP = f"<!DOCTYPE html><html><title>No</title><br><body><p>{TEXT}<p>&nbsp;<a href=/x?a&b>Back"

REASONS = {
    200: Reason.PAGE,
    204: Reason.PAGE,
    302: Reason.NOT_THERE,
    307: Reason.NOT_THERE,
    400: Reason.PAGE,
    401: Reason.PAGE,
    403: Reason.PAGE,
    404: Reason.NOT_THERE,
    405: Reason.NOT_THERE,
    415: Reason.NOT_THERE,
    429: Reason.BUSY,
    500: Reason.SERVER_ERROR,
    502: Reason.SERVER_ERROR,
    503: Reason.SERVER_ERROR,
    504: Reason.SERVER_ERROR,
}


@pytest.mark.parametrize("page", [XHTML, SOUP, ""], ids=["XHTML", "soup", "nothing"])
@pytest.mark.parametrize("status", REASONS)
async def test_a_page_means_that_superoffice_was_not_reached(status: int, page: str) -> None:
    """A page that parses, one that does not, and none at all: each is Unreachable, with the reason of its status."""
    error = await refused(Reply(page, status, "text/html; charset=utf-8"))

    assert (type(error), error.reason) == (Unreachable, REASONS[status])
    assert str(status) in error.detail
    assert TEXT not in everything_told(error)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        (None, 0),
        ("", 0),
        ("-7", 0),
        ("7.5", 0),
        ("\u0667", 0),
        ("soon", 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
    ],
)
async def test_a_server_may_ask_for_a_pause(status: int, said: str | None, seconds: float) -> None:
    """Retry-After goes along in seconds; a date, or anything else, asks for no more than the usual pause."""
    error = await refused(Reply(XHTML, status, "text/html", retry_after=said))

    assert error.retry_after_s == seconds


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429, 500, 502, 503])
async def test_nothing_at_all_means_that_superoffice_was_not_reached(status: int) -> None:
    """An empty answer is never an empty roster, even if it calls itself XML."""
    for content_type in ("", "text/xml; charset=utf-8"):
        error = await refused(Reply("", status, content_type))

        assert (type(error), error.reason) == (Unreachable, Reason.BROKEN if status == 200 else REASONS[status])


@pytest.mark.parametrize("page", [XHTML, SOUP], ids=["XHTML", "soup"])
async def test_a_page_that_calls_itself_xml_is_no_reply(page: str) -> None:
    """A page is refused by what it is, too, not by its content type alone."""
    error = await refused(Reply(page))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)
    assert TEXT not in everything_told(error)


@pytest.mark.parametrize("status", [201, 202, 203, 206, 401, 403, 404, 429, 500, 502, 503])
async def test_a_roster_with_a_status_that_is_no_success_is_not_believed(status: int) -> None:
    """A roster counts with HTTP 200 alone, however well it reads."""
    assert isinstance(await refused(Reply(presence(FULL), status)), Unexpected | Unreachable)


# SOAP faults and other envelopes


def fault(code: str) -> str:
    return (
        f'<s:Fault><faultcode xmlns:f="urn:f">{code}</faultcode><faultstring>{TEXT}</faultstring>'
        f"<detail><Stack>{TEXT}</Stack></detail></s:Fault>"
    )


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", ["s:Server", "f:InternalServiceFault", "f:DeserializationFailed", "", TEXT])
async def test_a_soap_fault_is_a_failure_told_by_its_code_alone(code: str, status: int) -> None:
    """A fault is a failure of SuperOffice's own, with any status, and its text goes nowhere."""
    error = await refused(Reply(envelope(fault(code)), status))

    assert (type(error), error.reason) == (Unexpected, Reason.FAILED)
    assert TEXT not in everything_told(error)


@pytest.mark.parametrize("rest", [body(f"<Response>{FULL}</Response>"), body("<Response/>")])
@pytest.mark.parametrize("fault_first", [True, False])
async def test_a_fault_beside_a_list_is_still_a_fault(rest: str, fault_first: bool) -> None:
    """A reply that holds a fault is never a roster, even where its headers claim success."""
    parts = (fault("s:Server"), rest) if fault_first else (rest, fault("s:Server"))

    assert isinstance(await refused(envelope("".join(parts), headers=succeeded())), Unexpected)


async def test_an_action_that_the_service_does_not_know_is_a_wrong_address() -> None:
    """WCF's ActionNotSupported tells that another service lives there."""
    error = await refused(Reply(envelope(fault("f:ActionNotSupported")), 500))

    assert (type(error), error.reason) == (Unreachable, Reason.NOT_THERE)


@pytest.mark.parametrize("content_type", ["text/xml; charset=utf-8", "application/soap+xml; charset=utf-8"])
async def test_soap_1_2_is_refused(content_type: str) -> None:
    """An envelope of SOAP 1.2 is none of ours, be it ever so complete."""
    said = presence(FULL).replace(SOAP11, SOAP12)
    error = await refused(Reply(said, content_type=content_type))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


@pytest.mark.parametrize("content_type", ["text/xml", "TEXT/XML;charset=UTF-8", "application/xml", ""])
async def test_a_reply_is_known_by_its_envelope(content_type: str) -> None:
    """Every content type that XML comes with will do, and so will none."""
    assert await agents_in(Reply(presence(FULL), content_type=content_type)) == (ANNA, OLE)


async def test_no_beginning_of_a_reply_is_a_reply() -> None:
    """XML that is cut short is refused wherever it is cut."""
    said = presence(FULL)
    wire = Wire()
    async with wired(wire) as netserver, client_of(netserver) as client:
        for end in range(1, len(said), 23):
            wire.says["GetChatPresence"] = Reply(said[:end])
            with pytest.raises(Unexpected) as caught:
                await client.snapshot()
            assert caught.value.reason is Reason.UNREADABLE


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("doctype", "name"),
    [
        pytest.param("<!DOCTYPE s:Envelope>", "Anna", id="DTD, empty"),
        pytest.param("<!DOCTYPE s:Envelope [<!ELEMENT s:Envelope ANY>]>", "Anna", id="DTD"),
        pytest.param('<!DOCTYPE s:Envelope [<!ENTITY x "y">]>', "&x;", id="entity"),
        pytest.param(f'<!DOCTYPE s:Envelope [<!ENTITY l0 "lol">{LAUGHS}]>', "&l9;", id="entity bomb"),
        pytest.param('<!DOCTYPE s:Envelope SYSTEM "http://127.0.0.1:9/x.dtd">', "Anna", id="external DTD"),
        pytest.param('<!DOCTYPE s:Envelope [<!ENTITY % p SYSTEM "file:///etc/hosts"> %p;]>', "Anna", id="parameter"),
    ],
)
async def test_a_reply_with_a_dtd_is_refused(doctype: str, name: str) -> None:
    """SOAP has no DTD, so a reply with one is an attack, whatever it declares."""
    fields = anna(DisplayName=f"<DisplayName>{name}</DisplayName>")
    error = await refused(presence(row(*fields), doctype=doctype))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


async def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    """No reply can make the bot open one of its own files."""
    secret = tmp_path / "secret.txt"
    secret.write_text(TEXT)
    doctype = f'<!DOCTYPE s:Envelope [<!ENTITY f SYSTEM "{secret.as_uri()}">]>'
    fields = anna(DisplayName="<DisplayName>&f;</DisplayName>")
    error = await refused(presence(row(*fields), doctype=doctype))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)
    assert TEXT not in everything_told(error)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence(FULL, services=88), id="Services88"),
        pytest.param(presence(FULL).replace(namespace(), namespace(88), 1), id="headers of Services88"),
        pytest.param(presence(FULL).replace(f'xmlns="{namespace()}"', f'xmlns="{namespace(88)}"'), id="body of it"),
        pytest.param(response("GetSimpleListResponse", "<Response/>"), id="another operation"),
        pytest.param(response("GetChatPresence", "<Response/>"), id="the request"),
        pytest.param('<?xml version="1.0"?><GetChatPresenceResponse/>', id="no envelope"),
        pytest.param(f'<s:Envelope xmlns:s="{SOAP11}" xmlns:i="{XSI}"/>', id="an empty envelope"),
        pytest.param("[]", id="JSON"),
        pytest.param("\x00\x01\x02", id="noise"),
    ],
)
async def test_another_services_reply_is_refused(reply: str) -> None:
    """Only the reply to what was asked, of the services that were asked, is believed."""
    error = await refused(reply)

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


async def test_texts_of_an_exception_info_go_nowhere() -> None:
    """Of NetServer's own errors only the exception's type is told; its texts may hold anything."""
    info = exception_info("SuperOffice.Exceptions.SoDbAccessException", TEXT)
    error = await refused(presence(headers=succeeded("false", info)))

    assert error.detail == "SoDbAccessException"
    assert TEXT not in everything_told(error)


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        ("SuperOffice.Exceptions.SoDbAccessException", "Could not read table ticket", (Unexpected, Reason.FAILED)),
        ("SuperOffice.Exceptions.SoDbAccessException", "refused our authentication", (Unexpected, Reason.FAILED)),
        ("System.NullReferenceException", "no authentication context", (Unexpected, Reason.FAILED)),
        ("SuperOffice.Exceptions.SoException", "The tickets are sold out", (Unexpected, Reason.FAILED)),
        ("SuperOffice.Exceptions.SoException", "The ticket is not valid", (Denied, Reason.TICKET_ENDED)),
        ("SuperOffice.Exceptions.SoSessionException", "", (Denied, Reason.TICKET_ENDED)),
        ("SuperOffice.Exceptions.SoException", "Access denied to Chat", (Denied, Reason.NO_RIGHT)),
        ("", "Invalid application token", (Denied, Reason.APPLICATION_TOKEN)),
        ("", "", (Unexpected, Reason.FAILED)),
    ],
)
async def test_an_exceptions_message_counts_where_its_type_leaves_it_open(
    kind: str, message: str, expected: tuple[type[SuperOfficeError], Reason]
) -> None:
    """A trouble of the server's own is not taken for a refused ticket because of a word in its message."""
    error = await refused(presence(headers=succeeded("false", exception_info(kind, message))))

    assert (type(error), error.reason) == expected


@pytest.mark.parametrize(
    "number", ["2147483648", "-2147483649", "9999999999", "99999999999999999999", "1.0", "+", "\uff11"]
)
async def test_numbers_beyond_an_int_are_refused(number: str) -> None:
    """What is no xsd:int is not shown as a number of chats."""
    error = await refused(presence(row(f"<UserId>3</UserId><OngoingChats>{number}</OngoingChats>")))

    assert (type(error), error.reason) == (Unexpected, Reason.UNREADABLE)


@pytest.mark.parametrize("kind", ["", TEXT, f"A.{TEXT}", "x" * 5000])
async def test_an_exception_type_is_told_only_if_it_is_a_short_name(kind: str) -> None:
    """A type that is no name is left out, and a long one is cut."""
    error = await refused(presence(headers=succeeded("false", exception_info(kind))))

    assert TEXT not in everything_told(error)
    assert len(error.detail) <= 60
