"""Setting a repository up, and whether it is set up right."""
