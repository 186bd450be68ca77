"""The day on which the vendor cuts off stands in the subject and in the first sentence."""

import pytest

from alerts.words.render import render
from tests.support.telling import FINANCE, bill_events, bill_look, directory

BILL = "Rs 134,000 to Acme Mail (Pvt) Ltd, bill INV-7"


@pytest.mark.parametrize(
    ("at", "subject", "beginning"),
    [
        (
            "2017-12-16 09:00",
            f"OVERDUE {BILL}: was due Mon 27 Nov 2017, vendor cuts off Mon 18 Dec 2017, in 2 days",
            "The vendor cuts off Mon 18 Dec 2017, in 2 days. Not settled and overdue: ",
        ),
        (
            "2017-12-17 23:50",
            f"OVERDUE {BILL}: was due Mon 27 Nov 2017, vendor cuts off Mon 18 Dec 2017, tomorrow",
            "The vendor cuts off Mon 18 Dec 2017, tomorrow. ",
        ),
        (
            "2017-12-18 09:00",
            f"OVERDUE {BILL}: was due Mon 27 Nov 2017, vendor cuts off Mon 18 Dec 2017, today",
            "The vendor cuts off Mon 18 Dec 2017, today. ",
        ),
        (
            "2017-12-19 09:00",
            f"OVERDUE {BILL}: was due Mon 27 Nov 2017, vendor's cut-off day Mon 18 Dec 2017 has passed",
            "The vendor's cut-off day Mon 18 Dec 2017 has passed. ",
        ),
        ("2017-11-13 09:00", f"DUE {BILL}: act now, due Mon 27 Nov 2017", "Not settled yet: "),
    ],
)
def test_a_cut_off_that_presses_is_said_up_front(at: str, subject: str, beginning: str) -> None:
    message = render(bill_events(bill_look(at))[0], FINANCE, directory())
    assert message.subject == subject
    assert message.text.startswith(beginning)


def test_a_bill_that_vanished_names_the_cut_off_too() -> None:
    gone = bill_events(bill_look("2017-12-15 10:00", gone_at="2017-12-15 10:00"))[0]
    message = render(gone, FINANCE, directory())
    assert message.subject.endswith("no longer listed, still open, vendor cuts off Mon 18 Dec 2017, in 3 days")
