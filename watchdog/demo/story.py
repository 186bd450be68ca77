"""The script: what happens, what it is told to the person at the terminal, and which messages must come of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from checks.wording import day_of
from watchdog.demo.crowd import SCENES as CROWD_SCENES
from watchdog.demo.eoffice import SEATS
from watchdog.demo.estate import CERTIFICATE_LEFT, DOMAIN_LEFT, DemoEstate
from watchdog.demo.inbox import Letter
from watchdog.demo.records import of_check, standing
from watchdog.demo.replayed import replayed
from watchdog.demo.settings_file import BILL, DOMAIN, FINANCE, HEALTH, ON_CALL, PORTAL_HOST, SECRETARY, ZONE
from watchdog.demo.stage import Scene, Stage
from watchdog.demo.terminal import Terminal
from watchdog.demo.web_page import has_status_page

_EVIDENCE = "Acme receipt 0991"

_PEOPLE = {
    "Finance": FINANCE,
    "On-call": ON_CALL,
    "The health department": HEALTH,
    "The secretary": SECRETARY,
}


async def opening(terminal: Terminal, estate: DemoEstate, reading_s: float) -> None:
    """What is going to be seen."""
    due = day_of(estate.settings.due)
    terminal.title("Nigehban: an unpaid bill, a full e-office, and who hears of it in time")
    terminal.explain(
        "It is Monday, nine o'clock in Karachi; from here on seconds are real ones, whatever your own clock says. "
        "This machine plays a small estate, for nobody else to see:"
    )
    terminal.quote(
        (
            f"Official e-mail  with Acme Mail, whose bill of Rs 134,000 was due on {due}",
            f"Citizen portal   its certificate lapses in {CERTIFICATE_LEFT.days} days",
            f"{DOMAIN}   the domain, registered for {DOMAIN_LEFT.days} more days",
            f"E-office         bears {SEATS} officers at once",
        )
    )
    lines = len(estate.settings.text.splitlines())
    terminal.explain(
        "The real daemon is going to watch it, and to write to four people: finance, on-call, the health department "
        f"(in Urdu) and the secretary. All its settings are the {lines} lines of {estate.settings_path}; look into "
        "them while the demo runs. It looks every three "
        "seconds, and three failures in a row are a fault; a real estate takes a minute, and seven."
    )
    await asyncio.sleep(reading_s * 2)


async def all_is_looked_at(stage: Stage) -> None:
    stage.terminal.title("1  Monday morning: the daemon looks at everything")
    await stage.daemon.watches()
    place = stage.daemon.address
    stage.say(f"It watches. Dashboards read http://{place}/metrics")
    if await has_status_page(place):
        stage.say(f"Open http://{place}/ in a browser: the page shows all that is told here.")
    await stage.tell(FINANCE, "OVERDUE", BILL)
    await stage.tell(FINANCE, "DIGEST", "1 bill to see to")
    await stage.tell(ON_CALL, "EXPIRES", PORTAL_HOST)
    await stage.tell(ON_CALL, "EXPIRES", f"registration of {DOMAIN}")
    stage.say(
        "The mail server, the portal and the e-office are well, so nobody hears of them. Finance has asked to be "
        "written to in office hours only; the office has just opened."
    )
    await stage.let_read(3)


async def the_vendor_cuts_off(stage: Stage) -> None:
    stage.terminal.title("2  The bill still lies somewhere, and the vendor cuts the mail server off")
    cut_off_at = stage.clock()
    stage.estate.vendor_mail.suspended = True
    stage.say(
        "The server still greets and encrypts; it only takes no mail any more. One failure may be chance, so the "
        "daemon looks three times before it wakes anybody."
    )
    letter = await stage.tell(ON_CALL, "DOWN", "Official e-mail", "Cause suspended")
    stage.say(f"On-call was told {_seconds(letter, cut_off_at)} after it happened, with the reason: suspended.")
    stage.say("The others hear of it in words of their own: what to pay, what to do meanwhile, who has it in hand.")
    await stage.tell(FINANCE, "DOWN", "Official e-mail", BILL)
    await stage.tell(HEALTH, "خرابی:", "Official e-mail")
    await stage.tell(SECRETARY, "DOWN", "Official e-mail", "1,200 users")
    await stage.let_read(1.5)
    stage.say("The daemon goes on looking every three seconds. Nobody is told a second time.")
    await stage.let_read(0.5)


async def the_bill_is_settled(stage: Stage) -> None:
    stage.terminal.title("3  Finance pays, and the vendor lets mail through again")
    estate = stage.estate
    estate.write_settings(estate.settings.with_proof(stage.clock(), _EVIDENCE))
    stage.daemon.reload()
    stage.say("The day and the proof are written down with the bill; nothing else closes one:")
    stage.terminal.quote([estate.settings.proof])
    stage.say("The daemon reads its settings anew (SIGHUP).")
    await stage.tell(FINANCE, "RESOLVED", BILL)
    await stage.let_read()
    estate.vendor_mail.suspended = False
    stage.say("The vendor has its money, and takes mail again. Two good looks in a row, and it is over:")
    await stage.tell(ON_CALL, "RESOLVED", "Official e-mail")
    await stage.tell(FINANCE, "RESOLVED", "Official e-mail")
    await stage.tell(HEALTH, "بحال:", "Official e-mail")
    await stage.tell(SECRETARY, "RESOLVED", "Official e-mail")
    await stage.let_read()


async def what_is_on_record(stage: Stage) -> None:
    stage.terminal.title("6  What is on record")
    stage.say("nigehban incidents --closed tells of each who was told of it and when. Of the mail server:")
    stage.terminal.quote(of_check(stage, "mx"))
    stage.say("Two dates are still to be seen to; nigehban deadlines lists them:")
    stage.terminal.quote(standing(stage))
    await stage.let_read()


async def what_each_heard(stage: Stage) -> None:
    stage.terminal.title("7  What each person heard, and nothing else")
    for who, recipient in _PEOPLE.items():
        letters = [letter for letter in stage.heard if letter.recipient == recipient]
        stage.terminal.explain(f"{who}, {recipient}:")
        stage.terminal.quote([f"{letter.at.astimezone(ZONE):%H:%M:%S}  {letter.subject}" for letter in letters])
    await stage.let_read()


async def the_case_of_2017(stage: Stage) -> None:
    stage.terminal.title("8  What this is for: the blackout of 2017, played again")
    stage.say(
        "The dates of that case go through the same code, on a small estate with default settings. What happened, and "
        "the first that each would have heard:"
    )
    lines = await asyncio.to_thread(replayed, "kp-2017")
    stage.terminal.quote(lines)
    stage.say("All of it, and three cases that went otherwise: nigehban replay kp-2017")
    await stage.let_read(3)


SCENES: Sequence[Scene] = (
    all_is_looked_at,
    the_vendor_cuts_off,
    the_bill_is_settled,
    *CROWD_SCENES,
    what_is_on_record,
    what_each_heard,
    the_case_of_2017,
)


async def tell_story(stage: Stage, scenes: Sequence[Scene] = SCENES) -> None:
    """All scenes, one after the other. Raises DemoError where one does not go as it should."""
    for scene in scenes:
        await scene(stage)
    stage.terminal.title(f"All {len(stage.heard)} messages that had to come have come, and no other")


async def after_the_story(stage: Stage) -> None:
    """The estate stays up, and what its daemon goes on to say is shown; until cancelled."""
    terminal, place = stage.terminal, stage.daemon.address
    shown = f"the page http://{place}/ and " if await has_status_page(place) else ""
    terminal.explain(f"The estate stays up for you to look at: {shown}http://{place}/metrics.")
    terminal.explain("Ctrl-C, or the Enter key, ends it.")
    while True:
        terminal.letter(await stage.estate.inbox.next_letter())


def closing(terminal: Terminal) -> None:
    """How to go on."""
    terminal.explain("The daemon has ended and its folder is gone. For an estate of your own:")
    terminal.quote(
        (
            "nigehban config example > nigehban.yaml     # explains itself; change it",
            "nigehban config validate -c nigehban.yaml   # every mistake, with its line",
            "nigehban run -c nigehban.yaml --state state",
        )
    )


def _seconds(letter: Letter, since: datetime) -> str:
    return f"{max(round((letter.at - since).total_seconds()), 1)} s"
