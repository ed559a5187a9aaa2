"""What `make-token-cs` says of how it switches: settings, the parts of `sig`, a note where risks are a guess."""

from __future__ import annotations

import math
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from cscl_data.generators.candidates import MAX_PHRASE_LEN
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.risk import LEARNED_ON
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.listen import Listener
from cscl_data.text.languages import language


def warn_of_guesses(bitext: BitextSpec, listener: Listener) -> None:
    """Say so where the risks of units were learned on other languages."""
    pair = {language(bitext.src_lang).primary, language(bitext.tgt_lang).primary}
    if "en" not in pair or not pair & LEARNED_ON:
        others = ", ".join(sorted(LEARNED_ON))
        listener.note(f"risks were learned on en with {others}: for {bitext.src_lang} and {bitext.tgt_lang} a guess")


def flat(switching: TokenCsConfig) -> dict[str, Any]:
    """Return how to switch, the amount beside the rest, as the options stand beside each other."""
    settings = asdict(switching)
    return {
        **settings.pop("amount"),
        "ratio": switching.amount.share if switching.amount.has_ratio else None,
        **settings,
        "max_risk": switching.risk_limit if math.isfinite(switching.risk_limit) else None,
    }


def unit_sig(switching: TokenCsConfig) -> str:
    """Name the unit, with its longest length where that is not the default."""
    usual = switching.max_phrase_len == MAX_PHRASE_LEN
    return switching.unit if usual else f"{switching.unit}.{switching.max_phrase_len}"


def kept_out_sig(switching: TokenCsConfig) -> dict[str, str]:
    """Return the parts of `sig` for what the user keeps from being switched; a pattern by its hash."""
    parts = {"pos": "+".join(sorted(set(switching.pos)))} if switching.pos else {}
    if switching.exclude_stopwords:
        parts["stopwords"] = "excluded"
    if switching.protect:
        parts["protect"] = sha256("\n".join(switching.protect).encode()).hexdigest()[:8]
    return parts


def risk_sig(switching: TokenCsConfig) -> dict[str, float]:
    """Return the part of `sig` for the highest risk of a row, where there is a limit."""
    return {"risk": switching.risk_limit} if math.isfinite(switching.risk_limit) else {}
