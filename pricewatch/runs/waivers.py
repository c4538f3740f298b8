"""Living with a finding: who decided it, why, and until when."""

from __future__ import annotations

from datetime import date

from pricewatch.domain.errors import UserError
from pricewatch.runs.look import story
from pricewatch.store.database import Database
from pricewatch.store.lock import exclusive
from pricewatch.workspace import Workspace


def waive(workspace: Workspace, start: str, *, who: str, why: str, until: date) -> str:
    """Waive the finding whose fingerprint starts so, until a day, inclusive; its fingerprint.

    From the next audit on it is `waived`; after the day it is open again. Raises `UserError` when there is no such finding or
    more than one, when it is not said who and why, and for a day before the finding's newest night.
    """
    nights = story(workspace, start).nights
    newest, fingerprint = nights["night"].max(), str(nights["fingerprint"][0])
    if isinstance(newest, date) and until < newest:
        raise UserError(f"{until} is before the finding's last night, {newest}", "--until", "name the last day it may stay wrong")
    with exclusive(workspace.data), Database(workspace.database_url) as database:
        database.waive(fingerprint, who, why, until)
    return fingerprint
