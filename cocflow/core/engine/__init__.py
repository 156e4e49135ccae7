"""The engine: facts in, decisions out; it knows no subject."""
