"""Rows as GitHub's REST JSON. Every address lies under the base it is asked for."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from cocflow.sandbox.access import ADMIN, LEVELS, MAINTAIN, READ, TRIAGE, WRITE, association
from cocflow.sandbox.clock import iso
from cocflow.sandbox.ids import account_node_id, node_id

Json = dict[str, Any]
RAW = "application/vnd.github.v3.raw"
"""How a file is answered as it is."""
LARGEST_SHOWN = 2**20
"""Up to how many bytes a file's JSON has what it holds; beyond that its blob has."""
Db = sqlite3.Connection

DEFAULT_LABELS = frozenset(
    (
        *("bug", "documentation", "duplicate", "enhancement", "good first issue"),
        *("help wanted", "invalid", "question", "wontfix"),
    )
)
"""The names that GitHub gives a new repository's labels, and calls default wherever they are."""
_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def site(base: str) -> str:
    """Return where pages for people would be: the API's host, without an ``/api/v3`` or an ``api.``."""
    return base.removesuffix("/api/v3").replace("://api.", "://", 1)


def full_name(repository: sqlite3.Row) -> str:
    """Return owner/name."""
    return f"{repository['owner_login']}/{repository['name']}"


def api_url(base: str, repository: sqlite3.Row) -> str:
    """Return the address of a repository in the API."""
    return f"{base}/repos/{full_name(repository)}"


def account(base: str, row: sqlite3.Row) -> Json:
    """Return a SimpleUser."""
    url = f"{base}/users/{quote(row['login'])}"  # of a bot: github-actions%5Bbot%5D
    page = f"/apps/{row['login'].removesuffix('[bot]')}" if row["kind"] == "Bot" else f"/{row['login']}"
    body = {
        "login": row["login"],
        "id": row["id"],
        "node_id": account_node_id(row["kind"], row["id"], legacy=bool(row["legacy"])),
        "avatar_url": f"{site(base)}/avatars/u/{row['id']}",
        "gravatar_id": "",
        "url": url,
        "html_url": site(base) + page,
        "type": row["kind"],
        "user_view_type": "public",
        "site_admin": False,
    }
    return body | {name: url + path for name, path in _USER_LINKS.items()}


def full_account(base: str, row: sqlite3.Row, *, private: bool = False) -> Json:
    """Return a PublicUser, or the PrivateUser that one is shown of oneself."""
    body = account(base, row) | dict.fromkeys(("company", "location", "email", "hireable", "bio"))
    body |= dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    stamp = iso(row["created_at"])
    body |= {"name": row["name"], "blog": "", "created_at": stamp, "updated_at": stamp}
    if private:
        counts = (
            "private_gists",
            "total_private_repos",
            "owned_private_repos",
            "disk_usage",
            "collaborators",
        )
        body |= dict.fromkeys(counts, 0) | {"two_factor_authentication": True}
    return body


def accounts(db: Db, base: str, ids: Iterable[int | None]) -> dict[int | None, Json | None]:
    """Return SimpleUsers by id, in one query; None stays None (GitHub's ghost)."""
    wanted = sorted({one for one in ids if one is not None})
    marks = ",".join("?" * len(wanted))
    rows = db.execute(f"SELECT * FROM account WHERE id IN ({marks})", wanted)
    found: dict[int | None, Json | None] = {None: None}
    return found | {row["id"]: account(base, row) for row in rows}


def permissions(level: int) -> dict[str, bool]:
    """Return the five flags that REST shows a level as."""
    ranks = {"admin": ADMIN, "maintain": MAINTAIN, "push": WRITE, "triage": TRIAGE, "pull": READ}
    return {name: level >= rank for name, rank in ranks.items()}


def role_name(level: int) -> str:
    """Return the role's own name."""
    return LEVELS[level]


def legacy_permission(level: int) -> str:
    """Return the old name, in which triage is read and maintain is write."""
    return {TRIAGE: "read", MAINTAIN: "write"}.get(level, LEVELS[level])


def repository(db: Db, base: str, row: sqlite3.Row, level: int | None = None) -> Json:
    """Return a FullRepository."""
    url, name = api_url(base, row), full_name(row)
    page = f"{site(base)}/{name}"
    owner = db.execute("SELECT * FROM account WHERE id = ?", (row["owner_id"],)).fetchone()
    query = "SELECT open_issues FROM repository WHERE id = ?"  # the row may be older than the last write
    opened = db.execute(query, (row["id"],)).fetchone()["open_issues"]
    body: Json = {
        "id": row["id"],
        "node_id": node_id("Repository", row["id"]),
        "name": row["name"],
        "full_name": name,
        "owner": account(base, owner),
        "private": row["visibility"] != "public",
        "visibility": row["visibility"],
        "html_url": page,
        "url": url,
        "description": row["description"],
        "fork": False,
        "git_url": f"{page}.git",
        "ssh_url": f"{page}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "default_branch": "main",
        "archived": False,
        "disabled": False,
        "is_template": bool(row["is_template"]),
        "allow_forking": bool(row["allow_forking"]),
        "web_commit_signoff_required": False,
        "has_pages": False,
        "has_downloads": False,
        "topics": json.loads(row["topics"]),
        "custom_properties": {},
        "open_issues": opened,
        "open_issues_count": opened,
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
        "pushed_at": iso(row["pushed_at"]),
    }
    body |= dict.fromkeys(("homepage", "language", "mirror_url", "license"))
    counts = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size")
    body |= dict.fromkeys((*counts, "subscribers_count", "network_count"), 0)
    body |= {one: bool(row[one]) for one in ("has_issues", "has_wiki", "has_projects", "has_discussions")}
    body |= {link: url + path for link, path in _REPOSITORY_LINKS.items()}
    if row["template_id"] is not None:
        body["template_repository"] = _template(db, base, row["template_id"])
    if level is None:
        return body
    if row["owner_kind"] == "Organization":
        body["organization"] = body["owner"]
    body |= dict.fromkeys(("allow_merge_commit", "allow_rebase_merge", "allow_squash_merge"), True)
    off = (
        *("allow_auto_merge", "allow_update_branch", "delete_branch_on_merge"),
        "use_squash_pr_title_as_default",
    )
    body |= dict.fromkeys(off, False) | {"temp_clone_token": ""}
    return body | {"permissions": permissions(level)}


def _template(db: Db, base: str, repository_id: int) -> Json | None:
    """Return what a repository was generated from; None where that is gone."""
    row = db.execute(
        "SELECT r.*, a.login AS owner_login FROM repository r JOIN account a ON a.id = r.owner_id"
        " WHERE r.id = ?",
        (repository_id,),
    ).fetchone()
    return None if row is None else repository(db, base, row)


def label(base: str, repo: sqlite3.Row, row: sqlite3.Row) -> Json:
    """Return a Label."""
    return {
        "id": row["id"],
        "node_id": node_id("Label", row["id"], repo["id"]),
        "url": f"{api_url(base, repo)}/labels/{row['name'].replace(' ', '%20')}",
        "name": row["name"],
        "color": row["color"],
        "default": row["name"] in DEFAULT_LABELS,
        "description": row["description"],
        "archived_at": None,
        "archived_by": None,
    }


def assignees_of(db: Db, issue_id: int) -> list[sqlite3.Row]:
    """Return the accounts to which an issue is assigned."""
    return db.execute(
        "SELECT a.* FROM issue_assignee ia JOIN account a ON a.id = ia.account_id WHERE ia.issue_id = ?"
        " ORDER BY a.login",
        (issue_id,),
    ).fetchall()


def labels_of(db: Db, issue_ids: list[int]) -> dict[int, list[sqlite3.Row]]:
    """Return the labels on each issue, in one query, in the order of their names as GitHub has them."""
    marks = ",".join("?" * len(issue_ids))
    rows = db.execute(
        f"SELECT il.issue_id, l.* FROM issue_label il JOIN label l ON l.id = il.label_id"
        f" WHERE il.issue_id IN ({marks}) ORDER BY l.name",
        issue_ids,
    )
    found: dict[int, list[sqlite3.Row]] = {one: [] for one in issue_ids}
    for row in rows:
        found[row["issue_id"]].append(row)
    return found


def sub_issue_counts(db: Db, issue_ids: list[int]) -> dict[int, Json]:
    """Return the summary of sub-issues of each issue, in one query."""
    marks = ",".join("?" * len(issue_ids))
    rows = db.execute(
        "SELECT parent_id, count(*) AS total, sum(state = 'closed') AS completed FROM issue"
        f" WHERE parent_id IN ({marks}) GROUP BY parent_id",
        issue_ids,
    )
    none: Json = {"total": 0, "completed": 0, "percent_completed": 0}
    found = dict.fromkeys(issue_ids, none)
    for row in rows:
        done = row["completed"]
        percent = 100 * done // row["total"]
        found[row["parent_id"]] = {"total": row["total"], "completed": done, "percent_completed": percent}
    return found


def _reactions(url: str) -> Json:
    return {"url": f"{url}/reactions", "total_count": 0} | dict.fromkeys(_REACTIONS, 0)


def issues(db: Db, base: str, repo: sqlite3.Row, rows: list[sqlite3.Row]) -> list[Json]:
    """Return Issues, with a fixed number of queries however many there are."""
    ids = [row["id"] for row in rows]
    labels, summaries = labels_of(db, ids), sub_issue_counts(db, ids)
    assigned = {one: [account(base, row) for row in assignees_of(db, one)] for one in ids}
    people = accounts(db, base, [one for row in rows for one in (row["author_id"], row["closed_by"])])
    roles = {one: association(db, one, repo) for one in {row["author_id"] for row in rows}}
    parents = _addresses(db, base, [row["parent_id"] for row in rows if row["parent_id"]])
    found = []
    for row in rows:
        body = _issue(base, repo, row)
        body |= {
            "user": people[row["author_id"]],
            "closed_by": people[row["closed_by"]] if row["state"] == "closed" else None,
            "author_association": roles[row["author_id"]],
            "labels": [label(base, repo, one) for one in labels[row["id"]]],
            "assignee": next(iter(assigned[row["id"]]), None),
            "assignees": assigned[row["id"]],
            "sub_issues_summary": summaries[row["id"]],
            "parent_issue_url": parents.get(row["parent_id"]),
        }
        found.append(body)
    return found


def _addresses(db: Db, base: str, ids: list[int]) -> dict[int | None, str]:
    """Return the addresses of issues, which may be of several repositories."""
    marks = ",".join("?" * len(ids))
    rows = db.execute(
        "SELECT i.id, i.number, r.name, a.login FROM issue i JOIN repository r ON r.id = i.repository_id"
        f" JOIN account a ON a.id = r.owner_id WHERE i.id IN ({marks})",
        ids,
    )
    return {row["id"]: f"{base}/repos/{row['login']}/{row['name']}/issues/{row['number']}" for row in rows}


def _issue(base: str, repo: sqlite3.Row, row: sqlite3.Row) -> Json:
    root = api_url(base, repo)
    url = f"{root}/issues/{row['number']}"
    return {
        "id": row["id"],
        "node_id": node_id("Issue", row["id"], repo["id"]),
        "url": url,
        "repository_url": root,
        "labels_url": url + "/labels{/name}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{site(base)}/{full_name(repo)}/issues/{row['number']}",
        "number": row["number"],
        "title": row["title"],
        "body": row["body"],
        "state": row["state"],
        "state_reason": row["state_reason"],
        "locked": bool(row["locked"]),
        "active_lock_reason": row["lock_reason"],
        "milestone": None,
        "type": None,
        "comments": row["comment_count"],
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
        "closed_at": None if row["closed_at"] is None else iso(row["closed_at"]),
        "issue_dependencies_summary": {
            "blocked_by": 0,
            "total_blocked_by": 0,
            "blocking": 0,
            "total_blocking": 0,
        },
        "reactions": _reactions(url),
        "performed_via_github_app": None,
    }


def comments(db: Db, base: str, repo: sqlite3.Row, rows: list[sqlite3.Row]) -> list[Json]:
    """Return IssueComments; the rows carry their issue's ``number``."""
    people = accounts(db, base, [row["author_id"] for row in rows])
    roles = {one: association(db, one, repo) for one in {row["author_id"] for row in rows}}
    root, page = api_url(base, repo), f"{site(base)}/{full_name(repo)}/issues"
    found = []
    for row in rows:
        url = f"{root}/issues/comments/{row['id']}"
        found.append(
            {
                "id": row["id"],
                "node_id": node_id("IssueComment", row["id"], repo["id"]),
                "url": url,
                "html_url": f"{page}/{row['number']}#issuecomment-{row['id']}",
                "issue_url": f"{root}/issues/{row['number']}",
                "user": people[row["author_id"]],
                "author_association": roles[row["author_id"]],
                "body": row["body"],
                "created_at": iso(row["created_at"]),
                "updated_at": iso(row["updated_at"]),
                "performed_via_github_app": None,
                "reactions": _reactions(url),
            }
        )
    return found


_EVENT_NAMES = {
    "LabeledEvent": "labeled",
    "UnlabeledEvent": "unlabeled",
    "AssignedEvent": "assigned",
    "UnassignedEvent": "unassigned",
    "ClosedEvent": "closed",
    "ReopenedEvent": "reopened",
    "RenamedTitleEvent": "renamed",
    "CommentDeletedEvent": "comment_deleted",
    "SubIssueAddedEvent": "sub_issue_added",
    "SubIssueRemovedEvent": "sub_issue_removed",
    "ParentIssueAddedEvent": "parent_issue_added",
    "ParentIssueRemovedEvent": "parent_issue_removed",
    "LockedEvent": "locked",
    "UnlockedEvent": "unlocked",
    "TransferredEvent": "transferred",
}


_FAMILY = {
    "SubIssueAddedEvent": "sub_issue",
    "SubIssueRemovedEvent": "sub_issue",
    "ParentIssueAddedEvent": "parent_issue",
    "ParentIssueRemovedEvent": "parent_issue",
}


def issue_events(db: Db, base: str, repo: sqlite3.Row, rows: list[sqlite3.Row]) -> list[Json]:
    """Return the events (not the comments) among timeline rows."""
    people = accounts(db, base, [row["actor_id"] for row in rows])
    found: list[Json] = []
    for row in rows:
        body: Json = {
            "id": row["id"],
            "node_id": node_id(row["kind"], row["id"], repo["id"]),
            "url": f"{api_url(base, repo)}/issues/events/{row['id']}",
            "actor": people[row["actor_id"]],
            "event": _EVENT_NAMES[row["kind"]],
            "commit_id": None,
            "commit_url": None,
            "created_at": iso(row["at"]),
            "performed_via_github_app": None,
        }
        if row["label_name"] is not None:
            body["label"] = {"name": row["label_name"], "color": row["label_color"]}
        if row["kind"] in ("ClosedEvent", "ReopenedEvent"):
            body["state_reason"] = row["state_reason"]
        if row["kind"] in ("AssignedEvent", "UnassignedEvent"):
            body["assignee"] = accounts(db, base, [row["other_account_id"]])[row["other_account_id"]]
            body["assigner"] = body["actor"]
        if row["kind"] == "LockedEvent":
            body["lock_reason"] = row["lock_reason"]
        if row["kind"] in _FAMILY:
            body[_FAMILY[row["kind"]]] = _reference(db, base, repo, row["other_issue_id"])
        if row["new_title"] is not None:
            body["rename"] = {"from": row["old_title"], "to": row["new_title"]}
        found.append(body)
    return found


def _reference(db: Db, base: str, repo: sqlite3.Row, issue_id: int) -> Json | None:
    """Return what an event shows of another issue: nothing, if it is gone or of another repository."""
    query = "SELECT * FROM issue WHERE id = ? AND repository_id = ?"
    row = db.execute(query, (issue_id, repo["id"])).fetchone()
    if row is None:
        return None
    shown = {name: row[name] for name in ("number", "title", "state", "state_reason")}
    return shown | {"issue_type": None, "repository": repository(db, base, repo)}


def timeline(db: Db, base: str, repo: sqlite3.Row, number: int, rows: list[sqlite3.Row]) -> list[Json]:
    """Return timeline rows as REST's timeline: comments among the events."""
    ids = [row["comment_id"] for row in rows if row["kind"] == "IssueComment"]
    marks = ",".join("?" * len(ids))
    found = db.execute(
        f"SELECT c.*, ? AS number FROM comment c WHERE c.id IN ({marks})",
        (number, *ids),
    ).fetchall()
    written = {body["id"]: body for body in comments(db, base, repo, found)}
    events = issue_events(db, base, repo, [row for row in rows if row["kind"] != "IssueComment"])
    happened = {body["id"]: body for body in events}
    answer = []
    for row in rows:
        if row["kind"] == "IssueComment":
            body = written[row["comment_id"]]
            answer.append(body | {"event": "commented", "actor": body["user"]})
        else:
            answer.append(happened[row["id"]])
    return answer


def file(base: str, repo: sqlite3.Row, path: str, sha: str, size: int, kind: str = "file") -> Json:
    """Return a file or folder as a directory lists it."""
    url = f"{api_url(base, repo)}/contents/{path}?ref=main"
    page = f"{site(base)}/{full_name(repo)}/{'blob' if kind == 'file' else 'tree'}/main/{path}"
    git = f"{api_url(base, repo)}/git/{'blobs' if kind == 'file' else 'trees'}/{sha}"
    raw = f"{site(base)}/raw/{full_name(repo)}/main/{path}" if kind == "file" else None
    return {
        "type": kind,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": size,
        "url": url,
        "git_url": git,
        "html_url": page,
        "download_url": raw,
        "_links": {"self": url, "git": git, "html": page},
    }


def file_with_content(base: str, repo: sqlite3.Row, row: sqlite3.Row) -> Json:
    """Return a ContentFile: base64 in lines, as GitHub wraps it; beyond 1 MB without what it holds."""
    size = len(row["content"])
    body = file(base, repo, row["path"], row["sha"], size)
    if size > LARGEST_SHOWN:
        return body | {"encoding": "none", "content": ""}
    return body | {"encoding": "base64", "content": base64.encodebytes(row["content"]).decode()}


def team(base: str, repo: sqlite3.Row, row: sqlite3.Row) -> Json:
    """Return a Team with its permission on a repository, in REST's old words."""
    org = repo["owner_login"]
    url = f"{base}/orgs/{org}/teams/{row['slug']}"
    words = {"read": "pull", "write": "push"}
    return {
        "id": row["id"],
        "node_id": node_id("Team", row["id"]),
        "name": row["name"],
        "slug": row["slug"],
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": words.get(row["permission"], row["permission"]),
        "type": "organization",
        "organization_id": repo["owner_id"],
        "url": url,
        "html_url": f"{site(base)}/orgs/{org}/teams/{row['slug']}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "parent": None,
    }


def app(db: Db, base: str, row: sqlite3.Row) -> Json:
    """Return an App as it is shown to itself."""
    stamp = iso(row["created_at"])
    query = "SELECT count(*) FROM installation WHERE app_id = ?"
    return {
        "id": row["id"],
        "slug": row["slug"],
        "node_id": node_id("App", row["id"]),
        "client_id": row["client_id"],
        "owner": accounts(db, base, [row["owner_id"]])[row["owner_id"]],
        "name": row["name"],
        "description": "",
        "external_url": site(base),
        "html_url": f"{site(base)}/apps/{row['slug']}",
        "created_at": stamp,
        "updated_at": stamp,
        "permissions": json.loads(row["permissions"]),
        "events": [],
        "installations_count": db.execute(query, (row["id"],)).fetchone()[0],
    }


def installation(db: Db, base: str, row: sqlite3.Row) -> Json:
    """Return an Installation."""
    known = db.execute("SELECT * FROM app WHERE id = ?", (row["app_id"],)).fetchone()
    org = accounts(db, base, [row["org_id"]])[row["org_id"]] or {}
    return {
        "id": row["id"],
        "account": org,
        "repository_selection": "selected",
        "access_tokens_url": f"{base}/app/installations/{row['id']}/access_tokens",
        "repositories_url": f"{base}/installation/repositories",
        "html_url": f"{site(base)}/organizations/{org['login']}/settings/installations/{row['id']}",
        "app_id": known["id"],
        "client_id": known["client_id"],
        "app_slug": known["slug"],
        "target_id": row["org_id"],
        "target_type": "Organization",
        "permissions": json.loads(known["permissions"]),
        "events": [],
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None if row["suspended_at"] is None else iso(row["suspended_at"]),
    }
