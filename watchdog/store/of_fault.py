"""Which rows of the outbox tell of a fault: those are told in haste, and gathered where they are many."""

from typing import Final

from sqlalchemy import exists

from alerts.incident import Nature
from watchdog.store.tables import incidents, outbox

_its_own = incidents.alias("its_own")

#: A condition on rows of the outbox, by the primary key of the incident each one is of.
IS_OF_A_FAULT: Final = exists().where(_its_own.c.id == outbox.c.incident_id, _its_own.c.nature == Nature.FAULT)
