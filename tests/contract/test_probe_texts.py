"""Probes of identities, texts and edits: rows ID, BODY and EDIT."""

from __future__ import annotations

import pytest

from cocflow.adapters.queries import ALL
from cocflow.core.case.accounts import account_number, same_account
from tests.contract.target import Target, row

BYTES = 262_144
AUTHOR = "author { __typename login ... on Node { id } }"
COMMENTS = f"comments(last: 1) {{ nodes {{ id body fullDatabaseId viewerDidAuthor {AUTHOR} }} }}"
EDITED = """comments(last: 1) { nodes { body lastEditedAt editor { __typename login ... on Node { id } }
  author { __typename login ... on Node { id } } } }"""


def newest(target: Target, who: str, number: int, inside: str = COMMENTS, *, new_ids: bool = True) -> dict:  # type: ignore[type-arg]
    """Return the newest comment of an issue, with who asks as `viewer`."""
    found = target.read(who, number, inside, new_ids=new_ids)
    comment: dict[str, object] = found["issue"]["comments"]["nodes"][-1]
    return comment | {"viewer": found["viewer"]}


# --- who ------------------------------------------------------------------------------------------------


@row("ID-01", "ID-04")
@pytest.mark.parametrize("new_ids", [True, False])
def test_the_job_knows_its_own_comment(target: Target, new_ids: bool) -> None:
    """GitHub says that the job wrote it, and names an author of the same account as the viewer."""
    number = target.issue()["number"]
    target.comment("job", number)
    seen = newest(target, "job", number, new_ids=new_ids)
    assert seen["viewerDidAuthor"] is True
    assert same_account(seen["author"]["id"], seen["viewer"]["id"])
    assert newest(target, "admin", number)["viewerDidAuthor"] is False


@row("ID-02", "ID-08", "TIME-04")
def test_rest_and_graphql_name_a_comment_alike(target: Target) -> None:
    """A comment's node id and number are the same in both, for every reader."""
    number = target.issue()["number"]
    made = target.comment("job", number)
    for who in ("job", "admin"):
        seen = newest(target, who, number)
        assert (seen["id"], seen["fullDatabaseId"]) == (made["node_id"], str(made["id"]))


@row("ID-03", "ID-12")
def test_graphql_leaves_the_brackets_out(target: Target) -> None:
    """A bot's type tells it; REST keeps `[bot]`."""
    number = target.issue()["number"]
    user = target.comment("job", number)["user"]
    author = newest(target, "admin", number)["author"]
    assert (user["type"], user["login"].endswith("[bot]")) == ("Bot", True)
    assert (author["__typename"], author["login"]) == ("Bot", user["login"].removesuffix("[bot]"))


@row("ID-05")
def test_the_bots_id_is_a_legacy_one_unless_asked_otherwise(target: Target) -> None:
    """Without the header its id has the old form; it is the same account's."""
    number = target.issue()["number"]
    target.comment("job", number)
    old = newest(target, "job", number, new_ids=False)["author"]["id"]
    new = newest(target, "job", number)["author"]["id"]
    assert not old.startswith("BOT_")
    assert account_number(old) == account_number(new) is not None


@row("ID-06")
def test_the_header_gives_every_id_in_the_new_form(target: Target) -> None:
    """Bots, people, issues and comments have ids of the new form."""
    number = target.issue()["number"]
    target.comment("job", number)
    found = target.read("admin", number, f"id {AUTHOR} {COMMENTS}")
    comment = found["issue"]["comments"]["nodes"][0]
    ids = (comment["author"]["id"], found["viewer"]["id"], found["issue"]["id"], comment["id"])
    assert [one.partition("_")[0] for one in ids] == ["BOT", "U", "I", "IC"]


@row("ID-07")
def test_a_job_asks_graphql_who_it_is(target: Target) -> None:
    """REST refuses to tell it."""
    assert target.rest("job", "GET", "//user").status_code == 403
    viewer = target.graphql("job", "{ viewer { login } }")["data"]["viewer"]
    assert viewer["login"] == "github-actions[bot]"


# --- texts ------------------------------------------------------------------------------------------------

KEPT = {
    "blank lines": "a\n\n\n  b\t c\n\nd",
    "blank space around": "  a\n\n",
    "crlf": "a\r\nb",
    "markers": '<!-- cocflow:receipt {"n": 1} --><script>x</script> &amp; &lt;',
    "wide": "\U0001f469‍\U0001f469‍\U0001f467 ﷽ ‮x",
}


@row("BODY-01", "BODY-02", "BODY-03", "BODY-05")
@pytest.mark.parametrize("name", KEPT)
def test_a_text_comes_back_as_it_was_sent(target: Target, name: str) -> None:
    """White space, markers, entities and wide characters stay; CRLF may become LF."""
    number = target.issue()["number"]
    target.comment("job", number, KEPT[name])
    body = newest(target, "job", number)["body"]
    assert body in (KEPT[name], KEPT[name].replace("\r\n", "\n"))


@row("BODY-04")
def test_a_nul_is_kept_left_out_or_refused(target: Target) -> None:
    """Whatever becomes of it, nothing else of the text is harmed."""
    number = target.issue()["number"]
    answer = target.rest("job", "POST", f"/issues/{number}/comments", {"body": "a\0b"})
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        assert newest(target, "job", number)["body"] in ("a\0b", "ab", "a�b")


@row("BODY-06", "BODY-07", "BODY-08")
@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x" * 65_537, 201),
        ("\U0001f600" * 60_000 + "<!-- a record -->", 201),
        ("x" * BYTES, 201),
        ("x" * (BYTES + 1), 422),
        ("—" * (BYTES // 3 + 1), 422),
    ],
    ids=["65,537 characters", "60,000 wide ones and a record", "the limit", "over it", "wide and over it"],
)
def test_a_comment_holds_so_many_bytes(target: Target, text: str, status: int) -> None:
    """262,144 bytes fit; more are refused, in words that speak of 65,536 characters."""
    number = target.issue()["number"]
    answer = target.rest("job", "POST", f"/issues/{number}/comments", {"body": text})
    assert answer.status_code == status
    if status == 422:
        assert "maximum is 65536 characters" in answer.text


@row("BODY-09")
def test_a_blank_comment_is_refused(target: Target) -> None:
    """There is no comment without words."""
    number = target.issue()["number"]
    assert target.rest("job", "POST", f"/issues/{number}/comments", {"body": " \n"}).status_code == 422


@row("BODY-11")
def test_an_empty_body_is_text_in_graphql(target: Target) -> None:
    """REST says null of it."""
    made = target.issue(body="")
    assert target.ok("admin", "GET", f"/issues/{made['number']}")["body"] in (None, "")
    assert target.read("job", made["number"], "body")["issue"]["body"] == ""


@row("BODY-12")
def test_a_title_has_so_many_characters(target: Target) -> None:
    """256, and no more."""
    target.issue(title="x" * 256)
    assert target.rest("admin", "POST", "/issues", {"title": "x" * 257}).status_code == 422


# --- edits --------------------------------------------------------------------------------------------------


@row("EDIT-01")
def test_a_fresh_comment_is_unedited_whatever_happens_around_it(target: Target) -> None:
    """Labels on the issue leave lastEditedAt and editor null."""
    number = target.issue()["number"]
    target.comment("job", number)
    target.ok("admin", "POST", f"/issues/{number}/labels", ["bug"])
    seen = newest(target, "job", number, EDITED)
    assert (seen["lastEditedAt"], seen["editor"]) == (None, None)


@row("EDIT-02", "EDIT-03")
@pytest.mark.parametrize("who", ["job", "admin"])
def test_an_edit_names_its_editor_and_leaves_the_author(target: Target, who: str) -> None:
    """The bot's own edit is the bot's, a person's the person's."""
    number = target.issue()["number"]
    made = target.comment("job", number)
    target.ok(who, "PATCH", f"/issues/comments/{made['id']}", {"body": "changed"})
    seen = newest(target, who, number, EDITED)
    assert seen["lastEditedAt"] is not None
    assert same_account(seen["editor"]["id"], seen["viewer"]["id"])
    assert seen["author"]["__typename"] == "Bot"


@row("EDIT-04")
def test_a_first_edit_leaves_two_versions(target: Target) -> None:
    """The first words are one of them."""
    number = target.issue()["number"]
    made = target.comment("job", number)
    target.ok("job", "PATCH", f"/issues/comments/{made['id']}", {"body": "changed"})
    inside = "comments(last: 1) { nodes { includesCreatedEdit userContentEdits(first: 5) { totalCount } } }"
    seen = newest(target, "admin", number, inside)
    assert (seen["includesCreatedEdit"], seen["userContentEdits"]["totalCount"]) == (True, 2)


@row("EDIT-05", "EDIT-06")
def test_a_new_title_is_no_edit_of_the_body(target: Target) -> None:
    """A new body is, by whom it was."""
    number = target.issue()["number"]
    inside = "lastEditedAt editor { ... on Node { id } }"
    target.ok("job", "PATCH", f"/issues/{number}", {"title": "Renamed"})
    assert target.read("job", number, inside)["issue"]["lastEditedAt"] is None
    target.ok("job", "PATCH", f"/issues/{number}", {"body": "changed"})
    seen = target.read("job", number, inside)
    assert same_account(seen["issue"]["editor"]["id"], seen["viewer"]["id"])


@row("BODY-10")
def test_the_same_text_is_no_edit(target: Target) -> None:
    """A PATCH that changes nothing leaves lastEditedAt null."""
    number = target.issue()["number"]
    made = target.comment("job", number)
    target.ok("job", "PATCH", f"/issues/comments/{made['id']}", {"body": "hello"})
    assert newest(target, "job", number, EDITED)["lastEditedAt"] is None


@row("EDIT-07", "ROLE-05")
def test_a_hidden_comment_is_read_in_full(target: Target) -> None:
    """Hiding it changes no word, and is no edit; it stays where it was."""
    number = target.issue()["number"]
    made = target.comment("job", number)
    mutation = """mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) {
      minimizedComment { isMinimized } } }"""
    answer = target.graphql("admin", mutation, id=made["node_id"])
    assert answer["data"]["minimizeComment"]["minimizedComment"]["isMinimized"] is True
    items = target.items("job", number, "... on IssueComment { body lastEditedAt }")["nodes"]
    assert [(one["body"], one["lastEditedAt"]) for one in items] == [("hello", None)]


@row("EDIT-08", "TIME-11")
@pytest.mark.parametrize("what", ["comment", "edit", "label", "close"])
def test_whatever_happens_moves_the_issue_up(target: Target, what: str) -> None:
    """The issue that something happened on is the one updated last."""
    first = target.issue()["number"]
    made = target.comment("admin", first)
    target.issue()
    match what:
        case "comment":
            target.comment("admin", first)
        case "edit":
            target.ok("admin", "PATCH", f"/issues/comments/{made['id']}", {"body": "changed"})
        case "label":
            target.ok("admin", "POST", f"/issues/{first}/labels", ["bug"])
        case _:
            target.ok("admin", "PATCH", f"/issues/{first}", {"state": "closed"})
    owner, _, name = target.repository.partition("/")
    answer = target.graphql("job", ALL["LATEST"], owner=owner, name=name, first=2)
    newest = {one["number"]: one["updatedAt"] for one in answer["data"]["repository"]["latest"]["nodes"]}
    assert newest[first] == max(newest.values()), "two within a second may stand either way"
