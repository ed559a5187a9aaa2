"""How documents whose sentences are not aligned are divided and aligned, as a user says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.io.fingerprints import file_input
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.text.units import MARKUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class BeadSettings:
    """How documents are divided and aligned (picklable).

    Attributes:
        src_lang: language of the source documents.
        tgt_lang: language of the target documents.
        markup: `auto` (Markdown by a file's ending, else plain text), `text` or `markdown`.
        priors: lexical priors: `auto` (what ships for the two languages), `none`, or a file of `make-priors`.
        lexicon: a bilingual lexicon file.

    Raises:
        ConfigError: there is no such markup, or both languages are one.
    """

    src_lang: str
    tgt_lang: str
    markup: str = "auto"
    priors: str = "auto"
    lexicon: str | None = None

    def __post_init__(self) -> None:
        if self.markup not in ("auto", *MARKUPS):
            raise unknown_name("value of --markup", self.markup, ("auto", *MARKUPS))
        if self.src_lang == self.tgt_lang:
            raise ConfigError(f"--src-lang and --tgt-lang are both {self.src_lang}")

    @property
    def words(self) -> AlignSettings:
        """The settings of the word aligner that cuts words and names priors."""
        return AlignSettings(priors=self.priors, lexicon=self.lexicon)

    def files(self) -> list[InputFacts]:
        """Return the facts of the files beside the input that decide beads.

        Raises:
            InputError: one cannot be read.
        """
        lexicon = [file_input(Path(self.lexicon), "lexicon")] if self.lexicon is not None else []
        named = self.priors not in ("auto", "none")
        return lexicon + ([file_input(Path(self.priors), "priors")] if named else [])
