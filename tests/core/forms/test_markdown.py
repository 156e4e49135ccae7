"""Headings are where Markdown sees them."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cocflow.core.forms.form import Field, Form
from cocflow.core.forms.reading import read

STRUCTURES = st.lists(
    st.sampled_from(
        [
            *(
                "- a",
                "  - b",
                "1. x",
                "2) y",
                "+     five",
                "\ttab",
                "    code",
                "    ```",
                "> q",
                "***",
                "text",
            ),
            *(
                "```",
                "~~~~",
                "`````",
                "<!--",
                "-->",
                "<!-- c -->",
                "<div>",
                "</div>",
                "<?",
                "?>",
                "",
                "",
                "   ",
            ),
            *("# t", "## Who?", " ### Who?", "### Who? #", "### Who?"),
        ]
    ),
    max_size=10,
)


@given(STRUCTURES)
def test_headings_are_where_markdown_sees_them(lines: list[str]) -> None:
    """A question is answered exactly if full Markdown sees its label once as a top-level heading."""
    filed = "\n".join([*lines, "", "### Who?", "", "Ada"])
    full = MarkdownIt("commonmark")
    full.core.ruler.enableOnly(["normalize", "block"])
    tokens = full.parse(filed)
    seen = [
        token for token in tokens if (token.type, token.level, token.markup) == ("heading_open", 0, "###")
    ]
    form = Form((Field(id="who", label="Who?"), Field(id="never", label="Never rendered")))
    report = read(form, filed)
    assert (report.answers["who"] is not None, report.ambiguous) == (
        len(seen) == 1,
        ("who",) * (len(seen) > 1),
    )
