"""The documentation, and what makes those parts of it that are derived: `python -m docs` writes them."""
