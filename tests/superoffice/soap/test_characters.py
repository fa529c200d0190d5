"""Characters in names that XML forbids: no agent is lost for them, and no value changes."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Unexpected
from bot.superoffice.names import TopicNames
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import PRESENCE, SIGN_IN
from bot.superoffice.soap.transport import RawReply
from bot.superoffice.source import agents_of
from bot.text import one_line
from tests.kit.netserver import kind
from tests.kit.netserver_xml import anna, failed, presence, row, signed_in, succeeded
from tests.superoffice.soap.replies import UNREADABLE, refused

FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Encode = Callable[[str], bytes]
ENCODINGS: dict[str, Encode] = {
    "UTF-8": lambda text: text.encode("utf-8", "surrogatepass"),
    "UTF-8, marked": lambda text: b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"),
    "UTF-8, declared": lambda text: b'<?xml version="1.0" encoding="utf-8"?>' + text.encode("utf-8", "surrogatepass"),
    "UTF-16": lambda text: text.encode("utf-16", "surrogatepass"),
    "UTF-16BE, marked": lambda text: b"\xfe\xff" + text.encode("utf-16-be", "surrogatepass"),
    "UTF-16LE, declared": lambda text: f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode(
        "utf-16-le", "surrogatepass"
    ),
    "UTF-16, declared": lambda text: f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16", "surrogatepass"),
}


def names_in(netserver: NetServer, reply: bytes) -> list[str]:
    """The names of the agents in a reply, as people see them."""
    rows = netserver.read(PRESENCE, RawReply(200, reply))
    return [agent.name for agent in agents_of(rows, TopicNames((), {}))]


def named(*names: str) -> str:
    """A reply with agents of these names, which are XML."""
    return presence(*(row(*anna(DisplayName=f"<DisplayName>{name}</DisplayName>")) for name in names))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("written", "name"),
    [
        *(
            (f"Anna{forbidden} Berg", "Anna Berg")
            for forbidden in (
                "&#x1F;", "&#31;", "&#x0;", "&#0;", "&#x001f;", "&#000031;", f"&#x{'0' * 9000}1F;", "&#xD83D;",
                "&#xDE00;", "&#xDE00;&#xD83D;", "&#xFFFE;", "&#xffff;", "&#65535;", "\x0b", "\x00", "\x1f", "\ud83d",
                "\uffff",
            )
        ),
        ("Anna &#xD83D;&#xDE00; Berg", "Anna 😀 Berg"),
        ("Anna &#55357;&#xde00; Berg", "Anna 😀 Berg"),
        ("Anna \ud83d&#xDE00; Berg", "Anna 😀 Berg"),
        ("&lt;b&gt; &amp;#x1F; &#60;&#x3c;&#38;#31;&#x1F;", "<b> &#x1F; <<&#31;"),
        ("<![CDATA[&#x1F;]]>&#x1F;", "&#x1F;"),
        ("<![CDATA[&#x1F;\x0b<!--]]>&#x1F;-->", "&#x1F;<!---->"),
        ("<!-- &#x1F; \x0b <![CDATA[ -->Anna&#x1F; Berg", "Anna Berg"),
        ("<!--\n&#x1F;-->Anna <![CDATA[\n&#x1F;]]>&#x1F;", "Anna &#x1F;"),
        ("Å&#x1F;sa 😀", "Åsa 😀"),
    ],
)  # fmt: skip
def test_a_forbidden_character_costs_no_agent(netserver: NetServer, encoding: str, written: str, name: str) -> None:
    """A reference that XML forbids, or the character itself, is left out, wherever it is and in each encoding of WCF's.

    What only looks like a reference, in CDATA, in a comment or escaped, is left alone. A surrogate pair is a character.
    """
    reply = ENCODINGS[encoding](named("Ole", written, "Kari"))

    assert names_in(netserver, reply) == ["Ole", name, "Kari"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-7", "utf-32", "cp037", "ucs4", "nonsense"])
def test_an_encoding_that_is_not_wcfs_is_refused(netserver: NetServer, encoding: str) -> None:
    """A reply is in UTF-8 or UTF-16, whatever else libxml2 could read: in some encodings `<` is another byte."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{named("Anna")}'
    told = refused(netserver, declared)
    assert (*kind(told), told.detail) == (*UNREADABLE, "an encoding that is not WCF's")

    if encoding in {"utf-7", "utf-32", "cp037"}:
        with pytest.raises(Unexpected) as caught:
            names_in(netserver, declared.encode(encoding))
        assert kind(caught.value) == UNREADABLE


@given(
    st.lists(st.text(st.characters(exclude_categories=()), max_size=20), max_size=5), st.sampled_from(sorted(ENCODINGS))
)
@settings(max_examples=300)
def test_any_name_arrives_with_its_printable_characters(netserver: NetServer, names: list[str], encoding: str) -> None:
    """However a name is made, WCF writes it so that the agent arrives, and all of it that can be seen."""
    reply = ENCODINGS[encoding](named(*map(as_wcf_writes, names)))

    assert names_in(netserver, reply) == [one_line(FORBIDDEN.sub("", whole(name))) or "Agent 3" for name in names]


def as_wcf_writes(name: str) -> str:
    """A name in XML: each code unit that XML forbids is a reference, and so is a carriage return."""
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
    return FORBIDDEN.sub(lambda found: f"&#x{ord(found[0]):X};", escaped)


def whole(name: str) -> str:
    """The name with each pair of surrogates as the character that they are."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize("forbidden", ["&#x1F;", "&#31;", "\x0b", "&#xD83D;", "&#xFFFF;"])
@pytest.mark.parametrize(
    "reply",
    [
        presence(row(*anna(Present="<Present>t!rue</Present>"))),
        presence(row(*anna(Present="<Present>true!</Present>"))),
        presence(row(*anna(OngoingChats="<OngoingChats>1!2</OngoingChats>"))),
        presence(row(*anna(UserId="<UserId>!3</UserId>"))),
        presence(row(*anna(ChatTopics="<ChatTopics><a:int>1!</a:int></ChatTopics>"))),
        presence(row(*anna()), headers=succeeded("t!rue")),
        presence(row(*anna()), headers=succeeded("true!")),
        presence(row("!", *anna())),
        named("Anna").replace("<DisplayName>", "<Display!Name>"),
        named("Anna") + "!",
        "!" + named("Anna"),
    ],
)
def test_a_forbidden_character_changes_no_value(netserver: NetServer, reply: str, forbidden: str) -> None:
    """A number, a boolean or a name of XML's that has one in it is refused, never read without it."""
    assert kind(refused(netserver, reply.replace("!", forbidden))) == UNREADABLE


def test_a_ticket_is_never_another_one(netserver: NetServer) -> None:
    """A ticket with a forbidden character is refused; elsewhere in the reply to a password, one costs nothing."""
    sound = signed_in("7T:a").replace("<Associate>", "<Associate>&#x1F;")
    assert netserver.read(SIGN_IN, RawReply(200, sound.encode())).ticket == "7T:a"
    with pytest.raises(Unexpected) as caught:
        netserver.read(SIGN_IN, RawReply(200, signed_in("7T:&#x1F;a").encode()))
    assert kind(caught.value) == UNREADABLE


@pytest.mark.parametrize("broken", ["&#x1F", "&#x110000;", "&#x1G;", "&#;", "&#x;", "&#-1;", "&#x1F;<b>", "&lol;"])
def test_what_is_broken_otherwise_is_not_mended(netserver: NetServer, broken: str) -> None:
    """Only characters are cleaned: XML that is broken is refused as before."""
    assert kind(refused(netserver, named(f"&#x1F;{broken}"))) == UNREADABLE


def test_a_refusal_is_read_in_spite_of_a_forbidden_character(netserver: NetServer) -> None:
    """A message with one does not hide what NetServer refused."""
    assert refused(netserver, failed("A.SoSentryException", "no&#x1F;")).detail == "SoSentryException"
