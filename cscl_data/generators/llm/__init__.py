"""Token-level code-switching written by a language model behind an OpenAI-compatible endpoint, and checked here."""
