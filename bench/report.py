"""What was measured: figures with what is asked of them, as a table and as JSON."""

import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from rich.console import Console
from rich.table import Table

PACKAGES = ("aiohttp", "httpx", "lxml", "slack-bolt", "slack-sdk", "zeep")
NUMBERS = ("ours", "beside it", "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured of the bot (`ours`), and the same of something `beside` it, if there is such a thing.

    `asked` bounds our figure or its ratio to the one beside it: "ours <= 10", "ratio >= 0.7".
    """

    key: str
    name: str
    unit: str
    ours: float
    beside: float | None = None
    beside_name: str | None = None
    asked: str | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over what stands beside it."""
        return self.ours / self.beside if self.beside else None

    @property
    def met(self) -> bool | None:
        """Whether it is as asked; None if nothing is asked."""
        if self.asked is None:
            return None
        of, bound, value = self.asked.split()
        number = self.ours if of == "ours" else self.ratio
        return number is not None and (number <= float(value) if bound == "<=" else number >= float(value))


@dataclass
class Report:
    """All figures of a run, in order, and how they came about. `details` are for JSON alone."""

    quick: bool
    figures: list[Figure] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON. `all_met` is about the figures that something is asked of."""
        figures = {each.key: asdict(each) | {"ratio": each.ratio, "met": each.met} for each in self.figures}
        return {
            "quick": self.quick,
            "all_met": all(figure.met is not False for figure in self.figures),
            "figures": figures,
            "notes": self.notes,
            "details": self.details,
            "machine": {"system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()},
            "versions": {name: version(name) for name in PACKAGES},
        }

    def show(self, console: Console) -> None:
        """Print the figures as a table, and the notes below it."""
        table = Table(title="The bot, measured", title_justify="left")
        for title in ("", "ours", "beside it", "", "ratio", "asked", "met"):
            table.add_column(title, justify="right" if title in NUMBERS else "left")
        for figure in self.figures:
            table.add_row(
                figure.name,
                _with_unit(figure.ours, figure.unit),
                "" if figure.beside is None else _with_unit(figure.beside, figure.unit),
                figure.beside_name,
                "" if figure.ratio is None else f"{figure.ratio:.3f}",
                figure.asked,
                {None: "", True: "yes", False: "NO"}[figure.met],
            )
        console.print(table)
        for name, text in self.notes.items():
            console.print(f"{name}: {text}", highlight=False)


def _with_unit(number: float, unit: str) -> str:
    digits = 0 if number == int(number) or abs(number) >= 1000 else 1 if abs(number) >= 100 else 2
    return f"{number:,.{digits}f} {unit}".strip()
