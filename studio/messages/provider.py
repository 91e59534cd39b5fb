"""What the image provider cannot make, what it charges, and what it tells us unasked."""

from typing import Final

from studio.messages.message import Message

PROVIDER: Final[dict[str, Message]] = {
    # Choices
    "model_unknown": Message(
        "There is no model {model}",
        "The studio knows {known}.",
        "Choose one of them, or correct HIAPI_MODELS.",
    ),
    "model_off": Message(
        "{model} is switched off",
        "The studio knows it, and its operator has not enabled it.",
        "Choose another model, or ask your operator to name it in HIAPI_MODELS.",
    ),
    "model_choice": Message(
        "{ratio} at {resolution} cannot be made by {model}",
        "At {resolution} it makes {makes}. Nearest to this: {nearest}.",
        "Choose what is nearest, or {others}.",
    ),
    "final_choice": Message(
        "{ratio} at {resolution} cannot be made by {model}",
        "At {resolution} it makes {makes}.",
        "For more pixels launch a shoot with {others}.",
    ),
    "prompt_missing": Message(
        "There are no words", "A model must be told what to show.", "Describe the scene."
    ),
    "prompt_too_long": Message(
        "The words are too long for {model}",
        "They have {count} characters, an emoji counted as two; the limit is {limit}.",
        "Shorten the scene, the brief or the description, or choose another model.",
    ),
    "references_few": Message(
        "{model} needs a picture to start from",
        "This order has {count}; the least is {limit}.",
        "Upload a packshot, or choose a model that draws from words.",
    ),
    "references_many": Message(
        "Too many pictures for {model}",
        "This order starts from {count}; the limit is {limit}.",
        "Choose another model.",
    ),
    "references_by_link": Message(
        "{model} takes pictures only by link",
        "The studio has no public address from which they could be fetched.",
        "Choose another model, or ask your operator to set STUDIO_PUBLIC_URL.",
    ),
    # Prices
    "price_unknown": Message(
        "The price is not known",
        "The provider's price list could not be read within a day.",
        "Wait until it can be read again, or tell your operator.",
    ),
    "price_missing": Message(
        "{model} has no price",
        "The provider's price list does not name one.",
        "Choose another model, or ask your operator whether it is still sold.",
    ),
    "price_malformed": Message(
        "The price list makes no sense",
        "What the provider serves cannot be read as prices.",
        "Wait for the next list, or tell your operator.",
    ),
    "price_negative": Message(
        "The price is below zero",
        "The provider's list has a negative price for {model}.",
        "Wait for the next list, or tell your operator.",
    ),
    "price_zero": Message(
        "The price is listed as zero",
        "The provider's list has 0 for {model}: it may be free, or a mistake.",
        "Ask an admin to confirm that it is free.",
    ),
    "price_rule_unknown": Message(
        "The price follows a rule that the studio does not know",
        "The provider's list has it for {model}.",
        "Choose another model, or ask your operator for a newer Studio.",
    ),
    "price_unit": Message(
        "The price is not for one picture",
        "The provider's list counts {model} by something else.",
        "Choose another model, or ask your operator for a newer Studio.",
    ),
    "price_factors": Message(
        "The price has factors that a picture should not have",
        "The provider's list has them for {model}.",
        "Choose another model, or ask your operator for a newer Studio.",
    ),
    # Callbacks, as an operator reads of them
    "callbacks_missing": Message(
        "HiAPI's callbacks do not arrive",
        "Tasks end and it does not say so. They are found in its list, which takes longer.",
        "Tell your operator: {address} must be reachable from outside, and the signing key in HiAPI's "
        "console the one in HIAPI_WEBHOOK_SECRET.",
    ),
    "callback_big": Message(
        "A callback was too big",
        "It has {bytes} bytes; the limit is {limit}.",
        "Nothing was changed. Check who knows the callback address.",
    ),
    "callback_unsigned": Message(
        "A callback was not signed",
        "The header {header} is missing.",
        "Enter the same signing key in the provider's console and in HIAPI_WEBHOOK_SECRET.",
    ),
    "callback_header": Message(
        "A callback's signature has a wrong form",
        "The header {header} came twice, or is not what the provider sends.",
        "Nothing was changed. Check what stands between the provider and the studio.",
    ),
    "callback_signature": Message(
        "A callback's signature is wrong",
        "It was made with another key, or the message was changed on its way.",
        "Enter the same signing key in the provider's console and in HIAPI_WEBHOOK_SECRET.",
    ),
    "callback_body": Message(
        "A callback says nothing that can be read",
        "It does not name one task.",
        "Nothing was changed. Check who knows the callback address.",
    ),
}
