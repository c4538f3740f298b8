"""A night judged by several processes, some of which are killed."""
