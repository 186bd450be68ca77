"""Labels of the facts about bills that messages and lists look for; any other fact is shown as it comes.

Texts behind them are for people, in English: days like "Mon 6 Nov 2017", counts like "9", money like "Rs 134,000".
What is missing is left out of the sentence that would name it.
"""

from typing import Final

BILL: Final = "Bill"
CAME_BACK: Final = "Money came back"
"""Of a bill that is owed again: the day, and why."""
SUM_BACK: Final = "Sum that came back"
"""Where it is another than what is owed now."""
SENT_BEFORE: Final = "On record as sent"
"""Of money that came back though none was sent, by all that is on record: "nothing"."""
CAME_BACK_RUNG: Final = "money back"
"""Begins the name of the rung that tells it."""
CUT_OFF_CHANGED: Final = "Vendor cuts off changed"
"""What the day was before, and until when: "was Sun 20 Dec 2026 until Mon 23 Nov 2026"."""
SOONER_RUNG: Final = "cut off sooner"
"""Begins the name of the rung that tells of a cut-off that came nearer."""
OVERPAID: Final = "Paid too much"
VENDOR: Final = "Vendor"
AMOUNT: Final = "Amount"
SERVICE: Final = "Service"
"""Title of the service, or of several with ", " between."""
GOES_DARK_FOR: Final = "Goes dark for"
"""Departments, "Health Department (1,200 users), Police"."""

# payment_stage, and on every bill whose place on its path is known.
STAGE: Final = "Stage"
"""Title of the stage it is at: by it messages find the owner."""
DAYS_AT_STAGE: Final = "Working days there"
USUAL_DAYS: Final = "Usually takes"
DESK: Final = "Whose desk"
IN_THE_WAY: Final = "Usually in the way"
FORECAST: Final = "Likely paid by"
LIES_NOW: Final = "lies in"
NOT_PAID_YET: Final = "not paid yet"
"""Both in the last word on a stage or a cut-off of a bill that is open still: where it is now."""
SENT_BACK: Final = "sent back with an objection"
"""Behind NOT_PAID_YET in the last word on a stage that a bill left backwards: why."""
IS_PAID: Final = "the bill is paid"
IS_CANCELLED: Final = "the bill is cancelled"
"""What became of it else."""
TOO_LATE: Final = "Too late by usual times"
"""The day by which its money is there as likely as not, where the vendor may have cut off by then."""

# payment_cut_off
CUT_OFF: Final = "Cut-off"
"""What the day is called, "bills to the Accountant General"."""
MUST_HAVE_REACHED: Final = "Must have reached"
MONEY_RETURNS: Final = "Money returns"
FAR_ENOUGH: Final = "it is far enough for this cut-off"
MONEY_IS_BACK: Final = "money has returned"
"""In the last word on a cut-off: why it is in the way no more."""

# payee
BLOCK: Final = "Why"
"""Like "account attached by the tax authority"."""
BLOCKED_SINCE: Final = "Blocked since"
LIFTED_BY: Final = "proof that it is lifted"
"""Begins the end of the summary of a vendor whose block was lifted lately: what people wrote stands behind it."""
OPEN_BILLS: Final = "Open bills"
CAN_BE_PAID: Final = "can be paid, as far as is known"
"""In the summary of a vendor in whose way nothing stands: without it, the end of one block is not the end of all."""
TO_DO: Final = "To do"
"""Begins the labels of what is to be done, one step each: "To do 1"."""

# outage_forecast, and on every bill that may end in one
CUT_OFF_FROM: Final = "Cut off from"
"""The earliest likely day."""
CUT_OFF_UNTIL: Final = "Cut off until"
"""The latest likely day."""
IN_TIME: Final = "which is in time"
"""Ends the summary of a service whose bills will probably be paid before it can be cut off."""
NO_SUCH_SERVICE: Final = "is no longer a service of the settings"
"""In the last word on a service that was renamed or taken out: nobody paid by that."""
AT_STAKE: Final = "At stake"
"""The sum of the bills behind it."""
LOST_PER_RUPEE: Final = "Lost per rupee"
"""A number to sort by, more is worse."""

# contract
CONTRACT: Final = "Contract"
MATTER: Final = "Matter"
"""What has to be done by the day: "give notice", "begin the new tender", "ask for the bill"."""

# bookkeeping
ENDS_WHEN: Final = "Ends when"
"""What ends the matter: "the day is confirmed"."""

# Of any bill that waits for somebody's word.
DISPUTED: Final = "Disputed"
HELD_UNTIL: Final = "Held until"
#: Behind a sum of which nobody knows whether the vendor has it.
CREDITED: Final = "credited and not yet confirmed"
