"""The page for reports by mail: what stands on it, and that it can load and run nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cocflow.adapters.markdown import html
from cocflow.core.forms.by_mail import read_mailed
from cocflow.core.forms.form import questions
from cocflow.errors import DefinitionError
from cocflow.setup.in_force import load_process_and_form
from cocflow.setup.page import LONGEST_LINK, page
from tests.setup.communities import CONFIGURATION, community

TRANSLATED = Path(__file__).parents[1] / "core" / "forms" / "translated" / "incident.yml"


def values(text: str, name: str) -> list[str]:
    """Return the values of an attribute, as they are meant."""
    return [unescape(one) for one in re.findall(rf'\b{name}="([^"]*)"', text)]


@pytest.fixture
def made(tmp_path: Path) -> str:
    """The page of a community with the shipped form."""
    return page(community(tmp_path), html)


def test_it_has_the_form_s_own_words(made: str) -> None:
    """The plea with the community's names, each question with its hint, and the choices stand on it."""
    text = unescape(re.sub(r"<[^>]+>", "", made))
    for words in (
        "Others in Engineers of Example want to help",
        "Who will read it: Riya Sen and M. F. Tanaka.",
        "Nothing is shared without your yes.",
        "Write to The board, board@example.org instead.",
        "Question 1 of 4. What happened, and when, in your own words.",
        "Is one of the administrators involved?",
        "What the people concerned need to know, with my name",
    ):
        assert words in text
    assert "cocflow:" not in text
    _, form = load_process_and_form(Path("nowhere"), "incident")
    assert {one.label for one in form.fields} <= {
        line.partition(". ")[2] for line in values(made, "data-line")
    }


def test_a_form_in_another_language_asks_in_it(tmp_path: Path) -> None:
    """The questions are those of the community's own form."""
    folder = community(tmp_path)
    (folder / ".github" / "ISSUE_TEMPLATE").mkdir()
    (folder / ".github" / "ISSUE_TEMPLATE" / "incident.yml").write_text(
        TRANSLATED.read_text("utf-8"), "utf-8"
    )
    assert "2. Wer ist an dem Vorfall beteiligt?" in values(page(folder, html), "data-line")


def test_a_community_s_own_template_stands_before_the_shipped_one(tmp_path: Path) -> None:
    """Each of the three files can be replaced alone; one that can't be made is named."""
    folder = community(tmp_path)
    own = folder / "templates" / "page"
    own.mkdir(parents=True)
    (own / "report.css").write_text("body { color: rebeccapurple }")
    assert "rebeccapurple" in page(folder, html)
    (own / "report.html.j2").write_text("{{ unheard_of }}")
    with pytest.raises(DefinitionError, match=r"report\.html\.j2"):
        page(folder, html)


def test_it_loads_nothing_and_runs_only_its_own(made: str) -> None:
    """Its policy refuses every request, names its style and script alone, and there is nothing to request."""
    (policy,) = (one for one in values(made, "content") if one.startswith("default-src"))
    hashes = [
        base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        for source in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", made, re.DOTALL)
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"\b(?:src|srcset|action|poster|data|style|on\w+)=", made)
    assert "url(" not in made
    assert "<link" not in made


def test_without_a_script_it_says_how_to_write(made: str) -> None:
    """The address, the four questions to copy, and a link that opens a mail with them."""
    (link,) = {one for one in values(made, "href") if one.startswith("mailto:")}
    parts = urlsplit(link)
    (body,) = parse_qs(parts.query)["body"]
    _, form = load_process_and_form(Path("nowhere"), "incident")
    asked = [f"{one.number}. {one.label}" for one in questions(form)]
    assert parts.path == "conduct@example.org"
    assert [line for line in body.split("\r\n") if line] == asked
    copied = re.search(r"<pre>(.*?)</pre>", made, re.DOTALL)
    assert copied is not None
    assert [line for line in unescape(copied[1]).split("\n") if line] == asked
    assert len(link) <= LONGEST_LINK
    answered = body.replace(asked[0], f"{asked[0]}\r\nShouting.").replace(asked[3], f"{asked[3]}\r\nNone")
    assert dict(read_mailed(form, answered).answers.values) == {"nature": "Shouting.", "privacy": "None"}


def test_its_mail_goes_to_the_administrators_unless_the_reporter_chooses(tmp_path: Path) -> None:
    """The address for reports is ticked; the outside contact's is offered, single ones only if asked for."""
    folder = community(tmp_path)
    for more, addresses in (
        (False, ["conduct@example.org", "board@example.org"]),
        (True, ["conduct@example.org", "riya@example.org", "board@example.org"]),
    ):
        made = page(folder, html, administrators=more)
        boxes = re.findall(r'name="to" value="([^"]*)"( checked)?', made)
        assert [address for address, _ in boxes] == addresses
        assert [address for address, ticked in boxes if ticked] == ["conduct@example.org"]
        assert ("riya@" in made) == more


def test_without_an_address_there_is_no_page(tmp_path: Path) -> None:
    """It says which line is missing in which file."""
    folder = community(tmp_path, CONFIGURATION.replace("reports: conduct@example.org\n", ""))
    with pytest.raises(DefinitionError) as refusal:
        page(folder, html)
    assert str(refusal.value) == (
        ".github/cocflow.yml: there is no address for reports"
        " (write reports: and a mail address that your mailbox receives)"
    )


def test_names_of_a_community_can_t_become_markup(tmp_path: Path) -> None:
    """What a configuration says is text on the page, whatever it holds."""
    folder = community(tmp_path, CONFIGURATION.replace("Engineers of Example", "A <b onclick=x>&</script>"))
    made = page(folder, html)
    assert "<b onclick" not in made
    assert made.count("</script>") == 2


def test_a_mail_may_be_about_anybody_of_any_vault(tmp_path: Path) -> None:
    """Who reads it depends on whom it means, so everybody can be chosen, and that is said."""
    folder = community(tmp_path)
    own = folder / ".github" / "cocflow.yml"
    vaults = "vaults:\n  - repository: acme/first\n  - {repository: acme/second, administrators: [lou]}\n"
    own.write_text(own.read_text("utf-8") + vaults, "utf-8")
    text = unescape(re.sub(r"<[^>]+>", "", page(folder, html)))
    assert "@lou" in values(page(folder, html), "value")
    assert "where one of these may be meant, lou. Only one of these groups reads it." in text
