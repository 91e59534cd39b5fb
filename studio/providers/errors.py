"""How a provider says no.

ProviderError
├── Declined   a definite no: nothing was bought
├── Wait       not now: nothing was bought, come back later
└── Unheard    asked, heard nothing: it may have been bought
"""


class ProviderError(Exception):
    """`code` is a code of messages.py; `values` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class Declined(ProviderError):
    pass


class Wait(ProviderError):
    """`seconds` is how long the provider asked us to wait."""

    def __init__(self, code: str, seconds: float, **values: object) -> None:
        super().__init__(code, seconds=seconds, **values)
        self.seconds = seconds


class Unheard(ProviderError):
    pass
