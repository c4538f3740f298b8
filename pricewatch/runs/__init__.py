"""One night, in order. The only place where the edges and the engine meet.

- `night`: collect, audit, store, deliver; each step can be done again
- `judge`: the engine's plans, collected; `settled`: raw rows made into offers, through the disk where they are many
- `buckets`: the unit of work; `engines`: who does it (`on_dask`, `on_spark`, by `parcels` on a `shelf`; `extras`)
- `stopwatch`: where the time went
- `look`, `outbox`: what earlier nights left, and the store files
- `rule_tests`: the rules' own tests, each a small night
- `doctor`: can this workspace work tonight?
- `demo`: a real grocery retailer's three nights, with planted faults
"""
