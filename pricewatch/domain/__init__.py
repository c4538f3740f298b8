"""The language: tables, money, windows, identifiers, mechanics, errors. Imports nothing else of pricewatch.

- `tables`: every column of every frame
- `money`: text to minor units and back, rounding, tax
- `windows`: market days and windows to UTC instants
- `identifiers`: the GTIN family
- `mechanics`: what one promotion makes of a price
- `errors`: what a user can mend, and the exit codes
"""
