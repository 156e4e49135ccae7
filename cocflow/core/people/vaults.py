"""Which of a community's vaults takes what somebody wrote: nobody's report lies where that person reads.

Owns the one rule for all roads, by which vaults that know nothing of each other agree. Refuses to guess: what
may mean somebody does.
"""

from __future__ import annotations

from cocflow.core.people.roster import Vault


def taker(vaults: tuple[Vault, ...], said: str) -> str | None:
    """Return the repository of the first vault of whose administrators a text means nobody, surely or not.

    `said` is all that somebody wrote, every answer and choice of theirs. None: it may mean somebody of each.
    """
    return next((one.repository for one in vaults if not _means_any(one, said)), None)


def tells_outside(vaults: tuple[Vault, ...]) -> str:
    """Return the repository of the vault that tells of what none takes, so that it is told once: the last."""
    return vaults[-1].repository


def is_beside(vaults: tuple[Vault, ...], repository: str) -> bool:
    """Whether a repository is the vault of what the first one doesn't take: reports about those there."""
    return any(one.repository.casefold() == repository.casefold() for one in vaults[1:])


def _means_any(vault: Vault, said: str) -> bool:
    return any(one.meant_by(said) is not None for one in vault.administrators)
