"""What an envelope says before its body is read, and that only the reply to what was asked is one."""

import pytest

from bot.superoffice.soap.netserver import NetServer
from tests.kit.netserver import everything_told, kind
from tests.kit.netserver_xml import (
    SOAP11,
    SOAP12,
    XSI,
    anna,
    envelope,
    exception_info,
    failed,
    namespace,
    presence,
    response,
    row,
    soap_fault,
    succeeded,
)
from tests.superoffice.soap.replies import ANNA, FAILED, FULL, OLE, SOUND, TEXT, UNREADABLE, body, read, refused

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


@pytest.mark.parametrize("info", ["", '<h:ExceptionInfo i:nil="true"/>', "<h:ExceptionInfo/>"])
def test_a_failure_without_an_exception_tells_none(netserver: NetServer, info: str) -> None:
    """Where NetServer names no exception, the log hears none."""
    assert refused(netserver, presence(headers=succeeded("false", info))).detail == ""


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


@pytest.mark.parametrize("said", ["true", "1", " true ", "\n\t1\n", "true&#13;"])
@pytest.mark.parametrize("info", ["", '<h:ExceptionInfo i:nil="true"/>', "<h:ExceptionInfo/>"])
def test_every_spelling_of_true_is_a_success(netserver: NetServer, said: str, info: str) -> None:
    """Succeeded is an XML boolean, with white space around it or not, and needs no ExceptionInfo beside it."""
    assert read(netserver, presence(FULL, headers=succeeded(said, info))) == [ANNA, OLE]


# --- other envelopes ---


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", ["s:Server", "f:InternalServiceFault", "f:DeserializationFailed", "", TEXT])
@pytest.mark.parametrize("beside", ["", body("<Response/>"), body(f"<Response>{FULL}</Response>")])
def test_a_soap_fault_is_a_failure_told_by_its_code_alone(
    netserver: NetServer, beside: str, code: str, status: int
) -> None:
    """A fault is a failure, with any status and beside any list; its text goes nowhere."""
    for inner in (soap_fault(code, TEXT) + beside, beside + soap_fault(code, TEXT)):
        error = refused(netserver, envelope(inner, headers=succeeded()), status)

        assert kind(error) == FAILED
        assert TEXT not in everything_told(error)


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


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (f"<wrapped>{SOUND}</wrapped>", "not a SOAP 1.1 envelope"),
        (SOUND.replace("<ChatPresence>", "<?x y?><ChatPresence>"), "a processing instruction in the envelope"),
        (f'<s:Envelope xmlns:s="{SOAP11}"/>', "no SOAP body"),
        (presence(FULL, headers=""), "NetServer did not say whether it succeeded"),
        (envelope(body("<Response/>")), "NetServer did not say whether it succeeded"),
        (presence(FULL, headers=succeeded() * 2), "more than one Succeeded"),
        (response("GetSimpleListResponse", "<Response/>"), "the SOAP body is not the reply"),
    ],
)
def test_of_an_envelope_that_is_refused_the_fault_is_told(netserver: NetServer, reply: str, told: str) -> None:
    """The log hears what is wrong with an envelope."""
    assert refused(netserver, reply).detail == told


def test_of_xml_that_is_none_only_the_kind_of_trouble_is_told(netserver: NetServer) -> None:
    """The parser's own message quotes the reply, so it goes nowhere."""
    error = refused(netserver, "<a><s3cret></b></a>")

    assert (*kind(error), error.detail) == (*UNREADABLE, "XMLSyntaxError")
    assert "s3cret" not in everything_told(error)


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
        pytest.param('<!DOCTYPE s:Envelope [<!ENTITY f SYSTEM "file:///etc/hosts">]>', "&f;", id="a file of ours"),
        pytest.param('<!DOCTYPE s:Envelope [<!ENTITY % p SYSTEM "file:///etc/hosts"> %p;]>', "Anna", id="parameter"),
    ],
)
def test_a_reply_with_a_dtd_is_refused(netserver: NetServer, doctype: str, name: str) -> None:
    """SOAP has no DTD, so a reply with one is an attack, whatever it declares."""
    fields = anna(DisplayName=f"<DisplayName>{name}</DisplayName>")

    assert kind(refused(netserver, presence(row(*fields), doctype=doctype))) == UNREADABLE
