"""Text that hurts: all of Unicode, and what means something to Slack or to Python."""

from typing import Final

from hypothesis import strategies as st

_AWKWARD: Final = (
    "\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\u061c\ufeff\u00ad"  # joiners, directions, invisible
    "\u2028\u2029\u0085\x00\x1b\x7f\n\r\t \u00a0\ud800\udfff\U000e0041"  # breaks, controls, surrogates, a tag
    "aA\u00e5\U0001f9d1"
)

NASTY: Final = (
    "<!channel> *x*",
    "<!here>",
    "<!everyone|you>",
    "<!subteam^S0123ABCD>",
    "<@U0123ABCD>",
    "<https://evil.example|Click me>",
    "https://evil.example",
    "&lt;!channel&gt;",
    "&amp;",
    ":rotating_light:",
    "`code` ~struck~ _slanted_ *bold* > quoted",
    "```",
    "<!date^1700000000^{date}|x>",
    "{agent} {n} {topics} {0} %s %(n)s",
    "\u202eneslO anirataK\u202c",
    "\u2067\u05e0\u05d5\u05e2\u05d4\u2069",
    "a\nb\r\nc\u2028d\te",
    "\x00\x07\x1b[31m",
    "\ud800",
    "👩🏽\u200d💻",
    "Z\u0335\u0321a\u0337\u0328l\u0336\u0321g\u0335o\u0328",
    "   ",
    "",
)

anything: Final = st.one_of(
    st.text(st.characters() | st.sampled_from(_AWKWARD), max_size=400),
    st.sampled_from(NASTY),
    st.lists(st.sampled_from(NASTY) | st.text(st.characters(), max_size=5), max_size=8).map("".join),
)
"""What somebody may have typed: every Unicode text, lone surrogates too, with more of what hurts than chance brings."""
