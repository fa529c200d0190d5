"""Draws the rooms of `bot` and who imports whom, from the code, as the picture in docs/architecture.md.

`python -m docs.house` writes the picture; `python -m docs.house --check` fails if it is out of date.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import grimp

PAGE: Final = Path(__file__).parent / "architecture.md"
BEGIN: Final = "<!-- drawn by `make picture` -->\n```mermaid\n"
END: Final = "```\n"


def imports() -> dict[str, set[str]]:
    """Each room of `bot`, with the rooms that it imports."""
    graph = grimp.build_graph("bot")
    rooms = {module.removeprefix("bot."): module for module in graph.find_children("bot")}
    return {
        room: {
            other
            for other, other_module in rooms.items()
            if other != room and graph.direct_import_exists(importer=module, imported=other_module, as_packages=True)
        }
        for room, module in rooms.items()
        if room != "__main__"
    }


def reduced(edges: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The edges without those that a longer way shows too, so that the picture can be read."""

    def reached(room: str) -> set[str]:
        return edges[room] | {far for near in edges[room] for far in reached(near)}

    return {room: others - {far for near in others for far in reached(near)} for room, others in edges.items()}


def picture() -> str:
    """The picture, in Mermaid's language: https://mermaid.js.org/syntax/flowchart.html."""
    lines = [
        f"    {room} --> {other}" for room, others in sorted(reduced(imports()).items()) for other in sorted(others)
    ]
    return "\n".join(["flowchart TD", *lines, ""])


def main() -> None:
    """Write the picture, or with `--check` compare it."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    drawn = f"{before}{BEGIN}{picture()}{END}{after}"
    if "--check" not in sys.argv:
        PAGE.write_text(drawn, encoding="utf-8")
    elif drawn != page:
        sys.exit(f"{PAGE} is out of date: run “make picture”.")


if __name__ == "__main__":
    main()
