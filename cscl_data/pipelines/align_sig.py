"""What of how pairs are aligned stands in `sig`: the aligner, what it knows beside the corpus, the steps behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from cscl_data.aligners import VERSIONS
from cscl_data.aligners.attachment import VERSION as ATTACH_VERSION
from cscl_data.aligners.copies import VERSION as COPIES_VERSION
from cscl_data.aligners.priors import Priors, read_priors
from cscl_data.errors import ConfigError
from cscl_data.io.fingerprints import links_digest, short_digest
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_settings import AlignSettings, resolved_tokenizers
from cscl_data.text.attachment import has_heads
from cscl_data.text.languages import language

EVIDENCE = "identical+sound"
"""What every fit takes from the words themselves: identical strings, and words that sound alike in two scripts."""


def align_sig(settings: AlignSettings, src_lang: str, tgt_lang: str, files: Sequence[InputFacts]) -> dict[str, str]:
    """Return the parts of `sig` that say how links were made; `files` are those of `link_files`."""
    if settings.links_path is not None:
        made = {"aligner": f"pharaoh.{VERSIONS['pharaoh']}"} if settings.pharaoh else {}
        made["links"] = short_digest(files, "links") if settings.pharaoh else links_digest(settings.links_path)
        made |= {"indexed": "1"} if settings.one_indexed else {}
    else:
        made = {"aligner": f"{settings.aligner}.{VERSIONS[settings.aligner]}"}
        if settings.aligner == "statistical":
            made |= {"symmetrize": settings.symmetrize, **_fitted_with(settings, src_lang, tgt_lang, files)}
        elif settings.aligner == "eflomal":
            made["symmetrize"] = settings.symmetrize
        elif settings.aligner == "simalign":
            made |= {"encoder": short_digest(files, "encoder"), "layer": str(settings.layer)}
            made |= {"matching": settings.matching, "compute": settings.compute_type}
        elif settings.aligner == "lexicon":
            made["lexicon"] = short_digest(files, "lexicon")
        made["copies"] = str(COPIES_VERSION)
    names = resolved_tokenizers(settings, src_lang, tgt_lang)
    if settings.attach and settings.links is None and any(map(has_heads, names.values())):
        made["attach"] = str(ATTACH_VERSION)
    made |= {"min_score": str(settings.min_score)} if settings.min_score else {}
    made |= {"pretokenized": "yes"} if settings.pretokenized else {}
    return {**made, "segmenter": segmenter_sig(settings, src_lang, tgt_lang)}


def segmenter_sig(settings: AlignSettings, src_lang: str, tgt_lang: str) -> str:
    """Return the part of `sig` that says what words are cut by."""
    return "+".join(dict.fromkeys(resolved_tokenizers(settings, src_lang, tgt_lang).values()))


def _fitted_with(settings: AlignSettings, src_lang: str, tgt_lang: str, files: Sequence[InputFacts]) -> dict[str, str]:
    if settings.load_model is not None:
        return {"model": short_digest(files, "aligner")}
    priors = chosen_priors(settings, src_lang, tgt_lang)
    lexicon = {"lexicon": short_digest(files, "lexicon")} if settings.lexicon else {}
    fit_on = {"fit": short_digest(files, "fit")} if settings.fit_on else {}
    return {"evidence": EVIDENCE, "priors": priors.digest if priors else "none", **lexicon, **fit_on}


def chosen_priors(settings: AlignSettings, src_lang: str, tgt_lang: str) -> Priors | None:
    """Return the priors that a fit takes, in the direction of the pair; None without any.

    Shipped priors are taken only where their tokenizers are the ones in use, for keys of other ones do not match.

    Raises:
        InputError: the file named is missing or no table of priors.
        ConfigError: the file named is for other languages or other tokenizers.
    """
    if settings.priors == "none" or settings.aligner != "statistical":
        return None
    names = resolved_tokenizers(settings, src_lang, tgt_lang)
    wanted = (language(src_lang).primary, language(tgt_lang).primary)
    tokenizers = (names["src_tokenizer"], names["tgt_tokenizer"])
    if settings.priors != "auto":
        found = read_priors(Path(settings.priors))
        if (found.src_lang, found.tgt_lang, found.tokenizers) != (*wanted, tokenizers):
            have = f"{found.src_lang}-{found.tgt_lang} by {'+'.join(found.tokenizers)}"
            raise ConfigError(f"{settings.priors}: priors for {have}, not {'-'.join(wanted)} by {'+'.join(tokenizers)}")
        return found
    for pair in (wanted, wanted[::-1]):
        shipped = _shipped(*pair)
        if shipped is not None:
            found = shipped if pair == wanted else shipped.flipped()
            return found if found.tokenizers == tokenizers else None
    return None


@lru_cache(maxsize=4)
def _shipped(src_lang: str, tgt_lang: str) -> Priors | None:
    path = Path(str(files("cscl_data.assets"))) / "priors" / f"{src_lang}-{tgt_lang}.tsv.gz"
    return read_priors(path) if path.is_file() else None
