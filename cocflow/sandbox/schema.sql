-- Instants are epoch seconds. AUTOINCREMENT: an id of something deleted is never given out again.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  login TEXT NOT NULL COLLATE NOCASE UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('User', 'Bot', 'Organization', 'Mannequin')),
  name TEXT,
  base_permission TEXT NOT NULL DEFAULT 'read',  -- of an organization's members on its repositories
  forks_private INTEGER NOT NULL DEFAULT 0,  -- whether members may fork an organization's private repositories
  deletes_issues INTEGER NOT NULL DEFAULT 0,  -- whether who administers an organization's repository may delete issues
  actions TEXT NOT NULL DEFAULT 'all',  -- in which of an organization's repositories they are: all, none, selected
  two_factor INTEGER NOT NULL DEFAULT 1,  -- of a person: has it; of an organization: demands it
  legacy INTEGER NOT NULL DEFAULT 0,  -- whether its node id has the old form where the new isn't asked for
  created_at INTEGER NOT NULL
);
CREATE TABLE membership (
  org_id INTEGER NOT NULL REFERENCES account, user_id INTEGER NOT NULL REFERENCES account,
  role TEXT NOT NULL, public INTEGER NOT NULL, PRIMARY KEY (org_id, user_id)
) WITHOUT ROWID;
CREATE TABLE token (
  secret TEXT PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account,
  kind TEXT NOT NULL CHECK (kind IN ('user', 'fine', 'job', 'installation')),
  repository_id INTEGER REFERENCES repository, permissions TEXT NOT NULL, scopes TEXT NOT NULL,
  installation_id INTEGER REFERENCES installation,
  repositories TEXT,  -- which a token is narrowed to; NULL: all of its installation's, those of later too
  expires_at INTEGER
) WITHOUT ROWID;

CREATE TABLE app (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER NOT NULL REFERENCES account,
  bot_id INTEGER NOT NULL REFERENCES account, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  client_id TEXT NOT NULL, permissions TEXT NOT NULL,
  public_key TEXT,  -- NULL: revoked
  created_at INTEGER NOT NULL
);
CREATE TABLE installation (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id INTEGER NOT NULL REFERENCES app,
  org_id INTEGER NOT NULL REFERENCES account, suspended_at INTEGER,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (app_id, org_id)
);
CREATE TABLE installation_repository (
  installation_id INTEGER NOT NULL REFERENCES installation,
  repository_id INTEGER NOT NULL REFERENCES repository, PRIMARY KEY (installation_id, repository_id)
) WITHOUT ROWID;
-- What an owner has agreed to in the browser, waiting to be made an App of by its code.
CREATE TABLE manifest (
  code TEXT PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES account, manifest TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE repository (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner_id INTEGER NOT NULL REFERENCES account,
  name TEXT NOT NULL COLLATE NOCASE,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private', 'internal')),
  description TEXT, topics TEXT NOT NULL DEFAULT '[]',
  has_issues INTEGER NOT NULL DEFAULT 1, has_wiki INTEGER NOT NULL DEFAULT 1,
  has_projects INTEGER NOT NULL DEFAULT 1, has_discussions INTEGER NOT NULL DEFAULT 0,
  allow_forking INTEGER NOT NULL DEFAULT 1, is_template INTEGER NOT NULL DEFAULT 0,
  actions_enabled INTEGER NOT NULL DEFAULT 1,  -- as it says itself
  actions_selected INTEGER NOT NULL DEFAULT 0,  -- whether its organization selects it
  allowed_actions TEXT NOT NULL DEFAULT 'all',
  workflow_permissions TEXT NOT NULL DEFAULT 'read', can_approve INTEGER NOT NULL DEFAULT 0,
  githubs_own_allowed INTEGER NOT NULL DEFAULT 0, patterns_allowed TEXT NOT NULL DEFAULT '[]',
  template_id INTEGER REFERENCES repository,  -- what it was generated from
  issue_creation TEXT NOT NULL DEFAULT 'ALL' CHECK (issue_creation IN ('ALL', 'COLLABORATORS_ONLY')),
  next_number INTEGER NOT NULL DEFAULT 1,
  open_issues INTEGER NOT NULL DEFAULT 0,  -- kept by the triggers below: every payload shows it
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, pushed_at INTEGER NOT NULL,
  UNIQUE (owner_id, name)
);
-- By which names a repository was known before.
CREATE TABLE renamed (
  owner_id INTEGER NOT NULL REFERENCES account, name TEXT NOT NULL COLLATE NOCASE,
  repository_id INTEGER NOT NULL REFERENCES repository, PRIMARY KEY (owner_id, name)
) WITHOUT ROWID;
CREATE TABLE secret (
  repository_id INTEGER NOT NULL REFERENCES repository, name TEXT NOT NULL, of_organization INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, value TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (repository_id, name, of_organization)
) WITHOUT ROWID;
CREATE TABLE collaborator (
  repository_id INTEGER NOT NULL REFERENCES repository, account_id INTEGER NOT NULL REFERENCES account,
  permission TEXT NOT NULL, PRIMARY KEY (repository_id, account_id)
) WITHOUT ROWID;
CREATE TABLE invitation (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repository_id INTEGER NOT NULL REFERENCES repository,
  invitee_id INTEGER NOT NULL REFERENCES account, inviter_id INTEGER REFERENCES account,
  permission TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (repository_id, invitee_id)
);
-- When a repository sent an invitation, whatever became of it.
CREATE TABLE invited (repository_id INTEGER NOT NULL REFERENCES repository, at INTEGER NOT NULL);
CREATE TABLE team (
  id INTEGER PRIMARY KEY AUTOINCREMENT, org_id INTEGER NOT NULL REFERENCES account,
  slug TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (org_id, slug)
);
CREATE TABLE team_member (
  team_id INTEGER NOT NULL REFERENCES team, account_id INTEGER NOT NULL REFERENCES account,
  PRIMARY KEY (team_id, account_id)
) WITHOUT ROWID;
CREATE TABLE team_repository (
  team_id INTEGER NOT NULL REFERENCES team, repository_id INTEGER NOT NULL REFERENCES repository,
  permission TEXT NOT NULL, PRIMARY KEY (team_id, repository_id)
) WITHOUT ROWID;

CREATE TABLE label (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repository_id INTEGER NOT NULL REFERENCES repository,
  name TEXT NOT NULL COLLATE NOCASE, color TEXT NOT NULL, description TEXT,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (repository_id, name)
);
CREATE TABLE issue (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repository_id INTEGER NOT NULL REFERENCES repository,
  number INTEGER NOT NULL, title TEXT NOT NULL, body TEXT,
  state TEXT NOT NULL DEFAULT 'open', state_reason TEXT,
  author_id INTEGER REFERENCES account,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  closed_at INTEGER, closed_by INTEGER REFERENCES account,
  edited_at INTEGER, editor_id INTEGER REFERENCES account,
  parent_id INTEGER REFERENCES issue, parent_position INTEGER,
  comment_count INTEGER NOT NULL DEFAULT 0,
  locked INTEGER NOT NULL DEFAULT 0, lock_reason TEXT, pinned INTEGER NOT NULL DEFAULT 0,
  UNIQUE (repository_id, number)
);
CREATE INDEX issue_updated ON issue (repository_id, state, updated_at, id);
CREATE INDEX issue_created ON issue (repository_id, state, created_at, id);
CREATE INDEX issue_parent ON issue (parent_id, parent_position);
CREATE TRIGGER issue_opened AFTER INSERT ON issue WHEN new.state = 'open' BEGIN
  UPDATE repository SET open_issues = open_issues + 1 WHERE id = new.repository_id;
END;
CREATE TRIGGER issue_moved AFTER UPDATE OF state ON issue WHEN new.state != old.state BEGIN
  UPDATE repository SET open_issues = open_issues + iif(new.state = 'open', 1, -1)
  WHERE id = new.repository_id;
END;
CREATE TRIGGER issue_deleted AFTER DELETE ON issue WHEN old.state = 'open' BEGIN
  UPDATE repository SET open_issues = open_issues - 1 WHERE id = old.repository_id;
END;
-- Where an issue went that was transferred; its number is never given out again.
CREATE TABLE moved (
  repository_id INTEGER NOT NULL REFERENCES repository, number INTEGER NOT NULL, issue_id INTEGER NOT NULL,
  PRIMARY KEY (repository_id, number)
) WITHOUT ROWID;
CREATE TABLE issue_label (
  issue_id INTEGER NOT NULL REFERENCES issue, label_id INTEGER NOT NULL REFERENCES label,
  PRIMARY KEY (issue_id, label_id)
) WITHOUT ROWID;
CREATE TABLE issue_assignee (
  issue_id INTEGER NOT NULL REFERENCES issue, account_id INTEGER NOT NULL REFERENCES account,
  PRIMARY KEY (issue_id, account_id)
) WITHOUT ROWID;
CREATE INDEX label_issue ON issue_label (label_id);
CREATE TABLE comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id INTEGER NOT NULL REFERENCES issue,
  author_id INTEGER REFERENCES account, body TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  edited_at INTEGER, editor_id INTEGER REFERENCES account, minimized TEXT
);
CREATE INDEX comment_issue ON comment (issue_id, id);
-- Every version of a body since its first edit, the original included, as GitHub's edit history shows it.
CREATE TABLE edit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, subject_id INTEGER NOT NULL,
  editor_id INTEGER REFERENCES account, at INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX edit_subject ON edit (subject, subject_id, id);
-- One ordered list for each issue; the id is the position, so cursors survive appends and removals.
CREATE TABLE timeline (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id INTEGER NOT NULL REFERENCES issue,
  kind TEXT NOT NULL, at INTEGER NOT NULL, actor_id INTEGER REFERENCES account,
  comment_id INTEGER, label_id INTEGER, label_name TEXT, label_color TEXT, state_reason TEXT,
  old_title TEXT, new_title TEXT, other_account_id INTEGER, other_issue_id INTEGER,
  lock_reason TEXT, other_repository_id INTEGER
);
CREATE INDEX timeline_issue ON timeline (issue_id, id);
CREATE INDEX timeline_comment ON timeline (comment_id) WHERE comment_id IS NOT NULL;

CREATE TABLE file (
  repository_id INTEGER NOT NULL REFERENCES repository, path TEXT NOT NULL,
  content BLOB NOT NULL, sha TEXT NOT NULL, PRIMARY KEY (repository_id, path)
) WITHOUT ROWID;
CREATE TABLE workflow_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repository_id INTEGER NOT NULL REFERENCES repository,
  workflow TEXT NOT NULL, event TEXT NOT NULL, status TEXT NOT NULL, conclusion TEXT,
  branch TEXT NOT NULL, actor_id INTEGER REFERENCES account, created_at INTEGER NOT NULL
);
-- The log of events lies in a file of its own, so that the copies for lagging reads needn't carry it.
CREATE TABLE log.event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, event TEXT NOT NULL, action TEXT,
  actor TEXT NOT NULL, token_kind TEXT NOT NULL, starts_run INTEGER NOT NULL,
  repository TEXT NOT NULL, payload TEXT NOT NULL
);
