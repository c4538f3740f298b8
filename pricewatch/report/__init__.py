"""EDGE OUT, for eyes: functions from frames to rich renderables. Nothing here prints; the console comes from outside.

- `words`: what causes, states and amounts are called, and how foreign text is made harmless
- `totals`: what a night comes to, counted in Polars
- `terminal`: the morning report
- `explain`: one finding told end to end
- `history`: what a product cost, place by place
"""
