"""The mailbox for appeals, against a real IMAP server: one that keeps keywords, one that keeps none."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from cocflow.adapters.mailbox import (
    ASIDE_FOLDER,
    AT_ONCE,
    DONE,
    DONE_FOLDER,
    LARGEST,
    TIMEOUT,
    ImapMailbox,
    ImapSettings,
)
from cocflow.adapters.oauth import Tokens
from cocflow.adapters.sasl import Token
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import Attached, ChannelError, Letter
from tests.servers.dovecot import PROGRAM, dovecot
from tests.servers.imap import PASSWORD, USER, ImapServer, Manners, imap_server, manners, takes_tokens
from tests.servers.loop import Certificates
from tests.servers.oauth import Provider, provider

SECRET = "s3cr3t"
TOKEN = "abcdefghijkl"
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"
APPEAL = (
    "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n"
    f"From: Riya <riya@example.org>\r\nTo: appeals+{TOKEN}@coc.example.org\r\nSubject: Appeal\r\n\r\n"
    "I was not there.\r\n"
).encode()


LETTERS = Path(__file__).parent / "letters"
needs_dovecot = pytest.mark.skipif(
    PROGRAM is None, reason="Dovecot isn't installed: apt-get install dovecot-imapd"
)


@pytest.fixture(params=["keywords", "folders", pytest.param("dovecot", marks=needs_dovecot)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ImapServer]:
    """Run a server of each kind."""
    if request.param == "dovecot":
        with dovecot() as running:
            yield running
        return
    with imap_server(maildir=tmp_path / "mail" if request.param == "keywords" else None) as running:
        yield running


@pytest.fixture
def box(server: ImapServer) -> Iterator[ImapMailbox]:
    """Return our mailbox on it."""
    with opened(server) as made:
        yield made


def opened(server: ImapServer | Manners, largest: int = LARGEST) -> ImapMailbox:
    """Return a mailbox that leads to a server."""
    settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/INBOX")
    return ImapMailbox(
        settings, address="appeals@coc.example.org", authserv_id="mx.example.org", largest=largest
    )


def named(server: ImapServer, folder: str) -> str:
    """Return a folder of ours as that server names it."""
    return folder if server.count(folder) else f"INBOX.{folder}"


def own(server: ImapServer, folder: str) -> int:
    """Return how many mails a folder of ours holds."""
    return server.count(named(server, folder))


def always() -> datetime:
    """Return an instant before any mail."""
    return datetime(2000, 1, 1, tzinfo=UTC)


def letters(box: ImapMailbox) -> Iterator[Letter]:
    """Read the letters that wait, one after another."""
    for envelope in box.waiting(always):
        letter = box.letter(envelope)
        if letter is not None:
            yield letter


def subjects(box: ImapMailbox) -> list[str]:
    """Return the subjects of the letters that wait."""
    return [letter.subject for letter in letters(box)]


def test_a_letter_is_read(server: ImapServer, box: ImapMailbox) -> None:
    """A mail is a letter with its token, its sender vouched for, and the time at which it was received."""
    server.arrive(APPEAL, datetime(2026, 3, 1, 13, 0, 5, tzinfo=timezone(timedelta(hours=2))))
    (letter,) = letters(box)
    assert (letter.sender, letter.verified, letter.tokens) == ("riya@example.org", True, (TOKEN,))
    assert (letter.subject, letter.text) == ("Appeal", "I was not there.")
    assert letter.received == datetime(2026, 3, 1, 11, 0, 5, tzinfo=UTC)
    assert "riya" not in repr(letter)


def test_reading_changes_nothing(server: ImapServer, box: ImapMailbox) -> None:
    """A run that dies after reading loses nothing: the letter comes again, still unread."""
    server.arrive(APPEAL)
    assert subjects(box) == ["Appeal"]
    with opened(server) as again:
        assert subjects(again) == ["Appeal"]
    assert "Seen" not in "".join(server.flags())


def test_oldest_first(server: ImapServer, box: ImapMailbox) -> None:
    """Letters come in the order in which they were received, whatever order the server has them in."""
    for day in (3, 1, 2):
        server.arrive(f"Subject: {day}\r\n\r\nx".encode(), datetime(2026, 3, day, tzinfo=UTC))
    assert subjects(box) == ["1", "2", "3"]


def test_the_newest_letters_show_whose_results_they_bear(server: ImapServer, box: ImapMailbox) -> None:
    """Of the newest, done or not, the head tells which server's results stand on top; nothing changes."""
    server.arrive(b"From: riya@example.org\r\nSubject: Nothing\r\n\r\nx")
    server.arrive(APPEAL)
    for name in ("verdict-fastmail", "verdict-microsoft365", "verdict-microsoft365-forged-on-nothing"):
        server.arrive((LETTERS / f"{name}.eml").read_bytes())
    found = box.stamps(4)
    assert [one.provider for one in found] == ["", "microsoft365", "fastmail", ""]
    assert [one.verified for one in found] == [False, False, False, True]
    assert [one.server for one in found] == ["", "", "mx1.messagingengine.com", "mx.example.org"]
    assert "Seen" not in "".join(server.flags())


@pytest.mark.parametrize("name", ["verdict-fastmail", "verdict-microsoft365", "verdict-gmail"])
def test_a_provider_verifies_before_and_after_a_letter_is_read(server: ImapServer, name: str) -> None:
    """By the few headers that are listed the sender is verified, as by the whole mail."""
    server.arrive((LETTERS / f"{name}.eml").read_bytes())
    settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/INBOX")
    with ImapMailbox(settings, mail_provider=name.removeprefix("verdict-")) as box:
        (envelope,) = box.waiting(always)
        letter = box.letter(envelope)
    assert letter is not None
    assert (envelope.verified, letter.verified) == (True, True)


def test_an_empty_mailbox(box: ImapMailbox) -> None:
    """No letters, no error."""
    assert subjects(box) == []
    assert box.stamps(20) == ()


def test_done_is_for_good(server: ImapServer, box: ImapMailbox) -> None:
    """A letter that is done doesn't come again, in this run or another; doing it twice is no error."""
    server.arrive(APPEAL)
    server.arrive(b"Subject: other\r\n\r\nx")
    letter = next(letters(box))
    box.done(letter)
    box.done(letter)
    with opened(server) as again:
        assert subjects(again) == subjects(box) == ["other"]


def test_how_done_is_marked(server: ImapServer, box: ImapMailbox) -> None:
    """A keyword where the server keeps them, a folder where it keeps none; nothing is thrown away."""
    server.arrive(APPEAL)
    box.done(next(letters(box)))
    flags = "".join(server.flags())
    kept = own(server, DONE_FOLDER)
    assert (DONE in flags and "Seen" in flags and kept == 0) or (flags == "" and kept == 1)


@pytest.mark.parametrize("put", ["done", "set_aside", ""])
def test_what_came_with_a_letter_is_found_wherever_that_was_put(
    server: ImapServer, box: ImapMailbox, put: str
) -> None:
    """By the very second in which it was received, among others of it; nothing in the mailbox changes."""
    for name in ("other", "mine"):
        server.arrive(
            f"Subject: {name}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n"
            f"--b\r\nContent-Disposition: attachment; filename={name}.txt\r\n\r\n{name}\r\n--b--\r\n".encode()
        )
    letter = next(one for one in letters(box) if one.subject == "mine")
    if put:
        getattr(box, put)(letter)
    found = box.attached(letter.received, lambda one: one.subject == "mine")
    assert found == (Attached("mine.txt", b"mine"),)
    assert box.attached(letter.received + timedelta(seconds=1), lambda one: True) is None
    assert subjects(box) == (["other"] if put else ["other", "mine"])


def test_set_aside_is_found_by_administrators(server: ImapServer, box: ImapMailbox) -> None:
    """A letter that is set aside lies unread in its folder, and no run reads it again."""
    server.arrive(APPEAL)
    server.arrive(APPEAL)
    for letter in list(letters(box)):
        box.set_aside(letter)
    assert subjects(box) == []
    assert own(server, ASIDE_FOLDER) == 2
    assert "Seen" not in "".join(server.flags(named(server, ASIDE_FOLDER)))


def test_what_people_did_in_the_mailbox(server: ImapServer, box: ImapMailbox) -> None:
    """A mail that an administrator has read still comes; one that they deleted doesn't."""
    server.arrive(b"Subject: read\r\n\r\nx")
    server.arrive(b"Subject: deleted\r\n\r\nx")
    with server.client() as client:
        client.store("1", "+FLAGS", r"(\Seen \Flagged \Answered)")
        client.store("2", "+FLAGS", r"(\Deleted)")
    assert subjects(box) == ["read"]


def test_one_that_goes_while_we_read(server: ImapServer, box: ImapMailbox) -> None:
    """A mail that is removed in between is no error, and the next ones come.

    A server may still give it to those who read at the time.
    """
    for number in range(3):
        server.arrive(f"Subject: {number}\r\n\r\nx".encode())
    reading = letters(box)
    found = [next(reading).subject]
    with server.client() as client:
        client.store("2", "+FLAGS", r"(\Deleted)")
        client.expunge()
    found += [letter.subject for letter in reading]
    assert found in (["0", "2"], ["0", "1", "2"])


def test_an_unreadable_mail_stops_nothing(server: ImapServer) -> None:
    """Of a mail beyond the limit only the head is read; it can be set aside, and the others come."""
    server.arrive(APPEAL + b"x" * 2000, datetime(2026, 3, 1, tzinfo=UTC))
    server.arrive(b"Subject: good\r\n\r\nx", datetime(2026, 3, 2, tzinfo=UTC))
    with opened(server, largest=1000) as box:
        found = list(letters(box))
        assert [(one.unreadable, one.text, one.tokens) for one in found] == [
            (True, "", (TOKEN,)),
            (False, "x", ()),
        ]
        box.set_aside(found[0])
        assert subjects(box) == ["good"]


def test_a_lost_connection_is_made_again(server: ImapServer, box: ImapMailbox) -> None:
    """A connection that broke while a letter was dealt with doesn't leave it undone."""
    server.arrive(APPEAL)
    (letter,) = letters(box)
    assert box._box is not None
    box._box.client.socket().shutdown(2)
    box.done(letter)
    assert subjects(box) == []


def test_numbers_that_no_longer_hold(server: ImapServer, box: ImapMailbox) -> None:
    """After the server has numbered its mails anew, no other mail is marked in a letter's place."""
    server.arrive(APPEAL)
    (letter,) = letters(box)
    other: Letter = msgspec.structs.replace(letter, key=f"7.{letter.key.partition('.')[2]}")
    for key in (other, msgspec.structs.replace(letter, key="nonsense")):
        with pytest.raises(AdapterError):
            box.done(key)
    assert subjects(box) == ["Appeal"]


def test_a_wrong_password(server: ImapServer) -> None:
    """A login that fails is an error without the secret."""
    settings = ImapSettings.from_url(f"imap://{USER}:{SECRET}@127.0.0.1:{server.port}/")
    with pytest.raises(ChannelError) as caught:
        ImapMailbox(settings).waiting(always)
    assert caught.value.fault == "login"
    assert str(caught.value) == "IMAP LOGIN failed: the login is refused"


def test_a_folder_that_is_not_there(server: ImapServer) -> None:
    """A mailbox that doesn't exist is an error, not an empty one."""
    settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/nowhere")
    with pytest.raises(ChannelError) as caught:
        ImapMailbox(settings).waiting(always)
    assert caught.value.fault == "folder"
    assert "nowhere" not in str(caught.value)


def test_nobody_there() -> None:
    """A server that doesn't answer is an error, not an empty mailbox."""
    with imap_server() as gone:
        lost = opened(gone)
    with pytest.raises(ChannelError) as caught:
        lost.waiting(always)
    assert caught.value.fault == "connection"


def test_tls() -> None:
    """Over TLS letters are read; from a server whose certificate nobody vouches for, none."""
    certificates = Certificates()
    with imap_server(tls=(certificates.server, certificates.client)) as server:
        server.arrive(APPEAL)
        settings = ImapSettings.from_url(f"imaps://{LOGIN}@127.0.0.1:{server.port}/INBOX")
        with ImapMailbox(settings, context=certificates.client) as box:
            assert subjects(box) == ["Appeal"]
        with pytest.raises(ChannelError) as caught:
            ImapMailbox(settings, context=ssl.create_default_context()).waiting(always)
        assert caught.value.fault == "certificate"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "imap.example.org",
        f"https://u:{SECRET}@imap.example.org/",
        f"imap://u:{SECRET}@imap.example.org/INBOX",
        f"imaps://u:{SECRET}@/INBOX",
        f"imaps://:{SECRET}@imap.example.org/INBOX",
        "imaps://imap.example.org/INBOX",
        f"imaps://u:{SECRET}@imap.example.org:{SECRET}/INBOX",
        f"imaps://u:{SECRET}@[imap.example.org/INBOX",
        f"imaps://u:{SECRET}@imap.example.org/INBOX?x={SECRET}",
        f"imaps://u:{SECRET}%0d%0aLOGOUT@imap.example.org/INBOX",
    ],
)
def test_wrong_settings(url: str) -> None:
    """Settings that are wrong, or would show appeals on the way, are refused without being shown."""
    with pytest.raises(DefinitionError) as caught:
        ImapSettings.from_url(url)
    assert str(caught.value).startswith("COCFLOW_IMAP_URL ")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_right_settings() -> None:
    """Ports, folders and escapes are read as they are meant; the secret isn't shown."""
    one = ImapSettings.from_url(f"imaps://u%40x:{SECRET}%2F@imap.example.org/Appeals/New")
    assert (one.port, one.user, one.password, one.folder) == (993, "u@x", f"{SECRET}/", "Appeals/New")
    assert SECRET not in repr(one)
    assert ImapSettings.from_url("imap://u:p@localhost").folder == "INBOX"


# --- as real servers speak ---------------------------------------------------------------------------

CAN = ["MOVE UIDPLUS NAMESPACE", "UIDPLUS NAMESPACE", "MOVE NAMESPACE", "NAMESPACE", ""]
CAN_LITTLE = "IMAP4rev1 NAMESPACE"


def with_a_deleted_one(server: ImapServer) -> None:
    """Let a letter arrive, and one that somebody has marked as deleted and may want back."""
    server.arrive(b"Subject: theirs\r\n\r\nx")
    server.arrive(APPEAL)
    with server.client() as client:
        client.store("1", "+FLAGS", r"(\Deleted)")


@pytest.mark.parametrize("can", CAN)
def test_only_the_letter_itself_ever_leaves_the_mailbox(can: str, tmp_path: Path) -> None:
    """By whatever way a server can, a letter is set aside, and what people marked as deleted stays."""
    with imap_server(maildir=tmp_path / "mail") as server, manners(server.port, can=can) as line:
        with_a_deleted_one(server)
        with opened(line) as box:
            (letter,) = letters(box)
            box.set_aside(letter)
            assert subjects(box) == []
        assert server.count(f"INBOX.{ASIDE_FOLDER}") == 1
        stays = 2 if "MOVE" not in can and "UIDPLUS" not in can else 1
        assert server.count("INBOX") == stays
        assert "EXPUNGE" not in line.heard


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Whoever runs the mailbox learns which folder to make; the letter stays where it is."""
    with imap_server(maildir=tmp_path / "mail") as server, manners(server.port, makes=False) as line:
        server.arrive(APPEAL)
        with opened(line) as box:
            (letter,) = letters(box)
            with pytest.raises(ChannelError) as caught:
                box.set_aside(letter)
            assert subjects(box) == ["Appeal"]
    assert (caught.value.fault, str(caught.value)) == (
        "folder",
        f"the folder {ASIDE_FOLDER} can't be made there",
    )


def test_a_server_that_is_silent_is_waited_for_briefly() -> None:
    """One silence costs a run seconds, and is said to be the connection's."""
    assert TIMEOUT <= 10
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"imap://{LOGIN}@127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ChannelError) as caught:
            ImapMailbox(ImapSettings.from_url(url), timeout=0.05).waiting(always)
    assert caught.value.fault == "connection"


def test_what_came_before_the_beginning_is_left_alone(server: ImapServer, box: ImapMailbox) -> None:
    """Only mails from an instant on are listed, to the second; it isn't asked for where there are none."""

    def never() -> datetime:
        raise AssertionError

    assert box.waiting(never) == ()
    for day in (1, 3, 4):
        server.arrive(f"Subject: {day}\r\n\r\nx".encode(), datetime(2026, 3, day, 12, tzinfo=UTC))
    with opened(server) as again:
        found = again.waiting(lambda: datetime(2026, 3, 3, 12, 0, 1, tzinfo=UTC))
    assert [one.received.day for one in found] == [4]


def test_an_envelope_says_whose_turn_it_is(server: ImapServer, box: ImapMailbox) -> None:
    """Sender, whether that is vouched for, tokens and time are known before reading, of many at once."""
    with server.client() as client:
        for _ in range(AT_ONCE + 1):
            raw = b"UID: 7\r\nX-Pad: (UID 9 RFC822.SIZE 1)\r\n" + APPEAL
            assert client.append("INBOX", "", '"01-Mar-2026 12:00:00 +0000"', raw)[0] == "OK"
    found = box.waiting(always)
    assert len({one.key for one in found}) == AT_ONCE + 1
    assert {(one.sender, one.verified, one.tokens) for one in found} == {("riya@example.org", True, (TOKEN,))}
    assert all(one.size > 100 for one in found)
    assert "riya" not in repr(found)


@needs_dovecot
@pytest.mark.parametrize("can", [None, "IMAP4rev1 UIDPLUS NAMESPACE", CAN_LITTLE])
def test_dovecot_sets_letters_aside_below_its_prefix(can: str | None) -> None:
    """Where everything of one's own lies below `INBOX.`, a folder is made there, by any way of moving."""
    with dovecot(more=f"imap_capability = {can}" if can else "") as server:
        with_a_deleted_one(server)
        with opened(server) as box:
            (letter,) = letters(box)
            box.set_aside(letter)
            assert subjects(box) == []
        assert server.count(f"INBOX.{ASIDE_FOLDER}") == 1
        assert sum("Deleted" in flags for flags in server.flags()) == (2 if can == CAN_LITTLE else 1)


@needs_dovecot
def test_dovecot_opens_a_folder_below_its_prefix_by_its_own_name() -> None:
    """The setting names a folder as people see it; the prefix that a server wants is cocflow's to find."""
    with dovecot() as server:
        with server.client() as client:
            client.create("INBOX.Appeals.New")
        settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/Appeals/New")
        with ImapMailbox(settings) as box:
            assert box.waiting(always) == ()


@needs_dovecot
def test_dovecot_refuses_a_wrong_password() -> None:
    """A login that Dovecot refuses is said to be the login."""
    with dovecot(prefix="") as server:
        settings = ImapSettings.from_url(f"imap://{USER}:{SECRET}@127.0.0.1:{server.port}/")
        with pytest.raises(ChannelError) as caught:
            ImapMailbox(settings).waiting(always)
    assert caught.value.fault == "login"


def test_trying_out_makes_the_folders_and_reads_nothing(server: ImapServer, box: ImapMailbox) -> None:
    """Where letters are put away is there afterwards, twice over too, and the letters are as they were."""
    server.arrive(APPEAL)
    before = server.flags()
    box.try_out()
    box.try_out()
    assert server.flags() == before
    with server.client() as client:
        listed = b" ".join(line for line in client.list()[1] if isinstance(line, bytes)).decode()
    assert ASIDE_FOLDER in listed


def test_trying_out_finds_what_is_wrong(server: ImapServer) -> None:
    """A refused login and a folder that isn't there are told apart."""
    for url, fault in (
        (f"imap://{USER}:wrong@127.0.0.1:{server.port}/INBOX", "login"),
        (f"imap://{LOGIN}@127.0.0.1:{server.port}/Nowhere", "folder"),
    ):
        with ImapMailbox(ImapSettings.from_url(url)) as box, pytest.raises(ChannelError) as found:
            box.try_out()
        assert found.value.fault == fault


# --- with a token instead of a password -----------------------------------------------------------------


@pytest.fixture
def tokens() -> Iterator[Provider]:
    """Run a provider of tokens."""
    with provider(USER) as running:
        yield running


def bad(_: str) -> str:
    """Return a token that isn't good."""
    return SECRET


def signing_in(scheme: str, port: int, token: Token, context: ssl.SSLContext | None = None) -> ImapMailbox:
    """Return a mailbox that logs in with a token."""
    settings = ImapSettings.from_url(f"{scheme}://{USER}@127.0.0.1:{port}/INBOX", tokens=True)
    return ImapMailbox(settings, context=context, token=token)


@needs_dovecot
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_dovecot_takes_a_token(tokens: Provider, mechanism: str) -> None:
    """A letter is read and put away over TLS by whoever shows a good token, and by nobody else."""
    tls = Certificates()
    with dovecot(tls=tls, provider=tokens, mechanisms=f"plain {mechanism}") as server:
        server.arrive(APPEAL)
        for kind in (tokens.app(), tokens.service_account(), tokens.refresh_token()):
            with signing_in("imaps", server.port, Tokens(kind), tls.client) as box:
                assert subjects(box) == ["Appeal"]
        with (
            signing_in("imaps", server.port, bad, tls.client) as box,
            pytest.raises(ChannelError, match="doesn't take the token") as caught,
        ):
            box.waiting(always)
        with signing_in("imaps", server.port, Tokens(tokens.app()), tls.client) as box:
            box.done(next(letters(box)))
            assert subjects(box) == []
    assert (caught.value.fault, SECRET in str(caught.value)) == ("login", False)


def test_a_token_logs_in(tokens: Provider) -> None:
    """A server that takes nothing but tokens lets in whoever shows a good one."""
    with imap_server() as server, takes_tokens(server.port, tokens) as line:
        server.arrive(APPEAL)
        with signing_in("imap", line.port, Tokens(tokens.app())) as box:
            assert subjects(box) == ["Appeal"]
        with signing_in("imap", line.port, bad) as box, pytest.raises(ChannelError, match="the token"):
            box.waiting(always)


OFF = {
    "IMAP is off": (
        {"refusal": "NO [ALERT] Your account is not enabled for IMAP use."},
        bad,
        "IMAP is off for this mailbox",
    ),
    "the app may not open it": (
        {"after": "BAD User is authenticated but not connected."},
        None,
        "the app may not open this mailbox",
    ),
    "no more is known": ({}, bad, "the app has no consent for mail"),
}


@pytest.mark.parametrize(("how", "token", "said"), OFF.values(), ids=OFF.keys())
def test_what_is_switched_off_is_told(
    tokens: Provider, how: dict[str, str], token: Token | None, said: str
) -> None:
    """Where a provider says what is in the way, before the login or after it, that is told in our words."""
    with (
        imap_server() as server,
        takes_tokens(server.port, tokens, **how) as line,
        signing_in("imap", line.port, token or Tokens(tokens.app())) as box,
        pytest.raises(ChannelError, match=said) as caught,
    ):
        box.try_out()
    assert caught.value.fault == "login"
    assert caught.value.__suppress_context__


def test_a_server_that_takes_no_tokens() -> None:
    """It says so before a token is shown; a password is tried where there is one, whatever else there is."""
    with imap_server() as server:
        with (
            signing_in("imap", server.port, bad) as box,
            pytest.raises(ChannelError, match="takes no tokens"),
        ):
            box.try_out()
        settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/INBOX", tokens=True)
        with ImapMailbox(settings, token=bad) as box:
            assert subjects(box) == []


def test_a_user_without_password_needs_tokens() -> None:
    """It is a mistake of the setting unless COCFLOW_OAUTH is set."""
    with pytest.raises(DefinitionError, match="COCFLOW_OAUTH isn't set"):
        ImapSettings.from_url("imaps://coc@mail.example.org/INBOX")
