"""Memory: what earlier nights left, so that tonight can say what is new, still open, resolved or back again.

`database` keeps what people ask about (runs, source runs, findings, incidents, waivers) in the tables of `models`; `lake` keeps
what the engine reads in bulk (offers, price history, codes of SKUs and places, refused rows) as Parquet, put there whole by
`aside`; `lock` lets one audit at a time into a workspace. Frames in, frames out, with the columns of `domain.tables`.
"""
