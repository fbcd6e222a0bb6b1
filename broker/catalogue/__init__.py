"""What is traded and how it is named, measured, packed, certified and placed: data files, read once."""
