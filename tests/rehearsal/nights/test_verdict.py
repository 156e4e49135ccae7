"""What a committee would say: of dates that weren't kept, of who wasn't told, and of a name in a mail."""

from __future__ import annotations

from cocflow.demo.story import KEEPER, REPOSITORY
from cocflow.rehearsal.house import DAY, House
from cocflow.rehearsal.nights.facts import Facts
from cocflow.rehearsal.nights.nights import OFFERS, SAM
from cocflow.rehearsal.nights.verdict import verdict
from tests.rehearsal.nights.playing import Player


def test_what_did_not_go_well_is_there_to_be_talked_about(house: House, player: Player) -> None:
    """A date is missed, a party hears who reported, another one isn't told; spam needs no date."""
    house.write_mail(OFFERS, "Watches at half the price.")
    player.file(share="What the people concerned need to know, without my name")
    player.sweeps()
    player.says("mft", "/dismiss spam", by=OFFERS)
    house.let_pass(2 * DAY)
    (in_time, told, unseen) = verdict(Facts(house))
    assert (in_time.well, told.well, unseen.well) == (False, True, True)
    (late,) = in_time.says
    assert late.startswith("Iris was to hear by Tuesday, 6 January 2026")
    assert late.endswith("25 hours later.")
    assert not any("read it too" in one for one in unseen.says)

    player.says("mft", "/estimate 2 weeks")
    player.says("mft", f"/party Sam Okafor, {SAM}")
    player.says("mft", "/party Kit Moran")
    player.sends("mft", "/resolve It was Iris who told us.")
    (in_time, told, unseen) = verdict(Facts(house))
    assert (in_time.well, told.well, unseen.well, unseen.yes) == (False, False, False, True)
    assert [one.endswith("Kit Moran is still to be told something.") for one in told.says] == [True]
    assert unseen.says[-1] == f"A mail to {SAM} names Iris, who reported."


def test_whoever_reads_the_vault_and_handles_nothing_is_named(house: House, player: Player) -> None:
    """At the beginning nobody does, as every reporter is told; whoever is let in is one to talk about."""
    player.file()
    player.sweeps()
    assert Facts(house).readers[REPOSITORY] == {"mft", "miabot", "thclpr", "dario", KEEPER}
    for login in ("lena", "noor"):
        let_in = f"repos/{REPOSITORY}/collaborators/{login}"
        house.visitor(KEEPER).ask("PUT", let_in, {"permission": "pull"})
        for one in house.visitor(login).invitations():
            house.visitor(login).ask("PATCH", f"user/repository_invitations/{one['id']}")
    (*_, unseen) = verdict(Facts(house))
    assert "lena and noor read it too, and handle no reports. Ask whether that has to be." in unseen.says
