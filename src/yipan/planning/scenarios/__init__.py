"""The scenario room (推演室): policies tried on the twin of the network before the wards live them."""


def announce() -> None:
    """Register words, verbs and what is kept; called once when Django is ready."""
    from yipan.planning.scenarios import evidence, verbs, words
    from yipan.ui import messages

    verbs.announce()
    evidence.announce()
    messages.register(words.SENTENCES)
