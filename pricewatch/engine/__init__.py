"""The pure middle: frames in, frames out, the instant given. No file, clock, database or network.

The data's way: `normalise` -> `match` -> `settle` -> `expect` -> `checks` -> `diagnose` -> `reconcile` -> `incidents`.
`audit` chains them on one page; `world` holds the records they are given.
"""
