"""Notices by mail, against a real SMTP server."""

from __future__ import annotations

import email
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from cocflow.adapters.mail import TIMEOUT, MailNotifier, SmtpSettings
from cocflow.adapters.oauth import Tokens
from cocflow.adapters.sasl import Token
from cocflow.core.people.person import Person
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import quoted
from cocflow.ports import ChannelError, Message, RefusedError
from tests.hostile import HOSTILE
from tests.servers.exim import PROGRAM as EXIM
from tests.servers.exim import exim
from tests.servers.loop import Certificates
from tests.servers.oauth import Provider, provider
from tests.servers.smtp import PASSWORD, USER, SmtpServer, TakesTokens, smtp_server

SECRET = "s3cr3t"
TOKEN = "abcdefghijkl"
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    """Return certificates for the loopback."""
    return Certificates()


@pytest.fixture(scope="module")
def _server() -> Iterator[SmtpServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def server(_server: SmtpServer) -> SmtpServer:
    """Return the server, as if new."""
    _server.envelopes.clear()
    _server.answers.clear()
    _server.only_sender, _server.late = "", False
    return _server


def settings(server: SmtpServer, more: str = "") -> SmtpSettings:
    """Return settings that lead to a server."""
    return SmtpSettings.from_url(f"smtp://127.0.0.1:{server.port}?from=coc@example.org{more}")


def notifier(server: SmtpServer, mailbox: str = "appeals@example.org", more: str = "") -> MailNotifier:
    """Return a notifier that leads to a server."""
    return MailNotifier(settings(server, more), mailbox=mailbox, name="Python CoC", now=lambda: NOW)


def notice(
    text: str = "Hello.",
    subject: str = "Your appeal",
    mail: str = "riya@example.org",
    name: str = "Riya",
    id_: str = "IC_kwDO:told",
) -> Message:
    """Return a notice to one person."""
    person = Person(key="p1", name=name, mail=mail)
    return Message(id=id_, to=person, subject=subject, text=text, thread="I_kwDO", token=TOKEN)


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return a mail's plain text and its HTML."""
    plain, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    return plain.get_content().replace("\r\n", "\n"), page.get_content()


def test_a_notice_arrives(server: SmtpServer) -> None:
    """A notice is one mail to one person, in plain text and HTML, with every header that it owes."""
    notifier(server).deliver(notice("See **the** [page](https://example.org).\n\n> kept"))
    (mail,) = server.mails()
    assert server.envelopes[0].rcpt_tos == ["riya@example.org"]
    assert server.envelopes[0].mail_from == f"appeals+{TOKEN}@example.org"
    assert {name: str(mail[name]) for name in ("From", "To", "Subject", "Reply-To", "Auto-Submitted")} == {
        "From": "Python CoC <coc@example.org>",
        "To": "riya@example.org",
        "Subject": "Your appeal",
        "Reply-To": f"appeals+{TOKEN}@example.org",
        "Auto-Submitted": "auto-generated",
    }
    assert str(mail["Date"]) == "Sun, 01 Mar 2026 12:30:00 +0000"
    assert str(mail["X-Auto-Response-Suppress"]) == "All"
    plain, page = parts(mail)
    assert plain == "See the page (https://example.org).\n\n> kept\n"
    assert "<strong>the</strong>" in page


def test_a_repeat_is_the_same_mail_and_a_case_one_thread(server: SmtpServer) -> None:
    """A notice has the same Message-ID each time; those of a case refer to the same root."""
    for one in (notice(), notice("Hello again."), notice(id_="IC_other:told")):
        notifier(server).deliver(one)
    first, again, other = server.mails()
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert len({str(mail[name]) for mail in server.mails() for name in ("In-Reply-To", "References")}) == 1
    assert str(first["References"]).endswith("@example.org>")


def test_a_mail_that_cannot_be_delivered_comes_back_to_where_somebody_reads(server: SmtpServer) -> None:
    """To the mailbox, with the token where it takes one; of another domain nothing vouches for the sender."""
    notifier(server, more="&plus=no").deliver(notice())
    notifier(server, mailbox="appeals@example.net").deliver(notice())
    notifier(server, mailbox="").deliver(notice())
    senders = [envelope.mail_from for envelope in server.envelopes]
    assert senders == ["appeals@example.org", "coc@example.org", "coc@example.org"]


@pytest.mark.parametrize("late", [False, True])
def test_a_server_that_takes_the_login_s_address_only_gets_it(server: SmtpServer, late: bool) -> None:
    """Nobody is left untold since a server won't have it come back elsewhere, whenever it says so."""
    server.only_sender, server.late = "coc@example.org", late
    notifier(server).deliver(notice())
    assert [envelope.mail_from for envelope in server.envelopes] == ["coc@example.org"]
    server.answers["RCPT"] = "550 5.1.1 No such user"
    with pytest.raises(RefusedError):
        notifier(server).deliver(notice())
    del server.answers["RCPT"]
    server.only_sender = "another@example.org"
    with pytest.raises(ChannelError, match="may not send as the address"):
        notifier(server).deliver(notice())


def test_ids_give_nothing_away(server: SmtpServer) -> None:
    """No node id of GitHub's is in a mail."""
    notifier(server).deliver(notice())
    raw = server.envelopes[0].content
    assert isinstance(raw, bytes)
    assert b"kwDO" not in raw


def test_without_plus_addresses_the_subject_bears_the_token(server: SmtpServer) -> None:
    """A server that knows no plus-addresses gets none: an answer to one would bounce."""
    notifier(server, more="&plus=no").deliver(notice())
    (mail,) = server.mails()
    assert str(mail["Reply-To"]) == "appeals@example.org"
    assert str(mail["Subject"]) == f"Your appeal [{TOKEN}]"


def test_without_a_mailbox_nothing_asks_for_an_answer(server: SmtpServer) -> None:
    """No mailbox, no Reply-To, and no token anywhere."""
    notifier(server, mailbox="").deliver(notice())
    assert server.mails()[0]["Reply-To"] is None
    assert TOKEN not in server.mails()[0].as_string()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_only_words(server: SmtpServer, text: str) -> None:
    """Whatever is typed, it is still one mail to one person with the same headers."""
    notifier(server).deliver(notice())
    usual = list(server.mails()[0].keys())
    notifier(server).deliver(notice(quoted(text), subject=text, name=text, id_=text))
    (_, mail) = server.mails()
    assert mail.keys() == usual
    assert server.envelopes[1].rcpt_tos == ["riya@example.org"]
    assert len(str(mail["Subject"]).splitlines()) <= 1
    assert str(mail["To"]) == "riya@example.org"
    assert mail.get_content_type() == "multipart/alternative"
    assert not mail.defects
    parts(mail)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_addresses_are_refused(server: SmtpServer, text: str) -> None:
    """What is no address is never sent to, nor does it count as a way to reach somebody."""
    message = notice(mail=f"riya@example.org{text}" if text.strip() else text)
    assert not notifier(server).reaches(message.to)
    with pytest.raises(RefusedError) as caught:
        notifier(server).deliver(message)
    assert "riya" not in str(caught.value)
    assert server.envelopes == []


def test_long_words_arrive_in_full(server: SmtpServer) -> None:
    """60 kB of emoji and lines of dots come out as they went in."""
    text = HOSTILE["emoji"] + "\n\n.\n..\nend"
    notifier(server).deliver(notice(text))
    assert parts(server.mails()[0])[0] == text + "\n"


def test_lines_are_as_short_as_mail_wants_them(server: SmtpServer) -> None:
    """No line is longer than 998 bytes, whatever the words are."""
    notifier(server).deliver(notice("x" * 20_000, subject="ü" * 900))
    raw = server.envelopes[0].content
    assert isinstance(raw, bytes)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        ("MAIL", "451 try later", AdapterError),
        ("MAIL", "550 sender", RefusedError),
        ("MAIL", "530 log in first", ChannelError),
        ("RCPT", "450 grey", AdapterError),
        ("RCPT", "421 closing", ChannelError),
        ("RCPT", "550 no riya here", RefusedError),
        ("RCPT", "552 mailbox full", RefusedError),
        ("DATA", "452 full", AdapterError),
        ("DATA", "554 spam", RefusedError),
    ],
)
def test_refusals(server: SmtpServer, stage: str, answer: str, kind: type[AdapterError]) -> None:
    """A 4xx may be tried again, a 5xx is for ever, a login or a closing the channel's; none tells words."""
    server.answers[stage] = answer
    with pytest.raises(AdapterError) as caught:
        notifier(server).deliver(notice("secret words"))
    error = caught.value
    assert type(error) is kind
    assert error.status == int(answer[:3])
    assert str(error) == f"SMTP {stage} failed: {answer[:3]}"
    assert error.__cause__ is None
    assert not error.uncertain
    assert server.envelopes == []


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("MAIL", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        ("DATA", "554 5.2.252 SendAsDenied; a@example.org not allowed to send as secret@example.org"),
    ],
)
def test_a_sender_that_may_not_is_the_channels_failure(server: SmtpServer, stage: str, answer: str) -> None:
    """It would refuse every notice, whoever it is for, so none counts as refused for good."""
    server.answers[stage] = answer
    with pytest.raises(ChannelError, match="may not send as the address") as caught:
        notifier(server).deliver(notice())
    assert caught.value.fault == "login"
    assert "secret" not in str(caught.value)


def test_an_answer_that_never_comes_leaves_it_open(server: SmtpServer) -> None:
    """After a connection lost at the end the mail may have been taken, and the error says so."""
    server.answers["DATA"] = ""
    with pytest.raises(AdapterError) as caught:
        notifier(server).deliver(notice())
    assert caught.value.uncertain
    assert not isinstance(caught.value, RefusedError)


def test_nobody_there(server: SmtpServer) -> None:
    """A server that doesn't answer is an error that may be tried again."""
    with smtp_server() as gone:
        lost = notifier(gone)
    with pytest.raises(ChannelError) as caught:
        lost.deliver(notice())
    assert caught.value.fault == "connection"
    assert str(caught.value) == "SMTP connection failed: no connection"


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_tls_and_login(certificates: Certificates, scheme: str) -> None:
    """With TLS from the start or by STARTTLS, logged in, a mail arrives encrypted."""
    tls, starttls = (certificates.server, None) if scheme == "smtps" else (None, certificates.server)
    more = "" if scheme == "smtps" else "&starttls=yes"
    with smtp_server(tls=tls, starttls=starttls) as server:
        url = f"{scheme}://{LOGIN}@127.0.0.1:{server.port}?from=coc@example.org{more}"
        MailNotifier(SmtpSettings.from_url(url), context=certificates.client).deliver(notice())
        assert len(server.envelopes) == 1
        assert server.encrypted == [scheme == "smtp"]  # the server sees STARTTLS only


def test_a_wrong_password_is_ours_to_mend(certificates: Certificates) -> None:
    """A login that fails says nothing of the mail: it stays owed, and no secret is shown."""
    with smtp_server(tls=certificates.server) as server:
        url = f"smtps://{USER}:{SECRET}@127.0.0.1:{server.port}?from=coc@example.org"
        with pytest.raises(ChannelError) as caught:
            MailNotifier(SmtpSettings.from_url(url), context=certificates.client).deliver(notice())
    assert (caught.value.fault, caught.value.status) == ("login", 535)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_an_unknown_certificate_gets_nothing(certificates: Certificates, scheme: str) -> None:
    """Nothing is sent to a server whose certificate nobody vouches for."""
    tls, starttls = (certificates.server, None) if scheme == "smtps" else (None, certificates.server)
    with smtp_server(tls=tls, starttls=starttls) as server:
        url = f"{scheme}://{LOGIN}@127.0.0.1:{server.port}?from=coc@example.org"
        url += "" if scheme == "smtps" else "&starttls=yes"
        with pytest.raises(ChannelError) as caught:
            MailNotifier(SmtpSettings.from_url(url), context=ssl.create_default_context()).deliver(notice())
        assert caught.value.fault == "certificate"
        assert server.envelopes == []


def test_a_server_without_starttls_gets_nothing(server: SmtpServer) -> None:
    """Where STARTTLS is asked for and not offered, nothing is sent."""
    with pytest.raises(ChannelError) as caught:
        notifier(server, more="&starttls=yes").deliver(notice())
    assert caught.value.fault == "certificate"
    assert server.envelopes == []


def test_a_server_without_any_login_is_ours_to_mend(server: SmtpServer) -> None:
    """Where a login is set up and none is offered, that is said, and nothing is sent."""
    url = f"smtp://{LOGIN}@127.0.0.1:{server.port}?from=coc@example.org"
    with pytest.raises(ChannelError) as caught:
        MailNotifier(SmtpSettings.from_url(url)).deliver(notice())
    assert caught.value.fault == "login"
    assert server.envelopes == []


def test_a_server_that_is_silent_is_waited_for_briefly() -> None:
    """One silence costs a run seconds, and is the channel's failure, so there is no second one."""
    assert TIMEOUT <= 10
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}?from=coc@example.org"
        with pytest.raises(ChannelError) as caught:
            MailNotifier(SmtpSettings.from_url(url), timeout=0.05).deliver(notice())
    assert caught.value.fault == "connection"


def test_international_addresses(server: SmtpServer) -> None:
    """A name with other letters goes out as it is, a domain in its ASCII form."""
    notifier(server).deliver(notice(mail="jürgen@exämple.org", subject="Grüße"))
    assert server.envelopes[0].rcpt_tos == ["jürgen@xn--exmple-cua.org"]
    assert server.envelopes[0].mail_options == ["SMTPUTF8", "BODY=8BITMIME"]
    raw = server.envelopes[0].content
    assert isinstance(raw, bytes)
    assert email.message_from_bytes(raw, policy=policy.SMTPUTF8)["Subject"] == "Grüße"


def test_a_server_without_international_addresses_refuses_them() -> None:
    """Who can't be written to is told by hand."""
    with smtp_server(utf8=False) as server, pytest.raises(RefusedError):
        notifier(server).deliver(notice(mail="jürgen@example.org"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smtp.example.org",
        f"https://u:{SECRET}@mail.example.org?from=coc@example.org",
        f"smtps://u:{SECRET}@mail.example.org",
        f"smtps://u:{SECRET}@mail.example.org?from=coc",
        f"smtps://u:{SECRET}@mail.example.org?from=a@example.org,b@example.org",
        f"smtps://u:{SECRET}@mail.example.org:{SECRET}?from=coc@example.org",
        f"smtps://u:{SECRET}@[mail.example.org?from=coc@example.org",
        f"smtps://u:{SECRET}@?from=coc@example.org",
        f"smtps://u:{SECRET}@mail.example.org?from=coc@example.org&{SECRET}=1",
        f"smtps://u:{SECRET}%0d%0aRSET@mail.example.org?from=coc@example.org",
        f"smtp://u:{SECRET}@mail.example.org?from=coc@example.org&starttls=no",
        f"smtp://u:{SECRET}@mail.example.org?from=coc@example.org&starttls={SECRET}",
    ],
)
def test_wrong_settings(url: str) -> None:
    """Settings that are wrong, or would send notices in the open, are refused without being shown."""
    with pytest.raises(DefinitionError) as caught:
        SmtpSettings.from_url(url)
    assert str(caught.value).startswith("COCFLOW_SMTP_URL ")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_right_settings() -> None:
    """Ports, encryption and escapes are read as they are meant; the secret isn't shown."""
    one = SmtpSettings.from_url(f"smtp://u%40x:{SECRET}%2F@mail.example.org?from=coc+out@example.org")
    assert (one.port, one.security, one.user, one.password) == (587, "starttls", "u@x", f"{SECRET}/")
    assert one.sender == "coc+out@example.org"
    assert SECRET not in repr(one)
    two = SmtpSettings.from_url("smtps://mail.example.org", sender="coc@example.org")
    assert (two.port, two.security, two.user) == (465, "tls", "")
    assert SmtpSettings.from_url("smtp://[::1]:25?from=coc@example.org").security == "none"


def test_a_wrong_mailbox(server: SmtpServer) -> None:
    """A mailbox for answers that is no address is refused at once."""
    with pytest.raises(DefinitionError):
        notifier(server, mailbox="appeals")


def test_trying_out_sends_nothing(server: SmtpServer) -> None:
    """A server that lets us in is told nothing more."""
    assert notifier(server).try_out() == ""
    assert server.envelopes == []


def test_trying_out_logs_in(certificates: Certificates) -> None:
    """A wrong password is found before any mail is, and so is a certificate that isn't trusted."""
    with smtp_server(tls=certificates.server) as tls:
        for login, context, fault in (
            (LOGIN, certificates.client, None),
            (f"{USER}:wrong", certificates.client, "login"),
            (LOGIN, None, "certificate"),
        ):
            url = f"smtps://{login}@127.0.0.1:{tls.port}?from=coc@example.org"
            made = MailNotifier(SmtpSettings.from_url(url), context=context)
            if fault is None:
                assert made.try_out() == ""
                continue
            with pytest.raises(ChannelError) as found:
                made.try_out()
            assert found.value.fault == fault


# --- with a token instead of a password -----------------------------------------------------------------

needs_exim = pytest.mark.skipif(
    EXIM is None, reason="Exim isn't installed: apt-get install exim4-daemon-light"
)


@pytest.fixture
def tokens() -> Iterator[Provider]:
    """Run a provider of tokens."""
    with provider(USER) as running:
        yield running


def signing_in(port: int, scheme: str, certificates: Certificates, token: Token) -> MailNotifier:
    """Return a notifier that logs in with a token, over TLS."""
    url = f"{scheme}://{USER}@127.0.0.1:{port}?from=coc@example.org&starttls=yes"
    settings = SmtpSettings.from_url(url, tokens=True)
    return MailNotifier(settings, context=certificates.client, token=token)


def bad(_: str) -> str:
    """Return a token that isn't good."""
    return SECRET


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize(("size", "at_once"), [(100, True), (1200, False)])
def test_a_token_logs_in(
    tokens: Provider, certificates: Certificates, mechanism: str, scheme: str, size: int, at_once: bool
) -> None:
    """With whichever mechanism, a short token is shown with the command, a long one when it is asked for."""
    tokens.bytes = size
    tls, starttls = (certificates.server, None) if scheme == "smtps" else (None, certificates.server)
    with smtp_server(tls=tls, starttls=starttls, provider=tokens, mechanism=mechanism) as server:
        signing_in(server.port, scheme, certificates, Tokens(tokens.app())).deliver(notice("Hello."))
        assert isinstance(server, TakesTokens)
        assert (len(server.mails()), server.initial) == (1, [at_once])


@pytest.mark.parametrize(("mechanism", "answer"), [("XOAUTH2", b""), ("OAUTHBEARER", b"\x01")])
def test_a_token_that_is_not_good(
    tokens: Provider, certificates: Certificates, mechanism: str, answer: bytes
) -> None:
    """The server's reason is answered as the mechanism wants it, and told in our words."""
    with smtp_server(tls=certificates.server, provider=tokens, mechanism=mechanism) as server:
        with pytest.raises(ChannelError, match="doesn't take the token") as caught:
            signing_in(server.port, "smtps", certificates, bad).try_out()
        assert isinstance(server, TakesTokens)
        assert server.goes_on == [answer]
    assert (caught.value.fault, caught.value.status) == ("login", 535)
    assert SECRET not in str(caught.value)


def test_a_login_that_is_switched_off_says_so(tokens: Provider, certificates: Certificates) -> None:
    """Where Microsoft's SMTP AUTH is off, that is told; a server that can't tell now is asked again."""
    off = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."
    with smtp_server(tls=certificates.server, provider=tokens) as server:
        assert isinstance(server, TakesTokens)
        server.refusal = off
        with pytest.raises(ChannelError, match="SMTP AUTH is off for the whole tenant"):
            signing_in(server.port, "smtps", certificates, bad).try_out()
        server.refusal = "550 5.7.1 Not you"  # of a notice it would mean that it is refused for good
        with pytest.raises(ChannelError, match="doesn't take the token"):
            signing_in(server.port, "smtps", certificates, bad).try_out()
        server.refusal = "454 4.7.0 Temporary authentication failure"
        with pytest.raises(AdapterError) as caught:
            signing_in(server.port, "smtps", certificates, bad).try_out()
    assert not isinstance(caught.value, ChannelError | RefusedError)


def test_a_server_that_takes_no_tokens(certificates: Certificates) -> None:
    """It says so before a token is shown; a password is tried where there is one, whatever else there is."""
    with smtp_server(tls=certificates.server) as server:
        with pytest.raises(ChannelError, match="takes no tokens"):
            signing_in(server.port, "smtps", certificates, bad).try_out()
        settings = SmtpSettings.from_url(f"smtps://{LOGIN}@127.0.0.1:{server.port}?from=a@example.org")
        assert MailNotifier(settings, context=certificates.client, token=bad).try_out() == ""


def test_without_a_token_there_is_no_mail(certificates: Certificates) -> None:
    """What the provider refuses is the channel's failure, as it is told."""

    def none(_: str) -> str:
        raise ChannelError("token", "OAuth token", detail="the app has no consent for this")

    with (
        smtp_server(tls=certificates.server) as server,
        pytest.raises(ChannelError, match="no consent") as caught,
    ):
        signing_in(server.port, "smtps", certificates, none).deliver(notice())
    assert caught.value.fault == "token"


def test_a_user_without_password_needs_tokens() -> None:
    """It is a mistake of the setting unless COCFLOW_OAUTH is set, and no login without a password."""
    with pytest.raises(DefinitionError, match="COCFLOW_OAUTH isn't set"):
        SmtpSettings.from_url("smtps://coc@mail.example.org?from=coc@example.org")


@needs_exim
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_exim_takes_a_token(tokens: Provider, certificates: Certificates, scheme: str) -> None:
    """A mail server as communities run one takes the mail of whoever shows a good token, and no other."""
    with exim(tokens, certificates, on_connect=scheme == "smtps") as server:
        signing_in(server.port, scheme, certificates, Tokens(tokens.app())).deliver(notice("Hello, Exim."))
        with pytest.raises(ChannelError) as caught:
            signing_in(server.port, scheme, certificates, bad).deliver(notice())
        (mail,) = server.mails()
    assert ("Hello, Exim." in mail, caught.value.fault) == (True, "login")
