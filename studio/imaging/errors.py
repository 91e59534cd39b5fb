"""Why a picture was not taken, as a code and the values that its sentence needs."""

CODES: dict[str, frozenset[str]] = {
    "empty": frozenset(),
    "not_an_image": frozenset(),
    "format_refused": frozenset({"format"}),
    "too_many_bytes": frozenset({"bytes", "limit"}),
    "too_many_pixels": frozenset({"width", "height", "limit"}),
    "truncated": frozenset({"format"}),
    "broken": frozenset({"format"}),
    "decoder_died": frozenset(),
    "decoder_slow": frozenset({"limit"}),
    "no_format": frozenset({"formats"}),
    "too_heavy": frozenset({"limit", "smallest"}),
}


class Refused(Exception):
    """Something was refused: `code` says why, `values` fill its sentence. For pictures, CODES names both."""

    def __init__(self, code: str, **values: object) -> None:
        if code in CODES and CODES[code] != values.keys():
            raise TypeError(f"{code} carries {sorted(CODES[code])}, not {sorted(values)}")
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.values.items())])
