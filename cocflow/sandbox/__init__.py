"""A local GitHub on SQLite, on loopback only: the REST and GraphQL that cocflow uses, by GitHub's rules.

It imports nothing else of cocflow, so it can't share the engine's misunderstandings.

Run it::

    # or Sandbox("file.db", port=8080), on the real clock
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        sandbox.url  # the base of REST; GraphQL is at url + "/graphql"; url + "/api/v3" works too
        sandbox.store  # the seeding API below
        sandbox.events(after=0)  # what would start a workflow: seq, event, action, starts_run, payload …

    serve(db, port)  # in the foreground

Seed it (no token, no permission, no time passes)::

    store.add_user("mft"); store.add_bot("miabot"); store.add_org("acme", members={"mft": "admin"})
    store.add_repo("acme/incidents", visibility="private", labels=False)  # the owner is made if need be
    store.set_permission("acme/incidents", "mft", "admin")  # none read triage write maintain admin
    store.add_token("mft"); store.job_token("acme/incidents", {"issues": "write", "contents": "read"})
    store.put_file("acme/incidents", ".github/cocflow.yml", "…"); store.add_team("acme", "council", ("mft",))
    app = store.apps.register("Rooms", "acme", {"issues": "write"})  # .id .slug .client_id .pem
    store.apps.install(app.id, ["acme/template"]); store.apps.token(installation)
    store.record_run("acme/incidents", "sweep.yml"); store.record_schedule("acme/incidents")
    store.move_clock(advance=3600); store.move_clock(to="2026-01-12T09:00:00Z"); store.set_lag(writes=3)
    store.limits.set_remaining("core", 0); store.limits.refuse_next(1, status=429, retry_after=5)
    store.requests.as_dict(); store.requests.reset()

Time: a frozen clock stands still until it is moved, and each write happens *at* now and then moves it by
``tick`` (1 s). Otherwise it is the real time plus an offset. ``Date`` is always the sandbox's now.

Control over HTTP, under ``/_sandbox/``, without a token (bodies: see ``control.py``)::

    POST users tokens repos collaborators teams runs schedule clock lag limits apps installations manifests
    GET clock requests events?after=SEQ     DELETE requests

An App's JWT is read by the machine's clock, by which it was signed; its tokens end by the sandbox's.

A database FILE comes with FILE-log, which holds the events. Reads of single things by REST are always
fresh; with a lag, lists and GraphQL queries answer from an earlier, consistent state. Rate limits are
counted always, and enforced once they have been set.
"""

from cocflow.sandbox.clock import Clock
from cocflow.sandbox.server import Sandbox, create_app, serve
from cocflow.sandbox.store import Store

__all__ = ["Clock", "Sandbox", "Store", "create_app", "serve"]
