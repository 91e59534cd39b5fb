"""What pictures cost, edits of them, and doubts about whether they were bought."""

from typing import Final

from studio.messages.message import Message

BOUGHT: Final[dict[str, Message]] = {
    # What a picture costs
    "price_changed": Message(
        "The price has changed",
        "It was {before:money} when you last saw it and is {now:money} now. Nothing was bought.",
        "Do it again if that is right.",
    ),
    "price_rose": Message(
        "It got dearer while it waited",
        "It was agreed to at {before:money} and costs {now:money} now. Nothing was bought.",
        "Try again, if that is right.",
    ),
    "over_budget": Message(
        "This costs more than is left this month",
        "It costs {price:money}; {left:money} of {limit:money} is left.",
        "Choose less, or {ask} a higher budget.",
    ),
    "over_daily_limit": Message(
        "This costs more than you may spend today",
        "It costs {price:money}; {left:money} of your {limit:money} a day is left.",
        "Choose less, go on tomorrow, or {ask} a higher limit.",
    ),
    # A picture that is made from another one
    "wish_empty": Message(
        "Nothing to change", "The field is empty.", "Say in plain words what should be different."
    ),
    "wish_too_long": Message(
        "The wish is too long",
        "It has {count} characters; the limit is {limit}.",
        "Say it shorter, one change at a time.",
    ),
    "cannot_edit": Message(
        "This picture cannot be edited",
        "Words change finished pictures of an engine that reads them.",
        "Rerun it, or launch the shoot with HiAPI.",
    ),
    "final_unapproved": Message(
        "The picture is not approved", "Only approved pictures get more pixels.", "Approve it first."
    ),
    # A picture of which nobody knows whether it was bought
    "undecided": Message(
        "Nobody knows whether it was bought",
        "HiAPI was asked and its answer never came.",
        "An admin of the brand decides on the picture's page.",
    ),
    "task_taken": Message(
        "That task has its picture already",
        "{task} belongs to another picture.",
        "Choose another one, or write this picture off.",
    ),
    # What is odd about a picture that was made
    "other_shape": Message(
        "Another shape than asked for",
        "It is {width} × {height}, which is not {ratio}.",
        "Look at its cuts before you approve it.",
    ),
    "fewer_pixels": Message(
        "Fewer pixels than asked for",
        "It is {width} × {height}, less than {resolution}.",
        "Rerun it if the placement needs more.",
    ),
    # What a callback says that does not fit what we know
    "told_failed": Message(
        "HiAPI says that it failed", "The picture is here and was paid for.", "Keep the picture."
    ),
    "told_made": Message(
        "HiAPI says that it was made",
        "The picture counts as failed here.",
        "Look for the task in HiAPI's console before you pay again.",
    ),
    "task_differs": Message(
        "HiAPI names another task",
        "The call for this picture was taken twice, or somebody guessed its address.",
        "Look for both tasks in HiAPI's console.",
    ),
    "task_foreign": Message(
        "HiAPI tells of a task that is not ours",
        "No picture of this studio asked for it.",
        "Check whether another program uses the same account.",
    ),
}
