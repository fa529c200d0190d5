"""Replies of GetChatPresence, and what is read in them."""

import pytest

from bot.errors import Reason, Refused, SuperOfficeError, Unexpected
from bot.superoffice.api import PresenceRow
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import PRESENCE
from bot.superoffice.soap.transport import RawReply
from tests.kit.netserver import Kind
from tests.kit.netserver_xml import anna, namespace, presence, row

ANNA = PresenceRow(3, "Anna Berg", 2, present=True, topic_ids=(1, 12))
OLE = PresenceRow(4, "Ole Hansen", 0, present=True, topic_ids=())
OLES_ROW = row("<UserId>4</UserId>", "<DisplayName>Ole Hansen</DisplayName>", "<Present>true</Present>")
FULL = row(*anna()) + OLES_ROW
SOUND = presence(FULL)
TEXT = "the text of the reply"

FAILED: Kind = (Unexpected, Reason.FAILED)
UNREADABLE: Kind = (Unexpected, Reason.UNREADABLE)


def read(netserver: NetServer, reply: str, status: int = 200) -> list[PresenceRow]:
    """The rows in a reply of GetChatPresence."""
    return netserver.read(PRESENCE, RawReply(status, reply.encode()))


def refused(netserver: NetServer, reply: str, status: int = 200) -> SuperOfficeError:
    """The error that stands for a reply of GetChatPresence; if NetServer refused the call, what that is told as."""
    with pytest.raises(SuperOfficeError) as caught:
        read(netserver, reply, status)
    return caught.value.told if isinstance(caught.value, Refused) else caught.value


def body(inner: str) -> str:
    """A GetChatPresenceResponse around this."""
    return f'<GetChatPresenceResponse xmlns="{namespace()}">{inner}</GetChatPresenceResponse>'
