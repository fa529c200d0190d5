"""What a reply may cost: it is counted before it is parsed, and one that would take too much is refused as a whole."""

import asyncio
import gzip
import sys
from asyncio.subprocess import PIPE
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bot.errors import Unexpected
from bot.superoffice.soap.cost import MAX_ATTRIBUTES, MAX_NODES, check_cost, most_nodes
from playground.netserver_xml import Writer, presence_list
from playground.office import big_office
from tests.kit.process import PROJECT

MORE_MIB: Final = 150
CAP: Final = 10_400_000
"""About as many bytes as a reply may have."""

ROOM: Final = MAX_NODES - 1_000


def attributes(number: int) -> str:
    return "".join(f' b{n}="{n}"' for n in range(number))


def named(name: str) -> str:
    return f"<ChatPresence><UserId>1</UserId><DisplayName>{name}</DisplayName><Present>true</Present></ChatPresence>"


# As heavy as it may be, and then heavier.
TOO_MANY_ROWS: Final = "answer too large (GetChatPresence: over 25,000 rows)"
HEAVY: Final = {
    "elements": ("<a/>" * (ROOM // 2), TOO_MANY_ROWS),
    "elements and texts": ("<a>x</a>y" * (ROOM // 3), TOO_MANY_ROWS),
    "tags full of attributes": (
        f"<a{attributes(90)}/>" * (ROOM // 182), "unreadable answer (ArrayOfChatPresence holds nothing known)",
    ),
    "agents": (presence_list(big_office(25_000, 500).agents), "25,000 agents"),
    "long names": (named("x" + "\u0337\u0301" * 500) * (CAP // 2_200), "4,727 agents"),
    "a name": (named("\U0001f600" * 2_470_000), "1 agents"),
    "forbidden characters": (named("&#x1F;" * 150) * (CAP // 1_100), "9,454 agents"),
    "many elements": ("<a/>" * (CAP // 4), "answer too large (over 900,000 nodes)"),
    "many attributes": (f"<a{attributes(100_000)}/>", "answer too large (over 100 attributes)"),
    "many rows": (presence_list(big_office(25_001, 0).agents), TOO_MANY_ROWS),
}  # fmt: skip


@pytest.mark.parametrize(("inner", "becomes"), HEAVY.values(), ids=HEAVY)
async def test_no_reply_takes_much_memory(inner: str, becomes: str) -> None:
    """However a reply is made, it takes the bot at most 150 MiB, until it is read or refused; nothing is cut off."""
    response = inner if inner.startswith("<Response") else f"<Response>{inner}</Response>"
    packed = gzip.compress(Writer(86, "").reply("GetChatPresence", response).encode(), 1)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.hostile.heavy"), cwd=PROJECT, stdin=PIPE, stdout=PIPE
    )
    said, _ = await child.communicate(packed)
    outcome, more_mib = said.decode().splitlines()

    assert outcome == becomes
    assert float(more_mib) <= MORE_MIB


texts = st.text(st.sampled_from("x=<>&\u00e5 "), max_size=20).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
names = st.sampled_from(["a", "b", "DisplayName"])


def tag(name: str, values: list[str], inner: str, after: str) -> str:
    said = "".join(f" xmlns:b{n}='u'" if n % 3 == 2 else f" b{n}='{value}'" for n, value in enumerate(values))
    return f"<{name}{said}>{inner}</{name}>{after}" if inner else f"<{name}{said}/>{after}"


def around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    values = st.lists(texts.map(lambda text: text.replace("'", "")), max_size=4)
    many = st.builds(lambda value, number: [value] * number, texts, st.integers(0, 400))
    wide = st.builds(lambda each, number: each * number, inner, st.integers(1, 30))
    cdata = texts.map(lambda text: f"<![CDATA[{text.replace(']', '')}]]>")
    return st.builds(tag, names, values | many, wide | cdata | inner, texts.map(lambda text: text.replace("]]>", "")))


trees = st.recursive(texts, around, max_leaves=12)


@given(trees)
@settings(max_examples=300, deadline=None)
def test_no_reply_becomes_more_than_was_counted(inner: str) -> None:
    """Whatever is in a reply, libxml2 makes no more nodes of it than were counted, nor large tags of what is let in."""
    content = f"<r>{inner}</r>".encode()
    root = etree.fromstring(content)
    elements = list(root.iter())
    found = sum(1 + bool(each.text) + bool(each.tail) + 2 * len(each.attrib) for each in elements)

    assert found <= most_nodes(content)
    if any(len(each.attrib) + len(each.nsmap) > 2 * MAX_ATTRIBUTES for each in elements):
        with pytest.raises(Unexpected, match="over 100 attributes"):
            check_cost(content)
    elif content.count(b"=") <= MAX_ATTRIBUTES:
        check_cost(content)


@pytest.mark.parametrize("more", [0, 1])
def test_nodes_are_counted_up_to_the_bound(more: int) -> None:
    """A reply with as many nodes as there may be is let in, and one with a single one more is not."""
    content = b"<a/>" * (MAX_NODES // 2) + b"</a>" * more
    if more:
        with pytest.raises(Unexpected, match="over 900,000 nodes"):
            check_cost(content)
    else:
        check_cost(content)
