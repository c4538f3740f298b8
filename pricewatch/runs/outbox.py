"""A night's store files into the workspace's outbox."""

from __future__ import annotations

from pathlib import Path

from pricewatch.deliver import put
from pricewatch.deliver.store_files import parcels
from pricewatch.engine.world import Run
from pricewatch.store.lake import Lake
from pricewatch.workspace import Workspace


def deliver_night(workspace: Workspace, run: Run) -> Path:
    """Deliver one file a store that has something to do to `outbox/<night>/`; the path of the manifest.

    The same night twice changes nothing; a night that is judged anew replaces its files.
    """
    surfaces = {source.id: source.surface for source in workspace.sources}
    stores = Lake(workspace.lake).places()["location"].drop_nulls().to_list()
    return put(workspace.outbox / run.night.isoformat(), run.night, parcels(run.findings, surfaces=surfaces, stores=stores))
