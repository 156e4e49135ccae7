"""The pages: what each may see, that nothing typed is lost, and that no other site's page can act."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest
import requests

from cocflow.core.process import BOARD_LABEL
from cocflow.demo.story import KEEPER, REPOSITORY, RULES_CHANNEL_ID
from cocflow.rehearsal import pages
from cocflow.rehearsal.house import House, Mail
from cocflow.rehearsal.nights.night import Night
from cocflow.rehearsal.nights.playing import Playing
from cocflow.rehearsal.pages import create_app
from cocflow.rehearsal.people import Persona
from cocflow.rehearsal.serving import Rehearsal
from tests.hostile import HOSTILE
from tests.rehearsal.conftest import Tab

HERS = {
    "learned": "It happened to me",
    "nature": "For two weeks, jokes about how I speak.",
    "who": "Sam Okafor",
    "material": "None",
    "privacy": "None",
}


def text(page: requests.Response) -> str:
    """Return what stands on a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture(scope="module")
def room(tab: Tab) -> str:
    """Where Iris has filed a report in her room, and cocflow has found it."""
    name = tab.rehearsal.house.visitor("iris").repositories()[0].name
    filed = tab.post(f"as/iris/r/{name}/new/incident.yml", {**HERS})
    assert "No job starts by that" in text(filed)
    found = tab.post("clock", {"way": "sweep", "page.back": f"/as/iris/r/{name}/1"})
    assert "Your report has arrived." in text(found)
    return f"r/{name}"


@pytest.fixture(scope="module")
def incident(tab: Tab, room: str) -> str:
    """The incident that came of it."""
    issues = tab.rehearsal.house.visitor("mft").listed(f"repos/{REPOSITORY}/issues")
    (number,) = [one["number"] for one in issues if one["title"].startswith("Incident")]
    return f"r/{REPOSITORY}/{number}"


def test_the_vault_and_the_room_are_each_for_those_who_may_read_them(
    tab: Tab, room: str, incident: str
) -> None:
    """The reporter reads her room, administrators the vault; others aren't told that there is one."""
    seen = {who: tab.get(f"as/{who}/{incident}").status_code for who in ("mft", "dario", "iris", "juno")}
    assert seen == {"mft": 200, "dario": 200, "iris": 404, "juno": 404}
    seen = {who: tab.get(f"as/{who}/{room}/1").status_code for who in ("iris", "juno", "pim")}
    assert seen == {"iris": 200, "juno": 404, "pim": 404}
    told = text(tab.get(f"as/juno/{incident}"))
    assert "Nothing is here for juno" in told
    assert HERS["nature"] not in told


def test_side_by_side_each_pane_is_its_readers(tab: Tab, room: str, incident: str) -> None:
    """The estimate is the same in both; what administrators say to each other stands in one."""
    tab.post(f"as/mft/{incident}/comment", {"text": "Sam is a friend of mine.", "button": "comment"})
    tab.post(f"as/mft/{incident}/comment", {"text": "/estimate 2 days", "button": "comment"})
    page = tab.get("beside?left=mft&right=iris").text
    left, right = (text_of for text_of in page.split('<section class="pane"')[1:])
    assert HERS["nature"] in left
    assert HERS["nature"] in right
    assert "a friend of mine" in left
    assert "a friend of mine" not in right
    assert "We expect to have resolved this" in right
    assert "is shown no repository" in tab.get("beside?left=juno&right=pim").text


def test_a_missing_answer_is_named_and_nothing_typed_is_lost(tab: Tab, room: str) -> None:
    """The form comes back as it was filled in."""
    sent: dict[str, str | list[str]] = {
        **{name: answer for name, answer in HERS.items() if name != "who"},
        "nature": 'Jokes </textarea><script>alert("x")</script>',
        "tried": ["Neither was possible, safe or wanted"],
    }
    page = tab.post(f"as/iris/{room}/new/incident.yml", sent)
    assert page.status_code == 422
    assert "Who is involved in this incident? : This needs an answer." in text(page)
    assert "<script" not in page.text
    assert (
        unescape(re.findall(r"<textarea id=\"q-nature\".*?>\n(.*?)</textarea>", page.text)[0])
        == sent["nature"]
    )
    assert re.search(r"<option selected>It happened to me", page.text)
    assert re.search(r'value="Neither was possible, safe or wanted" checked', page.text)


def test_a_question_may_be_called_as_a_page_calls_its_own(tab: Tab, incident: str) -> None:
    """The answers to `title` and `back` are kept, and so is the title; no id stands twice."""
    form = """
name: Ours
description: Ours
title: "Ours: "
body:
  - {type: textarea, id: title, attributes: {label: Job}}
  - {type: textarea, id: back, attributes: {label: Answer to}}
  - {type: checkboxes, id: q, attributes: {label: Boxes, options: [{label: One}]}}
  - {type: textarea, id: q-1, attributes: {label: Beside the box}, validations: {required: true}}
"""
    house = tab.rehearsal.house
    name = house.visitor("iris").repositories()[0].name
    made = {"message": "Add ours", "content": base64.b64encode(form.encode()).decode()}
    house.visitor(KEEPER).ask("PUT", f"repos/{name}/contents/.github/ISSUE_TEMPLATE/ours.yml", made)
    typed = {"page.title": "The heading", "title": "Baker", "back": "The bakery", "q": "One"}
    page = tab.post(f"as/iris/r/{name}/new/ours.yml", {**typed})
    ids = re.findall(r'\sid="([^"]*)"', page.text)
    assert len(ids) == len(set(ids))
    assert all(one in page.text for one in ('value="The heading"', "\nBaker<", "\nThe bakery<", " checked"))
    filed = tab.post(f"as/iris/r/{name}/new/ours.yml", {**typed, "q-1": "Bread"})
    assert "<bdi>The heading</bdi>" in filed.text
    assert all(one in filed.text for one in ("<p>Baker</p>", "<p>The bakery</p>", "<p>Bread</p>"))


def test_what_github_refuses_keeps_what_was_typed(tab: Tab, room: str) -> None:
    """The answer says why, and the comment is there to be copied."""
    long = "x" * 300_000
    page = tab.post(f"as/iris/{room}/1/comment", {"text": long, "button": "comment"})
    assert page.status_code == 422
    assert long in page.text
    page = tab.post(f"as/juno/{room}/1/comment", {"text": "let me in", "button": "comment"})
    assert (page.status_code, "let me in" in page.text) == (404, True)


def test_an_empty_comment_is_none_but_a_button_works_without_words(tab: Tab, incident: str) -> None:
    """Nothing is posted, and nothing is answered."""
    before = len(tab.rehearsal.house.moments)
    for button in ({"button": "comment"}, {"button": "another"}, {}):
        assert tab.post(f"as/mft/{incident}/comment", {"text": " ", **button}).status_code == 400
    assert len(tab.rehearsal.house.moments) == before


def test_ones_own_comment_is_edited_and_nobody_elses(tab: Tab, incident: str) -> None:
    """The link stands only at what one wrote; whoever tries otherwise is refused by GitHub."""
    page = tab.post(f"as/miabot/{incident}/comment", {"text": "I cn look", "button": "comment"})
    (id,) = re.findall(rf"/as/miabot/{incident}/edit/(\d+)", page.text)
    assert f"/edit/{id}" not in tab.get(f"as/mft/{incident}").text
    assert "I cn look" in tab.get(f"as/miabot/{incident}/edit/{id}").text
    page = tab.post(f"as/miabot/{incident}/edit/{id}", {"text": "I can look"})
    assert "I can look" in text(page)
    assert tab.post(f"as/dario/{incident}/edit/{id}", {"text": "mine"}).status_code == 403


def test_labels_and_assignees_are_picked_and_only_by_those_who_may(
    tab: Tab, room: str, incident: str
) -> None:
    """A label asks, as on GitHub, and its answer stands there at once; a reader has no pickers."""
    there = tab.rehearsal.house.visitor("mft").get(
        f"repos/{incident[2:].rpartition('/')[0]}/issues/{incident.rpartition('/')[2]}/labels"
    )
    labels = [one["name"] for one in there]
    page = tab.post(f"as/mft/{incident}/labels", {"label": [*labels, "state: triaged"]})
    assert "put the label state: triaged" in text(page)
    page = tab.post(f"as/dario/{incident}/assignees", {"assignee": ["dario"]})
    assert "Assigned to dario." in text(page)
    hers = tab.get(f"as/iris/{room}/1")
    assert "Comment as Iris" in text(hers)
    assert 'name="assignee"' not in hers.text


def test_the_likely_labels_stand_first(tab: Tab, incident: str) -> None:
    """What is on the issue or may be asked by from here; then the process's, then all others."""
    page = tab.get(f"as/mft/{incident}").text
    groups = {
        said: re.findall(r'name="label" value="([^"]+)"', group)
        for said, group in re.findall(r"<fieldset><legend>([^<]+)</legend>(.*?)</fieldset>", page, re.DOTALL)
    }
    likely, process, others = (groups[one] for one in list(groups)[:3])
    assert {"by room", "suspend"} <= set(likely)
    assert "state: incomplete" in process
    assert {"state: active", "suspension", "cocflow: board"} <= set(others)
    assert len(likely) < 20


def test_being_somebody_else_leads_to_the_same_page_or_to_what_they_see(tab: Tab, incident: str) -> None:
    """Nobody who only wants to be somebody else is left where nothing is."""
    links = re.findall(r'<li><a href="(/as/[^"]+)"', tab.get(f"as/mft/{incident}").text)
    there = {link.split("/")[2]: tab.get(unescape(link)[1:]) for link in links}
    assert there["dario"].url.partition("?")[0].endswith(incident)
    assert there["juno"].status_code == 200
    assert "You were on a page that juno isn’t shown" in text(there["juno"])
    assert there["sam"].url.endswith("/as/sam/mail")


def test_filters_show_the_issues_that_are_asked_for(tab: Tab, incident: str) -> None:
    """By state, and by label."""
    listing = f"as/mft/{incident.rpartition('/')[0]}/"
    assert "There is none." in text(tab.get(listing + "?state=closed"))
    assert f"/{incident}" in tab.get(listing + "?state=open&label=by+room").text


def test_a_mailbox_is_its_owners_and_is_answered(tab: Tab, incident: str) -> None:
    """A suspended person reads the mail, nobody else does, and the answer reaches the engine as a mail."""
    order = "/suspend A flood of insults\nPim Ode, pim@example.org"
    tab.post(f"as/thclpr/{incident}/comment", {"text": order, "button": "comment"})
    inbox = tab.get("as/pim/mail")
    (number,) = re.findall(r"/as/pim/mail/(\d+)", inbox.text)
    assert "you may appeal" in text(tab.get(f"as/pim/mail/{number}"))
    assert tab.get(f"as/sam/mail/{number}").status_code == 404
    assert tab.post(f"as/pim/mail/{number}", {"text": "  "}).status_code == 400
    assert "No job starts by that" in text(tab.post(f"as/pim/mail/{number}", {"text": "It wasn't me."}))
    assert tab.rehearsal.house.answers[-1].to.startswith("appeals+")
    tab.post("clock", {"way": "sweep", "page.back": "/"})
    assert len(re.findall(r"/as/pim/mail/\d+", tab.get("as/pim/mail").text)) == 2
    assert "Mail to pim@example.org" in text(tab.get("outbox?reader=pim@example.org"))


def test_what_cocflow_did_is_told_with_the_state_lit(tab: Tab, incident: str) -> None:
    """In words for everybody, and in the drawing."""
    page = tab.get(f"why/{incident[2:]}")
    assert "Tell the reporter by when" in text(page)
    assert "Reported , by the reporter." in text(page)
    (lit,) = re.findall(r"<li class=lit aria-current=step><strong>(\w+)", page.text)
    assert f'class="node lit">\n<title>{lit}</title>' in page.text
    assert page.text.count("node lit") == 1


def test_only_what_is_a_case_leads_to_what_cocflow_did_there(tab: Tab, room: str, incident: str) -> None:
    """Neither a room's issue nor the board leads to where nothing is told."""
    vault = incident.rpartition("/")[0]
    (board,) = [
        one["number"]
        for one in tab.rehearsal.house.visitor("mft").listed(f"repos/{vault[2:]}/issues", labels=BOARD_LABEL)
    ]
    assert f'"/why/{incident[2:]}"' in tab.get(f"as/mft/{incident}").text
    for page in (f"as/iris/{room}/1", f"as/mft/{vault}/{board}"):
        assert '"/why/' not in tab.get(page).text
    for leads_to in re.findall(r'"/(why/[^"]+)"', tab.get("why").text):
        assert tab.get(leads_to).ok


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_an_address_with_a_number_that_none_has_leads_to_nothing(
    tab: Tab, incident: str, number: int
) -> None:
    """As with any other that isn't there."""
    vault = incident.rpartition("/")[0]
    for path in (f"as/mft/{vault}/{number}", f"as/mft/{incident}/edit/{number}", f"why/{vault[2:]}/{number}"):
        assert tab.get(path).status_code == 404


@pytest.mark.parametrize("way", ["hour", "day", "week", "due"])
def test_the_clock_leads_back_to_the_page_that_was_left(tab: Tab, incident: str, way: str) -> None:
    """And says what came of it."""
    page = tab.post("clock", {"way": way, "page.back": f"/as/mft/{incident}?after=1"})
    assert page.url.startswith(f"{tab.rehearsal.url}as/mft/{incident}?after=")
    assert "The clock" in text(page)


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example", "", "javascript:alert(1)"])
def test_the_clock_leads_to_no_other_place(tab: Tab, back: str) -> None:
    """A page of another site can't be what was left."""
    assert tab.post("clock", {"way": "hour", "page.back": back}).url.startswith(tab.rehearsal.url)


def test_what_is_asked_wrongly_says_so(tab: Tab) -> None:
    """No page is a blank one."""
    assert tab.post("clock", {"way": "back"}).status_code == 400
    chooser = f"as/mft/r/{REPOSITORY}/new/config.yml"
    mails = ("as/iris/mail", "as/pim/mail/99")
    for path in ("nowhere", "as/nobody/", "why/acme/x/1", *mails, "as/pim/r/a/b/1", chooser):
        page = tab.get(path)
        assert (page.status_code, "<h1>" in page.text) == (404, True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8018", "127.0.0.1.evil.example", "[::1]:80"])
def test_another_name_of_this_machine_is_refused(tab: Tab, host: str) -> None:
    """So no page of another site can have its name lead here and read along."""
    page = tab.get("as/mft/", Host=host)
    assert page.status_code == 421
    assert REPOSITORY not in page.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1"])
def test_a_page_of_another_site_cant_act(tab: Tab, origin: str) -> None:
    """Nothing happens by a form that isn't one of these pages'."""
    before = len(tab.rehearsal.house.moments)
    for path in ("clock", "reset", "as/kim/mail/new"):
        page = tab.post(path, {"way": "hour", "text": "Hello"}, origin=origin)
        assert page.status_code == 403
    assert len(tab.rehearsal.house.moments) == before


def test_what_is_sent_twice_from_one_page_is_done_once(tab: Tab, incident: str) -> None:
    """A second press while the first one is answered; from the next page the same may be sent again."""
    page = f"as/mft/{incident}"

    def press() -> list[str]:
        ((name, made),) = set(re.findall(r'name="(page.made)" value="(\d+)"', tab.get(page).text))
        with ThreadPoolExecutor(3) as pool:
            sent = {"text": "Once, please.", "button": "comment", name: made}
            return [one.url for one in pool.map(lambda _: tab.post(f"{page}/comment", sent), range(3))]

    assert len(set(press())) == 1
    assert tab.get(page).text.count("Once, please.") == 1
    assert len(set(press())) == 1
    assert tab.get(page).text.count("Once, please.") == 2


def test_every_form_that_does_something_says_when_it_was_made() -> None:
    """So none of them is done twice by a second press."""
    for template in (Path(pages.__file__).parent / "templates").glob("*.html"):
        forms = re.findall(r'<form [^\n]*method="post".*?</form>', template.read_text("utf-8"), re.DOTALL)
        assert all("{{ made }}" in one for one in forms), template.name


def test_a_browser_finds_the_picture_that_it_asks_for(tab: Tab) -> None:
    """Asked for by itself, or by the address in the page."""
    icon = tab.get("favicon.ico")
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/svg+xml")
    assert '<link rel="icon" href="/favicon.ico">' in tab.get("").text


def test_what_slack_brings_is_shown_as_slack_shows_it(tab: Tab, incident: str) -> None:
    """Not as Markdown: words as they stand, the link below them, and what a notification says."""
    house = tab.rehearsal.house
    said = f"**Coral** [the case]({house.url}/{REPOSITORY}/issues/3)"
    sent = Mail(
        number=len(house.mails) + 1,
        at=house.now(),
        to=RULES_CHANNEL_ID,
        subject="From us",
        text=said,
        notice="community/post",
    )
    house.mails.append(sent)
    page = tab.get("outbox?reader=%23rands-slack-rules")
    assert "Slack to #rands-slack-rules" in text(page)
    leads = f"{tab.rehearsal.url}as/tove/r/{REPOSITORY}/3"
    assert f'<p class="plain">Coral the case ({leads})</p>' in page.text
    assert f'<a href="{leads}"' in page.text
    assert f"A notification of it shows: From us Coral the case ({leads})" in text(page)


def test_no_page_loads_or_runs_anything_of_elsewhere(tab: Tab, incident: str) -> None:
    """The policy forbids it, and the pages have no script at all."""
    for path in ("", "as/mft/", f"as/mft/{incident}", "outbox", "beside", "nowhere"):
        page = tab.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert not re.search(r"<script|<iframe|\sstyle=|\son\w+=", page.text)
        assert not re.findall(r'(?:src|<link[^>]* href)="(?!/style\.css"|/favicon\.ico")', page.text)
        assert page.headers["Cache-Control"] == "no-store"


def test_an_administrator_in_somebodys_room_is_led_to_the_vault(tab: Tab, room: str, incident: str) -> None:
    """Nothing that they write there is a command, and whoever it belongs to reads it."""
    note = "This is somebody’s own room"
    hers = tab.get(f"as/mft/{room}/1")
    assert note in text(hers)
    assert f'href="/as/mft/r/{REPOSITORY}/">{REPOSITORY}</a>; that is where' in hers.text
    assert note not in text(tab.get(f"as/iris/{room}/1"))
    assert note not in text(tab.get(f"as/mft/{incident}"))


@pytest.mark.parametrize("name", ["html", "html frame", "markdown link to a script", "a marker left open"])
def test_a_hostile_comment_is_shown_and_does_nothing(tab: Tab, incident: str, name: str) -> None:
    """On the issue, and where it is shown beside another one."""
    page = tab.post(f"as/mft/{incident}/comment", {"text": f"So. {HOSTILE[name]}", "button": "comment"})
    for shown in (page.text, tab.get("beside?left=mft&right=mft").text):
        assert not re.search(r"<script|<iframe|<img|<style|<b |javascript:alert\(1\)\"", shown)


class Standing:
    """A house that stays where it is."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.playing: Playing | None = None

    def begin_anew(self, night: Night | None = None) -> None:
        """Stay."""

    def leave(self) -> None:
        """Stay."""


class Faulty(House):
    """A house in which looking for somebody goes wrong, with words in the error, after something happened."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def persona(self, slug: str) -> Persona | None:
        """Stop."""
        self.meanwhile()
        raise RuntimeError("what somebody reported")


def test_a_fault_of_ours_names_its_kind_and_keeps_what_was_typed(tmp_path: Path) -> None:
    """Nothing of its text is shown, which may hold a report."""
    with Faulty(tmp_path) as house:
        client = create_app(Standing(house)).test_client()
        page = client.post(
            "/as/pim/mail/1",
            data={"text": "my words"},
            base_url="http://127.0.0.1:8018",
            headers={"Origin": "http://127.0.0.1:8018"},
        )
    assert page.status_code == 500
    assert "RuntimeError" in page.text
    assert "my words" in page.text
    assert "what somebody reported" not in page.text


def test_a_house_that_is_gone_meanwhile_is_said_to_be(tmp_path: Path) -> None:
    """Whoever asked in the moment in which it ended gets a page, and back what they typed."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = Faulty(tmp_path / "old")
    with old, House(tmp_path / "new") as new:
        room = Standing(old)
        client = create_app(room).test_client()
        old.meanwhile = lambda: setattr(room, "house", new)
        page = client.post(
            "/as/kim/mail/new",
            data={"text": "my words"},
            base_url="http://127.0.0.1:8018",
            headers={"Origin": "http://127.0.0.1:8018"},
        )
    assert page.status_code == 409
    assert "begun anew" in page.text
    assert "my words" in page.text


def test_it_begins_anew_when_somebody_wants(rehearsal: Rehearsal, tab: Tab) -> None:
    """Asked once more, and then everything is as it was at the beginning."""
    assert "Start anew?" in text(tab.get("reset"))
    assert "Rehearse an incident" in text(tab.post("reset", {}))
    assert rehearsal.house.moments == []


def test_a_night_is_on_every_page_until_it_is_left(rehearsal: Rehearsal, tab: Tab) -> None:
    """It begins in a house of its own; what it says next is what isn't done, and unknown ones are refused."""
    before = rehearsal.house
    assert 'action="/night/flood-of-mail"' in tab.get("").text
    assert tab.get("night").url == rehearsal.url
    assert tab.post("night/another", {}).status_code == 404
    assert rehearsal.house is before
    begun = tab.post("night/flood-of-mail", {})
    assert begun.url.endswith("/as/thclpr/#night")
    assert rehearsal.house is not before
    for path in ("", "outbox", "as/iris/", "as/nobody/", "beside", "nowhere"):
        text = tab.get(path).text
        assert 'aria-label="The night"' in text
        assert "0 of 6 done" in text
    assert "Nobody is told. Read it before you do" in tab.get("night").text
    house = rehearsal.house
    tab.post("clock", {"way": "sweep", "page.back": "/"})
    assert "1 of 6 done" in tab.get("").text
    tab.post("night/leave", {})
    assert "The night" not in tab.get("").text
    assert rehearsal.house is house
