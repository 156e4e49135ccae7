"""Probes of limits, queries, roles and premises: rows LIMIT, GQL, ROLE, INIT, APP and REST."""

from __future__ import annotations

import base64
import itertools
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from cocflow.adapters.queries import ALL, write
from tests.contract.target import SUFFIX, Target, row

_names = itertools.count(1)
LARGE = 15_000_000
COSTS = {"LISTING": 6, "OPEN": 3, "CLOSED": 3, "LATEST": 3}
COSTS |= dict.fromkeys(("ISSUE", "CHILDREN", "EARLIER", "ERASABLE", "LABELLED", "PAGES", "PULLS"), 1)


def asked(target: Target, query: str, **variables: Any) -> Any:
    """Send one of the job's queries on the repository."""
    owner, _, name = target.repository.partition("/")
    return target.graphql("job", query, owner=owner, name=name, **variables)


# --- limits and queries -----------------------------------------------------------------------------------


@row("LIMIT-06")
def test_a_job_has_its_limits(target: Target) -> None:
    """A thousand requests and a thousand points an hour, or an enterprise's fifteen."""
    resources = target.ok("job", "GET", "//rate_limit")["resources"]
    assert {resources[name]["limit"] for name in ("core", "graphql")} <= {1000, 15000}


@row("LIMIT-07", "LIMIT-03", "REST-01")
@pytest.mark.parametrize("who", ["job", "admin"])
def test_every_answer_tells_time_budget_and_version(target: Target, who: str) -> None:
    """The date can be read, the reset is in seconds."""
    headers = target.rest(who, "GET", "/labels").headers
    assert parsedate_to_datetime(headers["Date"]).tzinfo is not None
    assert int(headers["X-RateLimit-Remaining"]) >= 0
    assert int(headers["X-RateLimit-Reset"]) > 1_700_000_000
    assert headers["X-GitHub-Api-Version-Selected"] == "2022-11-28"


@row("GQL-01", "GQL-06")
@pytest.mark.parametrize("name", sorted(ALL.keys() - {"ANSWER", "ERASE", "PIN", "ROOMS", "WRITE"}))
def test_each_query_costs_what_we_count(target: Target, name: str) -> None:
    """And is answered in the largest page that cocflow asks for."""
    made = target.issue()
    query = ALL[name].replace("viewer { id", "rateLimit { cost nodeCount } viewer { id", 1)
    given = {"number": made["number"], "label": "cocflow: board", "ids": [made["node_id"]]}
    variables = {name: value for name, value in given.items() if f"${name}:" in query}
    answer = asked(target, query, first=100, **variables)
    assert "errors" not in answer
    assert answer["data"]["rateLimit"]["cost"] == COSTS[name]
    assert answer["data"]["rateLimit"]["nodeCount"] <= 500_000 / 10


@row("PIN-01", "PIN-02")
def test_the_job_pins_three_issues(target: Target) -> None:
    """With issues: write; a fourth is refused, until one of them is gone."""
    pinned = [target.issue()["node_id"] for _ in range(3)]
    answers = [target.graphql("job", ALL["PIN"], issue=one) for one in (*pinned, target.issue()["node_id"])]
    for one in pinned:  # so that there is room again
        mutation = "mutation($id: ID!) { deleteIssue(input: {issueId: $id}) { clientMutationId } }"
        target.graphql("admin", mutation, id=one)
    assert ["errors" in one for one in answers] == [False, False, False, True]


@row("GQL-11")
def test_of_several_mutations_each_is_made_or_not_by_itself(target: Target) -> None:
    """In their order; one that fails is null, with an error at its name, and those behind it are made."""
    made = target.issue()
    fields = ("updateIssue", "deleteIssueComment", "updateIssue", "closeIssue")
    given: dict[str, Any] = {
        "w0": {"id": made["node_id"], "title": "First"},
        "w1": {"id": made["node_id"]},
        "w2": {"id": made["node_id"], "title": "Second"},
        "w3": {"issueId": made["node_id"]},
    }
    answer = target.graphql("job", write(fields), **given)
    assert [isinstance(answer["data"][name], dict) for name in given] == [True, False, True, True]
    assert [one["path"] for one in answer["errors"]] == [["w1"]]
    now = target.ok("job", "GET", f"/issues/{made['number']}")
    assert (now["title"], now["state"]) == ("Second", "closed")


@row("GQL-12")
def test_a_comment_comes_back_with_what_came_before_it(target: Target) -> None:
    """The issue beside it is as it is then, and the comment is the last thing there."""
    made = target.issue()
    target.comment("admin", made["number"])
    given = {"issue": made["node_id"], "body": "hello", "first": 100}
    added = target.graphql("job", ALL["ANSWER"], **given)["data"]["addComment"]
    shown = [one["id"] for one in added["subject"]["timelineItems"]["nodes"]]
    assert len(shown) == 2
    assert shown[-1] == added["commentEdge"]["node"]["id"]


@row("GQL-02", "GQL-10")
def test_a_missing_issue_is_an_error_beside_a_null(target: Target) -> None:
    """With status 200 and its type."""
    answer = asked(target, ALL["ISSUE"], first=10, number=999_999)
    assert answer["data"]["repository"]["issue"] is None
    assert [one["type"] for one in answer["errors"]] == ["NOT_FOUND"]


@row("GQL-03")
def test_a_deleted_issue_is_missing_and_gone(target: Target) -> None:
    """NOT_FOUND in GraphQL, 410 in REST."""
    made = target.issue()
    mutation = "mutation($id: ID!) { deleteIssue(input: {issueId: $id}) { clientMutationId } }"
    assert "errors" not in target.graphql("admin", mutation, id=made["node_id"])
    answer = asked(target, ALL["ISSUE"], first=10, number=made["number"])
    assert answer["errors"][0]["type"] == "NOT_FOUND"
    assert target.rest("job", "GET", f"/issues/{made['number']}").status_code == 410


@row("GQL-04")
def test_the_job_reads_the_visibility(target: Target) -> None:
    """It is one of three words."""
    seen = asked(target, ALL["LATEST"], first=1)["data"]["repository"]["visibility"]
    assert seen in ("PRIVATE", "INTERNAL", "PUBLIC")


@row("GQL-05")
@pytest.mark.parametrize("first", [100, 101])
def test_a_page_has_a_hundred_at_most(target: Target, first: int) -> None:
    """More is an error."""
    answer = asked(target, ALL["LATEST"], first=first)
    assert ("errors" in answer) == (first > 100)


# --- roles ------------------------------------------------------------------------------------------------


@row("ROLE-01", "ROLE-06")
def test_a_reader_has_a_say_in_their_own(target: Target) -> None:
    """They edit, close and reopen it; what somebody else closed stays closed, and labels aren't theirs."""
    target.needs("read")
    path = f"/issues/{target.issue('read')['number']}"
    for change in ({"body": "more"}, {"state": "closed"}, {"state": "open"}):
        target.ok("read", "PATCH", path, change)
    assert target.rest("read", "POST", f"{path}/labels", ["bug"]).status_code == 403
    target.ok("admin", "PATCH", path, {"state": "closed"})
    assert target.rest("read", "PATCH", path, {"state": "open"}).status_code == 403


@row("ROLE-02", "ROLE-03")
def test_triage_labels_closes_and_rewrites_issues(target: Target) -> None:
    """It edits titles and bodies of others, no comment of theirs, and makes no label."""
    target.needs("triage")
    number = target.issue()["number"]
    made = target.comment("admin", number)
    target.ok("triage", "POST", f"/issues/{number}/labels", ["bug"])
    target.ok("triage", "PATCH", f"/issues/{number}", {"title": "Theirs", "body": "theirs"})
    target.ok("triage", "PATCH", f"/issues/{number}", {"state": "closed"})
    assert target.rest("triage", "PATCH", f"/issues/comments/{made['id']}", {"body": "x"}).status_code == 403
    assert target.rest("triage", "DELETE", f"/issues/comments/{made['id']}").status_code == 403
    label = {"name": "probe: triage", "color": "ededed"}
    assert target.rest("triage", "POST", "/labels", label).status_code in (403, 404)


@row("ROLE-05")
def test_triage_locks_nothing(target: Target) -> None:
    """A conversation is locked by who can push."""
    target.needs("triage")
    number = target.issue()["number"]
    assert target.rest("triage", "PUT", f"/issues/{number}/lock").status_code in (403, 404)


@row("ROLE-04")
def test_who_writes_edits_and_deletes_the_bots_comments(target: Target) -> None:
    """The bot's receipts as anybody's."""
    target.needs("write")
    number = target.issue()["number"]
    made = target.comment("job", number)
    target.ok("write", "PATCH", f"/issues/comments/{made['id']}", {"body": "theirs"})
    assert target.rest("write", "DELETE", f"/issues/comments/{made['id']}").status_code == 204


@row("ROLE-07")
def test_collaborators_tell_their_role(target: Target) -> None:
    """Each has a name of it, and what it allows."""
    for one in target.ok("admin", "GET", "/collaborators"):
        assert one["role_name"]
        assert isinstance(one["permissions"]["push"], bool)


# --- premises ---------------------------------------------------------------------------------------------


@row("INIT-01")
def test_a_repository_tells_its_switches(target: Target) -> None:
    """Those that `doctor` reads are there."""
    found = target.ok("admin", "GET", "")
    for name in ("visibility", "has_issues", "has_wiki", "has_projects", "archived", "default_branch"):
        assert name in found


@row("INIT-02")
def test_switches_can_be_put_off(target: Target) -> None:
    """Wiki and projects are, and say so."""
    found = target.ok("admin", "PATCH", "", {"has_wiki": False, "has_projects": False})
    assert (found["has_wiki"], found["has_projects"]) == (False, False)


@row("INIT-07")
def test_a_private_branch_is_protected_with_a_paid_plan_only(target: Target) -> None:
    """Else GitHub asks for an upgrade."""
    rules = dict.fromkeys(("required_status_checks", "required_pull_request_reviews", "restrictions"))
    answer = target.rest("admin", "PUT", "/branches/main/protection", rules | {"enforce_admins": True})
    assert answer.status_code in (200, 403)


@row("GQL-07", "REST-03")
def test_a_renamed_repository_is_found_by_its_former_name(target: Target) -> None:
    """GraphQL follows, REST sends on. It gets its name back."""
    owner, _, name = target.repository.partition("/")
    renamed = f"{name.removesuffix(SUFFIX)}-renamed{SUFFIX}"
    target.ok("admin", "PATCH", "", {"name": renamed})
    try:
        query = "query($o: String!, $n: String!) { repository(owner: $o, name: $n) { name } }"
        found = target.graphql("job", query, o=owner, n=name)
        sent_on = target.rest("job", "GET", "/issues")
    finally:
        target.ok("admin", "PATCH", f"//repos/{owner}/{renamed}", {"name": name})
    assert found["data"]["repository"] == {"name": renamed}
    assert sent_on.status_code == 301


@row("INIT-03")
def test_the_settings_of_actions_can_be_read(target: Target) -> None:
    """By an administrator, not by a job."""
    assert isinstance(target.ok("admin", "GET", "/actions/permissions")["enabled"], bool)
    assert target.rest("job", "GET", "/actions/permissions").status_code == 403


@row("INIT-04", "INIT-12", "INIT-14")
def test_many_files_are_one_commit(target: Target) -> None:
    """By trees, on the default branch, whatever it is called; the first file makes it."""
    text = {"message": "A probe", "content": base64.b64encode(b"probe").decode()}
    path = f"/contents/probe-{next(_names)}.txt"
    sha = target.rest("admin", "GET", path)
    target.ok("admin", "PUT", path, text | ({"sha": sha.json()["sha"]} if sha.ok else {}))
    branch = target.ok("admin", "GET", "")["default_branch"]
    head = target.ok("admin", "GET", f"/git/ref/heads/{branch}")["object"]["sha"]
    tree = target.ok("admin", "GET", f"/git/commits/{head}")["tree"]["sha"]
    files = [
        {"path": f"probe/{name}.txt", "mode": "100644", "type": "blob", "content": f"{name}\n"}
        for name in ("a", "b")
    ]
    made = target.ok("admin", "POST", "/git/trees", {"base_tree": tree, "tree": files})
    commit = target.ok(
        "admin", "POST", "/git/commits", {"message": "Probes", "tree": made["sha"], "parents": [head]}
    )
    target.ok("admin", "PATCH", f"/git/refs/heads/{branch}", {"sha": commit["sha"]})
    shown = target.ok("admin", "GET", f"/git/trees/{branch}?recursive=1")
    assert {one["path"] for one in files} <= {one["path"] for one in shown["tree"]}
    assert shown["truncated"] is False


@row("INIT-15", "INIT-16")
def test_a_large_file_is_taken_and_can_be_read(target: Target) -> None:
    """As large as the archive of what the jobs import may get, and by its blob alone."""
    held = base64.b64encode(b"\0probe\xff" * (LARGE // 7)).decode()
    blob = target.ok("admin", "POST", "/git/blobs", {"content": held, "encoding": "base64"})
    branch = target.ok("admin", "GET", "")["default_branch"]
    head = target.ok("admin", "GET", f"/git/ref/heads/{branch}")["object"]["sha"]
    tree = target.ok("admin", "GET", f"/git/commits/{head}")["tree"]["sha"]
    file = {"path": "probe/large", "mode": "100644", "type": "blob", "sha": blob["sha"]}
    made = target.ok("admin", "POST", "/git/trees", {"base_tree": tree, "tree": [file]})
    commit = {"message": "A large probe", "tree": made["sha"], "parents": [head]}
    sha = target.ok("admin", "POST", "/git/commits", commit)["sha"]
    target.ok("admin", "PATCH", f"/git/refs/heads/{branch}", {"sha": sha})
    shown = target.ok("admin", "GET", "/contents/probe/large")
    assert (shown["encoding"], shown["content"], shown["sha"]) == ("none", "", blob["sha"])
    read = target.ok("admin", "GET", f"/git/blobs/{blob['sha']}")
    assert (read["encoding"], read["content"].replace("\n", "") == held) == ("base64", True)


@row("INIT-06")
def test_a_job_writes_no_workflow(target: Target) -> None:
    """Whatever else it may."""
    text = {"message": "A probe", "content": base64.b64encode(b"on: push").decode()}
    assert target.rest("job", "PUT", "/contents/.github/workflows/probe.yml", text).status_code in (403, 404)


@row("INIT-09", "INIT-10")
@pytest.mark.parametrize("path", ["-nowhere", "/actions/workflows/nothing.yml/runs"])
def test_what_is_not_there_is_404(target: Target, path: str) -> None:
    """A repository, and the runs of a workflow."""
    assert target.rest("admin", "GET", path).status_code == 404


@row("APP-01")
def test_a_jobs_token_says_what_it_is(target: Target) -> None:
    """It begins with ghs_, and is as long as it is."""
    assert target.tokens["job"].startswith("ghs_")


@row("REST-02")
def test_lists_page_by_link(target: Target) -> None:
    """The next page's address comes in a header, and on the last page there is none."""
    for _ in range(2):
        target.issue()
    first = target.rest("admin", "GET", "/issues?per_page=1")
    assert 'rel="next"' in first.headers["Link"]
    assert (
        "Link" not in target.rest("admin", "GET", "/issues?per_page=1&page=1&creator=nobody-at-all").headers
    )
