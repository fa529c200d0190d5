"""What was measured: figures with what was asked of them, as a table and as JSON."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

PACKAGES = ("aiohttp", "httpx", "lxml", "slack-bolt", "slack-sdk", "zeep")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a figure: of its value, or of its ratio to what stands beside it."""

    of: Literal["ours", "ratio"]
    bound: Literal["<=", ">="]
    value: float

    def is_met_by(self, number: float) -> bool:
        """Whether the number is on the right side."""
        return number <= self.value if self.bound == "<=" else number >= self.value

    def __str__(self) -> str:
        return f"{self.of} {self.bound} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured of the bot (`ours`), and the same of something `beside` it, where there is such a thing."""

    key: str
    name: str
    unit: str
    ours: float
    beside: float | None = None
    beside_name: str = ""
    asked: Asked | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over what stands beside it."""
        return self.ours / self.beside if self.beside else None

    @property
    def met(self) -> bool | None:
        """Whether it is as asked; None where nothing is."""
        if self.asked is None:
            return None
        number = self.ours if self.asked.of == "ours" else self.ratio
        return number is not None and self.asked.is_met_by(number)

    def to_dict(self) -> dict[str, Any]:
        """The figure as JSON has it."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": self.ours,
            "beside": self.beside,
            "beside_name": self.beside_name or None,
            "ratio": self.ratio,
            "asked": str(self.asked) if self.asked else None,
            "met": self.met,
        }


@dataclass
class Report:
    """All figures of a run, in order, and how they came about."""

    quick: bool
    figures: list[Figure] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)  # for JSON alone

    def add(self, figures: Iterable[Figure]) -> None:
        """Take these figures in."""
        self.figures += figures

    def to_dict(self) -> dict[str, Any]:
        """The whole as JSON has it; `all_met` is about those of which something was asked."""
        return {
            "quick": self.quick,
            "all_met": all(figure.met is not False for figure in self.figures),
            "figures": {figure.key: figure.to_dict() for figure in self.figures},
            "notes": self.notes,
            "details": self.details,
            "machine": {"system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()},
            "versions": {name: version(name) for name in PACKAGES},
        }

    def show(self, console: Console) -> None:
        """Print the figures as a table, and the notes below it."""
        table = Table(title="The bot, measured", title_justify="left")
        for title in ("", "ours", "beside it", "", "ratio", "asked", "met"):
            table.add_column(title, justify="right" if title in {"ours", "beside it", "ratio"} else "left")
        for figure in self.figures:
            table.add_row(
                figure.name,
                _with_unit(figure.ours, figure.unit),
                "" if figure.beside is None else _with_unit(figure.beside, figure.unit),
                figure.beside_name,
                "" if figure.ratio is None else f"{figure.ratio:.3f}",
                str(figure.asked or ""),
                {None: "", True: "yes", False: "NO"}[figure.met],
            )
        console.print(table)
        for name, said in self.notes.items():
            console.print(f"{name}: {said}", highlight=False)


def _with_unit(number: float, unit: str) -> str:
    digits = 0 if number == int(number) or abs(number) >= 1000 else 1 if abs(number) >= 100 else 2
    return f"{number:,.{digits}f} {unit}".strip()
