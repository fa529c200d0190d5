"""Whatever comes in place of a reply: an answer, or a SuperOfficeError, and never a success that nobody reported."""

import gzip
import logging
import random
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SuperOfficeError
from bot.superoffice.names import TopicNames
from fuzz.soap_reader import Reader, broken, by_chance
from playground.netserver_xml import Writer, signed_in, topic_list
from tests.hostile.conftest import Line, xml
from tests.hostile.mutations import seeds
from tests.hostile.oracle import NotSaid, agents_said, clean, ticket_said
from tests.kit.netserver import password_sign_in
from tests.kit.netserver_xml import anna, namespace, presence, row, succeeded

SEEDS = seeds()
WRITER = Writer(86, "http://127.0.0.1:1/entity")
SOUND = presence(row(*anna()))
NOBODY = f'<GetChatPresenceResponse xmlns="{namespace()}"><Response/></GetChatPresenceResponse>'

sources = st.sampled_from(SEEDS)
chances = st.randoms(use_true_random=False)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The product's reader without a network."""
    logging.getLogger("zeep").setLevel(logging.CRITICAL)  # as the product does
    reader = Reader()
    yield reader
    reader.close()
    logging.getLogger("zeep").setLevel(logging.NOTSET)


@pytest.mark.parametrize("answer", SEEDS)
def test_whole_replies_are_read_alike(reader: Reader, answer: bytes) -> None:
    """Two readings that know nothing of each other agree on every reply that NetServer's stand-in writes."""
    try:
        said = agents_said(answer)
    except NotSaid:
        assert reader.read(answer) is None
    else:
        assert reader.read(answer) in (said, None)


def test_sound_replies_are_taken() -> None:
    """The two readings agree on something: a sound reply is a success to both."""
    reader = Reader()
    sound = agents_said(SOUND.encode())

    assert len(sound) == 1
    assert reader.read(SOUND.encode()) == sound
    reader.close()


@given(st.binary(max_size=2_000), st.sampled_from([b"", b"<?xml version='1.0'?>", *SEEDS[:2]]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_reply_or_an_error(reader: Reader, answer: bytes, before: bytes) -> None:
    """No bytes make the reader fail otherwise than with a SuperOfficeError, or take what is no reply for one."""
    reader.check(before + answer)


@given(sources, chances)
@settings(max_examples=500, deadline=None)
def test_a_broken_reply_is_refused_or_read_as_it_is(reader: Reader, answer: bytes, chance: random.Random) -> None:
    """However a reply is broken, what is taken for a success is one, and says what the product reads in it."""
    reader.check(broken(answer, chance.randrange))


def test_thousands_of_broken_replies(reader: Reader) -> None:
    """The same for very many, always the same ones; `fuzz/soap_reader.py` goes on from there."""
    assert by_chance(reader, inputs=5_000, seed=20_260_302, findings=None) == 0


def twice(element: str, other: str) -> str:
    """The sound reply with another element behind one of its own."""
    return SOUND.replace(f"</s:{element}>", f"</s:{element}>{other}", 1)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(presence(row(*anna()), headers=succeeded() + "<h:Succeeded>false</h:Succeeded>"), id="Succeeded"),
        pytest.param(presence(row(*anna()), headers=succeeded() * 2), id="Succeeded, the same"),
        pytest.param(twice("Header", f"<s:Header>{succeeded('false')}</s:Header>"), id="Header"),
        pytest.param(twice("Body", f"<s:Header>{succeeded('false')}</s:Header>"), id="Header behind the Body"),
        pytest.param(twice("Body", f"<s:Body>{NOBODY}</s:Body>"), id="Body"),
        pytest.param(SOUND.replace("<s:Body>", f"<s:Body>{NOBODY}"), id="reply"),
        pytest.param(SOUND.replace("</Response>", "</Response><Response/>"), id="Response"),
        *(pytest.param(presence(row(*anna(**{each: field * 2}))), id=each) for each, field in zip(
            ("UserId", "DisplayName", "OngoingChats", "Present", "ChatTopics"), anna(), strict=True
        )),
    ],
)  # fmt: skip
def test_what_is_said_twice_is_not_said(reader: Reader, answer: str) -> None:
    """An element that the contract has once, and the reply twice, leaves open which of them is meant."""
    with pytest.raises(NotSaid):
        agents_said(answer.encode())
    assert reader.read(answer.encode()) is None


@pytest.mark.parametrize("place", ["GetChatPresenceResponse", "ChatPresence"])
def test_nil_switches_no_check_off(reader: Reader, place: str) -> None:
    """Beneath an element that claims to be nil, a number that is none makes no busy agent free."""
    answer = presence(row(*anna(OngoingChats="<OngoingChats>many</OngoingChats>")))

    assert reader.read(answer.replace(f"<{place}", f'<{place} i:nil="true"').encode()) is None


@pytest.mark.parametrize("field", ["DisplayName", "a:int"])
def test_nil_lets_no_foreign_type_in(reader: Reader, field: str) -> None:
    """Beneath an element that claims to be nil, a value that claims to be a list does not break the reader."""
    answer = SOUND.replace("<ChatPresence>", '<ChatPresence i:nil="true">')

    assert reader.read(answer.replace(f"<{field}>", f'<{field} i:type="ChatPresence">').encode()) is None


@given(
    sources,
    chances,
    st.sampled_from([200, 200, 200, 201, 204, 206, 299, 301, 302, 400, 401, 429, 500, 502, 503]),
    st.sampled_from(["text/xml", "text/xml; charset=utf-16", "application/xml", "text/html", "multipart/related", ""]),
    st.sampled_from([None, "", "identity", "gzip", "deflate", "gzip, gzip"]),
    st.sampled_from([None, "7", "-1", "1e9", "9" * 400, "Wed, 21 Oct 2026 07:28:00 GMT", "\u0665"]),
)
@settings(max_examples=200, deadline=None)
def test_any_answer_over_http_is_a_snapshot_or_an_error(
    line: Line,
    answer: bytes,
    chance: random.Random,
    status: int,
    content_type: str,
    encoding: str | None,
    retry_after: str | None,
) -> None:
    """Through the whole client, with any status and headers: a snapshot that the reply holds, or a SuperOfficeError."""
    answer = broken(answer, chance.randrange)
    content = gzip.compress(answer, 1, mtime=0) if encoding == "gzip" and chance.randrange(4) else answer
    headers = {"Content-Type": content_type, "Content-Encoding": encoding, "Retry-After": retry_after}
    sent = [(name.encode(), value.encode()) for name, value in headers.items() if value is not None]
    line.says["GetChatPresence"] = lambda: httpx.Response(status, headers=sent, stream=httpx.ByteStream(content))

    try:
        snapshot = line.run(line.snapshot())
    except SuperOfficeError:
        return
    assert status == 200
    seen = [(each.user_id, each.name, each.present, each.ongoing_chats) for each in snapshot.agents]
    assert seen == [(each.user_id, each.name, each.present, each.chats) for each in agents_said(answer)]


@given(st.booleans(), chances)
@settings(max_examples=200, deadline=None)
def test_a_broken_sign_in_gives_its_ticket_or_none(line: Line, let_in: bool, chance: random.Random) -> None:
    """However the reply to a password is broken, a ticket that is taken from it is the one that it gives."""
    reply = WRITER.reply("AuthenticateUsernamePassword", signed_in("who", "7T:a ticket" if let_in else None))
    answer = broken(reply.encode(), chance.randrange)
    line.says["AuthenticateUsernamePassword"] = lambda: xml(answer)

    try:
        session = line.run(password_sign_in(line.netserver).session(None))
    except SuperOfficeError:
        return
    assert session.ticket == ticket_said(answer)


@given(chances)
@settings(max_examples=200, deadline=None)
def test_broken_topic_names_are_names_or_an_error(line: Line, chance: random.Random) -> None:
    """However the list of topics is broken, it gives numbers with clean names, or a SuperOfficeError."""
    reply = WRITER.reply("GetSimpleList", topic_list({2: "Billing", 3: "Orders"}))
    answer = broken(reply.encode(), chance.randrange)
    line.says["GetSimpleList"] = lambda: xml(answer)

    try:
        rows = line.run(line.topic_names())
    except SuperOfficeError:
        return
    assert all(type(row.id) is int and type(row.name) is str and type(row.deleted) is bool for row in rows)
    assert all(topic.name == clean(topic.name) for topic in TopicNames(rows, {}).in_use)
