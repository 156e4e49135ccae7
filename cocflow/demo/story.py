"""The story that the demo plays: the community, its people, and what happens, step by step.

Everybody in it but the logins of the published administrators is made up.
"""

from __future__ import annotations

from cocflow.demo.script import (
    Accept,
    AddLabel,
    Chapter,
    Expect,
    File,
    Heard,
    Look,
    Mail,
    OpenRoom,
    Press,
    Sees,
    Step,
    Wait,
    Write,
)

START = "2026-01-05T09:00:00Z"
"""A Monday. The clock stands there, so the story is the same each time it is played."""

ORGANIZATION, APP = "enginexp", "enginexp-rooms"
"""Where all the repositories are, and the App that makes rooms there."""

REPOSITORY, SECOND, TEMPLATE = "enginexp/incidents", "enginexp/incidents-2", "enginexp/template"
"""The vault, the second one for what concerns administrators of the first, and what rooms are made from."""

PUBLISHED = ("mft", "miabot", "thclpr")
"""The administrators that Enginexp's process names."""

ADMINISTRATORS, OTHERS = (*PUBLISHED, "dario"), ("ines", "otto")
"""Who handles reports in the vault, and who does in the second one."""

PEOPLE = {
    "mft": "admin",
    "miabot": "write",
    "thclpr": "write",
    "dario": "triage",
    "lena": "triage",
    "noor": "read",
}
"""Everybody with an account that can see the private repository, and with which permission."""

KEEPER, MEMBER, GUEST = "tove", "juno", "iris"
"""Who owns the organization; a member of it who isn't in any repository; who gets a room."""

OUTSIDE_CONTACT = "council@example.org"

RULES_CHANNEL, RULES_CHANNEL_ID = "#rands-slack-rules", "C0RULES01"

REPORTS, APPEALS, MAIL_SERVER = "reports@example.org", "appeals@example.org", "mx.example.org"
"""Where reporters and suspended people write to, and how the server there signs what it has verified."""

CONFIGURATION = f"""\
community: Enginexp
code_of_conduct: https://github.com/enginexp/documents-and-resources/blob/master/code-of-conduct.md
time_zone: UTC
administrators: [{", ".join(ADMINISTRATORS)}]
administrators_as_of: 2019-02-10
rules_channel: "{RULES_CHANNEL}"
rules_slack_channel: {RULES_CHANNEL_ID}
outside_contact: {OUTSIDE_CONTACT}
reports: {REPORTS}
appeals: {APPEALS}
on_suspension: [Deactivate the Slack account, Remove from the mailing list]
on_return: [Activate the Slack account, Invite to the mailing list]
"""
"""`.github/cocflow.yml` of the vault, but for rooms and the second one."""


def _vaults(own: str) -> str:
    rosters = {REPOSITORY: ADMINISTRATORS, SECOND: OTHERS}
    lines = [
        f"  - repository: {name}\n" + (f"    administrators: [{', '.join(roster)}]\n" if name != own else "")
        for name, roster in rosters.items()
    ]
    return "vaults:\n" + "".join(lines)


def configurations(app: int) -> dict[str, str]:
    """Return each vault's `.github/cocflow.yml` as the community commits it, by the names of the vaults.

    `app` is the number of the App that makes rooms.
    """
    rooms = (
        f"rooms:\n  organization: {ORGANIZATION}\n  app: {app}\n  template: {TEMPLATE.partition('/')[2]}\n"
    )
    second = CONFIGURATION.replace(", ".join(ADMINISTRATORS), ", ".join(OTHERS))
    texts = {REPOSITORY: CONFIGURATION, SECOND: second.replace("administrators_as_of: 2019-02-10\n", "")}
    return {name: f"{text}{rooms}{_vaults(name)}" for name, text in texts.items()}


RIYA, SAM, KIT = "riya@example.org", "sam@example.org", "Kit Lund"
KIM, ROBIN = "kim@example.net", "robin@example.net"

OWNER_MENTIONED = (Heard("thclpr", "by mention"),)
"""Whoever has the case, the third in turn."""

FILED_FOR_RIYA = Chapter(
    title="An administrator files for somebody who has no account there",
    steps=(
        Step(
            shows="filed by an administrator for a reporter, incomplete",
            who="mft",
            did="got a direct message from Riya Sen and files it for her; she has not sent any links yet",
            deed=File(
                {
                    "learned": "I file for someone else",
                    "nature": "For two weeks, jokes in the help channel about how Riya speaks.",
                    "who": "Sam Okafor makes them, Kit Lund joins in.",
                    "privacy": "Riya does not want to be named.",
                    "reporter": f"Riya Sen, {RIYA}",
                    "where": "In a public channel",
                    "share": "What the people concerned need to know, without my name",
                }
            ),
            expect=Expect(state="incomplete", told=(Heard(RIYA, "by mail", "reporter/arrived"),)),
        ),
        Step(
            shows="ordinary talk",
            who="miabot",
            did="says something to the others; it is no command, so nobody answers",
            deed=Write("I saw one of these messages. I can look at it this week."),
            expect=Expect(state="incomplete", receipts=0),
        ),
        Step(
            shows="missing answer given",
            who="mft",
            did="has the links from Riya now, and gives the missing answer",
            deed=Write("/answer 3 Riya sent links to three messages: 18, 24 and 31 December."),
            expect=Expect(state="reported"),
        ),
        Step(
            shows="missed estimate reminded",
            who="the clock",
            did="moves on by 25 hours, and nobody has given Riya a date: the digest on the board says so",
            deed=Wait(hours=25),
            expect=Expect(state="reported", receipts=0),
        ),
        Step(
            shows="estimate",
            who="miabot",
            did="gives her a date",
            deed=Write("/estimate 3 days triage tomorrow"),
            expect=Expect(state="acknowledged", told=(Heard(RIYA, "by mail", "reporter/estimate"),)),
        ),
        Step(
            shows="illegal label put back",
            who="thclpr",
            did="slips, and closes it before there is a resolution",
            deed=AddLabel("state: closed"),
            expect=Expect(state="acknowledged", refused=1),
        ),
        Step(
            shows="command without a say refused",
            who="lena",
            did="helps to sort issues, but is not an administrator, and tries to settle it",
            deed=Write("/resolve Nothing to see here."),
            expect=Expect(state="acknowledged", refused=1),
        ),
        Step(
            shows="triage by label",
            who="thclpr",
            did="has spoken with everybody, and says so with a label",
            deed=AddLabel("state: triaged"),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="party with a mail address",
            who="thclpr",
            did="adds who else it concerns, and how to reach him",
            deed=Write(f"/party Sam Okafor {SAM}"),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="party without an address",
            who="thclpr",
            did="adds the other one, whose address nobody knows",
            deed=Write(f"/party {KIT}"),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="resolution drafted",
            who="thclpr",
            did="writes down what was decided, and sees each letter as it will be read",
            deed=Write(
                "/resolve\n"
                "To reporter: Sam and Kit have understood what it did to you. The messages are gone.\n"
                "To parties: Jokes about how somebody speaks end here. Next time the account is suspended.\n"
                f"To {KIT}:\n"
                "Thank you for saying at once that you are sorry."
            ),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="resolution told",
            who="thclpr",
            did="has read them, and sends them with a tap",
            deed=AddLabel("approve"),
            expect=Expect(
                receipts=2,
                state="resolved",
                told=(
                    Heard(RIYA, "by mail", "reporter/resolution"),
                    Heard(SAM, "by mail", "party/resolution"),
                    Heard(KIT, "to be told by hand", "party/resolution"),
                ),
            ),
        ),
        Step(
            shows="told by hand, and closed by itself",
            who="mft",
            did="reads it to Kit on a call; with that everybody is told, and it closes by itself",
            deed=Write(f"/told {KIT} on a call"),
            expect=Expect(
                state="closed", is_open=False, receipts=2, told=(Heard(KIT, "by hand", "party/resolution"),)
            ),
        ),
    ),
)

HER_ROOM = f"{ORGANIZATION}/room-*"

REPORTED_IN_A_ROOM = Chapter(
    title="Somebody reports one of the administrators, in a room of her own",
    vault=2,
    steps=(
        Step(
            shows="a room opened",
            who="ines",
            did="was asked by Iris how to report without everybody reading it, and opens a room for her",
            deed=OpenRoom(GUEST),
            expect=Expect(state="invited", told=(Heard(GUEST, "by invitation", "guest/invited"),)),
        ),
        Step(
            shows="the invitation accepted",
            who=GUEST,
            did="accepts the invitation with her own account, and is in a repository of her own",
            deed=Accept(),
            expect=Expect(state="open"),
        ),
        Step(
            shows="filed in a room",
            who=GUEST,
            did="files the same form there; it is about an administrator, so his vault leaves it alone",
            deed=File(
                {
                    "learned": "It happened to me",
                    "nature": "Dario told others in a call why I had been away. I had told him alone.",
                    "who": "Dario, who is one of the administrators.",
                    "material": "Two who were in the call would tell you.",
                    "privacy": "Dario mustn't read this.",
                    "involved": ("@dario",),
                    "where": "Elsewhere, such as a direct message, a private channel or a call",
                }
            ),
            in_room=True,
            expect=Expect(state="reported", told=(Heard(GUEST, "in the room", "reporter/arrived"),)),
        ),
        Step(
            shows="the same moment as each sees it",
            who="everybody",
            did="lists what they can read at this moment, each with their own token",
            deed=Look(),
            expect=Expect(
                state="reported",
                receipts=0,
                sees=(
                    Sees(GUEST, "the reporter", {HER_ROOM: (1,)}),
                    Sees(MEMBER, "another member"),
                    Sees("ines", "an administrator", {SECOND: (1, 2, 3), HER_ROOM: (1,)}),
                    Sees("dario", "the administrator whom it is about", {REPOSITORY: (1, 2)}),
                    Sees(
                        KEEPER,
                        "who owns the organization",
                        {REPOSITORY: (1, 2), SECOND: (1, 2, 3), TEMPLATE: (), HER_ROOM: (1,)},
                    ),
                ),
            ),
        ),
        Step(
            shows="estimate by a quick label",
            who="ines",
            did="is on the phone, and gives a date with a label; Iris reads it in her room",
            deed=AddLabel("estimate: 1 day"),
            expect=Expect(state="acknowledged", told=(Heard(GUEST, "in the room", "reporter/estimate"),)),
        ),
        Step(
            shows="peer resolution",
            who=GUEST,
            did="writes in her room how it went on",
            deed=Write("He has said sorry, and will tell the others that it was wrong. We are fine."),
            in_room=True,
            expect=Expect(state="acknowledged", told=(Heard("ines", "by mention"),)),
        ),
        Step(
            shows="withdrawn by its reporter",
            who=GUEST,
            did="takes the report back with a button, in her room",
            deed=Press("Close"),
            in_room=True,
            expect=Expect(
                state="withdrawn", is_open=False, told=(Heard(GUEST, "in the room", "reporter/withdrawn"),)
            ),
        ),
    ),
)

PIM, ZOE = "pim@example.org", "zoe@example.org"
CONTEXT = "An account that we had suspended was used by somebody who had taken it over. It is free again."

SUSPENDED_AND_APPEALED = Chapter(
    title="Two accounts are suspended, and one of them appeals",
    steps=(
        Step(
            shows="filed in public",
            who="noor",
            did="reports a flood of insults, which happened where everybody could read it",
            deed=File(
                {
                    "learned": "I saw it",
                    "nature": "Insults against newcomers, one a minute, for an hour.",
                    "who": "The accounts of Pim Ode and Zoe Ash.",
                    "material": "The channel's history.",
                    "privacy": "None.",
                    "where": "In a public channel",
                }
            ),
            expect=Expect(state="reported", told=(Heard("noor", "on the incident", "reporter/arrived"),)),
        ),
        Step(
            shows="two accounts suspended at once",
            who="mft",
            did="suspends both accounts until it is understood",
            deed=Write(f"/suspend A flood of insults\nPim Ode, {PIM}\nZoe Ash, {ZOE}"),
            expect=Expect(
                state="reported",
                receipts=5,
                told=(
                    Heard(PIM, "by mail", "suspended/suspended"),
                    Heard(ZOE, "by mail", "suspended/suspended"),
                ),
            ),
        ),
        Step(
            shows="an estimate while accounts are suspended",
            who="miabot",
            did="gives Noor a date",
            deed=Write("/estimate 2 weeks"),
            expect=Expect(
                state="acknowledged", told=(Heard("noor", "on the incident", "reporter/estimate"),)
            ),
        ),
        Step(
            shows="triage of the suspensions",
            who="miabot",
            did="has read the channel's history",
            deed=AddLabel("state: triaged"),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="one suspension lifted",
            who="miabot",
            did="sees that Zoe only quoted, and lifts her suspension with a label",
            deed=AddLabel("state: lifted"),
            on=2,
            expect=Expect(
                state="lifted", is_open=False, receipts=2, told=(Heard(ZOE, "by mail", "suspended/lifted"),)
            ),
        ),
        Step(
            shows="an end by decision",
            who="thclpr",
            did="decides that the other one stays, so that nobody is asked about it every day",
            deed=Write("/until indefinite\nUntil we know who wrote these messages."),
            on=1,
            expect=Expect(state="active", receipts=2, told=(Heard(PIM, "by mail", "suspended/end_set"),)),
        ),
        Step(
            shows="three days of waiting",
            who="the clock",
            did="moves on by three days",
            deed=Wait(hours=72),
            on=1,
            expect=Expect(state="active", receipts=0),
        ),
        Step(
            shows="an early appeal by mail",
            who="Pim Ode",
            did="writes a mail, too early; it is kept, and he is told the date",
            deed=Mail(PIM, "It wasn't me. Somebody had my password that day; I have changed it."),
            on=1,
            expect=Expect(state="active", told=(Heard(PIM, "by mail", "suspended/appeal_kept"),)),
        ),
        Step(
            shows="the appeal filed on the seventh day",
            who="the clock",
            did="moves on to the seventh day; the appeal opens, and is filed by itself",
            deed=Wait(hours=96),
            on=1,
            expect=Expect(
                state="appealed",
                receipts=4,
                told=(
                    Heard(PIM, "by mail", "suspended/appeal_open"),
                    Heard(PIM, "by mail", "suspended/appeal_filed"),
                    Heard("miabot", "by mention"),
                ),
            ),
        ),
        Step(
            shows="the suspending administrator refused",
            who="mft",
            did="wants to make good for it, but suspended the account and so may not decide",
            deed=Write("/overturn I was too quick."),
            on=1,
            expect=Expect(state="appealed", refused=1),
        ),
        Step(
            shows="overturning drafted",
            who="miabot",
            did="has looked at the logins, wants to overturn it, and sees what Pim and the channel will read",
            deed=Write("/overturn Somebody else had taken over the account; the logins show it."),
            on=1,
            expect=Expect(state="appealed"),
        ),
        Step(
            shows="overturned by another",
            who="miabot",
            did="has read both, and lets them go with the same label",
            deed=AddLabel("approve"),
            on=1,
            expect=Expect(
                state="overturned",
                is_open=False,
                receipts=3,
                told=(
                    Heard(PIM, "by mail", "suspended/overturned"),
                    Heard(RULES_CHANNEL, "in the channel", "community/overturned"),
                ),
            ),
        ),
        Step(
            shows="the new context drafted",
            who="miabot",
            did="drafts what the community is to know, and those concerned are asked",
            deed=Write(f"/post rules\n{CONTEXT}"),
            expect=Expect(
                state="triaged",
                told=(
                    Heard("noor", "on the incident", "reporter/post_question"),
                    Heard("pim@example.org", "by mail", "suspended/post_question"),
                    Heard("zoe@example.org", "by mail", "suspended/post_question"),
                ),
            ),
        ),
        Step(
            shows="the new context approved",
            who="thclpr",
            did="approves the text",
            deed=AddLabel("approve"),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="the new context agreed to",
            who="noor",
            did="says yes to the text; without that it would never be posted",
            deed=Write("/consent yes"),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="the new context told",
            who="the clock",
            did="lets three more days pass; nobody else has said anything",
            deed=Wait(hours=72),
            expect=Expect(
                state="triaged", receipts=2, told=(Heard(RULES_CHANNEL, "in the channel", "community/post"),)
            ),
        ),
        Step(
            shows="end drafted",
            who="mft",
            did="writes down how it ended",
            deed=Write("/resolve The account had been taken over. It is safe again; the messages are gone."),
            expect=Expect(state="triaged"),
        ),
        Step(
            shows="resolved, told and closed",
            who="mft",
            did="approves what Noor is to read, who is told here, so it closes by itself",
            deed=AddLabel("approve"),
            expect=Expect(
                state="closed",
                is_open=False,
                receipts=3,
                told=(Heard("noor", "on the incident", "reporter/resolution"),),
            ),
        ),
        Step(
            shows="the outcome stated afterwards",
            who="miabot",
            did="says by a label how it ended, as the resolution doesn't; nobody is told",
            deed=AddLabel("outcome: nobody known"),
            expect=Expect(state="closed", is_open=False),
        ),
    ),
)

REPORTED_BY_MAIL = Chapter(
    title="Somebody without an account reports by mail, and both sides are asked",
    steps=(
        Step(
            shows="a report by mail",
            who="Kim Doe",
            did="has no account there, and writes the mail that the community's page makes",
            deed=Mail(
                KIM,
                "1. At the meetup on Friday somebody kept touching my shoulder after I had said no.\n"
                "2. Robin Vale; two people at our table saw it.\n"
                "3. Nothing, but they would tell you.\n"
                "4. Please don't tell anybody my name.",
                reports=True,
            ),
            expect=Expect(
                state="reported",
                receipts=2,
                told=(Heard(KIM, "by mail", "reporter/arrived"),),
            ),
        ),
        Step(
            shows="a question to the reporter",
            who="miabot",
            did="drafts a question; nothing is sent before somebody has read it as Kim would",
            deed=Write("/ask reporter Would you rather not meet Robin at the next meetup? by monday"),
            expect=Expect(state="reported"),
        ),
        Step(
            shows="the question sent",
            who="miabot",
            did="has read the question as Kim will, and taps",
            deed=AddLabel("approve"),
            expect=Expect(state="reported", receipts=2, told=(Heard(KIM, "by mail", "reporter/asked"),)),
        ),
        Step(
            shows="the reporter's answer by mail",
            who="Kim Doe",
            did="answers the mail; it comes back to her case",
            deed=Mail(KIM, "Yes, please. And you may tell Robin what it is about, not my name."),
            expect=Expect(state="reported", told=OWNER_MENTIONED),
        ),
        Step(
            shows="an answer to the reporter",
            who="miabot",
            did="gives Kim a date, which answers her as well",
            deed=AddLabel("estimate: 3 days"),
            expect=Expect(state="acknowledged", told=(Heard(KIM, "by mail", "reporter/estimate"),)),
        ),
        Step(
            shows="consent in the reporter's words",
            who="miabot",
            did="records what Kim lets be shared, in her own words; Kim reads it, and could contradict",
            deed=Write("/consent parties\n> You may tell Robin what it is about, not my name."),
            expect=Expect(state="acknowledged", told=(Heard(KIM, "by mail", "reporter/consent_recorded"),)),
        ),
        Step(
            shows="the other side named",
            who="thclpr",
            did="adds the other side, with the address from the meetup's list",
            deed=Write(f"/party Robin Vale, {ROBIN}"),
            expect=Expect(state="acknowledged"),
        ),
        Step(
            shows="a question to the other side",
            who="thclpr",
            did="drafts a question to Robin",
            deed=Write(
                "/ask Robin Somebody felt touched after a no, at the meetup on Friday."
                " How do you remember it? by tuesday"
            ),
            expect=Expect(state="acknowledged"),
        ),
        Step(
            shows="the other side asked",
            who="thclpr",
            did="reads that question as Robin will, and taps",
            deed=AddLabel("approve"),
            expect=Expect(state="acknowledged", receipts=2, told=(Heard(ROBIN, "by mail", "party/asked"),)),
        ),
        Step(
            shows="the other side's answer by mail",
            who="Robin Vale",
            did="replies; it stands in the case as Robin's own words",
            deed=Mail(ROBIN, "I didn't hear the no. I am sorry, and I will keep away."),
            expect=Expect(state="acknowledged", told=OWNER_MENTIONED),
        ),
        Step(
            shows="words for each",
            who="thclpr",
            did="drafts how it ended: something for both, and something for each",
            deed=Write(
                "/resolve We have heard both of you.\nTo reporter:\nRobin is sorry, and will keep away.\n"
                "To Robin:\nPlease keep away for the rest of the season."
            ),
            expect=Expect(state="acknowledged"),
        ),
        Step(
            shows="each told their own",
            who="mft",
            did="lets it go out; each gets their own words, and it closes by itself",
            deed=AddLabel("approve"),
            expect=Expect(
                state="closed",
                is_open=False,
                receipts=3,
                told=(
                    Heard(KIM, "by mail", "reporter/resolution"),
                    Heard(ROBIN, "by mail", "party/resolution"),
                ),
            ),
        ),
        Step(
            shows="an objection by mail",
            who="Kim Doe",
            did="answers that this isn't enough for her; nobody has to look for it",
            deed=Mail(KIM, "And if I come in the summer? The season is over in June."),
            expect=Expect(state="closed", is_open=False, told=OWNER_MENTIONED),
        ),
        Step(
            shows="taken up again",
            who="miabot",
            did="takes it up again with a button",
            deed=Press("Reopen"),
            expect=Expect(state="triaged", told=(Heard(KIM, "by mail", "reporter/reopened"),)),
        ),
        Step(
            shows="an end with an outcome",
            who="miabot",
            did="proposes an ending that reaches further, and says which outcome it is for Robin, until when",
            deed=Write(
                "/resolve We have looked at it again.\nRobin: limits until 52 weeks\n"
                "Keep away from the meetup for a year, as you have agreed.\n"
                "To reporter:\nRobin keeps away for a year, and has agreed to that."
            ),
            expect=Expect(
                state="triaged",
                told=(
                    Heard("mft", "by mention"),
                    Heard("thclpr", "by mention"),
                    Heard("dario", "by mention"),
                ),
            ),
        ),
        Step(
            shows="agreed to by another, told by the outcome's own letter, and closed again",
            who="thclpr",
            did="agrees, as such an outcome takes two; both are told, and it closes by itself",
            deed=AddLabel("decision: agree"),
            expect=Expect(
                state="closed",
                is_open=False,
                receipts=3,
                told=(
                    Heard(KIM, "by mail", "reporter/resolution"),
                    Heard(ROBIN, "by mail", "party/limits"),
                ),
            ),
        ),
        Step(
            shows="an appeal by mail",
            who="Robin Vale",
            did="answers that letter, which says how; the case opens again, and who may decide is called",
            deed=Mail(
                ROBIN, "Appeal. I agreed to one season. A year also takes the open day in autumn from me."
            ),
            expect=Expect(
                state="appealed",
                told=(
                    Heard(ROBIN, "by mail", "party/appeal_filed"),
                    Heard("mft", "by mention"),
                    Heard("dario", "by mention"),
                ),
            ),
        ),
        Step(
            shows="whoever agreed doesn't decide an appeal",
            who="thclpr",
            did="would let it stand, but agreed to what is appealed; the answer names who decides",
            deed=Write("/uphold A year is what we said."),
            expect=Expect(state="appealed", refused=1),
        ),
        Step(
            shows="decided anew, and never harsher",
            who="dario",
            did="had no part in it, and proposes that it ends with the season; that takes two again",
            deed=Write(
                "/resolve We have looked at it once more.\nRobin: limits until 26 weeks\n"
                "You agreed to one season, so it ends with it.\n"
                "To reporter:\nRobin keeps away for half a year, as was agreed at first."
            ),
            expect=Expect(state="appealed", told=(Heard("mft", "by mention"),)),
        ),
        Step(
            shows="an appeal answered, and closed again",
            who="mft",
            did="agrees; Robin and Kim are told what stands now, and it closes by itself",
            deed=AddLabel("decision: agree"),
            expect=Expect(
                state="closed",
                is_open=False,
                receipts=3,
                told=(
                    Heard(KIM, "by mail", "reporter/resolution"),
                    Heard(ROBIN, "by mail", "party/limits"),
                ),
            ),
        ),
    ),
)

STORY = (FILED_FOR_RIYA, REPORTED_IN_A_ROOM, SUSPENDED_AND_APPEALED, REPORTED_BY_MAIL)
