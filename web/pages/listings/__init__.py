"""What the pages of needs and of capacities have in common: filters, forms, words, and the way of a
spreadsheet."""
