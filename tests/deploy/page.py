"""docs/operate.md, as a test reads it."""

import re
from typing import Final

from tests.kit.process import PROJECT

PAGE: Final = (PROJECT / "docs/operate.md").read_text()


def section(heading: str) -> str:
    """What stands under this heading, up to the next one."""
    [found] = re.findall(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def commands(heading: str) -> list[str]:
    """The blocks of commands for a shell under this heading."""
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", section(heading), re.MULTILINE | re.DOTALL)
    return [block.replace(f"\n{indent}", "\n").strip() for indent, block in blocks]
