"""What wrong settings may lead to: web servers, proxies, and Slack, each with one fault."""

import datetime as dt
import json
import ssl
from collections.abc import Callable, Mapping
from typing import Final

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.kit.netserver_xml import presence
from tests.wrong_settings.world import Full, Nobody, Place, Server

REMOTE: Final = "/SuperOffice/Remote"

AUTHORITY: Final = trustme.CA()
"""The one that this machine trusts."""

_NOW: Final = dt.datetime.now(dt.UTC)
_DAY: Final = dt.timedelta(days=1)


def http(status: str, body: str = "<html>No</html>", **headers: str) -> bytes:
    """An answer of HTTP; a web page, unless a header says otherwise."""
    sent = {"Content-Type": "text/html", "Content-Length": str(len(body.encode())), "Connection": "close"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n{body}".encode()


def soap() -> bytes:
    """An answer of NetServer's."""
    return http("200 OK", presence(), Content_Type="text/xml; charset=utf-8")


def says(status: str, body: str = "<html>No</html>", **headers: str) -> Callable[[], Place]:
    """A web server that gives the same answer to everything."""
    return lambda: Server(http(status, body, **headers))


def _tls(certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (certificate or AUTHORITY.issue_cert("127.0.0.1")).configure_cert(context)
    return context


def secure(certificate: trustme.LeafCert | None = None) -> Callable[[], Place]:
    """NetServer behind a certificate."""
    return lambda: Server(soap(), tls=_tls(certificate))


def _old() -> Place:
    """A server that knows TLS 1.0 alone, as far as its answer goes; the TLS of some systems can't be made so old.

    The answer is a fatal alert, "protocol version": https://www.rfc-editor.org/rfc/rfc5246#section-7.2
    """
    server = Server(greeting=bytes([21, 3, 1, 0, 2, 2, 70]))
    server.url = server.url.replace("http:", "https:")
    return server


def _demanding() -> Place:
    context = _tls()
    AUTHORITY.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return Server(soap(), tls=context)


def _its_own() -> Place:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, _NOW - _DAY, _NOW + _DAY).sign(key, hashes.SHA256())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with trustme.Blob(private + made.public_bytes(serialization.Encoding.PEM)).tempfile() as file:
        context.load_cert_chain(file)
    return Server(soap(), tls=context)


def slack_says(error: str, **headers: str) -> Callable[[], Place]:
    """Slack, which refuses every call with this word."""
    status = "429 Too Many Requests" if error == "ratelimited" else "200 OK"
    return says(status, json.dumps({"ok": False, "error": error}), Content_Type="application/json", **headers)


def slack_answers(**user: object) -> Callable[[bytes], bytes]:
    """What Slack answers to each request, where everybody is like this."""
    me = {"ok": True, "user": "who", "team": "Demo", "team_id": "T1", "user_id": "U1", "bot_id": "B1", "url": ""}
    answers: Mapping[bytes, Mapping[str, object]] = {
        b"/api/auth.test": me,
        b"/api/bots.info": {"ok": True, "bot": {"app_id": "A0WHOAPP1"}},
        b"/api/users.info": {"ok": True, "user": {"team_id": "T1"} | user},
    }

    def answer(request: bytes) -> bytes:
        body = answers.get(request.split()[1].partition(b"?")[0], {"ok": True, "url": "wss://127.0.0.1/"})
        return http("200 OK", json.dumps(body), Content_Type="application/json")

    return answer


def slack_says_yes() -> Place:
    """Something that says yes to everything, and is not Slack."""
    return Server(http("200 OK", json.dumps({"ok": True}), Content_Type="application/json"))


def slack_knows(**user: object) -> Callable[[], Place]:
    """Slack, where everybody is like this."""
    return lambda: Server(slack_answers(**user))


def moved(to: str) -> Callable[[], Place]:
    """A web server that sends everybody on."""
    return says("301 Moved Permanently", Location=to)


def _in_a_circle() -> Place:
    return Server(lambda request: http("302 Found", Location=request.split()[1].decode()))


IIS: Final = "<html><title>IIS 10.0 Detailed Error - {} - Forbidden</title></html>"

PLACES: Final[Mapping[str, Callable[[], Place]]] = {
    "nobody": Nobody,
    "full": Full,
    "captive": lambda: Server(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n"),
    "slack_moved": says("307 Temporary Redirect", Location="https://elsewhere.example/api/auth.test"),
    "slack_nobody": slack_says_yes,
    "silent": lambda: Server(silent=True),
    "drops": Server,
    "ssh": lambda: Server(greeting=b"SSH-2.0-OpenSSH_9.6\r\n"),
    "mail": lambda: Server(greeting=b"220 mail.example.com ESMTP\r\n"),
    "secure": secure(),
    "nginx": lambda: Server(soap(), tls=_tls(), plain=http("400 No", "The plain HTTP request was sent to HTTPS port")),
    "expired": secure(AUTHORITY.issue_cert("127.0.0.1", not_before=_NOW - 2 * _DAY, not_after=_NOW - _DAY)),
    "early": secure(AUTHORITY.issue_cert("127.0.0.1", not_before=_NOW + _DAY, not_after=_NOW + 2 * _DAY)),
    "other_host": secure(AUTHORITY.issue_cert("other.example")),
    "unknown": secure(trustme.CA().issue_cert("127.0.0.1")),
    "its_own": _its_own,
    "old": _old,
    "demanding": _demanding,
    "wants_certificate": says("400 Bad Request", "<html>No required SSL certificate was sent</html>"),
    "iis_wants_certificate": says("403 Forbidden", IIS.format("403.7")),
    "iis_wants_tls": says("403 Forbidden", IIS.format("403.4")),
    "to_https": moved(f"https://127.0.0.1{REMOTE}/Services86/Chat.svc"),
    "to_another": moved(f"https://user:s3cret@crm2.example.com{REMOTE}/Services86/Chat.svc?ticket=s3cret"),
    "to_login": moved("/SuperOffice/Login.aspx?ReturnUrl=s3cret"),
    "to_nowhere": says("302 Found"),
    "in_a_circle": _in_a_circle,
    "negotiate": says("401 Unauthorized", WWW_Authenticate="Negotiate"),
    "basic": says("401 Unauthorized", WWW_Authenticate='Basic realm="x"'),
    **{
        f"http_{status}": says(f"{status} No")
        for status in (400, 403, 404, 405, 407, 415, 421, 429, 500, 502, 503, 504)
    },
    "page": says("200 OK"),
    "empty": says("200 OK", "", Content_Type="text/xml"),
    "slack_page": says("200 OK", "<html>You are offline</html>"),
    "slack_expired": slack_says("token_expired"),
    "slack_limited": slack_says("ratelimited", Retry_After="30"),
    "slack": slack_knows(),
    "slack_left": slack_knows(deleted=True),
    "slack_bots": slack_knows(is_bot=True),
    "slack_others": slack_knows(team_id="T2"),
    **{
        f"slack_{error}": slack_says(error)
        for error in (
            "invalid_auth", "account_inactive", "token_revoked", "not_authed", "not_allowed_token_type",
            "team_access_not_granted", "org_login_required", "ekm_access_denied", "user_not_visible_at_all",
        )
    },
}  # fmt: skip
"""What a row's settings may lead to."""
