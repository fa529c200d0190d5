"""Draws the README's picture: `python -m playground.picture` asks the real bot, and writes docs/roster.svg.

The blocks are those that the bot sent; only the kinds of block that a roster is made of are drawn.
"""

import asyncio
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from playground.show import EMOJI, show
from playground.slack import Post
from playground.stage import open_stage

PICTURE = Path(__file__).parent.parent / "docs" / "roster.svg"

MINUTE = 380
"""Minutes into the pretend day: early afternoon, when nobody is there for VIP."""

_LINE, _LEFT, _WIDTH = 25, 76, 660
_STYLE = """
  text { font: 15px -apple-system, "Segoe UI", "Noto Sans", "Noto Color Emoji", sans-serif; fill: #1d1c1d }
  .page { fill: #fff; stroke: #ddd } .name, .bold { font-weight: 700 } .title { font-size: 19px; font-weight: 700 }
  .quiet { fill: #616061; font-size: 12.5px } .badge { fill: #ddd } .face { fill: #0a5e58 }
  @media (prefers-color-scheme: dark) {
    text { fill: #d1d2d3 } .page { fill: #1a1d21; stroke: #3f4246 } .quiet { fill: #9a9b9e } .badge { fill: #4a4d52 }
  }
"""


async def main() -> None:
    """Ask the bot, and draw its answer."""
    async with open_stage() as stage:
        stage.superoffice.office.advance(MINUTE - stage.superoffice.office.minute)
        delivery = await stage.slack.command("")
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(svg(delivery.posts[0]))


def svg(post: Post) -> str:
    """A message as Slack would draw it, light or dark as the reader's page is."""
    rows = [row for block in post.blocks or [] for row in _rows(block)]
    height = 84 + _LINE * len(rows)
    drawn = "\n".join(
        f'  <text x="{_LEFT}" y="{88 + _LINE * number}" class="{style}" xml:space="preserve">{row}</text>'
        for number, (style, row) in enumerate(rows)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" role="img">
  <title>{escape(show(post.text, None, width=200))}</title>
  <style>{_STYLE}</style>
  <rect class="page" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="10"/>
  <text x="20" y="28" class="quiet">👁 Only visible to you</text>
  <rect class="face" x="20" y="42" width="40" height="40" rx="8"/>
  <circle cx="40" cy="62" r="9" fill="#7ddf64"/>
  <text x="{_LEFT}" y="58" class="name">who</text>
  <rect class="badge" x="113" y="46" width="30" height="15" rx="3"/>
  <text x="117" y="58" class="quiet" style="font-size:11px">APP</text>
{drawn}
</svg>
"""


def _rows(block: dict[str, Any]) -> list[tuple[str, str]]:
    """A block's lines, each with its style."""
    if block["type"] == "header":
        return [("title", escape(block["text"]["text"]))]
    if block["type"] == "rich_text":
        return [("", "".join(map(_part, section["elements"]))) for section in block["elements"]]
    quiet = "quiet" if block["type"] == "context" else ""
    return [(quiet, escape(line)) for line in show("", [block], width=90).splitlines()]


def _part(part: dict[str, Any]) -> str:
    if part["type"] == "emoji":
        return EMOJI[part["name"]]
    text = escape(part["text"])
    return f'<tspan class="bold">{text}</tspan>' if part.get("style", {}).get("bold") else text


if __name__ == "__main__":
    asyncio.run(main())
