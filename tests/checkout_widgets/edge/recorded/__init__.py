"""Two thousand questions to ``POST /v1/decide`` and what was answered, byte for byte: quicker code decides the same."""
