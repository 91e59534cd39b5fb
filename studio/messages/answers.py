"""What the image provider answered and what became of a result: for users and for operators."""

import re
from typing import Final

from studio.messages.message import Message

_KEY = "Set HIAPI_API_KEY to a key that works, restart, then open the engine again."
_NEWER = "Tell your operator: the studio may need an update for this model."
_BY_ITSELF = "Nothing: the studio asks again by itself."
_SAID = "The provider says: {reason:said}."

# What a provider says when it could not fetch what a link of ours leads to, and who can mend that.
UNREACHED: Final = re.compile(r"(reference|image|input)\S*\s.*\b(reach|fetch|download)", re.IGNORECASE)
UNREACHED_BY: Final = ("task_failed", "request_refused")
OPEN_UP: Final = "Tell your operator: HiAPI must be able to fetch pictures from STUDIO_PUBLIC_URL."

ANSWERS: Final[dict[str, Message]] = {
    # A definite no: nothing was bought
    "request_refused": Message(
        "The provider refused the order", _SAID, "Change what it names, then rerun the picture."
    ),
    "content_refused": Message(
        "The provider refused the content",
        f"Words or picture go against its rules. {_SAID}",
        "Reword the scene or the description, or choose another packshot.",
    ),
    "dialect_wrong": Message(
        "The provider does not know a field that the studio sent",
        f"Nothing more is asked of this model. {_SAID}",
        "Tell your operator: run check_hiapi and choose the model's other spelling in HIAPI_MODELS.",
    ),
    "request_too_big": Message(
        "The order is too big for the provider",
        "Its reference pictures take too much room inside it.",
        "Use fewer packshots, or ask your operator to set STUDIO_PUBLIC_URL.",
    ),
    "request_type": Message(
        "The provider does not take the order's form", _SAID, "Tell your operator: a proxy may change it."
    ),
    "reference_gone": Message(
        "A reference picture is gone",
        "The studio's storage does not have it any more.",
        "Replace the packshot, then rerun the picture.",
    ),
    # A definite no that an operator has to mend
    "key_refused": Message("The provider refused the key", "It is wrong, was revoked or is missing.", _KEY),
    "key_forbidden": Message("The provider's key may not be used for this", _SAID, _KEY),
    "model_forbidden": Message(
        "The provider's key may not use this model", _SAID, "Allow it in the provider's console."
    ),
    "model_not_found": Message(
        "The provider does not know this model", _SAID, "Choose another model; tell your operator."
    ),
    "balance_empty": Message(
        "The provider's balance is used up", _SAID, "Top it up, then open the engine again."
    ),
    "provider_elsewhere": Message(
        "The provider is not at this address",
        "It answered {status} where orders are taken.",
        "Correct HIAPI_BASE_URL, restart, then open the engine again.",
    ),
    "provider_barred": Message(
        "The provider's address may not be reached",
        "It leads into a private network.",
        "Correct HIAPI_BASE_URL, or name its host:port in STUDIO_FETCH_ALLOW, then restart.",
    ),
    "key_mismatch": Message(
        "The order was sent before with other content",
        "Its number was used for another order, so nothing was sent again.",
        "Tell your operator: look for the task in the provider's console.",
    ),
    "conflict": Message(
        "The provider has a conflict about this order",
        _SAID,
        "Tell your operator: look for the task in the provider's console.",
    ),
    # Not now
    "too_fast": Message("The provider asks to slow down", "It takes the order later.", _BY_ITSELF),
    "own_pace": Message(
        "The provider is asked as fast as it allows", "Other calls come first.", "Ask again in a minute."
    ),
    "provider_busy": Message("The provider is busy", "It takes the order later.", _BY_ITSELF),
    "provider_unreachable": Message(
        "The provider cannot be reached", "Nothing was bought by this call.", _BY_ITSELF
    ),
    "still_processing": Message(
        "The provider is still taking the order", "It was sent once already.", _BY_ITSELF
    ),
    "model_unavailable": Message(
        "The model is not available just now",
        _SAID,
        "Wait, or choose another model if it lasts.",
    ),
    # Nobody knows
    "no_answer": Message(
        "The provider did not answer",
        "The order may have been taken.",
        "Nothing, while the studio can ask again safely; else decide on the picture's page.",
    ),
    "provider_failed": Message(
        "The provider failed while it took the order",
        "It answered {status}. The order may have been taken.",
        "Nothing, while the studio can ask again safely; else decide on the picture's page.",
    ),
    "answer_unreadable": Message(
        "The provider's answer cannot be read",
        "The order may have been taken.",
        "Nothing, while the studio can ask again safely; else decide on the picture's page.",
    ),
    "answer_without_task": Message(
        "The provider's answer names no task",
        "The order may have been taken.",
        "Nothing, while the studio can ask again safely; else decide on the picture's page.",
    ),
    "answer_without_picture": Message(
        "The provider answered without a picture",
        f"It may have been charged. {_SAID}",
        "Look into the provider's console, then decide on the picture's page.",
    ),
    # A task that was taken and failed
    "task_failed": Message(
        "The provider could not make the picture", _SAID, "Reword the scene or choose another packshot."
    ),
    "task_timeout": Message("The model took too long", _SAID, "Rerun the picture."),
    "storage_unavailable": Message("The provider could not keep the picture", _SAID, "Rerun the picture."),
    "task_unknown": Message(
        "The provider does not know the task",
        "It belongs to another account, or is no longer kept.",
        "Check that HIAPI_API_KEY belongs to the account that ordered the picture.",
    ),
    "output_missing": Message(
        "The provider says it is made and does not say where", "It was paid for.", _BY_ITSELF
    ),
    # A result that cannot be had
    "result_gone": Message(
        "The result is gone from where it lay", "Its address answered {status}.", _BY_ITSELF
    ),
    "result_elsewhere": Message(
        "The result's address leads elsewhere",
        "It was paid for. The address answered {status}, which the studio does not follow.",
        _NEWER,
    ),
    "address_refused": Message(
        "The result's address may not be reached",
        "It was paid for. The address is not public, or not https.",
        "Tell your operator: a host:port in STUDIO_FETCH_ALLOW is let through.",
    ),
    "result_too_big": Message("The result is too big", "It was paid for. The limit is {limit:MB}.", _NEWER),
    "result_not_a_picture": Message(
        "The result is no picture", "It begins like neither PNG, JPEG nor WebP.", _BY_ITSELF
    ),
    "result_unreachable": Message("The result cannot be fetched yet", "It was paid for.", _BY_ITSELF),
    "result_cut": Message("The result broke off while it was fetched", "It was paid for.", _BY_ITSELF),
    # Prices
    "site_unreachable": Message(
        "The provider's price list cannot be read", "Its site did not answer as it should.", _BY_ITSELF
    ),
    "site_unreadable": Message("The provider's price list is too big", "The limit is {limit:MB}.", _NEWER),
}
