"""What people read: three short texts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    headline: str
    explanation: str
    action: str

    @property
    def sentence(self) -> str:
        """All of it in one breath."""
        return f"{self.headline}. {self.explanation} {self.action}"
