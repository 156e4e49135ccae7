"""Texts that are inert, times as people write them, names that tell nothing."""
