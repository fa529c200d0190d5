"""What is read in everything that can come back in a reply's place, with the real zeep and no network."""

from pathlib import Path

import pytest

from bot.errors import Denied, Reason, SuperOfficeError, Unexpected, Unreachable
from bot.superoffice.api import PresenceRow, TopicRow
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import IS_OPEN, PRESENCE, TOPIC_NAMES
from bot.superoffice.soap.transport import Answer
from tests.kit.netserver import Kind, everything_told, kind
from tests.kit.netserver_xml import (
    SOAP11,
    SOAP12,
    XSI,
    anna,
    envelope,
    exception_info,
    failed,
    is_open,
    namespace,
    presence,
    response,
    row,
    succeeded,
    topic_list,
)

ANNA = PresenceRow(3, "Anna Berg", 2, present=True, topic_ids=(1, 12))
OLE = PresenceRow(4, "Ole Hansen", 0, present=True, topic_ids=())
NOBODY = PresenceRow(0, "", 0, present=False, topic_ids=())
OLES_ROW = row("<UserId>4</UserId>", "<DisplayName>Ole Hansen</DisplayName>", "<Present>true</Present>")
FULL = row(*anna()) + OLES_ROW
SOUND = presence(FULL)
TEXT = "the text of the reply"

FAILED: Kind = (Unexpected, Reason.FAILED)
UNREADABLE: Kind = (Unexpected, Reason.UNREADABLE)


def read(netserver: NetServer, reply: str, status: int = 200) -> tuple[PresenceRow, ...]:
    """The rows in a reply of GetChatPresence."""
    return netserver.read(PRESENCE, Answer(status, reply.encode()))


def refused(netserver: NetServer, reply: str, status: int = 200) -> SuperOfficeError:
    """The error that stands for a reply of GetChatPresence."""
    with pytest.raises(SuperOfficeError) as caught:
        read(netserver, reply, status)
    return caught.value


def body(inner: str) -> str:
    """A GetChatPresenceResponse around this."""
    return f'<GetChatPresenceResponse xmlns="{namespace()}">{inner}</GetChatPresenceResponse>'


def with_field(name: str, written: str) -> str:
    """The reply in which Anna has a field written otherwise."""
    return presence(row(*anna(**{name: written})), OLES_ROW)


# --- Succeeded comes before everything ---


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence(headers=succeeded("false", exception_info())), id="empty list"),
        pytest.param(failed(), id="empty Body"),
        pytest.param(presence(FULL, headers=succeeded("false", exception_info())), id="full list"),
        pytest.param(envelope(body(""), headers=succeeded("false", exception_info())), id="no Response"),
        pytest.param(presence(headers=succeeded("false")), id="ExceptionInfo nil"),
        pytest.param(presence(FULL, headers=succeeded("false", "")), id="ExceptionInfo missing"),
        pytest.param(presence(headers=succeeded("0", exception_info())), id="0"),
        pytest.param(presence(FULL, headers=succeeded(" false ", exception_info())), id="false with spaces"),
        pytest.param(envelope(SOUND, headers=succeeded("false")), id="a reply within"),
        pytest.param(presence(headers=succeeded("false") + SOUND), id="a reply in the headers"),
    ],
)
def test_succeeded_false_is_a_failure_whatever_the_body_says(netserver: NetServer, reply: str) -> None:
    """A reply with Succeeded=false is never read as a roster, be its body empty or full."""
    assert kind(refused(netserver, reply)) == FAILED


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence(FULL, headers='<h:ExtraInfo i:nil="true"/>'), id="missing"),
        pytest.param(presence(FULL, headers='<h:Succeeded i:nil="true"/>'), id="nil"),
        pytest.param(presence(FULL, headers='<h:Succeeded i:nil="true">true</h:Succeeded>'), id="nil, and true"),
        *(
            pytest.param(presence(FULL, headers=succeeded(said)), id=ascii(said))
            for said in (
                "", "True", "TRUE", "yes", "truetrue", "2", "true<a/>", "true<?x?>false", "<a>true</a>", "\u00a0true",
                "true\u2003", "true true",
            )
        ),
        pytest.param(presence(FULL, headers=succeeded() * 2), id="twice"),
        pytest.param(presence(FULL, headers=succeeded() + "<h:Succeeded>false</h:Succeeded>"), id="true and false"),
        pytest.param(presence(FULL, headers='<Succeeded xmlns="urn:other">true</Succeeded>'), id="another namespace"),
        pytest.param(presence(FULL, headers=""), id="Header empty"),
        pytest.param(envelope(body(f"<Response>{FULL}</Response>")), id="no Header"),
        pytest.param(envelope(body("<Response/>")), id="no Header, empty list"),
        pytest.param(envelope(body("<Succeeded>true</Succeeded><Response/>"), headers=""), id="only in the body"),
    ],
)  # fmt: skip
def test_a_reply_that_does_not_say_that_it_succeeded_is_not_believed(netserver: NetServer, reply: str) -> None:
    """Without one Succeeded that is exactly true or 1, nothing of the reply is shown."""
    assert kind(refused(netserver, reply)) == UNREADABLE


@pytest.mark.parametrize("said", ["true", "1", " true ", "\n\t1\n"])
@pytest.mark.parametrize("info", ["", '<h:ExceptionInfo i:nil="true"/>', "<h:ExceptionInfo/>"])
def test_every_spelling_of_true_is_a_success(netserver: NetServer, said: str, info: str) -> None:
    """Succeeded is an XML boolean, with white space around it or not, and needs no ExceptionInfo beside it."""
    assert read(netserver, presence(FULL, headers=succeeded(said, info))) == (ANNA, OLE)


@pytest.mark.parametrize(
    ("type_name", "message", "expected"),
    [
        ("SuperOffice.Exceptions.SoDbAccessException", "Could not read table ticket", Unexpected(Reason.FAILED)),
        ("SuperOffice.Exceptions.SoDbAccessException", "refused our authentication", Unexpected(Reason.FAILED)),
        ("System.NullReferenceException", "no authentication context", Unexpected(Reason.FAILED)),
        ("SuperOffice.Exceptions.SoException", "The tickets are sold out", Unexpected(Reason.FAILED)),
        ("", "", Unexpected(Reason.FAILED)),
        ("SuperOffice.Exceptions.SoSentryException", "", Denied(Reason.NO_RIGHT)),
        ("SuperOffice.Exceptions.SoException", "Access denied to Chat", Denied(Reason.NO_RIGHT)),
        ("", "Invalid application token", Denied(Reason.APPLICATION_TOKEN)),
    ],
)
def test_an_exceptions_message_counts_where_its_type_leaves_it_open(
    netserver: NetServer, type_name: str, message: str, expected: SuperOfficeError
) -> None:
    """Trouble of the server's own is not taken for a refusal because of a word in its message."""
    assert kind(refused(netserver, failed(type_name, message))) == kind(expected)


@pytest.mark.parametrize(
    ("type_name", "told"),
    [("A.SoDbAccessException", "SoDbAccessException"), ("", ""), (TEXT, ""), (f"A.{TEXT}", ""), ("x" * 5000, "x" * 60)],
)
def test_of_an_exception_only_the_types_short_name_is_told(netserver: NetServer, type_name: str, told: str) -> None:
    """The texts of an ExceptionInfo may hold anything and go nowhere; a type that is no name is left out."""
    error = refused(netserver, failed(type_name, TEXT))

    assert error.detail == told
    assert TEXT not in everything_told(error)


# --- nobody, and nothing said ---


@pytest.mark.parametrize("inner", ["<Response/>", "<Response></Response>", "<Response>\n  </Response>"])
def test_an_empty_list_that_succeeded_means_nobody(netserver: NetServer, inner: str) -> None:
    """The one way to say that nobody is there: Succeeded=true and an empty Response."""
    assert read(netserver, response("GetChatPresenceResponse", inner)) == ()


@pytest.mark.parametrize(
    "reply",
    [
        *(
            pytest.param(response("GetChatPresenceResponse", inner), id=inner or "nothing")
            for inner in (
                '<Response i:nil="true"/>', '<Response i:nil="1"/>', '<Response i:nil=" true "/>', "", "<Answer/>",
                '<Response xmlns="urn:other"/>', "<Response/><Response/>",
            )
        ),
        pytest.param(presence("<ChatUser><UserId>3</UserId></ChatUser>"), id="only unknown things"),
        pytest.param(SOUND.replace("<ChatPresence>", '<ChatPresence xmlns="urn:other">'), id="another namespace"),
        pytest.param(envelope(body("").replace(">", ' i:nil="true">', 1), headers=succeeded()), id="reply nil"),
        pytest.param(envelope("", headers=succeeded()), id="Body empty"),
        pytest.param(envelope("", headers=succeeded()).replace("<s:Body></s:Body>", ""), id="Body missing"),
        pytest.param(envelope(body("<Response/>") * 2, headers=succeeded()), id="two replies"),
        pytest.param(SOUND.replace("</s:Body>", f"</s:Body><s:Body>{body('<Response/>')}</s:Body>"), id="two Bodies"),
        pytest.param(SOUND.replace("</s:Header>", "</s:Header><s:Header/>"), id="two Headers"),
    ],
)  # fmt: skip
def test_a_reply_that_says_nothing_is_not_nobody(netserver: NetServer, reply: str) -> None:
    """A success without one list that is known is no empty roster: nobody said that nobody is there."""
    assert kind(refused(netserver, reply)) == UNREADABLE


@pytest.mark.parametrize("hole", ['<ChatPresence i:nil="true"/>', "<ChatPresence/>", "<ChatPresence> </ChatPresence>"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_hole_in_the_list_moves_no_agent(netserver: NetServer, hole: str, place: int) -> None:
    """A nil or empty ChatPresence is a row without anything in it, and those around it stay."""
    written, expected = [row(*anna()), OLES_ROW], [ANNA, OLE]
    written.insert(place, hole)
    expected.insert(place, NOBODY)

    assert read(netserver, presence(*written)) == tuple(expected)


# --- the fields ---


DEFAULTS = {
    "UserId": PresenceRow(0, "Anna Berg", 2, present=True, topic_ids=(1, 12)),
    "DisplayName": PresenceRow(3, "", 2, present=True, topic_ids=(1, 12)),
    "OngoingChats": PresenceRow(3, "Anna Berg", 0, present=True, topic_ids=(1, 12)),
    "Present": PresenceRow(3, "Anna Berg", 2, present=False, topic_ids=(1, 12)),
    "ChatTopics": PresenceRow(3, "Anna Berg", 2, present=True, topic_ids=()),
}


@pytest.mark.parametrize("written", ["", '<{} i:nil="true"/>', '<{} i:nil="1"/>', '<{} i:nil=" true "/>'])
@pytest.mark.parametrize("field", DEFAULTS)
def test_a_field_that_is_missing_or_nil_has_its_default(netserver: NetServer, field: str, written: str) -> None:
    """A field that is left out or nil, however nil is spelled, has its default and moves none of the others."""
    assert read(netserver, with_field(field, written.format(field))) == (DEFAULTS[field], OLE)


TAKEN = [
    ("Present", said, PresenceRow(3, "Anna Berg", 2, present=present, topic_ids=(1, 12)))
    for said, present in (("true", True), ("1", True), (" true ", True), ("false", False), ("0", False))
] + [
    ("OngoingChats", said, PresenceRow(3, "Anna Berg", chats, present=True, topic_ids=(1, 12)))
    for said, chats in (("0", 0), (" 7\n", 7), ("+3", 3), ("-1", -1), ("007", 7), ("2147483647", 2147483647))
]  # fmt: skip


@pytest.mark.parametrize(("field", "said", "expected"), TAKEN)
def test_every_spelling_of_a_value_counts(netserver: NetServer, field: str, said: str, expected: PresenceRow) -> None:
    """A boolean and a number may be written in each of XML Schema's ways."""
    assert read(netserver, with_field(field, f"<{field}>{said}</{field}>")) == (expected, OLE)


@pytest.mark.parametrize("empty", ["<ChatTopics/>", '<ChatTopics><a:int i:nil="true"/></ChatTopics>'])
def test_an_agent_may_be_a_member_of_nothing(netserver: NetServer, empty: str) -> None:
    """ChatTopics without an id are no topics, and a nil id is none."""
    assert read(netserver, with_field("ChatTopics", empty)) == (DEFAULTS["ChatTopics"], OLE)


NO_INT = [
    "abc", "", "1.5", "1.0", "1e3", "0x1", "1 2", "5_0", "+", "--1", "-+5", "+-5", "\u00a05", "5\u2003", "\u0665",
    "\uff11", "2147483648", "-2147483649", "9" * 5000, "<x/>2", "1<?x?>2",
]  # fmt: skip
NO_BOOLEAN = ["", "yes", "True", "TRUE", "2", "-1", "on", "true false", "true<x/>"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        *((field, said) for field in ("UserId", "OngoingChats") for said in NO_INT),
        *(("ChatTopics", f"<a:int>{said}</a:int>") for said in NO_INT),
        *(("Present", said) for said in NO_BOOLEAN),
        ("DisplayName", "Anna <b>Berg</b>"),
        ("ChatTopics", "<a:int><a:int>1</a:int></a:int>"),
        ("ChatTopics", "12"),
    ],
)
def test_a_value_that_is_none_is_refused(
    netserver: NetServer, field: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a value is not of its type the reply is refused: its default would make a busy agent free."""
    error = refused(netserver, with_field(field, f"<{field}>{said}</{field}>"))

    assert kind(error) == UNREADABLE
    assert len(str(error)) < 100
    assert not caplog.records


@pytest.mark.parametrize("place", ["Response", "ChatPresence", *DEFAULTS, "a:int"])
def test_what_is_nil_and_not_empty_is_refused(netserver: NetServer, place: str) -> None:
    """An element that says it is nothing, and holds something, says two things: neither is believed."""
    reply = SOUND.replace(f"<{place}>", f'<{place} i:nil="true">', 1)

    assert reply != SOUND
    assert kind(refused(netserver, reply)) == UNREADABLE


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(tuple(reversed(anna())), id="reversed"),
        *(pytest.param(anna(**{name: field * 2}), id=name) for name, field in zip(DEFAULTS, anna(), strict=True)),
        pytest.param((*anna(), "<OngoingChats>0</OngoingChats>"), id="OngoingChats again"),
    ],
)  # fmt: skip
def test_fields_in_another_order_are_never_half_read(netserver: NetServer, fields: tuple[str, ...]) -> None:
    """A row whose fields are not in the contract's order, each once, is refused: half of it could mislead."""
    assert kind(refused(netserver, presence(row(*fields), OLES_ROW))) == UNREADABLE


# --- what the contract does not name ---


UNKNOWN = {
    "a text": "<Mood>sunny</Mood>",
    "a tree": "<Mood><Value><UserId>9</UserId></Value></Mood>",
    "nil": '<Mood i:nil="true"/>',
    "another namespace": '<Present xmlns="urn:other">false</Present>',
    "typed": '<Mood xmlns:q="urn:q" i:type="q:Sunny"/>',
    "a comment": "<!-- well -->",
}


@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN.keys())
@pytest.mark.parametrize("place", range(6))
def test_unknown_elements_cost_no_agent_and_no_field(netserver: NetServer, unknown: str, place: int) -> None:
    """A newer server's elements, at any place in every row, leave every agent and field as they are."""
    fields = list(anna())
    fields.insert(place, unknown)

    assert read(netserver, presence(row(*fields), row(*fields), OLES_ROW)) == (ANNA, ANNA, OLE)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(presence("<Mood/>", row(*anna()), "<Mood/>", OLES_ROW, "<Mood/>"), id="between agents"),
        pytest.param(SOUND.replace("<Response>", "<Mood/><Response>"), id="before Response"),
        pytest.param(SOUND.replace("</Response>", "</Response><Mood/>"), id="after Response"),
        pytest.param(SOUND.replace("<a:int>", "<a:long>9</a:long><a:int>"), id="among the topics"),
        pytest.param(presence(FULL, headers=f"<h:Mood/>{succeeded()}<h:Mood/>"), id="among the headers"),
        pytest.param(
            SOUND.replace(
                "<UserId>", "<TableRight> <Mask>1</Mask> </TableRight><FieldProperties><x/>y</FieldProperties><UserId>"
            ),
            id="in what is not read",
        ),
        pytest.param(SOUND.replace("><", "><!-- well --><"), id="comments"),
        pytest.param(SOUND.replace("><", ">\n\t<"), id="white space"),
    ],
)  # fmt: skip
def test_unknown_elements_around_the_agents_cost_nothing(netserver: NetServer, reply: str) -> None:
    """Whatever else stands around the agents, all of them are seen."""
    assert read(netserver, reply) == (ANNA, OLE)


@pytest.mark.parametrize("own", ["h:ChatPresence", "h:Carrier", "i:string", "undeclared:Own", "Own", ""])
def test_types_and_attributes_of_the_servers_own_change_nothing(netserver: NetServer, own: str) -> None:
    """Whatever type an element claims to have, known or not, it is read as the contract's."""
    reply = SOUND
    for name in ("Response", "ChatPresence", "UserId", "DisplayName", "Present", "ChatTopics", "a:int"):
        reply = reply.replace(f"<{name}>", f'<{name} xmlns:z="urn:z" i:type="{own}" z:Id="i1" own="1">')

    assert reply.count("z:Id") > 10
    assert read(netserver, reply) == (ANNA, OLE)


def test_names_come_through_as_written(netserver: NetServer) -> None:
    """Markup, character references and CDATA in a name are text."""
    written = "<DisplayName> &lt;b&gt; &amp;amp; <![CDATA[]]&]]>&#229;\u202e\n x\u00e9\U0001f9d1</DisplayName>"
    (first, _) = read(netserver, with_field("DisplayName", written))

    assert first.name == " <b> &amp; ]]&\u00e5\u202e\n x\u00e9\U0001f9d1"


# --- other envelopes ---


def fault(code: str) -> str:
    return (
        f'<s:Fault><faultcode xmlns:f="urn:f">{code}</faultcode><faultstring>{TEXT}</faultstring>'
        f"<detail><Stack>{TEXT}</Stack></detail></s:Fault>"
    )


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", ["s:Server", "f:InternalServiceFault", "f:DeserializationFailed", "", TEXT])
@pytest.mark.parametrize("beside", ["", body("<Response/>"), body(f"<Response>{FULL}</Response>")])
def test_a_soap_fault_is_a_failure_told_by_its_code_alone(
    netserver: NetServer, beside: str, code: str, status: int
) -> None:
    """A fault is a failure, with any status and beside any list; its text goes nowhere."""
    for inner in (fault(code) + beside, beside + fault(code)):
        error = refused(netserver, envelope(inner, headers=succeeded()), status)

        assert kind(error) == FAILED
        assert TEXT not in everything_told(error)


def test_an_action_that_the_service_does_not_know_is_a_wrong_address(netserver: NetServer) -> None:
    """WCF's ActionNotSupported tells that another service lives there."""
    error = refused(netserver, envelope(fault("f:ActionNotSupported")), 500)

    assert kind(error) == (Unreachable, Reason.NOT_THERE)


def test_a_sound_reply_with_status_500_is_not_believed(netserver: NetServer) -> None:
    """A roster counts with HTTP 200 alone, however well it reads."""
    assert kind(refused(netserver, SOUND, 500)) == FAILED


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(SOUND.replace(SOAP11, SOAP12), id="SOAP 1.2"),
        pytest.param(presence(FULL, services=88), id="Services88"),
        pytest.param(SOUND.replace(namespace(), namespace(88), 1), id="headers of Services88"),
        pytest.param(SOUND.replace(f'xmlns="{namespace()}"', f'xmlns="{namespace(88)}"'), id="body of it"),
        pytest.param(response("GetSimpleListResponse", "<Response/>"), id="another operation"),
        pytest.param(response("GetChatPresence", "<Response/>"), id="the request"),
        pytest.param('<?xml version="1.0"?><GetChatPresenceResponse/>', id="no envelope"),
        pytest.param(f'<s:Envelope xmlns:s="{SOAP11}" xmlns:i="{XSI}"/>', id="an empty envelope"),
        pytest.param(envelope(SOUND, headers=succeeded("true")), id="an envelope in an envelope"),
        pytest.param(envelope(SOUND, headers=None), id="an envelope in an envelope without headers"),
        pytest.param(f'<s:Envelope xmlns:s="{SOAP11}">{SOUND}</s:Envelope>', id="an envelope in place of a body"),
        pytest.param(envelope("", headers=succeeded("true") + SOUND), id="an envelope in a header"),
        pytest.param(f"<wrapped>{SOUND}</wrapped>", id="a wrapped envelope"),
        pytest.param(SOUND.replace("<ChatPresence>", "<?x y?><ChatPresence>"), id="a processing instruction"),
        pytest.param("[]", id="JSON"),
        pytest.param("\x00\x01\x02", id="noise"),
        pytest.param(f"<html><title>No</title><body><p>{TEXT}</p></body></html>", id="XHTML"),
        pytest.param(f"<!DOCTYPE html><html><title>No</title><br><p>{TEXT}<p>&nbsp;<a href=/x?a&b>", id="tag soup"),
    ],
)
def test_anything_but_the_reply_to_what_was_asked_is_refused(netserver: NetServer, reply: str) -> None:
    """Only the reply to what was asked, of the services that were asked, in SOAP 1.1, is believed."""
    error = refused(netserver, reply)

    assert kind(error) == UNREADABLE
    assert TEXT not in everything_told(error)


def test_no_beginning_of_a_reply_is_a_reply(netserver: NetServer) -> None:
    """XML that is cut short is refused wherever it is cut."""
    for end in range(1, len(SOUND), 23):
        assert kind(refused(netserver, SOUND[:end])) == UNREADABLE


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
def test_a_reply_with_a_dtd_is_refused(netserver: NetServer, doctype: str, name: str) -> None:
    """SOAP has no DTD, so a reply with one is an attack, whatever it declares."""
    fields = anna(DisplayName=f"<DisplayName>{name}</DisplayName>")

    assert kind(refused(netserver, presence(row(*fields), doctype=doctype))) == UNREADABLE


def test_an_external_entity_is_not_read(netserver: NetServer, tmp_path: Path) -> None:
    """No reply can make the bot open one of its own files."""
    secret = tmp_path / "secret.txt"
    secret.write_text(TEXT)
    doctype = f'<!DOCTYPE s:Envelope [<!ENTITY f SYSTEM "{secret.as_uri()}">]>'
    fields = anna(DisplayName="<DisplayName>&f;</DisplayName>")
    error = refused(netserver, presence(row(*fields), doctype=doctype))

    assert kind(error) == UNREADABLE
    assert TEXT not in everything_told(error)


# --- the other operations ---


def test_topic_names_are_rows(netserver: NetServer) -> None:
    """The list of topics is read with what a newer or a real server says more in each item."""
    nil = '<MDOListItem><Id i:nil="true"/><Name i:nil="true"/><Type>x</Type></MDOListItem>'
    gone = "<MDOListItem><Id>9</Id><Name>Fax</Name><Deleted>1</Deleted><Rank>1</Rank></MDOListItem>"
    reply = topic_list((1, "Billing")).replace("</Response>", f"{gone}{nil}</Response>")

    assert netserver.read(TOPIC_NAMES, Answer(200, reply.encode())) == (
        TopicRow(0, "All", deleted=False),
        TopicRow(1, "Billing", deleted=False),
        TopicRow(9, "Fax", deleted=True),
        TopicRow(0, "", deleted=False),
    )


@pytest.mark.parametrize(("said", "expected"), [("true", True), ("1", True), ("false", False), (" 0 ", False)])
def test_opening_hours_are_an_xml_boolean(netserver: NetServer, said: str, expected: bool) -> None:
    """Every spelling of a boolean says whether a topic is open: https://www.w3.org/TR/xmlschema-2/#boolean."""
    reply = is_open(f"<Response>{said}</Response>")

    assert netserver.read(IS_OPEN, Answer(200, reply.encode())) is expected


@pytest.mark.parametrize("inner", ["", "<Response/>", '<Response i:nil="true"/>', "<Response>False</Response>"])
def test_opening_hours_that_are_not_said_are_refused(netserver: NetServer, inner: str) -> None:
    """Nothing, nil, or another word than XML's is no answer."""
    with pytest.raises(Unexpected) as caught:
        netserver.read(IS_OPEN, Answer(200, is_open(inner).encode()))

    assert caught.value.reason is Reason.UNREADABLE
