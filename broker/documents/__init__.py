"""Documents as format-neutral content, and their renderings."""
