"""Passwords, tokens and other secrets. What is wrong with one is told by its beginning, never by its text."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.readers.texts import visible

_REFERENCE: Final = r"\$\{?\w+\}?|\{\{.*\}\}|%\w+%|op://.*"
_UNFILLED: Final = re.compile(rf"(?i:<[\w -]+>|change[-_ ]?me|your[-_ ].*password.*|{_REFERENCE})")
_UNFILLED_TOKEN: Final = re.compile(
    r"(?i:(?:xoxb-|xapp-|7t:)?(?:<.*>|(?:your|put|paste|insert|enter)[-_ ].*|change[-_ ]?me|to-?do|none|null|undefined"
    rf"|x{{3,}}[-x]*|[*]{{3,}}|[.]{{2,}}|…|{_REFERENCE}))"
)
"""What examples and templates hold in the place of a secret. Fewer of them are no password."""

_KINDS: Final[Mapping[str, str]] = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    # Once on, token rotation stays on: https://docs.slack.dev/authentication/using-token-rotation/
    "xoxe": "a token that ends after 12 hours, as those of apps with token rotation do",
    "xoxc-": "a browser's token",
    "xoxd-": "a browser's cookie",
    "https://hooks.slack.com": "the address of a webhook",
    "eG94Yi": "a bot token in base64",
    "eGFwcC": "an app-level token in base64",
}
"""What a secret is by its beginning: https://docs.slack.dev/authentication/tokens/."""

_SIGNING_SECRET: Final = re.compile("[0-9a-f]{32}")


class Secret:
    """A secret, which does not show in its `repr`. No dataclass, because `asdict` would take it apart."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Secret()"


def reveal(secret: Secret | None) -> str:
    """A secret's value, or "" if there is none."""
    return secret.value if secret is not None else ""


def password(text: str) -> Secret:
    """A password, which may hold anything."""
    if _UNFILLED.fullmatch(text):
        raise ValueError("still holds a placeholder: write the password itself")
    return Secret(text)


def secret(text: str) -> Secret:
    """A ticket or the like, without spaces."""
    text = _filled(visible(text))
    if re.search(r"\s", text):
        raise ValueError("holds a space: copy it again, without a word before it")
    return Secret(text)


def token(prefix: str, where: str) -> Callable[[str], Secret]:
    """Slack's token that begins with this, and where it is found."""
    step = f"copy the one that begins with {prefix} at api.slack.com/apps, {where}"

    def read(text: str) -> Secret:
        text = _filled(visible(text))
        if not text.startswith(prefix):
            kind = _kind_of(text)
            raise ValueError(f"holds {kind}: {step}" if kind else f"does not begin with {prefix}: {step}")
        if not re.fullmatch("[A-Za-z0-9-]+", text.removeprefix(prefix)):
            raise ValueError(f"is no whole token, or holds more than one: {step}")
        return Secret(text)

    return read


def signing_secret(text: str) -> Secret:
    """Slack's signing secret: https://docs.slack.dev/authentication/verifying-requests-from-slack/."""
    text = _filled(visible(text))
    if not _SIGNING_SECRET.fullmatch(text):
        said = f"holds {kind}" if (kind := _kind_of(text)) else "is not 32 characters from 0-9 and a-f"
        raise ValueError(f"{said}: copy it at api.slack.com/apps, Basic Information, Signing Secret")
    return Secret(text)


def _kind_of(text: str) -> str:
    """What a secret is by its beginning, in words; "" if that is unknown."""
    return next((kind for beginning, kind in _KINDS.items() if text.startswith(beginning)), "")


def _filled(text: str) -> str:
    if _UNFILLED_TOKEN.fullmatch(text):
        raise ValueError("still holds a placeholder: write the value itself")
    return text
