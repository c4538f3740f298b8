"""`python -m pricewatch`: the same command as `pricewatch`."""

import sys

from pricewatch.cli import main

if __name__ == "__main__":
    sys.exit(main())
