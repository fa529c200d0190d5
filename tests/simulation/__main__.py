"""Plays days for as long as you like: `make simulate ARGS="--minutes 60"`."""

import argparse
import secrets
import sys
import time

from hypothesis import seed, settings

from tests.simulation.test_simulation import Simulation, play


def main() -> None:
    """Play rounds of a hundred days, each with its own seed, until the time is over or a day goes wrong."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="how long to play")
    parser.add_argument("--seed", type=int, help="play this one round again")
    chosen = parser.parse_args()
    ends_s = time.monotonic() + 60 * chosen.minutes
    rounds = 0
    while True:
        number = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
        print(f"Round {rounds + 1}, --seed {number}", flush=True)  # noqa: T201  # this is its output
        seed(number)(Simulation)
        play(settings(max_examples=100))
        rounds += 1
        if chosen.seed is not None or time.monotonic() > ends_s:
            break
    print(f"{100 * rounds} days, each of up to 40 steps: nothing went wrong", file=sys.stdout)  # noqa: T201  # likewise


if __name__ == "__main__":
    main()
