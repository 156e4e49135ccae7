"""Every GraphQL query and mutation that cocflow sends, as text.

Owns the reads: one request lists 100 issues with their cards and newest items, one reads an issue,
one reads its tail. Each is checked against GitHub's published schema by a test. `$first` is the size of
its pages, which GitHub may find too big. It knows what each costs, in GitHub's points.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from cocflow.core.case.facts import LISTED_LABELS
from cocflow.core.process import CHILDREN as BELOW

ROOM_ISSUES = 5
"""How many issues of a room a listing shows: a room has one, or a few. Each costs as much as two rooms."""

_ACTOR = "fragment actor on Actor { __typename login ... on Node { id } }"

_VIEWER = "viewer { id databaseId login }"

_KINDS = (
    "[ISSUE_COMMENT, LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT, COMMENT_DELETED_EVENT,"
    " LOCKED_EVENT, ASSIGNED_EVENT, UNASSIGNED_EVENT]"
)

_ITEMS = """fragment items on IssueTimelineItemsConnection {
  filteredCount
  pageInfo { hasNextPage endCursor }
  nodes {
    __typename
    ... on Node { id }
    ... on IssueComment {
      createdAt body fullDatabaseId lastEditedAt viewerDidAuthor author { ...actor } editor { ...actor }
    }
    ... on LabeledEvent { createdAt actor { ...actor } label { name } }
    ... on UnlabeledEvent { createdAt actor { ...actor } label { name } }
    ... on ClosedEvent { createdAt actor { ...actor } }
    ... on ReopenedEvent { createdAt actor { ...actor } }
    ... on CommentDeletedEvent { createdAt actor { ...actor } deletedCommentAuthor { ...actor } }
    ... on LockedEvent { createdAt actor { ...actor } }
    ... on AssignedEvent { createdAt actor { ...actor } assignee { ...actor } }
    ... on UnassignedEvent { createdAt actor { ...actor } assignee { ...actor } }
  }
}"""

_LABELS = f"labels(first: {LISTED_LABELS}) {{ nodes {{ name }} }}"


def _listed(more: str) -> str:
    """Return the fragment of issues in a listing."""
    return f"""fragment listed on IssueConnection {{
  pageInfo {{ hasNextPage endCursor }}
  nodes {{
    id number state locked updatedAt lastEditedAt author {{ ...actor }}{more}
    comments(first: 5) {{
      totalCount
      nodes {{ body lastEditedAt viewerDidAuthor author {{ ...actor }} editor {{ ...actor }} }}
    }}
    timelineItems(last: 10, itemTypes: {_KINDS}) {{
      pageInfo {{ hasPreviousPage }}
      nodes {{
        ... on Node {{ id }}
        ... on IssueComment {{ lastEditedAt viewerDidAuthor author {{ ...actor }} editor {{ ...actor }} }}
        ... on LabeledEvent {{ actor {{ ...actor }} }}
        ... on UnlabeledEvent {{ actor {{ ...actor }} }}
        ... on ClosedEvent {{ actor {{ ...actor }} }}
        ... on ReopenedEvent {{ actor {{ ...actor }} }}
        ... on CommentDeletedEvent {{ actor {{ ...actor }} }}
        ... on LockedEvent {{ actor {{ ...actor }} }}
        ... on AssignedEvent {{ actor {{ ...actor }} }}
        ... on UnassignedEvent {{ actor {{ ...actor }} }}
      }}
    }}
  }}
}}"""


_LISTED = _listed(f"\n    {_LABELS}")

_ORDERS = {
    "open": "states: [OPEN], orderBy: {field: CREATED_AT, direction: ASC}",
    "closed": "states: [CLOSED], orderBy: {field: UPDATED_AT, direction: DESC}",
}


def _listing(*parts: str, more: str = "") -> str:
    """Return the query of one page of each part. GitHub charges for what a query names, asked for or not."""
    pages = "\n".join(
        f"    {part}: issues(first: $first, after: ${part}After, {_ORDERS[part]}) {{ ...listed }}"
        for part in parts
    )
    variables = " ".join(f"${part}After: String" for part in parts)
    return f"""query Listing($owner: String!, $name: String!, $first: Int!, {variables}) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    visibility{more}
{pages}
  }}
}}
{_LISTED}
{_ACTOR}"""


LISTING = _listing("open", "closed", more="\n    labels(first: 100) { nodes { name } }")
OPEN, CLOSED = _listing("open"), _listing("closed")

LATEST = f"""query Latest($owner: String!, $name: String!, $first: Int!, $after: String) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    visibility
    latest: issues(
      first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}
    ) {{ ...listed }}
  }}
}}
{_LISTED}
{_ACTOR}"""

_FIELDS = """
      id number title body state locked createdAt lastEditedAt url viewerDidAuthor authorAssociation
      author { ...actor }
      editor { ...actor }
      labels(first: 100) { nodes { id name } }
      assignees(first: 20) { nodes { ...actor } }
      parent { number repository { id } }
      comments(first: 1) { totalCount }
"""

_ISSUE = f"""{_FIELDS}
      timelineItems(first: $first, after: $after, itemTypes: {_KINDS}) {{ ...items }}
"""

ISSUE = f"""query Issue($owner: String!, $name: String!, $first: Int!, $number: Int!, $after: String) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    id visibility
    labels(first: 100) {{ nodes {{ id name }} }}
    issue(number: $number) {{{_ISSUE}    }}
  }}
}}
{_ITEMS}
{_ACTOR}"""

PAGES_AT_ONCE = 20
"""The pages of a timeline that one query reads at most."""


def pages(count: int) -> str:
    """Return the query of so many pages of a timeline at once: `p0`, `p1`, and so on, each by its place."""
    places = range(count)
    skips = " ".join(f"$s{place}: Int" for place in places)
    items = "\n".join(
        f"      p{place}: timelineItems(first: $first, skip: $s{place}, itemTypes: {_KINDS}) {{ ...items }}"
        for place in places
    )
    return f"""query Pages($owner: String!, $name: String!, $first: Int!, $number: Int!, {skips}) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    visibility
    issue(number: $number) {{{_FIELDS}{items}
    }}
  }}
}}
{_ITEMS}
{_ACTOR}"""


ANSWER = f"""mutation Answer($first: Int!, $after: String, $issue: ID!, $body: String!) {{
  addComment(input: {{subjectId: $issue, body: $body}}) {{
    commentEdge {{ node {{ id }} }}
    subject {{ ... on Issue {{ repository {{ visibility }} {_ISSUE} }} }}
  }}
}}
{_ITEMS}
{_ACTOR}"""

_LABELS = json.dumps(BELOW)
"""The labels of what may be opened below a case; an issue with any of them is meant."""

_CHILD = "id number fullDatabaseId body viewerDidAuthor author { ...actor }"

CHILDREN = f"""query Children(
  $owner: String!, $name: String!, $first: Int!, $number: Int!, $linked: String, $newest: String
) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    visibility
    issue(number: $number) {{
      linked: subIssues(first: $first, after: $linked) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{ {_CHILD} repository {{ id }} }}
      }}
    }}
    id
    newest: issues(
      first: $first, after: $newest, labels: {_LABELS}, orderBy: {{field: CREATED_AT, direction: DESC}}
    ) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_CHILD} }} }}
    latest: issues(first: $first, orderBy: {{field: CREATED_AT, direction: DESC}}) {{ nodes {{ {_CHILD} }} }}
  }}
}}
{_ACTOR}"""

EARLIER = f"""query Earlier($owner: String!, $name: String!, $ids: [ID!]!) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{ visibility }}
  nodes(ids: $ids) {{
    __typename
    ... on Issue {{ id body author {{ ...actor }} }}
    ... on IssueComment {{
      id createdAt body fullDatabaseId lastEditedAt viewerDidAuthor
      author {{ ...actor }} editor {{ ...actor }} issue {{ id }}
    }}
  }}
}}
{_ACTOR}"""

LABELLED = f"""query Labelled($owner: String!, $name: String!, $first: Int!, $label: String!) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    visibility
    issues(first: $first, labels: [$label], orderBy: {{field: CREATED_AT, direction: ASC}}) {{
      nodes {{ number viewerDidAuthor author {{ ...actor }} }}
    }}
  }}
}}
{_ACTOR}"""

PULLS = f"""query Pulls($owner: String!, $name: String!, $first: Int!, $after: String) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{
    visibility
    pullRequests(first: $first, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ number }}
    }}
  }}
}}"""

ROOMS = f"""query Rooms($organization: String!, $first: Int!, $after: String) {{
  {_VIEWER}
  organization(login: $organization) {{
    repositories(first: $first, after: $after, orderBy: {{field: CREATED_AT, direction: ASC}}) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        name description isTemplate
        issues(first: {ROOM_ISSUES}, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{ ...listed }}
      }}
    }}
  }}
}}
{_listed("")}
{_ACTOR}"""

ERASABLE = f"""query Erasable($owner: String!, $name: String!, $ids: [ID!]!) {{
  {_VIEWER}
  repository(owner: $owner, name: $name) {{ visibility }}
  nodes(ids: $ids) {{ __typename ... on Issue {{ id viewerCanDelete }} }}
}}"""

ERASE = "mutation Erase($issue: ID!) { deleteIssue(input: {issueId: $issue}) { clientMutationId } }"

PIN = "mutation Pin($issue: ID!) { pinIssue(input: {issueId: $issue}) { clientMutationId } }"

WRITES = {
    "addComment": "AddCommentInput",
    "addLabelsToLabelable": "AddLabelsToLabelableInput",
    "closeIssue": "CloseIssueInput",
    "deleteIssueComment": "DeleteIssueCommentInput",
    "removeLabelsFromLabelable": "RemoveLabelsFromLabelableInput",
    "reopenIssue": "ReopenIssueInput",
    "updateIssue": "UpdateIssueInput",
    "updateIssueComment": "UpdateIssueCommentInput",
}
"""What changes an issue, with the type of what each takes."""


def write(fields: Sequence[str]) -> str:
    """Return the document that makes these writes, each under its place: `w0`, `w1`, and so on."""
    variables = ", ".join(f"$w{place}: {WRITES[field]}!" for place, field in enumerate(fields))
    lines = (
        f"  w{place}: {field}(input: $w{place}) {{ clientMutationId }}" for place, field in enumerate(fields)
    )
    return "\n".join((f"mutation Write({variables}) {{", *lines, "}"))


ALL = {
    "ANSWER": ANSWER,
    "CHILDREN": CHILDREN,
    "CLOSED": CLOSED,
    "EARLIER": EARLIER,
    "ERASABLE": ERASABLE,
    "ERASE": ERASE,
    "ISSUE": ISSUE,
    "LABELLED": LABELLED,
    "LATEST": LATEST,
    "LISTING": LISTING,
    "OPEN": OPEN,
    "PAGES": pages(PAGES_AT_ONCE),
    "PIN": PIN,
    "PULLS": PULLS,
    "ROOMS": ROOMS,
    "WRITE": write(tuple(WRITES)),
}
"""By name, for the test that checks them."""

_LISTS = {
    "ANSWER": (4, 0),
    "CHILDREN": (3, 0),
    "CLOSED": (1, 3),
    "EARLIER": (1, 0),
    "ERASABLE": (1, 0),
    "ERASE": (0, 0),
    "ISSUE": (5, 0),
    "LABELLED": (1, 0),
    "LATEST": (1, 3),
    "LISTING": (3, 6),
    "OPEN": (1, 3),
    "PAGES": (3 + PAGES_AT_ONCE, 0),
    "PIN": (0, 0),
    "PULLS": (1, 0),
    "ROOMS": (1, 1 + 2 * ROOM_ISSUES),
    "WRITE": (0, 0),
}
"""How many lists each opens, and how many more in each entry of a page."""


def points(name: str, size: int) -> int:
    """Return what a query with pages of a size costs: a hundredth of the lists it opens, itself being one.

    GitHub charges for what may come, not for what comes.
    """
    lists, inside = _LISTS[name]
    return max(1, int((1 + lists + inside * size) / 100 + 0.5))
