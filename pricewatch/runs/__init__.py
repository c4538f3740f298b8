"""One night, in order. The only place where the edges and the engine meet.

- `night`: collect, audit, store, deliver; each step can be done again
- `judge`: the engine's plans, collected
- `look`, `outbox`: what earlier nights left, and the store files
- `rule_tests`: the rules' own tests, each a small night
- `doctor`: can this workspace work tonight?
- `demo`: a real grocery retailer's three nights, with planted faults
"""
