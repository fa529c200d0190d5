"""What the page can ask for: actions, each with its bounds."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Json = dict[str, Any]


class DoesNotWorkError(Exception):
    """What was asked cannot be done; the message says why."""


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Id = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=300)]


class Say(_Action):
    """Write in a channel, a thread, or to the bot alone; with a slash in front it is a command."""

    do: Literal["say"]
    viewer: Id
    place: Id
    text: str = Field(min_length=1, max_length=4000)
    thread: Id | None = None


class OpenHome(_Action):
    """Open the bot's Home tab."""

    do: Literal["open_home"]
    viewer: Id


class InMessage(_Action):
    viewer: Id
    message: Id  # "home" for the Home tab
    action_id: str = Field(max_length=255)


class Click(InMessage):
    """Click a button, or choose from a menu."""

    do: Literal["click"]
    value: str | None = Field(default=None, max_length=2000)
    option: Json | None = None


class Options(InMessage):
    """Type into a menu whose options the bot knows."""

    do: Literal["options"]
    typed: str = Field(max_length=200)


class Agent(_Action):
    """Change an agent of the pretend SuperOffice; without an id, take on a new one."""

    do: Literal["agent"]
    id: int | None = None
    name: Name | None = None
    present: bool | None = None
    chats: int | None = Field(default=None, ge=0, le=99)
    topics: list[int] | None = Field(default=None, max_length=50)


class SuperOffice(_Action):
    """Let something go wrong in SuperOffice, or go well again."""

    do: Literal["superoffice"]
    what: Literal["down", "slow", "garbage", "ticket"]
    on: bool = True


class Behind(_Action):
    """Let time pass, start the bot anew, or forget what the wire log has."""

    do: Literal["later", "restart", "clear"]


Action = Say | OpenHome | Click | Options | Agent | SuperOffice | Behind
_ACTIONS: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])


def read(body: bytes) -> Action:
    """Read an action. Raises DoesNotWorkError for what is none."""
    try:
        return _ACTIONS.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise DoesNotWorkError(f"That is no action: {first['msg']} ({'.'.join(map(str, first['loc']))})") from None
