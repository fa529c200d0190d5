"""What a reply must say, what it may leave out, and what more a newer server may say; with zeep, and no network."""

import asyncio
import re

import pytest

from bot.errors import Reason, Unexpected
from bot.superoffice.api import PresenceRow, TopicRow
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import IS_OPEN, TOPIC_NAMES
from bot.superoffice.soap.transport import RawReply
from tests.kit.netserver import kind
from tests.kit.netserver_xml import anna, envelope, is_open, presence, response, row, succeeded, topic_list
from tests.superoffice.soap.replies import ANNA, FULL, OLE, OLES_ROW, SOUND, UNREADABLE, body, read, refused

NOBODY = PresenceRow(0, "", 0, present=False, topic_ids=())


def with_field(name: str, written: str) -> str:
    """The reply in which Anna has a field written otherwise."""
    return presence(row(*anna(**{name: written})), OLES_ROW)


# --- nobody, and nothing said ---


@pytest.mark.parametrize("inner", ["<Response/>", "<Response></Response>", "<Response>\n  </Response>"])
def test_an_empty_list_that_succeeded_means_nobody(netserver: NetServer, inner: str) -> None:
    """The one way to say that nobody is there: Succeeded=true and an empty Response."""
    assert read(netserver, response("GetChatPresenceResponse", inner)) == []


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
        pytest.param(SOUND.replace("</s:Body>", "</s:Body><s:Header/>"), id="a Header behind the Body"),
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

    assert read(netserver, presence(*written)) == expected


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
    assert read(netserver, with_field(field, written.format(field))) == [DEFAULTS[field], OLE]


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
    assert read(netserver, with_field(field, f"<{field}>{said}</{field}>")) == [expected, OLE]


@pytest.mark.parametrize("empty", ["<ChatTopics/>", '<ChatTopics><a:int i:nil="true"/></ChatTopics>'])
def test_an_agent_may_be_a_member_of_nothing(netserver: NetServer, empty: str) -> None:
    """ChatTopics without an id are no topics, and a nil id is none."""
    assert read(netserver, with_field("ChatTopics", empty)) == [DEFAULTS["ChatTopics"], OLE]


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


@pytest.mark.parametrize("said", ["true", " 1 "])
@pytest.mark.parametrize("unknown", [False, True], ids=["known", "unknown"])
@pytest.mark.parametrize("place", ["Response", "ChatPresence", *DEFAULTS, "a:int"])
def test_what_is_nil_and_not_empty_is_refused(netserver: NetServer, place: str, unknown: bool, said: str) -> None:
    """An element that says it is nothing, and holds something known or not, says two things: neither is believed."""
    nil = f'<{place} i:nil="{said}">'
    reply = SOUND.replace(f"<{place}>", f"{nil}<Mood/></{place}><{place}>" if unknown else nil, 1)

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

    assert read(netserver, presence(row(*fields), row(*fields), OLES_ROW)) == [ANNA, ANNA, OLE]


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
    assert read(netserver, reply) == [ANNA, OLE]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (presence("<Mood/>"), "ArrayOfChatPresence holds nothing known"),
        (SOUND.replace("<Response>", '<Response i:nil="true"><Mood/>'), "ArrayOfChatPresence is nil and not empty"),
    ],
)
def test_of_a_reply_that_means_nothing_the_type_is_told(netserver: NetServer, reply: str, told: str) -> None:
    """The log hears which of the contract's types could not be read."""
    assert refused(netserver, reply).detail == told


def test_of_a_broken_contract_the_rule_is_told(netserver: NetServer) -> None:
    """The log hears which rule of XML Schema was broken, which quotes nothing of the reply."""
    error = refused(netserver, with_field("OngoingChats", "<OngoingChats>s3cret</OngoingChats>"))

    assert error.detail == "against the contract: SCHEMAV_CVC_DATATYPE_VALID_1_2_1"


@pytest.mark.parametrize("own", ["h:ChatPresence", "h:Carrier", "i:string", "undeclared:Own", "Own", ""])
def test_types_and_attributes_of_the_servers_own_change_nothing(netserver: NetServer, own: str) -> None:
    """Whatever type an element claims to have, known or not, it is read as the contract's."""
    names = "GetChatPresenceResponse|Response|ChatPresence|UserId|DisplayName|Present|ChatTopics|a:int"
    reply = re.sub(rf"<({names})(?=[ >])", rf'<\1 xmlns:z="urn:z" i:type="{own}" z:Id="i1" own="1"', SOUND)

    assert reply.count("z:Id") > 11
    assert read(netserver, reply) == [ANNA, OLE]


def test_names_come_through_as_written(netserver: NetServer) -> None:
    """Markup, character references and CDATA in a name are text."""
    written = "<DisplayName> &lt;b&gt; &amp;amp; <![CDATA[]]&]]>&#229;\u202e\n x\u00e9\U0001f9d1</DisplayName>"
    (first, _) = read(netserver, with_field("DisplayName", written))

    assert first.name == " <b> &amp; ]]&\u00e5\u202e\n x\u00e9\U0001f9d1"


async def test_replies_are_read_side_by_side(netserver: NetServer) -> None:
    """However many threads read replies at once, each is read, or refused with its own reason, as if it were alone."""
    wrong = SOUND.replace("<UserId>3", "<UserId>x", 1)
    reading = [asyncio.to_thread(read, netserver, reply) for reply in (SOUND, wrong) * 50]
    ended = await asyncio.gather(*reading, return_exceptions=True)

    assert all(each == [ANNA, OLE] for each in ended[::2])
    assert {str(each) for each in ended[1::2]} == {str(refused(netserver, wrong))}


# --- the other operations ---


def test_topic_names_are_rows(netserver: NetServer) -> None:
    """The list of topics is read with what a newer or a real server says more in each item."""
    nil = '<MDOListItem><Id i:nil="true"/><Name i:nil="true"/><Type>x</Type></MDOListItem>'
    gone = "<MDOListItem><Id>9</Id><Name>Fax</Name><Deleted>1</Deleted><Rank>1</Rank></MDOListItem>"
    reply = topic_list((1, "Billing")).replace("</Response>", f"{gone}{nil}</Response>")

    assert netserver.read(TOPIC_NAMES, RawReply(200, reply.encode())) == (
        TopicRow(0, "All", deleted=False),
        TopicRow(1, "Billing", deleted=False),
        TopicRow(9, "Fax", deleted=True),
        TopicRow(0, "", deleted=False),
    )


@pytest.mark.parametrize(("said", "expected"), [("true", True), ("1", True), ("false", False), (" 0 ", False)])
@pytest.mark.parametrize("unsaid", ["", "<Response/>", '<Response i:nil="true"/>', "<Response>False</Response>"])
def test_opening_hours_are_an_xml_boolean(netserver: NetServer, said: str, expected: bool, unsaid: str) -> None:
    """Every spelling of a boolean says whether a topic is open; nothing, nil, or another word is no answer.

    https://www.w3.org/TR/xmlschema-2/#boolean
    """
    reply = is_open(f"<Response>{said}</Response>")

    assert netserver.read(IS_OPEN, RawReply(200, reply.encode())) is expected
    with pytest.raises(Unexpected) as caught:
        netserver.read(IS_OPEN, RawReply(200, is_open(unsaid).encode()))
    assert caught.value.reason is Reason.UNREADABLE
