"""The use cases of a run, over the ports."""
