"""Tables as docs/benchmarks.md holds them, or aligned for a terminal."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """A title, the heads of the columns, rows of texts, and lines below."""

    title: str
    heads: list[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        """A Markdown section; all columns but the first are aligned to the right."""
        lines = [f"## {self.title}", "", _line(self.heads), _line(["---", *["---:"] * (len(self.heads) - 1)])]
        lines += [_line(row) for row in self.rows]
        return "\n".join(lines + ([""] + [f"- {note}" for note in self.notes] if self.notes else []))

    def plain(self) -> str:
        """Columns aligned with spaces."""
        every = [self.heads, *self.rows]
        widths = [max(len(row[k]) for row in every) for k in range(len(self.heads))]
        lines = [self.title]
        for row in every:
            first = row[0].ljust(widths[0])
            rest = [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
            lines.append("  ".join([first, *rest]))
        return "\n".join(lines + [f"  {note}" for note in self.notes])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
