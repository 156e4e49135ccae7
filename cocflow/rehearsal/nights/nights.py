"""The five nights. Everybody in them but the published administrators is made up."""

from __future__ import annotations

from cocflow.demo.script import AddLabel, File, Mail, Wait, Write
from cocflow.demo.story import GUEST, OTHERS, PUBLISHED, REPOSITORY, SECOND
from cocflow.rehearsal.nights.checks import (
    arrived,
    closed,
    dismissed,
    filed,
    named,
    suspended,
    suspended_person_told,
    told,
    told_anew,
    was,
    wrote,
)
from cocflow.rehearsal.nights.night import Night, Step

MFT, MIABOT, THCLPR = PUBLISHED
INES = OTHERS[0]
KIM, LOU, SAM, PIM = "kim@example.net", "lou@example.com", "sam@example.org", "pim@example.org"
DARIO = "dario@example.org"
OFFERS, SHOUTS = "offers@example.com", "shouts@example.com"

TO_THE_VAULT = f"Open {REPOSITORY} and the newest “Incident”"

FIRST_REPORT = Night(
    slug="first-report",
    title="A first report",
    about="Somebody files a report in her room. You are her, and then those who handle it, to the end.",
    who=GUEST,
    steps=(
        Step(
            title="File a report",
            who=GUEST,
            says=(
                "Be Iris. Open her room, then New issue, then “Report an incident”. Answer the questions as "
                "you like, and file it."
            ),
            look="How much does Iris have to read before she can write? Does she know who will read it?",
            missing=filed(GUEST),
        ),
        Step(
            title="Let it arrive",
            who=GUEST,
            says="Wait for the next sweep. Then look at what Iris is told in her room.",
            look=(
                "She is told who can read it, and by when she hears more. Is that what you would want to "
                "know?"
            ),
            missing=arrived(GUEST, REPOSITORY),
        ),
        Step(
            title="Give Iris a date",
            who=MFT,
            says=(
                f"Be mft. {TO_THE_VAULT}. Choose the label `estimate: 1 day`, or comment `/estimate 3 days`."
            ),
            look="Was the reporter told by when, and how long did she wait for it?",
            missing=told(GUEST, "reporter/estimate", "Iris has no date yet."),
        ),
        Step(
            title="Add something as Iris",
            who=GUEST,
            says=(
                "Be Iris again. Write something more below your report, for example that it is still there. "
                "Then wait for the next sweep."
            ),
            look=(
                "Iris sees the date, and not what the administrators write to each other. “Two people side "
                "by side” shows both."
            ),
            missing=wrote(GUEST),
        ),
        Step(
            title="Answer her",
            who=MIABOT,
            says=(
                "Be miabot. On the incident, comment `/say reporter Thank you, we have seen it.` It is a "
                "draft: read what Iris will read, and choose the label `approve`."
            ),
            look="Nothing went out before somebody had read it as Iris will. Was she answered soon?",
            missing=told(GUEST, "reporter/said", "What Iris wrote last isn’t answered yet."),
        ),
        Step(
            title="Say how it ended",
            who=MFT,
            says=(
                "On the incident, comment `/resolve We talked with them, and it is gone.` Read the draft, "
                "and choose the label `approve`. It closes by itself."
            ),
            look=(
                "Would you be content with these words if you were Iris? Does she know whom to turn to if "
                "not?"
            ),
            missing=closed(GUEST),
        ),
    ),
)

MISSED_ESTIMATE = Night(
    slug="missed-estimate",
    title="A missed estimate",
    about="Kim was promised an answer within a day. The day is over, and nobody has written.",
    who=THCLPR,
    before=(
        (
            KIM,
            Mail(
                KIM,
                "1. On Friday somebody kept touching my shoulder after I had said no.\n"
                "2. Sam Okafor.\n3. Nothing, but my table would tell you.\n4. Please don’t tell my name.",
                reports=True,
            ),
        ),
        ("", Wait(1)),
        (MIABOT, AddLabel("estimate: 1 day")),
        ("", Wait(27)),
    ),
    steps=(
        Step(
            title="Give Kim a new date",
            who=THCLPR,
            says=(
                f"Be thclpr. Open {REPOSITORY}: “What needs attention” says what waits for whom. On the "
                "incident, comment `/estimate 3 days`, and on the next line what you want to tell Kim."
            ),
            look=(
                "How long did Kim hear nothing after the date had passed? Does the new date come with a "
                "word why?"
            ),
            missing=told_anew(
                KIM, "reporter/estimate", "Kim was told one date, which has passed, and no new one."
            ),
        ),
        Step(
            title="Hear what Kim says",
            who="kim",
            says=(
                "Be Kim. Read the mails, and answer the newest one in your own words. Then wait for the "
                "next sweep."
            ),
            look="Does the mail say what went wrong, and what comes next, or only that you are sorry?",
            missing=wrote(KIM),
        ),
        Step(
            title="Answer Kim",
            who=THCLPR,
            says=(
                "Be thclpr. What Kim wrote stands on the incident. Comment `/say reporter` and your words, "
                "read the draft, and choose the label `approve`."
            ),
            look="Whose turn was it to answer? The card at the top of the incident says who has it.",
            missing=told(KIM, "reporter/said", "What Kim wrote last isn’t answered yet."),
        ),
        Step(
            title="Say that you understand it",
            who=THCLPR,
            says="You have talked with the table. On the incident, choose the label `state: triaged`.",
            look="Kim asked not to be named. Who knows by now that it was Kim who reported?",
            missing=was(KIM, "triaged", "Nobody has said yet that the incident is understood."),
        ),
        Step(
            title="End it before the new date",
            who=THCLPR,
            says="Comment `/resolve` and how it ended, read the draft, and choose the label `approve`.",
            look="Was the second date kept?",
            missing=closed(KIM),
        ),
    ),
)

TWO_SUSPENSIONS = Night(
    slug="two-suspensions",
    title="Two suspensions and an appeal",
    about="Two accounts flood a channel. You suspend both, and decide a week later whether that was right.",
    who=MFT,
    before=(
        (
            GUEST,
            File(
                {
                    "learned": "I saw it",
                    "nature": "Insults against newcomers, one a minute, for an hour.",
                    "who": "The accounts of Pim Ode and Sam Okafor.",
                    "material": "The channel’s history.",
                    "privacy": "None.",
                    "where": "In a public channel",
                }
            ),
        ),
        ("", Wait(1)),
        (MIABOT, Write("/estimate 2 weeks")),
    ),
    steps=(
        Step(
            title="Suspend both accounts",
            who=MFT,
            says=(
                f"Be mft. {TO_THE_VAULT}. Comment these three lines: `/suspend A flood of insults`, then "
                f"`Pim Ode, {PIM}`, then `Sam Okafor, {SAM}`."
            ),
            look=(
                "Both are told at once. Do their mails say until when, and how to appeal? Do they say that "
                "somebody reported?"
            ),
            missing=suspended(PIM, SAM),
        ),
        Step(
            title="Lift one of them",
            who=MIABOT,
            says=(
                "Sam only quoted the others. Be miabot, follow the link to Sam’s page on the incident, "
                "and choose the label `state: lifted`."
            ),
            look="How long was Sam kept out for nothing? Was Sam told that it is over?",
            missing=suspended_person_told(
                SAM, ("suspended/lifted",), "The suspension of Sam Okafor still stands."
            ),
        ),
        Step(
            title="Decide how long the other lasts",
            who=MFT,
            says="Open Pim’s page from the incident. Comment `/until indefinite`, and on the next line why.",
            look=(
                "Without an end it is an interim one, and has to be looked at every day. Does Pim know how "
                "long it lasts?"
            ),
            missing=suspended_person_told(
                PIM, ("suspended/end_set",), "No end is set for the suspension of Pim Ode."
            ),
        ),
        Step(
            title="Appeal as Pim",
            who="pim",
            says=(
                "Be Pim Ode. Read the mails, answer one of them with why it is wrong, and wait for the next "
                "sweep."
            ),
            look="It is too early to appeal. Is Pim sent away, or told that it is kept, and until when?",
            missing=suspended_person_told(
                PIM, ("suspended/appeal_kept", "suspended/appeal_filed"), "Pim hasn’t appealed yet."
            ),
        ),
        Step(
            title="Let a week pass",
            who=MIABOT,
            says=(
                "Move the clock a week on, and a day if need be. The appeal is filed by itself once a week "
                "is over."
            ),
            look=(
                "Did the waiting period begin when the account was suspended? Did anybody have to remember "
                "the appeal?"
            ),
            missing=suspended_person_told(PIM, ("suspended/appeal_filed",), "The appeal isn’t filed yet."),
        ),
        Step(
            title="Decide the appeal",
            who=MIABOT,
            says=(
                "Be mft and comment `/overturn` or `/uphold` and why on Pim’s suspension: cocflow says no. "
                "Then do it as miabot, read the draft, and choose the label `approve`."
            ),
            look=(
                "Whoever suspended somebody doesn’t decide the appeal. Do the reasons speak of what "
                "happened, not of the person?"
            ),
            missing=suspended_person_told(
                PIM, ("suspended/upheld", "suspended/overturned"), "The appeal isn’t decided yet."
            ),
        ),
        Step(
            title="Tell Iris how it ended",
            who=MIABOT,
            says=(
                "On the incident, comment `/resolve` and how it ended, read the draft, and choose the label "
                "`approve`."
            ),
            look=(
                "Iris reported, and saw little since. Does she learn what she may, and nothing about the "
                "appeal?"
            ),
            missing=closed(GUEST),
        ),
    ),
)

ABOUT_AN_ADMINISTRATOR = Night(
    slug="about-an-administrator",
    title="A report about an administrator",
    about="Iris wants to report dario, who reads the reports. She mustn’t have to fear that he reads hers.",
    who=GUEST,
    steps=(
        Step(
            title="File it, and name him",
            who=GUEST,
            says=(
                "Be Iris. In her room, report an incident: dario told others what she had told him alone. "
                "Choose him where the form asks whether one of the administrators is involved."
            ),
            look="Does the form say early enough what naming an administrator does?",
            missing=filed(GUEST),
        ),
        Step(
            title="Let it arrive where dario can’t read",
            who=GUEST,
            says="Wait for the next sweep. Then look as dario, and as mft: neither is shown anything of it.",
            look=(
                "Who can read it now? Iris is told in her room. Did anybody of the first vault get a "
                "message about it?"
            ),
            missing=arrived(
                GUEST,
                SECOND,
                f"The report stands in {REPOSITORY}, where dario can read it: he wasn’t chosen in the form."
                " File another one and choose him, or start this night again.",
            ),
        ),
        Step(
            title="Give Iris a date",
            who=INES,
            says=(
                f"Be ines, who handles the second vault. Open {SECOND} and the incident, and choose the "
                "label `estimate: 3 days`."
            ),
            look="Was the reporter told by when, as in any other case?",
            missing=told(GUEST, "reporter/estimate", "Iris has no date yet."),
        ),
        Step(
            title="Say what may be shared",
            who=GUEST,
            says=(
                "Be Iris. In her room, below the report, comment `/consent parties`: those concerned may "
                "learn what they need to know, without her name. Wait for the next sweep."
            ),
            look=(
                "Without her yes dario would get fixed words, and nothing of why. Was she asked, or pressed?"
            ),
            missing=told(GUEST, "reporter/consented", "Iris hasn’t said what may be shared."),
        ),
        Step(
            title="Name the other side",
            who=INES,
            says=f"Be ines. On the incident, comment `/party dario {DARIO}`. He is told nothing by that.",
            look="Was dario to be heard before it is decided? `/ask dario` would draft a question to him.",
            missing=named(GUEST, "dario"),
        ),
        Step(
            title="Each their own words",
            who=INES,
            says=(
                "Comment `/resolve` with `To reporter:` and `To parties:` below it, each on a line of its "
                "own, and words below each. Read both letters, and choose the label `approve`."
            ),
            look="Do dario’s words give away who reported, or only what has to end?",
            missing=closed(GUEST),
        ),
    ),
)

FLOOD_OF_MAIL = Night(
    slug="flood-of-mail",
    title="A flood of mail",
    about="Twelve mails lie in the mailbox for reports, and cocflow hasn’t looked yet. Two of them matter.",
    who=THCLPR,
    before=(
        *(
            (OFFERS, Mail(OFFERS, f"Watches at half the price, offer {count}.", reports=True))
            for count in range(1, 7)
        ),
        *((SHOUTS, Mail(SHOUTS, f"You are all terrible. ({count})", reports=True)) for count in range(1, 5)),
        (
            KIM,
            Mail(
                KIM,
                "1. Sam kept touching my shoulder on Friday.\n2. Sam Okafor.\n3. Nothing.\n"
                "4. Don’t tell my name.",
                reports=True,
            ),
        ),
        (
            LOU,
            Mail(
                LOU,
                "1. I saw that a guest was touched after a no.\n2. Sam Okafor.\n3. Nothing.\n4. None.",
                reports=True,
            ),
        ),
    ),
    steps=(
        Step(
            title="Let cocflow read the mailbox",
            who=THCLPR,
            says=(
                f"Be thclpr. Wait for the next sweep, and open {REPOSITORY}: twelve mails have become four "
                "incidents."
            ),
            look=(
                "Whoever writes six times waits for their second until everybody has had their first. Was "
                "anybody lost?"
            ),
            missing=arrived(KIM, REPOSITORY),
        ),
        Step(
            title="Find Kim’s report, and give a date",
            who=THCLPR,
            says=(
                "Read the incidents. On the one about Friday that is by whoever was touched, choose the "
                "label `estimate: 1 day`."
            ),
            look="How long did the one that matters lie among the others?",
            missing=told(KIM, "reporter/estimate", "Kim has no date yet."),
        ),
        Step(
            title="Put the second report to the first",
            who=THCLPR,
            says=(
                "Lou saw the same. On Lou’s incident, comment `/dismiss duplicate of #` and the number of "
                "Kim’s."
            ),
            look="Lou is told, and hears how it ends. Does Kim learn that somebody else wrote?",
            missing=dismissed(LOU, "duplicate"),
        ),
        Step(
            title="Put the offers away",
            who=THCLPR,
            says="On the incident with the watches, comment `/dismiss spam`.",
            look="Nobody is told. Read it before you do: somebody upset may write like that.",
            missing=dismissed(OFFERS, "spam"),
        ),
        Step(
            title="Put the shouting away",
            who=THCLPR,
            says="On the one that says that all are terrible, comment `/dismiss spam` too.",
            look="Is it spam, or somebody in anger? Any administrator can reopen it.",
            missing=dismissed(SHOUTS, "spam"),
        ),
        Step(
            title="End Kim’s",
            who=THCLPR,
            says=(
                "On Kim’s incident, comment `/resolve` and how it ended, read both letters, and choose the "
                "label `approve`."
            ),
            look="Do Lou’s words tell who else reported? Did the flood cost Kim a day?",
            missing=closed(KIM),
        ),
    ),
)

NIGHTS = (FIRST_REPORT, MISSED_ESTIMATE, TWO_SUSPENSIONS, ABOUT_AN_ADMINISTRATOR, FLOOD_OF_MAIL)
"""All of them, in the order in which they are offered."""
