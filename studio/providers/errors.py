"""How a provider says no.

ProviderError
├── Declined   a definite no: nothing was bought, or what was bought has failed
├── Wait       not now: nothing was bought by this call, come back later
├── Unheard    asked, heard nothing: it may have been bought
└── Forged     a message that claims to be the provider's and is not
"""

from typing import Literal

Scope = Literal["", "model", "all"]


class ProviderError(Exception):
    """`code` is a code of messages.py; `values` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class Declined(ProviderError):
    """`stops` is what must not be asked for any more until a person has acted: this model, or anything.

    `again`: the provider's own fault, worth one more purchase. `proves`: even as the answer to a repeated
    call it proves that nothing was bought by the first.
    """

    def __init__(
        self, code: str, *, stops: Scope = "", again: bool = False, proves: bool = True, **values: object
    ) -> None:
        super().__init__(code, **values)
        self.stops = stops
        self.again = again
        self.proves = proves


class Wait(ProviderError):
    """`seconds` is how long to wait; unless it was `told`, that is a guess of ours.

    `down`: the provider is in trouble, rather than asking for patience.
    """

    def __init__(
        self, code: str, seconds: float, *, down: bool = False, told: bool = True, **values: object
    ) -> None:
        super().__init__(code, seconds=seconds, **values)
        self.seconds = seconds
        self.down = down
        self.told = told

    def grow(self, times: int) -> None:
        """Said so many times without a length: each time twice as long, up to twenty times as long."""
        if not self.told:
            self.seconds *= min(2 ** max(0, times - 1), 20)
            self.values |= {"seconds": self.seconds}


class Unheard(ProviderError):
    pass


class Forged(ProviderError):
    pass
