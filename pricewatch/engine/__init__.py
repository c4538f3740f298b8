"""The pure middle: frames in, frames out, the instant given. No file, clock, database or network.

The data's way: `normalise` -> `match` -> `settle` -> `expect` -> `checks` -> `diagnose` -> `reconcile` -> `incidents`.
`audit` chains them on one page; `world` holds the records they are given.

`incidents` rolls findings up: `scopes` says what they may have in common, `census` counts what was judged there, `explanations`
lists what may explain them, `cover` takes the few that do, `whereabouts` and `incident_words` say where and what in a line.
"""
