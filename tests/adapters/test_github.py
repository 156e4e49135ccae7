"""The tracker on GitHub: over the sandbox with the real PyGithub, and against exact faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import github
import msgspec
import pytest
import requests
import responses
from github.Repository import Repository

from cocflow.adapters.client import AT_ONCE, LONGEST_WAIT, TRIES
from cocflow.adapters.github import GitHubTracker, NotPrivateError
from cocflow.adapters.outbox import Outbox
from cocflow.core.acts.suspend import suspensions
from cocflow.core.case.facts import (
    Assigned,
    BodyEdited,
    Closed,
    CommentDeleted,
    Commented,
    Labeled,
    Locked,
    Opened,
    Reopened,
    Tail,
    Unassigned,
    Unlabeled,
)
from cocflow.core.case.records import is_card
from cocflow.core.engine.reading import read_ledger
from cocflow.core.process import BOARD_LABEL
from cocflow.errors import AdapterError
from cocflow.ports import (
    AddComment,
    AddLabels,
    DeleteComment,
    EditComment,
    RemoveLabels,
    Retitle,
    SetOpen,
    Write,
)
from cocflow.run.audit import audit
from cocflow.run.desk import Desk
from cocflow.run.issue import enforce
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox import Clock, Sandbox
from cocflow.sandbox.issues import Transaction
from cocflow.sandbox.refusals import Refusal
from tests.adapters.conftest import API, GRAPHQL, REPO, Sleeps
from tests.core import play
from tests.fakes import desk

MARK = "Zq7Marker"


class World:
    """A sandbox with a private repository, its people, and a tracker with the job's token."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        store = sandbox.store
        store.add_repo(REPO, visibility="private", labels=False)
        for login, permission in (
            ("mft", "write"),
            ("miabot", "write"),
            ("thclpr", "write"),
            ("riya", "read"),
            ("stranger", "triage"),
        ):
            store.add_user(login)
            store.set_permission(REPO, login, permission)
        self.tokens = {
            login: store.add_token(login) for login in ("mft", "miabot", "thclpr", "riya", "stranger")
        }
        self.job = store.job_token(REPO)
        self.tracker = self.new_tracker()
        self.desk = self.new_desk()

    def new_tracker(self) -> GitHubTracker:
        """Return a tracker of its own, as another run has."""
        return GitHubTracker(REPO, self.job, self.sandbox.url)

    def new_desk(self) -> Desk:
        """Return the desk of another run."""
        return desk(self.new_tracker(), Outbox(self.folder / "outbox"))

    def as_(self, login: str) -> Repository:
        """Return the repository as a person's own client sees it."""
        client = github.Github(
            auth=github.Auth.Token(self.tokens[login]),
            base_url=self.sandbox.url,
            lazy=True,
            retry=0,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        return client.get_repo(REPO)

    def opens(self, login: str = "riya", body: str | None = None) -> int:
        """Let somebody file a report."""
        return self.as_(login).create_issue("Their words", play.body() if body is None else body).number

    def says(self, login: str, number: int, text: str) -> Any:
        """Let somebody comment."""
        return self.as_(login).get_issue(number).create_comment(text)

    def counted(self, run: Callable[[], object]) -> tuple[int, int]:
        """Run, and return how many reads and writes it took."""
        requests_ = self.sandbox.store.requests
        requests_.reset()
        run()
        counts: dict[str, Any] = requests_.as_dict()
        reads = sum(counts.get(kind, 0) for kind in ("graphql_reads", "rest_reads"))
        writes = sum(counts.get(kind, 0) for kind in ("graphql_writes", "rest_writes"))
        return reads, writes

    def labels(self, number: int) -> set[str]:
        """Return the labels of an issue."""
        return {label.name for label in self.as_("mft").get_issue(number).labels}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Run a sandbox on a frozen clock, where each write takes a second."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        yield World(sandbox, tmp_path)


# --- reads -----------------------------------------------------------------------------------------


def test_every_kind_of_fact_is_read(world: World) -> None:
    """Each thing that can happen on an issue becomes its fact, in GitHub's order, with its author."""
    number = world.opens()
    issue = world.as_("mft").get_issue(number)
    issue.add_to_labels("bug")
    issue.remove_from_labels("bug")
    comment = world.says("riya", number, "Hello.")
    gone = world.says("mft", number, "Oh.")
    comment.edit("Hello again.")
    gone.delete()
    issue.edit(state="closed")
    issue.edit(state="open")
    world.as_("riya").get_issue(number).edit(body=play.body(who="Nobody"))
    read = world.tracker.read(number)
    kinds = [type(fact) for fact in read.facts]
    assert kinds == [Opened, Labeled, Unlabeled, Commented, CommentDeleted, Closed, Reopened, BodyEdited]
    assert [fact.by.login for fact in read.facts if fact.by] == [
        "riya",
        "mft",
        "mft",
        "riya",
        "mft",
        "mft",
        "mft",
        "riya",
    ]
    (deleted,) = (fact for fact in read.facts if isinstance(fact, CommentDeleted))
    assert deleted.author == deleted.by
    said = read.comments()[0]
    assert (said.body, said.edited_at is None, said.edited_by) == ("Hello again.", False, said.by)
    assert not said.edited_by_another
    assert said.database_id == comment.id > 2**31
    assert read.body_edited_at == read.facts[-1].at
    assert (read.number, read.is_open, read.title) == (number, True, "Their words")
    assert read.id == read.facts[0].id


def test_who_edited_a_comment_is_told_apart(world: World) -> None:
    """A comment that somebody else edited says so."""
    number = world.opens()
    comment = world.says("riya", number, "/withdraw")
    world.as_("mft").get_issue(number).get_comment(comment.id).edit("/help")
    assert world.tracker.read(number).comments()[0].edited_by_another


def test_the_bot_is_known_by_its_id(world: World) -> None:
    """The job's own comment is ours, a bot's, and nobody else's is."""
    number = world.opens()
    posted, _ = world.tracker.answer(world.tracker.read(number), "Hello.")
    world.says("mft", number, "Hello.")
    read = world.tracker.read(number)
    ours, theirs = read.comments()
    assert ours.id == posted
    assert world.as_("mft").get_issue(number).get_comment(ours.database_id).body == "Hello."
    assert read.is_mine(ours)
    assert ours.by is not None
    assert ours.by.bot
    assert not read.is_mine(theirs)


def test_what_somebody_deletes_of_ours_is_told(world: World) -> None:
    """GitHub says whose a deleted comment was, and who deleted it."""
    number = world.opens()
    world.tracker.comment(number, "Hello.")
    (posted,) = world.as_("mft").get_issue(number).get_comments()
    posted.delete()
    read = world.tracker.read(number)
    deleted = read.facts[-1]
    assert isinstance(deleted, CommentDeleted)
    assert read.is_me(deleted.author)
    assert not read.is_mine(deleted)


def test_whose_a_login_is_is_looked_up(world: World) -> None:
    """The number that GitHub gives for it is the one that node ids hold; None where nobody has it."""
    number = world.opens()
    author = world.tracker.read(number).author
    assert author is not None
    assert world.tracker.account("riya") == author.number
    assert world.tracker.account("nobody-of-that-login") is None


def test_a_long_timeline_is_read_whole(world: World) -> None:
    """However many facts come after the first hundred, they take one read more, none lost, none twice."""
    number = world.opens()
    for index in range(205):
        world.tracker.comment(number, str(index))
    assert world.counted(lambda: world.tracker.read(number)) == (2, 0)
    read = world.tracker.read(number)
    assert [comment.body for comment in read.comments()] == [str(index) for index in range(205)]
    assert len({fact.id for fact in read.facts}) == 206
    before = world.tracker.tail(read)
    assert before.facts == ()
    posted, tail = world.tracker.answer(read, "one more")
    assert [fact.id for fact in tail.facts] == [posted]


def test_an_issue_that_is_not_there_is_a_404(world: World) -> None:
    """Reading an issue that doesn't exist is an error with its status."""
    with pytest.raises(AdapterError) as error:
        world.tracker.read(7)
    assert error.value.status == 404


def test_now_is_the_date_of_the_answer(world: World) -> None:
    """The clock is GitHub's: moving the sandbox's moves ours."""
    number = world.opens()
    world.sandbox.store.move_clock(to="2027-03-04T05:06:07Z")
    assert world.tracker.read(number).now.isoformat() == "2027-03-04T05:06:07+00:00"
    assert world.tracker.latest().now.isoformat() == "2027-03-04T05:06:07+00:00"


def test_a_receipt_comes_back_with_its_tail(world: World) -> None:
    """One request posts it, and shows all that came since the issue was read, and how it is then."""
    number = world.opens()
    read = world.tracker.read(number)
    world.says("riya", number, "Something else.")
    world.as_("mft").get_issue(number).add_to_labels("bug")
    found: list[tuple[str, Tail]] = []
    assert world.counted(lambda: found.append(world.tracker.answer(read, "Hello."))) == (0, 1)
    ((made, tail),) = found
    assert [type(one) for one in tail.facts] == [Commented, Labeled, Commented]
    assert tail.facts[-1].id == made
    assert tail == msgspec.structs.replace(world.tracker.tail(read), now=tail.now)


def test_a_receipt_that_lags_behind_is_waited_for(world: World) -> None:
    """Where its answer doesn't show it, the tail is asked until the comment shows."""
    number = world.opens()
    read = world.tracker.read(number)
    posted, _ = world.tracker.answer(read, "Hello.")
    world.sandbox.store.set_lag(writes=1)
    world.tracker.comment(number, "Hello again.")
    with pytest.raises(AdapterError, match="reading back"):
        world.tracker.tail(read, "IC_other")
    world.sandbox.store.set_lag(writes=0)
    assert world.tracker.tail(read, posted).facts[0].id == posted


def test_a_receipt_that_another_run_has_deleted_is_not_waited_for(world: World) -> None:
    """A run whose receipt lost a race, and was tidied away already, goes on at once."""
    number = world.opens()
    read = world.tracker.read(number)
    posted, _ = world.tracker.answer(read, "Hello.")
    world.tracker.write(read, [DeleteComment(posted)])
    reads, _ = world.counted(lambda: world.tracker.tail(read, posted))
    assert reads == 1


# --- several writes at once ----------------------------------------------------------------------------


def test_several_writes_are_one_request(world: World) -> None:
    """Labels the repository has, title, openness and comments: one document, and each counts as a write."""
    number = world.opens()
    handle(world.desk)
    read = world.tracker.read(number)
    said, _ = world.tracker.answer(read, "Hello.")
    spare, _ = world.tracker.answer(read, "Hello again.")
    before = world.tracker.written
    labels = RemoveLabels(("state: reported",))
    writes = (labels, Retitle("Another"), SetOpen(open_=False), AddComment("More."), EditComment(said, "Hi."))
    every = (AddLabels(("consent: none",)), *writes, DeleteComment(spare))
    assert world.counted(lambda: world.tracker.write(read, every)) == (0, 1)
    assert world.tracker.written - before == 7
    after = world.tracker.read(number)
    assert (after.title, after.is_open, after.body) == ("Another", False, play.body())
    assert after.labels == {"consent: none"}
    assert [one.body for one in after.comments()][-2:] == ["Hi.", "More."]
    world.tracker.write(read, [SetOpen(open_=True)])
    assert world.tracker.read(number).is_open


def test_what_is_gone_costs_no_other_write(world: World) -> None:
    """A comment or a label that is gone already is no error, and all else is done."""
    number = world.opens()
    read = world.tracker.read(number)
    said, _ = world.tracker.answer(read, "Hello.")
    world.tracker.write(read, [AddLabels(("bug", "state: reported")), DeleteComment(said)])
    read = world.tracker.read(number)
    gone = (RemoveLabels(("bug",)), DeleteComment(said))
    world.tracker.write(read, gone)
    world.tracker.write(read, [*gone, Retitle("Another")])
    assert world.labels(number) == {"state: reported"}
    assert world.tracker.read(number).title == "Another"


def test_a_label_that_the_repository_lacks_is_made(world: World) -> None:
    """Only REST makes one, so that takes a request more, once."""
    number = world.opens()
    read = world.tracker.read(number)
    writes: tuple[Write, ...] = (AddLabels(("state: reported",)), Retitle("Another"))
    assert world.counted(lambda: world.tracker.write(read, writes)) == (0, 2)
    world.tracker.write(world.tracker.read(number), [RemoveLabels(("state: reported",))])
    assert world.counted(lambda: world.tracker.write(read, writes)) == (0, 1)


def test_what_fails_is_told_and_all_else_is_done(world: World) -> None:
    """Whatever stands before or behind it: each write is done or not by itself."""
    number = world.opens()
    read = world.tracker.read(number)
    with pytest.raises(AdapterError) as error:
        world.tracker.write(read, [EditComment("IC_none", MARK), Retitle("Another")])
    assert (error.value.status, error.value.route) == (404, "mutation WRITE")
    assert world.tracker.read(number).title == "Another"


# --- budgets -----------------------------------------------------------------------------------------


def test_nothing_to_do_is_one_read_and_no_write(world: World) -> None:
    """Both kinds of run list once where nothing is new or due."""
    world.opens()
    sweep(world.desk)
    assert world.counted(lambda: handle(world.desk)) == (1, 0)
    assert world.counted(lambda: sweep(world.desk)) == (1, 0)


def test_one_event_one_transition_one_notice(world: World) -> None:
    """Two reads, the issue and the listing, and two writes: the receipt with its tail, and all else."""
    another, number = world.opens(), world.opens()
    world.says("mft", another, "/estimate 3 days")  # so that there is each label
    handle(world.desk, hinted=number)
    world.says("mft", number, "/estimate 3 days")
    assert world.counted(lambda: handle(world.desk, hinted=number)) == (2, 2)
    assert world.labels(number) == {"state: acknowledged", "consent: none"}


def test_what_reads_and_writes_cost_is_counted(world: World) -> None:
    """A run's own figures are GitHub's, for every kind of read and write, and so is what is left."""
    requests_ = world.sandbox.store.requests
    number = world.opens()
    world.says("mft", number, "/suspend Insults\nSam Poe, sam@example.org")
    for _ in range(120):
        world.says("riya", number, "Hello.")
    requests_.reset()
    tracker = world.tracker
    for run in (handle, sweep):
        assert run(desk(tracker, Outbox(world.folder / "outbox"))).complete
    tracker.labelled("mail")
    counts: dict[str, Any] = requests_.as_dict()
    assert (tracker.points, tracker.written) == (counts["points"], counts["pieces"])
    assert tracker.points > counts["reads"] > 0
    assert tracker.points_left == 1000 - tracker.points


def test_ordinary_talk_is_at_most_one_write(world: World) -> None:
    """A comment that asks for nothing is noted once, and never read again."""
    number = world.opens()
    handle(world.desk)
    world.says("riya", number, "Thank you.")
    _, writes = world.counted(lambda: handle(world.desk))
    assert writes <= 1
    assert world.counted(lambda: handle(world.desk)) == (1, 0)


def test_a_card_counts_as_the_job_wrote_it_last(world: World) -> None:
    """A person's edit of it, without a word changed in what it says of itself, brings the issue up once."""
    number = world.opens()
    for run in (handle, sweep):
        world.says("mft", number, "/help")
        run(world.desk)  # so that the card has been edited by the job
        card = next(one for one in world.tracker.read(number).comments() if is_card(one.body))
        world.as_("mft").get_issue(number).get_comment(card.database_id).edit(f"Nothing.\n\n{card.body}")
        assert next(one.card for one in world.tracker.latest().issues if one.number == number) is None
        assert [one.number for one in run(world.desk).outcomes] == [number]
        assert run(world.desk).outcomes == []


DELETE = "mutation Delete($issue: ID!) {deleteIssue(input: {issueId: $issue}) {clientMutationId}}"


def test_a_deleted_incident_is_missed_and_the_board_found_again(world: World) -> None:
    """The first sweep opens and pins the board; closed and old, it isn't opened twice, and still knows."""
    first, second = world.opens(), world.opens()
    assert sweep(world.desk).complete
    (board,) = world.tracker.labelled(BOARD_LABEL)
    with world.sandbox.store.read() as db:
        pinned = [row["number"] for row in db.execute("SELECT number FROM issue WHERE pinned")]
    assert pinned == [board]
    world.sandbox.store.move_clock(advance=3_600)
    assert sweep(world.desk).complete
    world.sandbox.store.add_user("owner")
    world.sandbox.store.add_org(REPO.partition("/")[0], deletes_issues=True)
    world.sandbox.store.set_permission(REPO, "owner", "admin")
    world.tokens["owner"] = world.sandbox.store.add_token("owner")
    requester = world.as_("owner").requester
    sent = {"query": DELETE, "variables": {"issue": world.tracker.read(first).id}}
    requester.requestJsonAndCheck("POST", requester.graphql_url, input=sent)
    assert [(one.kind, one.subject) for one in sweep(world.desk).troubles] == [("vanished", str(first))]
    world.as_("mft").get_issue(board).edit(state="closed")
    world.says("mft", board, f"/gone {first}")
    assert sweep(world.desk).complete
    assert world.tracker.labelled(BOARD_LABEL) == (board,)
    assert world.tracker.read(board).is_open
    assert world.tracker.pull_requests() == frozenset()
    assert [one.number for one in audit(world.desk).findings] == []
    assert world.tracker.read(second).is_open


def test_listing_many_issues_takes_a_request_for_each_hundred(world: World) -> None:
    """Two hundred and one open issues and the board, none of them due, are listed in three requests."""
    number = world.opens()
    sweep(world.desk)
    card = next(one.body for one in world.tracker.read(number).comments() if is_card(one.body))
    for _ in range(200):
        number = world.opens()
        read = world.tracker.read(number)
        world.tracker.write(read, [AddComment(card), AddLabels(("state: reported", "consent: none"))])
    assert world.counted(lambda: sweep(world.desk)) == (3, 0)


@pytest.mark.parametrize("renamed", [True, False])
def test_a_states_label_that_is_gone_everywhere_comes_back(world: World, renamed: bool) -> None:
    """Somebody renames or deletes the repository's label; the next run puts it on again, and then rests."""
    number = world.opens()
    handle(world.desk)
    before = world.labels(number)
    label = world.as_("mft").get_label("state: reported")
    if renamed:
        label.edit("state: filed", label.color)
    else:
        label.delete()
    assert "state: reported" not in world.labels(number)
    assert sweep(world.new_desk()).complete
    assert world.labels(number) == before
    assert world.counted(lambda: sweep(world.new_desk())) == (1, 0)


# --- the whole, and runs at once --------------------------------------------------------------------------


def test_an_incident_goes_to_its_told_resolution(world: World) -> None:
    """Filed, estimated, drafted, sent, told by mail, closed: over HTTP, with one mail."""
    number = world.opens()
    for login, said in (
        ("mft", "/estimate 3 days"),
        ("mft", "/party Robin Example robin@example.org"),
        ("stranger", "/resolve nothing"),
        ("mft", "/resolve We talked."),
    ):
        world.says(login, number, said)
        assert handle(world.desk).complete
    world.as_("mft").get_issue(number).add_to_labels(play.APPROVE)
    assert handle(world.desk).complete
    issue = world.as_("mft").get_issue(number)
    assert issue.state == "closed"
    assert world.labels(number) == {"state: closed", "consent: none"}
    assert len(list((world.folder / "outbox" / "new").iterdir())) == 1
    sweep(world.desk)
    assert world.counted(lambda: sweep(world.desk)) == (1, 0)


@pytest.mark.parametrize("count", [2, 3])
def test_runs_at_once_converge(world: World, count: int) -> None:
    """Two and three runs in threads of their own leave one receipt that counts for each request."""
    number = world.opens()
    world.says("mft", number, "/estimate 3 days")
    world.says("mft", number, "/party Robin Example robin@example.org")
    world.says("riya", number, "/help")
    world.says("mft", number, "/resolve We talked.")
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def run() -> None:
        own = world.new_desk()
        barrier.wait()
        try:
            enforce(own, number)
        except BaseException as error:  # noqa: BLE001 - it is shown below
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    sweep(world.desk)
    _, writes = world.counted(lambda: enforce(world.desk, number))
    assert writes == 0
    read = world.tracker.read(number)
    ledger = read_ledger(read)
    assert not ledger.broken
    assert not ledger.void
    assert not ledger.spare_cards
    assert [entry.record.move for entry in ledger.counted] == [
        None,
        "estimate",
        "party",
        "help",
        "resolve",
    ]
    assert world.labels(number) == {"state: acknowledged", "consent: none"}


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_a_repository_that_is_not_private_is_written_nothing(tmp_path: Path, visibility: str) -> None:
    """Where anybody could read incidents, every run refuses before its first write."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        store = sandbox.store
        store.add_user("riya")
        store.add_repo(REPO, visibility=visibility, labels=False)
        token = store.job_token(REPO)
        tracker = GitHubTracker(REPO, token, sandbox.url)
        client = github.Github(auth=github.Auth.Token(token), base_url=sandbox.url)
        client.get_repo(REPO).create_issue("Their words", play.body())
        store.requests.reset()
        for call in (lambda: handle(desk(tracker)), lambda: sweep(desk(tracker)), lambda: tracker.read(1)):
            with pytest.raises(NotPrivateError):
                call()
        assert store.requests.as_dict().get("rest_writes", 0) == 0


# --- exact faults ------------------------------------------------------------------------------------------

COMMENTS = f"{API}/repos/{REPO}/issues/1/comments"
MADE = {"id": 2**33, "node_id": "IC_1", "body": "x", "url": f"{API}/repos/{REPO}/issues/comments/{2**33}"}


def refuse(http: responses.RequestsMock, method: str, url: str, status: int, **headers: str) -> None:
    """Let the next such request fail, with words in the answer that must not get out."""
    http.add(method, url, json={"message": MARK, "errors": [MARK]}, status=status, headers=headers)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_comment_is_not_posted_again_blindly(
    http: responses.RequestsMock, remote: GitHubTracker, status: int
) -> None:
    """After a 5xx the comment may have been made: one POST, and an error that says it is uncertain."""
    refuse(http, "POST", COMMENTS, status)
    with pytest.raises(AdapterError) as error:
        remote.comment(1, "x")
    assert len(http.calls) == 1
    assert error.value.uncertain
    assert error.value.status == status


def test_a_cut_connection_leaves_a_comment_uncertain(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """Without any answer a comment may have been made as well."""
    http.add("POST", COMMENTS, body=requests.exceptions.ConnectionError(MARK))
    with pytest.raises(AdapterError) as error:
        remote.comment(1, "x")
    assert len(http.calls) == 1
    assert error.value.uncertain
    assert error.value.status is None


@pytest.mark.parametrize(("status", "wait"), [(429, "7"), (403, "7")])
def test_a_refusal_by_a_limit_is_waited_out_as_asked(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps, status: int, wait: str
) -> None:
    """A secondary limit did nothing, so after its Retry-After even a comment is posted again."""
    refuse(http, "POST", COMMENTS, status, **{"Retry-After": wait})
    http.add("POST", COMMENTS, json=MADE, status=201)
    remote.comment(1, "x")
    assert len(http.calls) == 2
    assert sleeps.asked == [7.0]
    assert remote.written == 2, "GitHub counts what it refuses"


def test_the_primary_limit_is_waited_out_to_its_reset(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """The wait is from GitHub's own Date to its reset."""
    headers = {
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "1767604830",
        "Date": "Mon, 05 Jan 2026 09:20:00 GMT",
    }
    refuse(http, "POST", COMMENTS, 403, **headers)
    http.add("POST", COMMENTS, json=MADE, status=201)
    remote.comment(1, "x")
    assert sleeps.asked == [30.0]


def test_a_limit_that_asks_for_too_much_is_left_to_the_next_run(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """No run waits longer than its bound; it isn't uncertain, for nothing was done."""
    refuse(http, "POST", COMMENTS, 429, **{"Retry-After": str(int(LONGEST_WAIT) + 1)})
    with pytest.raises(AdapterError) as error:
        remote.comment(1, "x")
    assert sleeps.asked == []
    assert error.value.status == 429
    assert not error.value.uncertain


def test_a_limit_that_never_ends_is_given_up(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """After a few tries the run gives up."""
    for _ in range(TRIES + 2):
        refuse(http, "POST", COMMENTS, 429, **{"Retry-After": "1"})
    with pytest.raises(AdapterError):
        remote.comment(1, "x")
    assert len(http.calls) == TRIES


def test_a_plain_403_is_not_repeated(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """A refusal that isn't a limit's won't change."""
    refuse(http, "POST", COMMENTS, 403)
    with pytest.raises(AdapterError) as error:
        remote.comment(1, "x")
    assert len(http.calls) == 1
    assert not error.value.uncertain
    assert sleeps.asked == []


def test_who_is_assigned_is_read_with_by_whom(world: World) -> None:
    """The fact names who assigned whom; the issue shows who is on it, and a tail shows it too."""
    number = world.opens()
    issue = world.tracker.read(number)
    world.tracker.assign(number, "mft")
    tail = world.tracker.tail(issue)
    (assigned,) = [one for one in tail.facts if isinstance(one, Assigned)]
    assert assigned.assignee is not None
    assert (assigned.assignee.login, issue.is_mine(assigned)) == ("mft", True)
    assert [one.login for one in tail.assignees] == ["mft"]
    world.tracker.unassign(number, "mft")
    after = world.tracker.read(number)
    assert after.assignees == ()
    (taken_off,) = [one for one in after.facts if isinstance(one, Unassigned)]
    assert taken_off.assignee == assigned.assignee


ISSUE = play.Play().read()


def writes(*every: Write) -> Callable[[GitHubTracker], object]:
    """Return what writes to an issue."""
    return lambda one: one.write(ISSUE, every)


CALLS: dict[str, tuple[str, str, Callable[[GitHubTracker], object]]] = {
    "edit_comment": ("POST", GRAPHQL, writes(EditComment("IC_5", MARK))),
    "delete_comment": ("POST", GRAPHQL, writes(DeleteComment("IC_5"))),
    "retitle": ("POST", GRAPHQL, writes(Retitle(MARK))),
    "close": ("POST", GRAPHQL, writes(SetOpen(open_=False))),
    "add_labels": ("POST", f"{API}/repos/{REPO}/issues/1/labels", writes(AddLabels(("x",)))),
    "assign": ("POST", f"{API}/repos/{REPO}/issues/1/assignees", lambda one: one.assign(1, "mft")),
    "unassign": ("DELETE", f"{API}/repos/{REPO}/issues/1/assignees", lambda one: one.unassign(1, "mft")),
    "edit_body": ("PATCH", f"{API}/repos/{REPO}/issues/1", lambda one: one.edit_body(1, MARK)),
    "read": ("POST", GRAPHQL, lambda one: one.read(1)),
    "latest": ("POST", GRAPHQL, lambda one: one.latest()),
    "listing": ("POST", GRAPHQL, lambda one: one.listing(open_="", closed="")),
}
READS = ("read", "latest", "listing")
ONCE: dict[str, tuple[str, str, Callable[[GitHubTracker], object]]] = {
    "comment": ("POST", COMMENTS, lambda one: one.comment(1, MARK)),
    "answer": ("POST", GRAPHQL, lambda one: one.answer(ISSUE, MARK)),
    "add_comment": ("POST", GRAPHQL, writes(Retitle(MARK), AddComment(MARK))),
}
"""What isn't repeated, as it may have been done."""


@pytest.mark.parametrize("name", CALLS)
def test_what_may_be_done_twice_is_repeated(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps, name: str
) -> None:
    """Reads, edits, deletions and labels are tried a few times with growing pauses, then given up."""
    method, url, call = CALLS[name]
    for _ in range(TRIES + 1):
        refuse(http, method, url, 502)
    with pytest.raises(AdapterError) as error:
        call(remote)
    assert len(http.calls) == TRIES
    assert sleeps.asked == sorted(sleeps.asked)
    assert error.value.status == 502
    assert remote.written == (0 if name in READS else TRIES)
    assert (remote.points > 0) is (url == GRAPHQL)


@pytest.mark.parametrize("name", ONCE)
def test_what_says_something_is_not_repeated_blindly(
    http: responses.RequestsMock, remote: GitHubTracker, name: str
) -> None:
    """Nor is what goes with it in one request: the error says that it may have been done."""
    method, url, call = ONCE[name]
    refuse(http, method, url, 502)
    with pytest.raises(AdapterError) as error:
        call(remote)
    assert len(http.calls) == 1
    assert error.value.uncertain


def told(**parts: dict[str, str] | None) -> dict[str, Any]:
    """Return an answer to several writes, of which some failed."""
    errors = [
        {"type": "SOMETHING", "path": [name], "message": MARK} for name, one in parts.items() if one is None
    ]
    return {"data": parts, "errors": errors} if errors else {"data": parts}


def test_only_what_failed_is_tried_again(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """What was done isn't done twice, be it a comment; each try counts what it tries."""
    http.add("POST", GRAPHQL, json=told(w0=None, w1={}, w2={}))
    http.add("POST", GRAPHQL, json=told(w0={}))
    remote.write(ISSUE, [Retitle("x"), AddComment("y"), SetOpen(open_=True)])
    sent = [json.loads(one.request.body)["query"] for one in http.calls if one.request.body]
    assert [text.count("(input: $w") for text in sent] == [3, 1]
    assert ["addComment" in text for text in sent] == [True, False]
    assert remote.written == 4


@pytest.mark.parametrize("answer", [{"data": None}, {"data": {"w0": None}}, {"data": {}}, {}])
def test_an_answer_that_does_not_say_what_was_done_is_odd(
    http: responses.RequestsMock, remote: GitHubTracker, answer: dict[str, Any]
) -> None:
    """What it was to do may have been done, so a comment isn't posted again."""
    http.add("POST", GRAPHQL, json=answer)
    with pytest.raises(AdapterError) as error:
        remote.write(ISSUE, [AddComment("x")])
    assert (error.value.kind, error.value.uncertain, len(http.calls)) == ("odd", True, 1)


def test_a_limit_within_an_answer_is_waited_out(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """Of what it refused, nothing was done: all of that is written again, a comment too."""
    refused = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    http.add("POST", GRAPHQL, json=refused, headers={"Retry-After": "7"})
    http.add("POST", GRAPHQL, json=told(w0={}, w1={}))
    remote.write(ISSUE, [Retitle("x"), AddComment("y")])
    assert sleeps.asked == [7.0]


def test_what_was_submitted_too_quickly_is_submitted_later(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """GraphQL calls the limit of what may be created so, for one thing among others that were done."""
    quick = {"type": "UNPROCESSABLE", "path": ["w1"], "message": "was submitted too quickly"}
    http.add("POST", GRAPHQL, json={"data": {"w0": {}, "w1": None}, "errors": [quick]})
    http.add("POST", GRAPHQL, json=told(w0={}))
    remote.write(ISSUE, [Retitle("x"), AddComment("y")])
    assert sleeps.asked == [60.0]


def test_a_comment_that_may_stand_there_is_not_said_again_for_others(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """GitHub doesn't say what became of it, and limits what stands behind it: only that is done again."""
    limited = {"type": "RATE_LIMITED", "path": ["w1"], "message": "API rate limit exceeded"}
    answer = {"data": {"w0": None, "w1": None}, "errors": [limited]}
    http.add("POST", GRAPHQL, json=answer, headers={"Retry-After": "7"})
    http.add("POST", GRAPHQL, json=told(w0={}))
    with pytest.raises(AdapterError) as error:
        remote.write(ISSUE, [AddComment("x"), AddComment("y")])
    assert (error.value.uncertain, sleeps.asked) == (True, [7.0])
    taken = [json.loads(one.request.body)["variables"] for one in http.calls if one.request.body]
    assert [[one["body"] for one in every.values()] for every in taken] == [["x", "y"], ["y"]]


def test_a_label_that_cannot_be_made_costs_no_other_write(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """All else is done, and the label's failure told."""
    refuse(http, "POST", f"{API}/repos/{REPO}/issues/1/labels", 422)
    http.add("POST", GRAPHQL, json=told(w0={}))
    with pytest.raises(AdapterError) as error:
        remote.write(ISSUE, [AddLabels(("x",)), RemoveLabels(("y",)), SetOpen(open_=False)])
    assert (error.value.status, error.value.route) == (422, "POST labels")
    assert len(http.calls) == 2


@pytest.mark.parametrize("fault", ["502", "403", "422", "cut", "no JSON"])
@pytest.mark.parametrize("name", [*CALLS, *ONCE])
def test_no_word_of_an_answer_gets_into_an_error(
    http: responses.RequestsMock, remote: GitHubTracker, name: str, fault: str
) -> None:
    """GitHub's answers repeat what people wrote; our errors hold status and route, and no cause."""
    method, url, call = (CALLS | ONCE)[name]
    if fault == "cut":
        http.add(method, url, body=requests.exceptions.ConnectionError(MARK))
    elif fault == "no JSON":
        http.add(method, url, body=f"<html>{MARK}", status=502)
    else:
        refuse(http, method, url, int(fault))
    with pytest.raises(AdapterError) as error:
        call(remote)
    assert MARK not in str(error.value) + repr(error.value) + repr(error.value.args)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_errors_in_an_answer_of_graphql_hold_no_words(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """A query that GitHub answers with errors is an AdapterError without their text."""
    http.add("POST", GRAPHQL, json={"data": None, "errors": [{"message": MARK}]}, status=200)
    with pytest.raises(AdapterError) as error:
        remote.latest()
    assert MARK not in str(error.value)


def test_a_few_writes_have_no_pause_and_more_have_one_for_each(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """GitHub asks automations for a second between writes, and takes 80 a minute; reads need none."""
    http.add("POST", COMMENTS, json=MADE, status=201)
    http.add("POST", GRAPHQL, json=told(w0={}, w1={}, w2={}))
    for _ in range(AT_ONCE - 1):
        remote.comment(1, "x")
    assert sleeps.asked == []
    remote.write(ISSUE, [Retitle("x"), SetOpen(open_=True), DeleteComment("IC_1")])
    remote.comment(1, "y")
    assert [0.0 < one <= most for one, most in zip(sleeps.asked, (1.0, 3.0), strict=True)] == [True, True]
    assert sleeps.asked[1] > 2.0


def test_nothing_is_logged(
    http: responses.RequestsMock, remote: GitHubTracker, caplog: pytest.LogCaptureFixture
) -> None:
    """PyGithub's loggers are off, since they would log addresses and answers."""
    caplog.set_level("DEBUG")
    refuse(http, "POST", COMMENTS, 502)
    with pytest.raises(AdapterError):
        remote.comment(1, MARK)
    assert MARK not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("github")]


# --- full and locked issues ---------------------------------------------------------------------------


def fill(world: World, number: int) -> None:
    """Let the reporter comment until GitHub takes no more."""
    store = world.sandbox.store
    with Transaction(store, store.access(REPO, "riya")) as there:
        while True:
            try:
                there.add_comment(number, "More of it.")
            except Refusal:
                return


def test_a_full_issue_goes_on_in_another_by_a_label(world: World) -> None:
    """At GitHub's own limit nothing can be said, and the case goes on all the same, with its suspension."""
    number = world.opens()
    sweep(world.new_desk())
    world.says("mft", number, "/estimate 30 days")
    world.says("mft", number, "/suspend Insults\nSam Poe, sam@example.org")
    sweep(world.new_desk())
    (standing,) = suspensions(world.desk.open(world.desk.read(number))).values()
    suspended = standing.number
    assert suspended is not None
    fill(world, number)
    assert [one.kind for one in sweep(world.new_desk()).troubles] == ["space"]
    world.as_("mft").get_issue(number).add_to_labels("continue")
    assert handle(world.new_desk()).complete
    there = next(
        one.number for one in world.as_("mft").get_issues(state="open") if "continuation" in one.body
    )
    read = world.desk.read(there)
    here = world.desk.open(read)
    assert (here.author.login if here.author else "") == "riya"
    assert here.body == world.as_("mft").get_issue(number).body
    assert [one.mail for one in here.people if one.suspended] == ["sam@example.org"]
    assert world.tracker.read(suspended).parent == there
    assert read.issue.parent == number
    assert "state: acknowledged" in world.labels(there)
    old = world.as_("mft").get_issue(number)
    assert (old.state, old.comments) == ("closed", 2500)
    assert not {label.name for label in old.labels}
    assert sweep(world.new_desk()).complete
    world.says("mft", there, "/resolve We talked.\nTo parties: We talked.")
    assert handle(world.new_desk()).complete


def test_what_is_asked_for_by_ids_is_found_in_their_place(world: World) -> None:
    """Comments of other issues, and those that are gone, are left out; a hundred at a time."""
    number, other = world.opens(), world.opens()
    said = [world.says("mft", number, str(index)) for index in range(102)]
    stray = world.says("mft", other, "Elsewhere.")
    ids = [one.id for one in world.tracker.read(number).comments()]
    first, strays = world.tracker.read(number), world.tracker.read(other).comments()
    said[0].delete()
    earlier = world.tracker.earlier([first.id], [*ids, strays[0].id])
    assert stray.id == strays[0].database_id
    assert [one.body for one in earlier.comments] == [str(index) for index in range(1, 102)]
    assert [one.id for one in earlier.comments] == ids[1:]
    assert (earlier.body, earlier.author) == (first.body, first.author)


def test_a_lock_is_read_and_a_job_may_undo_it(world: World) -> None:
    """The job can't comment on a locked issue, unlocks it, and goes on; who locked it is told there."""
    number = world.opens()
    sweep(world.new_desk())
    world.as_("mft").get_issue(number).lock("resolved")
    with pytest.raises(AdapterError) as refused:
        world.tracker.comment(number, "Hello.")
    assert refused.value.reason == "locked"
    assert isinstance(world.tracker.read(number).facts[-1], Locked)
    world.says("mft", number, "/estimate 3 days")
    assert handle(world.new_desk()).complete
    assert not world.tracker.read(number).locked
    assert "state: acknowledged" in world.labels(number)
    assert any("locked, by @mft" in one.body for one in world.tracker.read(number).comments())
