"""Odd answers of GitHub's, as exact HTTP: each is read on the safe side, and costs what it must.

Of `adapters/github.py`, as test_github.py is; here are the answers that GitHub's documentation doesn't name.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
import responses

from cocflow.adapters.client import SIZES, TRIES, ViewerError
from cocflow.adapters.github import GitHubTracker
from cocflow.core.case.facts import Commented, Item, Labeled, Unreadable, extended
from cocflow.errors import AdapterError
from tests.adapters.conftest import API, GRAPHQL, REPO, Sleeps

COMMENTS = f"{API}/repos/{REPO}/issues/1/comments"
MADE = {"id": 2**33, "node_id": "IC_1", "body": "x"}
DATE = {"Date": "Mon, 05 Jan 2026 09:20:00 GMT"}
AT = "2026-01-05T09:00:00Z"
MARK = "Zq7Marker"

VIEWER = {"id": "BOT_kgDOAn9RKg", "databaseId": 41898282, "login": "github-actions[bot]"}
BOT = {"__typename": "Bot", "id": "BOT_kgDOAn9RKg", "login": "github-actions"}
LEGACY = BOT | {"id": "MDM6Qm90NDE4OTgyODI="}
RIYA = {"__typename": "User", "id": "U_kgDOAAjmPw", "login": "riya"}


# --- the answers ----------------------------------------------------------------------------------------


def comment(id_: str = "IC_1", **fields: Any) -> dict[str, Any]:
    """Return a comment of ours in a timeline."""
    return {
        "__typename": "IssueComment",
        "id": id_,
        "createdAt": AT,
        "body": "Hello.",
        "fullDatabaseId": str(2**33),
        "lastEditedAt": None,
        "viewerDidAuthor": True,
        "author": BOT,
        "editor": None,
    } | fields


def event(kind: str, **fields: Any) -> dict[str, Any]:
    """Return another item of a timeline."""
    return {"__typename": kind, "id": f"E_{kind}", "createdAt": AT, "actor": RIYA} | fields


def timeline(*items: Any, more: bool = False) -> dict[str, Any]:
    """Return one page of a timeline."""
    return {"pageInfo": {"hasNextPage": more, "endCursor": "c1"}, "nodes": list(items)}


def issue(*items: Any, **fields: Any) -> dict[str, Any]:
    """Return an issue as ISSUE asks for it."""
    return {
        "id": "I_1",
        "number": 1,
        "title": "Their words",
        "body": "",
        "state": "OPEN",
        "locked": False,
        "createdAt": AT,
        "lastEditedAt": None,
        "url": "https://github.example/acme/incidents/issues/1",
        "viewerDidAuthor": False,
        "author": RIYA,
        "editor": None,
        "labels": {"nodes": [{"name": "state: reported"}]},
        "assignees": {"nodes": []},
        "parent": None,
        "comments": {"totalCount": sum(one["__typename"] == "IssueComment" for one in items if one)},
        "timelineItems": timeline(*items),
    } | fields


def listed(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return an issue as a listing shows it."""
    return {
        "id": f"I_{number}",
        "number": number,
        "state": "OPEN",
        "locked": False,
        "updatedAt": AT,
        "lastEditedAt": None,
        "labels": {"nodes": []},
        "comments": {"totalCount": 0, "nodes": []},
        "timelineItems": {"pageInfo": {"hasPreviousPage": False}, "nodes": []},
    } | fields


def data(**repository: Any) -> dict[str, Any]:
    """Return a whole answer."""
    return {"data": {"viewer": VIEWER, "repository": {"id": "R_1", "visibility": "PRIVATE"} | repository}}


def latest(*nodes: Any, after: str | None = None) -> dict[str, Any]:
    """Return an answer to LATEST."""
    page = {"hasNextPage": after is not None, "endCursor": after}
    return data(latest={"pageInfo": page, "nodes": list(nodes)})


def answers(
    http: responses.RequestsMock, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> None:
    """Let the next query be answered so."""
    http.add("POST", GRAPHQL, json=body, status=status, headers=DATE | (headers or {}))


def sent(http: responses.RequestsMock) -> list[Any]:
    """Return what was asked, each with its variables."""
    return [json.loads(call.request.body or "{}") for call in http.calls]


# --- limits ---------------------------------------------------------------------------------------------


def test_the_limit_of_graphql_that_comes_with_status_200_is_a_limit(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """It is waited out to its reset, and the query asked again."""
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]}
    answers(http, limited, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767604830"})
    answers(http, latest())
    assert remote.latest().issues == ()
    assert sleeps.asked == [30.0]


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_that_names_no_time_is_waited_out_for_a_minute(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps, status: int
) -> None:
    """Without Retry-After GitHub asks for a minute at least, and more after each further refusal."""
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
    http.add("POST", COMMENTS, json=said, status=status)
    http.add("POST", COMMENTS, json=MADE, status=201)
    remote.comment(1, "x")
    assert sleeps.asked == [60.0]
    http.add("POST", f"{API}/repos/{REPO}/issues/2/comments", json=said, status=status)
    sleeps.asked.clear()
    with pytest.raises(AdapterError) as error:
        remote.comment(2, "x")
    assert error.value.kind == "limited"
    assert error.value.wait is None
    assert [one for one in sleeps.asked if one > 1.0] == [60.0]


def test_a_limit_may_name_a_date(http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps) -> None:
    """Retry-After as HTTP's date is counted from GitHub's own time."""
    headers = DATE | {"Retry-After": "Mon, 05 Jan 2026 09:20:20 GMT"}
    http.add("POST", COMMENTS, json={"message": "x"}, status=429, headers=headers)
    http.add("POST", COMMENTS, json=MADE, status=201)
    remote.comment(1, "x")
    assert sleeps.asked == [20.0]


# --- time -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": ""}])
def test_without_githubs_time_nothing_is_decided(
    http: responses.RequestsMock, remote: GitHubTracker, headers: dict[str, str]
) -> None:
    """Where no answer has told the time yet, the read fails: a machine's clock isn't believed."""
    http.add("POST", GRAPHQL, json=latest(), headers=headers)
    with pytest.raises(AdapterError) as error:
        remote.latest()
    assert error.value.kind == "odd"
    assert len(http.calls) == TRIES


def test_an_earlier_time_serves_where_an_answer_lacks_one(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """An earlier time of the same run makes less due, so it is safe."""
    answers(http, latest())
    http.add("POST", GRAPHQL, json=latest())
    now = remote.latest().now
    assert remote.latest().now == now


# --- facts ----------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_counted_and_asks_for_nothing(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """Null items, kinds that we don't know and labels without a name become facts without a meaning."""
    items = (
        comment(),
        None,
        event("PinnedEvent"),
        {"__typename": "MentionedEvent"},
        event("LabeledEvent", label=None),
        event("UnlabeledEvent", label=None),
        event("LabeledEvent", id="E_1", label={"name": "bug"}),
        comment("IC_2", body=None),
    )
    answers(http, data(issue=issue(*items)))
    read = remote.read(1)
    kinds = [type(fact) for fact in read.facts[1:]]
    lost = Unreadable
    assert kinds == [Commented, lost, lost, lost, lost, lost, Labeled, lost]
    assert read.unreadable == 6
    assert [fact.named for fact in read.facts if isinstance(fact, Unreadable)] == [
        False,
        True,
        False,
        True,
        True,
        True,
    ]
    assert len({fact.id for fact in read.facts}) == len(read.facts)
    assert MARK not in repr(read.facts)


def test_null_items_of_a_tail_are_taken_once(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """Each read of a tail gives a null item the same name, so that it is counted once."""
    answers(http, data(issue=issue(comment())))
    answers(http, data(issue=issue(None, comment("IC_2"))))
    read = remote.read(1)
    once = extended(read, remote.tail(read))
    assert once.unreadable == 1
    assert extended(once, remote.tail(read)).unreadable == 1


def test_what_has_no_id_is_nothing_that_a_listing_could_show(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """The newest fact by a person is one that the listing shows too, so the issue isn't picked for ever."""
    said = comment("IC_2", author=RIYA, viewerDidAuthor=False)
    answers(http, data(issue=issue(said, None)))
    assert remote.read(1).newest_by_person() == "IC_2"
    http.remove("POST", GRAPHQL)
    answers(
        http, latest(listed(timelineItems={"pageInfo": {"hasPreviousPage": False}, "nodes": [said, None]}))
    )
    assert remote.latest().issues[0].tail == (Item("IC_2", ours=False, by=RIYA["id"]),)


@pytest.mark.parametrize(
    ("node_id", "number"),
    [
        (base64.b64encode(b"012:IssueComment123").decode(), 123),
        ("IC_kgDOAAjmPw", 583231),
        ("IC_1", 0),
    ],
)
def test_a_comment_without_a_number_is_read(
    http: responses.RequestsMock, remote: GitHubTracker, node_id: str, number: int
) -> None:
    """fullDatabaseId may be null: the id holds the number, or the comment is read and never edited."""
    answers(http, data(issue=issue(comment(node_id, fullDatabaseId=None))))
    assert remote.read(1).comments()[0].database_id == number


# --- nulls ----------------------------------------------------------------------------------------------

NULLS: dict[str, dict[str, Any]] = {
    "repository": {"data": {"viewer": VIEWER, "repository": None}},
    "data": {"data": None},
    "viewer": {"data": {"viewer": None, "repository": {"visibility": "PRIVATE"}}},
    "labels": data(issue=issue(labels=None)),
    "names": data(issue=issue(labels={"nodes": None})),
    "items": data(issue=issue(timelineItems={"pageInfo": {"hasNextPage": False}, "nodes": None})),
    "title": data(issue=issue(timelineItems=None)),
    "created": data(issue=issue(createdAt=None)),
}


@pytest.mark.parametrize("name", NULLS)
def test_a_null_that_leaves_doubt_is_an_error_of_that_issue(
    http: responses.RequestsMock, remote: GitHubTracker, name: str
) -> None:
    """Nothing is guessed from what GitHub leaves out: the read fails, as what it is."""
    answers(http, NULLS[name])
    with pytest.raises(AdapterError) as error:
        remote.read(1)
    assert error.value.kind == "odd"


def test_a_list_that_is_null_is_not_an_empty_one(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """A listing whose entries are null as a whole is an error, not a repository without incidents."""
    answers(http, data(latest={"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": None}))
    with pytest.raises(AdapterError) as error:
        remote.latest()
    assert error.value.kind == "odd"


def test_one_null_entry_costs_that_entry(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """What a listing leaves out, or shows without what matters, is counted; the rest is there."""
    answers(http, latest(None, listed(2), listed(3, updatedAt=None), listed(4) | {"number": None}))
    page = remote.latest()
    assert [one.number for one in page.issues] == [2]
    assert page.unreadable == 3


@pytest.mark.parametrize(
    ("labels", "known"),
    [
        (None, None),
        ({"nodes": None}, None),
        ({"nodes": [None]}, None),
        ({"nodes": [{"name": "Suspension"}]}, False),
        ({"nodes": [{"name": "ROOM"}]}, False),
        ({"nodes": [{"name": "bug"}]}, True),
    ],
)
def test_which_kind_of_issue_it_is_is_never_guessed(
    http: responses.RequestsMock, remote: GitHubTracker, labels: Any, known: bool | None
) -> None:
    """An issue whose labels GitHub leaves out is neither an incident nor a suspension."""
    answers(http, latest(listed(labels=labels)))
    assert remote.latest().issues[0].is_incident is known


def test_errors_about_one_entry_cost_that_entry(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """A partial answer is taken where only an entry of a list, or the parent, is missing."""
    path = ["repository", "issue", "timelineItems", "nodes", 0, "label"]
    spare = [
        {"path": path, "message": MARK},
        {"path": ["repository", "issue", "parent"], "type": "FORBIDDEN"},
    ]
    answers(http, data(issue=issue(None, comment())) | {"errors": spare})
    read = remote.read(1)
    assert (read.unreadable, len(read.comments()), read.parent) == (1, 1, None)


def test_errors_about_the_issue_are_errors(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """A partial answer that lacks what matters isn't taken."""
    lost = [{"path": ["repository", "issue", "labels"], "message": MARK}]
    answers(http, data(issue=issue(labels=None)) | {"errors": lost})
    with pytest.raises(AdapterError) as error:
        remote.read(1)
    assert MARK not in str(error.value)


@pytest.mark.parametrize("body", ["<html>", "{", "[]", "null", "7"])
def test_an_answer_that_is_none_is_odd(
    http: responses.RequestsMock, remote: GitHubTracker, body: str
) -> None:
    """HTML, half an answer, and JSON of another kind are read as no answer, tried again, and told."""
    http.add("POST", GRAPHQL, body=body, status=200, headers=DATE)
    http.add("POST", COMMENTS, body=body, status=201)
    for call in (lambda: remote.latest(), lambda: remote.comment(1, "x")):
        with pytest.raises(AdapterError) as error:
            call()
        assert error.value.kind == "odd"
    assert error.value.uncertain
    assert len([call for call in http.calls if call.request.url == COMMENTS]) == 1


# --- labels and parents -----------------------------------------------------------------------------------


def test_a_states_label_is_one_in_any_case(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """GitHub tells names apart by more than case; a community's own labels stay as they are written."""
    labels = {"nodes": [{"name": "State: Triaged"}, {"name": "SUSPENSION"}, {"name": "Needs Info"}]}
    put = event("LabeledEvent", label={"name": "STATE: triaged"})
    answers(http, data(issue=issue(put, labels=labels)))
    read = remote.read(1)
    assert read.labels == {"state: triaged", "suspension", "Needs Info"}
    assert [fact.label for fact in read.facts if isinstance(fact, Labeled)] == ["state: triaged"]


@pytest.mark.parametrize(
    ("parent", "number"),
    [
        ({"number": 3, "repository": {"id": "R_1"}}, 3),
        ({"number": 3, "repository": {"id": "R_2"}}, None),
        (None, None),
    ],
)
def test_a_parent_elsewhere_is_no_issue_of_ours(
    http: responses.RequestsMock, remote: GitHubTracker, parent: Any, number: int | None
) -> None:
    """A parent in another repository isn't this repository's issue of that number."""
    answers(http, data(issue=issue(parent=parent)))
    assert remote.read(1).parent == number


# --- pages that are too much ------------------------------------------------------------------------------

HEAVY = {"data": None, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "x"}]}


@pytest.mark.parametrize("fault", ["200", "502", "504"])
def test_a_page_that_is_too_much_is_asked_for_in_a_smaller_size(
    http: responses.RequestsMock, remote: GitHubTracker, fault: str
) -> None:
    """The size is halved until GitHub can, and stays so for the run."""
    for _ in range(2):
        answers(http, HEAVY, status=int(fault))
    answers(http, latest(listed()))
    answers(http, latest(listed()))
    assert len(remote.latest().issues) == 1
    remote.latest()
    assert [one["variables"]["first"] for one in sent(http)] == [100, 50, 25, 25]


def test_pages_end_at_ten(http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps) -> None:
    """Where even ten are too much the query fails, and the next one begins as if nothing had been."""
    answers(http, HEAVY)
    with pytest.raises(AdapterError) as error:
        remote.latest()
    assert error.value.kind == "unavailable"
    assert [one["variables"]["first"] for one in sent(http)] == list(SIZES)
    http.remove("POST", GRAPHQL)
    answers(http, latest())
    remote.latest()
    assert sent(http)[-1]["variables"]["first"] == 100


def test_smaller_pages_leave_nothing_out(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """The latest hundred are the latest hundred, in however many pages they come."""
    answers(http, HEAVY)
    answers(http, latest(*map(listed, range(1, 51)), after="c50"))
    answers(http, latest(*map(listed, range(51, 101)), after="c100"))
    assert len(remote.latest().issues) == 100
    assert [one["variables"]["after"] for one in sent(http)] == [None, None, "c50"]


# --- who we are ---------------------------------------------------------------------------------------------


def test_every_query_asks_for_ids_in_the_new_form(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """The header is sent each time, so that a first receipt holds what the last one will."""
    answers(http, latest())
    answers(http, data(issue=issue()))
    remote.latest()
    remote.read(1)
    assert [call.request.headers["X-Github-Next-Global-ID"] for call in http.calls] == ["1", "1"]


@pytest.mark.parametrize(("viewer", "author"), [(BOT, LEGACY), (LEGACY, BOT), (LEGACY, LEGACY)])
def test_the_bot_is_known_in_either_form(
    http: responses.RequestsMock, remote: GitHubTracker, viewer: dict[str, Any], author: dict[str, Any]
) -> None:
    """Its comments are ours whichever form the viewer's id and the author's have."""
    body = data(issue=issue(comment(author=author)))
    body["data"]["viewer"] = VIEWER | {"id": viewer["id"]}
    answers(http, body)
    read = remote.read(1)
    assert read.is_mine(read.comments()[0])


def test_a_bot_whose_login_lacks_its_brackets_is_known(
    http: responses.RequestsMock, remote: GitHubTracker
) -> None:
    """GraphQL leaves `[bot]` out of logins, and might of the viewer's: its account tells."""
    body = data(issue=issue(comment()))
    body["data"]["viewer"] = VIEWER | {"login": "github-actions"}
    answers(http, body)
    read = remote.read(1)
    assert read.is_mine(read.comments()[0])


DISAGREE = {
    "said to be ours, by another": comment(author=RIYA),
    "said to be ours, by nobody": comment(author=None),
    "said to be ours, by a person of our number": comment(author=BOT | {"__typename": "User"}),
    "said to be another's, by us": comment(viewerDidAuthor=False),
    "not said": comment(viewerDidAuthor=None),
}


@pytest.mark.parametrize("name", DISAGREE)
def test_a_comment_whose_signs_disagree_sets_its_issue_aside(
    http: responses.RequestsMock, remote: GitHubTracker, name: str
) -> None:
    """Nothing of that issue is read; others are, and may be written to."""
    answers(http, data(issue=issue(DISAGREE[name])))
    answers(http, data(issue=issue(comment())))
    http.add("POST", COMMENTS, json=MADE, status=201)
    with pytest.raises(AdapterError) as error:
        remote.read(1)
    assert error.value.kind == "odd"
    assert len(remote.read(1).comments()) == 1
    remote.comment(1, "x")


def test_a_card_in_doubt_is_not_believed(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """In a listing such a comment is no card, so a run looks at the issue."""
    card = {"body": "<!-- cocflow:card {} -->", "viewerDidAuthor": False, "author": BOT}
    answers(http, latest(listed(comments={"totalCount": 1, "nodes": [card]})))
    assert remote.latest().issues[0].card is None


@pytest.mark.parametrize(
    "second",
    [
        VIEWER | {"databaseId": 1},
        VIEWER | {"id": RIYA["id"], "databaseId": None},
        VIEWER | {"id": RIYA["id"], "databaseId": 583231},
    ],
)
def test_a_viewer_that_contradicts_itself_stops_the_run(
    http: responses.RequestsMock, remote: GitHubTracker, second: dict[str, Any]
) -> None:
    """Once GitHub has named two accounts for one token, nothing is written any more."""
    answers(http, latest())
    body = latest()
    body["data"]["viewer"] = second
    answers(http, body)
    remote.latest()
    with pytest.raises(ViewerError) as error:
        remote.latest()
    assert error.value.kind == "refused_credential"
    calls = len(http.calls)
    with pytest.raises(ViewerError):
        remote.comment(1, "x")
    assert len(http.calls) == calls


def test_a_cut_connection_is_no_answer(http: responses.RequestsMock, remote: GitHubTracker) -> None:
    """A read that nobody answers is unavailable, and so tried again."""
    http.add("POST", GRAPHQL, body=requests.exceptions.ConnectionError(MARK))
    with pytest.raises(AdapterError) as error:
        remote.latest()
    assert error.value.kind == "unavailable"
    assert len(http.calls) == TRIES


NO_SKIP = {"message": "Field 'timelineItems' doesn't accept argument 'skip'", "path": ["query Pages", "p0"]}
NO_PAGE = {"message": "Something", "type": "INTERNAL", "path": ["repository", "issue", "p1"]}
TOO_MUCH = {"message": "Resource limits exceeded.", "type": "RESOURCE_LIMITS_EXCEEDED"}


@pytest.mark.parametrize(("status", "error"), [(200, NO_SKIP), (200, NO_PAGE), (200, TOO_MUCH), (502, {})])
def test_pages_that_do_not_come_at_once_come_one_by_one(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps, status: int, error: dict[str, Any]
) -> None:
    """Nothing is left out where GitHub doesn't give them by their places, nor is that asked again."""
    first = data(issue=issue(comment("IC_1"), timelineItems=timeline(comment("IC_1"), more=True)))
    first["data"]["repository"]["issue"]["timelineItems"]["filteredCount"] = 250
    rest = data(issue=issue(comment("IC_2")))
    answers(http, first)
    answers(http, {"errors": [error]}, status)
    for one in (rest, first, rest):
        answers(http, one)
    for _ in range(2):
        assert [one.id for one in remote.read(1).comments()] == ["IC_1", "IC_2"]
    names = [one["query"].split("(")[0] for one in sent(http)]
    assert names == ["query Issue", "query Pages", *["query Issue"] * 3]
    assert sleeps.asked == []


def test_an_issue_that_lies_elsewhere_by_now_is_none(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps
) -> None:
    """What was moved to another repository has another number there, and is nothing of ours to write to."""
    for _ in range(2):
        answers(http, data(issue=issue(number=7)))
    with pytest.raises(AdapterError) as error:
        remote.read(1)
    assert error.value.status == 404


@pytest.mark.parametrize("answer", [{"data": None}, {"data": {"deleteIssue": None}}, {"data": {}}, {}])
def test_what_is_not_said_to_be_erased_is_not_taken_for_erased(
    http: responses.RequestsMock, remote: GitHubTracker, sleeps: Sleeps, answer: dict[str, Any]
) -> None:
    """It is asked again, as what is gone may be; and in the end it is told."""
    for _ in range(TRIES):
        answers(http, answer)
    with pytest.raises(AdapterError) as error:
        remote.erase("I_1")
    assert (error.value.kind, len(http.calls)) == ("odd", TRIES)
    http.reset()
    answers(http, answer)
    gone = {"type": "NOT_FOUND", "path": ["deleteIssue"], "message": "Could not resolve to a node."}
    answers(http, {"data": {"deleteIssue": None}, "errors": [gone]})
    remote.erase("I_1")
