"""Breaks replies of GetChatPresence for hours, and looks whether the reader ever takes a broken one for a success.

Each input goes through the real zeep and the real checks, without the network, and through a second reading by hand
(`tests/hostile/oracle.py`). It ends with the input that made the reader crash, or say what the reply did not.

By chance, with the project's own environment:

    .venv/bin/python -m fuzz.soap_reader --inputs 1000000 --seed 1

Guided by coverage, with atheris in an environment of its own, which borrows the project's packages:

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
    export PYTHONPATH=.venv/lib/python3.11/site-packages
    /tmp/fuzz/bin/python -m fuzz.soap_reader --guided /tmp/corpus -runs=1000000 -timeout=10
"""

import argparse
import asyncio
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType
from typing import Final

import httpx

from bot.errors import SuperOfficeError
from bot.superoffice.names import TopicNames
from bot.superoffice.soap.netserver import NetServer
from bot.superoffice.soap.rows import PRESENCE
from bot.superoffice.soap.transport import RawReply
from bot.superoffice.source import agents_of
from tests.hostile.mutations import Choose, broken_bytes, broken_tree, seeds
from tests.hostile.oracle import NotSaid, Said, agents_said

TOO_SLOW_S: Final = 2.0
"""Longer than this for one small reply counts as a hang."""


class Deviation(Exception):
    """The reader said something else than the reply."""


class Reader:
    """The product's reader, asked synchronously. Counts how its answers came out."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
        self._netserver = NetServer(self._http, services=86)
        self.outcomes: Counter[str] = Counter()

    def read(self, answer: bytes) -> tuple[Said, ...] | None:
        """The agents as the product reads them, or None where it refuses. Raises whatever else it raises."""
        try:
            rows = self._netserver.read(PRESENCE, RawReply(200, answer))
            agents = agents_of(rows, TopicNames((), {}))
        except SuperOfficeError as error:
            self.outcomes[f"{error.reason.name}: {error.detail}"[:80]] += 1
            return None
        self.outcomes["success"] += 1
        return tuple(
            Said(
                user_id=agent.user_id,
                name=agent.name,
                present=agent.present,
                chats=agent.ongoing_chats,
                topics=tuple(sorted(topic.id for topic in agent.topics)),
            )
            for agent in agents
        )

    def check(self, answer: bytes) -> bool:
        """Whether the answer was taken for a success. Raises `Deviation` where the second reading does not agree."""
        began = time.perf_counter()
        seen = self.read(answer)
        if time.perf_counter() - began > TOO_SLOW_S:
            raise Deviation(f"took {time.perf_counter() - began:.1f} s")
        if seen is None:
            return False
        try:
            said = agents_said(answer)
        except NotSaid as reason:
            raise Deviation(f"a success, though there is {reason}") from None
        if seen != said:
            raise Deviation(f"seen {seen}, said {said}")
        return True

    def close(self) -> None:
        """Let go of what was opened."""
        asyncio.run(self._http.aclose())


def broken(answer: bytes, choose: Choose) -> bytes:
    """The answer with one to four things changed: mostly in its tree, sometimes in its bytes."""
    for _ in range(1 + choose(4)):
        answer = broken_bytes(answer, choose) if choose(5) == 0 else broken_tree(answer, choose)
    return answer


def by_chance(reader: Reader, inputs: int, seed: int, findings: Path | None) -> int:
    """Try so many inputs. Now and then one that was a success takes the place of the one that it came from."""
    chance = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret
    pool = seeds()
    found = 0
    began = time.perf_counter()
    for number in range(1, inputs + 1):
        place = chance.randrange(len(pool))
        answer = broken(pool[place], chance.randrange)
        try:
            if reader.check(answer) and len(answer) < 20_000 and chance.random() < 0.05:
                pool.append(answer) if len(pool) < 2_000 else pool.__setitem__(-1 - chance.randrange(1_000), answer)
        except Exception as error:
            found += 1
            if findings is None:
                sys.stderr.write(f"{error!r}\n{answer!r}\n")
                raise
            (findings / f"{seed}-{number}.xml").write_bytes(answer)
            with (findings / f"{seed}.txt").open("a") as log:
                log.write(f"{number}: {type(error).__name__}: {str(error)[:500]}\n")
        if number % 50_000 == 0:
            sys.stderr.write(f"{number} inputs, {time.perf_counter() - began:.0f} s, {found} findings\n")
    return found


def guided(reader: Reader, corpus: Path, arguments: Sequence[str]) -> None:
    """Let libFuzzer choose: inputs that reach new code are kept and broken further."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]  # only in its own environment

    corpus.mkdir(parents=True, exist_ok=True)
    for number, answer in enumerate(seeds()):
        (corpus / f"seed-{number}.xml").write_bytes(answer)

    def mutate(answer: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(answer, most))
        return broken(answer, chance.randrange)[:most]

    for function in _looked_at():
        atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], str(corpus), "-max_len=16384", *arguments], reader.check, custom_mutator=mutate)
    atheris.Fuzz()


def _looked_at() -> list[FunctionType]:
    """The functions whose branches guide the fuzzer: the product's reader."""
    modules = [module for name, module in sys.modules.items() if name.startswith("bot.superoffice")]
    names = {module.__name__ for module in modules}
    things = [thing for module in modules for thing in vars(module).values()]
    things += [method for thing in things if isinstance(thing, type) for method in vars(thing).values()]
    found = [thing for thing in things if isinstance(thing, FunctionType) and thing.__module__ in names]
    return list({id(function.__code__): function for function in found}.values())


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, help="go on after a finding, and keep it in this folder")
    parser.add_argument("--guided", type=Path, metavar="CORPUS", help="use atheris, and keep its corpus here")
    known, rest = parser.parse_known_args()
    logging.getLogger("zeep").setLevel(logging.CRITICAL)
    reader = Reader()
    if known.guided:
        guided(reader, known.guided, rest)
        return
    if known.findings:
        known.findings.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    found = by_chance(reader, known.inputs, known.seed, known.findings)
    reader.close()
    spent = time.perf_counter() - began
    sys.stdout.write(f"{known.inputs} inputs in {spent:.0f} s, {found} findings\n")
    for outcome, times in reader.outcomes.most_common(40):
        sys.stdout.write(f"{times:9} {outcome}\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
