"""Faults, races and disorder: the promises of the ledger, kept while everything around it breaks."""
