"""The proof: a world in which every right price is known, faults planted in it, and the audit held against both.

markets    three markets, their stores, channels, sources, clocks
prices     the arithmetic of right prices: whole numbers and fractions, nothing of the engine
model      products, price-list versions, promotions, offers, and the faults planted in them
decide     what was decided for a product in a place at an instant, and every other price a wrong one might equal
assortment, departments_*      products with their price lists and promotions, by department
shown      the right offers, and what was shown in the ninety days before
plant_*    one family of faults each
world      all of it together, by seed and size
frames     the world as the engine is given it: text rows as channels and head office write them
rules.yaml what the night is judged by
score      what was found against what was planted
"""
