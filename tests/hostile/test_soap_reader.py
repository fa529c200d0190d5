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

SEEDS = seeds()
WRITER = Writer(86, "http://127.0.0.1:1/entity")

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


def test_a_broken_reply_is_refused_or_read_as_it_is(reader: Reader) -> None:
    """However a reply is broken, what is taken for a success is one, and says what the product reads in it.

    These are always the same replies, of which some hundreds are a success; `fuzz/soap_reader.py` goes on from there.
    """
    before = reader.outcomes["success"]

    assert by_chance(reader, inputs=5_000, seed=20_260_302, findings=None) == 0
    assert reader.outcomes["success"] > before + 300


@given(st.binary(max_size=2_000), st.sampled_from([b"", b"<?xml version='1.0'?>", *SEEDS[:2]]))
@settings(max_examples=200)
def test_any_bytes_are_a_reply_or_an_error(reader: Reader, answer: bytes, before: bytes) -> None:
    """No bytes make the reader fail otherwise than with a SuperOfficeError, or take what is no reply for one."""
    reader.check(before + answer)


@given(
    sources,
    chances,
    st.sampled_from([200, 200, 200, 201, 204, 206, 299, 301, 302, 400, 401, 429, 500, 502, 503]),
    st.sampled_from(["text/xml", "text/xml; charset=utf-16", "application/xml", "text/html", "multipart/related", ""]),
    st.sampled_from([None, "", "identity", "gzip", "deflate", "gzip, gzip"]),
    st.sampled_from([None, "7", "-1", "1e9", "9" * 400, "Wed, 21 Oct 2026 07:28:00 GMT", "\u0665"]),
)
@settings(max_examples=200)
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
@settings(max_examples=200)
def test_a_broken_sign_in_gives_its_ticket_or_none(line: Line, let_in: bool, chance: random.Random) -> None:
    """However the reply to a password is broken, a ticket that is taken from it is the one that it gives."""
    reply = WRITER.reply("AuthenticateUsernamePassword", signed_in("who", "7T:a ticket" if let_in else None))
    answer = broken(reply.encode(), chance.randrange)
    line.says["AuthenticateUsernamePassword"] = lambda: xml(answer)

    try:
        session = line.run(password_sign_in(line.netserver).session())
    except SuperOfficeError:
        return
    assert session.ticket == ticket_said(answer)


@given(chances)
@settings(max_examples=200)
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
