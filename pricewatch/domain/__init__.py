"""The language every other part speaks: frames, money, time, promotions, labels. Imports nothing else of pricewatch.

- `tables`: every column of every frame
- `money`: text to minor units and back, tax; `rounding`: mode, point, coins, price endings
- `windows`, `durations`: market days and windows to UTC instants; `36h` and `30m`
- `identifiers`: the GTIN family
- `mechanics`: what one promotion makes of a price and of several units; `reductions`: the single step it is made of
- `stacking`: several promotions on one product; `allocation`: one promotion on several products
- `advantages`: what a promotion is worth, as the laws count it; `floors`: the lowest price that may be asked
- `landed`, `contents`, `measures`: prices with shipping, prices by the kilogram, and the units they are in
- `labels`, `label_phrases`, `label_text`, `plain_text`: what a promotion's text claims
- `errors`: what a user can mend, and the exit codes
"""
